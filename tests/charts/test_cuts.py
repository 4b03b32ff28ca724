"""Bars beyond their axis are seen to be cut, each in its own end."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.bars import BarChart
from gru_debugger.charts.cuts import cut_units, paint_cuts

VALUES = np.array([0.5, 1.0, 1.01, -1.0, -5.0, 0.0], np.float32)


def chart(units: int, width: int) -> BarChart:
    made = BarChart()
    made.place(QRectF(0, 10, width, 40), UnitAxis(units, width), -1.0, 1.0)
    return made


def test_which_are_cut() -> None:
    made = chart(6, 132)
    assert cut_units(made, VALUES) == [(2, True), (4, False)]
    ends = np.float32([1 + 1e-7, -1 - 1e-7] * 3) * np.float32(made.high)
    assert cut_units(made, ends) == [], "no more than rounding"


@pytest.mark.parametrize(("width", "repeat"), [(132, 1), (120, 5), (60, 20)])
def test_the_mark_is_in_the_bars_end_alone(width: int, repeat: int, screen: object) -> None:
    """In a picture of bars' colour: white in the columns of those units, near their own end."""
    values = np.tile(VALUES, repeat)
    made = chart(len(values), width)
    image = QImage(width, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint_cuts(painter, made, values, QColor("white"))
    painter.end()
    lit = np.array([[image.pixelColor(x, y).red() > 60 for x in range(width)] for y in range(60)])
    for unit, value in enumerate(values):
        left = int(made.axis.left(unit))
        column = lit[:, left : left + max(1, int(made.axis.pitch))]
        above, below = column[10:18].any(), column[42:50].any()
        assert not column[:10].any()
        assert not column[50:].any()
        if not made.axis.pooled:
            assert (above, below) == (value > 1, value < -1), unit
    assert lit[10:18].any()
    assert lit[42:50].any()
