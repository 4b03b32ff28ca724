"""Dots in pixels of the scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import boxes

Floats = NDArray[np.float64]


class Scatter:
    """All dots of one colour and size. Not by pyqtgraph's scatter plot, which is made to be kept:
    of dots that stand elsewhere each time it takes seven times as long."""

    def __init__(self) -> None:
        self._x = self._y = np.zeros(0)
        self._color, self._radius = QColor(), 0.0

    def place(self, x: Floats, y: Floats, color: QColor, radius: float) -> None:
        """Middles (dots,) in pixels; what is not finite is not drawn."""
        self._x, self._y, self._color, self._radius = x, y, color, radius

    def paint(self, p: QPainter) -> None:
        p.setPen(boxes.NO_PEN)
        p.setBrush(self._color)
        drawn, radius = np.isfinite(self._x) & np.isfinite(self._y), self._radius
        for x, y in zip(self._x[drawn].tolist(), self._y[drawn].tolist(), strict=True):
            p.drawEllipse(QPointF(x, y), radius, radius)

    def __len__(self) -> int:
        return len(self._x)

    def middle(self, dot: int) -> QPointF:
        return QPointF(float(self._x[dot]), float(self._y[dot]))

    def at(self, point: QPointF, reach: float) -> int | None:
        """The nearest dot that is no further off."""
        if not len(self._x):
            return None
        apart = np.hypot(self._x - point.x(), self._y - point.y())
        apart[np.isnan(apart)] = np.inf
        nearest = int(apart.argmin())
        return nearest if apart[nearest] <= reach else None
