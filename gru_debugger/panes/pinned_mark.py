"""The step that all others are held against: a dashed frame around its column, and its words.

Of another run it is marked where that reads the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger.numerals import grouped
from gru_debugger.session.history import same_text

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane


def _step(pane: StripPane) -> int:
    """0: none that stands in the text."""
    trace, held = pane.trace, pane.trace.held
    if held is None or held.run is None or same_text(held.run.run, trace.run):
        return held.fixed if held else 0
    return 0


def paint(p: QPainter, pane: StripPane) -> None:
    """Where it is in sight, and another one is shown, which has a frame of its own."""
    t, rect = _step(pane), pane.map_rect()
    if pane.first <= t <= pane.last and t not in (0, pane.session.position):
        p.setPen(QPen(pane.theme.text, 1.5, Qt.PenStyle.DashLine))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(QRectF(pane.x(t), rect.top() - 2, pane.cell, rect.height() + 4))


def words(pane: StripPane) -> str:
    t, called = _step(pane), pane.trace.character_in_words
    return f"Held against step {grouped(t)}, {called(t)}" if t else ""


def hover(pane: StripPane, t: int) -> str:
    return "\nall others are held against this step (P)" if t and t == _step(pane) else ""
