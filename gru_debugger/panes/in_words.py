"""What a pane shows in plain words, for those who hear the program instead of seeing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from gru_debugger.core.cell import QUANTITIES, Array
from gru_debugger.core.edits import Place
from gru_debugger.core.model import printable
from gru_debugger.core.quantities import computation_in_words
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped, two
from gru_debugger.panes.changes import most_changed
from gru_debugger.phrases import several, told
from gru_debugger.session.session import Session
from gru_debugger.spans import Span

ALL = 16  # so many values are told one by one; of more units the selected and the most changed
LISTED = 50  # hits of which all steps are told
_AROUND = 20  # characters of a text told on either side of the one that is read
_INDEX = re.compile(r"_\{([^}]*?),?\d+\}")


def before_the_first(trace: Trace, press: bool = False) -> str:
    """Where there is no step yet; `press`: and what leads to one."""
    rows = trace.reading.rows is not None
    if press and rows:
        return told("Before the first row: press → to read it.")
    if press:
        return told("Before the first character: press → to read it.")
    return told("Before the first row.") if rows else told("Before the first character.")


def place(session: Session) -> str:
    """The character and the step, or what stands there instead: ““e”, step 34 of 114.”"""
    assert session.trace is not None
    where = session.layer, session.direction
    known = session.step is not None
    return place_of(session.trace, session.position, where, session.computation, known)


def place_of(trace: Trace, position: int, at: Place, computation: str, known: bool = True) -> str:
    """The same of any step; `known`: it is recorded."""
    words = before_the_first(trace).removesuffix(".")
    if position:
        words = told("{character}, step {t} of {steps}", t=grouped(position),
                     character=trace.character_in_words(position),
                     steps=grouped(trace.steps))  # fmt: skip
    if len(trace.model.places) > 1:
        words = told("{place}, {where}", place=words, where=trace.model.place_in_words(*at))
    if position and not known:
        return told("{place}: not recorded yet.", place=words)
    if position and computation != "blend":
        computed = told(computation_in_words(computation, trace.model.reset))
        return told("{place}, inside the step: {computed} was just computed.", place=words,
                    computed=computed)  # fmt: skip
    return f"{words}."


def stops(session: Session) -> str:
    """Where a run halts, and whether that is here; empty where it never does."""
    there, position = session.marks.stops, session.position
    if not there:
        return ""
    if position in there:
        return several(len(there), "{n} stop set, one of them here",
                       "{n} stops set, one of them here")  # fmt: skip
    return several(len(there), "{n} stop set", "{n} stops set")


def bookmarks(session: Session) -> str:
    """Those of this step, and how many there are; empty where there are none."""
    there, position = session.marks.bookmarks, session.position
    if not there:
        return ""
    here = [one.in_words() for one in there if one.at.step == position]
    count = several(len(there), "{n} bookmark", "{n} bookmarks")
    return "; ".join([count, *(told("here {bookmark}", bookmark=words) for words in here)])


def hits(session: Session) -> str:
    """3 of 46, where one is in a hit of what is looked for; 46 hits, 46…, where more may follow."""
    find = session.finding.find
    if find is None or (session.finding.fault and not find.count):
        return ""
    nth, more = find.nth(session.position), "" if find.complete else "…"
    if nth:
        return told("{n} of {count}", n=grouped(nth), count=f"{grouped(find.count)}{more}")
    return f"{grouped(find.count)}…" if more else several(find.count, "{n} hit", "{n} hits")


def steps_told(session: Session) -> list[int]:
    """The steps of a condition, where they are few and all are known."""
    find = session.finding.find
    if find is None or find.kind != "condition" or not find.complete or find.count > LISTED:
        return []
    return [int(step) for step in find.begins]


def found(session: Session) -> str:
    """What is marked as looked for, and where one is among its hits."""
    if session.finding.marked is not None:
        return told("Looked for {what}: {hits}", what=session.finding.in_words, hits=hits(session))
    similar = session.similar.marked
    if similar is None:
        return ""
    return several(similar.count, "{n} similar step marked", "{n} similar steps marked")


def name(session: Session, quantity: str) -> str:
    """A quantity's name in words, “update gate”; the blend computes the new state."""
    found = QUANTITIES["h" if quantity == "blend" else quantity]
    if found.name == "z" and session.notation == "course":
        return told("1 minus update gate")  # the course's own is what is taken
    assert session.model is not None
    activations = session.model.cell(session.layer, session.direction).activations
    return told(found.described(activations)).replace(",", "")


def of_unit(session: Session, quantities: Iterable[str]) -> str:
    """The selected unit's values, of the quantities that are computed: “reset gate 0.53, …”."""
    step, unit = session.step, session.unit
    if step is None:
        return ""
    return ", ".join(
        f"{name(session, q)} {two(float(step.values[q][unit]))}"
        for q in quantities
        if session.is_computed(q)
    )


def initial(session: Session) -> str:
    """What the selected unit starts with, before the first step."""
    if session.initial is None or session.trace is None:
        return ""
    value = two(float(session.initial[session.unit]))
    return told("Unit {unit} starts with {value} ({origin}).", unit=str(session.unit), value=value,
                origin=session.trace.initial.origin_in_words)  # fmt: skip


def of_all(values: Array) -> str:
    """Every unit's value where they are few."""
    if len(values) > ALL:
        return ""
    return told("units 0 to {last}: {values}", last=str(len(values) - 1),
                values=", ".join(two(float(v)) for v in values))  # fmt: skip


def changes(session: Session, quantity: str, span: float) -> str:
    """Which units changed most since the step before, from what to what."""
    frame = session.frame
    if frame is None or frame.before is None:
        return ""
    new, old = frame.step.values[quantity], frame.before.values[quantity]
    _, units = most_changed(new[None], old[None], np.array([span]))
    each = [told("unit {unit} from {old} to {new}", unit=str(i), old=two(float(old[i])),
                 new=two(float(new[i]))) for i in units.tolist()]  # fmt: skip
    what = {"quantity": name(session, quantity), "t": grouped(frame.before.number)}
    if not each:
        return told("{quantity} hardly changed since step {t}", **what)
    return told("{quantity} changed most since step {t}: {units}", units=", ".join(each), **what)


def around(trace: Trace, position: int) -> str:
    """What stands before and after a step in the text."""
    first, last = max(0, position - 1 - _AROUND), min(trace.steps, position + _AROUND)
    before = _joined(trace, range(first, position - 1), "…" if first else "", "")
    after = _joined(trace, range(position, last), "", "…" if last < trace.steps else "")
    if before and after:
        return told("Before it: {before}; after it: {after}", before=before, after=after)
    if before:
        return told("Before it: {before}", before=before)
    return told("after it: {after}", after=after) if after else ""


def _joined(trace: Trace, places: range, begin: str, end: str) -> str:
    shown = trace.characters[places.start : places.stop] if places else ()
    if not shown:
        return ""
    if trace.reading.rows is not None:
        return ", ".join(map(printable, shown))
    text = "".join(s if s.isprintable() else f" {printable(s)} " for s in shown)
    return f"“{begin}{text}{end}”"


def plain(spans: Sequence[Span]) -> str:
    """A sentence without its mathematics' markup; the unit's index is told already."""
    words = " ".join(re.sub("[{}_]", "", _INDEX.sub(r"\1", s.text)) for s in spans)
    return re.sub(r" (?=[.,;:])", "", words)


def sentences(*said: str) -> str:
    """Those that say something, each with its full stop and a capital letter."""
    return " ".join(
        f"{words[0].upper()}{words[1:]}{'' if words[-1] in '.?!' else '.'}"
        for words in said
        if words
    )
