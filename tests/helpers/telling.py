"""What is told of a model's file."""

from __future__ import annotations

from gru_debugger.core.model import Model
from gru_debugger.source import WEIGHTS_ALONE


def told(model: Model) -> tuple[str, ...]:
    """In words, without the standing note that a file holds weights alone."""
    return tuple(n.in_words for n in model.source.told if n.what != WEIGHTS_ALONE)


def grades(model: Model) -> set[str]:
    """How grave; the standing note is none."""
    return {notice.grade for notice in model.source.told if notice.what != WEIGHTS_ALONE}
