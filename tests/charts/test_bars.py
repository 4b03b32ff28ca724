"""Bars: rectangles are where value → pixel, worked out anew here, says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.bars import BarChart

pytestmark = pytest.mark.usefixtures("screen")

BLUE = QColor("#0072B2")
RECT = QRectF(38, 100, 352, 60)
RANGES = [(0.0, 1.0), (-1.0, 1.0), (-20.0, 20.0), (-1.2, 1.2)]


MakeChart = Callable[..., BarChart]


@pytest.fixture
def chart_of() -> MakeChart:
    def make(units: int, low: float = -1, high: float = 1, width: int = 352) -> BarChart:
        chart = BarChart()
        chart.series("bar", BLUE)
        chart.place(RECT, UnitAxis(units, width), low, high)
        return chart

    return make


def values(units: int, low: float, high: float, beyond: float = 1.0) -> np.ndarray:
    random = np.random.default_rng(units)
    return (random.uniform(low, high, units) * beyond).astype(np.float32)


def pixel(value: float, low: float, high: float) -> float:
    """high on the upper edge, low on the lower one, nothing outside."""
    value = min(high, max(low, value))
    return RECT.top() + (high - value) / (high - low) * RECT.height()


@pytest.mark.parametrize("units", [1, 16, 128])
@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize("beyond", [1.0, 3.0])
def test_a_bar_reaches_from_zero_to_its_value(
    beyond: float, low: float, high: float, units: int, chart_of: MakeChart
) -> None:
    chart = chart_of(units, low, high)
    given = values(units, low, high, beyond)
    chart.show("bar", given)
    rectangles = chart["bar"].rectangles()
    assert len(rectangles) == units
    left, wide = chart.axis.bars()
    for unit, (x, y, w, h) in enumerate(rectangles):
        a, b = pixel(given[unit], low, high), pixel(0, low, high)
        assert (x, w) == (RECT.left() + left[unit], wide[unit])
        assert y == pytest.approx(min(a, b), abs=1e-3)
        assert y + h == pytest.approx(max(a, b), abs=1e-3)
        assert chart.y(float(given[unit])) == pytest.approx(a, abs=1e-3)


def test_a_bar_from_a_start(chart_of: MakeChart) -> None:
    chart = chart_of(16)
    ends, starts = values(16, -1, 1), values(16, -1, 1)[::-1]
    chart.show("bar", ends, starts)
    for (_, y, _, h), end, start in zip(chart["bar"].rectangles(), ends, starts, strict=True):
        assert y == pytest.approx(pixel(max(end, start), -1, 1), abs=1e-3)
        assert y + h == pytest.approx(pixel(min(end, start), -1, 1), abs=1e-3)


def test_marks_are_flat_and_centred(chart_of: MakeChart) -> None:
    chart = chart_of(16)
    given = values(16, -1, 1)
    chart.mark("bar", given, 3.0)
    for (_, y, _, h), value in zip(chart["bar"].rectangles(), given, strict=True):
        assert h == pytest.approx(3)
        assert y + h / 2 == pytest.approx(pixel(value, -1, 1), abs=1e-3)


@pytest.mark.parametrize(("units", "width"), [(1024, 352), (256, 352), (1000, 333)])
def test_an_envelope_covers_all_its_units(units: int, width: int, chart_of: MakeChart) -> None:
    """Brute force: a pixel's bar reaches over the bars of all units that begin in it."""
    chart = chart_of(units, width=width)
    given = values(units, -1, 1)
    chart.show("bar", given)
    starts = chart.axis.pool_starts().tolist()
    rectangles = chart["bar"].rectangles()
    assert len(rectangles) == chart.axis.plot_width
    for (x, y, w, h), a, b in zip(rectangles, starts, [*starts[1:], units], strict=True):
        pool = [0.0, *given[a : max(a + 1, b)].tolist()]
        assert (x, w) == (RECT.left() + rectangles[:, 0].tolist().index(x), 1)
        assert y == pytest.approx(pixel(max(pool), -1, 1), abs=1e-3)
        assert y + h == pytest.approx(pixel(min(pool), -1, 1), abs=1e-3)


def test_only_the_units_zoomed_to_are_drawn(chart_of: MakeChart) -> None:
    chart = chart_of(1024)
    axis = UnitAxis(chart.axis.units, chart.axis.width, 490, 16)
    chart.place(RECT, axis, -1, 1)
    given = values(1024, -1, 1)
    chart.show("bar", given)
    shown = given[axis.visible]
    assert len(shown) == len(chart["bar"].rectangles()) == 16
    for (_, y, _, h), value in zip(chart["bar"].rectangles(), shown, strict=True):
        assert (y if value > 0 else y + h) == pytest.approx(pixel(value, -1, 1), abs=1e-3)


def test_hidden_charts_draw_nothing(chart_of: MakeChart) -> None:
    chart = chart_of(16)
    chart.show("bar", values(16, -1, 1))
    chart.hide()
    assert len(chart["bar"].rectangles()) == 0
    chart.show("bar", values(16, -1, 1))
    assert len(chart["bar"].rectangles()) == 16


def test_the_pixels_painted(chart_of: MakeChart) -> None:
    """Of 30 pixels a unit of value: blue from zero up to the value, white elsewhere."""
    chart = chart_of(16)
    given = np.linspace(-1, 1, 16).astype(np.float32)
    chart.show("bar", given)
    image = QImage(440, 200, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    chart.paint(painter)
    painter.end()
    for unit, value in enumerate(given.tolist()):
        x = int(RECT.left() + chart.axis.center(unit))
        column = [image.pixelColor(x, y) for y in range(image.height())]
        rows = [y for y, color in enumerate(column) if color == BLUE]
        assert abs(len(rows) - abs(value) * 30) <= 2
        if rows:
            top = 130 - max(0.0, value) * 30
            assert abs(rows[0] - top) <= 1
        gap = int(RECT.left() + chart.axis.left(unit))
        assert image.pixelColor(gap, 129) == QColor("white")
