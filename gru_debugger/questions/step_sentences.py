"""What a step does, or one computation in it, told of all its units: counted, with numbers.

Each is true of the step's own float32 values and of `Thresholds`; nothing is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.activations import USUAL as USUAL_ACTIVATIONS
from gru_debugger.core.activations import Activations
from gru_debugger.core.cell import Array, Notation, Reset
from gru_debugger.core.edits import Place, set_at
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Step, Trace
from gru_debugger.numerals import NO_BREAK, brief, fixed, grouped, percent, two
from gru_debugger.phrases import phrase, told
from gru_debugger.questions.predictions import none_because
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.spans import Span

Sentence = list[Span]


@dataclass(frozen=True, eq=False)
class StepSentences:
    """Of one step of a layer and direction. `by_hand`: which units (hidden,) of which quantities
    were set, of these alone."""

    step: Step
    reset: Reset = "after"
    notation: Notation = "pytorch"
    activations: Activations = USUAL_ACTIVATIONS
    by_hand: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    thresholds: Thresholds = USUAL

    @classmethod
    def of(
        cls, trace: Trace, step: Step, place: Place, notation: Notation = "pytorch",
        thresholds: Thresholds = USUAL,
    ) -> StepSentences:  # fmt: skip
        model = trace.model
        hand = set_at(trace.edits, place, step.number, model.hidden_size)
        activations = model.cell(*place).activations
        return cls(step, model.reset, notation, activations, hand, thresholds)

    def told(self, computation: str) -> list[Sentence]:
        """What a computation of the step has made of all units."""
        made = "h" if computation == "blend" else computation
        say = {"r": self._reset_gate, "z": self._update_gate, "hidden_n": self._hidden_part,
               "reset_product": self._product, "n": self._candidate, "h": self._state}  # fmt: skip
        return [*say[made](), *self._set(made)]

    def whole(self) -> list[Sentence]:
        """The step as a whole: what is kept, what is let through, what changes."""
        return [sentence for computation in ("z", "r", "blend")
                for sentence in self.told(computation)]  # fmt: skip

    # Gates -------------------------------------------------------------------------------------

    def _reset_gate(self) -> list[Sentence]:
        r, what = self.step.r, self._scaled
        if not _are_shares(r):
            return [self._between("r")]
        few, many = self._below(r), self._above(r)
        return [
            phrase("The reset gate lets less than {low} of the {what} pass in {few} of {units} "
                   "units, more than {high} in {many}; the mean is {mean}.",
                   what=what, few=_number(few), many=_number(many), mean=_mean(r),
                   **self._bounds(r)),
            *self._saturated(r),
        ]  # fmt: skip

    def _update_gate(self) -> list[Sentence]:
        z = self.step.z
        if not _are_shares(z):
            return [self._between("z")]
        few, many = self._below(z), self._above(z)
        course = self.notation == "course"
        if course:  # told turned round, and counted as ever
            few, many = many, few
            template = ("{few} of {units} units replace less than {low} of their old value, {many} "
                        "more than {high}; the mean of {gate} is {mean}.")  # fmt: skip
        else:
            template = ("{few} of {units} units keep less than {low} of their old value, {many} "
                        "more than {high}; the mean of {gate} is {mean}.")  # fmt: skip
        symbol = Span("Γ_u" if course else "z", "text", True)
        mean = _mean(np.float32(1) - z if course else z)
        return [
            phrase(template, few=_number(few), many=_number(many), gate=symbol, mean=mean,
                   **self._bounds(z, course)),
            *self._saturated(z, course),
        ]  # fmt: skip

    def _saturated(self, gate: Array, turned: bool = False) -> list[Sentence]:
        """Reported: at its end a gate's slope is almost nothing."""
        edge = self.thresholds.saturated
        shut, wide = int((gate < edge).sum()), int((gate > 1 - edge).sum())
        shut, wide = (wide, shut) if turned else (shut, wide)
        if not shut and not wide:
            return []
        return [phrase("Saturated (within {edge} of an end): {shut} of the units at 0, {wide} "
                       "at 1.",
                       edge=brief(edge), shut=_number(shut), wide=_number(wide))]  # fmt: skip

    def _between(self, quantity: str) -> Sentence:
        """Of a gate that is no share of anything."""
        values = self.step.values[quantity]
        low, high = _number(float(values.min())), _number(float(values.max()))
        if quantity == "r":
            return phrase("The reset gate lies between {low} and {high}.", low=low, high=high)
        return phrase("The update gate lies between {low} and {high}.", low=low, high=high)

    def _below(self, gate: Array) -> int:
        return int((gate < self.thresholds.low).sum())

    def _above(self, gate: Array) -> int:
        return int((gate > self.thresholds.high).sum())

    def _bounds(self, gate: Array, turned: bool = False) -> dict[str, str]:
        low, high = map(edge_in_words, self.thresholds.on_gate(turned))
        return {"low": low, "high": high, "units": grouped(len(gate))}

    # The candidate -----------------------------------------------------------------------------

    @property
    def _scaled(self) -> str:
        return told("hidden part") if self.reset == "after" else told("old state")

    def _hidden_part(self) -> list[Sentence]:
        values = self.step.hidden_n
        unit = int(np.abs(values).argmax())
        return [phrase("The candidate's hidden part is largest in unit {unit}: {value}.",
                       unit=_number(unit), value=_number(float(values[unit])))]  # fmt: skip

    def _product(self) -> list[Sentence]:
        before = self.step.hidden_n if self.reset == "after" else self.step.h_prev
        after = self.step.reset_product
        unit = int(np.abs(before - after).argmax())
        if before[unit] == after[unit]:
            return [phrase("The reset gate changes the {what} of no unit.", what=self._scaled)]
        return [phrase("The reset gate changes the {what} of unit {unit} most, from {before} to "
                       "{after}.", what=self._scaled, unit=_number(unit),
                       before=_number(float(before[unit])),
                       after=_number(float(after[unit])))]  # fmt: skip

    def _candidate(self) -> list[Sentence]:
        n, full = self.step.n, self.thresholds.full
        unit = int(np.abs(n).argmin())
        return [phrase("The candidate is beyond ±{full} in {count} of {units} units, nearest to 0 "
                       "in unit {unit}: {value}.", full=brief(full), units=grouped(len(n)),
                       count=_number(int((np.abs(n) > full).sum())), unit=_number(unit),
                       value=Span(two(float(n[unit])), "take"))]  # fmt: skip

    def _state(self) -> list[Sentence]:
        old, new, little = self.step.h_prev, self.step.h, self.thresholds.little
        change = np.abs(new.astype(np.float64) - old)
        unit = int(change.argmax())
        if not change[unit]:
            return [phrase("No state changes.")]
        return [phrase("{h} changes most in unit {unit}, from {old} to {new}; in {few} of {units} "
                       "units by less than {little}.", h=Span(self._letter, "text", True),
                       unit=_number(unit), old=Span(two(float(old[unit])), "keep"),
                       new=_number(float(new[unit])), few=_number(int((change < little).sum())),
                       units=grouped(len(new)), little=brief(little))]  # fmt: skip

    @property
    def _letter(self) -> str:
        return "c" if self.notation == "course" else "h"

    def _set(self, quantity: str) -> list[Sentence]:
        count = int(self.by_hand[quantity].sum()) if quantity in self.by_hand else 0
        if not count:
            return []
        return [phrase("Set by hand, whatever the equation says: {count} of {units} units.",
                       count=_number(count), units=grouped(len(self.step.h)))]  # fmt: skip


# The prediction --------------------------------------------------------------------------------


def prediction(trace: Trace, step: Step, thresholds: Thresholds = USUAL) -> list[Sentence]:
    """How sure the network is of the next character, and whether it is right; nothing where it
    predicts none."""
    vocabulary, p = trace.model.vocabulary, step.get("probabilities")
    if none_because(trace) or vocabulary is None or p is None:
        return []
    likeliest = int(p.argmax())
    share = float(p[likeliest])
    parts: dict[str, Span | str] = {
        "likeliest": Span(printable(vocabulary[likeliest]), "strong"),
        "share": Span(share_in_words(share), "strong"),
    }
    if share > thresholds.sure:
        sure = phrase("The network is almost sure of {likeliest} next: {share}.", **parts)
    elif share > thresholds.leaning:
        sure = phrase("The network leans to {likeliest} next: {share}.", **parts)
    else:
        sure = phrase("The network is undecided: {likeliest} has most, {share}.", **parts)
    return [sure, *_right(trace, step, p, likeliest)]


def _right(trace: Trace, step: Step, p: Array, likeliest: int) -> list[Sentence]:
    following = trace.reading.one_index(step.number + 1)
    if following is None:
        return []
    cost = -np.log2(max(float(p[following]), float(np.finfo(np.float32).tiny)))
    bits = Span(fixed(cost, 2), "strong")
    if following == likeliest:
        return [phrase("The text goes on with it, at a cost of {bits} bits.", bits=bits)]
    rank = int((p > p[following]).sum()) + 1
    share = share_in_words(float(p[following]))
    return [phrase("The text goes on with {next}, rank {rank} at {share}: {bits} bits.",
                   next=Span(printable(trace.characters[step.number]), "strong"),
                   rank=grouped(rank), share=share, bits=bits)]  # fmt: skip


def step_sentences(
    trace: Trace, step: Step, place: Place, notation: Notation = "pytorch",
    thresholds: Thresholds = USUAL,
) -> list[Sentence]:  # fmt: skip
    """A whole step: all its units, and what follows of it."""
    told = StepSentences.of(trace, step, place, notation, thresholds)
    return [*told.whole(), *prediction(trace, step, thresholds)]


def _are_shares(gate: Array) -> bool:
    return bool(((gate >= 0) & (gate <= 1)).all())


def _number(value: float) -> Span:
    return Span(grouped(value) if isinstance(value, int) else two(value), "strong")


def _mean(values: Sequence[float] | Array) -> Span:
    return _number(float(np.mean(values, dtype=np.float64)))


def edge_in_words(share: float) -> str:
    """A threshold in percent, to its last digit: what is counted beyond it is so."""
    return f"{brief(100 * share)}{NO_BREAK}%"


def share_in_words(share: float) -> str:
    """In percent, never all nor nothing of what is not; of nothing no digit behind it."""
    if share == 0:
        return percent(0)
    digits = 0 if share >= 0.1 else 1
    while 0 < share < 1 and digits < 4 and round(share, digits + 2) in (0, 1):
        digits += 1
    if 0 < share < 1 and round(share, digits + 2) in (0, 1):
        if share < 0.5:
            return told("less than {share}", share=percent(1e-6, 4))
        return told("more than {share}", share=percent(1 - 1e-6, 4))
    return percent(share, digits)
