"""The whole run in numbers: each unit's gates and state over all steps, and the surprise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.cell import Array
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.predictions import none_because
from gru_debugger.questions.surprise import each, rows_at_once
from gru_debugger.questions.thresholds import USUAL, Thresholds

Floats = NDArray[np.float64]

BINS = 32  # of the histograms from −1 to 1; what is beyond stands in the outer ones


@dataclass(frozen=True)
class Units:
    """Of `steps` steps, in whatever order they were read; arrays (units,).

    `z_low` … `r_high`: shares of the steps, 0..1, in which a gate is below `low` or above `high`.
    `half_life`: characters in which the gate's factors leave half of a value, ln ½ / mean ln |z|;
    0 where z was 0, infinite where nothing is lost. `largest`: of |h|; `mean` and `deviation`
    (standard) of h. `h_full`, `n_full`: shares of all values beyond ±`full`; `h_bins`, `n_bins`:
    shares in each of BINS equal parts of −1..1. All these are of the `thresholds`.
    """

    steps: int
    z_low: Floats
    z_high: Floats
    r_low: Floats
    r_high: Floats
    half_life: Floats
    largest: Floats
    mean: Floats
    deviation: Floats
    h_full: float
    n_full: float
    h_bins: Floats
    n_bins: Floats
    thresholds: Thresholds = USUAL

    @property
    def dead(self) -> NDArray[np.bool_]:
        return np.asarray(self.largest < self.thresholds.dead)

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Those that are not dead."""
        return np.asarray((self.deviation < self.thresholds.constant) & ~self.dead)


@dataclass(frozen=True)
class _Counts:
    """Of `steps` steps, and of the first `known` bits; never changed, so that a thread may make the
    next while others read this one. What Units has shares and means of: `shares` (4, units) of z
    and r, each low, then high; `logs`, `largest`, `mean`, `squares` (units,); `bins` (2, BINS) and
    `full` (2,) of h and n.
    """

    shares: Floats
    logs: Floats
    largest: Floats
    mean: Floats
    squares: Floats
    bins: Floats
    full: Floats
    steps: int = 0
    known: int = 0


def _none_of(size: int) -> _Counts:
    logs, largest, mean, squares = np.zeros((4, size))
    bins, full = np.zeros((2, BINS)), np.zeros(2)
    return _Counts(np.zeros((4, size)), logs, largest, mean, squares, bins, full)


class Survey:
    """Looks through what is recorded, a few milliseconds at a time; `units` and `bits` so far.

    `bits` (steps − 1,): what character 2, 3, … costs, −log₂ p of it in the step before, nan where
    that is not known yet; none where the output predicts no next character (`why_none`).

    A thread may `go_on` while others ask: all answers are of what was there at the last `take`.
    """

    def __init__(self, trace: Trace, place: Place, thresholds: Thresholds = USUAL) -> None:
        self.trace, self.place, self.thresholds = trace, place, thresholds
        self.why_none = none_because(trace)
        count = 0 if self.why_none else max(0, trace.steps - 1)
        self.bits = np.full(count, np.nan)
        self._ahead = self._taken = _none_of(trace.model.hidden_size)

    @property
    def steps(self) -> int:
        """Looked through."""
        return self._taken.steps

    @property
    def complete(self) -> bool:
        return self._all(self._taken)

    @property
    def done(self) -> bool:
        """Whether `take` will find all of it."""
        return self._all(self._ahead)

    def _all(self, counts: _Counts) -> bool:
        return counts.steps == self.trace.steps and counts.known == len(self.bits)

    def told_by(self, thresholds: Thresholds) -> bool:
        """From now on, where it needs no other counts: whether it could be."""
        counted = all(getattr(thresholds, name) == getattr(self.thresholds, name)
                      for name in ("low", "high", "full"))  # fmt: skip
        self.thresholds = thresholds if counted else self.thresholds
        return counted

    @property
    def even(self) -> float:
        """Bits a character that guessing evenly among all symbols costs."""
        return float(np.log2(max(1, self.trace.model.symbols)))

    def advance(self) -> bool:
        """Look at some more of what is recorded; False where there is none now. Both keep pace."""
        more = self.go_on()
        self.take()
        return more

    def take(self) -> None:
        """All that was looked at is known from now on."""
        self._taken = self._ahead

    def go_on(self) -> bool:
        """`advance` without `take`; by one thread at a time."""
        first, then = self._advance_units, self._advance_bits
        if self._ahead.known < self._ahead.steps:
            first, then = then, first
        return first() or then()

    def _advance_units(self) -> bool:
        trace, a = self.trace, self._ahead.steps
        b = min(a + columns.stretch_rows(trace), trace.read_so_far(self.place))
        from_end = self.place[1] == "reverse"
        rows = (trace.steps - b, trace.steps - a) if from_end else (a, b)
        if b <= a:
            return False
        with np.errstate(all="ignore"):  # what is set by hand may be anything
            r, z, n = columns.gates_and_candidate(trace, self.place, *rows)
            self._ahead = self._with(r, z, n, trace.states(*self.place, *rows))
        return True

    def _with(self, r: Array, z: Array, n: Array, h: Array) -> _Counts:
        """What is known with a stretch more."""
        edges, so_far = self.thresholds, self._ahead
        beyond = [
            np.add.reduce(there, axis=0, dtype=np.uint32)
            for there in (z < edges.low, z > edges.high, r < edges.low, r > edges.high)
        ]
        both = (h, n)
        logs = np.asarray(np.log(np.abs(z)), np.float64)
        mean, squares = self._spread(np.asarray(h, np.float64))
        return replace(
            so_far,
            shares=so_far.shares + beyond,
            logs=so_far.logs + logs.sum(axis=0),
            largest=np.maximum(so_far.largest, np.abs(h).max(axis=0)),
            mean=mean, squares=squares,
            bins=so_far.bins + np.stack([*map(_binned, both)]),
            full=so_far.full + np.array([*map(self._full, both)], float),
            steps=so_far.steps + len(h),
        )  # fmt: skip

    def _full(self, values: Array) -> int:
        return int(np.count_nonzero(np.abs(values) > self.thresholds.full))

    def _spread(self, h: Floats) -> tuple[Floats, Floats]:
        """Mean and squares of the distances from it, of both parts together (Chan 1979)."""
        so_far = self._ahead
        count, all_of = len(h), so_far.steps + len(h)
        mean = h.mean(axis=0)
        apart = mean - so_far.mean
        between = apart**2 * (so_far.steps * count / all_of)
        squares = so_far.squares + np.square(h - mean).sum(axis=0) + between
        return so_far.mean + apart * (count / all_of), squares

    def _advance_bits(self) -> bool:
        trace, indices, a = self.trace, self.trace.reading.indices, self._ahead.known
        b = min(a + rows_at_once(trace), trace.recorded, len(self.bits))
        if indices is None or b <= a:
            return False
        right = indices[a + 1 : b + 1]
        self.bits[a:b] = each(trace.outputs(a + 1, b)["probabilities"], right)
        self._ahead = replace(self._ahead, known=b)
        return True

    @property
    def known_bits(self) -> Floats:
        """Of the steps looked through: all answers are of the same ones."""
        return self.bits[: min(self._taken.known, self._taken.steps)]

    @property
    def units(self) -> Units | None:
        """Of the steps so far; None of none."""
        found = self._taken
        steps = found.steps
        if not steps:
            return None
        z_low, z_high, r_low, r_high = found.shares / steps
        values = steps * self.trace.model.hidden_size
        (h_full, n_full), (h_bins, n_bins) = found.full / values, found.bins / values
        with np.errstate(divide="ignore"):
            half_life = np.log(0.5) / (found.logs / steps)
        half_life[found.logs >= 0] = np.inf
        return Units(
            steps, z_low, z_high, r_low, r_high, half_life + 0.0, found.largest, found.mean,
            np.sqrt(found.squares / steps), h_full, n_full, h_bins, n_bins, self.thresholds,
        )  # fmt: skip


def _binned(values: Array) -> NDArray[np.int64]:
    """How many values lie in each of BINS equal parts of −1..1."""
    at = (values + np.float32(1)) * np.float32(BINS / 2)
    at = np.fmax(np.fmin(at, BINS - 1), 0)  # what is no number stands somewhere, too
    return np.bincount(at.astype(np.intp).ravel(), minlength=BINS)


@dataclass(frozen=True)
class Surprises:
    """Of the bits known so far, one at least: `mean`, `highest` of all, at character `at` (from 1),
    and how many cost more than guessing, `even`."""

    bits: Floats
    even: float

    @cached_property
    def mean(self) -> float:
        return float(self.bits.mean())

    @cached_property
    def at(self) -> int:
        """bits[0] are character 2's."""
        return int(self.bits.argmax()) + 2

    @property
    def highest(self) -> float:
        return float(self.bits[self.at - 2])

    @cached_property
    def beyond(self) -> int:
        return int((self.bits > self.even).sum())
