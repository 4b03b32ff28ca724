"""Signs: the pixels that are kept are those of the shape, wherever it lies."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from gru_debugger.charts import stamps

pytestmark = pytest.mark.usefixtures("screen")
LINE, FILL = QColor("#d55e00"), QColor("#3f2a6b")
MIDDLES = [(20.5 + 20 * i, 20 + i / 7) for i in range(8)]
MIDDLES += [(20 + 20.3 * i, 50.5) for i in range(8)]


def draw_shapes(painter: QPainter) -> None:
    painter.setPen(QPen(LINE, 1.2))
    painter.setBrush(FILL)
    for x, y in MIDDLES:
        painter.drawEllipse(QPointF(x, y), 3.2, 3.2)
    for x, y in MIDDLES:
        path = QPainterPath(QPointF(x - 3, y + 9))
        path.lineTo(x + 3, y + 9)
        path.lineTo(x, y + 13)
        painter.fillPath(path, LINE)


def pixels(way: str, scale: int) -> NDArray[np.int64]:
    image = QImage(200 * scale, 70 * scale, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    if way == "stamps":
        stamps.rings(painter, MIDDLES, LINE, FILL)
        stamps.tips(painter, [(x, y + 9) for x, y in MIDDLES], LINE)
    else:
        draw_shapes(painter)
    painter.end()
    found = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return found.astype(np.int64)


@pytest.mark.parametrize(("scale", "apart"), [(1, 34), (2, 0)])
def test_they_are_circles_and_triangles(scale: int, apart: int) -> None:
    """To a sixteenth of a pixel where they are kept; a quarter of one is off by more than twice
    as much."""
    kept, drawn = pixels("stamps", scale), pixels("shapes", scale)
    assert (drawn != 255).any()
    assert np.abs(kept - drawn).max() <= apart
