"""What the unit's pane shows of a reference: the same value's number there, and its terms'."""

from __future__ import annotations

from gru_debugger.core.trace import Step
from gru_debugger.numerals import two
from gru_debugger.panes.pane import Pane
from gru_debugger.questions.causes import Value
from gru_debugger.questions.why import Group, Row, Sum, Why, Writers


def step_there(pane: Pane) -> Step | None:
    """The step shown as it is in the reference; None where there is none, or not yet."""
    frame = pane.session.frame
    return None if frame is None else frame.reference


def which(pane: Pane) -> str:
    """What the reference is: the run without the edits, where the two are swapped, with; or the one
    that is pinned."""
    trace = pane.trace
    if trace.edits:
        return "without"
    return "with" if trace.reference is not None and trace.reference.edits else "pinned"


def where(pane: Pane) -> str:
    """The same, as it is told."""
    word = which(pane)
    return "in the pinned run" if word == "pinned" else f"{word} the edits"


def words(pane: Pane) -> str:
    """The selected value there; empty where nothing is known of it."""
    there, session = step_there(pane), pane.session
    if there is None or not session.is_computed(session.told):
        return ""
    return two(float(there.values[session.told][session.told_at]))


def terms(pane: Pane, group: Group) -> dict[str, float]:
    """What the rows of a group are there, by `key`; none of who wrote a state."""
    there, reference, session = step_there(pane), pane.trace.beside, pane.session
    if there is None or reference is None or isinstance(group, Writers):
        return {}
    place = session.layer, session.direction
    why = Why(Value(reference, session.told, place, session.told_at, there.number, there))
    groups = [why.all] if session.view.all_terms else why.groups
    for one in groups:
        if type(one) is type(group) and one.title == group.title:
            if isinstance(one, Sum):
                return {term.name: term.value for term in one.terms[0 : len(one)]}
            return {key(row): row.value for row in one.rows(len(one))}
    return {}


def key(row: Row) -> str:
    """By which a row is known in both runs."""
    return row.name if row.term is None else row.term.name
