"""Lanes as the user sets them: of an expression, of the selected value."""

from __future__ import annotations

from gru_debugger.core import names
from gru_debugger.errors import InputError
from gru_debugger.numerals import counted
from gru_debugger.session.marks import MOST, Lane
from gru_debugger.session.session import Session


def set_lane(
    session: Session, expression: str, at: int | None = None, every: int = 1, armed: bool = False
) -> None:
    """Below the others, or in the place of one, which an empty expression removes.

    A lane that is to halt at each so many hits is armed with it.

    Raises GRUDebuggerError for an expression that means nothing here.
    """
    from gru_debugger.questions.lane_runs import LaneRun

    marks, trace = session.marks, session.trace
    if trace is None or (not expression and at is None):
        return
    if at is not None and at >= len(marks.lanes):  # removed meanwhile
        at = None
    if not expression and at is not None:
        session.mark(marks.without_lane(at))
        return
    if at is None and marks.find(expression) is None and len(marks.lanes) >= MOST:
        raise InputError(f"there are {counted(MOST, 'lane')}, and no more fit; remove one first.")
    run = LaneRun(trace, expression)
    if run.term is None:
        raise InputError(run.fault)
    if every > 1:
        run.term.one_truth()
    before = Lane("") if at is None else marks.lanes[at]
    armed = run.is_truth and (armed or before.armed or every not in (1, before.every))
    session.mark(marks.with_lane(Lane(expression, armed, every), at))


def toggle_value_lane(session: Session) -> None:
    """A lane of the selected value, or none where it has one."""
    view, model = session.view, session.model
    if model is None:
        return
    place = view.layer, view.direction
    expression = names.value(model, view.quantity, place, view.unit)
    if view.symbol is not None:
        expression = names.value(model, "probabilities", place, view.symbol)
    at = session.marks.find(expression)
    if at is None:
        set_lane(session, expression)
    else:
        session.mark(session.marks.without_lane(at))

