"""Where one unit's sums lie on the curves that bend them, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.reset_use import opened, runs_of
from gru_debugger.questions.thresholds import USUAL

BENT = ("r", "z", "n")
# Of a stretch, where one unit's share of the products is all that is needed: steps, and numbers of
# the states that it meets.
_ROWS, _VALUES = 1 << 11, 1 << 18
_AT_ONCE = 4  # stretches that nobody notices


class Reached(NamedTuple):
    """What a gate or candidate came to in the known steps: its least and largest value, and in how
    many steps it was each bound of its activation exactly."""

    low: float
    high: float
    at_low: int
    at_high: int


class OnCharacter(NamedTuple):
    """A character at which a unit's reset gate is used: in so many of the steps that read it, most
    of all at `step`."""

    character: str
    used: int
    read: int
    step: int


class UnitCurves:
    """Of a unit of a layer and direction, in text order.

    `sums` and `values` (steps,) of r, z and n, as the run has them, `opened` (steps,) n with every
    reset gate open (r = 1), all float32; `advance` fills in the first `known` steps of them.
    A gate that changes the candidate by `more` than so much is used.
    """

    def __init__(
        self, trace: Trace, place: Place, unit: int, more: float = USUAL.used
    ) -> None:
        self.more = more
        self.trace, self.place, self.unit = trace, place, unit
        every = np.zeros((7, trace.steps), np.float32)
        self.sums: Mapping[str, NDArray[np.float32]] = dict(zip(BENT, every[:3], strict=True))
        self.values: Mapping[str, NDArray[np.float32]] = dict(zip(BENT, every[3:6], strict=True))
        self.opened = every[6]
        self.known = 0
        if trace.model.reset == "before":  # there a candidate takes the states of all units
            self._rows = columns.rows_between_events(trace, runs_of(trace))
        else:
            self._rows = min(_ROWS, max(1, _VALUES // trace.model.hidden_size))

    @property
    def complete(self) -> bool:
        return self.known == self.trace.steps

    @property
    def short(self) -> bool:
        """Whether all of it is found at once, in less than half a frame."""
        return self.trace.steps <= _AT_ONCE * self._rows

    def advance(self) -> bool:
        """A stretch more; False: there is none now."""
        a, b = self.known, min(self.known + self._rows, self.trace.recorded)
        if a == b:
            return False
        mine = slice(self.unit, self.unit + 1)
        found = columns.cell_quantities(self.trace, self.place, a, b, mine)
        for name in BENT:
            self.sums[name][a:b] = found[f"sum_{name}"][:, 0]
            self.values[name][a:b] = found[name][:, 0]
        self.opened[a:b] = opened(self.trace, self.place, a, b, found, mine)[:, 0]
        self.known = b
        return self.known < self.trace.recorded

    # What is known -----------------------------------------------------------------------------

    def between(self, name: str) -> tuple[float, float] | None:
        """The least and the largest sum of r, z or n; None while none is known."""
        found = self.sums[name][: self.known]
        return (float(found.min()), float(found.max())) if self.known else None

    def bounds(self, name: str, course: bool = False) -> tuple[float, float]:
        """Between which values its activation keeps it; `course`: 1 − z in the place of z."""
        cell = self.trace.model.cell(*self.place)
        low, high = cell.activations.of_role("candidate" if name == "n" else "gate").range
        return (1 - high, 1 - low) if course and name == "z" else (low, high)

    def reached(self, name: str, course: bool = False) -> Reached:
        """Of the values; `course`: of 1 − z in the place of z, as float32 has it."""
        values = self.values[name][: self.known]
        values = np.float32(1) - values if course and name == "z" else values
        low, high = self.bounds(name, course)
        counted = int((values == low).sum()), int((values == high).sum())
        return Reached(float(values.min()), float(values.max()), *counted)

    def used(self) -> NDArray[np.bool_]:
        """(known,): whether the reset gates change this candidate by more than that."""
        n = self.values["n"][: self.known].astype(np.float64)
        found: NDArray[np.bool_] = np.abs(n - self.opened[: self.known]) > self.more
        return found

    def on_characters(self, count: int) -> list[OnCharacter]:
        """The characters at which it is used in most steps; none of rows of numbers."""
        indices = self.trace.reading.indices
        if indices is None or not self.known:
            return []
        read, used = indices[: self.known], self.used()
        times = np.bincount(read[used], minlength=1)
        first = np.argsort(-times, kind="stable")[:count]
        return [self._on(int(one), read, used) for one in first if times[one]]

    def _on(self, symbol: int, read: NDArray[np.int64], used: NDArray[np.bool_]) -> OnCharacter:
        rows = np.flatnonzero((read == symbol) & used)
        effect = np.abs(self.values["n"][rows].astype(np.float64) - self.opened[rows])
        step = int(rows[effect.argmax()]) + 1
        character = self.trace.characters[step - 1]
        return OnCharacter(character, len(rows), int((read == symbol).sum()), step)
