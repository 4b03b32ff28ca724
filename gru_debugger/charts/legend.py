"""Colour keys with their words, drawn as the charts draw what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import ink

_PIXELS, _GAP = 11, 12
_WIDTHS = {"bar": 9, "outline": 9, "mark": 14, "ring": 8}


@dataclass(frozen=True)
class Key:
    words: str
    color: QColor
    shape: Literal["bar", "outline", "mark", "ring"] = "bar"

    @property
    def width(self) -> float:
        return _WIDTHS[self.shape] + 5 + ink.width(self.words, ink.SANS, _PIXELS)


def paint(
    p: QPainter, x: float, baseline: float, color: QColor, room: float, keys: Sequence[Key]
) -> None:
    """Paint the keys side by side, as many as find room."""
    end = x + room
    for key in keys:
        if x + key.width > end:
            return
        _paint_shape(p, x, baseline, key)
        ink.text(p, x + _WIDTHS[key.shape] + 5, baseline, key.words, color, ink.SANS, _PIXELS)
        x += key.width + _GAP


def _paint_shape(p: QPainter, x: float, baseline: float, key: Key) -> None:
    if key.shape == "bar":
        p.fillRect(QRectF(x, baseline - 8, 9, 9), key.color)
    elif key.shape == "mark":
        p.fillRect(QRectF(x, baseline - 5, 14, 3), key.color)
    else:
        p.setPen(QPen(key.color, 1 if key.shape == "outline" else 1.2))
        p.setBrush(QColor(0, 0, 0, 0))
        if key.shape == "outline":
            p.drawRect(QRectF(x + 0.5, baseline - 7.5, 8, 8))
        else:
            p.drawEllipse(QPointF(x + 4, baseline - 4), 3.2, 3.2)
