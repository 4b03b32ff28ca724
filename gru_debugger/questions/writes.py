"""What each step wrote in one unit of a whole run, found out a stretch at a time, nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace
from gru_debugger.questions import thresholds, writing
from gru_debugger.questions.thresholds import Thresholds

WRITTEN = "written"  # the lane of what each step put into the selected unit's state as it is now

_ROWS = 1 << 11  # of a stretch, where only one unit's share of the products is needed
_NEAR = 1 << 12  # rows that are looked at first: what was written before is mostly gone
_FEW = 3  # stretches that are looked at at once: those in sight
LEAST_KEPT = 1e-30  # what z counts as at least: its logarithm is a number


@dataclass(frozen=True)
class Bounds:
    """What a row of a history must exceed: `written` in |what the step put in|, or, where the step
    was refused, `candidate` in |n| and `kept` in z."""

    written: float = thresholds.USUAL.wrote
    candidate: float = thresholds.USUAL.strong
    kept: float = thresholds.USUAL.refused

    @classmethod
    def of(cls, given: Thresholds) -> Bounds:
        return cls(given.wrote, given.strong, given.refused)


USUAL = Bounds()


@dataclass(frozen=True)
class Write:
    """A step of a unit's history: its state went from `old` to `new`, of which the step `wrote` so
    much; `left` of that stands in the state asked of, a number that is not there yet is nan.

    `n` and `z` are the candidate and the update gate; `refused`: a strong candidate was kept out.
    """

    step: int
    character: str
    old: float
    new: float
    wrote: float
    left: float
    n: float
    z: float
    refused: bool


class Writes:
    """Of a unit of a layer and direction. `old`, `new`, `wrote`, `kept`, `n` and `z` (steps,) are
    filled in by `advance`; `kept` is the step's factor for what was there, z but where an edit
    sets h."""

    def __init__(self, trace: Trace, unit: int, place: Place) -> None:
        self.trace, self.unit, self.place = trace, unit, place
        every = np.zeros((6, trace.steps), np.float32)
        self.old, self.new, self.wrote, self.kept, self.n, self.z = every
        whole = trace.model.reset == "before"  # there one unit's candidate takes all of them
        self._rows = columns.stretch_rows(trace) if whole else _ROWS
        self._known = np.zeros(-(-trace.steps // self._rows), bool)
        self.known, self._logs = 0, 0.0  # steps, and the sum of their ln z

    # Finding out -------------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        return bool(self._known.all())

    @property
    def wants_more(self) -> bool:
        """Whether a whole stretch is recorded that it has not looked at."""
        return not self._known[: self._recorded].all()

    @property
    def _recorded(self) -> int:
        """How many stretches are."""
        trace = self.trace
        return len(self._known) if trace.complete else trace.recorded // self._rows

    def advance(self, t: int) -> bool:
        """The stretch that is nearest to step t of those that are not known; False: there is none
        now."""
        todo = np.flatnonzero(~self._known[: self._recorded])
        if not todo.size:
            return False
        at = int(todo[np.argmin(np.abs(todo - max(t - 1, 0) // self._rows))])
        a, b = at * self._rows, min((at + 1) * self._rows, self.trace.steps)
        units = slice(self.unit, self.unit + 1)
        found = columns.cell_quantities(self.trace, self.place, a, b, units)
        self.n[a:b], self.z[a:b] = found["n"][:, 0], found["z"][:, 0]
        self.old[a:b] = found["h_prev"][:, 0]
        self.new[a:b] = self.trace.states(*self.place, a, b)[:, self.unit]
        wrote, kept = writing.as_set(self.trace, self.place, units, a, found["take"], found["z"])
        self.wrote[a:b], self.kept[a:b] = wrote[:, 0], kept[:, 0]
        self._known[at] = True
        self.known, self._logs = self.known + b - a, self._logs + _logs(self.z[a:b])
        return True

    def known_around(self, t: int) -> range:
        """The rows (from 0) around step t that are known without a gap."""
        at = (t - 1) // self._rows
        if t < 1 or not self._known[at]:
            return range(max(t - 1, 0), max(t - 1, 0))
        gaps = np.flatnonzero(~self._known)
        low = int(gaps[gaps < at].max(initial=-1)) + 1
        high = int(gaps[gaps > at].min(initial=len(self._known)))
        return range(low * self._rows, min(high * self._rows, self.trace.steps))

    # What is known -----------------------------------------------------------------------------

    def listed(self, bounds: Bounds = USUAL) -> NDArray[np.int64]:
        """The known steps that wrote, or were refused."""
        return np.flatnonzero((np.abs(self.wrote) > bounds.written) | self.refused(bounds)) + 1

    def refused(self, bounds: Bounds = USUAL) -> NDArray[np.bool_]:
        """(steps,): a strong candidate met a gate that keeps, and no edit set the state."""
        strong, keeps = np.abs(self.n) > bounds.candidate, self.z > bounds.kept
        found: NDArray[np.bool_] = strong & keeps & (self.kept == self.z)
        return found

    def left(self, t: int) -> NDArray[np.float64]:
        """What of each step's writing stands in the state after step t (steps,).

        nan where that is not known, and at steps that are read after t.
        """
        found = np.full(self.trace.steps, np.nan)
        known = self.known_around(t)
        if t - 1 in known:
            forward = self.place[1] == "forward"
            a, b = (known.start, t) if forward else (t - 1, known.stop)
            order = slice(None) if forward else slice(None, None, -1)
            wrote, kept = self.wrote[a:b][order], self.kept[a:b][order]
            if kept[-_NEAR:].prod(dtype=np.float64) == 0:  # what is older has left nothing
                wrote, kept = wrote[-_NEAR:], kept[-_NEAR:]
            left = np.zeros(b - a)
            left[-len(wrote) :] = writing.with_what_was_left(wrote, kept)
            found[a:b] = left[order]
        return found

    @property
    def start(self) -> int:
        """Where the initial state stands among the steps: at 0, in reverse behind the last."""
        return 0 if self.place[1] == "forward" else self.trace.steps + 1

    def initial(self, t: int) -> Write:
        """The initial state as a row of the history, seen from step t, or from before all steps."""
        h0 = float(self.trace.h0[self.trace.model.places.index(self.place), self.unit])
        left = h0 * self._kept_of_initial(t) if h0 else 0.0
        return Write(self.start, "", np.nan, h0, h0, left, np.nan, np.nan, False)

    def _kept_of_initial(self, t: int) -> float:
        """By what factor it stands in the state after step t; nan where that is not known."""
        known, forward = self.known_around(t), self.place[1] == "forward"
        if t == self.start or t - 1 not in known:
            return 1.0 if t == self.start else np.nan
        kept = self.kept[known.start : t] if forward else self.kept[t - 1 : known.stop][::-1]
        with np.errstate(all="ignore"):  # as `with_what_was_left`
            if kept[-_NEAR:].prod(dtype=np.float64) == 0:
                return 0.0
            whole = len(kept) == (t if forward else self.trace.steps - t + 1)
            return float(kept.prod(dtype=np.float64)) if whole else np.nan

    def shares(self, a: int, b: int, t: int) -> NDArray[np.float64]:
        """`left` of rows a..b-1 (from 0), found out here where they are near."""
        for _ in range(_FEW + 2 * (b - a) // self._rows):
            known = self.known_around(t)
            if (known and known.start <= a and b <= known.stop) or not self.advance(t):
                break
        return self.left(t)[a:b]

    def half_life(self) -> float:
        """ln ½ / mean ln z of what is known, in steps; infinite where it never loses."""
        return half_life(self._logs, self.known)

    def rows(self, steps: Sequence[int] | NDArray[np.int64], t: int,
             bounds: Bounds = USUAL) -> list[Write]:  # fmt: skip
        """Of known steps, or of `start`, in full; `left` in the state after step t."""
        left, refused, start = self.left(t), self.refused(bounds), self.start
        return [
            self.initial(t) if step == start else self.row(int(step), left, refused)
            for step in steps
        ]

    def row(self, step: int, left: NDArray[np.float64], refused: NDArray[np.bool_]) -> Write:
        """`left` and `refused` as the methods of these names gave them."""
        at = step - 1
        old, new, wrote, n, z = (
            float(of[at]) for of in (self.old, self.new, self.wrote, self.n, self.z)
        )
        character = self.trace.characters[at]
        return Write(step, character, old, new, wrote, float(left[at]), n, z, bool(refused[at]))

    def read(self, a: int, b: int) -> tuple[writing.Floats, writing.Floats]:
        """What known rows a..b-1 (from 0) wrote, and their factors for what was there."""
        return self.wrote[a:b], self.kept[a:b]


def _logs(z: NDArray[np.float32]) -> float:
    """The sum of ln z."""
    return float(np.log(np.maximum(z.astype(np.float64), LEAST_KEPT)).sum())


def half_life(logs: float, steps: int) -> float:
    """ln ½ / mean ln z of so many steps."""
    return float(np.log(0.5)) * steps / logs if logs < 0 else float("inf")


def half_life_of(
    trace: Trace, unit: int, layer: int = 0, direction: Direction | None = None
) -> float:
    """In how many steps h[unit] loses half, over a whole run. Raises InputError for what the run
    lacks."""
    place = _checked(trace, unit, layer, direction)
    z = columns.column(trace, "z", place, slice(unit, unit + 1))
    return half_life(_logs(z), trace.steps)


def history(
    trace: Trace, unit: int, t: int, layer: int = 0, direction: Direction | None = None,
    bounds: Bounds = USUAL,
) -> list[Write]:  # fmt: skip
    """The steps up to t, in the order of the text, that wrote h[unit] or were refused.

    In the reverse direction those from t on. Raises InputError for what the run lacks.
    """
    place = _checked(trace, unit, layer, direction)
    trace.check_step(t)
    writes = Writes(trace, unit, place)
    while writes.advance(t):
        pass
    steps = writes.listed(bounds)
    return writes.rows(steps[steps <= t if place[1] == "forward" else steps >= t], t, bounds)


def _checked(trace: Trace, unit: int, layer: int, direction: Direction | None) -> Place:
    trace.model.cell(layer, direction)
    trace.model.check_unit(unit)
    trace.finish()
    return layer, direction or trace.model.ways[0]
