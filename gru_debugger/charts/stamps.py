"""Small signs that stand in many places. On a screen the pixels of each are kept: to paint a ring
anew takes seven times as many instructions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from gru_debugger.charts.boxes import in_pixels

Places = Sequence[tuple[float, float]] | NDArray[np.float64]  # (places, 2), pixels
Draw = Callable[..., None]  # with a painter, a place and colours

RADIUS, _WIDE = 3.2, 1.2  # pixels of a ring, and of its line
HALF, HIGH = 3.0, 4.0  # pixels of a tip, from its middle and downwards
_BOX = 10  # pixels of a kept one
_PARTS = 8  # of a pixel, to which the place of a kept one is rounded
_kept = internals.PrimitiveArray(QPainter.PixmapFragment, 10)


def rings(p: QPainter, middles: Places, line: QColor, fill: QColor) -> None:
    _stamp(p, middles, _ring, line, fill)


def tips(p: QPainter, tops: Places, color: QColor) -> None:
    """Triangles that point down; the middles of their upper edges."""
    _stamp(p, tops, _tip, color)


def _stamp(p: QPainter, places: Places, draw: Draw, *colors: QColor) -> None:
    if not len(places):
        return
    if not in_pixels(p):
        for x, y in places:
            draw(p, x, y, *colors)
        return
    parts = np.rint(np.multiply(places, _PARTS))
    pixel = np.floor_divide(parts, _PARTS)
    _kept.resize(len(parts))
    kept = _kept.ndarray()
    kept[:, :2] = pixel  # of the middle of the box: its place lies there, or so many parts off
    np.multiply(parts - pixel * _PARTS, _BOX, out=kept[:, 2:4])
    kept[:, 4:] = _BOX, _BOX, 1, 1, 0, 1  # its size and scale, not turned, opaque
    fragments: Any = p.drawPixmapFragments  # PySide takes an array and its length
    fragments(*_kept.drawargs(), _all(draw, tuple(color.rgba() for color in colors)))


@lru_cache(16)
def _all(draw: Draw, colors: tuple[int, ...]) -> QPixmap:
    """One for each part of a pixel that its place may be off, across and down."""
    pixels = QPixmap(_BOX * _PARTS, _BOX * _PARTS)
    pixels.fill(Qt.GlobalColor.transparent)
    inner = QPainter(pixels)
    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
    for across, down in np.ndindex(_PARTS, _PARTS):
        x, y = (_BOX * part + _BOX / 2 + part / _PARTS for part in (across, down))
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
