"""How tf2onnx_cudnn.onnx and .npz came to be: TensorFlow 2.15.1 and tf2onnx 1.16.1, run once.

    pip install tensorflow-cpu==2.15.1 tf2onnx==1.16.1 onnx==1.16.2; python make_tf2onnx_cudnn.py

TensorFlow's operator of cuDNN's GRU, whose parameters lie as keras.layers.CuDNNGRU puts them (the
operator itself runs on a graphics card alone), and the states of a GRU layer of Keras with the same
weights, which is what CuDNNGRU computes (onnx/tensorflow-onnx#939).
"""

from pathlib import Path

import numpy as np
import tensorflow as tf
import tf2onnx

HERE = Path(__file__).parent
WIDTH, UNITS, STEPS = 3, 4, 60

random = np.random.default_rng(3)
kernel, recurrent, bias = (random.normal(0, 0.6, shape).astype(np.float32) for shape in (
    (WIDTH, 3 * UNITS), (UNITS, 3 * UNITS), (2, 3 * UNITS)))  # fmt: skip
gates = [1, 0, 2]  # Keras' z, r, h as cuDNN's r, z, h
parts = [np.split(array, 3, -1)[gate].T for array in (kernel, recurrent, *bias) for gate in gates]
parameters = np.concatenate([part.ravel() for part in parts])
rows = random.normal(size=(STEPS, 1, WIDTH)).astype(np.float32)


@tf.function(input_signature=[tf.TensorSpec((None, 1, WIDTH), tf.float32, name="rows")])
def network(x):
    zeros = tf.zeros((1, 1, UNITS))
    return tf.raw_ops.CudnnRNN(input=x, input_h=zeros, input_c=0.0, rnn_mode="gru",
                               params=tf.constant(parameters), is_training=False)[0]  # fmt: skip


layer = tf.keras.layers.GRU(UNITS, return_sequences=True)
layer.build((None, None, WIDTH))
layer.set_weights([kernel, recurrent, bias])
path = HERE / "tf2onnx_cudnn.onnx"
tf2onnx.convert.from_function(network, network.input_signature, opset=13, output_path=str(path))
np.savez_compressed(HERE / "tf2onnx_cudnn.npz", rows=rows[:, 0], states=layer(rows[:, 0][None])[0])
