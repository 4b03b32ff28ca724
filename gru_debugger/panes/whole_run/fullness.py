"""How often states and candidates have which values: near ±1 they are full."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger import phrases
from gru_debugger.charts import boxes, fonts
from gru_debugger.core.axes import round_up
from gru_debugger.numerals import brief, percent
from gru_debugger.panes.whole_run.panel import Panel
from gru_debugger.questions import overview_in_words as in_words
from gru_debugger.questions.overview import BINS
from gru_debugger.questions.overview_in_words import Answer


class Fullness(Panel):
    """h upwards, n downwards: shares of all units and steps."""

    question = "How full are state and candidate?"

    def answer(self) -> Answer:
        units, pane = self.pane.units, self.pane
        if units is None:
            return pane.nothing()
        return in_words.full(units, pane.letter("h"), pane.letter("n"))

    def measure(self) -> None:
        units = self.pane.units
        self.top = 1.0
        if units is not None:
            largest = max(float(units.h_bins.max()), float(units.n_bins.max()))
            self.top = min(1.0, round_up(largest, (1, 2, 5)))

    def paint_plot(self, p: QPainter) -> None:
        theme, plot, pane = self.pane.theme, self.plot, self.pane
        middle, half = plot.center().y(), plot.height() / 2
        self.names(p, "", phrases.told("value; share of all units and steps"))
        self._legend(p)
        for part in (1, 0, -1):
            words = percent(self.top) if part else "0"
            self.line(p, middle - part * half, words, strong=not part)
        for i, words in enumerate(("−1", "0", "1")):
            self.tick(p, plot.left() + i / 2 * plot.width(), words)
        if pane.units is None:
            return
        p.setPen(boxes.NO_PEN)
        each = plot.width() / BINS
        lefts = [plot.left() + i * each + 1 for i in range(BINS)]
        for bins, color in ((pane.units.h_bins, theme.h), (-pane.units.n_bins, theme.take)):
            heights = (bins / self.top * half).tolist()
            p.setBrush(color)
            p.drawRects([
                QRectF(x, middle - max(0.0, high), each - 2, abs(high))
                for x, high in zip(lefts, heights, strict=True)
            ])  # fmt: skip

    def _legend(self, p: QPainter) -> None:
        x, y = self.rect.left() + 2, self.rect.top() + 64 + self.more
        theme, pane = self.pane.theme, self.pane
        for letter, color in ((pane.letter("h"), theme.h), (pane.letter("n"), theme.take)):
            boxes.box(p, QRectF(x, y - 8, 9, 9), color, 1)
            x += 14
            x += fonts.text(p, x, y, letter, theme.muted, fonts.SANS, 11).width + 14

    def dot(self, unit: int) -> QPointF | None:
        return None

    def hover(self, at: QPointF) -> str:
        units, pane = self.pane.units, self.pane
        if units is None or not self.plot.contains(at):
            return ""
        i = min(BINS - 1, int((at.x() - self.plot.left()) / self.plot.width() * BINS))
        low, high = (brief(2 * edge / BINS - 1, 4) for edge in (i, i + 1))
        h, n = float(units.h_bins[i]), float(units.n_bins[i])
        told = ((pane.letter("h"), h), (pane.letter("n"), n))
        where = phrases.told("from {low} to {high}", low=low, high=high)
        return "\n".join([where, *(f"{a}: {percent(b, 1)}" for a, b in told)])
