"""The unit inspector: what happened to the selected unit, with the actual numbers."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import ink, mathematics
from gru_debugger.core.explain import Span, sentence
from gru_debugger.core.quantities import COMPUTATIONS, computation_in_words
from gru_debugger.core.trace import Step
from gru_debugger.numerals import brief, grouped, percent, two
from gru_debugger.panes import equations, terms, unit_told
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import PaneSpec
from gru_debugger.panes.table import Tables

MARGIN = 22
_NARROW = 280  # pixels with which every line has room
_HIGH = 600  # pixels with which everything has air
_LONGEST = 770  # pixels that the longest sentence takes, with what lines leave free at their ends


class UnitPane(Pane):
    """From top to bottom: the blend on a line, the sentence, the equations, the largest terms."""

    background = "side"
    least_height = 400

    @property
    def least_width(self) -> float:  # type: ignore[override]
        """Of the longest equation."""
        if self.session.trace is None:
            return _NARROW
        return max(_NARROW, MARGIN + equations.width(self) + 4)

    @property
    def right(self) -> float:
        return self.size.width() - MARGIN

    # Layout: nothing depends on the step, so nothing jumps -----------------------------------

    @property
    def _air(self) -> float:
        """0 where it is tight, 1 where everything has room."""
        return min(
            1.0, max(0.0, (self.size.height() - self.least_height) / (_HIGH - self.least_height))
        )

    def _sentence_rect(self) -> QRectF:
        wide = self.right - MARGIN
        lines = ceil(_LONGEST / (wide - 32))
        return QRectF(MARGIN + 0.5, 118.5 + round(6 * self._air), wide - 1, 20 + 21 * lines)

    def _equations(self) -> equations.Place:
        air = self._air
        top = round(self._sentence_rect().bottom() + 20 + 8 * air)
        return equations.Place(MARGIN, self.right, top, round(34 + 7 * air))

    def _terms(self) -> float:
        return self._equations().bottom + 6 + round(10 * self._air)

    def hover(self, at: QPointF) -> str:
        step = self.session.step
        if step is None or not self.session.is_computed("h"):
            return ""
        return terms.hover(self, self._terms(), at.y(), step, "z")

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is not None:
            if self.interactive:
                self._paint_arrows(p)
            equations.paint_symbols(p, self, self._equations())

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        self._paint_title(p)
        step = self.session.step
        if step is None:
            words = f"Before the first {self.trace.reading.noun}: press → to read it."
            if self.session.position:
                words = "Recording: this step comes in a moment."
            ink.text(p, MARGIN, 74, words, self.theme.muted, ink.SANS, 12)
            self._paint_initial(p)
            return
        equations.paint_numbers(p, self, self._equations(), step)
        self._paint_sentence(p, self.sentence(step))
        if self.session.is_computed("h"):
            self._paint_line(p, step)
            terms.paint(p, self, MARGIN, self.right, self._terms(), step, "z")
        else:
            self._paint_halfway(p, step)

    def sentence(self, step: Step) -> list[Span]:
        """What the computation shown has done."""
        session = self.session
        return sentence(step, session.unit, session.computation, self.model.reset,
                        session.notation, self.activations)  # fmt: skip

    def _paint_initial(self, p: QPainter) -> None:
        """What the unit starts with, and why."""
        initial = self.session.initial
        if initial is None:
            return
        for y, words in (
            (96, f"It starts with {two(float(initial[self.session.unit]))}."),
            (118, self.trace.initial.in_words),
        ):
            shown, size = ink.fitting(words, self.right - MARGIN, ink.SANS, 12)
            ink.text(p, MARGIN, y, shown, self.theme.muted, ink.SANS, size)

    def _paint_title(self, p: QPainter) -> None:
        theme, words = self.theme, str(self.session.unit)
        wide = max(28.0, ink.width(words, ink.MONO, 15, 600) + 12)
        ink.tile(
            p,
            QRectF(MARGIN, 16, wide, 25),
            theme.pill,
            words,
            theme.pill_text,
            ink.MONO,
            15,
            600,
            4,
        )
        ink.text(p, MARGIN + wide + 12, 36, f"Unit {words}", theme.text, ink.SANS, 20, 600)

    def _paint_arrows(self, p: QPainter) -> None:
        theme = self.theme
        for rect, arrow in zip(self._arrows(), "↑↓", strict=True):
            p.setPen(QPen(theme.border, 1))
            p.setBrush(theme.panel)
            p.drawRoundedRect(rect, 4, 4)
            ink.text(
                p,
                rect.center().x(),
                rect.center().y() + 4,
                arrow,
                theme.muted,
                ink.SANS,
                12,
                align="center",
            )

    def _arrows(self) -> tuple[QRectF, QRectF]:
        return (QRectF(self.right - 48.5, 17.5, 22, 22), QRectF(self.right - 22.5, 17.5, 22, 22))

    def press(self, at: QPointF) -> None:
        for rect, by in zip(self._arrows(), (-1, 1), strict=True):
            if rect.contains(at):
                self.session.select_unit(self.session.unit + by)

    def _paint_halfway(self, p: QPainter, step: Step) -> None:
        """Which computation the step halts at: its place among the six, its name, its formula."""
        theme, reset, computation = self.theme, self.model.reset, self.session.computation
        order, room = COMPUTATIONS[reset], self.right - MARGIN
        words = f"Inside step {grouped(step.number)}, computation {order.index(computation) + 1} "
        ink.text(p, MARGIN, 64, f"{words}of {len(order)}", theme.muted, ink.SANS, 12)
        name, pixels = ink.fitting(
            computation_in_words(computation, reset), room, ink.SANS, 13, 600
        )
        ink.text(p, MARGIN, 84, name, theme.text, ink.SANS, pixels, 600)
        formula = self.in_time(self.symbol(computation))
        mathematics.draw_within(p, MARGIN, 107, formula, theme.muted, 15, room)

    # Told ------------------------------------------------------------------------------------

    def in_words(self) -> str:
        return unit_told.words(self)

    def tables(self) -> Tables:
        return unit_told.tables(self)

    # The blend on a line -------------------------------------------------------------------

    def _paint_line(self, p: QPainter, step: Step) -> None:
        theme, unit = self.theme, self.session.unit
        z, n, old, new = (float(step.values[q][unit]) for q in ("z", "n", "h_prev", "h"))
        left, right, y = MARGIN + 24, self.right - 24, 84.0
        span = self.axis_of("state")[1]

        def x(value: float) -> float:
            return (left + right) / 2 + value / span * (right - left) / 2

        wide = ink.text(p, MARGIN, 64, "candidate ", theme.muted, ink.SANS, 12)
        ink.text(p, MARGIN + wide, 64, two(n), theme.take_text, ink.MONO, 12, 600)
        wide = ink.width(two(old), ink.MONO, 12, 600)
        ink.text(p, self.right, 64, two(old), theme.keep_text, ink.MONO, 12, 600, align="right")
        ink.text(
            p,
            self.right - wide - 6,
            64,
            f"old {self.letter('h')}",
            theme.muted,
            ink.SANS,
            12,
            align="right",
        )
        for at, words, align in (
            (left - 8, f"−{brief(span)}", "right"),
            (right + 8, brief(span), "left"),
        ):
            ink.text(p, at, y + 4, words, theme.ticks, ink.MONO, 10, align=align)
        p.setPen(QPen(theme.outline, 2))
        p.drawLine(QPointF(left, y), QPointF(right, y))
        p.setPen(QPen(theme.ticks, 1))
        p.drawLine(QPointF(x(0), y - 4), QPointF(x(0), y + 4))
        p.setPen(QPen(theme.take, 4))
        p.drawLine(QPointF(x(n), y), QPointF(x(new), y))
        p.setPen(QPen(theme.keep, 4))
        p.drawLine(QPointF(x(new), y), QPointF(x(old), y))
        p.setPen(Qt.PenStyle.NoPen)
        for value, color in ((n, theme.take), (old, theme.keep)):
            p.setBrush(color)
            p.drawEllipse(QPointF(x(value), y), 6, 6)
        p.fillRect(QRectF(x(new) - 1.5, y - 10, 3, 20), theme.now)
        wide = ink.text(p, MARGIN, 108, f"new {self.letter('h')} ", theme.muted, ink.SANS, 12)
        ink.text(p, MARGIN + wide, 108, two(new), theme.text, ink.MONO, 12, 600)
        ink.text(
            p,
            self.right,
            108,
            self._way(z),
            theme.muted,
            ink.SANS,
            12,
            align="right",
        )

    def _way(self, z: float) -> str:
        gate = "1 − Γu" if self.session.notation == "course" else "z"
        share = f"= {percent(z, 0 if z >= 0.01 or z == 0 else 1)}"
        if 0 < z < 0.001:
            share = f"< {percent(0.001, 1)}"
        return f"{gate} {share} of the way to old {self.letter('h')}"

    # The sentence --------------------------------------------------------------------------

    def _paint_sentence(self, p: QPainter, spans: list[Span]) -> None:
        rect = self._sentence_rect()
        p.setPen(QPen(self.theme.border, 1))
        p.setBrush(self.theme.panel)
        p.drawRoundedRect(rect, 6, 6)
        p.fillRect(QRectF(MARGIN, rect.top() + 3, 3, rect.height() - 6), self.theme.edge)
        for span, x, line in self._wrap(spans, self.right - MARGIN - 32):
            at, baseline = MARGIN + 16 + x, rect.top() + 25 + 21 * line
            color = self._color(span.role)
            if span.symbol:
                mathematics.draw(p, at, baseline, span.text, color, 15)
            else:
                ink.text(p, at, baseline, span.text, color, ink.SANS, 13, _weight(span))

    def _wrap(self, spans: list[Span], room: float) -> list[tuple[Span, float, int]]:
        """Words with their x and line."""
        placed: list[tuple[Span, float, int]] = []
        x, line = 0.0, 0
        for span in spans:
            words = [span.text] if span.symbol else span.text.split(" ")
            for word in words:
                piece = Span(word, span.role, span.symbol)
                wide = (
                    mathematics.width(word, 15)
                    if span.symbol
                    else (ink.width(word, ink.SANS, 13, _weight(span)))
                )
                closing = word[:1] in ".,;"
                if closing and placed:
                    x -= 4
                if x and x + wide > room and not closing:
                    x, line = 0.0, line + 1
                placed.append((piece, x, line))
                x += wide + 4
        return placed

    def _color(self, role: str) -> QColor:
        theme = self.theme
        return {"keep": theme.keep_text, "take": theme.take_text}.get(role, theme.text)


def _weight(span: Span) -> int:
    return 400 if span.role == "text" else 600


PANES = (PaneSpec("unit", "Unit", UnitPane, (340, 600), dock="right"),)
