"""What the reset gates do to the candidates: in one step, and over a whole run.

Everything is held against the recorded h(t-1), with all edits that are there: what a gate does in
its step, and nothing of what would follow from it. Where the gate acts before the matrix product,
a candidate takes the gates of all units: then it is said which of them are set, and which held.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns, names
from gru_debugger.core.cell import Array, candidate
from gru_debugger.core.columns import ALL
from gru_debugger.core.edits import Place, overwrite
from gru_debugger.core.trace import Trace
from gru_debugger.questions.thresholds import USUAL


def candidates(
    trace: Trace, place: Place, a: int, b: int, r: int, gate: int | None = None,
    units: slice = ALL,
) -> Array:  # fmt: skip
    """n of rows a..b-1 (from 0) for consecutive units (rows, units), with every reset gate set to
    `r`, or the unit's `gate` alone, which before the product reaches all candidates too."""
    gates = names.called(trace.model, "r", place)
    whose = gates if gate is None else names.value(trace.model, "r", place, gate)
    added = trace.parse_edits(f"{whose} = {r} from {a + 1} to {b}")
    return columns.cell_quantities(trace, place, a, b, units, added)["n"]


def runs_of(trace: Trace) -> int:
    """How often a step is derived for what is found and for `opened`."""
    return 2 if trace.model.reset == "before" else 1


def opened(
    trace: Trace, place: Place, a: int, b: int, found: Mapping[str, Array], units: slice = ALL,
    r: int = 1,
) -> Array:  # fmt: skip
    """`candidates` with every r = 1, or another, of what `cell_quantities` found of the same rows
    and units.

    Where the reset gate acts after the product nothing else of the step changes with it.
    """
    if trace.model.reset == "before":
        return candidates(trace, place, a, b, r, units=units)
    first = units.indices(trace.model.hidden_size)[0]
    bend = trace.model.cell(*place).activations.bend_candidate
    edited = overwrite(trace.edits, place, a, b, first)
    gates = np.full_like(found["r"], r)
    return candidate(found["input_n"], found["hidden_n"], gates, bend, edited)[-1]


class ResetUse:
    """How often the reset gates change each candidate by `more` than so much, in text order.

    `used` (units,) counts the steps, `effect` (units,) sums |n − n with every r = 1|; both are of
    the `known` steps.
    """

    def __init__(self, trace: Trace, place: Place, more: float = USUAL.used) -> None:
        self.trace, self.place, self.more = trace, place, more
        self.known = 0
        self.used: NDArray[np.int64] = np.zeros(trace.model.hidden_size, np.int64)
        self.effect: NDArray[np.float64] = np.zeros(trace.model.hidden_size)
        self._rows = columns.rows_between_events(trace, runs_of(trace))

    @property
    def complete(self) -> bool:
        return self.known == self.trace.steps

    def advance(self) -> bool:
        """A stretch more; False: there is none now."""
        a, b = self.known, min(self.known + self._rows, self.trace.recorded)
        if a == b:
            return False
        found = columns.cell_quantities(self.trace, self.place, a, b)
        n = found["n"].astype(np.float64)
        changed = np.abs(n - opened(self.trace, self.place, a, b, found))
        self.used += (changed > self.more).sum(axis=0)
        self.effect += changed.sum(axis=0)
        self.known = b
        return self.known < self.trace.recorded

    def most(self, count: int) -> list[int]:
        """The units whose candidates they change in most steps, those alone that they change."""
        order = np.lexsort((-self.effect, -self.used))
        return [int(unit) for unit in order[:count] if self.used[unit]]

    @property
    def unused(self) -> int:
        """How many units' candidates they never change."""
        return int((self.used == 0).sum())
