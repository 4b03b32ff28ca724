"""A value of an expression as columns have it that other programs read."""

from __future__ import annotations

from typing import Any


def as_text(value: Any) -> str:
    """Of several numbers with a blank between; a text as in JSON without the quotation marks."""
    if isinstance(value, list):
        return " ".join(map(as_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.7g}"
    return "" if value is None else str(value).replace("\\", "\\\\").replace('"', '\\"')
