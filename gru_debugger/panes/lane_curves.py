"""What lanes look like: stepped lines, ticks where a condition holds, letters, a unit's state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gru_debugger.charts import cuts, fonts
from gru_debugger.numerals import grouped
from gru_debugger.panes.lane_places import LOW, LanePlaces
from gru_debugger.session.marks import Lane

if TYPE_CHECKING:
    from gru_debugger.questions.lane_runs import LaneRun

_INSET = 4  # pixels of a lane that its curve leaves free above and below
_BLEND = 7  # pixels of what is kept and taken, below a unit's state


class LaneCurves(LanePlaces):
    """Paints the values of the rows that are in sight, each on its character's column."""

    _begin = 0  # the row, from 0, of the first values

    def _paint_values(
        self, p: QPainter, run: LaneRun, rect: QRectF, values: NDArray[Any]
    ) -> None:
        if values.dtype == object:
            self._paint_texts(p, rect, values)
        elif run.unit is not None and rect.height() >= LOW:
            self._paint_unit(p, run, rect, values)
        else:
            color = self._pane.theme.take if run.follows else self._pane.theme.r
            self._paint_numbers(p, run, rect.adjusted(0, _INSET, 0, -_INSET), values, color)

    def _paint_condition(self, p: QPainter, index: int, values: NDArray[np.bool_]) -> None:
        """Ticks where it holds: of an armed one those at which a run halts in the stops' colour."""
        pane, lane = self._pane, self._pane.session.marks.lanes[index]
        if lane.armed or pane.interactive:
            self._paint_arm(p, self.arm(index), lane)
        halts = values
        if lane.every > 1:
            halts = self.runs[index].halts(self._begin, self._begin + len(values), lane.every)
        rect, theme = self.rect(index), pane.theme
        high = min(14.0, rect.height() - 8)
        p.setPen(Qt.PenStyle.NoPen)
        for (x, true), halt in zip(self._columns(values), halts, strict=True):
            middle = x + pane.cell / 2
            if true:
                p.setBrush(theme.error if lane.armed and halt else theme.r)
                tick = QRectF(middle - 4, rect.center().y() - high / 2, 8, high)
                p.drawRoundedRect(tick, 2, 2)
            else:
                p.fillRect(QRectF(middle - 4, rect.center().y(), 8, 1), theme.grid)

    def _paint_arm(self, p: QPainter, box: QRectF, lane: Lane) -> None:
        """A dot, or a pill that says at how many hits each; hollow where it is not armed."""
        theme = self._pane.theme
        p.setPen(Qt.PenStyle.NoPen if lane.armed else QPen(theme.ticks, 1.5))
        p.setBrush(theme.error if lane.armed else Qt.BrushStyle.NoBrush)
        inset = 0 if lane.armed else 0.75
        inner, round_by = box.adjusted(inset, inset, -inset, -inset), box.height() / 2 - inset
        p.drawRoundedRect(inner, round_by, round_by)
        if lane.every > 1:
            color = theme.panel if lane.armed else theme.ticks
            fonts.centred(p, box, grouped(lane.every), color, fonts.MONO, 10, 600)

    def _paint_texts(self, p: QPainter, rect: QRectF, values: NDArray[Any]) -> None:
        for x, symbol in self._columns(values):
            if symbol is not None:
                shown, pixels = fonts.symbol(str(symbol), self._pane.cell - 3, 13)
                middle, baseline = x + self._pane.cell / 2, rect.center().y() + 4.5
                color = self._pane.theme.text
                fonts.text(p, middle, baseline, shown, color, fonts.MONO, pixels, align="center")

    def _paint_unit(self, p: QPainter, run: LaneRun, rect: QRectF, values: NDArray[Any]) -> None:
        """The state as a curve; below it what was kept and taken, in the blend's colours."""
        theme, high = self._pane.theme, rect.height() - _BLEND - 5
        self._paint_numbers(
            p, run, QRectF(rect.left(), rect.top() + 3, rect.width(), high), values, theme.h, 105
        )
        kept = run.blend(self._begin, self._begin + len(values))
        top, wide = rect.bottom() - _BLEND - 1, self._pane.cell - 1
        for x, z in self._columns(kept):
            taken = _BLEND * (1 - min(max(float(z), 0.0), 1.0))
            p.fillRect(QRectF(x, top, wide, taken), theme.take)
            p.fillRect(QRectF(x, top + taken, wide, _BLEND - taken), theme.keep)

    def _paint_numbers(
        self,
        p: QPainter,
        run: LaneRun,
        rect: QRectF,
        values: NDArray[Any],
        color: QColor,
        alpha: int = 40,
    ) -> None:
        """Stepped lines, one a unit; of one alone what lies between it and zero is filled."""
        theme, (low, high) = self._pane.theme, run.axis
        scale = rect.height() / (high - low)

        def y(value: float) -> float:
            return rect.bottom() - (min(max(value, low), high) - low) * scale

        zero = y(0.0)
        p.fillRect(QRectF(rect.left(), zero, rect.width(), 1), theme.ticks)
        alone = values.ndim == 1
        fill = QColor(color)
        fill.setAlpha(alpha)
        for series in [values] if alone else values.T:
            path = QPainterPath()
            joined = False
            for x, value in self._columns(series):
                if not np.isfinite(value):
                    joined = False
                    continue
                at = y(float(value))
                if alone:
                    p.fillRect(QRectF(x, min(at, zero), self._pane.cell, abs(zero - at)), fill)
                (path.lineTo if joined else path.moveTo)(x, at)
                path.lineTo(x + self._pane.cell, at)
                joined = True
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(color, 1.5 if alone else 1))
            p.drawPath(path)
            self._paint_cuts(p, series, run.axis, rect)

    def _paint_cuts(
        self, p: QPainter, series: NDArray[Any], axis: tuple[float, float], rect: QRectF
    ) -> None:
        """An arrowhead on the line wherever it would go on beyond the axis."""
        cut = cuts.beyond(series, *axis) & np.isfinite(series)
        for (x, value), is_cut in zip(self._columns(series), cut, strict=True):
            if is_cut:
                above = value > axis[1]
                y, outwards = (rect.top(), -1) if above else (rect.bottom(), 1)
                cuts.chevron(p, x + self._pane.cell / 2, y + 3 * outwards, 4.0, -outwards)

    def _columns(self, values: NDArray[Any]) -> Iterator[tuple[float, Any]]:
        """Left edge and value of each step in sight."""
        for row, value in enumerate(values, self._begin):
            yield self._pane.x(row + 1), value
