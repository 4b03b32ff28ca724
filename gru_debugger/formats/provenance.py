"""Where a model came from: what a converted file says of it, and what a process of ours knows.

A file only claims what it was made from, in one JSON object of its metadata; its own name, hash and
framework are always those of what was read. Where the program hands a copy to a process of its own,
the copy stands for the original: that is said outside of it (`declare`), where no stranger writes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gru_debugger import __version__
from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError, one_line
from gru_debugger.source import GRADES, Notice, Origin, Source

KEY = "converted_from"

_MOST = 64  # things told
_LEVELS = 16  # conversions one after the other


def of(model: Model) -> Origin:
    """What a file that is made from `model` now came from."""
    source = model.source
    inherited = () if source.converted_from is None else source.converted_from.inherited()
    return Origin(
        name=source.name,
        sha256=source.sha256,
        framework=source.framework,
        gru=source.gru,
        dtype=source.dtype,
        reset=model.reset,
        told=tuple(notice for notice in source.told if notice not in inherited),
        program=f"gru-debugger {__version__}",
        converted_from=source.converted_from,
    )


_stood_for: dict[str, Origin] = {}  # by the copy's path


def declare(copy: Path, told: Path) -> None:
    """The file `copy` is one of ours, of what the JSON in `told` says. Raises ModelError."""
    try:
        origin = _origin(json.loads(told.read_bytes()), _LEVELS)
    except (OSError, ValueError, RecursionError):
        origin = None
    if origin is None:
        raise ModelError(f"{told}: does not say what {copy} stands for.")
    _stood_for[os.path.realpath(copy)] = origin


def stands_for(path: str | Path) -> Origin | None:
    """What the file at `path` was declared to be a copy of."""
    return _stood_for.get(os.path.realpath(path))


def source(
    path: str, file: Path, digest: str, framework: str, metadata: Mapping[str, str]
) -> Source:
    """Of a file that was read: its own, or of what it stands for."""
    made_from = read(metadata)
    inherited = () if made_from is None else made_from.inherited()
    own = Source(path, file.name, digest, framework, told=inherited, converted_from=made_from)
    origin = stands_for(file)
    if origin is None:
        return own
    return replace(
        own,
        name=origin.name or own.name,
        sha256=origin.sha256 or own.sha256,
        framework=origin.framework or own.framework,
        told=origin.told,
        converted_from=origin.converted_from,
    )


def dumps(origin: Origin) -> str:
    return json.dumps(asdict(origin))


def read(metadata: Mapping[str, str]) -> Origin | None:
    """None where there is none, or nothing that makes sense."""
    try:
        return _origin(json.loads(metadata.get(KEY, "null")), _LEVELS)
    except (ValueError, RecursionError):
        return None


def _origin(told: Any, levels: int) -> Origin | None:
    if not isinstance(told, dict) or not levels:
        return None
    words = ("name", "framework", "gru", "dtype", "reset", "program")
    return Origin(
        **{word: _line(told.get(word)) for word in words},
        sha256=_digest(told.get("sha256")),
        told=_notices(told.get("told"), told.get("warnings")),
        converted_from=_origin(told.get(KEY), levels - 1),
    )


def _notices(told: Any, warnings: Any) -> tuple[Notice, ...]:
    """`warnings`: sentences without a grade, as files had them before."""
    if isinstance(told, list):
        entries = [entry for entry in told[:_MOST] if isinstance(entry, dict)]
        return tuple(
            Notice(grade, *(_line(entry.get(word)) for word in ("what", "where", "in_words")))
            for entry in entries if (grade := entry.get("grade")) in GRADES
        )  # fmt: skip
    words = warnings[:_MOST] if isinstance(warnings, list) else []
    return tuple(Notice("note", "", "", _line(word)) for word in words)


def _digest(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else ""


def _line(value: Any) -> str:
    """A stranger's words."""
    return one_line(value) if isinstance(value, str) else ""
