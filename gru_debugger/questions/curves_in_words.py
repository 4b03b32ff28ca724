"""What a unit's sums become, and what its reset gate does, told with the numbers of a run."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np

from gru_debugger.core.activations import Role
from gru_debugger.core.cell import Notation
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Step
from gru_debugger.numerals import NO_BREAK, apart, brief, grouped, two
from gru_debugger.phrases import phrase, several, told
from gru_debugger.questions.curves import UnitCurves
from gru_debugger.questions.reset_use import ResetUse
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


def becomes(
    curves: UnitCurves, step: Step, quantity: Bent, notation: Notation,
    by_hand: Collection[str] = (),
) -> list[Span]:  # fmt: skip
    """What this step's sum becomes."""
    activations = curves.trace.model.cell(*curves.place).activations
    bend = activations.bend_candidate if quantity == "n" else activations.bend_gates
    total, value = (step.values[q][curves.unit] for q in (f"sum_{quantity}", quantity))
    bounds, turned = curves.bounds(quantity), quantity == "z" and notation == "course"
    own = Span(named(quantity, notation, curves.unit), "strong", True)
    clip, colour, clipped = activations.clip, _COLOURS[quantity], ""
    if clip is not None and abs(total) > clip:
        clipped = phrase(", clipped at ±{clip},", clip=brief(clip))[0].text
    parts: dict[str, Span | str] = {
        "sum": Span(two(float(total)), "strong"), "clipped": clipped,
        "gate": own._replace(text=f"1 − {own.text}") if turned else own,
        "value": Span(apart(float(value), *bounds), colour),
    }  # fmt: skip
    if quantity in by_hand:
        made = Span(apart(float(bend(np.asarray(total))), *bounds), colour)
        parts["value"] = Span(two(float(value)), colour)
        return phrase("The sum {sum}{clipped} would become {made}, but {gate} is set by hand: "
                      "{value}.", made=made, **parts)  # fmt: skip
    if turned:
        told = Span(apart(1 - float(value), *curves.bounds("z", course=True)), "strong")
        return phrase("The sum {sum}{clipped} becomes {gate} = {value}, PyTorch's z, so {own} = "
                      "{told}.", own=own, told=told, **parts)  # fmt: skip
    return phrase("The sum {sum}{clipped} becomes {gate} = {value}.", **parts)


def ranged(curves: UnitCurves, quantity: Bent, notation: Notation) -> list[Span]:
    """From where to where a gate or candidate goes in the steps known, and why no further."""
    return [*(_range(curves, quantity, notation) if curves.known else []), *_why(curves)]


def _why(curves: UnitCurves) -> list[Span]:
    """Of the usual gate: a fraction whose denominator is the larger part."""
    if curves.trace.model.cell(*curves.place).activations.gate.name != "sigmoid":
        return []
    below = Span("1 + e^{−a}", "text", True)
    return phrase("σ divides 1 by {below}, which is always more than 1.", below=below)


def _steps(curves: UnitCurves) -> str:
    steps = grouped(curves.trace.steps)
    if curves.complete:
        return phrase("the {steps} steps here", steps=steps)[0].text
    known = grouped(curves.known)
    return phrase("the first {known} of {steps} steps", known=known, steps=steps)[0].text


def _range(curves: UnitCurves, quantity: Bent, notation: Notation) -> list[Span]:
    """“In the 115 steps here z goes from 0.0003 to 0.89, never 0 or 1.”"""
    course = notation == "course"
    low, high, at_low, at_high = curves.reached(quantity, course)
    role: Role = "candidate" if quantity == "n" else "gate"
    activation = curves.trace.model.cell(*curves.place).activations.of_role(role)
    bounds, colour = curves.bounds(quantity, course), _COLOURS[quantity]
    parts: dict[str, Span | str] = {
        "steps": _steps(curves), "gate": Span(named(quantity, notation), "text", True),
        "low": Span(apart(low, *bounds), colour), "high": Span(apart(high, *bounds), colour),
    }  # fmt: skip
    if not np.isfinite(bounds).all() or _set_by_hand(curves, quantity):
        return phrase("In {steps} {gate} goes from {low} to {high}.", **parts)
    ends = [brief(bound) for bound in bounds]
    if not at_low and not at_high:
        never = NO_BREAK.join((ends[0], told("or"), ends[1]))
        return phrase("In {steps} {gate} goes from {low} to {high}, never {never}.", never=never,
                      **parts)  # fmt: skip
    at = [several(count, "{end} in {n} step", "{end} in {n} steps", end=end)
          for end, count in zip(ends, (at_low, at_high), strict=True) if count]  # fmt: skip
    both = told("{one} and {other}", one=at[0], other=at[1]) if len(at) > 1 else at[0]
    parts |= {"at": both, "function": activation.symbol}
    if activation.symbol in _CLOSED:
        return phrase("In {steps} {gate} goes from {low} to {high}, exactly {at}: {function} "
                      "reaches its ends.", **parts)  # fmt: skip
    return phrase("In {steps} {gate} goes from {low} to {high}, exactly {at}: {function} is "
                  "rounded to it by float32.", **parts)  # fmt: skip


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
    steps = phrase("{known} steps", known=grouped(trace.steps))[0].text
    parts: dict[str, Span | str] = {
        "count": grouped(used) if used else phrase("none")[0].text,
        "steps": steps if curves.complete else _steps(curves),
        "n": Span(named("n", notation, curves.unit), "text", True), "much": brief(curves.more),
    }  # fmt: skip
    if trace.model.reset == "after":
        said = phrase("In {count} of {steps} the reset gate changes {n} by more than {much}",
                      **parts)  # fmt: skip
    else:
        said = phrase("In {count} of {steps} the reset gates together change {n} by more than "
                      "{much}", **parts)  # fmt: skip
    links: list[tuple[Literal["step", "unit"], int]] = []
    for on in curves.on_characters(3):
        said += [Span(",")] if links else phrase(", most at")
        said += [Span(printable(on.character), "link"),
                 *phrase("({used} of {read})", used=grouped(on.used), read=grouped(on.read))]
        links.append(("step", on.step))
    return Said([*said, Span(".")], links)


def reset_of_all(use: ResetUse) -> Said:
    """Of which units it changes the candidate in most steps, and of how many never."""
    if not use.known:
        return Said([], [])
    most, units = use.most(3), use.trace.model.hidden_size
    if not most:
        much = brief(use.more)
        return Said(phrase("It changes no unit's candidate by more than {much}.", much=much), [])
    said, links = phrase("Most used in"), list[tuple[Literal["step", "unit"], int]]()
    for unit in most:
        said += phrase(", unit") if links else phrase("unit")
        said += [Span(str(unit), "link"), Span(f"({grouped(int(use.used[unit]))})")]
        links.append(("unit", unit))
    if use.unused:
        said += phrase("; never in {unused} of {units}", unused=grouped(use.unused),
                       units=grouped(units))  # fmt: skip
    return Said([*said, Span(".")], links)
