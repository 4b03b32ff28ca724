"""A whole run in a few sentences: how its gates stand, which units hold, what surprises it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.cell import Notation
from gru_debugger.core.edits import Place
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import brief, fixed, grouped, listed, two
from gru_debugger.phrases import phrase, several, told
from gru_debugger.questions.predictions import none_because
from gru_debugger.questions.step_sentences import Sentence
from gru_debugger.questions.step_sentences import share_in_words as _share
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.questions.writes import LEAST_KEPT, half_life
from gru_debugger.spans import Span

_LISTED = 8  # units that are named


class RunCounts:
    """What is counted of a run's gates and states, a stretch at a time in text order.

    Of each gate (units,): in how many of the `known` steps it lay below `low` and above `high` of
    the thresholds, within `saturated` of an end, and its sum; of h the largest magnitude and the
    sums that a standard deviation takes; of z the sum of its logarithms. `costs` (steps,) are the
    bits that the next character costs, nan where none is predicted.
    """

    def __init__(self, trace: Trace, place: Place, thresholds: Thresholds = USUAL) -> None:
        self.trace, self.place, self.thresholds = trace, place, thresholds
        units = trace.model.hidden_size
        self.known = 0
        self.below, self.above, self.saturated = (
            {gate: np.zeros(units, np.int64) for gate in "rz"} for _ in range(3)
        )
        self.sums = {name: np.zeros(units) for name in ("r", "z", "h", "h²", "ln z")}
        self.largest = np.zeros(units)
        self.shares = {"r": True, "z": True}  # whether each is one at every step
        self.costs: NDArray[np.float64] = np.full(trace.steps, np.nan)
        self._predicts = not none_because(trace)

    @property
    def complete(self) -> bool:
        return self.known == self.trace.steps

    def advance(self) -> bool:
        """A stretch more; False: there is none now."""
        trace = self.trace
        a, b = self.known, min(self.known + columns.stretch_rows(trace), trace.recorded)
        if a == b:
            return False
        found = columns.cell_quantities(trace, self.place, a, b)
        for gate in "rz":
            self._count(gate, found[gate])
        h = trace.states(*self.place, a, b).astype(np.float64)
        z = found["z"].astype(np.float64)
        for name, values in (("h", h), ("h²", h * h), ("ln z", np.log(np.maximum(z, LEAST_KEPT)))):
            self.sums[name] += values.sum(axis=0)
        self.largest = np.maximum(self.largest, np.abs(h).max(axis=0))
        self._add_costs(a, b)
        self.known = b
        return b < trace.recorded

    def _count(self, gate: str, values: NDArray[np.float32]) -> None:
        edges = self.thresholds
        self.below[gate] += (values < edges.low).sum(axis=0)
        self.above[gate] += (values > edges.high).sum(axis=0)
        ends = (values < edges.saturated) | (values > 1 - edges.saturated)
        self.saturated[gate] += ends.sum(axis=0)
        self.sums[gate] += values.sum(axis=0, dtype=np.float64)
        self.shares[gate] &= bool(((values >= 0) & (values <= 1)).all())

    def _add_costs(self, a: int, b: int) -> None:
        indices = self.trace.reading.indices
        last = min(b, self.trace.steps - 1)  # behind the last nothing follows
        if not self._predicts or indices is None or last <= a:
            return
        p = self.trace.outputs(a + 1, last)["probabilities"].astype(np.float64)
        right = p[np.arange(last - a), indices[a + 1 : last + 1]]
        self.costs[a:last] = -np.log2(np.maximum(right, float(np.finfo(np.float32).tiny)))

    # What is known -----------------------------------------------------------------------------

    @property
    def deviation(self) -> NDArray[np.float64]:
        """Of h over the steps known (units,)."""
        mean = self.sums["h"] / self.known
        found: NDArray[np.float64] = np.sqrt(np.maximum(self.sums["h²"] / self.known - mean**2, 0))
        return found

    @property
    def half_lives(self) -> NDArray[np.float64]:
        """In how many steps each unit loses half (units,); infinite where it loses nothing."""
        return np.array([half_life(float(logs), self.known) for logs in self.sums["ln z"]])


def run_sentences(counts: RunCounts, notation: Notation = "pytorch") -> list[Sentence]:
    """Of the steps counted."""
    if not counts.known:
        return []
    return [
        *_length(counts), *_gate(counts, "z", notation), *_gate(counts, "r", notation),
        *_always(counts), *_idle(counts, notation), *_longest(counts), *_surprise(counts),
    ]  # fmt: skip


def _length(counts: RunCounts) -> list[Sentence]:
    known, steps = grouped(counts.known), grouped(counts.trace.steps)
    units = several(counts.trace.model.hidden_size, "{n} unit", "{n} units")
    if counts.complete:
        return [phrase("{known} steps of {units}.", known=Span(known, "strong"), units=units)]
    return [phrase("The first {known} of {steps} steps of {units}.", known=Span(known, "strong"),
                   steps=steps, units=units)]  # fmt: skip


def _gate(counts: RunCounts, gate: str, notation: Notation) -> list[Sentence]:
    """How a gate's values are spread over all units and steps."""
    if not counts.shares[gate]:
        return []
    all_values, edges = counts.known * len(counts.largest), counts.thresholds
    below, above, ends = (int(of[gate].sum()) / all_values
                          for of in (counts.below, counts.above, counts.saturated))  # fmt: skip
    mean = float(counts.sums[gate].sum()) / all_values
    name = gate
    turned = notation == "course" and gate == "z"
    if notation == "course":
        name = {"r": "Γ_r", "z": "Γ_u"}[gate]
    if turned:
        below, above, mean = above, below, 1 - mean
    low, high = map(brief, edges.on_gate(turned))
    return [phrase("{gate} is below {low} in {below} of all units and steps, above {high} in "
                   "{above}, saturated (within {edge} of an end) in {ends}; its mean is {mean}.",
                   gate=Span(name, "strong", True), low=low, high=high,
                   below=_strong(_share(below)), above=_strong(_share(above)),
                   edge=brief(edges.saturated), ends=_share(ends),
                   mean=_strong(two(mean)))]  # fmt: skip


def _always(counts: RunCounts) -> list[Sentence]:
    """Units that do the same at every step."""
    if not counts.shares["z"]:
        return []
    keep = np.flatnonzero(counts.above["z"] == counts.known)
    take = np.flatnonzero(counts.below["z"] == counts.known)
    said = []
    if keep.size:
        said.append(phrase("Units that almost always keep: {units}.", units=_units(keep)))
    if take.size:
        said.append(phrase("Units that almost always take: {units}.", units=_units(take)))
    return said


def _idle(counts: RunCounts, notation: Notation) -> list[Sentence]:
    """Dead units and, of the others, constant ones, as the overview counts them; and that there
    are none."""
    edges, h = counts.thresholds, "c" if notation == "course" else "h"
    is_dead = counts.largest < edges.dead
    dead = np.flatnonzero(is_dead)
    constant = np.flatnonzero((counts.deviation < edges.constant) & ~is_dead)
    if not dead.size and not constant.size:
        return [phrase("No unit is dead (|{h}| below {dead} throughout), none constant (standard "
                       "deviation below {constant}).", dead=brief(edges.dead), h=h,
                       constant=brief(edges.constant))]  # fmt: skip
    return [phrase("Dead, |{h}| below {dead} throughout: {dead_units}; constant, others with a "
                   "standard deviation below {constant}: {constant_units}.",
                   dead=brief(edges.dead), constant=brief(edges.constant), h=h,
                   dead_units=_units(dead), constant_units=_units(constant))]  # fmt: skip


def _longest(counts: RunCounts) -> list[Sentence]:
    lives = counts.half_lives
    unit = int(lives.argmax())
    if not np.isfinite(lives[unit]):
        return [phrase("Unit {unit} never loses anything it holds.", unit=_strong(str(unit)))]
    life = _strong(steps_in_words(float(lives[unit])))
    return [phrase("Unit {unit} holds longest: it loses half in {life} steps.",
                   unit=_strong(str(unit)), life=life)]  # fmt: skip


def _surprise(counts: RunCounts) -> list[Sentence]:
    known = np.isfinite(counts.costs)
    if not known.any():
        return []
    trace, costs = counts.trace, counts.costs
    step = int(np.nanargmax(costs)) + 1
    even = float(np.log2(trace.model.symbols))
    return [phrase("What follows costs {bits} bits a character, guessing {even}; most at step "
                   "{step}, where {next} follows: {most} bits.",
                   bits=_strong(fixed(float(costs[known].mean()), 2)), even=fixed(even, 2),
                   step=_strong(grouped(step)), next=_strong(printable(trace.characters[step])),
                   most=_strong(fixed(float(costs[step - 1]), 2)))]  # fmt: skip


def steps_in_words(half_life: float) -> str:
    """So many, as the overview has them: of ten and more whole ones."""
    return fixed(half_life, 0) if half_life >= 9.995 else two(half_life)


def _strong(words: str) -> Span:
    return Span(words, "strong")


def _units(units: NDArray[np.intp]) -> Span:
    if not units.size:
        return _strong(told("none"))
    some = listed(int(unit) for unit in units[:_LISTED]).replace(" ", ", ")
    if units.size <= _LISTED:
        return _strong(some)
    more = grouped(units.size - _LISTED)
    return _strong(told("{units} and {more} more", units=some, more=more))
