"""The plots in which units stand in the order of a value: what holds on, what matters."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import boxes
from gru_debugger.core.axes import round_up
from gru_debugger.numerals import brief, grouped, two
from gru_debugger.panes.whole_run import labels
from gru_debugger.panes.whole_run.panel import REACH, Panel
from gru_debugger.questions import overview_in_words as in_words
from gru_debugger.questions.overview_in_words import Answer

_LISTED = 24  # units whose half-lives are drawn
_NICE = 1, 1.5, 2, 3, 4, 5, 6, 8  # times a power of ten
_ROOM = 1.17  # times the longest bar, so that a number stands at its end
_LEAST = 0.01  # characters: a shorter half-life is drawn as this one


class Holding(Panel):
    """The longest half-lives on a logarithmic axis, the selected unit's behind them."""

    question = "Which units hold on?"

    def answer(self) -> Answer:
        units = self.pane.units
        return self.pane.nothing() if units is None else in_words.holds(units)

    def measure(self) -> None:
        self.shown: list[int] = []
        self._lives = np.zeros(0)
        self.low, self.high = 0.1, 1.0
        units = self.pane.units
        if units is None:
            return
        self._lives = np.maximum(units.half_life, _LEAST)
        self.shown = np.argsort(-self._lives, kind="stable")[:_LISTED].tolist()
        finite = self._lives[self.shown][np.isfinite(self._lives[self.shown])]
        if len(finite):
            self.low = 10.0 ** min(-1, floor(log10(finite.min())))
            self.high = 10.0 ** max(0, ceil(log10(finite.max())))

    def _x(self, unit: int) -> float | None:
        """Of one that is not among the longest: at the right end."""
        if unit in self.shown:
            every = (self.plot.width() - 34) / max(1, len(self.shown) - 1)
            return self.plot.left() + 6 + self.shown.index(unit) * every
        return self.plot.right() - 6 if len(self._lives) else None

    def _y(self, unit: int) -> float:
        return self._height(min(max(float(self._lives[unit]), self.low), self.high))

    def _height(self, life: float) -> float:
        part = log10(life / self.low) / log10(self.high / self.low)
        return self.plot.bottom() - part * self.plot.height()

    def dot(self, unit: int) -> QPointF | None:
        x = self._x(unit)
        return None if x is None else QPointF(x, self._y(unit))

    def worth_naming(self) -> Sequence[int]:
        return self.shown[: labels.MOST]

    def occupied(self) -> Sequence[QRectF]:
        dots = [dot for unit in self.shown if (dot := self.dot(unit)) is not None]
        floor = self.plot.bottom()
        return [QRectF(dot.x() - 3, dot.y() - 3, 6, floor + 3 - dot.y()) for dot in dots]

    def paint_plot(self, p: QPainter) -> None:
        theme, plot = self.pane.theme, self.plot
        kept = "(1 − Γu)" if self.pane.session.notation == "course" else "z"
        total = grouped(self.pane.model.hidden_size)
        shown = str(len(self.shown))
        listed = phrases.told("{shown} of {all} units, sorted", shown=shown, all=total)
        of = phrases.told("half-life in characters: ln ½ / mean ln {kept}", kept=kept)
        self.names(p, of, listed)
        value = self.low
        while value <= self.high * 1.001:
            self.line(p, self._height(value), brief(value), strong=value == self.low)
            value *= 10
        dots = [dot for unit in self.shown if (dot := self.dot(unit)) is not None]
        p.setPen(QPen(theme.keep, 1))
        p.drawLines([QLineF(dot.x(), dot.y(), dot.x(), plot.bottom()) for dot in dots])
        p.setBrush(theme.keep)
        for dot in dots:
            p.drawEllipse(dot, 2.6, 2.6)

    def unit_at(self, at: QPointF) -> int | None:
        for unit in self.shown:
            dot = self.dot(unit)
            if dot is not None and abs(dot.x() - at.x()) < 5 and dot.y() - REACH <= at.y() <= (
                self.plot.bottom()
            ):
                return unit
        return None

    def told(self, unit: int) -> str:
        life = float(self.pane.units.half_life[unit]) if self.pane.units else 0.0
        if np.isinf(life):
            return phrases.told("Unit {unit}\nloses nothing", unit=str(unit))
        return phrases.told("Unit {unit}\nloses half in {characters}", unit=str(unit),
                            characters=in_words.characters(life))  # fmt: skip


class Missing(Panel):
    """What each unit's silence costs, the dearest first."""

    question = "Which units matter for the predictions?"

    def answer(self) -> Answer:
        losses = self.pane.losses
        if losses is None:
            return self.pane.nothing()
        why = self.pane.why_none or losses.why
        if not (why or losses.wanted or losses.tried) and not self.pane.trace.complete:
            return self.pane.nothing()
        return in_words.lost(losses.bits, losses.tried, why, losses.wanted)

    def measure(self) -> None:
        losses = self.pane.losses
        bits = np.zeros(0) if losses is None else losses.bits
        known = np.flatnonzero(~np.isnan(bits))
        self.shown = known[np.argsort(-bits[known], kind="stable")]
        self.values = bits[self.shown]
        dearest, helps = self.values.max(initial=0.0), self.values.min(initial=0.0)
        self.high = round_up(_ROOM * float(dearest), _NICE) if dearest or not helps else 0.0
        self.low = -round_up(-_ROOM * float(helps), _NICE) if helps else 0.0

    def _y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return self.plot.bottom() - part * self.plot.height()

    @property
    def _each(self) -> float:
        """Pixels of a unit."""
        return self.plot.width() / max(1, self.pane.model.hidden_size)

    def dot(self, unit: int) -> QPointF | None:
        found = np.flatnonzero(self.shown == unit)
        if not len(found):
            return None
        at = int(found[0])
        return QPointF(self.plot.left() + (at + 0.5) * self._each, self._y(float(self.values[at])))

    def worth_naming(self) -> Sequence[int]:
        """The dearest, and those whose silence helps most."""
        return [*self.shown[:5].tolist(), *self.shown[-2:][::-1].tolist()]

    def occupied(self) -> Sequence[QRectF]:
        wide = max(1.0, self._each)
        return [*self._bars(1, wide), *self._bars(-1, wide)]

    def paint_plot(self, p: QPainter) -> None:
        theme = self.pane.theme
        h = self.pane.letter("h")
        total = grouped(self.pane.model.hidden_size)
        self.names(p, phrases.told("bits a character lost when {h}[i] is held at 0", h=h),
                   phrases.told("{all} units, sorted", all=total))  # fmt: skip
        for value in sorted({self.low, self.high, 0.0}) if len(self.shown) else ():
            self.line(p, self._y(value), two(value) if value else "0", strong=not value)
        wide = max(1.0, self._each - (self._each > 3))
        for color, sign in ((theme.positive, 1), (theme.negative, -1)):
            p.setPen(boxes.NO_PEN)
            p.setBrush(color)
            p.drawRects(self._bars(sign, wide))

    def _bars(self, sign: int, wide: float) -> list[QRectF]:
        """Of those that cost, or that help; of those that share a pixel the furthest."""
        zero, bars, last = self._y(0.0), list[QRectF](), -1.0
        for i in np.flatnonzero(self.values * sign > 0).tolist():
            x, y = self.plot.left() + i * self._each, self._y(float(self.values[i]))
            rect = QRectF(x, min(y, zero), wide, abs(y - zero))
            if int(x) == last and rect.height() <= bars[-1].height():
                continue
            if int(x) == last:
                bars.pop()
            bars.append(rect)
            last = int(x)
        return bars

    def unit_at(self, at: QPointF) -> int | None:
        if not self.plot.contains(at):
            return None
        place = int((at.x() - self.plot.left()) / self._each)
        return int(self.shown[place]) if place < len(self.shown) else None

    def told(self, unit: int) -> str:
        losses = self.pane.losses
        assert losses is not None
        cost = two(float(losses.bits[unit]), signed=True)
        return phrases.told("Unit {unit}\nwithout it {cost} bits a character", unit=str(unit),
                            cost=cost)  # fmt: skip
