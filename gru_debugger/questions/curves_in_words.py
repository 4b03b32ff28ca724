"""What a unit's sums become, and what its reset gate does, told with the numbers of a run."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np

from gru_debugger.core.activations import Role
from gru_debugger.core.cell import Notation
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Step
from gru_debugger.numerals import NO_BREAK, apart, brief, counted, grouped, two
from gru_debugger.questions.curves import UnitCurves
from gru_debugger.questions.reset_use import USED, ResetUse
from gru_debugger.spans import Role as Colour
from gru_debugger.spans import Span

Bent = Literal["r", "z", "n"]

_CLOSED = ("hard σ", "relu", "thr. relu")  # which do reach their ends, and not by rounding
_NAMES: dict[tuple[str, Notation], str] = {  # of a gate alone, and of a unit's
    ("r", "pytorch"): "r", ("z", "pytorch"): "z", ("n", "pytorch"): "n",
    ("r", "course"): "Γ_r", ("z", "course"): "Γ_u", ("n", "course"): "c̃",
}  # fmt: skip
_COLOURS: dict[str, Colour] = {"r": "strong", "z": "keep", "n": "take"}


class Said(NamedTuple):
    """A sentence, and where the pieces of it lead that are links, in their order: to a step, or to
    a unit."""

    spans: list[Span]
    links: list[tuple[Literal["step", "unit"], int]]


def named(quantity: str, notation: Notation, unit: int | None = None) -> str:
    """In the mathematics markup: z, z_{5}, Γ_{u,5}."""
    name = _NAMES[quantity, notation]
    if unit is None:
        return name
    return f"{name}_{{{unit}}}" if "_" not in name else f"Γ_{{{name[-1]},{unit}}}"


def ranged(curves: UnitCurves, quantity: Bent, notation: Notation) -> list[Span]:
    """From where to where a gate or candidate goes in the steps known, and why no further."""
    return [*(_range(curves, quantity, notation) if curves.known else []), *_why(curves)]


def _why(curves: UnitCurves) -> list[Span]:
    """Of the usual gate: a fraction whose denominator is the larger part."""
    if curves.trace.model.cell(*curves.place).activations.gate.name != "sigmoid":
        return []
    return [Span("σ divides 1 by"), Span("1 + e^{−a}", "text", True),
            Span(", which is always more than 1.")]  # fmt: skip


def becomes(
    curves: UnitCurves, step: Step, quantity: Bent, notation: Notation,
    by_hand: Collection[str] = (),
) -> list[Span]:  # fmt: skip
    """What this step's sum becomes."""
    activations = curves.trace.model.cell(*curves.place).activations
    bend = activations.bend_candidate if quantity == "n" else activations.bend_gates
    total, value = (step.values[q][curves.unit] for q in (f"sum_{quantity}", quantity))
    bounds, course = curves.bounds(quantity), notation == "course"
    clip, colour = activations.clip, _COLOURS[quantity]
    symbol = named(quantity, notation, curves.unit)
    symbol = f"1 − {symbol}" if quantity == "z" and course else symbol
    said = [Span("The sum"), Span(two(float(total)), "strong")]
    if clip is not None and abs(total) > clip:
        said.append(Span(f", clipped at ±{brief(clip)},"))
    if quantity in by_hand:
        made = float(bend(np.asarray(total)))
        return [*said, Span("would become"), Span(apart(made, *bounds), colour), Span(", but"),
                Span(symbol, "strong", True), Span("is set by hand:"),
                Span(two(float(value)), colour), Span(".")]  # fmt: skip
    said += [Span("becomes"), Span(symbol, "strong", True), Span("="),
             Span(apart(float(value), *bounds), colour)]  # fmt: skip
    if quantity == "z" and course:
        own = Span(apart(float(1 - value), *curves.bounds("z", True)), "strong")
        said += [Span(", so"), Span(named("z", notation, curves.unit), "strong", True), Span("="),
                 own]  # fmt: skip
    return [*said, Span(".")]


def _range(curves: UnitCurves, quantity: Bent, notation: Notation) -> list[Span]:
    """“In the 115 steps here z goes from 0.0003 to 0.89, never 0 or 1.”"""
    trace, (low, high, at_low, at_high) = curves.trace, curves.reached(
        quantity, notation == "course"
    )
    role: Role = "candidate" if quantity == "n" else "gate"
    activation = trace.model.cell(*curves.place).activations.of_role(role)
    bounds, colour = curves.bounds(quantity, notation == "course"), _COLOURS[quantity]
    steps = f"the {grouped(trace.steps)} steps here"
    if not curves.complete:
        steps = f"the first {grouped(curves.known)} of {grouped(trace.steps)} steps"
    said = [Span(f"In {steps}"), Span(named(quantity, notation), "text", True), Span("goes from"),
            Span(apart(low, *bounds), colour), Span("to"), Span(apart(high, *bounds), colour)]
    if not np.isfinite(bounds).all() or _set_by_hand(curves, quantity):
        return [*said, Span(".")]
    ends = [brief(bound) for bound in bounds]
    if not at_low and not at_high:
        return [*said, Span(f", never {NO_BREAK.join((ends[0], 'or', ends[1]))}.")]
    at = [f"{end} in {counted(count, 'step')}"
          for end, count in zip(ends, (at_low, at_high), strict=True) if count]  # fmt: skip
    why = "reaches its ends" if activation.symbol in _CLOSED else "is rounded to it by float32"
    return [*said, Span(f", exactly {' and '.join(at)}: {activation.symbol} {why}.")]


def _set_by_hand(curves: UnitCurves, quantity: str) -> bool:
    """Whether some of the values are no sum's."""
    return any(
        edit.quantity == quantity and edit.place == curves.place
        and edit.start <= curves.unit < edit.stop
        for edit in curves.trace.edits
    )  # fmt: skip


def reset_of_unit(curves: UnitCurves, notation: Notation) -> Said:
    """In how many steps the reset gate changes the unit's candidate, and at which characters."""
    trace, used = curves.trace, int(curves.used().sum())
    gates = "reset gate changes" if trace.model.reset == "after" else "reset gates together change"
    of = grouped(curves.known) + ("" if curves.complete else f" of {grouped(trace.steps)}")
    count = "none" if not used else grouped(used)
    said = [Span(f"In {count} of" if curves.complete else f"In {count} of the first"),
            Span(f"{of} steps the {gates}"), Span(named("n", notation, curves.unit), "text", True),
            Span(f"by more than {brief(USED)}")]  # fmt: skip
    links: list[tuple[Literal["step", "unit"], int]] = []
    for i, on in enumerate(curves.on_characters(3)):
        said += [Span(", most at" if not i else ","), Span(printable(on.character), "link"),
                 Span(f"({grouped(on.used)} of {grouped(on.read)})")]  # fmt: skip
        links.append(("step", on.step))
    return Said([*said, Span(".")], links)


def reset_of_all(use: ResetUse) -> Said:
    """Of which units it changes the candidate in most steps, and of how many never."""
    if not use.known:
        return Said([], [])
    most, units = use.most(3), use.trace.model.hidden_size
    if not most:
        return Said([Span(f"It changes no unit's candidate by more than {brief(USED)}.")], [])
    said, links = [Span("Most used in")], list[tuple[Literal["step", "unit"], int]]()
    for i, unit in enumerate(most):
        said += [Span(", unit" if i else "unit"), Span(str(unit), "link"),
                 Span(f"({grouped(int(use.used[unit]))})")]  # fmt: skip
        links.append(("unit", unit))
    never = f"; never in {grouped(use.unused)} of {grouped(units)}" if use.unused else ""
    return Said([*said, Span(f"{never}.")], links)
