"""How tf2onnx.onnx and tf2onnx.npz came to be: TensorFlow 2.15's Keras and tf2onnx 1.16, run once.

    pip install tensorflow-cpu==2.15.1 tf2onnx onnx==1.16.2; python make_tf2onnx.py

tf2onnx.onnx: two layers in both directions, each one GRU node whose halves the graph takes apart
and joins again. tf2onnx.npz: a text of 200 indices, and all states that TensorFlow computes for it.
"""

from pathlib import Path

import numpy as np
import tensorflow as tf
import tf2onnx

HERE = Path(__file__).parent
SYMBOLS, UNITS, STEPS = 7, 5, 200

of = tf.keras.layers
tf.keras.utils.set_random_seed(5)
rows = [of.Bidirectional(of.GRU(UNITS, return_sequences=True, bias_initializer="random_normal"))
        for _ in range(2)]  # fmt: skip
model = tf.keras.Sequential([of.Input((None,)), of.Embedding(SYMBOLS, 3), *rows, of.Dense(SYMBOLS)])
random = np.random.default_rng(5)
model.set_weights([random.normal(0, 0.9, w.shape) for w in model.get_weights()])

text = random.integers(0, SYMBOLS, STEPS)
outputs = tf.keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])
lower, upper, scores = (array[0] for array in outputs.predict(text[None], verbose=0))
signature = [tf.TensorSpec((None, None), tf.int32, name="indices")]
tf2onnx.convert.from_keras(model, signature, opset=13, output_path=str(HERE / "tf2onnx.onnx"))
np.savez_compressed(HERE / "tf2onnx.npz", text=text, lower=lower, upper=upper, scores=scores)
