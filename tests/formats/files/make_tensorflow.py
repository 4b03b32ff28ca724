"""Made the folder tensorflow: checkpoints and a SavedModel's variables, and what each computes.

With tensorflow-cpu 2.21.0, keras 3.15.1 and tf_keras 2.21.0 (Keras 2). Of a SavedModel only its
variables are kept. TensorFlow 1's are those of tf1.npz, written by its Saver.
"""

import os
import shutil
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf
import tf_keras

FILES = Path(__file__).parent
OUT = FILES / "tensorflow"
SYMBOLS = "abcdefg"
INDICES = np.random.default_rng(3).integers(0, len(SYMBOLS), (1, 30))
states = {"text": np.array("".join(SYMBOLS[i] for i in INDICES[0]))}


def network(of, *grus):
    return of.Sequential([of.layers.Input((None,)), of.layers.Embedding(7, 4), *grus,
                          of.layers.Dense(7)])  # fmt: skip


def trained(model):
    """With biases that are not zero, and an optimizer's state."""
    model.compile("adam", "mse")
    model.train_on_batch(INDICES, np.random.default_rng(4).normal(size=(1, 30, 7)))
    return model


def remember(name, *layers):
    """What each of the layers gives, the first reading the text."""
    x = tf.constant(INDICES)
    for number, layer in enumerate(layers):
        x = layer(x)
        states[f"{name}/{number}"] = x.numpy()[0]


def gru(of, **more):
    return of.layers.GRU(4, return_sequences=True, **more)


class Objects(keras.Model):
    """Its layers have the names of attributes, whose order is not that of their use."""

    def __init__(self):
        super().__init__()
        self.table = keras.layers.Embedding(7, 4)
        self.zeta, self.alpha = gru(keras), gru(keras)
        self.scores = keras.layers.Dense(7)

    def call(self, x):
        return self.scores(self.alpha(self.zeta(self.table(x))))


if __name__ == "__main__":
    keras.utils.set_random_seed(5)
    shutil.rmtree(OUT, ignore_errors=True)
    stacked = trained(network(keras, gru(keras, name="lower"), gru(keras, name="above")))
    checkpoint = tf.train.Checkpoint(model=stacked, optimizer=stacked.optimizer)
    checkpoint.save(OUT / "keras3" / "ckpt")
    remember("keras3", *stacked.layers)

    both = tf_keras.layers.Bidirectional(gru(tf_keras, reset_after=False))
    both = trained(network(tf_keras, both))
    both.save_weights(OUT / "keras2" / "weights")
    remember("keras2", *both.layers)

    exported = trained(network(keras, gru(keras, name="zlow"), gru(keras, name="above")))
    exported.export(OUT / "saved", verbose=False)
    remember("saved", *exported.layers)

    objects = trained(Objects())
    tf.train.Checkpoint(model=objects).write(OUT / "objects" / "ckpt")
    remember("objects", objects.table, objects.zeta, objects.alpha, objects.scores)

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, value in np.load(FILES / "tf1.npz").items():
            tf.compat.v1.get_variable(name, initializer=value)
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver().save(session, str(OUT / "tf1" / "model.ckpt"),
                                        write_meta_graph=False)  # fmt: skip
    np.savez_compressed(OUT / "states.npz", **states)
    for other in ("saved_model.pb", "fingerprint.pb"):
        (OUT / "saved" / other).unlink()
    for notes in OUT.rglob("checkpoint"):
        notes.unlink()
