"""Who still speaks at a step of what was written at another: a map, step by step.

A column is the state after a step, a row the step that wrote; how dark they meet, how much of that
state is left of what was written there. A column adds up to all of it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts, hatch
from gru_debugger.charts.heatmap import HeatMap
from gru_debugger.charts.theme import Theme, map_color
from gru_debugger.numerals import grouped
from gru_debugger.panes import in_words, memory_told
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Tables
from gru_debugger.phrases import told
from gru_debugger.questions.memory import memory
from gru_debugger.session.session import Session

CELL, LARGEST = 14, 36  # pixels that a cell is wide
FEWEST, MOST = 6, 60  # steps that are shown, of a text that has as many
MARGIN, LEFT, TOP, RIGHT, BELOW = 16, 64, 78, 52, 24
_BASE = 26  # the title's baseline


def stretch(position: int, count: int, steps: int, forward: bool = True) -> range:
    """The steps shown: it turns by half pages, and depends on nothing else.

    More of what was read before than of what comes.
    """
    at = position if forward else steps + 1 - max(1, position)
    half = max(1, count // 2)
    first = min(max(1, at // half * half - half), max(1, steps + 1 - count))
    last = min(steps, first + count - 1)
    return range(first, last + 1) if forward else range(steps + 1 - last, steps + 2 - first)


@lru_cache(4)
def _scale_colors(theme: str, rows: int) -> tuple[QColor, ...]:
    """From all of it to nothing."""
    return tuple(map_color(theme, 1 - row / rows) for row in range(rows))


class MemoryPane(Pane):
    """Of the selected unit, or of all of its layer; a click goes to a step."""

    least_width, least_height = 240, 240
    takes_keys = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.map = HeatMap()  # painted on the background
        self.map.use_theme(theme.name)
        self._drawn: tuple[object, ...] = ()
        self.parts: NDArray[np.float64] = np.zeros((1, 0))
        self.shown = range(1, 1)  # the steps whose states are columns

    def use_theme(self, theme: Theme) -> None:
        self.map.use_theme(theme.name)
        super().use_theme(theme)

    # Layout ------------------------------------------------------------------------------------

    @property
    def forward(self) -> bool:
        return self.session.direction == "forward"

    @property
    def _room(self) -> float:
        """Pixels that the map is wide and high at most."""
        size = self.size
        return min(size.width() - LEFT - RIGHT, size.height() - TOP - BELOW)

    @property
    def cell(self) -> int:
        """Pixels of a step."""
        return max(4, min(LARGEST, int(self._room // (self._count + 1))))

    @property
    def _count(self) -> int:
        """How many steps find room, beside what stood there before them."""
        return max(1, min(MOST, max(FEWEST, int(self._room // CELL) - 1), self.session.steps))

    def map_rect(self) -> QRectF:
        across = len(self.shown) * self.cell
        return QRectF(LEFT, TOP, across, across + self.cell)

    def x(self, step: int) -> float:
        """The left edge of the column of a step's state."""
        return LEFT + (step - self.shown.start) * self.cell

    def y(self, step: int | None) -> float:
        """The upper edge of the row of what a step wrote; None: of what stood there before."""
        if step is None:
            return TOP + (0 if self.forward else len(self.shown) * self.cell)
        return TOP + (step - self.shown.start + self.forward) * self.cell

    def show_step(self) -> None:
        self.look()
        self.repaint_step()

    def show_unit(self) -> None:
        self.look()
        super().show_unit()

    def show_recording(self) -> None:
        self.look()

    def look(self) -> None:
        """Find out who speaks in the steps shown, where it is not known already."""
        session, trace = self.session, self.trace
        unit = None if session.view.all_units else session.unit
        steps = stretch(session.position, self._count, trace.steps, self.forward)
        self.shown = range(steps.start, min(steps.stop, trace.recorded + 1))
        place = session.layer, session.direction
        wanted = (trace, *place, unit, self.shown, self.size.height(), self.size.width())
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self.parts = np.zeros((1, 0))
        if self.shown:
            self.parts = memory(trace, self.shown[0], self.shown[-1], unit, *place)
            self.map.show_matrix(self.parts.astype(np.float32), self.map_rect(), 1)
        self.renew_background()

    # Painting ----------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is None:
            return
        theme = self.theme
        fonts.text(p, MARGIN, _BASE, told("Memory"), theme.text, fonts.SANS, 14, 600)
        for all_units, words in ((False, self.of_unit()), (True, told("all units"))):
            box, chosen = self._choice(all_units), self.session.view.all_units == all_units
            color = theme.text if chosen else theme.muted
            fonts.text(p, box.left(), _BASE, words, color, fonts.SANS, 13, 600 if chosen else 400)
            if chosen or self.interactive:
                fonts.underline(p, box.left(), _BASE + 4, box.width(), color, chosen)
        letter = self.letter("h")
        words = told("how much of {h} after a step (column) is what another wrote (row)", h=letter)
        shown, pixels = fonts.fitting(words, self.size.width() - 2 * MARGIN, fonts.SANS, 12)
        fonts.text(p, MARGIN, _BASE + 20, shown, theme.muted, fonts.SANS, pixels)
        if self.shown:
            self.map.paint(p)
            self._paint_axes(p)
            self._paint_scale(p)

    def of_unit(self) -> str:
        return told("unit {unit}", unit=str(self.session.unit))

    def _choice(self, all_units: bool) -> QRectF:
        """Where it is said of which units the map is."""
        left = MARGIN + fonts.width(told("Memory"), fonts.SANS, 14, 600) + 18
        wide = fonts.width(self.of_unit(), fonts.SANS, 13, 600)
        if all_units:
            left, wide = left + wide + 16, fonts.width(told("all units"), fonts.SANS, 13, 600)
        return QRectF(left, _BASE - 14, wide, 20)

    def _paint_axes(self, p: QPainter) -> None:
        """A character a column and a row, and the number of every fifth step, or of all."""
        theme, rect = self.theme, self.map_rect()
        for step in self.shown:
            self._paint_character(p, step, self._head(step), theme.text)
            self._paint_character(p, step, self._side(step), theme.text)
            if step % 5 == 0 or self.cell > 2 * CELL:
                x, words = self.x(step) + self.cell / 2, grouped(step)
                fonts.text(p, x, rect.bottom() + 14, words, theme.ticks, fonts.TICKS, 10,
                           align="center")  # fmt: skip
                right, y = LEFT - self._tile - 6, self.y(step) + self.cell / 2 + 3.5
                shown, pixels = fonts.fitting(words, right - 2, fonts.TICKS, 10)
                fonts.text(p, right, y, shown, theme.ticks, fonts.TICKS, pixels, align="right")
        y = self.y(None) + self.cell / 2 + 3.5
        before = told(memory_told.BEFORE)
        fonts.text(p, LEFT - 4, y, before, theme.ticks, fonts.SANS, 10, align="right")
        p.setPen(QPen(theme.border, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))

    @property
    def _tile(self) -> float:
        return min(float(self.cell), 18.0)

    def _head(self, step: int) -> QRectF:
        """Where the character of a column stands."""
        return QRectF(self.x(step), TOP - self._tile - 1, self.cell, self._tile)

    def _side(self, step: int) -> QRectF:
        """Where the character of a row stands."""
        return QRectF(LEFT - self._tile - 2, self.y(step), self._tile, self.cell)

    def _paint_character(
        self, p: QPainter, step: int, box: QRectF, color: QColor, weight: int = 400
    ) -> None:
        size = min(13.0, self._tile - 2)
        shown, pixels = fonts.symbol(self.trace.characters[step - 1], box.width(), size, weight)
        fonts.text(p, box.center().x(), box.center().y() + size / 3, shown, color, fonts.MONO,
                   pixels, weight, align="center")  # fmt: skip

    def _paint_scale(self, p: QPainter) -> None:
        theme, rect = self.theme, self.map_rect()
        x, high = rect.right() + 14, int(min(rect.height(), 120))
        for row, color in enumerate(_scale_colors(theme.name, high)):
            p.fillRect(QRectF(x, rect.top() + row, 6, 1.5), color)
        for y, words in ((6, told("all")), (high, "0")):
            fonts.text(p, x + 10, rect.top() + y, words, theme.ticks, fonts.TICKS, 10)

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None or not self.shown:
            return
        theme, rect, now = self.theme, self.map_rect(), self.now
        self._paint_later(p)
        if now is None:
            return
        p.setPen(QPen(theme.now, 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(QRectF(self.x(now), rect.top() - 1, self.cell, rect.height() + 2), 2, 2)
        for box in (self._head(now), self._side(now)):
            fonts.box(p, box, theme.now, 2)
            self._paint_character(p, now, box, theme.now_text, 600)

    def _paint_later(self, p: QPainter) -> None:
        """What is still to come: its characters stand back, its columns are hatched, for paler
        colours would be smaller parts."""
        later = [step for step in self.shown if self._is_later(step)]
        if not later:
            return
        veil = QColor(self.theme.panel)
        veil.setAlpha(150)
        for step in later:
            p.fillRect(self._head(step), veil)
            p.fillRect(self._side(step), veil)
        rect = self.map_rect()
        columns = self.x(later[0]), rect.top(), len(later) * self.cell, rect.height()
        p.setPen(QPen(self.theme.border, 1))
        p.drawLines(hatch.lines(np.array([columns])))

    @property
    def now(self) -> int | None:
        """The present step, where its state is a column and computed."""
        position = self.session.position
        return position if position in self.shown and self.session.is_computed("h") else None

    def _is_later(self, step: int) -> bool:
        """Whether a step is read after the present one, or not computed yet."""
        position = self.session.position
        if step == position:
            return self.now is None
        return step > position if self.forward else step < position

    # The pointer and keys ----------------------------------------------------------------------

    def _step_at(self, along: float) -> int | None:
        step = self.shown.start + int(along // self.cell)
        return step if step in self.shown else None

    def _cell_at(self, at: QPointF) -> tuple[int, int | None] | None:
        """The step whose state, and the one that wrote: None, what stood there before."""
        column, row = self._step_at(at.x() - LEFT), at.y() - TOP
        if column is None or not self.map_rect().contains(at):
            return None
        return column, self._step_at(row - self.forward * self.cell)

    def press(self, at: QPointF) -> None:
        for all_units in (False, True):
            if self._choice(all_units).contains(at):
                self.session.look(all_units=all_units)
                return
        writer = self._step_at(at.y() - TOP - self.forward * self.cell)
        if LEFT - self._tile - 4 <= at.x() < LEFT and writer is not None:
            self.session.follow(writer)  # the trail leads back
        else:
            self.drag(at)

    def drag(self, at: QPointF) -> None:
        """Along the states."""
        step, rect = self._step_at(at.x() - LEFT), self.map_rect()
        if step is not None and rect.top() - self._tile <= at.y() <= rect.bottom():
            self.session.go_to(step)

    def key(self, key: int) -> bool:
        """Enter: of all units, or of the selected one."""
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        self.session.look(all_units=not self.session.view.all_units)
        return True

    def hover(self, at: QPointF) -> str:
        found = self._cell_at(at) if self.shown else None
        return "" if found is None else memory_told.tip(self, *found)

    # Told --------------------------------------------------------------------------------------

    def row(self, writer: int | None) -> int:
        """Of `parts`; None: what stood there before."""
        if writer is None:
            return 0 if self.forward else len(self.shown)
        return writer - self.shown.start + self.forward

    def words(self) -> str:
        self.look()
        return in_words.sentences(in_words.place(self.session), *memory_told.words(self))

    def numbers(self) -> Tables:
        self.look()
        return memory_told.tables(self)
