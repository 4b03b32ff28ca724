"""Session files: what is open, where one is in it, and what was put on it, as JSON to share.

    {"format": "gru-debugger-session", "version": 1,
     "model": {"path": relative to the file, "sha256"}, "text" or "text_file" or "rows",
     "at": "34:z[9]", "lanes": [{"expression", "name", "armed", "every"}], "stops": [12, 40],
     "edits", "view": {…}}

All but format, version and model may be missing; what is unknown is kept when it is saved again. A
session may come from a stranger: it names files and sentences, and nothing in it runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gru_debugger.core.address import find, parse
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError, SessionError, one_line
from gru_debugger.files import read_bytes
from gru_debugger.numerals import grouped
from gru_debugger.session import bookmarks, saved
from gru_debugger.session.bookmarks import Bookmark, Bookmarks
from gru_debugger.session.marks import MOST, RAREST, Lane, Marks
from gru_debugger.session.places import address_of
from gru_debugger.session.saved import Saved
from gru_debugger.session.view import View
from gru_debugger.source import Choice

FORMAT, VERSION, SUFFIX = "gru-debugger-session", 1, ".grusession"
LARGEST = 8 << 20  # bytes
_TEXT = 1_000_000  # characters of a text that is in no file of its own
_EXPRESSION, _STOPS = 1000, 100_000  # characters of one, and how many
_DEEPEST = 100  # objects and lists inside each other
_NO_MODEL = "“model” is no object with “path” and “sha256”"
_FILES = "text_file", "rows"
_KNOWN = {
    "format", "version", "model", "text", "called", "own_text", *_FILES, "vocabulary",
    "initial_state", "replace_unknown", "edits", "at", "view", "lanes", "stops",
    "bookmarks", "layout",
}  # fmt: skip
# Of what is inside these, the keys that this version writes.
_PARTS = {
    "model": {"path", "sha256", *(part.name for part in fields(Choice))},
    "view": {part.name for part in fields(View)},
}


@dataclass(frozen=True)
class SessionFile:
    """What a session file says; `unknown` are the fields that this version does not know.

    `wrong`: what of it means nothing anywhere, and is left out, in words.
    """

    saved: Saved
    marks: Marks = field(default_factory=Marks)
    wrong: tuple[str, ...] = ()
    layout: Any = None
    unknown: Mapping[str, Any] = field(default_factory=dict)


# Written -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Now:
    """What is to be saved; `layout` is the window's, in plain words."""

    run: Run
    position: int
    view: View
    marks: Marks = field(default_factory=Marks)
    layout: Mapping[str, Any] = field(default_factory=dict)


def to_bytes(
    path: Path, now: Now, unknown: Mapping[str, Any] = MappingProxyType({}), longest: int = _TEXT
) -> bytes:
    """The file's content, with what is `unknown`. Raises SessionError for a run that could not be
    opened again; a text that is in no file has `longest` characters at most."""
    run, marks = now.run, now.marks
    content = saved.to_json(run, now.position, now.view, longest)
    if content is None:
        raise SessionError(
            f"{path}: what is open is in no file that a session could name; save the model, or "
            "what it reads, as a file and open that first."
        )
    for holder, name in ((content["model"], "path"), *((content, name) for name in _FILES)):
        if name in holder:
            holder[name] = _relative(holder[name], path)
    content |= {
        "at": str(address_of(run.model, now.position, now.view)),
        "lanes": [_as_json(lane) for lane in marks.lanes],
        "stops": list(marks.stops),
        "bookmarks": [{"at": str(one.at), "note": one.note} for one in marks.bookmarks],
        "layout": dict(now.layout),
    }
    for part in _PARTS:
        content[part] = {**unknown.get(part, {}), **content[part]}
    whole = {"format": FORMAT, "version": VERSION, **unknown, **content}
    return (json.dumps(whole, indent=1) + "\n").encode()


def _as_json(lane: Lane) -> dict[str, Any]:
    from gru_debugger.questions.expressions import name_and_rest

    name, bare = name_and_rest(lane.expression)
    named = {"name": name} if name else {}
    return {"expression": bare, **named, "armed": lane.armed, "every": lane.every}


def _relative(name: str, path: Path) -> str:
    """From the session's folder, where that can be said; FILE.npz:NAME keeps its end."""
    if name.startswith("bundled:"):
        return name
    try:
        return Path(os.path.relpath(name, path.absolute().parent)).as_posix()
    except ValueError:  # on another drive
        return name


# Read --------------------------------------------------------------------------------------


def read(path: Path) -> SessionFile:
    """Raises SessionError: which field is wrong, or that it is no session at all."""
    data = read_bytes(path, LARGEST, SessionError)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise SessionError(f"{path}: not JSON; “Save session” writes session files.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SessionError(f"{path}: no session: its “format” is not “{FORMAT}”.")
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise SessionError(f"{path}: “version” is no whole number from 1.")
    if version > VERSION:
        raise SessionError(
            f"{path}: written as version {grouped(min(version, 10**9))} by a newer program; "
            f"this one reads {VERSION}."
        )
    kept, wrong = _bookmarks(content, path)
    return SessionFile(
        _saved(content, path),
        Marks(_stops(content, path), _lanes(content, path), kept),
        wrong,
        content.get("layout"),
        _unknown(content, path),
    )


def _unknown(content: dict[str, Any], path: Path) -> dict[str, Any]:
    """What another version wrote, also of the model and the view."""
    found = {key: value for key, value in content.items() if key not in _KNOWN}
    for part, known in _PARTS.items():
        inside = content.get(part)
        if isinstance(inside, dict) and inside.keys() - known:
            found[part] = {key: value for key, value in inside.items() if key not in known}
    level: list[Any] = [found]
    for _ in range(_DEEPEST):  # what can be read is not always shallow enough to be written
        level = [inner for one in level for inner in _members(one)]
    if level:
        raise SessionError(f"{path}: its JSON is nested too deeply.")
    return found


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _saved(content: dict[str, Any], path: Path) -> Saved:
    model = content.get("model")
    if not (
        isinstance(model, dict)
        and isinstance(model.get("sha256"), str)
        and _is_name(model.get("path"))
    ):
        raise SessionError(f"{path}: {_NO_MODEL}.")
    plain = {**content, "model": {**model, "path": _absolute(model["path"], path)}}
    for name in _FILES:
        if plain.get(name) is not None:
            if not _is_name(plain[name]):
                raise SessionError(f"{path}: “{name}” is no file's name.")
            plain[name] = _absolute(plain[name], path)
    if not any(plain.get(name) is not None for name in ("text", *_FILES)):
        plain["own_text"] = True
    plain.setdefault("at", "1")
    found = saved.from_json(plain)
    if found is None:
        raise SessionError(f"{path}: {_which(plain)} is not as this version writes it.")
    return found


def _which(content: dict[str, Any]) -> str:
    """The field without which it could be read, in words."""
    for name in _KNOWN - {"model", "format", "version"}:
        less = {**content, "at": "1"} if name == "at" else {**content, name: None}
        if name in content and name in ("edits", "view"):
            less.pop(name)
        if name in content and saved.from_json(less) is not None:
            return f"“{name}”"
    return "what it says of text, edits or view"


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4096 and value.isprintable()


def _absolute(name: str, path: Path) -> str:
    """As it is meant in the session's folder."""
    return name if name.startswith("bundled:") else str(path.absolute().parent / name)


def _stops(content: dict[str, Any], path: Path) -> tuple[int, ...]:
    stops = content.get("stops", [])
    right = isinstance(stops, list) and len(stops) <= _STOPS
    if not right or not all(type(stop) is int and 0 < stop < 1 << 40 for stop in stops):
        raise SessionError(f"{path}: “stops” is no list of steps from 1.")
    return tuple(sorted({*stops}))


def _bookmarks(content: dict[str, Any], path: Path) -> tuple[Bookmarks, tuple[str, ...]]:
    """And what is said of those whose address is none."""
    given, found, wrong = content.get("bookmarks", []), list[Bookmark](), list[str]()
    if not isinstance(given, list) or len(given) > bookmarks.MOST:
        raise SessionError(f"{path}: “bookmarks” is no list of at most {grouped(bookmarks.MOST)}.")
    for i, one in enumerate(given):
        at = one.get("at") if isinstance(one, dict) else None
        if not isinstance(at, str):
            raise SessionError(f"{path}: bookmarks[{i}] has no “at”.")
        note = one.get("note")
        try:
            there = parse(at)
        except InputError as fault:
            wrong.append(f"a bookmark is left out: {fault}")
        else:
            words = one_line(note, bookmarks.LONGEST) if isinstance(note, str) else ""
            found.append(Bookmark(there, words))
    return bookmarks.ordered(found), tuple(wrong)


def _lanes(content: dict[str, Any], path: Path) -> tuple[Lane, ...]:
    lanes = content.get("lanes", [])
    if not isinstance(lanes, list) or len(lanes) > MOST:
        raise SessionError(f"{path}: “lanes” is no list of at most {MOST} lanes.")
    return tuple(dict.fromkeys(_lane(lane, f"{path}: lanes[{i}]") for i, lane in enumerate(lanes)))


def _lane(lane: Any, where: str) -> Lane:
    """A name of its own stands before the expression, as it is typed."""
    from gru_debugger.questions.expressions import name_and_rest

    expression = lane.get("expression") if isinstance(lane, dict) else None
    if not isinstance(expression, str) or not 0 < len(expression) <= _EXPRESSION:
        raise SessionError(f"{where} has no “expression”.")
    name = lane.get("name")
    if isinstance(name, str) and name.isidentifier() and not name_and_rest(expression)[0]:
        expression = f"{name}: {expression}"
    every = lane.get("every", 1)
    if type(every) is not int or not 1 <= every <= RAREST:
        raise SessionError(f"{where}: “every” is no whole number from 1 to {grouped(RAREST)}.")
    return Lane(one_line(expression, _EXPRESSION), lane.get("armed") is True, every)


def fitting(marks: Marks, trace: Trace) -> tuple[Marks, list[str]]:
    """What of the marks means something in a run; of the lanes and bookmarks that don't, why."""
    from gru_debugger.questions.lane_runs import LaneRun

    lanes, kept, wrong = list[Lane](), list[Bookmark](), list[str]()
    for lane in marks.lanes:
        if told := LaneRun(trace, lane.expression).fault:
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
    fits = replace(marks, lanes=tuple(lanes), bookmarks=tuple(kept))
    return fits.within(trace.steps), wrong
