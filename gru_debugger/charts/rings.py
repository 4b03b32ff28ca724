"""Small rings. On a screen their pixels are kept: to stroke one takes twenty times as long."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen, QPixmap

_RADIUS, _WIDE = 3.2, 1.2  # pixels, and of the line
_BOX, _MIDDLE = 10, 5  # pixels of a kept one, and where its middle lies
_PARTS = 8  # of a pixel, to which the middle of a kept one is rounded


def paint(
    p: QPainter, middles: Iterable[tuple[float, float]], line: QColor, fill: QColor
) -> None:
    """Around these pixels."""
    raster = p.paintEngine().type() == QPaintEngine.Type.Raster
    if not raster or p.deviceTransform().m11() != 1:
        _stroke(p, middles, line, fill)
        return
    colors = line.rgba(), fill.rgba()
    for x, y in middles:
        across, down = round(x * _PARTS), round(y * _PARTS)
        kept = _kept(*colors, across % _PARTS, down % _PARTS)
        p.drawPixmap(QPointF(across // _PARTS - _MIDDLE, down // _PARTS - _MIDDLE), kept)


def _stroke(
    p: QPainter, middles: Iterable[tuple[float, float]], line: QColor, fill: QColor
) -> None:
    p.setPen(QPen(line, _WIDE))
    p.setBrush(fill)
    for x, y in middles:
        p.drawEllipse(QPointF(x, y), _RADIUS, _RADIUS)


@lru_cache(2 * _PARTS * _PARTS)
def _kept(line: int, fill: int, across: int, down: int) -> QPixmap:
    """One whose middle is so many parts off that of its box's pixel."""
    pixels = QPixmap(_BOX, _BOX)
    pixels.fill(Qt.GlobalColor.transparent)
    inner = QPainter(pixels)
    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = _MIDDLE + across / _PARTS, _MIDDLE + down / _PARTS
    _stroke(inner, [middle], QColor.fromRgba(line), QColor.fromRgba(fill))
    inner.end()
    return pixels
