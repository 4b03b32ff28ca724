"""The plots in which each unit is a dot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import fonts
from gru_debugger.charts.scatter import Scatter
from gru_debugger.numerals import brief, percent, two
from gru_debugger.panes.whole_run import labels
from gru_debugger.panes.whole_run.panel import REACH, Panel
from gru_debugger.questions import overview_in_words as in_words
from gru_debugger.questions.overview import Floats, Units
from gru_debugger.questions.overview_in_words import Answer

_ALPHA = {"keep": 230, "r": 205, "h": 145}  # of a dot: a single one is seen, at 3 to 1
_KEPT_CLEAR = 256  # units
_FIRST = 4 * labels.MOST  # dots of which some have their numbers beside them


class Dots(Panel):
    """`xs` and `ys` (units,) from `low` to `high`, both axes from left to right and upwards."""

    color = "h"
    low, high = (0.0, 0.0), (1.0, 1.0)

    def measure(self) -> None:
        self.scatter = Scatter()
        units = self.pane.units
        if units is None:
            return
        (left, bottom), (right, top) = self.low, self.high
        xs, ys = self.values(units)
        plot = self.plot
        x = plot.left() + (np.clip(xs, left, right) - left) / (right - left) * plot.width()
        y = plot.bottom() - (np.clip(ys, bottom, top) - bottom) / (top - bottom) * plot.height()
        color = QColor(self.pane.theme.role(self.color))
        color.setAlpha(_ALPHA[self.color])
        self.scatter.place(x, y, color, self.radius)

    def values(self, units: Units) -> tuple[Floats, Floats]:
        raise NotImplementedError

    def dot(self, unit: int) -> QPointF | None:
        return self.scatter.middle(unit) if len(self.scatter) else None

    def occupied(self) -> Sequence[QRectF]:
        """No number stands over a dot, as long as there are not too many of these."""
        if len(self.scatter) > _KEPT_CLEAR:
            return []
        dots = map(self.scatter.middle, range(len(self.scatter)))
        return [QRectF(dot.x() - 3, dot.y() - 3, 6, 6) for dot in dots]

    def unit_at(self, at: QPointF) -> int | None:
        if not self.plot.adjusted(-8, -8, 8, 8).contains(at):
            return None
        return self.scatter.at(at, REACH)

    def dashes(self, p: QPainter) -> None:
        """A thin pen for what bounds the dots."""
        p.setPen(QPen(self.pane.theme.border, 1, Qt.PenStyle.DashLine))
        p.setBrush(Qt.BrushStyle.NoBrush)


class Shares(Dots):
    """In how many of the steps a gate is nearly shut (across), nearly open (up)."""

    gate = "z"

    def values(self, units: Units) -> tuple[Floats, Floats]:
        return (units.z_low, units.z_high) if self.gate == "z" else (units.r_low, units.r_high)

    def worth_naming(self) -> Sequence[int]:
        """Those that are saturated most, at either end in turn."""
        units = self.pane.units
        if units is None:
            return ()
        low, high = self.values(units)
        ends = (np.argsort(-shares, kind="stable")[:_FIRST] for shares in (high, low))
        in_turn = np.stack([*ends], axis=1).ravel()
        return list(dict.fromkeys(in_turn.tolist()))

    def paint_plot(self, p: QPainter) -> None:
        up, across = self.pane.gate_names(self.gate)
        self.names(p, up, across)
        plot = self.plot
        for part in (0.0, 0.5, 1.0):
            y = plot.bottom() - part * plot.height()
            self.line(p, y, str(round(100 * part)), strong=not part)
            words = percent(part) if part == 1 else str(round(100 * part))
            self.tick(p, plot.left() + part * plot.width(), words)
        self.dashes(p)  # the two shares are one at most
        p.drawLine(QLineF(plot.topLeft(), plot.bottomRight()))
        self.scatter.paint(p)

    def told(self, unit: int) -> str:
        units = self.pane.units
        assert units is not None
        low, high = (float(shares[unit]) for shares in self.values(units))
        up, across = self.pane.gate_names(self.gate)
        name = phrases.told("Unit {unit}", unit=str(unit))
        return f"{name}\n{up}: {percent(high, 1)}\n{across}: {percent(low, 1)}"


class Keeping(Shares):
    question = "Which units always keep, which always take?"
    color = "keep"

    def answer(self) -> Answer:
        units = self.pane.units
        return self.pane.nothing() if units is None else in_words.gates(units)


class Shut(Shares):
    question = "Which reset gates are always open or shut?"
    gate, color = "r", "r"

    def answer(self) -> Answer:
        units = self.pane.units
        return self.pane.nothing() if units is None else in_words.resets(units)


class Still(Dots):
    """Where a state is on the average (across), how far it moves (up)."""

    question = "Which units are dead, which never change?"
    low, high = (-1.0, 0.0), (1.0, 1.0)

    def answer(self) -> Answer:
        units = self.pane.units
        return self.pane.nothing() if units is None else in_words.still(units)

    def values(self, units: Units) -> tuple[Floats, Floats]:
        return units.mean, units.deviation

    def worth_naming(self) -> Sequence[int]:
        """The calmest, and those that are furthest from the middle."""
        units = self.pane.units
        if units is None:
            return ()
        calm, far = np.argsort(units.deviation), np.argsort(-np.abs(units.mean))
        return list(dict.fromkeys([*calm[:3].tolist(), *far[:4].tolist()]))

    def occupied(self) -> Sequence[QRectF]:
        words = QRectF(self.plot.right() - 128, self.plot.bottom() - 16, 128, 16)
        return [words, *super().occupied()]

    def paint_plot(self, p: QPainter) -> None:
        theme, plot = self.pane.theme, self.plot
        h = self.pane.letter("h")
        self.names(p, phrases.told("how far {h} moves: standard deviation", h=h),
                   phrases.told("mean of {h} over the text", h=h))  # fmt: skip
        still = self.pane.thresholds.constant
        band = min(1.0, still) * plot.height()
        p.fillRect(QRectF(plot.left(), plot.bottom() - band, plot.width(), band), theme.pale)
        for value in (0.0, 0.5, 1.0):
            self.line(p, plot.bottom() - value * plot.height(), brief(value), strong=not value)
        for i, words in enumerate(("−1", "0", "1")):
            self.tick(p, plot.left() + i / 2 * plot.width(), words)
        self.dashes(p)  # what stays within −1..1 deviates no more
        p.drawArc(plot.adjusted(0, 0, 0, plot.height()), 0, 180 * 16)
        self.scatter.paint(p)
        words, x = phrases.told("constant: below {edge}", edge=brief(still)), plot.right() - 2
        fonts.text(p, x, plot.bottom() - 4, words, theme.muted, fonts.SANS, 10, align="right")

    def told(self, unit: int) -> str:
        units = self.pane.units
        assert units is not None
        mean, deviation, largest = (
            float(values[unit]) for values in (units.mean, units.deviation, units.largest)
        )
        h = self.pane.letter("h")
        return phrases.told(
            "Unit {unit}\n{h} around {mean}, ± {deviation}\nlargest |{h}|: {largest}",
            unit=str(unit), h=h, mean=two(mean), deviation=two(deviation), largest=two(largest),
        )  # fmt: skip
