"""A GRU step the other way round: gradients of what it yields, handed back to what it was made of.

In float64, from the recorded states, a vector at a time (vector–Jacobian products). What an edit
sets hands nothing back to what it replaced. `cell` has the equations forwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import EDITABLE, Cell, gru_step
from gru_debugger.core.edits import Edit, Place, overwrite

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

Vector = NDArray[np.float64]


def in_float64(cell: Cell) -> Cell:
    """The same weights in twice the bits."""
    wide: dict[str, Any] = {name: array.astype(float) for name, array in cell.arrays.items()}
    return replace(cell, **wide)


class StepsBack:
    """Steps of rows a..b-1 (from 0) of a place of a recording, linearised where they stand.

    `cell` is the place's own, `in_float64`.
    """

    def __init__(self, trace: Trace, place: Place, cell: Cell, a: int, b: int) -> None:
        self.cell, self.reset = cell, trace.model.reset
        size = cell.hidden_size
        self._w_rz, self._w_n = cell.weight_hh[: 2 * size], cell.weight_hh[2 * size :]
        parts = trace.input_parts(*place, a, b).astype(float)
        old: Any = trace.previous_states(*place, a, b).astype(float)
        edited, reset = overwrite(trace.edits, place, a, b), self.reset
        with np.errstate(over="ignore", invalid="ignore"):
            self.values: Any = gru_step(cell, parts, old, reset, edited)
            self.slopes = self._slopes()
        self.free = _free(trace.edits, place, a, b, size)
        for name in self.slopes:
            self.slopes[name] *= self.free[name]

    def _slopes(self) -> dict[str, NDArray[np.float64]]:
        """Of the functions that make r, z and n of their sums."""
        of = self.cell.activations.slope_of
        return {
            name: of("candidate" if name == "n" else "gate", self.values[f"sum_{name}"])
            for name in "rzn"
        }

    def step(self, i: int, to: Mapping[str, Vector]) -> tuple[Vector, Vector]:
        """Through the i-th of these rows: from gradients of its quantities by name, ``h`` being
        there, to those of W_i x + b_i (3·hidden) and of h_prev (hidden)."""
        q, free, more = self.values, self.free, to.get
        old, z, n, r = q["h_prev"][i], q["z"][i], q["n"][i], q["r"][i]
        blended = to["h"] * free["h"][i]
        take, keep = blended + more("take", 0.0), blended + more("keep", 0.0)
        to_z = keep * old - take * n + more("z", 0.0)
        to_n = take * (1 - z) + more("n", 0.0)
        sum_n = to_n * self.slopes["n"][i] + more("sum_n", 0.0)
        h_prev = keep * z + more("h_prev", 0.0)
        if self.reset == "after":
            product = (sum_n + more("reset_product", 0.0)) * free["reset_product"][i]
            hidden_n = (product * r + more("hidden_n", 0.0)) * free["hidden_n"][i]
            to_r = product * q["hidden_n"][i]
        else:
            hidden_n = (sum_n + more("hidden_n", 0.0)) * free["hidden_n"][i]
            product = hidden_n @ self._w_n + more("reset_product", 0.0)
            product *= free["reset_product"][i]
            to_r = product * old
            h_prev = h_prev + product * r
        sum_r = (to_r + more("r", 0.0)) * self.slopes["r"][i] + more("sum_r", 0.0)
        sum_z = to_z * self.slopes["z"][i] + more("sum_z", 0.0)
        hidden = [sum_r + more("hidden_r", 0.0), sum_z + more("hidden_z", 0.0)]
        if self.reset == "after":
            h_prev = h_prev + np.concatenate([*hidden, hidden_n]) @ self.cell.weight_hh
        else:
            h_prev = h_prev + np.concatenate(hidden) @ self._w_rz
        sums = zip("rzn", (sum_r, sum_z, sum_n), strict=True)
        return np.concatenate([s + more(f"input_{gate}", 0.0) for gate, s in sums]), h_prev

    def with_gates_held(self, i: int, lines: NDArray[np.float64]) -> NDArray[np.float64]:
        """The three paths (3, hidden) through the i-th row, a factor each: the direct one diag(z),
        with r and z held diag(z) + diag(1 − z) J, and of a plain RNN at the same states J.

        J is the candidate's slope by h_prev with r held.
        """
        z, free = self.values["z"][i], self.free
        blended = lines * free["h"][i]
        both = blended[1:].copy()
        both[0] *= 1 - z
        both *= self.slopes["n"][i] * free["hidden_n"][i]
        gate = self.values["r"][i] * free["reset_product"][i]
        both = (both * gate) @ self._w_n if self.reset == "after" else (both @ self._w_n) * gate
        carried: NDArray[np.float64] = blended * z
        carried[2] = 0
        carried[1:] += both
        return carried


def _free(
    edits: Sequence[Edit], place: Place, a: int, b: int, size: int
) -> dict[str, NDArray[np.float64]]:
    """Of each quantity that edits can set: 0 where one does, else 1 (rows, hidden)."""
    free = dict.fromkeys(EDITABLE, np.ones((b - a, size)))
    for edit in edits:
        if edit.place == place and edit.in_rows(a, b):
            free[edit.quantity] = free[edit.quantity].copy()
            free[edit.quantity][max(edit.first - 1 - a, 0) : edit.last - a, edit.units] = 0
    return free
