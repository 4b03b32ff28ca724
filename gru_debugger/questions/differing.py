"""What an edit changed: the first value that is another one, and what becomes of predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gru_debugger.core import columns
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.asked import selectable
from gru_debugger.questions.predictions import none_because
from gru_debugger.questions.surprise import bits, rows_at_once

CLOSE = 1e-5  # times the largest value of the step's quantity, 1 at least: no more is rounding


@dataclass(frozen=True)
class First:
    """A value that is not the same: its step, from 1, and what it is `here` and `there`."""

    step: int
    place: Place
    quantity: str
    unit: int
    here: float
    there: float


@dataclass(frozen=True)
class Effect:
    """Of the predictions after steps `first`..`last`: bits a character `here` and `there`, and in
    how many of these steps another symbol is the likeliest."""

    first: int
    last: int
    here: float
    there: float
    changed: int

    @property
    def steps(self) -> int:
        return self.last - self.first + 1


class Comparison:
    """Two runs of the same text by models of the same shape, compared a few milliseconds at a time.

    `first`, None where nothing differs beyond rounding: of the lowest layer that differs, forward
    before reverse, the first step in the order of reading, in it the first quantity in the order of
    computation, of that the unit that is farthest off. What an edit set is passed over, unless
    nothing else differs: `follows` is False then. `effect`, None where no next character is
    predicted or nothing differs: of `limit` steps at most, the first of all where that is all there
    are, else those from the first difference on.
    """

    def __init__(self, trace: Trace, reference: Trace, limit: int) -> None:
        self.trace, self.reference = trace, reference
        self.first: First | None = None
        self.follows = False
        self.effect: Effect | None = None
        self.done = False
        self._limit = limit
        self._work = self._compare()

    def advance(self) -> bool:
        """Compare some more of what is recorded; False where there is nothing to compare now."""
        more = next(self._work, None)
        self.done = more is None
        return bool(more)

    def _compare(self) -> Iterator[bool]:
        """True after each stretch; False as long as the next is not recorded."""
        begun: First | None = None
        for place, a, b in _stretches(self.trace):
            while self._recorded < b:
                yield False
            found, follows = first_differences(self.trace, self.reference, place, a, b)
            begun = begun or found
            self.first, self.follows = follows or begun, follows is not None
            yield True
            if self.follows:
                break
        if begun is not None:
            yield from self._measure(begun.step)

    @property
    def _recorded(self) -> int:
        return min(self.trace.recorded, self.reference.recorded)

    def _measure(self, step: int) -> Iterator[bool]:
        trace, indices = self.trace, self.trace.reading.indices
        last = trace.steps - 1
        first = 1 if last <= self._limit else max(1, min(step, last - self._limit + 1))
        last = min(last, first + self._limit - 1)
        if none_because(trace) or indices is None or last < first:
            return
        cost, changed, rows = np.zeros(2), 0, rows_at_once(trace)
        for a in range(first, last + 1, rows):
            b = min(a + rows - 1, last)
            while self._recorded < b:
                yield False
            p = [run.outputs(a, b)["probabilities"] for run in (trace, self.reference)]
            cost += [bits(each, indices[a : b + 1]) for each in p]
            changed += int((p[0].argmax(axis=1) != p[1].argmax(axis=1)).sum())
            yield True
        here, there = (cost / (last - first + 1)).tolist()
        self.effect = Effect(first, last, here, there, changed)


def _stretches(trace: Trace) -> Iterator[tuple[Place, int, int]]:
    """Rows a..b-1 (from 0) of each layer and direction, in the order in which it reads them."""
    rows, steps = columns.stretch_rows(trace), trace.steps
    for place in trace.model.places:
        for start in range(0, steps, rows):
            end = min(start + rows, steps)
            forward = place[1] == "forward"
            yield (place, start, end) if forward else (place, steps - end, steps - start)


def first_differences(
    trace: Trace, reference: Trace, place: Place, a: int, b: int
) -> tuple[First | None, First | None]:
    """Of a layer and direction in rows a..b-1 (from 0), in the order of reading: the first of all,
    and the first that no edit set."""
    if _alike(trace, reference, place, a, b):
        return None, None
    here, there = (run.rows(a + 1, b, *place) for run in (trace, reference))
    names = [name for name in selectable(trace.model.reset) if name != "h_prev"]
    off = {name: _off(here[name], there[name]) for name in names}

    def first() -> First | None:
        rows = np.flatnonzero(np.any([each.any(axis=1) for each in off.values()], axis=0))
        if not len(rows):
            return None
        row = int(rows[0 if place[1] == "forward" else -1])
        name = next(name for name in names if off[name][row].any())
        ours, theirs = here[name][row], there[name][row]
        unit = int(np.where(off[name][row], np.abs(ours - theirs), -1).argmax())
        return First(a + row + 1, place, name, unit, float(ours[unit]), float(theirs[unit]))

    of_all = first()
    for edit in (*trace.edits, *reference.edits):
        if edit.place == place and edit.in_rows(a, b):
            off[edit.quantity][max(0, edit.first - 1 - a) : edit.last - a, edit.units] = False
    return of_all, first()


def _off(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """What is no rounding: (rows, units)."""
    largest = np.maximum(np.abs(here), np.abs(there)).max(axis=1, keepdims=True)
    apart: np.ndarray = np.abs(here - there) > CLOSE * np.maximum(1, largest)
    return apart


def _alike(trace: Trace, reference: Trace, place: Place, a: int, b: int) -> bool:
    """Whether nothing can differ, as all that these rows are computed from is the same."""
    if trace.model is not reference.model:
        return False
    if any(e.place == place and e.in_rows(a, b) for e in (*trace.edits, *reference.edits)):
        return False
    layer, way = place
    if trace.reading is not reference.reading or layer:
        x = [run.inputs(layer, a, b) for run in (trace, reference)]
        if not np.array_equal(x[0], x[1]):
            return False
    ours = trace.previous_states(layer, way, a, b), trace.states(layer, way, a, b)
    theirs = reference.previous_states(layer, way, a, b), reference.states(layer, way, a, b)
    return all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))
