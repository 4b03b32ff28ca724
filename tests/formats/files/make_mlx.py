"""Made mlx.npz, mlx_stack.safetensors, mlx_no_bias.safetensors and candle.safetensors, and
mlx_states.npz: what each computes.

With mlx 0.32.4 on a processor and candle-nn 0.4.2, in float32. Candle's GRU is for Rust alone: the
file is written by Candle's Python package, the states are computed on its tensors, line by line as
candle-nn/src/rnn.rs has it since it was corrected (chunks_hh[2] in n, not chunks_hh[1]).
"""

from pathlib import Path

import candle
import mlx.core as mx
import mlx.nn as nn
import numpy as np
from candle.utils import save_safetensors

FILES = Path(__file__).parent
SYMBOLS = "abcdefg"
HIDDEN = 4
INDICES = np.random.default_rng(11).integers(0, len(SYMBOLS), 200)

mx.set_default_device(mx.cpu)
mx.random.seed(4)
states = {"text": np.array("".join(SYMBOLS[i] for i in INDICES))}


class Network(nn.Module):
    def __init__(self, width, layers, bias=True):
        super().__init__()
        self.embedding = nn.Embedding(len(SYMBOLS), width)
        widths = [width, *[HIDDEN] * (layers - 1)]
        self.layers = [nn.GRU(w, HIDDEN, bias) for w in widths]
        self.out = nn.Linear(HIDDEN, len(SYMBOLS))

    def __call__(self, x):
        x, found = self.embedding(x), []
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        return found, self.out(x)


class One(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(SYMBOLS), HIDDEN)
        self.gru = nn.GRU(HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, len(SYMBOLS))

    def __call__(self, x):
        h = self.gru(self.embedding(x))
        return [h], self.out(h)


def make_mlx():
    for name, model in (("mlx.npz", One()), ("mlx_stack.safetensors", Network(3, 2)),
                        ("mlx_no_bias.safetensors", Network(3, 2, bias=False))):  # fmt: skip
        layers, logits = model(mx.array(INDICES))
        for number, h in enumerate(layers):
            states[f"{name}/h_l{number}"] = np.array(h)
        states[f"{name}/logits"] = np.array(logits)[-20:]
        model.save_weights(str(FILES / name))


def make_candle():
    random = np.random.default_rng(5)
    shapes = {"embed.weight": (len(SYMBOLS), 3), "rnn.weight_ih_l0": (3 * HIDDEN, 3),
              "rnn.weight_hh_l0": (3 * HIDDEN, HIDDEN), "rnn.bias_ih_l0": (3 * HIDDEN,),
              "rnn.bias_hh_l0": (3 * HIDDEN,), "head.weight": (len(SYMBOLS), HIDDEN),
              "head.bias": (len(SYMBOLS),)}  # fmt: skip
    w = {k: candle.Tensor((random.normal(0, 0.5, s)).astype("f4").tolist())
         for k, s in shapes.items()}  # fmt: skip
    save_safetensors(str(FILES / "candle.safetensors"), w)

    def sigmoid(a):
        return ((a * -1.0).exp() + 1.0).recip()

    def tanh(a):
        return sigmoid(a * 2.0) * 2.0 - 1.0

    state, found, logits = candle.zeros((1, HIDDEN)), [], []
    for i in INDICES:
        x = w["embed.weight"].get(int(i)).unsqueeze(0)
        w_ih = x.matmul(w["rnn.weight_ih_l0"].t()).broadcast_add(w["rnn.bias_ih_l0"])
        w_hh = state.matmul(w["rnn.weight_hh_l0"].t()).broadcast_add(w["rnn.bias_hh_l0"])
        ih, hh = ([a.narrow(1, k * HIDDEN, HIDDEN) for k in range(3)] for a in (w_ih, w_hh))
        r, z = sigmoid(ih[0] + hh[0]), sigmoid(ih[1] + hh[1])
        n = tanh(ih[2] + r * hh[2])
        state = z * state - (z - 1.0) * n
        found.append(state.values()[0])
        logits.append(state.matmul(w["head.weight"].t()).broadcast_add(w["head.bias"]).values()[0])
    states["candle.safetensors/h_l0"] = np.array(found, np.float32)
    states["candle.safetensors/logits"] = np.array(logits, np.float32)[-20:]


if __name__ == "__main__":
    make_mlx()
    make_candle()
    np.savez_compressed(FILES / "mlx_states.npz", **states)
