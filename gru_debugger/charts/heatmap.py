"""A matrix as colours: fixed symmetric levels, and pooling that keeps the largest weight's sign."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import ndarray_to_qimage
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.theme import diverging_map

Matrix = NDArray[np.floating]

_VECTOR = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)
_NARROW = 16  # columns up to which reduceat is faster than a block after the other, if in C's order
_CELLS = 6000  # more are drawn as the image, whose cells are a pixel then


@cache
def _colors(theme: str) -> tuple[list[QColor], NDArray[np.uint32]]:
    """The map's colours, as such and as pixels."""
    colors = [QColor(*color) for color in diverging_map(theme).tolist()]
    return colors, np.array([color.rgb() for color in colors], np.uint32)


class HeatMap:
    """An image on whole pixels of the scene; row 0 on top, column 0 left.

    Of colours, not of indices: Qt enlarges those eight times as slowly.
    """

    def __init__(self) -> None:
        self.visible = True
        self.rect = QRectF()
        self._index: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        self._pixels: NDArray[np.uint32] = np.zeros((0, 0), np.uint32)
        self._image = QImage()
        self.use_theme("light")

    def use_theme(self, name: str) -> None:
        self._colors, self._table = _colors(name)
        self._color()

    def _color(self) -> None:
        self._table.take(self._index, out=self._pixels, mode="clip")  # others copy it once more

    def show_matrix(self, matrix: Matrix, rect: QRectF, level: float) -> None:
        """Draw (rows, columns) on `rect`, colours from −level to level."""
        small = pool(matrix, max(1, int(rect.height())), max(1, int(rect.width())))
        scaled = small * np.float32(127 / level)
        np.rint(scaled, out=scaled)
        scaled += 127
        scaled.clip(0, 254, out=scaled)
        if self._index.shape != scaled.shape:  # else the image's memory takes the new colours
            self._index = np.empty(scaled.shape, np.uint8)
            self._pixels = np.empty(scaled.shape, np.uint32)
            self._image = ndarray_to_qimage(self._pixels, QImage.Format.Format_RGB32)
        self._index[...] = scaled
        self._color()
        self.rect, self.visible = rect, True

    def indices(self) -> NDArray[np.uint8]:
        """(rows, columns) drawn: 127 is zero."""
        return self._index.copy()

    def paint(self, painter: QPainter) -> None:
        if not self._index.size:
            return
        if self._index.size <= _CELLS and painter.paintEngine().type() in _VECTOR:
            self._paint_cells(painter)
        else:
            painter.drawImage(self.rect, self._image)

    def _paint_cells(self, painter: QPainter) -> None:
        """A rectangle a cell: a viewer would blur a small image when it enlarges it."""
        rows, columns = self._index.shape
        wide, high = self.rect.width() / columns, self.rect.height() / rows
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row, indices in enumerate(self._index.tolist()):
            for column, i in enumerate(indices):
                cell = QRectF(
                    self.rect.left() + column * wide, self.rect.top() + row * high, wide, high
                )
                painter.fillRect(cell, self._colors[i])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def pool(matrix: Matrix, rows: int, columns: int) -> Matrix:
    """At most rows × columns values: of each block the one of the largest magnitude, its sign kept.

    Rows first, where whole rows are compared at once; only what is left is pooled along the other.
    """
    return pool_columns(_pool_rows(matrix, rows), columns)


def pool_columns(matrix: Matrix, columns: int) -> Matrix:
    """At most so many columns, pooled in the same way."""
    return np.ascontiguousarray(_pool_rows(matrix.T, columns).T)


def columns_on(matrix: Matrix, axis: UnitAxis) -> Matrix:
    """(rows, shown units) -> columns as wide as one another, pooled where units share a pixel."""
    if len(axis.parts) == 1:
        return pool_columns(matrix, axis.plot_width)
    slots = axis.slots
    high = np.maximum.reduceat(matrix, slots.start, axis=1)
    low = np.minimum.reduceat(matrix, slots.start, axis=1)
    return np.repeat(np.where(high >= -low, high, low), slots.width.astype(np.intp), axis=1)


def _pool_rows(matrix: Matrix, rows: int) -> Matrix:
    count = len(matrix)
    if count <= rows:
        return matrix
    edges = np.arange(rows + 1) * count // rows
    if matrix.shape[1] <= _NARROW or matrix.flags.f_contiguous:
        high = np.maximum.reduceat(matrix, edges[:-1])
        low = np.minimum.reduceat(matrix, edges[:-1])
        return np.where(high >= -low, high, low)
    high, low = np.empty((2, rows, matrix.shape[1]), matrix.dtype)
    for i in range(rows):
        block = matrix[edges[i] : edges[i + 1]]
        block.max(axis=0, out=high[i])
        block.min(axis=0, out=low[i])
    return np.where(high >= -low, high, low)
