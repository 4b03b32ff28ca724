"""The unit inspector: what happened to the selected unit, with the actual numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import Theme
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.quantities import COMPUTATIONS, computation_in_words
from gru_debugger.core.trace import Step
from gru_debugger.numerals import grouped, two
from gru_debugger.panes import blend_line, equations, sentences, terms, unit_told
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Tables
from gru_debugger.questions.asked import ASKED, Asked
from gru_debugger.questions.sentences import sentence
from gru_debugger.session.frame import Frame
from gru_debugger.session.session import Session
from gru_debugger.spans import Span

MARGIN = 22
_NARROW = 260  # pixels with which every line has room
_MORE = 90  # pixels above the least height with which everything has air
_LIST_TOP, _LEAST_LIST = 84, 220  # pixels, where all terms have the pane
_FEWER = "fewer"
_KEYS: dict[Asked, Qt.Key] = {
    "r": Qt.Key.Key_R, "z": Qt.Key.Key_Z, "n": Qt.Key.Key_N, "h": Qt.Key.Key_H,
}  # fmt: skip


class UnitPane(Pane):
    """From top to bottom: the blend on a line, the sentence, the equations, the largest terms.

    Or, where all terms are asked for, these alone below the unit's name.
    """

    background = "side"
    takes_keys = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.list = terms.TermList(self)
        self._sentence = QRectF()
        self._place = equations.Place(0.0, 0.0, 0.0, 0.0)
        self._lines: list[equations.Line] = []

    @property
    def least_width(self) -> float:  # type: ignore[override]
        """Of the longest equation."""
        if self.session.trace is None:
            return _NARROW
        return max(_NARROW, 2 * MARGIN + equations.width(self))

    @property
    def right(self) -> float:
        return self.size.width() - MARGIN

    # Layout: nothing depends on the step, so nothing jumps -----------------------------------

    def resize(self, width: float, height: float) -> None:
        self.set_size(width, height)  # how many lines a sentence has depends on the width
        self.least_height = _LEAST_LIST if self.session.view.all_terms else self._least()
        super().resize(width, height)

    def _least(self) -> int:
        place = self._equations(0.0)
        return round(place.bottom + 6 + terms.height(terms.FEWEST) + 4)

    @property
    def _air(self) -> float:
        """0 where it is tight, 1 where everything has room."""
        return min(1.0, max(0.0, (self.size.height() - self._least()) / _MORE))

    def sentence_rect(self, air: float | None = None) -> QRectF:
        air = self._air if air is None else air
        wide = self.right - MARGIN - 1
        return QRectF(MARGIN + 0.5, 115.5 + round(9 * air), wide, sentences.height(wide))

    def _equations(self, air: float | None = None) -> equations.Place:
        air = self._air if air is None else air
        top = round(self.sentence_rect(air).bottom() + 15 + 13 * air)
        return equations.Place(MARGIN, self.right, top, round(38 + 4 * air))

    def arrange(self) -> None:
        self._sentence, self._place = self.sentence_rect(), self._equations()
        self._lines = equations.laid(self, self._place)
        top = float(_LIST_TOP)
        if not self.session.view.all_terms:
            top = self._place.bottom + 6 + round(10 * self._air)
        self.list.place(QRectF(MARGIN, top, self.right - MARGIN, self.size.height() - top - 4))

    # Painting --------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is None:
            return
        if self.interactive:
            self._paint_arrows(p)
        if not self.session.view.all_terms:
            equations.paint_symbols(p, self, self._place, self._lines)

    def paint_standing(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        self._paint_title(p)
        if self.session.frame is None:
            return
        self.list.paint_standing(p)
        if not self.session.view.all_terms:
            sentences.paint_box(p, self.theme, self._sentence)
            equations.paint_standing(p, self, self._place, self._lines)
            if self.session.is_computed("h"):
                blend_line.paint_standing(p, self, MARGIN, self.right)

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        frame = self.session.frame
        if frame is None:
            self._paint_nothing(p)
        elif self.session.view.all_terms:
            self._paint_choices(p)
            self.list.paint(p, frame)
        else:
            self._paint_step(p, frame)

    def _paint_step(self, p: QPainter, frame: Frame) -> None:
        if self.session.is_computed("h"):
            blend_line.paint(p, self, MARGIN, self.right, frame)
        else:
            self._paint_halfway(p, frame.step)
        sentences.paint(p, self.theme, self._sentence, self.sentence(frame))
        equations.paint_numbers(p, self, self._place, self._lines, frame)
        self.list.paint(p, frame)

    def sentence(self, frame: Frame) -> list[Span]:
        """What the computation shown has done."""
        session = self.session
        return sentence(frame.step, session.unit, session.computation, self.model.reset,
                        session.notation, self.activations,
                        frame.by_hand(session.unit))  # fmt: skip

    def _paint_nothing(self, p: QPainter) -> None:
        """Before the first step, or where it is not recorded: what the unit starts with."""
        words = [f"Before the first {self.trace.reading.noun}."]
        if self.interactive:
            words[0] = f"{words[0][:-1]}: press → to read it."
        if self.session.position:
            words = ["Recording: this step comes in a moment."]
        initial = self.session.initial
        if initial is not None:
            value = two(float(initial[self.session.unit]))
            origin = self.trace.initial.in_words(self.session.notation)
            words += [f"It starts with {value}.", origin]
        for y, line in zip((74, 96, 118), words, strict=False):
            shown, size = fonts.fitting(line, self.right - MARGIN, fonts.SANS, 12)
            fonts.text(p, MARGIN, y, shown, self.theme.muted, fonts.SANS, size)

    def _paint_title(self, p: QPainter) -> None:
        theme, words = self.theme, str(self.session.unit)
        wide = max(28.0, fonts.width(words, fonts.MONO, 15, 600) + 12)
        rect = QRectF(MARGIN, 16, wide, 25)
        fonts.tile(p, rect, theme.pill, words, theme.pill_text, fonts.MONO, 15, 600, 4)
        fonts.text(p, MARGIN + wide + 12, 36, f"Unit {words}", theme.text, fonts.SANS, 20, 600)

    def _paint_arrows(self, p: QPainter) -> None:
        theme = self.theme
        for rect, arrow in zip(self._arrows(), "↑↓", strict=True):
            p.setPen(QPen(theme.border, 1))
            p.setBrush(theme.panel)
            p.drawRoundedRect(rect, 4, 4)
            x, y = rect.center().x(), rect.center().y() + 4
            fonts.text(p, x, y, arrow, theme.muted, fonts.SANS, 12, align="center")

    def _arrows(self) -> tuple[QRectF, QRectF]:
        return (QRectF(self.right - 48.5, 17.5, 22, 22), QRectF(self.right - 22.5, 17.5, 22, 22))

    def _paint_halfway(self, p: QPainter, step: Step) -> None:
        """Which computation the step halts at: its place among the six, its name, its formula."""
        theme, reset, computation = self.theme, self.model.reset, self.session.computation
        order, room = COMPUTATIONS[reset], self.right - MARGIN
        words = f"Inside step {grouped(step.number)}, computation {order.index(computation) + 1} "
        fonts.text(p, MARGIN, 64, f"{words}of {len(order)}", theme.muted, fonts.SANS, 12)
        name = computation_in_words(computation, reset)
        name, pixels = fonts.fitting(name, room, fonts.SANS, 13, 600)
        fonts.text(p, MARGIN, 84, name, theme.text, fonts.SANS, pixels, 600)
        formula = self.in_time(self.symbol(computation))
        mathematics.draw_within(p, MARGIN, 107, formula, theme.muted, 15, room)

    # Asking why ------------------------------------------------------------------------------

    def _choices(self) -> dict[Asked, QRectF]:
        """Where a click asks why: a row of the equations, or (of all terms) a key."""
        if self.session.view.all_terms:
            return {q: QRectF(MARGIN + 50 * i + 0.5, 52.5, 44, 23) for i, q in enumerate(ASKED)}
        return self._place.rows()

    def _fewer(self) -> QRectF:
        wide = fonts.width(_FEWER, fonts.SANS, 12)
        return QRectF(self.right - wide, 52, wide, 23)

    def _paint_choices(self, p: QPainter) -> None:
        theme = self.theme
        for asked, rect in self._choices().items():
            chosen = asked == self.session.answered
            p.setPen(QPen(theme.edge if chosen else theme.border, 1))
            p.setBrush(theme.chip if chosen else theme.panel)
            p.drawRoundedRect(rect, 4, 4)
            symbol = equations.short(self, asked)
            known = self.session.is_computed(asked)
            x = rect.center().x() - mathematics.width(symbol, 13) / 2
            mathematics.draw(
                p, x, rect.bottom() - 7, symbol, theme.text if known else theme.future, 13
            )
        if self.interactive:
            rect = self._fewer()
            left, baseline = rect.left(), rect.bottom() - 7
            wide = fonts.text(p, left, baseline, _FEWER, theme.muted, fonts.SANS, 12)
            fonts.underline(p, rect.left(), rect.bottom() - 3, wide, theme.muted)

    # The pointer and the keys ----------------------------------------------------------------

    def hover(self, at: QPointF) -> str:
        if self.session.step is None:
            return ""
        for asked, rect in self._choices().items():
            if rect.contains(at) and self.session.is_computed(asked):
                return f"Click to ask why the {QUANTITIES[asked].described(self.activations)} is so"
        return self.list.hover(at)

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """Its number in the equations, of the selected unit alone."""
        session = self.session
        if session.frame is None or session.view.all_terms or unit != session.unit:
            return None
        rect = equations.places(self._place, self._lines).get(quantity)
        return rect if rect is not None and session.is_computed(quantity) else None

    def press(self, at: QPointF) -> None:
        for rect, by in zip(self._arrows(), (-1, 1), strict=True):
            if rect.contains(at):
                self.session.select_unit(self.session.unit + by)
                return
        for asked, rect in self._choices().items():
            if rect.contains(at):
                self.session.look(quantity=asked)
                return
        if self.session.view.all_terms and self._fewer().contains(at):
            self.session.look(all_terms=False)
        else:
            self.list.press(at)

    def wheel(self, at: QPointF, turns: float, control: bool) -> None:
        self.list.scroll(round(-3 * turns))

    def key(self, key: int) -> bool:
        """r, z, n and h ask; Enter shows all terms or a few; Esc leaves them; the rest scrolls."""
        for asked, letter in _KEYS.items():
            if key == letter:
                self.session.look(quantity=asked)
                return True
        if key == Qt.Key.Key_Escape and self.session.view.all_terms:
            self.session.look(all_terms=False)
            return True
        return self.list.key(key)

    # Told ------------------------------------------------------------------------------------

    def words(self) -> str:
        return unit_told.words(self)

    def numbers(self) -> Tables:
        return unit_told.numbers(self)
