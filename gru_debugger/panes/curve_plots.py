"""σ and tanh, or what a model has in their place: a unit's sums on them, and below how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gru_debugger import phrases
from gru_debugger.charts import fonts, mathematics
from gru_debugger.core.activations import Role
from gru_debugger.core.axes import round_up
from gru_debugger.core.trace import Step
from gru_debugger.numerals import apart, brief
from gru_debugger.panes.pane import Pane
from gru_debugger.questions.curves import UnitCurves
from gru_debugger.questions.curves_in_words import Bent, named

HEIGHT, BELOW = 92, 52  # pixels of a curve, and of histograms and axis below it
_GAP, _EACH, _BETWEEN = 5, 15, 3  # pixels above the histograms, of one of two, and between them
_BIN = 4.6  # pixels of a bar, about
_POINTS = 161  # of a curve
_LABEL = 12  # pixels of a label's letters
_LINE, _DOT, _OVER = 15, 10, 6  # of its line, of its dot, and what it reaches beyond its plot
TITLE = 21  # pixels from a title's baseline to the plot below it
_ALPHA = 90  # of the stroke that says where the sums of the text lie


def reach(sums: Sequence[float]) -> float:
    """The end of the axis: the first of 5, 10, 20, 50, … that holds all sums."""
    largest = max((abs(one) for one in sums if np.isfinite(one)), default=0.0)
    return max(5.0, round_up(largest, (1, 2, 5)))


@dataclass(frozen=True)
class Plot:
    """One curve in its place, the quantities that it bends, and the end of its axis."""

    pane: Pane
    rect: QRectF
    role: Role
    quantities: tuple[Bent, ...]
    end: float

    @property
    def title(self) -> str:
        symbol = self.pane.activations.of_role(self.role).symbol
        if self.role == "gate":
            return phrases.told("gates: {function}", function=symbol)
        return phrases.told("candidate: {function}", function=symbol)

    def bend(self, sums: np.ndarray) -> np.ndarray:
        activations = self.pane.activations
        gate = self.role == "gate"
        return (activations.bend_gates if gate else activations.bend_candidate)(sums)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value shown: of an activation without bounds, what it comes to."""
        low, high = self.pane.activations.of_role(self.role).range
        if np.isfinite((low, high)).all():
            return low, high
        values = self.bend(np.linspace(-self.end, self.end, _POINTS))
        return float(values.min()), float(max(values.max(), values.min() + 1e-6))

    def x(self, total: float) -> float:
        share = (min(max(total, -self.end), self.end) / self.end + 1) / 2
        return self.rect.left() + self.rect.width() * share

    def y(self, value: float) -> float:
        low, high = self.ends
        share = (min(max(value, low), high) - low) / (high - low)
        return self.rect.bottom() - self.rect.height() * share

    def at(self, name: str, step: Step) -> QPointF:
        """Where a unit's sum and value of the step are."""
        total, value = (
            float(step.values[q][self.pane.session.unit]) for q in (f"sum_{name}", name)
        )
        return QPointF(self.x(np.nan_to_num(total)), self.y(np.nan_to_num(value)))

    def color(self, name: str) -> QColor:
        theme = self.pane.theme
        return {"r": theme.r, "z": theme.keep, "n": theme.take}[name]

    # What stays from step to step --------------------------------------------------------------

    def paint_standing(self, p: QPainter, curves: UnitCurves | None) -> None:
        theme, rect = self.pane.theme, self.rect
        room = rect.width() if len(self.quantities) == 1 else (
            self.label_place(self.quantities[0]).left() - rect.left() - 4)  # fmt: skip
        title, pixels = fonts.fitting(self.title, room, fonts.SANS, 11)
        fonts.text(p, rect.left(), rect.top() - TITLE, title, theme.muted, fonts.SANS, pixels)
        p.fillRect(rect, theme.role("panel"))
        self._paint_grid(p)
        if curves is not None:
            for name in self.quantities:
                if (between := curves.between(name)) is not None:
                    self._paint_range(p, name, *between)
        self._paint_curve(p, -self.end, self.end, QPen(theme.h, 1.6))
        for i, name in enumerate(self.quantities):
            self._paint_histogram(p, name, self._box(i), curves)

    def _paint_grid(self, p: QPainter) -> None:
        theme, rect, (low, high) = self.pane.theme, self.rect, self.ends
        middle = (low + high) / 2
        for value in (low, middle, high):
            y = self.y(value)
            p.fillRect(QRectF(rect.left(), y - 0.5, rect.width(), 1), theme.grid)
            words = brief(value, 2).replace("0.", ".")
            words, pixels = fonts.fitting(words, 22, fonts.TICKS, 10)
            fonts.text(p, rect.left() - 5, y + 3.5, words, theme.ticks, fonts.TICKS, pixels,
                       align="right")  # fmt: skip
        p.fillRect(QRectF(self.x(0) - 0.5, rect.top(), 1, rect.height()), theme.grid)
        for total in (-self.end, 0.0, self.end):
            fonts.text(p, self.x(total), rect.bottom() + BELOW, brief(total, 2), theme.ticks,
                       fonts.TICKS, 10, align="center")  # fmt: skip

    def _paint_curve(self, p: QPainter, first: float, last: float, pen: QPen) -> None:
        sums, (low, high) = np.linspace(first, last, _POINTS), self.ends
        across = (np.clip(sums / self.end, -1, 1) + 1) / 2 * self.rect.width()
        up = (np.clip(self.bend(sums), low, high) - low) / (high - low) * self.rect.height()
        places = zip((self.rect.left() + across).tolist(), (self.rect.bottom() - up).tolist(),
                     strict=True)  # fmt: skip
        points = [QPointF(x, y) for x, y in places]
        p.setPen(pen)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawPolyline(QPolygonF(points))

    def _paint_range(self, p: QPainter, name: str, low: float, high: float) -> None:
        """The part of the curve that the text's sums reach."""
        color = QColor(self.color(name))
        color.setAlpha(_ALPHA)
        pen = QPen(color, 6)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        wide = 2 * self.end / self.rect.width()  # a sum that never changes is a pixel at least
        self._paint_curve(p, low, max(high, low + wide), pen)

    def _box(self, i: int) -> QRectF:
        """Where a histogram stands."""
        high = _EACH if len(self.quantities) > 1 else 2 * _EACH + _BETWEEN
        top = self.rect.bottom() + _GAP + i * (_EACH + _BETWEEN)
        return QRectF(self.rect.left(), top, self.rect.width(), high)

    def _paint_histogram(
        self, p: QPainter, name: str, box: QRectF, curves: UnitCurves | None
    ) -> None:
        """Square roots: what is rare is seen too."""
        p.fillRect(box, self.pane.theme.pale)
        if curves is None or not curves.known:
            return
        bins = max(8, round(box.width() / _BIN))
        sums = curves.sums[name][: curves.known]
        counts = np.histogram(sums[np.isfinite(sums)], bins, (-self.end, self.end))[0]
        heights = np.sqrt(counts / max(1, counts.max())) * (box.height() - 1)
        wide = box.width() / bins
        color = QColor(self.color(name))
        color.setAlpha(170)
        for i in np.flatnonzero(counts).tolist():
            high = max(1.0, float(heights[i]))
            p.fillRect(QRectF(box.left() + i * wide, box.bottom() - high, wide - 0.7, high), color)

    # What moves --------------------------------------------------------------------------------

    def paint_step(self, p: QPainter, step: Step) -> None:
        shown = [name for name in self.quantities if self.pane.session.is_computed(name)]
        low = self.rect.bottom() + _GAP + 2 * _EACH + _BETWEEN
        for name in shown:
            at, pen = self.at(name, step), QPen(self.color(name), 1.2)
            pen.setDashPattern([2, 2])
            p.setPen(pen)
            p.drawLines([QLineF(self.rect.left(), at.y(), at.x(), at.y()),
                         QLineF(at.x(), at.y(), at.x(), low)])  # fmt: skip
        for name in shown:
            p.setPen(QPen(self.pane.theme.role("panel"), 1))
            p.setBrush(self.color(name))
            p.drawEllipse(self.at(name, step), 4.2, 4.2)
        for name in shown:
            self._paint_label(p, name, step)

    def _paint_label(self, p: QPainter, name: Bent, step: Step) -> None:
        """The point's colour, and what it is: above the curve, where no line crosses it."""
        pane, box = self.pane, self.label_place(name)
        value = float(step.values[name][pane.session.unit])
        bounds = pane.activations.of_role(self.role).range
        words = f"{self._called(name)} = {apart(value, *bounds)}"
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self.color(name))
        p.drawEllipse(QPointF(box.left() + 3.5, box.bottom() - 6), 3.5, 3.5)
        text = {"r": pane.theme.muted, "z": pane.theme.keep_text, "n": pane.theme.take_text}[name]
        mathematics.draw_within(p, box.left() + _DOT, box.bottom() - 2, words, text, _LABEL,
                                box.width() - _DOT)  # fmt: skip

    def _called(self, name: Bent) -> str:
        symbol = named(name, self.pane.session.notation)
        return f"1 − {symbol}" if symbol == "Γ_u" else symbol

    def label_place(self, name: Bent) -> QRectF:
        """Of the widest usual number, so that it stands still from step to step; the last of a
        plot's right above it."""
        usual = f"{self._called(name)} = {'−0.000' if self.role == 'candidate' else '0.0000'}"
        wide = _DOT + mathematics.width(usual, _LABEL) + 1
        above = self.quantities[::-1].index(name)
        top = self.rect.top() - 4 - _LINE * (above + 1)
        return QRectF(self.rect.right() + _OVER - wide, top, wide, _LINE)
