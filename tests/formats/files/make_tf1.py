"""Made tf1.npz and tf1_both.safetensors, and tf1_states.npz: what each computes.

With tensorflow-cpu 2.15.1, whose compat.v1 still has TensorFlow 1's GRUCell, numpy 1.26.4 and
safetensors 0.8.0, in float32. Names as `tf.train.list_variables` gives them.
"""

import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow.compat.v1 as tf
from safetensors.numpy import save_file
from tensorflow.compat.v1.nn import bidirectional_dynamic_rnn, dynamic_rnn
from tensorflow.compat.v1.nn.rnn_cell import GRUCell, MultiRNNCell

FILES = Path(__file__).parent
SYMBOLS = "abcdefg"
HIDDEN = 4
INDICES = np.random.default_rng(11).integers(0, len(SYMBOLS), 200)
RANDOM = np.random.default_rng(6)

tf.disable_eager_execution()
states = {"text": np.array("".join(SYMBOLS[i] for i in INDICES))}


def make(name, both):
    with tf.Graph().as_default(), tf.Session() as session:
        embedding = tf.get_variable("embedding", (len(SYMBOLS), 3))
        x = tf.nn.embedding_lookup(embedding, tf.constant(INDICES[None], tf.int32))
        if both:
            (fw, bw), _ = bidirectional_dynamic_rnn(
                GRUCell(HIDDEN), GRUCell(HIDDEN), x, dtype=tf.float32
            )
            layers, top = {"h_l0": fw, "h_l0_reverse": bw}, tf.concat((fw, bw), 2)
        else:
            top, _ = dynamic_rnn(
                MultiRNNCell([GRUCell(HIDDEN), GRUCell(HIDDEN)]), x, dtype=tf.float32
            )
            layers = {"h_l1": top}
        weight = tf.get_variable("dense/kernel", (HIDDEN * (1 + both), len(SYMBOLS)))
        bias = tf.get_variable("dense/bias", (len(SYMBOLS),))
        logits = top @ weight + bias
        session.run(tf.global_variables_initializer())
        for variable in tf.global_variables():
            if "bias" in variable.name:
                old = session.run(variable)
                variable.load(old + RANDOM.normal(0, 0.3, old.shape), session)
        found = session.run({**layers, "logits": logits})
        for key, value in found.items():
            states[f"{name}/{key}"] = value[0][-20:] if key == "logits" else value[0]
        weights = {v.op.name: session.run(v) for v in tf.global_variables()}
    if name.endswith(".npz"):
        np.savez_compressed(FILES / name, **weights)
    else:
        save_file(weights, FILES / name)


if __name__ == "__main__":
    make("tf1.npz", both=False)
    make("tf1_both.safetensors", both=True)
    np.savez_compressed(FILES / "tf1_states.npz", **states)
