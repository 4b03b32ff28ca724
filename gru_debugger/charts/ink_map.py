"""A matrix of magnitudes as ink on the panel's ground, on a logarithmic scale."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from gru_debugger.charts.heatmap import HeatMap, Matrix
from gru_debugger.charts.theme import THEMES, mixed

DECADES = 3  # from nothing to all of the ink


class InkMap(HeatMap):
    """As `HeatMap`, of values above zero: `level` is the darkest, a thousandth of it nothing."""

    def use_theme(self, name: str) -> None:
        theme = THEMES[name]
        ramp = [mixed(theme.panel, theme.h, max(0.0, (i - 127) / 127)) for i in range(255)]
        self._colors, self._table = ramp, np.array([one.rgb() for one in ramp], np.uint32)
        self._color()

    def color(self, share: float) -> QColor:
        """Of a place on the scale, 0..1."""
        return self._colors[127 + round(127 * share)]

    def show_magnitudes(self, matrix: Matrix, rect: QRectF, level: float) -> None:
        """Draw |values| (rows, columns) on `rect`."""
        with np.errstate(divide="ignore"):
            decades = np.log10(np.abs(matrix) / (level or 1.0)) / DECADES + 1
        self.show_matrix(decades.clip(0, 1).astype(np.float32), rect, 1)
