"""A tour made of bookmarks: each a stop, its note what is said there; a teacher goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.errors import InputError
from gru_debugger.lessons.fields import LONGEST
from gru_debugger.lessons.reading import LONGEST_TEXT, STOPS
from gru_debugger.lessons.tour import FORMAT, VERSION
from gru_debugger.numerals import counted, grouped
from gru_debugger.session import named_files
from gru_debugger.session.bookmarks import Bookmark

_HEADING = 60  # characters of a note that stand above it


def to_bytes(path: Path, run: Run, view: str, bookmarks: Sequence[Bookmark]) -> bytes:
    """The content of a tour at `path`. Raises InputError for what no tour can say."""
    if len(bookmarks) > STOPS:
        raise InputError(
            f"{path}: a tour has {STOPS} stops at most, and there are "
            f"{counted(len(bookmarks), 'bookmark')}; remove some."
        )
    stops = [_stop(bookmark, view) for bookmark in bookmarks]
    stops[0] |= {"model": _model(path, run), **_text(path, run)}
    title = Path(run.model.source.path.removeprefix("bundled:")).stem
    whole = {"format": FORMAT, "version": VERSION, "title": title, "stops": stops}
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def _stop(bookmark: Bookmark, view: str) -> dict[str, Any]:
    note = bookmark.note.strip() or str(bookmark.at)
    heading, _, rest = note.partition(": ")
    if not rest or len(heading) > _HEADING:
        heading, rest = note[:_HEADING], note if len(note) > _HEADING else ""
    stop = {"heading": heading, "at": str(bookmark.at), "view": view}
    return stop | ({"say": _as_said(rest)} if rest else {})


def _as_said(words: str) -> str:
    """Braces would name a value."""
    return words.replace("{", "(").replace("}", ")")[:LONGEST]


def _model(path: Path, run: Run) -> str:
    own = run.model.source.path
    if own.startswith("bundled:"):
        return own
    if not named_files.came_along(own, path):
        raise InputError(f"{path}: write it into the model's folder, {Path(own).parent}.")
    return named_files.relative(own, path)


def _text(path: Path, run: Run) -> dict[str, str]:
    if isinstance(run.source, Rows):
        raise InputError(f"{path}: a tour reads texts; here rows of numbers are read.")
    example = run.model.example
    if example is not None and run.source == example.text:
        return {}
    if len(run.source) > LONGEST_TEXT:
        raise InputError(
            f"{path}: a tour's text has {grouped(LONGEST_TEXT)} characters at most, and this one "
            f"{grouped(len(run.source))}; open a shorter one."
        )
    return {"text": str(run.source)}
