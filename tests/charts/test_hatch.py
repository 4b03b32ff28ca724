"""Lines aslant: inside their rectangles, evenly, and drawn where a bar is hatched."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from gru_debugger.charts import hatch
from gru_debugger.charts.bars import Series


def test_lines_cross_their_rectangle_and_go_on_in_the_next() -> None:
    rects = np.array([[3.5, 10, 14, 40], [30, 2, 5, 3], [60, 5, 9, 0]], float)
    found = hatch.lines(rects)
    for line in found:
        assert line.x1() + line.y1() == pytest.approx(line.x2() + line.y2())
        assert (line.x1() + line.y1()) % hatch.APART == pytest.approx(0)
        inside = [
            all(
                x <= a <= x + w and y <= b <= y + h
                for a, b in (line.p1().toTuple(), line.p2().toTuple())
            )
            for x, y, w, h in rects
        ]
        assert sum(inside) == 1
        x, y, w, h = rects[inside.index(True)]
        ends = {
            line.x1() in (x, x + w) or line.y1() in (y, y + h),
            line.x2() in (x, x + w) or line.y2() in (y, y + h),
        }
        assert ends == {True}, "from edge to edge"
    sums = [k for k in range(14, 68) if k % hatch.APART == 0] + [35]
    assert len(found) == len(sums)


@pytest.mark.usefixtures("screen")
def test_a_hatched_series_draws_them() -> None:
    red, blue = QColor("#ff0000"), QColor("#0000ff")

    def pixels(color: QColor | None) -> set[int]:
        series = Series(1.0, 0)
        series.paint_with(red, None, color)
        series._left, series._wide = np.array([0.0]), np.array([20.0])
        series.set_spans(np.array([0.0]), np.array([20.0]))
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        series.paint(painter)
        painter.end()
        return {QColor(image.pixel(x, y)).blue() for x in range(20) for y in range(20)}

    assert pixels(None) == {0}
    assert max(pixels(blue)) > 100
