"""What the unit's pane shows of a reference: the same value's number there, and its terms'."""

from __future__ import annotations

from collections.abc import Sequence

from gru_debugger.core.trace import Step, Trace
from gru_debugger.numerals import grouped, two
from gru_debugger.panes.pane import Pane
from gru_debugger.phrases import told
from gru_debugger.questions.causes import Value
from gru_debugger.questions.terms import Terms
from gru_debugger.questions.why import Group, Row, Sum, Why, Writers


def step_there(pane: Pane) -> Step | None:
    """The step shown as it is in the reference; None where there is none, or not yet."""
    frame = pane.session.frame
    return None if frame is None else frame.reference


def which(pane: Pane) -> str:
    """What the reference is: a step of its own, the run without the edits, where the two are
    swapped, with; or the one that is pinned."""
    trace = pane.trace
    if trace.held is not None and trace.held.fixed:
        return told("step {t}", t=grouped(trace.held.fixed))
    return told(_run(trace))


def _run(trace: Trace) -> str:
    if trace.edits:
        return "without"
    return "with" if trace.reference is not None and trace.reference.edits else "pinned"


def where(pane: Pane) -> str:
    """The same, as it is told."""
    trace = pane.trace
    if trace.held is not None and trace.held.fixed:
        return told("at step {t}", t=grouped(trace.held.fixed))
    if _run(trace) == "pinned":
        return told("in the pinned run")
    return told("without the edits") if _run(trace) == "without" else told("with the edits")


def words(pane: Pane) -> str:
    """The selected value there; empty where nothing is known of it."""
    there, session = step_there(pane), pane.session
    if there is None or not session.is_computed(session.told):
        return ""
    return two(float(there.values[session.told][session.told_at]))


def terms(pane: Pane, group: Group, rows: Sequence[Row], first: int = 0) -> dict[str, float]:
    """What these rows of a group, from the `first`, are there, by `key`; none of who wrote a state.

    Of many terms those alone are made that are shown.
    """
    there, reference, session = step_there(pane), pane.trace.beside, pane.session
    if there is None or reference is None or isinstance(group, Writers):
        return {}
    place = session.layer, session.direction
    why = Why(Value(reference, session.told, place, session.told_at, there.number, there))
    groups = [why.all] if session.view.all_terms else why.groups
    for one in groups:
        if type(one) is type(group) and one.title == group.title:
            if isinstance(one, Sum) and isinstance(group, Sum):
                return _of_sum(one.terms, group.terms, rows, first)
            return {key(row): row.value for row in one.rows(len(one))}
    return {}


def _of_sum(there: Terms, here: Terms, rows: Sequence[Row], first: int) -> dict[str, float]:
    """The same addends; what is set by hand has others."""
    found = {}
    for at, row in enumerate(rows, first):
        addend = here.addend(at)
        if not row.others and addend < len(there):
            term = there.of_addend(addend)
            if term.name == key(row):
                found[term.name] = term.value
    return found


def key(row: Row) -> str:
    """By which a row is known in both runs."""
    return row.name if row.term is None else row.term.name
