"""What of a pane leads somewhere: where it is, what a click does, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES, Theme, ThemeName
from gru_debugger.panes.pane import Pane

CAP = 15  # pixels of a key cap, at least


@dataclass(frozen=True)
class Link:
    rect: QRectF
    follow: Callable[[], object]
    words: str = ""  # of the tool tip, or those that are the link


def paint_line(p: QPainter, pane: Pane, x: float, y: float, wide: float, pointed: bool) -> None:
    """Dots below a link, a line while it is pointed at."""
    if pointed:
        p.fillRect(QRectF(x, y, wide, 1), pane.theme.text)
    elif pane.interactive:
        fonts.dots(p, [fonts.line_below(x, y, wide)], pane.theme.muted)


def paint_lines(p: QPainter, pane: Pane, lines: Sequence[QLineF]) -> None:
    """Dots below many links at once."""
    if pane.interactive:
        fonts.dots(p, lines, pane.theme.muted)


def cap_width(key: str) -> float:
    return max(float(CAP), fonts.width(key, fonts.SANS, 9) + 6)


def paint_caps(p: QPainter, pane: Pane, caps: Sequence[tuple[float, float, str]]) -> None:
    """The keys that follow links on their caps, by left edge, the same of all, and baseline."""
    if not caps:
        return
    (left, first, _), device = caps[0], p.device()
    if isinstance(device, QWidget):  # a file wants the strokes, not their pixels
        keys = tuple((baseline - first, key) for _, baseline, key in caps)
        ratio = p.deviceTransform().m11()
        pixels = _caps(keys, pane.theme.name, pane.background, ratio)
        p.drawPixmap(QPointF(left, first - 12), pixels)
        return
    for _, baseline, key in caps:
        _paint_cap(p, pane.theme, QPointF(left, baseline - 12), key)


@lru_cache(32)
def _caps(
    keys: tuple[tuple[float, str], ...], theme: ThemeName, background: str, ratio: float
) -> QPixmap:
    """Painted once, all together: of all that a row has, its cap takes longest."""
    wide, high = max(cap_width(key) for _, key in keys), keys[-1][0] + CAP
    pixels = QPixmap(QSize(ceil(wide * ratio), ceil(high * ratio)))
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(THEMES[theme].role(background))
    inner = QPainter(pixels)
    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        for y, key in keys:
            _paint_cap(inner, THEMES[theme], QPointF(0, y), key)
    finally:  # what is still being painted must not be let go of: Qt would crash
        inner.end()
    return pixels


def _paint_cap(p: QPainter, theme: Theme, at: QPointF, key: str) -> None:
    rect = QRectF(at.x() + 0.5, at.y() + 0.5, cap_width(key) - 1, CAP - 1)
    p.setPen(QPen(theme.border, 1))
    p.setBrush(theme.panel)
    p.drawRoundedRect(rect, 3, 3)
    fonts.centred(p, rect, key, theme.muted, fonts.SANS, 9)


def contains(link: QRectF, at: QPointF | None) -> bool:
    return at is not None and link.contains(at)
