"""Small signs that stand in many places. On a screen the pixels of each are kept: to paint a ring
anew takes seven times as many instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen, QPixmap, QPolygonF

Places = Iterable[tuple[float, float]]  # pixels
Draw = Callable[..., None]  # with a painter, a place and colours

RADIUS, _WIDE = 3.2, 1.2  # pixels of a ring, and of its line
HALF, HIGH = 3.0, 4.0  # pixels of a tip, from its middle and downwards
_BOX, _MIDDLE = 10, 5  # pixels of a kept one, and where its place lies
_PARTS = 8  # of a pixel, to which the place of a kept one is rounded


def rings(p: QPainter, middles: Places, line: QColor, fill: QColor) -> None:
    _stamp(p, middles, _ring, line, fill)


def tips(p: QPainter, tops: Places, color: QColor) -> None:
    """Triangles that point down; the middles of their upper edges."""
    _stamp(p, tops, _tip, color)


def _stamp(p: QPainter, places: Places, draw: Draw, *colors: QColor) -> None:
    raster = p.paintEngine().type() == QPaintEngine.Type.Raster
    if not raster or p.deviceTransform().m11() != 1:
        for x, y in places:
            draw(p, x, y, *colors)
        return
    known = tuple(color.rgba() for color in colors)
    for x, y in places:
        across, down = round(x * _PARTS), round(y * _PARTS)
        kept = _kept(draw, known, across % _PARTS, down % _PARTS)
        p.drawPixmap(QPointF(across // _PARTS - _MIDDLE, down // _PARTS - _MIDDLE), kept)


@lru_cache(4 * _PARTS * _PARTS)
def _kept(draw: Draw, colors: tuple[int, ...], across: int, down: int) -> QPixmap:
    """One whose place is so many parts off that of its box's pixel."""
    pixels = QPixmap(_BOX, _BOX)
    pixels.fill(Qt.GlobalColor.transparent)
    inner = QPainter(pixels)
    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
    x, y = _MIDDLE + across / _PARTS, _MIDDLE + down / _PARTS
    draw(inner, x, y, *map(QColor.fromRgba, colors))
    inner.end()
    return pixels


def _ring(p: QPainter, x: float, y: float, line: QColor, fill: QColor) -> None:
    p.setPen(QPen(line, _WIDE))
    p.setBrush(fill)
    p.drawEllipse(QPointF(x, y), RADIUS, RADIUS)


def _tip(p: QPainter, x: float, y: float, color: QColor) -> None:
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    p.drawPolygon(QPolygonF([QPointF(x - HALF, y), QPointF(x + HALF, y), QPointF(x, y + HIGH)]))
