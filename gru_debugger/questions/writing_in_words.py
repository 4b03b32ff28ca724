"""Who wrote a unit's state, and when that is gone, as sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gru_debugger.core import names
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped, percent, two
from gru_debugger.phrases import phrase, several, told
from gru_debugger.questions import writing
from gru_debugger.questions.writing import Overwritten, Written
from gru_debugger.spans import Span


def state(trace: Trace, unit: int, place: Place) -> str:
    """h[9]; h_l1_reverse[9] where that is of another than the first place."""
    return names.value(trace.model, "h", place, unit)


def half_life(trace: Trace, unit: int, place: Place, steps: float, complete: bool = True) -> str:
    """`steps`: in how many it loses half; `complete`: they are of the whole run."""
    name = state(trace, unit, place)
    if math.isinf(steps):
        if complete:
            return told("{h} never loses anything.", h=name)
        return told("{h} never loses anything so far.", h=name)
    life = told("1 step") if steps == 1 else told("{n} steps", n=two(steps))
    if complete:
        return told("{h} loses half in {steps}.", h=name, steps=life)
    return told("{h} loses half in {steps} so far.", h=name, steps=life)


def last_written(
    trace: Trace, unit: int, t: int, place: Place, found: Written, before: Written | None
) -> str:
    """`before`: of the step that was read before, where this one wrote most by itself."""
    name, value = state(trace, unit, place), float(trace.state(t, *place)[unit])
    if found.step != t or before is None:
        by = written_by(trace, found, t, place)
        return told("{h} = {value}: most of it was written {by}.", h=name, value=two(value), by=by)
    earlier = t - 1 if place[1] == "forward" else t + 1
    old = float(trace.state(earlier, *place)[unit])
    by = written_by(trace, before, earlier, place)
    return told("{h} = {value}: most of it was written here, {wrote}; of the {old} before, most "
                "was written {by}.", h=name, value=two(value), wrote=two(found.wrote, True),
                old=two(old), by=by)  # fmt: skip


def written_by(trace: Trace, found: Written, t: int, place: Place) -> str:
    """And for how long it has been kept: the initial state of the reverse lies behind the end."""
    begun = 0 if place[1] == "forward" else trace.steps + 1
    later = abs(t - (begun if found.step is None else found.step))
    parts = {"wrote": two(found.wrote, True), "kept": _part(found.kept)}
    if later:
        steps = several(later, "{n} step", "{n} steps")
        left = told("{wrote}, of which {kept} is kept, {steps} later", steps=steps, **parts)
    else:
        left = told("{wrote}, of which {kept} is kept", **parts)
    if found.step is None:
        return told("by the initial state: {left}", left=left)
    return told("at step {t}, {character}: {left}", t=grouped(found.step), left=left,
                character=trace.character_in_words(found.step))  # fmt: skip


def overwritten_next(trace: Trace, unit: int, t: int, place: Place, found: Overwritten) -> str:
    parts = {"h": state(trace, unit, place), "value": two(float(trace.state(t, *place)[unit])),
             "left": _part(found.kept)}  # fmt: skip
    if found.step is not None:
        return told("{h} = {value} of step {t}: more than half is overwritten by step {step}, "
                    "{character}; {left} is left.", t=grouped(t), step=grouped(found.step),
                    character=trace.character_in_words(found.step), **parts)  # fmt: skip
    if trace.recorded == trace.steps:
        return told("{h} = {value} is not overwritten to the end: {left} is left.", **parts)
    return told("{h} = {value} is not overwritten in what is recorded so far: {left} is left.",
                **parts)  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """The same in little room: two lines, or one. `target`: the step that the link leads to."""

    target: int | None
    first: list[Span]
    second: str = ""


def written_briefly(trace: Trace, unit: int, t: int, place: Place, one_line: bool) -> Brief:
    """Where step t wrote most by itself, who wrote the state before too: the link leads there."""
    found = writing.last_written(trace, unit, t, place)
    earlier = t - 1 if place[1] == "forward" else t + 1
    if found.step == t and 1 <= earlier <= trace.steps and not one_line:
        return _written_here(trace, unit, found, earlier, place)
    link, wrote = Span(_step(trace, found.step), "link"), Span(two(found.wrote, True), "strong")
    kept = _part(found.kept)
    if found.step == t:
        return _first_written(trace, unit, t, place, wrote, one_line)
    if one_line:
        first = phrase("Last written: {step}, {wrote}, {kept} of it.", step=link, wrote=wrote,
                       kept=kept)  # fmt: skip
        return Brief(found.step, first)
    value = Span(two(float(trace.state(t, *place)[unit])), "strong")
    first = phrase("{step} wrote {wrote} of {h} {value};", step=link, wrote=wrote, value=value,
                   h=Span(f"h_{{{unit}}}", symbol=True))  # fmt: skip
    return Brief(found.step, _begun(first), told("{kept} of it was kept since then.", kept=kept))


def _first_written(
    trace: Trace, unit: int, t: int, place: Place, wrote: Span, one_line: bool
) -> Brief:
    """By the step itself, where there is no room for, or no step, before it."""
    if one_line:
        return Brief(t, phrase("Last written: here, {wrote}.", wrote=wrote))
    value = Span(two(float(trace.state(t, *place)[unit])), "strong")
    first = phrase("This step wrote {wrote} of {h} {value};", wrote=wrote, value=value,
                   h=Span(f"h_{{{unit}}}", symbol=True))  # fmt: skip
    return Brief(None, first, told("before it there was the initial state."))


def _part(share: float) -> str:
    """A share that is kept, in whole percents; what is neither nothing nor all is not called so."""
    if 0 < share < 0.005:
        return told("under {share}", share=percent(0.01))
    if 0.995 <= share < 1:
        return told("over {share}", share=percent(0.99))
    return percent(share)


def _written_here(trace: Trace, unit: int, here: Written, earlier: int, place: Place) -> Brief:
    before = writing.last_written(trace, unit, earlier, place)
    first = phrase("This step wrote {wrote}; before it {step}",
                   wrote=Span(two(here.wrote, True), "strong"),
                   step=Span(_step(trace, before.step), "link"))  # fmt: skip
    second = told("wrote {wrote}; {kept} of it was left in old {old}.",
                  wrote=two(before.wrote, True), kept=_part(before.kept),
                  old=two(float(trace.state(earlier, *place)[unit])))  # fmt: skip
    return Brief(before.step, first, second)


def overwritten_briefly(trace: Trace, unit: int, t: int, place: Place, one_line: bool) -> Brief:
    found = writing.overwritten_next(trace, unit, t, place)
    kept = _part(found.kept)
    ended = trace.recorded == trace.steps
    there = Span(_step(trace, found.step), "link")
    none = Span(told("not"), "strong")
    if one_line and found.step is not None:
        first = phrase("Overwritten next: {step}, {kept} of it is kept.", step=there, kept=kept)
        return Brief(found.step, first)
    if one_line and ended:
        return Brief(None, phrase("Overwritten next: {none} to the end, {kept} of it is left.",
                                  none=none, kept=kept))  # fmt: skip
    if one_line:
        return Brief(None, phrase("Overwritten next: {none} so far, {kept} of it is left.",
                                  none=none, kept=kept))  # fmt: skip
    parts = {"h": Span(f"h_{{{unit}}}", symbol=True),
             "value": Span(two(float(trace.state(t, *place)[unit])), "strong")}  # fmt: skip
    if found.step is not None:
        first = phrase("New {h} {value} is overwritten at {step}:", step=there, **parts)
        return Brief(found.step, first, told("{kept} of it is kept there.", kept=kept))
    left = told("{kept} of it is left.", kept=kept)
    if ended:
        return Brief(None, phrase("New {h} {value} is {none} overwritten to the end;", none=none,
                                  **parts), left)  # fmt: skip
    return Brief(None, phrase("New {h} {value} is {none} overwritten so far;", none=none, **parts),
                 left)  # fmt: skip


def _step(trace: Trace, step: int | None) -> str:
    if step is None:
        return told("the initial state")
    return told("step {t}, {character}", t=grouped(step),
                character=trace.character_in_words(step))  # fmt: skip


def _begun(spans: list[Span]) -> list[Span]:
    """With a capital letter."""
    first = spans[0]
    return [Span(first.text[0].upper() + first.text[1:], first.role, first.symbol), *spans[1:]]
