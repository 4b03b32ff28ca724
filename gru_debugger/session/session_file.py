"""Session files: what is open, where one is in it, and what was put on it, as JSON to share.

    {"format": "gru-debugger-session", "version": 1,
     "model": {"path": relative to the file, "sha256"}, "text" or "text_file" or "rows",
     "at": "34:z[9]", "lanes": [{"expression", "name", "armed", "every"}], "stops": [12, 40],
     "edits", "bookmarks": [{"at", "note"}], "pinned": {"step", and what it reads, where that is
     another run}, "view": {…}, "layout": {…}}

All but format, version and model may be missing; what is unknown is kept when it is saved again. A
session may come from a stranger: it names files and sentences, nothing in it runs, and what it
reads beside its model lies in its own folder, unless the user allows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gru_debugger.core.run import Run
from gru_debugger.errors import SessionError
from gru_debugger.files import read_bytes
from gru_debugger.numerals import grouped
from gru_debugger.session import marks_json, pinned_json, saved
from gru_debugger.session.marks import Marks
from gru_debugger.session.named_files import absolute, came_along, is_name, relative
from gru_debugger.session.pinned_json import Pin
from gru_debugger.session.places import address_of
from gru_debugger.session.saved import MayName, Saved
from gru_debugger.session.view import View
from gru_debugger.source import Choice

FORMAT, VERSION = "gru-debugger-session", 1
LARGEST = 8 << 20  # bytes
_TEXT = 1_000_000  # characters of a text that stands in the session itself
_DEEPEST = 100  # objects and lists inside each other
_NO_MODEL = "“model” is no object with “path” and “sha256”"
_FILES = "text_file", "rows"
_KNOWN = {
    "format", "version", "model", "text", "called", "own_text", *_FILES, "vocabulary",
    "initial_state", "replace_unknown", "edits", "at", "view", "lanes", "stops",
    "bookmarks", "pinned", "layout",
}  # fmt: skip
# Without these a session opens: what stands in the place of wrong ones.
_SPARED: dict[str, Any] = {"at": "1", "edits": [], "view": {}}
# Of what is inside these, the keys that this version writes.
_PARTS = {
    "model": {"path", "sha256", *(part.name for part in fields(Choice))},
    "view": {part.name for part in fields(View)},
    "pinned": pinned_json.KNOWN,
}


@dataclass(frozen=True)
class SessionFile:
    """What a session file says; `unknown` are the fields that this version does not know.

    `wrong`: what of it means nothing anywhere, and is left out, in words.
    """

    saved: Saved
    marks: Marks = field(default_factory=Marks)
    wrong: tuple[str, ...] = ()
    pinned: Pin | None = None
    layout: Any = None
    unknown: Mapping[str, Any] = field(default_factory=dict)


# Written -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Now:
    """What is to be saved; `pinned` a run, or its `step`; `layout` the window's, in plain words."""

    run: Run
    position: int
    view: View
    marks: Marks = field(default_factory=Marks)
    layout: Mapping[str, Any] = field(default_factory=dict)
    pinned: Run | None = None
    step: int = 0


def can_pin(path: Path, now: Now) -> bool:
    """Whether what is pinned could be read again."""
    return now.pinned is None or _pinned_as_json(now, _TEXT, _along_with(path)) is not None


def _along_with(path: Path) -> MayName:
    return lambda name: came_along(name, path)


def _pinned_as_json(now: Now, longest: int, may_name: MayName) -> dict[str, Any] | None:
    """Beside a text that stands in the same file."""
    if now.pinned is None:
        return None
    own = saved.reads_to_json(now.run, longest, may_name) or {}
    room = longest - len(own.get("text", ""))
    return pinned_json.as_json(now.pinned, now.step, now.run, room, may_name)


def to_bytes(
    path: Path,
    now: Now,
    unknown: Mapping[str, Any] = MappingProxyType({}),
    longest: int = _TEXT,
    may_name: MayName | None = None,
) -> bytes:
    """The file's content, with what is `unknown`. Raises SessionError for a run that could not be
    opened again. A text of at most `longest` characters stands in it itself, where its file is
    not one that it `may_name`: where nothing is said, those that can be given away with it."""
    run, may_name = now.run, may_name or _along_with(path)
    content = saved.to_json(run, now.position, now.view, longest, may_name)
    if content is None:
        raise SessionError(
            f"{path}: what is open is in no file that a session could name; save the model, or "
            "what it reads, as a file and open that first."
        )
    pinned = _pinned_as_json(now, longest, may_name)
    content |= {} if pinned is None else {"pinned": pinned}
    files = [(holder, name) for holder in (content, pinned or {}) for name in _FILES]
    for holder, name in ((content["model"], "path"), *files):
        if name in holder and not holder[name].startswith("bundled:"):
            holder[name] = relative(holder[name], path)
    content |= {
        "at": str(address_of(run.model, now.position, now.view)),
        **marks_json.as_json(now.marks),
        "layout": dict(now.layout),
    }
    for part in _PARTS.keys() & content.keys():
        content[part] = {**unknown.get(part, {}), **content[part]}
    others = {key: value for key, value in unknown.items() if key not in _PARTS}
    whole = {"format": FORMAT, "version": VERSION, **others, **content}
    return (json.dumps(whole, indent=1) + "\n").encode()


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
    marks, wrong_marks = marks_json.from_json(content)
    pinned, wrong_pin = pinned_json.from_json(_with_absolute(content.get("pinned"), path))
    opened, wrong = _saved(content, path)
    return SessionFile(
        opened,
        marks,
        wrong + wrong_marks + wrong_pin,
        pinned,
        content.get("layout"),
        _unknown(content, path),
    )


def strange(found: SessionFile, path: Path) -> tuple[str, ...]:
    """What it would read beside its model that did not come along with it."""
    pinned = found.pinned.reads if found.pinned else None
    files = dict.fromkeys((*found.saved.files, *(pinned.files if pinned else ())))
    return tuple(name for name in files if not came_along(name, path))


def without(found: SessionFile, files: tuple[str, ...]) -> SessionFile:
    """The same, which reads none of these: as if it said nothing of what is read, or pinned."""
    opened, pinned = found.saved, found.pinned
    if {*opened.files} & {*files}:
        opened = replace(opened, text_file=None, rows=None, own_text=True)
    if pinned and pinned.reads and {*pinned.reads.files} & {*files}:
        pinned = None
    return replace(found, saved=opened, pinned=pinned)


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


def _saved(content: dict[str, Any], path: Path) -> tuple[Saved, tuple[str, ...]]:
    """And what is left out of it, in words."""
    model = content.get("model")
    if not (
        isinstance(model, dict)
        and isinstance(model.get("sha256"), str)
        and is_name(model.get("path"))
    ):
        raise SessionError(f"{path}: {_NO_MODEL}.")
    of_file = model["path"]
    if not of_file.startswith("bundled:"):
        of_file = absolute(of_file, path)
    plain = {**content, "model": {**model, "path": of_file}}
    for name in _FILES:
        if plain.get(name) is not None:
            if not is_name(plain[name]):
                raise SessionError(f"{path}: “{name}” is no file's name.")
            plain[name] = absolute(plain[name], path)
    if not any(plain.get(name) is not None for name in ("text", *_FILES)):
        plain["own_text"] = True
    wrong = [name for name in _SPARED if name in plain and not _is_right(name, plain[name])]
    plain |= {"at": plain.get("at", "1")} | {name: _SPARED[name] for name in wrong}
    found = saved.from_json(plain)
    if found is None:
        raise SessionError(f"{path}: {_which(plain)} is not as this version writes it.")
    as_it_is = "is left out: it is not as this version writes it"
    return found, tuple(f"“{name}” {as_it_is}" for name in wrong)


def _is_right(name: str, value: Any) -> bool:
    """Whether a field can be read, whatever the others are."""
    least = {"model": {"path": "", "sha256": ""}, "own_text": True, "at": "1"}
    return saved.from_json({**least, name: value}) is not None


def _with_absolute(pinned: Any, path: Path) -> Any:
    """The same with its files as they are meant; False for what is no file's name."""
    if not isinstance(pinned, dict):
        return pinned
    named = {name: pinned[name] for name in _FILES if pinned.get(name) is not None}
    meant = {name: is_name(of) and absolute(of, path) for name, of in named.items()}
    return {**pinned, **meant}


def _which(content: dict[str, Any]) -> str:
    """The field without which it could be read, in words."""
    for name in _KNOWN - {"model", "format", "version", *_SPARED}:
        if name in content and saved.from_json({**content, name: None}) is not None:
            return f"“{name}”"
    return "what it says of model or text"
