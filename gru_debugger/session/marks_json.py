"""Stops, lanes and bookmarks as JSON: of a session file, or alone, to be handed over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gru_debugger.core.address import find, parse
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError, SessionError, one_line
from gru_debugger.files import read_bytes
from gru_debugger.numerals import counted, grouped
from gru_debugger.session import bookmarks
from gru_debugger.session.bookmarks import Bookmark, Bookmarks
from gru_debugger.session.marks import MOST, RAREST, Lane, Marks

_LARGEST = 8 << 20  # bytes
_EXPRESSION, _STOPS = 1000, 100_000  # characters of one, and how many


def to_bytes(marks: Marks) -> bytes:
    """For `read`."""
    return json.dumps(as_json(marks)).encode()


def read(path: Path) -> Marks:
    """Raises SessionError."""
    try:
        content = json.loads(read_bytes(path, _LARGEST, SessionError))
    except (ValueError, RecursionError):
        raise SessionError(f"{path}: not JSON.") from None
    if not isinstance(content, dict):
        raise SessionError(f"{path}: no object.")
    return from_json(content)[0]


def as_json(marks: Marks) -> dict[str, Any]:
    return {
        "lanes": [_as_json(lane) for lane in marks.lanes],
        "stops": list(marks.stops),
        "bookmarks": [{"at": str(one.at), "note": one.note} for one in marks.bookmarks],
    }


def from_json(content: Mapping[str, Any]) -> tuple[Marks, tuple[str, ...]]:
    """And what of it means nothing anywhere, and is left out, in words."""
    wrong = list[str]()
    marks = Marks(_stops(content, wrong), _lanes(content, wrong), _bookmarks(content, wrong))
    return marks, tuple(wrong)


def _list(content: Mapping[str, Any], name: str, most: int, wrong: list[str]) -> list[Any]:
    given = content.get(name, [])
    if isinstance(given, list) and len(given) <= most:
        return given
    wrong.append(f"“{name}” is left out: it is no list of at most {grouped(most)}")
    return []


def _as_json(lane: Lane) -> dict[str, Any]:
    from gru_debugger.questions.expressions import name_and_rest

    name, bare = name_and_rest(lane.expression)
    named = {"name": name} if name else {}
    return {"expression": bare, **named, "armed": lane.armed, "every": lane.every}


def _stops(content: Mapping[str, Any], wrong: list[str]) -> tuple[int, ...]:
    found = set[int]()
    for i, stop in enumerate(_list(content, "stops", _STOPS, wrong)):
        if type(stop) is int and 0 < stop < 1 << 40:
            found.add(stop)
        else:
            wrong.append(f"stops[{i}] is left out: it is no step from 1")
    return tuple(sorted(found))


def _bookmarks(content: Mapping[str, Any], wrong: list[str]) -> Bookmarks:
    found = list[Bookmark]()
    for i, one in enumerate(_list(content, "bookmarks", bookmarks.MOST, wrong)):
        at = one.get("at") if isinstance(one, dict) else None
        if not isinstance(at, str):
            wrong.append(f"bookmarks[{i}] is left out: it has no “at”")
            continue
        note = one.get("note")
        try:
            there = parse(at)
        except InputError as fault:
            wrong.append(f"a bookmark is left out: {fault}")
        else:
            words = one_line(note, bookmarks.LONGEST) if isinstance(note, str) else ""
            found.append(Bookmark(there, words))
    return bookmarks.ordered(found)


def _lanes(content: Mapping[str, Any], wrong: list[str]) -> tuple[Lane, ...]:
    found = list[Lane]()
    for i, lane in enumerate(_list(content, "lanes", MOST, wrong)):
        try:
            found.append(_lane(lane))
        except SessionError as fault:
            wrong.append(f"lanes[{i}] is left out: {fault}")
    return tuple(dict.fromkeys(found))


def _lane(lane: Any) -> Lane:
    """A name of its own stands before the expression, as it is typed. Raises SessionError."""
    from gru_debugger.questions.expressions import name_and_rest

    expression = lane.get("expression") if isinstance(lane, dict) else None
    if not isinstance(expression, str) or not 0 < len(expression) <= _EXPRESSION:
        raise SessionError("it has no “expression”")
    name = lane.get("name")
    if isinstance(name, str) and name.isidentifier() and not name_and_rest(expression)[0]:
        expression = f"{name}: {expression}"
    every = lane.get("every", 1)
    if type(every) is not int or not 1 <= every <= RAREST:
        raise SessionError(f"its “every” is no whole number from 1 to {grouped(RAREST)}")
    return Lane(one_line(expression, _EXPRESSION), lane.get("armed") is True, every)


def fitting(
    marks: Marks, trace: Trace, may_be_held: bool = False
) -> tuple[Marks, list[str]]:
    """What of the marks means something in a run; of what doesn't, why.

    `may_be_held`: lanes that ask what stands beside it stay, for something may.
    """
    from gru_debugger.questions.lane_runs import LaneRun

    lanes, kept, wrong = list[Lane](), list[Bookmark](), list[str]()
    for lane in marks.lanes:
        run = LaneRun(trace, lane.expression)
        if (told := run.fault) and not (run.waits or (may_be_held and run.asks_reference)):
            wrong.append(f"a lane is left out: {told}")
        else:
            lanes.append(lane)
    for one in marks.bookmarks:
        try:
            find(one.at, trace)
        except InputError as fault:
            wrong.append(f"a bookmark is left out: {fault}")
        else:
            kept.append(one)
    fits = replace(marks, lanes=tuple(lanes), bookmarks=tuple(kept)).within(trace.steps)
    if beyond := len(marks.stops) - len(fits.stops):
        words, steps = counted(beyond, "stop"), counted(trace.steps, "step")
        wrong.append(f"{words} left out: what is read has {steps}")
    return fits, wrong


def handed_over(marks: Marks, trace: Trace) -> Marks:
    """Those that mean something where the run is opened anew, by words or files: but for its
    edits or a step of its own, nothing stands beside it there."""
    from gru_debugger.questions.expressions import asks_reference

    fits, _ = fitting(marks, trace)
    if trace.edits or trace.own_step:
        return fits
    lanes = [lane for lane in fits.lanes if not asks_reference(lane.expression)]
    return replace(fits, lanes=tuple(lanes))
