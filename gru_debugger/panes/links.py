"""What of a pane leads somewhere: where it is, what a click does, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gru_debugger.charts import fonts
from gru_debugger.panes.pane import Pane

CAP = 15  # pixels of a key cap, at least


@dataclass(frozen=True)
class Link:
    rect: QRectF
    follow: Callable[[], object]
    words: str = ""  # of the tool tip


def paint_line(p: QPainter, pane: Pane, x: float, y: float, wide: float, pointed: bool) -> None:
    """Dots below a link, a line while it is pointed at."""
    if pointed:
        p.fillRect(QRectF(x, y, wide, 1), pane.theme.text)
    elif pane.interactive:
        fonts.underline(p, x, y, wide, pane.theme.muted)


def paint_cap(p: QPainter, pane: Pane, left: float, baseline: float, key: str) -> float:
    """The key that follows a link, on its cap; how wide that is."""
    wide = max(float(CAP), fonts.width(key, fonts.SANS, 9) + 6)
    rect = QRectF(left + 0.5, baseline - 11.5, wide - 1, CAP - 1)
    p.setPen(QPen(pane.theme.border, 1))
    p.setBrush(pane.theme.panel)
    p.drawRoundedRect(rect, 3, 3)
    fonts.centred(p, rect, key, pane.theme.muted, fonts.SANS, 9)
    return wide


def contains(link: QRectF, at: QPointF | None) -> bool:
    return at is not None and link.contains(at)
