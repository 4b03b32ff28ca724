"""Bars that reach beyond their axis end in an arrowhead: a silent cut is a wrong picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts.bars import BarChart, Values

_WIDE = 6  # pixels a unit from which on there is room for an arrowhead
_FROM_END, _HIGH = 2.5, 3.0  # pixels
_ROUNDING = 1 + 1e-6  # times an end: sums of other lengths are rounded otherwise


def cut_units(chart: BarChart, values: Values) -> list[tuple[int, bool]]:
    """The visible units whose bars are cut, each with whether above."""
    seen = values[chart.axis.visible]
    units = chart.axis.visible_units
    found = beyond(seen, chart.low, chart.high).nonzero()[0].tolist()
    return [(units[i], bool(seen[i] > chart.high)) for i in found]


def beyond(values: Values, low: float, high: float) -> NDArray[np.bool_]:
    """Which of them an axis from `low` to `high` does not reach."""
    return (values > high * _ROUNDING) | (values < low * _ROUNDING)


def paint_cuts(p: QPainter, chart: BarChart, values: Values, color: QColor) -> None:
    """A chevron of the ground's colour in the bar's end; where bars are narrow, a gap in it."""
    cut = cut_units(chart, values)
    if not cut:
        return
    axis, rect = chart.axis, chart.rect
    p.setPen(QPen(color, 1.5))
    for unit, above in cut:
        end, inwards = (rect.top(), 1) if above else (rect.bottom(), -1)
        y = end + inwards * _FROM_END
        left = rect.left() + axis.left(unit)
        wide = max(rect.left() + axis.right(unit) - left, 1.0)
        if wide < _WIDE:
            p.fillRect(QRectF(left, y - 0.75, wide, 1.5), color)
            continue
        chevron(p, rect.left() + axis.center(unit), y, min(wide / 4, 4.0), inwards)


def chevron(p: QPainter, x: float, y: float, half: float, inwards: int) -> None:
    """Its tip at y, its legs downwards for 1, upwards for −1."""
    base = y + inwards * _HIGH
    p.drawPolyline([QPointF(x - half, base), QPointF(x, y), QPointF(x + half, base)])
