"""Bars over the unit axis: one draw call a colour, in whole pixels of the scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsItem

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.pixels import InPixels

Values = NDArray[np.floating]


class Series(InPixels, pg.BarGraphItem):  # type: ignore[misc]
    """Bars of one colour. Its bounds are the chart's, so that a step never moves the scene."""

    def __init__(self, z: float = 0) -> None:
        self._bounds = QRectF()
        super().__init__(x0=np.zeros(0), width=np.zeros(0), y0=np.zeros(0), height=np.zeros(0))
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def place(self, bounds: QRectF) -> None:
        self.prepareGeometryChange()
        self._bounds = bounds

    def paint_with(self, fill: QColor | None, outline: QColor | None = None) -> None:
        """A brush without a pen, or a hair line without a brush."""
        pen = QPen(Qt.PenStyle.NoPen) if outline is None else QPen(outline, 1)
        self.setOpts(pen=pen, brush=QColor(0, 0, 0, 0) if fill is None else fill)


@dataclass
class Span:
    """A series and how it reads its two ends from a step's values, in the chart's units."""

    series: Series
    share: float
    outline: bool = False


class BarChart:
    """Several series of bars over one axis in one rectangle; `low`..`high` is the value range."""

    def __init__(self, add: Callable[[QGraphicsItem], object]) -> None:
        self._add = add
        self._spans: dict[str, Span] = {}
        self.rect = QRectF()
        self.axis = UnitAxis(1, 1)
        self.low, self.high = -1.0, 1.0

    def series(self, name: str, fill: QColor | None, outline: QColor | None = None,
               share: float = 14 / 22, z: float = 0) -> None:  # fmt: skip
        """Make a series, or give an old one new colours."""
        if name not in self._spans:
            span = self._spans[name] = Span(Series(z), share, outline is not None)
            self._add(span.series)
        self._spans[name].series.paint_with(fill, outline)

    def place(self, rect: QRectF, axis: UnitAxis) -> None:
        self.rect, self.axis = rect, axis
        for span in self._spans.values():
            span.series.place(rect.adjusted(-2, -2, 2, 2))

    def set_range(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def y(self, value: float) -> float:
        share = (self.high - value) / (self.high - self.low)
        return self.rect.top() + min(1.0, max(0.0, share)) * self.rect.height()

    def ys(self, values: Values) -> NDArray[np.float64]:
        share = (self.high - values.astype(np.float64)) / (self.high - self.low)
        return self.rect.top() + np.clip(share, 0.0, 1.0) * self.rect.height()

    def show(self, name: str, ends: Values, starts: Values | float = 0.0) -> None:
        """Bars from `starts` to `ends`, values of all units; envelopes where units share pixels."""
        span = self._spans[name]
        visible = self.axis.visible
        a = self.ys(ends[visible])
        start = np.full(len(a), starts) if isinstance(starts, float) else starts[visible]
        b = self.ys(start)
        top, bottom = np.minimum(a, b), np.maximum(a, b)
        if self.axis.pooled:
            at = self.axis.pool_starts()
            top, bottom = np.minimum.reduceat(top, at), np.maximum.reduceat(bottom, at)
        self._draw(span, top, bottom)

    def mark(self, name: str, values: Values, thickness: float) -> None:
        """A flat mark at each value, `thickness` pixels high."""
        y = self.ys(values[self.axis.visible])
        top, bottom = y - thickness / 2, y + thickness / 2
        if self.axis.pooled:
            at = self.axis.pool_starts()
            top, bottom = np.minimum.reduceat(top, at), np.maximum.reduceat(bottom, at)
        self._draw(self._spans[name], top, bottom)

    def _draw(self, span: Span, top: NDArray[np.float64], bottom: NDArray[np.float64]) -> None:
        left, wide = self.axis.bars(span.share)
        inset = 0.5 if span.outline and self.axis.pitch >= 6 else 0.0
        span.series.setOpts(
            x0=self.rect.left() + left + inset, width=wide - 2 * inset, y0=top, height=bottom - top
        )

    def hide(self) -> None:
        """Draw nothing until the next values."""
        none = np.zeros(0)
        for span in self._spans.values():
            span.series.setOpts(x0=none, width=none, y0=none, height=none)
