"""Lanes and stops in the command line's words, and back: ``--lane 'h[9]' --stop 34``.

``--stop 'z[9] < 0.05'`` is an armed lane. What no option says is told: how many hits there are from
one stop of a lane to the next, and bookmarks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gru_debugger.errors import ExpressionError, InputError
from gru_debugger.numerals import counted, grouped
from gru_debugger.session.marks import MOST, Lane, Marks

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

LANE, STOP = "--lane", "--stop"


def marks_of(said: Iterable[tuple[str, str]]) -> Marks:
    """Of options and their words, in their order."""
    marks = Marks()
    for option, words in said:
        if option == STOP and words.isascii() and words.isdecimal():
            stops = {*marks.stops, int(words[:15])}
            marks = Marks(tuple(sorted(stops)), marks.lanes)
        else:
            marks = marks.with_lane(Lane(words, armed=option == STOP))
    return marks


def check(marks: Marks, trace: Trace, held: bool) -> None:
    """Raises InputError for what means nothing in a run; `held`: something stands beside it, of
    which lanes tell themselves what they lack."""
    if marks.lanes:
        from gru_debugger.questions.expressions import asks_reference

        if len(marks.lanes) > MOST:
            raise InputError(f"{LANE}: there are {len(marks.lanes)}; at most {MOST} find room.")
        for lane in marks.lanes:
            if not (held and asks_reference(lane.expression)):
                _check_lane(lane, trace)
    for stop in marks.stops:
        if not 0 < stop <= trace.steps:
            there = trace.reading.steps_in_words
            raise InputError(f"{STOP} {grouped(stop)}: {there}; choose one of these.")


def _check_lane(lane: Lane, trace: Trace) -> None:
    from gru_debugger.questions.lane_runs import LaneRun

    run = LaneRun(trace, lane.expression)
    option = STOP if lane.armed else LANE
    if run.term is None:
        raise InputError(f"{option}: {run.fault}")
    try:
        if lane.armed:
            run.term.one_truth()
    except ExpressionError as fault:
        raise InputError(f"{option}: {fault}") from None


def options_of(marks: Marks) -> list[tuple[str, str]]:
    """What `marks_of` reads."""
    lanes = [(STOP if lane.armed else LANE, lane.expression) for lane in marks.lanes]
    return lanes + [(STOP, str(stop)) for stop in marks.stops]


def unsaid(marks: Marks) -> list[str]:
    """In words, what that leaves out."""
    rarer = sum(lane.armed and lane.every > 1 for lane in marks.lanes)
    bookmarks = len(marks.bookmarks)
    return [
        *(["“every … hits”"] if rarer else []),
        *([counted(bookmarks, "bookmark")] if bookmarks else []),
    ]
