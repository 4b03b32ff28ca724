"""Where a converted file came from: one JSON object in its metadata.

Not under ``source_name`` and its like, by which a file stands for the original: a converted file
is one of its own, and only says what it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gru_debugger import __version__
from gru_debugger.core.model import Model, Origin

KEY = "converted_from"

_LEVELS = 16  # conversions one after the other
_LONGEST = 1_000  # characters of one entry


def of(model: Model) -> Origin:
    """What a file that is made from `model` now came from."""
    source = model.source
    return Origin(
        name=source.name,
        sha256=source.sha256,
        framework=source.framework,
        gru=source.gru,
        dtype=source.dtype,
        reset=model.reset,
        warnings=source.warnings,
        program=f"gru-debugger {__version__}",
        converted_from=source.converted_from,
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
    words = ("name", "sha256", "framework", "gru", "dtype", "reset", "program")
    warnings = told.get("warnings")
    return Origin(
        **{word: _line(told.get(word)) for word in words},
        warnings=tuple(map(_line, warnings[:64])) if isinstance(warnings, list) else (),
        converted_from=_origin(told.get(KEY), levels - 1),
    )


def _line(value: Any) -> str:
    """A stranger's words, on one line."""
    text = value[:_LONGEST] if isinstance(value, str) else ""
    return "".join(c if c.isprintable() else "·" for c in text)
