"""The whole run in numbers: each unit's gates and state over all steps, and the surprise."""

from __future__ import annotations

from dataclasses import dataclass
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


class Survey:
    """Looks through what is recorded, a few milliseconds at a time; `units` and `bits` so far.

    `bits` (steps − 1,): what character 2, 3, … costs, −log₂ p of it in the step before, nan where
    that is not known yet; none where the output predicts no next character (`why_none`).
    """

    def __init__(self, trace: Trace, place: Place, thresholds: Thresholds = USUAL) -> None:
        self.trace, self.place, self.thresholds = trace, place, thresholds
        self.steps = 0  # looked through
        self.why_none = none_because(trace)
        count = 0 if self.why_none else max(0, trace.steps - 1)
        self.bits = np.full(count, np.nan)
        self._known = 0  # of the bits
        size = trace.model.hidden_size
        self._shares = np.zeros((4, size))
        self._logs, self._largest, self._mean, self._squares = np.zeros((4, size))
        self._bins = np.zeros((2, BINS))
        self._full = np.zeros(2)

    @property
    def complete(self) -> bool:
        return self.steps == self.trace.steps and self._known == len(self.bits)

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
        first, then = self._advance_units, self._advance_bits
        if self._known < self.steps:
            first, then = then, first
        return first() or then()

    def _advance_units(self) -> bool:
        trace, a = self.trace, self.steps
        b = min(a + columns.stretch_rows(trace), trace.read_so_far(self.place))
        from_end = self.place[1] == "reverse"
        rows = (trace.steps - b, trace.steps - a) if from_end else (a, b)
        if b <= a:
            return False
        with np.errstate(all="ignore"):  # what is set by hand may be anything
            values = columns.cell_quantities(trace, self.place, *rows)
            self._add(values["r"], values["z"], values["n"], trace.states(*self.place, *rows))
        self.steps = b
        return True

    def _add(self, r: Array, z: Array, n: Array, h: Array) -> None:
        edges = self.thresholds
        for i, gate in enumerate((z, r)):
            self._shares[2 * i] += (gate < edges.low).sum(axis=0)
            self._shares[2 * i + 1] += (gate > edges.high).sum(axis=0)
        self._logs += np.log(np.abs(z), dtype=np.float64).sum(axis=0)
        np.maximum(self._largest, np.abs(h).max(axis=0), out=self._largest)
        self._spread(np.asarray(h, np.float64))
        for i, value in enumerate((h, n)):
            at = np.clip(((value + 1) * (BINS / 2)).astype(np.int64), 0, BINS - 1)
            self._bins[i] += np.bincount(at.ravel(), minlength=BINS)
            self._full[i] += float((np.abs(value) > edges.full).sum())

    def _spread(self, h: Floats) -> None:
        """Mean and squares of the distances from it, of both parts together (Chan 1979)."""
        count, all_of = len(h), self.steps + len(h)
        mean = h.mean(axis=0)
        apart = mean - self._mean
        self._squares += ((h - mean) ** 2).sum(axis=0) + apart**2 * (self.steps * count / all_of)
        self._mean = self._mean + apart * (count / all_of)

    def _advance_bits(self) -> bool:
        trace, indices = self.trace, self.trace.reading.indices
        a, b = self._known, min(self._known + rows_at_once(trace), trace.recorded, len(self.bits))
        if indices is None or b <= a:
            return False
        right = indices[a + 1 : b + 1]
        self.bits[a:b] = each(trace.outputs(a + 1, b)["probabilities"], right)
        self._known = b
        return True

    @property
    def known_bits(self) -> Floats:
        """Of the steps looked through: all answers are of the same ones."""
        return self.bits[: min(self._known, self.steps)]

    @property
    def units(self) -> Units | None:
        """Of the steps so far; None of none."""
        steps = self.steps
        if not steps:
            return None
        z_low, z_high, r_low, r_high = self._shares / steps
        values = steps * self.trace.model.hidden_size
        (h_full, n_full), (h_bins, n_bins) = self._full / values, self._bins / values
        with np.errstate(divide="ignore"):
            half_life = np.log(0.5) / (self._logs / steps)
        half_life[self._logs >= 0] = np.inf
        return Units(
            steps, z_low, z_high, r_low, r_high, half_life + 0.0, self._largest.copy(), self._mean,
            np.sqrt(self._squares / steps), h_full, n_full, h_bins, n_bins, self.thresholds,
        )  # fmt: skip


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
