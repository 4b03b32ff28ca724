"""How keras2.h5 and keras2.npz came to be: TensorFlow 2.15's own Keras, a heavy library, run once.

    pip install tensorflow-cpu==2.15.1; python make_keras_2.py

keras2.h5: two GRUs in both directions with the recurrent activation hard_sigmoid, which in Keras 2
is clip(0.2x + 0.5, 0, 1). keras2.npz: a text of 200 indices, and all states that TensorFlow itself
computes for it.
"""

from pathlib import Path

import numpy as np
import tensorflow as tf

HERE = Path(__file__).parent
SYMBOLS, UNITS, STEPS = 7, 5, 200

of = tf.keras.layers
tf.keras.utils.set_random_seed(4)
rows = [of.Embedding(SYMBOLS, 3, embeddings_initializer="random_normal")]
for _ in range(2):
    gru = of.GRU(UNITS, recurrent_activation="hard_sigmoid", return_sequences=True,
                 bias_initializer="random_normal")  # fmt: skip
    rows.append(of.Bidirectional(gru))
model = tf.keras.Sequential([of.Input((None,)), *rows, of.Dense(SYMBOLS)])
random = np.random.default_rng(4)
model.set_weights([random.normal(0, 0.9, w.shape) for w in model.get_weights()])

text = random.integers(0, SYMBOLS, STEPS)
outputs = tf.keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])
lower, upper, scores = (array[0] for array in outputs.predict(text[None], verbose=0))
model.save(HERE / "keras2.h5", include_optimizer=False)
np.savez_compressed(HERE / "keras2.npz", text=text, lower=lower, upper=upper, scores=scores)
