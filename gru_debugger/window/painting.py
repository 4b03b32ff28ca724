"""Painting on a widget: the painter is ended whatever happens, or Qt crashes with the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget


@contextmanager
def smoothly(widget: QWidget) -> Iterator[QPainter]:
    """A painter of lines without steps, for a paint event."""
    p = QPainter(widget)
    try:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        yield p
    finally:
        p.end()
