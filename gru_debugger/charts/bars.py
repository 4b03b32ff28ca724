"""Bars over the unit axis: one draw call a colour, in whole pixels of the scene."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from gru_debugger.charts import hatch
from gru_debugger.charts.axis import UnitAxis

Values = NDArray[np.floating]
Pixels = NDArray[np.float64] | float  # of each bar, or of all
_ALL, _NONE = slice(None), slice(0)  # bars


class Series:
    """Bars of one colour as one draw call, on pyqtgraph's array of rectangles.

    BarGraphItem's way of taking heights costs more than drawing them: it works out all four
    edges anew and looks for a ViewBox. Here only the two that a step changes are written. It is no
    item of the scene either, which would call each of some thirty by itself.
    """

    def __init__(self, share: float, z: float) -> None:
        self.share = share  # of a unit's pixels that a bar takes
        self.z = z  # above which others of its chart it is painted
        self.bounds = QRectF()
        self._rects = internals.PrimitiveArray(QRectF, 4)
        self._left = self._wide = np.zeros(0)
        self.clear()
        self._pen, self._brush = QPen(Qt.PenStyle.NoPen), QBrush()
        self._outlined = False
        self._hatch: QPen | None = None

    def paint_with(
        self, fill: QColor | None, outline: QColor | None, hatch: QColor | None = None
    ) -> None:
        """A brush, a hair line, lines aslant, or several of these."""
        self._hatch = None if hatch is None else QPen(hatch, 1)
        self._pen = QPen(Qt.PenStyle.NoPen) if outline is None else QPen(outline, 1)
        self._brush = QBrush() if fill is None else QBrush(fill)
        self._outlined = outline is not None

    def place(self, bounds: QRectF, axis: UnitAxis) -> None:
        self.bounds = bounds
        left, wide = axis.bars(self.share)
        inset = 0.5 * (self._outlined & (axis.slots.pitch >= 6))
        self._left, self._wide = bounds.left() + left + inset, wide - 2 * inset
        self._hold(_NONE)

    def _hold(self, bars: slice | NDArray[np.bool_]) -> None:
        """Make room for these; what is drawn stays where it is from step to step."""
        left, wide = self._left[bars], self._wide[bars]
        self._rects.resize(len(left))
        memory = self._memory = self._rects.ndarray()
        self._tops, self._heights = memory[:, 1], memory[:, 3]
        self._drawn = self._rects.drawargs()
        if len(left):
            memory[:, 0], memory[:, 2] = left, wide

    def set_spans(
        self, top: Pixels, bottom: Pixels, where: NDArray[np.bool_] | None = None
    ) -> None:
        """Draw from `top` to `bottom`, pixels of the scene; `where`: which bars these are of."""
        if where is not None:
            self._hold(where)
        elif len(self._memory) != len(self._left):
            self._hold(_ALL)
        self._tops[:] = top
        np.subtract(bottom, top, out=self._heights)

    def clear(self) -> None:
        self._hold(_NONE)

    def rectangles(self) -> NDArray[np.float64]:
        """(bars, 4): left, top, width and height in pixels of the scene."""
        return np.array(self._memory)

    def paint(self, painter: QPainter) -> None:
        if not len(self._memory):
            return
        painter.setPen(self._pen)
        painter.setBrush(self._brush)
        painter.drawRects(*self._drawn)
        if self._hatch is not None:
            painter.setPen(self._hatch)
            painter.drawLines(hatch.lines(self._memory))


class BarChart:
    """Several series of bars over one axis in one rectangle; `low`..`high` is the value range."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}
        self.stacked: list[Series] = []  # the lowest first
        self.rect = QRectF()
        self.axis = UnitAxis(1, 1)
        self.low, self.high = -1.0, 1.0
        self._pixels: NDArray[np.intp] | None = None  # where each pixel's units begin, if several

    def series(
        self,
        name: str,
        fill: QColor | None,
        outline: QColor | None = None,
        share: float = 14 / 22,
        z: float = 0,
        hatch: QColor | None = None,
    ) -> None:
        """Make a series, or give an old one new colours."""
        made = name not in self._series
        if made:
            self._series[name] = Series(share, z)
            self.stacked = sorted(self._series.values(), key=lambda series: series.z)
        self._series[name].paint_with(fill, outline, hatch)
        if made and not self.rect.isEmpty():  # since the others were placed
            self._series[name].place(self.rect, self.axis)

    def __getitem__(self, name: str) -> Series:
        return self._series[name]

    def place(self, rect: QRectF, axis: UnitAxis, low: float, high: float) -> None:
        """Take a rectangle and a value range; the bars come with the next values."""
        self.rect, self.axis, self.low, self.high = rect, axis, low, high
        self._scale = -rect.height() / (high - low)
        self._zero = rect.top() - self._scale * high
        self._top, self._bottom = rect.top(), rect.bottom()
        self._middle = self.y(0.0)
        edges = self._scale, self._zero, self._top, self._bottom
        self._edges = [np.array(edge) for edge in edges]  # numpy takes as long to make these
        self._visible = axis.visible
        self._pixels = axis.pool_starts()
        for series in self._series.values():
            series.place(rect, axis)

    def paint(self, painter: QPainter) -> None:
        whole = self._pixels is not None  # an envelope's bars are a pixel wide
        if whole:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for series in self.stacked:
            series.paint(painter)
        if whole:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def value(self, y: float) -> float:
        """What stands at a height of the scene, within the range."""
        return min(self.high, max(self.low, (y - self._zero) / self._scale))

    def y(self, value: float) -> float:
        return min(self._bottom, max(self._top, self._zero + self._scale * value))

    def ys(self, values: Values) -> NDArray[np.float64]:
        """Pixels of values, those beyond the range at its edge."""
        scale, zero, top, bottom = self._edges
        y: NDArray[np.float64] = np.multiply(values, scale, dtype=np.float64)
        y += zero
        np.maximum(y, top, out=y)  # np.clip takes as long as all the rest
        np.minimum(y, bottom, out=y)
        return y

    def show(self, name: str, ends: Values, starts: Values | None = None) -> None:
        """Bars from `starts` (zero) to `ends`, values of all units."""
        a = self.ys(ends[self._visible])
        b: Any = self._middle if starts is None else self.ys(starts[self._visible])
        self._draw(name, np.minimum(a, b), np.maximum(a, b))

    def show_signs(self, above: str, below: str, values: Values) -> None:
        """Bars from zero, those of positive values in one series, of negative ones in another."""
        y, zero = self.ys(values[self._visible]), self._middle
        self._draw(above, np.minimum(y, zero), zero)
        self._draw(below, zero, np.maximum(y, zero))

    def mark(
        self, name: str, values: Values, thickness: float, where: NDArray[np.bool_] | None = None
    ) -> None:
        """A flat mark at each value, `thickness` pixels high; of the units that `where` has."""
        y, half = self.ys(values[self._visible]), thickness / 2
        self._draw_some(name, y - half, y + half, where)

    def show_some(self, name: str, ends: Values, where: NDArray[np.bool_] | None) -> None:
        """Bars from zero of the units that `where` has; None: of all."""
        y, zero = self.ys(ends[self._visible]), self._middle
        self._draw_some(name, np.minimum(y, zero), np.maximum(y, zero), where)

    def apart(self, values: Values, others: Values, pixels: float) -> NDArray[np.bool_]:
        """Which units' values are drawn so far apart, of all units."""
        return np.asarray(np.abs(self.ys(values) - self.ys(others)) > pixels)

    def empty(self, *names: str) -> None:
        """Draw nothing of these, where they are there at all."""
        for name in names:
            if name in self._series:
                self._series[name].clear()

    def _draw(self, name: str, top: Pixels, bottom: Pixels) -> None:
        if self._pixels is not None:  # an envelope: all that the pixel's units cover
            if isinstance(top, np.ndarray):
                top = np.minimum.reduceat(top, self._pixels)
            if isinstance(bottom, np.ndarray):
                bottom = np.maximum.reduceat(bottom, self._pixels)
        self._series[name].set_spans(top, bottom)

    def _draw_some(
        self,
        name: str,
        top: NDArray[np.float64],
        bottom: NDArray[np.float64],
        where: NDArray[np.bool_] | None,
    ) -> None:
        """Of the units that `where` has; None: of all. Of a pixel's units it covers these alone."""
        if where is None:
            self._draw(name, top, bottom)
            return
        drawn = where[self._visible]
        if self._pixels is not None:
            top = np.minimum.reduceat(np.where(drawn, top, np.inf), self._pixels)
            bottom = np.maximum.reduceat(np.where(drawn, bottom, -np.inf), self._pixels)
            drawn = bottom >= top
        self._series[name].set_spans(top[drawn], bottom[drawn], drawn)

    def hide(self) -> None:
        """Draw nothing until the next values."""
        for series in self._series.values():
            series.clear()
