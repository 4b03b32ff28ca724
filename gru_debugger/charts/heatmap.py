"""A matrix as colours: fixed symmetric levels, and pooling that keeps the largest weight's sign."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEngine

from gru_debugger.charts.pixels import InPixels
from gru_debugger.charts.theme import diverging_map

Matrix = NDArray[np.floating]

_VECTOR = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)
_CELLS = 6000  # more are drawn as the image, whose cells are a pixel then


class HeatMap(InPixels, pg.ImageItem):  # type: ignore[misc]
    """An image in the scene's pixels; row 0 on top, column 0 left."""

    def __init__(self, z: float = 0) -> None:
        super().__init__(axisOrder="row-major", autoDownsample=False)
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setAcceptHoverEvents(False)
        self._theme, self._level = "light", 1.0
        self._shown: Matrix = np.zeros((0, 0))

    def use_theme(self, name: str) -> None:
        self._theme = name
        self.setLookupTable(diverging_map(name))

    def show_matrix(self, matrix: Matrix, rect: QRectF, level: float) -> None:
        """Draw (rows, columns) on `rect`, colours from −level to level."""
        small = pool(matrix, max(1, int(rect.height())), max(1, int(rect.width())))
        self._shown, self._level = small, level
        self.setImage(small, autoLevels=False, levels=(-level, level))
        self.setRect(rect)
        self.setVisible(True)

    def paint(self, painter: QPainter, *args: object) -> None:
        vector = painter.paintEngine().type() in _VECTOR
        if vector and self._shown.size <= _CELLS:
            self._paint_cells(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        super().paint(painter, *args)

    def _paint_cells(self, painter: QPainter) -> None:
        """A rectangle a cell: a viewer would blur a small image when it enlarges it."""
        colors = diverging_map(self._theme)
        index = np.rint((self._shown / self._level).clip(-1, 1) * 127 + 127).astype(int)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row, indices in enumerate(index.tolist()):
            for column, i in enumerate(indices):
                painter.fillRect(QRectF(column, row, 1, 1), QColor(*colors[i].tolist()))


def pool(matrix: Matrix, rows: int, columns: int) -> Matrix:
    """At most rows × columns values: of each block the one of the largest magnitude, its sign kept.

    Rows first, where whole rows are compared at once; only what is left is pooled along the other.
    """
    return _pool_rows(_pool_rows(matrix, rows).T, columns).T


def _pool_rows(matrix: Matrix, rows: int) -> Matrix:
    count = len(matrix)
    if count <= rows:
        return matrix
    edges = np.arange(rows + 1) * count // rows
    out = np.empty((rows, matrix.shape[1]), matrix.dtype)
    for i in range(rows):
        block = matrix[edges[i] : edges[i + 1]]
        high, low = block.max(axis=0), block.min(axis=0)
        out[i] = np.where(high >= -low, high, low)
    return out
