"""The equations of one GRU cell, and nothing else: read it beside a textbook.

Rows of every weight and bias are stacked r, z, n, as PyTorch stacks them.
All functions take one step (vectors) or many (matrices, a row a step).

Source: the documentation of ``torch.nn.GRU`` (reset after the matrix product) and
Cho et al. 2014, arXiv:1406.1078v3 (reset before it).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.activations import USUAL, Activations

Array = NDArray[np.float32]
Reset = Literal["after", "before"]


@dataclass(frozen=True, eq=False)
class Cell:
    """The weights of one layer in one direction, float32.

    weight_ih (3·hidden, input), weight_hh (3·hidden, hidden), bias_ih and bias_hh (3·hidden,);
    a model without biases has zeros. `activations` are its σ and tanh, or what it has instead.
    """

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array
    activations: Activations = field(default=USUAL, kw_only=True)

    @property
    def arrays(self) -> dict[str, Array]:
        return {k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)}

    @property
    def hidden_size(self) -> int:
        return int(self.weight_hh.shape[1])

    @property
    def input_size(self) -> int:
        return int(self.weight_ih.shape[1])


def input_part(cell: Cell, x: Array) -> Array:
    """W_i x + b_i of the three gates side by side: (..., 3·hidden)."""
    return x @ cell.weight_ih.T + cell.bias_ih


def gru_step(cell: Cell, part: Array, h_prev: Array, reset: Reset) -> dict[str, Array]:
    """Every quantity of a step from its input part (..., 3·hidden) and h(t-1) (..., hidden)."""
    size = cell.hidden_size
    input_r, input_z, input_n = (part[..., i * size : (i + 1) * size] for i in range(3))
    w_r, w_z, w_n = (cell.weight_hh[i * size : (i + 1) * size].T for i in range(3))
    b_r, b_z, b_n = (cell.bias_hh[i * size : (i + 1) * size] for i in range(3))
    sigmoid, tanh = cell.activations.bend_gates, cell.activations.bend_candidate

    hidden_r = h_prev @ w_r + b_r
    sum_r = input_r + hidden_r
    r = sigmoid(sum_r)

    hidden_z = h_prev @ w_z + b_z
    sum_z = input_z + hidden_z
    z = sigmoid(sum_z)

    if reset == "after":
        hidden_n = h_prev @ w_n + b_n
        reset_product: Array = r * hidden_n
        sum_n = input_n + reset_product
    else:
        reset_product = r * h_prev
        hidden_n = reset_product @ w_n + b_n
        sum_n = input_n + hidden_n
    n = tanh(sum_n)

    take = (1 - z) * n
    keep = z * h_prev
    return {
        "h_prev": h_prev,
        "input_r": input_r, "hidden_r": hidden_r, "sum_r": sum_r, "r": r,
        "input_z": input_z, "hidden_z": hidden_z, "sum_z": sum_z, "z": z,
        "input_n": input_n, "hidden_n": hidden_n, "reset_product": reset_product,
        "sum_n": sum_n, "n": n,
        "take": take, "keep": keep, "h": take + keep,
    }  # fmt: skip


def gru_states(cell: Cell, parts: Array, h0: Array, reset: Reset) -> Array:
    """States after each step: parts (steps, 3·hidden) and h(0) (hidden,) -> (steps, hidden).

    The loop of a recording: `gru_step` without the names, one matrix product a step.
    """
    size = cell.hidden_size
    gates = 2 * size if reset == "before" else 3 * size
    w, b = cell.weight_hh[:gates], cell.bias_hh[:gates]
    w_n, b_n = cell.weight_hh[2 * size :], cell.bias_hh[2 * size :]
    sigmoid, tanh = cell.activations.bend_gates, cell.activations.bend_candidate
    states = np.empty((len(parts), size), np.float32)
    h = h0
    for t, part in enumerate(parts):
        hidden = w @ h + b
        rz = sigmoid(part[: 2 * size] + hidden[: 2 * size])
        r, z = rz[:size], rz[size:]
        product = r * hidden[2 * size :] if reset == "after" else w_n @ (r * h) + b_n
        n = tanh(part[2 * size :] + product)
        h = (1 - z) * n + z * h
        states[t] = h
    return states
