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
from gru_debugger.spans import Span


def sentence(
    step: Step,
    unit: int,
    computation: str = "blend",
    reset: Reset = "after",
    notation: Notation = "pytorch",
    activations: Activations = USUAL,
    by_hand: Collection[str] = (),
) -> list[Span]:
    """What a computation of the step has just done, with the numbers known by then.

    `by_hand`: the quantities that were set in this unit, of which no equation tells.
    """
    if ("h" if computation == "blend" else computation) in by_hand:
        return _set(step, unit, "h" if computation == "blend" else computation, notation)
    if computation == "blend":
        return unit_sentence(step, unit, notation == "course")
    return _Halfway(step, unit, reset, notation, activations).told(computation)


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
    words = Span("set by hand, whatever its equation says.")
    return [name, Span(f"= {two(told)}:", "strong"), words]


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
        return [Span(letter.format(self.unit), "strong", True), Span(f"= {two(value)}:", "strong")]

    def _reset_gate(self) -> list[Span]:
        r = self._value("r")
        scaled = "the hidden part" if self.reset == "after" else "the old state"
        effect = f"It lets {_share(r)} of {scaled} pass." if _is_share(r) else (
            f"It will be multiplied by {scaled}.")  # fmt: skip
        return [*self._equals("r_{{{}}}", "Γ_{{r,{}}}", r), *self._summed("r"), Span(effect)]

    def _update_gate(self) -> list[Span]:
        z, old = self._value("z"), Span(two(self._value("h_prev")), "keep")
        course = self.notation == "course"
        told, verb = (1 - z, "replaces") if course else (z, "keeps")
        effect = [Span("."), Span(f"It {verb} {_share(told)} of the old value"), old, Span(".")]
        return [
            *self._equals("z_{{{}}}", "Γ_{{u,{}}}", told),
            *self._summed("z", "1 −" if course else "", closed=not _is_share(z)),
            *(effect if _is_share(z) else []),
        ]

    def _hidden_part(self) -> list[Span]:
        hidden = Span(f"{two(self._value('hidden_n'))}:", "strong")
        if self.reset == "after":
            words = "what the old state says of the candidate; the reset gate has yet to weigh it."
        else:
            words = (
                "what the old state, as far as the reset gate let it pass, says of the candidate."
            )
        return [Span("Hidden part", "strong"), hidden, Span(words)]

    def _product(self) -> list[Span]:
        r, product = self._value("r"), Span(two(self._value("reset_product")), "strong")
        after = self.reset == "after"
        name = "hidden part" if after else "old value"
        scaled = Span(two(self._value("hidden_n" if after else "h_prev")),
                      "strong" if after else "keep")  # fmt: skip
        if _is_share(r):
            passed = Span(f"the reset gate lets {_share(r)} pass:")
            return [Span(f"Of the {name}"), scaled, passed, product, Span(".")]
        times = Span(f"times the reset gate's {two(r)} is")
        return [Span(f"The {name}"), scaled, times, product, Span(".")]

    def _candidate(self) -> list[Span]:
        after = self.reset == "after"
        return [
            *self._equals("n_{{{}}}", "c̃_{{{}}}", self._value("n")),
            *self._summed("n", hidden="reset_product" if after else "hidden_n",
                          words="and of what passed the reset gate," if after else ""),
        ]  # fmt: skip

    def _summed(
        self, gate: str, before: str = "", hidden: str = "", words: str = "", closed: bool = True
    ) -> list[Span]:
        """“σ of −0.71, the sum of input part 0.58 and hidden part −1.29.”"""
        role: Activated = "candidate" if gate == "n" else "gate"
        total, clip = self._value(f"sum_{gate}"), self.activations.clip
        clipped = f" (clipped at ±{brief(clip)})" if clip is not None and abs(total) > clip else ""
        function = f"{before} {self.activations.of_role(role).symbol}".strip()
        return [
            Span(f"{function} of"), Span(two(total), "strong"),
            Span(f"{clipped}, the sum of input part".strip()),
            Span(two(self._value(f"input_{gate}")), "strong"),
            Span(words or "and hidden part"),
            Span(two(self._value(hidden or f"hidden_{gate}")), "strong"),
            *([Span(".")] if closed else []),
        ]  # fmt: skip


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
    against = "against it" if told * old < 0 else "too"
    spans = [Span("The input says"), Span(two(told), "strong"), Span(", the old state"),
             Span(two(old), "strong")]  # fmt: skip
    if reset == "after":
        passed = _share(r).replace("less than", "<")
        spans += [Span(f"{against}; of that the reset gate lets"), Span(passed, "strong"),
                  Span("through:")]  # fmt: skip
    else:
        spans.append(Span(f"{against}, behind the reset gate:"))
    makes = f"; {activations.of_role('candidate').symbol}:"
    return [*spans, Span(two(total), "strong"), Span(makes), Span(two(n), "take"), Span(".")]


def old_state_sentence(step: Step, unit: int) -> list[Span]:
    """Of a step that halts before it blends."""
    old = Span(f"{two(float(step.h_prev[unit]))}:", "keep")
    words = Span("what the step begins with; the update gate says how much of it is kept.")
    return [Span("Old state", "strong"), old, words]


def probability_sentence(step: Step, index: int, model: Model) -> list[Span]:
    """How likely a symbol is next, and by what: softmax of the scores."""
    probabilities, logits = step.values["probabilities"], step.values["logits"]
    rank = int((probabilities > probabilities[index]).sum()) + 1
    above = float(logits[index]) - float(logits.mean())
    name = printable(model.vocabulary[index]) if model.vocabulary else f"Symbol {grouped(index)}"
    return [
        Span(name, "strong"), Span("has"), Span(percent(float(probabilities[index]), 1), "strong"),
        Span(f", rank {grouped(rank)} of {grouped(len(logits))}; its score"),
        Span(two(float(logits[index])), "strong"), Span("is"), Span(two(abs(above)), "strong"),
        Span(f"{'above' if above >= 0 else 'below'} the mean of all."),
    ]  # fmt: skip


def _is_share(gate: float) -> bool:
    """Whether a gate says how much: of some activations it may be any number."""
    return 0 <= gate <= 1


def _share(gate: float) -> str:
    if 0 < gate < 0.001:
        return f"less than {percent(0.001, 1)}"
    return percent(gate, 0 if gate >= 0.01 or gate == 0 else 1)


def unit_sentence(step: Step, unit: int, course: bool = False) -> list[Span]:
    """How the update gate blended a unit's old value with its candidate.

    In the course's notation the gate told of is its own Γu = 1 − z.
    """
    z, n, old, new = (float(step.values[q][unit]) for q in ("z", "n", "h_prev", "h"))
    gate, told = (f"Γ_{{u,{unit}}}", 1 - z) if course else (f"z_{{{unit}}}", z)
    becomes = [
        Span(f"{'c' if course else 'h'}_{{{unit}}}", "strong", True),
        Span("becomes"),
        Span(two(new), "strong"),
    ]
    return [Span(gate, "strong", True), Span(f"= {two(told)}:", "strong"),
            *_blended(z, n, old, new, becomes)]  # fmt: skip


def _blended(z: float, n: float, old: float, new: float, becomes: list[Span]) -> list[Span]:
    kept, taken = Span(two(old), "keep"), Span(two(n), "take")
    if 0 <= z < 0.1:
        flipped = old * new < 0 and min(abs(old), abs(new)) > 0.05
        end = Span(", with the other sign." if flipped else ".")
        return [Span("the old value"), kept, Span("is almost fully dropped;"), *becomes,
                Span(", near the candidate"), taken, end]  # fmt: skip
    if 0.9 < z <= 1:
        return [Span("the old value"), kept, Span("is almost fully kept;"), *becomes,
                Span(", hardly moved toward the candidate"), taken, Span(".")]  # fmt: skip
    keep, take = percent(z), percent(1 - z)
    return [Span(f"{keep} of the old value"), kept, Span("is kept and"),
            Span(f"{take} of the candidate"), taken, Span("taken;"), *becomes,
            Span(".")]  # fmt: skip
