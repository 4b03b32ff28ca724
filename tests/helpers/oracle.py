"""Every quantity of a step once more, in float64: what tests hold the program's numbers against.

Written anew from Cho et al. 2014 (arXiv:1406.1078v3) and the documentation of ``torch.nn.GRU``,
with PyTorch's z (1 keeps); the program's own equations are not asked. A new quantity has its line
in `step`, and its name in the line of AXES that it is drawn by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Reset

Array = NDArray[np.float64]

# Which quantities have an axis in common. Before the matrix product, r ⊙ h_prev is a state's.
AXES = {
    "gate": ("r", "z"),
    "state": ("h_prev", "n", "take", "keep", "h"),
    "input": ("input_r", "input_z", "input_n"),
    "hidden": ("hidden_r", "hidden_z", "hidden_n"),
    "sum": ("sum_r", "sum_z", "sum_n", "reset_product"),
}


class Weights(Protocol):
    """Stacked r, z, n, as PyTorch stacks them: a `Cell`, or torch's own."""

    @property
    def weight_ih(self) -> Any: ...
    @property
    def weight_hh(self) -> Any: ...
    @property
    def bias_ih(self) -> Any: ...
    @property
    def bias_hh(self) -> Any: ...


def step(
    weights: Weights,
    x: Any,
    h_prev: Any,
    reset: Reset,
    edited: Callable[[str, Array], Array] = lambda name, values: values,
) -> dict[str, Array]:
    """x (..., input) and h_prev (..., hidden) -> the quantities by their names.

    `edited` puts what an edit sets in the place of a quantity's values.
    """
    w_i, w_h, b_i, b_h = (
        dict(zip("rzn", np.split(np.asarray(stacked, np.float64), 3), strict=True))
        for stacked in (weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh)
    )
    q = {"x": np.asarray(x, np.float64), "h_prev": np.asarray(h_prev, np.float64)}

    def put(name: str, values: Array) -> None:
        q[name] = edited(name, values)

    for gate in "rz":
        put(f"input_{gate}", q["x"] @ w_i[gate].T + b_i[gate])
        put(f"hidden_{gate}", q["h_prev"] @ w_h[gate].T + b_h[gate])
        put(f"sum_{gate}", q[f"input_{gate}"] + q[f"hidden_{gate}"])
        with np.errstate(over="ignore"):
            put(gate, 1 / (1 + np.exp(-q[f"sum_{gate}"])))
    put("input_n", q["x"] @ w_i["n"].T + b_i["n"])
    if reset == "after":
        put("hidden_n", q["h_prev"] @ w_h["n"].T + b_h["n"])
        put("reset_product", q["r"] * q["hidden_n"])
        put("sum_n", q["input_n"] + q["reset_product"])
    else:
        put("reset_product", q["r"] * q["h_prev"])
        put("hidden_n", q["reset_product"] @ w_h["n"].T + b_h["n"])
        put("sum_n", q["input_n"] + q["hidden_n"])
    put("n", np.tanh(q["sum_n"]))
    put("take", (1 - q["z"]) * q["n"])
    put("keep", q["z"] * q["h_prev"])
    put("h", q["take"] + q["keep"])
    return q
