"""Colour keys with their words, drawn as the charts draw what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts

_SIZES = (11, 10, 9)  # pixels of type, the larger unless a smaller one saves a line
Shape = Literal["bar", "outline", "mark", "thin", "ring", "hollow"]
_WIDTHS = {"bar": 9, "outline": 9, "mark": 14, "thin": 14, "ring": 8, "hollow": 14}
LINE = 14  # pixels from one line of keys to the next


@dataclass(frozen=True)
class Key:
    words: str
    color: QColor
    shape: Shape = "bar"
    passing: bool = False  # not drawn at every step: it has its place, and is named when it is

    def width(self, pixels: int) -> float:
        return _WIDTHS[self.shape] + 5 + fonts.width(self.words, fonts.SANS, pixels)


@dataclass(frozen=True)
class Legend:
    """Keys in lines, all of them: what is drawn and not named would be misread."""

    lines: Sequence[Sequence[Key]]
    pixels: int


def laid(keys: Sequence[Key], first: float, room: float) -> Legend:
    """Keys in as few lines as need be: pixels that the first has, and the others."""
    options = [Legend(_lines(keys, pixels, first, room), pixels) for pixels in _SIZES]
    return min(options, key=lambda legend: len(legend.lines))


def _lines(keys: Sequence[Key], pixels: int, first: float, room: float) -> list[list[Key]]:
    lines: list[list[Key]] = [[]]
    x = 0.0
    for key in keys:
        wide = key.width(pixels)
        if x + wide > (room if lines[1:] else first):
            lines.append([])
            x = 0.0
        lines[-1].append(key)
        x += wide + pixels + 1
    return lines


def paint(
    p: QPainter, x: float, baseline: float, color: QColor, legend: Legend, passing: bool = False
) -> None:
    """The keys that stay, or `passing` the others, each in its place."""
    for i, line in enumerate(legend.lines):
        at = x
        for key in line:
            if key.passing == passing:
                _paint_key(p, at, baseline + LINE * i, color, key, legend.pixels)
            at += key.width(legend.pixels) + legend.pixels + 1


def _paint_key(
    p: QPainter, x: float, baseline: float, color: QColor, key: Key, pixels: int
) -> None:
    _paint_shape(p, x, baseline, key)
    fonts.text(p, x + _WIDTHS[key.shape] + 5, baseline, key.words, color, fonts.SANS, pixels)


def _paint_shape(p: QPainter, x: float, baseline: float, key: Key) -> None:
    if key.shape == "bar":
        p.fillRect(QRectF(x, baseline - 8, 9, 9), key.color)
    elif key.shape == "mark":
        p.fillRect(QRectF(x, baseline - 5, 14, 3), key.color)
    elif key.shape == "thin":
        p.fillRect(QRectF(x, baseline - 5, 14, 2), key.color)
    elif key.shape == "hollow":
        p.setPen(QPen(key.color, 1))
        p.setBrush(QColor(0, 0, 0, 0))
        p.drawRect(QRectF(x + 0.5, baseline - 5.5, 13, 3))
    else:
        p.setPen(QPen(key.color, 1 if key.shape == "outline" else 1.2))
        p.setBrush(QColor(0, 0, 0, 0))
        if key.shape == "outline":
            p.drawRect(QRectF(x + 0.5, baseline - 7.5, 8, 8))
        else:
            p.drawEllipse(QPointF(x + 4, baseline - 4), 3.2, 3.2)
