"""Who wrote a unit's state, and when that is gone, as sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gru_debugger.core import names
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import counted, grouped, percent, two
from gru_debugger.questions import writing
from gru_debugger.questions.writing import Overwritten, Written
from gru_debugger.spans import Span


def state(trace: Trace, unit: int, place: Place) -> str:
    """h[9]; h_l1_reverse[9] where that is of another than the first place."""
    return names.value(trace.model, "h", place, unit)


def half_life(trace: Trace, unit: int, place: Place, steps: float, complete: bool = True) -> str:
    """`steps`: in how many it loses half; `complete`: they are of the whole run."""
    name, so_far = state(trace, unit, place), "" if complete else " so far"
    if math.isinf(steps):
        return f"{name} never loses anything{so_far}."
    words = "1 step" if steps == 1 else f"{two(steps)} steps"
    return f"{name} loses half in {words}{so_far}."


def last_written(
    trace: Trace, unit: int, t: int, place: Place, found: Written, before: Written | None
) -> str:
    """`before`: of the step that was read before, where this one wrote most by itself."""
    name, value = state(trace, unit, place), float(trace.state(t, *place)[unit])
    if found.step != t or before is None:
        by = written_by(trace, found, t, place)
        return f"{name} = {two(value)}: most of it was written {by}."
    earlier = t - 1 if place[1] == "forward" else t + 1
    old = float(trace.state(earlier, *place)[unit])
    by = written_by(trace, before, earlier, place)
    return (f"{name} = {two(value)}: most of it was written here, {two(found.wrote, True)}; of the "
            f"{two(old)} before, most was written {by}.")  # fmt: skip


def written_by(trace: Trace, found: Written, t: int, place: Place) -> str:
    """And for how long it has been kept: the initial state of the reverse lies behind the end."""
    begun = 0 if place[1] == "forward" else trace.steps + 1
    later = abs(t - (begun if found.step is None else found.step))
    since = f", {counted(later, 'step')} later" if later else ""
    left = f"{two(found.wrote, True)}, of which {percent(found.kept)} is kept{since}"
    if found.step is None:
        return f"by the initial state: {left}"
    return f"at step {grouped(found.step)}, {trace.character_in_words(found.step)}: {left}"


def overwritten_next(trace: Trace, unit: int, t: int, place: Place, found: Overwritten) -> str:
    name, value = state(trace, unit, place), two(float(trace.state(t, *place)[unit]))
    if found.step is not None:
        return (f"{name} = {value} of step {grouped(t)}: more than half is overwritten by step "
                f"{grouped(found.step)}, {trace.character_in_words(found.step)}; "
                f"{percent(found.kept)} is left.")  # fmt: skip
    where = "to the end" if trace.recorded == trace.steps else "in what is recorded so far"
    return f"{name} = {value} is not overwritten {where}: {percent(found.kept)} is left."


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
    kept = f"{percent(found.kept)} of it"
    if one_line:
        first = [Span("Last written:"), link, Span(","), wrote, Span(f", {kept}.")]
        return Brief(found.step, first)
    value = Span(two(float(trace.state(t, *place)[unit])), "strong")
    first = [link, Span("wrote"), wrote, Span("of"), Span(f"h_{{{unit}}}", symbol=True), value,
             Span(";")]  # fmt: skip
    return Brief(found.step, _begun(first), f"{kept} was kept since then.")


def _written_here(trace: Trace, unit: int, here: Written, earlier: int, place: Place) -> Brief:
    before = writing.last_written(trace, unit, earlier, place)
    old = two(float(trace.state(earlier, *place)[unit]))
    first = [Span("This step wrote"), Span(two(here.wrote, True), "strong"), Span("; before it"),
             Span(_step(trace, before.step), "link")]  # fmt: skip
    kept = percent(before.kept)  # until then: this step may drop it
    second = f"wrote {two(before.wrote, True)} of old {old}; {kept} was kept."
    return Brief(before.step, first, second)


def overwritten_briefly(trace: Trace, unit: int, t: int, place: Place, one_line: bool) -> Brief:
    found = writing.overwritten_next(trace, unit, t, place)
    end = "to the end" if trace.recorded == trace.steps else "so far"
    kept = f"{percent(found.kept, 0 if found.kept >= 0.01 else 1)} of it"
    if found.step is None:
        there = [Span("not", "strong"), Span(end)]
    else:
        there = [Span(_step(trace, found.step), "link")]
    if one_line:
        left = Span(f", {kept} is kept." if found.step else f", {kept} is left.")
        return Brief(found.step, [Span("Overwritten next:"), *there, left])
    value = Span(two(float(trace.state(t, *place)[unit])), "strong")
    name = [Span("New"), Span(f"h_{{{unit}}}", symbol=True), value]
    if found.step is None:
        return Brief(None, [*name, Span("is"), Span("not", "strong"),
                            Span(f"overwritten {end};")], f"{kept} is left.")  # fmt: skip
    first = [*name, Span("is overwritten at"), *there, Span(":")]
    return Brief(found.step, first, f"{kept} is kept there.")


def _step(trace: Trace, step: int | None) -> str:
    if step is None:
        return "the initial state"
    return f"step {grouped(step)}, {trace.character_in_words(step)}"


def _begun(spans: list[Span]) -> list[Span]:
    """With a capital letter."""
    first = spans[0]
    return [Span(first.text[0].upper() + first.text[1:], first.role, first.symbol), *spans[1:]]
