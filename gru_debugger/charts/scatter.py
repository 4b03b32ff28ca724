"""Dots in pixels of the scene, by pyqtgraph's scatter plot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import ScatterPlotItem
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

Floats = NDArray[np.float64]


class Scatter:
    """All dots of one colour and size; painted in a layer, since the scene's own items are
    painted anew with every step."""

    def __init__(self) -> None:
        self._item = ScatterPlotItem(
            pxMode=False, pen=QPen(Qt.PenStyle.NoPen), antialias=True
        )
        self._x = self._y = np.zeros(0)

    def place(self, x: Floats, y: Floats, color: QColor, radius: float) -> None:
        """Middles (dots,) in pixels; what is not finite is not drawn."""
        self._x, self._y = x, y
        drawn = np.isfinite(x) & np.isfinite(y)
        self._item.setData(x=x[drawn], y=y[drawn], size=2 * radius, brush=color)

    def paint(self, p: QPainter) -> None:
        p.save()
        self._item.paint(p, QStyleOptionGraphicsItem(), None)
        p.restore()

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
