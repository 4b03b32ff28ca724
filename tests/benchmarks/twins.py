"""The cell view's bars and images as bare pyqtgraph and as matplotlib have them, to be timed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from figures import SYMBOLS
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication

from gru_debugger.charts.bars import Series
from gru_debugger.charts.heatmap import HeatMap
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.weights import WeightRow

WIDTH, HEIGHT = 1600, 1000
Rectangles = NDArray[np.float64]


@dataclass
class Bars:
    """One series: its chart's rectangle and the bars (left, top, width, height) of each step."""

    rect: QRectF
    outlined: bool
    steps: list[Rectangles]


@dataclass
class Image:
    """One picture that changes with each step."""

    rect: QRectF
    steps: list[NDArray[np.float32]]


@dataclass
class Items:
    bars: list[Bars]
    images: list[Image]


def items_of(pane: ColumnsPane, units: int, step: Any, steps: int = 4) -> Items:
    """What a pane shows in some steps: as many bars a series as units, images in full."""
    drawn: list[tuple[dict[Series, Rectangles], dict[HeatMap, NDArray[np.uint8]]]] = []
    for _ in range(steps):
        step()
        QApplication.processEvents()
        charts = [row.chart for row in pane.shown_rows() if isinstance(row, BarRow)]
        series = {s: s.rectangles() for chart in charts for s in chart.stacked}
        weights = [row for row in pane.shown_rows() if isinstance(row, WeightRow)]
        maps = {m: m.indices() for row in weights for m in (row.map, row.met) if m.visible}
        drawn.append((series, maps))
    first_series, first_maps = drawn[0]
    bars = [
        Bars(
            s.bounds.adjusted(-2, -2, 2, 2), _outlined(s),
            [_spread(step[0][s], units) for step in drawn],
        )
        for s in first_series
        if all(len(step[0].get(s, ())) for step in drawn)  # a reference's lines come and go
    ]
    changing = [m for m, first in first_maps.items() if not np.array_equal(drawn[1][1][m], first)]
    images = [
        Image(m.rect, [_enlarged(step[1][m], units) for step in drawn]) for m in changing
    ]
    return Items(bars, images)


def _outlined(series: Series) -> bool:
    return series.z == 1 and series.share == 18 / 22


def _spread(rectangles: Rectangles, units: int) -> Rectangles:
    """A bar a unit, where ours draws one a pixel."""
    if len(rectangles) >= units:
        return rectangles
    out = rectangles[np.arange(units) * len(rectangles) // units]
    left, right = rectangles[0, 0], rectangles[-1, 0] + rectangles[-1, 2]
    out[:, 2] = (right - left) / units
    out[:, 0] = left + np.arange(units) * out[:, 2]
    return out


def _enlarged(indices: NDArray[np.uint8], units: int) -> NDArray[np.float32]:
    """The matrix in full, where ours draws one cell a pixel."""
    values = indices.astype(np.float32) / 127 - 1
    rows, columns = indices.shape
    high = rows if rows in (units, len(SYMBOLS)) else units
    wide = 1 if columns == 1 else units
    return values[np.arange(high) * rows // high][:, np.arange(wide) * columns // wide].copy()


class Bare:
    """One scene of bare ViewBoxes: a BarGraphItem a series, an ImageItem a changing image."""

    def __init__(self, items: Items) -> None:
        pg.setConfigOptions(background="w", imageAxisOrder="row-major")
        self._at = 0
        self.widget = pg.GraphicsLayoutWidget()
        self.widget.resize(WIDTH, HEIGHT)
        self._boxes: dict[tuple[float, ...], pg.ViewBox] = {}
        self._bars = [(self._bar_item(bars), bars.steps) for bars in items.bars]
        self._images = [(self._image_item(image), image.steps) for image in items.images]
        self.widget.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.widget.show()
        QApplication.processEvents()

    def _box(self, rect: QRectF) -> pg.ViewBox:
        """One ViewBox a chart, whose data are pixels of the scene."""
        if rect.getRect() not in self._boxes:
            box = pg.ViewBox(enableMenu=False, enableMouse=False, invertY=True, defaultPadding=0)
            self.widget.scene().addItem(box)
            box.setGeometry(rect)
            box.setRange(rect, padding=0, disableAutoRange=True)
            self._boxes[rect.getRect()] = box
        return self._boxes[rect.getRect()]

    def _bar_item(self, bars: Bars) -> pg.BarGraphItem:
        x, y, w, h = bars.steps[0].T
        pen, brush = (pg.mkPen("k"), None) if bars.outlined else (None, "b")
        item = pg.BarGraphItem(x0=x, width=w, y0=y, height=h, pen=pen, brush=brush)
        self._box(bars.rect).addItem(item, ignoreBounds=True)
        return item

    def _image_item(self, image: Image) -> pg.ImageItem:
        item = pg.ImageItem(image.steps[0], levels=(-1, 1))
        item.setLookupTable(np.random.default_rng(0).integers(0, 255, (256, 3), np.uint8))
        item.setRect(image.rect)
        self._box(image.rect).addItem(item, ignoreBounds=True)
        return item

    def step(self) -> None:
        """Change every bar and image, and paint."""
        self._at += 1
        for item, steps in self._bars:
            _, y, _, h = steps[self._at % len(steps)].T
            item.setOpts(y0=y, height=h)
        for image, pictures in self._images:
            image.setImage(pictures[self._at % len(pictures)], autoLevels=False)
        QApplication.processEvents()


class Matplotlib:
    """One figure in a window, an axes a chart, as matplotlib makes them."""

    def __init__(self, items: Items) -> None:
        self._at = 0
        self._figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
        self.canvas = FigureCanvasQTAgg(self._figure)
        self._axes: dict[tuple[float, ...], Any] = {}
        self._bars = [(self._container(bars), bars.steps) for bars in items.bars]
        self._images = [
            (self._axis(i.rect).imshow(i.steps[0], "RdBu", aspect="auto", vmin=-1, vmax=1), i.steps)
            for i in items.images
        ]
        self.canvas.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.canvas.show()
        QApplication.processEvents()

    def _axis(self, rect: QRectF) -> Any:
        if rect.getRect() not in self._axes:
            x, y, w, h = rect.getRect()
            place = (x / WIDTH, 1 - (y + h) / HEIGHT, w / WIDTH, h / HEIGHT)
            axes = self._axes[rect.getRect()] = self._figure.add_axes(place)
            axes.set(xlim=(x, x + w), ylim=(y + h, y), autoscale_on=False)
        return self._axes[rect.getRect()]

    def _container(self, bars: Bars) -> Any:
        x, y, w, h = bars.steps[0].T
        return self._axis(bars.rect).bar(x, h, w, y, align="edge")

    def step(self) -> None:
        self._at += 1
        for container, steps in self._bars:
            for patch, (_, y, _, h) in zip(
                container, steps[self._at % len(steps)].tolist(), strict=True
            ):
                patch.set_y(y)
                patch.set_height(h)
        for image, pictures in self._images:
            image.set_data(pictures[self._at % len(pictures)])
        self.canvas.draw()
        QApplication.processEvents()
