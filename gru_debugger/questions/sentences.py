"""What happened to one unit in one step, in plain words: a sentence for each computation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gru_debugger.core.activations import USUAL, Activations
from gru_debugger.core.activations import Role as Activated
from gru_debugger.core.cell import Notation, Reset
from gru_debugger.core.model import Model, printable
from gru_debugger.core.trace import Step
from gru_debugger.numerals import brief, grouped, percent, two
from gru_debugger.phrases import phrase, told
from gru_debugger.questions.thresholds import USUAL as USUAL_THRESHOLDS
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.spans import Span


def sentence(
    step: Step,
    unit: int,
    computation: str = "blend",
    reset: Reset = "after",
    notation: Notation = "pytorch",
    activations: Activations = USUAL,
    by_hand: Collection[str] = (),
    thresholds: Thresholds = USUAL_THRESHOLDS,
) -> list[Span]:
    """What a computation of the step has just done, with the numbers known by then.

    `by_hand`: the quantities that were set in this unit, of which no equation tells.
    """
    if ("h" if computation == "blend" else computation) in by_hand:
        return _set(step, unit, "h" if computation == "blend" else computation, notation)
    if computation == "blend":
        return unit_sentence(step, unit, notation == "course", thresholds)
    return _Halfway(step, unit, reset, notation, activations).told(computation)


_LEAST = 0.001  # a smaller share is told as less than that
_NAMES = {  # of what can be set: in PyTorch's notation, in the course's
    "r": ("r_{{{}}}", "Γ_{{r,{}}}"),
    "z": ("z_{{{}}}", "Γ_{{u,{}}}"),
    "n": ("n_{{{}}}", "c̃_{{{}}}"),
    "h": ("h_{{{}}}", "c_{{{}}}"),
}
_WORDS = {"hidden_n": "Hidden part", "reset_product": "Product"}


def _set(step: Step, unit: int, quantity: str, notation: Notation) -> list[Span]:
    """A value that was set by hand: what its equation would yield does not count."""
    course = notation == "course"
    value = float(step.values[quantity][unit])
    told = 1 - value if quantity == "z" and course else value
    name = Span(_WORDS.get(quantity, ""), "strong")
    if quantity in _NAMES:
        name = Span(_NAMES[quantity][course].format(unit), "strong", True)
    return phrase("{name} {value} set by hand, whatever its equation says.", name=name,
                  value=_equal(told))  # fmt: skip


@dataclass(frozen=True)
class _Halfway:
    """A step that halts before its end, as one unit sees it."""

    step: Step
    unit: int
    reset: Reset
    notation: Notation
    activations: Activations

    def told(self, computation: str) -> list[Span]:
        say = {
            "r": self._reset_gate,
            "z": self._update_gate,
            "hidden_n": self._hidden_part,
            "reset_product": self._product,
            "n": self._candidate,
        }
        return say[computation]()

    def _value(self, quantity: str) -> float:
        return float(self.step.values[quantity][self.unit])

    def _equals(self, pytorch: str, course: str, value: float) -> list[Span]:
        letter = course if self.notation == "course" else pytorch
        return [Span(letter.format(self.unit), "strong", True), _equal(value)]

    def _reset_gate(self) -> list[Span]:
        r, after = self._value("r"), self.reset == "after"
        if not _is_share(r):
            effect = phrase("It will be multiplied by the hidden part.") if after else (
                phrase("It will be multiplied by the old state."))  # fmt: skip
        elif after:
            effect = phrase("It lets {share} of the hidden part pass.", share=_share(r))
        else:
            effect = phrase("It lets {share} of the old state pass.", share=_share(r))
        return [*self._equals("r_{{{}}}", "Γ_{{r,{}}}", r), *self._summed("r"), *effect]

    def _update_gate(self) -> list[Span]:
        z, old = self._value("z"), Span(two(self._value("h_prev")), "keep")
        course = self.notation == "course"
        told = 1 - z if course else z
        if course:
            effect = phrase("It replaces {share} of the old value {old}.", share=_share(told),
                            old=old)  # fmt: skip
        else:
            effect = phrase("It keeps {share} of the old value {old}.", share=_share(told), old=old)
        return [
            *self._equals("z_{{{}}}", "Γ_{{u,{}}}", told),
            *self._summed("z", "1 −" if course else ""),
            *(effect if _is_share(z) else []),
        ]

    def _hidden_part(self) -> list[Span]:
        parts = {"name": Span(_WORDS["hidden_n"], "strong"),
                 "hidden": Span(f"{two(self._value('hidden_n'))}:", "strong")}  # fmt: skip
        if self.reset == "after":
            return phrase("{name} {hidden} what the old state says of the candidate; the reset "
                          "gate has yet to weigh it.", **parts)  # fmt: skip
        return phrase("{name} {hidden} what the old state, as far as the reset gate let it pass, "
                      "says of the candidate.", **parts)  # fmt: skip

    def _product(self) -> list[Span]:
        r, product = self._value("r"), Span(two(self._value("reset_product")), "strong")
        after = self.reset == "after"
        scaled = Span(two(self._value("hidden_n" if after else "h_prev")),
                      "strong" if after else "keep")  # fmt: skip
        if _is_share(r) and after:
            return phrase("Of the hidden part {scaled} the reset gate lets {share} pass: "
                          "{product}.",
                          scaled=scaled, share=_share(r), product=product)  # fmt: skip
        if _is_share(r):
            return phrase("Of the old value {scaled} the reset gate lets {share} pass: {product}.",
                          scaled=scaled, share=_share(r), product=product)  # fmt: skip
        if after:
            return phrase("The hidden part {scaled} times the reset gate's {r} is {product}.",
                          scaled=scaled, r=two(r), product=product)  # fmt: skip
        return phrase("The old value {scaled} times the reset gate's {r} is {product}.",
                      scaled=scaled, r=two(r), product=product)  # fmt: skip

    def _candidate(self) -> list[Span]:
        after = self.reset == "after"
        return [
            *self._equals("n_{{{}}}", "c̃_{{{}}}", self._value("n")),
            *self._summed("n", hidden="reset_product" if after else "hidden_n", passed=after),
        ]  # fmt: skip

    def _summed(
        self, gate: str, before: str = "", hidden: str = "", passed: bool = False
    ) -> list[Span]:
        """“σ of −0.71, the sum of input part 0.58 and hidden part −1.29.”"""
        role: Activated = "candidate" if gate == "n" else "gate"
        total, clip = self._value(f"sum_{gate}"), self.activations.clip
        clipped = ""
        if clip is not None and abs(total) > clip:
            clipped = phrase("(clipped at ±{clip})", clip=brief(clip))[0].text
        parts: dict[str, Span | str] = {
            "function": f"{before} {self.activations.of_role(role).symbol}".strip(),
            "total": Span(two(total), "strong"),
            "clipped": clipped,
            "input": Span(two(self._value(f"input_{gate}")), "strong"),
            "hidden": Span(two(self._value(hidden or f"hidden_{gate}")), "strong"),
        }
        if passed:
            return phrase("{function} of {total} {clipped}, the sum of input part {input} and of "
                          "what passed the reset gate, {hidden}.", **parts)  # fmt: skip
        return phrase("{function} of {total} {clipped}, the sum of input part {input} and hidden "
                      "part {hidden}.", **parts)  # fmt: skip


def candidate_sentence(
    step: Step, unit: int, reset: Reset, activations: Activations, by_hand: Collection[str] = ()
) -> list[Span]:
    """What the input and the old state say of the candidate, and what of that the reset gate lets
    through; empty where that would not be true: of a value set by hand, a gate that is no share."""
    told, old, r, total, n = (
        float(step.values[q][unit]) for q in ("input_n", "hidden_n", "r", "sum_n", "n")
    )
    if {"n", "hidden_n", "reset_product"} & {*by_hand} or not _is_share(r):
        return []
    against = phrase("against it") if told * old < 0 else phrase("too")
    parts: dict[str, Span | str] = {
        "input": Span(two(told), "strong"), "old": Span(two(old), "strong"),
        "against": against[0].text, "total": Span(two(total), "strong"),
        "function": activations.of_role("candidate").symbol, "n": Span(two(n), "take"),
    }  # fmt: skip
    if reset == "before":
        return phrase("The input says {input}, the old state {old} {against}, behind the reset "
                      "gate: {total}; {function}: {n}.", **parts)  # fmt: skip
    little = 0 < r < _LEAST
    passed = Span(f"< {percent(_LEAST, 1)}" if little else _share(r), "strong")
    return phrase("The input says {input}, the old state {old} {against}; of that the reset gate "
                  "lets {passed} through: {total}; {function}: {n}.", passed=passed,
                  **parts)  # fmt: skip


def old_state_sentence(step: Step, unit: int) -> list[Span]:
    """Of a step that halts before it blends."""
    return phrase("{name} {old} what the step begins with; the update gate says how much of it is "
                  "kept.", name=Span("Old state", "strong"),
                  old=Span(f"{two(float(step.h_prev[unit]))}:", "keep"))  # fmt: skip


def probability_sentence(step: Step, index: int, model: Model) -> list[Span]:
    """How likely a symbol is next, and by what: softmax of the scores."""
    probabilities, logits = step.values["probabilities"], step.values["logits"]
    rank = int((probabilities > probabilities[index]).sum()) + 1
    above = float(logits[index]) - float(logits.mean())
    name = printable(model.vocabulary[index]) if model.vocabulary else f"Symbol {grouped(index)}"
    parts: dict[str, Span | str] = {
        "name": Span(name, "strong"),
        "share": Span(percent(float(probabilities[index]), 1), "strong"),
        "rank": grouped(rank), "count": grouped(len(logits)),
        "score": Span(two(float(logits[index])), "strong"),
        "by": Span(two(abs(above)), "strong"),
    }  # fmt: skip
    if above >= 0:
        return phrase("{name} has {share}, rank {rank} of {count}; its score {score} is {by} "
                      "above the mean of all.", **parts)  # fmt: skip
    return phrase("{name} has {share}, rank {rank} of {count}; its score {score} is {by} below "
                  "the mean of all.", **parts)  # fmt: skip


def _is_share(gate: float) -> bool:
    """Whether a gate says how much: of some activations it may be any number."""
    return 0 <= gate <= 1


def _share(gate: float) -> str:
    if 0 < gate < _LEAST:
        return told("less than {share}", share=percent(_LEAST, 1))
    return percent(gate, 0 if gate >= 0.01 or gate == 0 else 1)


def unit_sentence(
    step: Step, unit: int, course: bool = False, thresholds: Thresholds = USUAL_THRESHOLDS
) -> list[Span]:
    """How the update gate blended a unit's old value with its candidate.

    In the course's notation the gate told of is its own Γu = 1 − z.
    """
    z, n, old, new = (float(step.values[q][unit]) for q in ("z", "n", "h_prev", "h"))
    gate, told = (f"Γ_{{u,{unit}}}", 1 - z) if course else (f"z_{{{unit}}}", z)
    parts: dict[str, Span | str] = {
        "gate": Span(gate, "strong", True), "value": _equal(told), "old": Span(two(old), "keep"),
        "n": Span(two(n), "take"), "new": Span(two(new), "strong"),
        "h": Span(f"{'c' if course else 'h'}_{{{unit}}}", "strong", True),
    }  # fmt: skip
    if 0 <= z < thresholds.low:
        little = thresholds.little
        if old * new < 0 and min(abs(old), abs(new)) > little:
            return phrase("{gate} {value} the old value {old} is almost fully dropped; {h} becomes "
                          "{new}, near the candidate {n}, with the other sign.",
                          **parts)  # fmt: skip
        return phrase("{gate} {value} the old value {old} is almost fully dropped; {h} becomes "
                      "{new}, near the candidate {n}.", **parts)  # fmt: skip
    if thresholds.high < z <= 1:
        return phrase("{gate} {value} the old value {old} is almost fully kept; {h} becomes {new}, "
                      "hardly moved toward the candidate {n}.", **parts)  # fmt: skip
    return phrase("{gate} {value} {keep} of the old value {old} is kept and {take} of the "
                  "candidate {n} taken; {h} becomes {new}.", keep=percent(z), take=percent(1 - z),
                  **parts)  # fmt: skip


def _equal(value: float) -> Span:
    return Span(f"= {two(value)}:", "strong")
