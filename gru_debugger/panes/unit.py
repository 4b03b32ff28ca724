"""The unit inspector: why the selected value is what it is, with the actual numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import Theme
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.quantities import COMPUTATIONS, computation_in_words
from gru_debugger.core.trace import Step
from gru_debugger.numerals import MINUS, grouped, percent, two
from gru_debugger.panes import (
    beside,
    blend_line,
    equations,
    named,
    sentences,
    symbols,
    terms,
)
from gru_debugger.panes.links import Link, contains, paint_line
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Tables
from gru_debugger.panes.trail_line import TrailLine
from gru_debugger.panes.unit_foot import Foot
from gru_debugger.panes.unit_layout import MARGIN, Laid, laid, least
from gru_debugger.questions import called
from gru_debugger.questions.asked import ASKED, Asked, asked_of
from gru_debugger.questions.sentences import (
    candidate_sentence,
    old_state_sentence,
    probability_sentence,
    sentence,
)
from gru_debugger.session.frame import Frame
from gru_debugger.session.session import Session
from gru_debugger.spans import Span

_NARROW = 260  # pixels with which every line has room
_BEFORE, _CHIP = 58, 60  # pixels of a reference's number, and of the usual value's chip
_FEWER, _ALL, _OWN = "fewer", "all four", "its own"
_BY_THEMSELVES = "hidden_n", "reset_product"  # have sentences of their own
_KEYS: dict[Asked, Qt.Key] = {
    "r": Qt.Key.Key_R, "z": Qt.Key.Key_Z, "n": Qt.Key.Key_N, "h": Qt.Key.Key_H,
}  # fmt: skip


class UnitPane(Pane):
    """From top to bottom: the trail, the value, the sentence, its equation, why it is so, and who
    wrote the state; what has no room of that, `unit_layout` says.

    Or, where all terms are asked for, these alone below the value's name.
    """

    background = "side"
    takes_keys = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.trail = TrailLine(self, MARGIN)
        self.list = terms.TermList(self)
        self.foot = Foot(self, MARGIN)
        self.laid = Laid()
        self._lines: list[equations.Line] = []
        self._laid_for: tuple[object, ...] = ()
        self._pointer: QPointF | None = None
        self._title_of: tuple[object, ...] = ()
        self._title_end = 0.0

    @property
    def least_width(self) -> float:  # type: ignore[override]
        """Of the longest equation."""
        if self.session.trace is None:
            return _NARROW
        return max(_NARROW, 2 * MARGIN + equations.width(self))

    @property
    def right(self) -> float:
        return self.size.width() - MARGIN

    # Layout: it depends on what is told of, never on the numbers, so nothing jumps ------------

    def resize(self, width: float, height: float) -> None:
        self.set_size(width, height)  # how many lines a sentence has depends on the width
        self.least_height = least(self)
        super().resize(width, height)

    @property
    def _asked(self) -> tuple[object, ...]:
        """What the layout is for."""
        session = self.session
        halted = session.computation != "blend"
        there = beside.step_there(self) is not None
        return session.told, halted, self.trail.shown, self.trail.known, there

    def show_step(self) -> None:
        self._show_or_lay(super().show_step)

    def show_unit(self) -> None:
        self._show_or_lay(super().show_unit)

    def _show_or_lay(self, show: Callable[[], None]) -> None:
        """Another value may have another layout, and so has a trail that begins or ends."""
        if self.session.trace is not None and self._asked != self._laid_for:
            self.renew()
        else:
            show()

    def arrange(self) -> None:
        self._laid_for = self._asked
        self.laid = laid(self, self.trail.shown)
        place = self.laid.place
        self._lines = [] if place is None else equations.laid(self, place)
        self.list.place(self.laid.list)
        self.foot.place(self.laid.foot, self.laid.entries, self.laid.one_line)

    # Painting --------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is None:
            return
        for rect, arrow in zip(self._arrows(), "↑↓", strict=False):
            self._paint_arrow(p, rect, arrow)
        if self.laid.place is not None:
            equations.paint_symbols(p, self, self.laid.place, self._lines)

    def paint_standing(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        if self.trail.shown:
            self.trail.paint_standing(p)
        self._paint_title(p)
        if self.session.frame is None:
            return
        self.list.paint_standing(p)
        self.foot.paint_standing(p)
        if not self.session.view.all_terms:
            sentences.paint_box(p, self.theme, self.laid.sentence)
        if self.laid.place is not None and self.session.view.all_equations:
            equations.paint_standing(p, self, self.laid.place, self._lines)
        if self._shows_blend:
            self._down(p, blend_line.paint_standing, self, MARGIN, self.right)

    @property
    def _shows_blend(self) -> bool:
        return self.laid.block and self.session.is_computed("h")

    def _down(self, p: QPainter, paint: Callable[..., None], *arguments: object) -> None:
        """Paint below the trail."""
        p.translate(0, self.laid.top)
        paint(p, *arguments)
        p.translate(0, -self.laid.top)

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        frame = self.session.frame
        if self.trail.shown:
            self.trail.paint(p, self._pointer)
        if frame is None:
            self._paint_nothing(p)
            return
        self._paint_value(p, frame.step)
        if self.session.view.all_terms:
            self._paint_choices(p)
        else:
            self._paint_step(p, frame)
        self.list.paint(p, frame, self._pointer)
        self.foot.paint(p, frame.step, self._pointer)
        for rect, words in self._switches():
            self._paint_switch(p, rect, words)
        if self.session.pointed:
            named_so = (one for one in self._symbols() if one.quantity == self.session.pointed)
            symbols.paint_frames(p, self, (one.rect for one in named_so))

    def _symbols(self) -> list[symbols.Symbol]:
        """Those of the equations, whose charts are framed when they are pointed at."""
        place = self.laid.place
        return [] if place is None else equations.symbols(self, place, self._lines)

    def show_pointed(self) -> None:
        self.repaint_step()

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        if self.session.frame is None or self.session.view.all_terms:
            return "", False
        return symbols.at_point(self._symbols(), at), True

    def _paint_step(self, p: QPainter, frame: Frame) -> None:
        if self._shows_blend:
            self._down(p, blend_line.paint, self, MARGIN, self.right, frame)
        elif self.laid.block:
            self._down(p, self._paint_halfway, frame.step)
        sentences.paint(p, self.theme, self.laid.sentence, self.sentence(frame))
        if self.laid.place is not None:
            equations.paint_numbers(p, self, self.laid.place, self._lines, frame)

    def sentence(self, frame: Frame) -> list[Span]:
        """Of the value that is told of: inside a step, how it was made; else, what became of it."""
        session, told = self.session, self.session.told
        if told == "probabilities":
            return probability_sentence(frame.step, session.told_at, self.model)
        halted, by_hand = session.computation != "blend", frame.by_hand(session.unit)
        if not halted and told == "n":
            said = candidate_sentence(
                frame.step, session.unit, self.model.reset, self.activations, by_hand
            )
            if said:
                return said
        shown = told if told in _BY_THEMSELVES else asked_of(told)
        if halted and shown == "h":  # the old state, all else of it is to come
            return old_state_sentence(frame.step, session.unit)
        shown = shown if halted or shown not in ("z", "h") else "blend"
        return sentence(frame.step, session.unit, shown, self.model.reset, session.notation,
                        self.activations, by_hand, session.view.thresholds)  # fmt: skip

    def _paint_nothing(self, p: QPainter) -> None:
        """Before the first step, or where it is not recorded: what the unit's state starts with."""
        from gru_debugger.panes import in_words, unit_told

        words = [in_words.before_the_first(self.trace)]
        if self.interactive:
            words = [in_words.before_the_first(self.trace, press=True)]
        if self.session.position:
            words = [phrases.told("Recording: this step comes in a moment.")]
        words += unit_told.begun(self)
        for y, line in zip((74, 96, 118), words, strict=False):
            shown, size = fonts.fitting(line, self.right - MARGIN, fonts.SANS, 12)
            fonts.text(p, MARGIN, self.laid.top + y, shown, self.theme.muted, fonts.SANS, size)

    def _paint_title(self, p: QPainter) -> None:
        """The unit, and what of it is told."""
        theme, words = self.theme, self._badge
        wide = max(28.0, fonts.width(words, fonts.MONO, 15, 600) + 12)
        rect = QRectF(MARGIN, self.laid.top + 16, wide, 25)
        fonts.tile(p, rect, theme.pill, words, theme.pill_text, fonts.MONO, 15, 600, 4)
        symbol, x, baseline = self._symbol(), MARGIN + wide + 12, self.laid.top + 34
        room = self._chip_left - self._before - 8 - mathematics.width(symbol, 17) - 7 - x
        name, pixels = fonts.fitting(named.words(self), room, fonts.SANS, 17, 600)
        x += fonts.text(p, x, baseline, name, theme.text, fonts.SANS, pixels, 600).width + 7
        mathematics.draw(p, x, baseline, symbol, theme.text, 17)

    @property
    def _badge(self) -> str:
        """Whose value it is: a unit's, or a symbol's."""
        session = self.session
        if session.told != "probabilities":
            return str(session.unit)
        return fonts.symbol(named.symbol(self, session.told_at), 60, 15, 600)[0]

    def _symbol(self) -> str:
        return named.indexed(self, called.whose(self.session.told))

    def _chip(self, words: str) -> QRectF:
        """Behind the symbol, whose end is looked for once a value."""
        wide = max(44.0, fonts.width(words, fonts.MONO, self._chip_pixels(words), 600) + 12)
        session = self.session
        asked = session.unit, session.told, session.told_at, session.notation
        if asked != self._title_of:
            unit = max(28.0, fonts.width(self._badge, fonts.MONO, 15, 600) + 12)
            name = fonts.width(named.words(self), fonts.SANS, 17, 600) + 7
            symbol = mathematics.width(self._symbol(), 17)
            self._title_of, self._title_end = asked, MARGIN + unit + 12 + name + symbol + 8
        left = min(self._title_end + self._before, self._end - wide)
        return QRectF(left, self.laid.top + 18, wide, 21)

    @staticmethod
    def _chip_pixels(words: str) -> float:
        """Smaller letters where a gate's number needs many decimals: the symbol stays clear."""
        below_one = words.removeprefix(MINUS).startswith("0.")
        return fonts.fitting(words, _CHIP - 12, fonts.MONO, 13, 600)[1] if below_one else 13

    @property
    def _end(self) -> float:
        """Where the title ends."""
        arrows = self._arrows()
        return arrows[0].left() - 8 if arrows else self.right

    @property
    def _chip_left(self) -> float:
        """What no value's chip is left of."""
        return self._end - _CHIP

    @property
    def _before(self) -> int:
        """Pixels before the chip, of the reference's number."""
        return 0 if beside.step_there(self) is None else _BEFORE

    def _value_words(self, step: Step) -> str:
        value = float(step.values[self.session.told][self.session.told_at])
        return percent(value, 1) if self.session.told == "probabilities" else two(value)

    def _paint_value(self, p: QPainter, step: Step) -> None:
        theme, words = self.theme, self._value_words(step)
        rect = self._chip(words)
        pixels = self._chip_pixels(words)
        fonts.tile(p, rect, theme.pill, words, theme.pill_text, fonts.MONO, pixels, 600, 4)
        if there := beside.words(self):
            x, y = rect.left() - 6, rect.bottom() - 6
            there, pixels = fonts.fitting(f"{there} →", _BEFORE - 4, fonts.MONO, 12)
            fonts.text(p, x, y, there, theme.muted, fonts.MONO, pixels, align="right")

    def _paint_arrow(self, p: QPainter, rect: QRectF, arrow: str) -> None:
        theme = self.theme
        p.setPen(QPen(theme.border, 1))
        p.setBrush(theme.panel)
        p.drawRoundedRect(rect, 4, 4)
        x, y = rect.center().x(), rect.center().y() + 4
        fonts.text(p, x, y, arrow, theme.muted, fonts.SANS, 12, align="center")

    def _arrows(self) -> list[QRectF]:
        """Buttons for the unit before and the next; beside a reference its number stands there."""
        if not self.interactive or self._before:
            return []
        top = self.laid.top + 17.5
        return [QRectF(self.right - 48.5, top, 22, 22), QRectF(self.right - 22.5, top, 22, 22)]

    def _paint_halfway(self, p: QPainter, step: Step) -> None:
        """Which computation the step halts at: its place among the six, its name, its formula."""
        theme, reset, computation = self.theme, self.model.reset, self.session.computation
        order, room = COMPUTATIONS[reset], self.right - MARGIN
        words = phrases.told("Inside step {t}, computation {n} of {count}", t=grouped(step.number),
                             n=str(order.index(computation) + 1),
                             count=str(len(order)))  # fmt: skip
        fonts.text(p, MARGIN, 64, words, theme.muted, fonts.SANS, 12)
        name = phrases.told(computation_in_words(computation, reset))
        name, pixels = fonts.fitting(name, room, fonts.SANS, 13, 600)
        fonts.text(p, MARGIN, 84, name, theme.text, fonts.SANS, pixels, 600)
        formula = self.in_time(self.symbol(computation))
        mathematics.draw_within(p, MARGIN, 107, formula, theme.muted, 15, room)

    # Asking why ------------------------------------------------------------------------------

    def _choices(self) -> dict[Asked, QRectF]:
        """Where a click asks why: a row of the equations, or (of all terms) a key."""
        if self.session.view.all_terms:
            top = self.laid.top + 52.5
            return {q: QRectF(MARGIN + 50 * i + 0.5, top, 44, 23) for i, q in enumerate(ASKED)}
        place = self.laid.place
        return place.rows() if place is not None and self.session.view.all_equations else {}

    def _switches(self) -> list[tuple[QRectF, str]]:
        """Words at the right edge that show more, or less."""
        view, place = self.session.view, self.laid.place
        if not self.interactive or (place is None and not view.all_terms):
            return []
        words = phrases.told(
            _FEWER if view.all_terms else _OWN if view.all_equations else _ALL
        )
        wide = fonts.width(words, fonts.SANS, 12)
        top = self.laid.top + 52 if place is None else place.top - 16
        return [(QRectF(self.right - wide, top, wide, 23), words)]

    def _switch(self) -> None:
        view = self.session.view
        name = "all_terms" if view.all_terms else "all_equations"
        self.session.look(**{name: not getattr(view, name)})

    def _paint_switch(self, p: QPainter, rect: QRectF, words: str) -> None:
        muted = self.theme.muted
        wide = fonts.text(p, rect.left(), rect.bottom() - 7, words, muted, fonts.SANS, 12).width
        pointed = contains(rect, self._pointer)
        paint_line(p, self, rect.left(), rect.bottom() - 3, wide, pointed)

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

    # The pointer and the keys ----------------------------------------------------------------

    def _links(self) -> list[Link]:
        if self.session.trace is None:
            return []
        found = [*self.trail.links()]
        if self.session.step is not None:
            found += [Link(rect, self._switch) for rect, _ in self._switches()]
            found += [*self.list.links(), *self.foot.links()]
        return found

    def point(self, at: QPointF | None) -> bool:
        def under() -> list[QRectF]:
            return [link.rect for link in links if contains(link.rect, self._pointer)]

        links = self._links()
        before = under()
        self._pointer = at
        now = under()
        if now != before:
            self.repaint_step()
        return bool(now)

    def hover(self, at: QPointF) -> str:
        for link in self.trail.links():
            if link.rect.contains(at):
                return link.words
        if self.session.step is None:
            return ""
        told = list[str]()
        if name := self.pointed_at(at)[0]:
            told.append(symbols.explained(self, name))
        for asked, rect in self._choices().items():
            if rect.contains(at) and self.session.is_computed(asked):
                words = QUANTITIES[asked].described(self.activations)
                why = "Click to ask why the {quantity} is so"
                told.append(phrases.told(why, quantity=phrases.told(words)))
        return "\n".join(told) or self.list.hover(at)

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """Its number in the equations, of the selected unit alone; the selected value's own."""
        session = self.session
        if session.frame is None or session.view.all_terms or unit != session.unit:
            return None
        place = self.laid.place
        found = {} if place is None else equations.places(place, self._lines)
        rect = found.get(quantity)
        if rect is None and quantity == session.told:
            rect = self._chip(self._value_words(session.frame.step))
        return rect if rect is not None and session.is_computed(quantity) else None

    def press(self, at: QPointF) -> None:
        for link in self._links():
            if link.rect.contains(at):
                link.follow()
                return
        for rect, by in zip(self._arrows(), (-1, 1), strict=False):
            if rect.contains(at):
                self.session.select_unit(self.session.unit + by)
                return
        for asked, rect in self._choices().items():
            if rect.contains(at):
                self.session.look(quantity=asked)
                return

    def scroll(self, at: QPointF, turns: float) -> bool:
        return self.list.scroll(round(-3 * turns))

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
        from gru_debugger.panes import unit_told

        frame = self.session.frame
        halted = frame is not None and self.session.computation != "blend"
        return unit_told.words(self, self.sentence(frame) if frame and halted else ())

    def numbers(self) -> Tables:
        from gru_debugger.panes import unit_told

        return unit_told.numbers(self)
