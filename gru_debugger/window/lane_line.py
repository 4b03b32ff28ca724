"""Lanes by keyboard: of the selected value with one key, of any expression in a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtWidgets import QWidget

from gru_debugger.core import names
from gru_debugger.errors import InputError, one_line
from gru_debugger.numerals import counted
from gru_debugger.session.marks import MOST, Lane, Marks
from gru_debugger.session.session import Session
from gru_debugger.window.said_line import SaidLine

_SHOWN = 50  # characters of an expression in the palette


class LaneLine(SaidLine):
    """Makes a lane of an expression, or of one lane another; of nothing, none."""

    def __init__(self, over: QWidget, session: Session) -> None:
        example = "surprise > 3, z[9] < 0.05, leap: max(changed(h)) > 0.5"
        super().__init__(over, session, "Lane of", example, "Add", self._say)
        self._at: int | None = None  # the lane that is written anew
        session.lane_wanted.connect(self.begin)

    def begin(self, at: int | None = None) -> None:
        """For a new one, or for another expression in a lane."""
        self._at = at
        lanes = self._session.marks.lanes
        self.begin_with("", lanes[at].expression if at is not None and at < len(lanes) else "")

    def _say(self, words: str) -> None:
        set_lane(self._session, " ".join(words.split()), self._at)


def set_lane(session: Session, expression: str, at: int | None = None) -> None:
    """Below the others, or in the place of one, which an empty expression removes.

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
    if run.fault:
        raise InputError(run.fault)
    armed = at is not None and marks.lanes[at].armed and run.is_truth
    session.mark(marks.with_lane(Lane(expression, armed), at))


def toggle_value_lane(session: Session) -> None:
    """A lane of the selected value, or none where it has one."""
    view, model = session.view, session.model
    if model is None:
        return
    place = view.layer, view.direction
    expression = names.value(model, view.quantity, place, view.unit)
    at = session.marks.find(expression)
    if at is None:
        set_lane(session, expression)
    else:
        session.mark(session.marks.without_lane(at))


def deeds(session: Session) -> list[tuple[str, Callable[[], None]]]:
    """What can be done with each lane, in words: the palette has it for who uses no mouse."""
    return [deed for at in range(len(session.lanes.runs)) for deed in _deeds(session, at)]


def _deeds(session: Session, at: int) -> Iterator[tuple[str, Callable[[], None]]]:
    run, marks = session.lanes.runs[at], session.marks
    said = f"lane {one_line(run.expression, _SHOWN)}"

    def become(changed: Marks) -> Callable[[], None]:
        return partial(session.mark, changed)

    if run.is_truth:
        how = "Halt no longer" if marks.lanes[at].armed else "Halt runs"
        yield f"{how} at the {said}", become(marks.armed(at))
    yield f"Write another {said}", partial(session.lane_wanted.emit, at)
    yield f"Remove the {said}", become(marks.without_lane(at))
    if at:
        yield f"Move up the {said}", become(marks.moved(at, -1))
