"""Boxes with round corners, whose pixels are kept on a screen: to paint one anew takes eight times
as many instructions."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

NO_PEN = QPen(Qt.PenStyle.NoPen)  # to hand over the style itself takes longer than to draw
_WIDEST = 80  # pixels of a box that is kept
_PIXELS = QWidget, QPixmap, QImage  # what is painted on in pixels


def in_pixels(p: QPainter) -> bool:
    """Whether a pixel is a unit of the scene; a file wants strokes."""
    return isinstance(p.device(), _PIXELS) and p.deviceTransform().m11() == 1


def box(p: QPainter, rect: QRectF, fill: QColor, radius: float) -> None:
    """With round corners."""
    x, y, wide, high = rect.x(), rect.y(), rect.width(), rect.height()
    if max(wide, high) > _WIDEST or not in_pixels(p):
        p.setPen(NO_PEN)
        p.setBrush(fill)
        p.drawRoundedRect(rect, radius, radius)
        return
    left, top = floor(x), floor(y)
    kept = _kept_box(x - left, y - top, wide, high, fill.rgba(), radius)
    p.drawPixmap(QPointF(left, top), kept)


@lru_cache(200)
def _kept_box(x: float, y: float, wide: float, high: float, fill: int, radius: float) -> QPixmap:
    pixels = QPixmap(ceil(x + wide), ceil(y + high))
    pixels.fill(Qt.GlobalColor.transparent)
    inner = QPainter(pixels)
    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner.setPen(NO_PEN)
    inner.setBrush(QColor.fromRgba(fill))
    inner.drawRoundedRect(QRectF(x, y, wide, high), radius, radius)
    inner.end()
    return pixels
