"""“Why is z₉ small?”: the terms of a gate's sum, or of the new state, the largest first.

A few of them, or all: then they scroll, and only those in sight are made.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts, mathematics
from gru_debugger.core.trace import Step
from gru_debugger.numerals import exact, two
from gru_debugger.panes.equations import short
from gru_debugger.panes.pane import Pane
from gru_debugger.questions.asked import Asked
from gru_debugger.questions.terms import Term, Terms, asked_word, gate_terms, state_terms
from gru_debugger.session.frame import Frame

ROW, FEWEST = 19, 4
_HEAD = 35  # pixels above the first row
_FACTORS, _NAMES = 126, 62  # pixels from the left of what is multiplied, and of names alone
_REACH, _VALUES = 46, 44  # pixels that a bar goes at most, and of the values on the right
_NARROW = 220  # pixels below which there are names, bars and values alone
_STEPS = {
    Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Home: -10**9, Qt.Key.Key_End: 10**9,
}  # fmt: skip


def terms_of(pane: Pane, step: Step, asked: Asked) -> Terms:
    session, model = pane.session, pane.model
    if asked == "h":
        return state_terms(step, session.unit)
    one_hot = session.layer == 0 and pane.trace.one_hot
    cell = model.cell(session.layer, session.direction)
    name = pane.trace.character_in_words(step.number) if one_hot else ""
    by_hand = session.frame.by_hand(session.unit) if session.frame else ()
    return gate_terms(cell, step, session.unit, asked, model.reset, name, by_hand)


def height(rows: int) -> int:
    """Pixels that so many rows take, with their heading."""
    return _HEAD + ROW * rows


class TermList:
    """The list in a pane: its place there, what of it is in sight, what keys and clicks do."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self.first = 0  # the row in sight on top, where all are shown
        self._known: tuple[Step | None, int, Asked] = (None, 0, "z")
        self._terms: Terms | None = None
        self.rect = QRectF()

    def place(self, rect: QRectF) -> None:
        self.rect = rect
        self.first = 0

    @property
    def room(self) -> int:
        """How many rows find room."""
        return max(1, int((self.rect.height() - _HEAD) // ROW))

    def terms(self, step: Step) -> Terms:
        session = self.pane.session
        known = (step, session.unit, session.answered)
        if self._terms is None or known != self._known:
            self._known, self.first = known, 0
            self._terms = terms_of(self.pane, step, session.answered)
        return self._terms

    def shown(self, step: Step) -> list[Term]:
        terms = self.terms(step)
        if self.pane.session.view.all_terms:
            return terms[self.first : self.first + self.room]
        return terms.largest(self.room)

    # What the pointer and the keys do --------------------------------------------------------

    def scroll(self, rows: int) -> bool:
        """Whether there was anything to scroll."""
        session, step = self.pane.session, self.pane.session.step
        if not session.view.all_terms or step is None:
            return False
        last = max(0, len(self.terms(step)) - self.room)
        first = min(max(0, self.first + rows), last)
        moved, self.first = first != self.first, first
        if moved:
            self.pane.repaint_step()
        return last > 0

    def key(self, key: int) -> bool:
        session = self.pane.session
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            session.look(all_terms=not session.view.all_terms)
            return True
        page = {Qt.Key.Key_PageDown: self.room - 1, Qt.Key.Key_PageUp: 1 - self.room}
        by = _STEPS.get(Qt.Key(key)) or page.get(Qt.Key(key))
        return by is not None and self.scroll(by)

    def press(self, at: QPointF) -> bool:
        """On what the others add up to: all of them; whether that was hit."""
        found = self._at(at)
        if found is None or not found.others:
            return False
        self.pane.session.look(all_terms=True)
        return True

    def _at(self, at: QPointF) -> Term | None:
        step = self.pane.session.step
        row = int((at.y() - self.rect.top() - _HEAD) // ROW)
        if step is None or not self.rect.contains(at) or row < 0:
            return None
        shown = self.shown(step)
        return shown[row] if row < len(shown) else None

    def hover(self, at: QPointF) -> str:
        """A term's numbers, and the column's name where it is a number of a row that has one."""
        term = self._at(at)
        if term is None:
            return ""
        if term.others:
            return f"{term.name}: {exact(term.value)}\nClick to see them all"
        met = "" if term.met is None else f"{exact(term.met)} × {exact(term.weight)} = "
        if term.met is not None and term.scale != 1:
            met = f"{exact(term.met)} × {exact(term.weight)} × reset gate {exact(term.scale)} = "
        return f"{self._name(term)}: {met}{exact(term.value)}"

    def _name(self, term: Term) -> str:
        name = plain(term)
        if name.startswith("x[") and self.pane.session.layer == 0:
            column = self.pane.trace.reading.column(int(name[2:-1]))
            name += f" “{column}”" if column else ""
        return name

    # Painting --------------------------------------------------------------------------------

    def paint_standing(self, p: QPainter) -> None:
        """The line above."""
        left, top, wide = self.rect.left(), self.rect.top(), self.rect.width()
        p.fillRect(QRectF(left, top, wide, 1), self.pane.theme.border)

    def paint(self, p: QPainter, frame: Frame) -> None:
        """Question, sum and bars."""
        step = frame.step
        self._paint_question(p, frame)
        self._paint_rows(p, step)
        if self.pane.session.view.all_terms:
            self._paint_thumb(p, len(self.terms(step)))

    def _paint_question(self, p: QPainter, frame: Frame) -> None:
        pane, asked, theme = self.pane, self.pane.session.answered, self.pane.theme
        unit, left, right = pane.session.unit, self.rect.left(), self.rect.right()
        baseline = self.rect.top() + 24
        value, sums = (float(frame.step.values[q][unit]) for q in (asked, sum_of(asked)))
        before, after = "Why is ", f"{asked_word(value, asked)}?"
        if asked in frame.by_hand(unit):  # its terms are those of what it would have been
            before, after, sums = "", "was set by hand", self.terms(frame.step).total
        x = left + fonts.text(p, left, baseline, before, theme.text, fonts.SANS, 13, 600)
        x += mathematics.draw(p, x, baseline, indexed(pane, asked), theme.text, 15)
        x += 4 + fonts.text(p, x + 4, baseline, after, theme.text, fonts.SANS, 13, 600)
        total = two(sums)
        at = right - fonts.text(
            p, right, baseline, total, theme.text, fonts.MONO, 11, align="right"
        )
        words, pixels = fonts.fitting(self._total_in_words(), at - 8 - x - 8, fonts.SANS, 11)
        fonts.text(p, at - 8, baseline, words, theme.muted, fonts.SANS, pixels, align="right")

    def _total_in_words(self) -> str:
        asked = self.pane.session.answered
        if asked == "h":
            return "take + keep"
        role = self.pane.activations.of_role("candidate" if asked == "n" else "gate")
        return f"sum before {role.symbol}"

    def _paint_rows(self, p: QPainter, step: Step) -> None:
        shown, (zero, reach) = self.shown(step), self._bars()
        largest = abs(self.terms(step)[0].value)
        largest = max(largest, max(abs(term.value) for term in shown)) or 1.0
        y = self.rect.top() + _HEAD + 11
        p.fillRect(QRectF(zero, y - 11, 1, ROW * len(shown) - 4), self.pane.theme.ticks)
        for term in shown:
            self._paint_row(p, y, term, zero, term.value / largest * reach)
            y += ROW

    def _bars(self) -> tuple[float, float]:
        """Where the bars' zero is, and how far they go from there."""
        wide = self.rect.width()
        start = (_FACTORS if wide >= _NARROW else _NAMES) + 8
        room = (wide - start - _VALUES) / 2
        return self.rect.left() + start + room, min(float(_REACH), max(4.0, room))

    def _paint_row(self, p: QPainter, y: float, term: Term, zero: float, wide: float) -> None:
        theme, left, right = self.pane.theme, self.rect.left(), self.rect.right()
        if "_{" in term.name:
            mathematics.draw(p, left, y, in_notation(self.pane, term.name), theme.text, 14)
        else:
            room = zero - self._bars()[1] - left - 4
            name, pixels = fonts.fitting(term.name, room, fonts.SANS, 11)
            long = fonts.text(p, left, y, name, theme.muted, fonts.SANS, pixels)
            if term.others and self.pane.interactive:
                fonts.underline(p, left, y + 3, long, theme.muted)
        if term.met is not None and self.rect.width() >= _NARROW:
            words = f"{two(term.met)} × {two(term.factor)}"
            fonts.text(p, left + _FACTORS, y, words, theme.muted, fonts.MONO, 10, align="right")
        p.fillRect(QRectF(min(zero, zero + wide), y - 9, abs(wide), 10), self._color(term))
        fonts.text(p, right, y, two(term.value), theme.text, fonts.MONO, 11, align="right")

    def _color(self, term: Term) -> QColor:
        theme = self.pane.theme
        if term.others:
            return theme.future
        sign = theme.positive if term.value > 0 else theme.negative
        return {"take": theme.take, "keep": theme.keep}.get(term.name, sign)

    def _paint_thumb(self, p: QPainter, count: int) -> None:
        """How much of the list is in sight, and where; how many there are."""
        room, theme = self.room, self.pane.theme
        high = self.rect.height() - _HEAD - 4
        if count <= room:
            return
        top = self.rect.top() + _HEAD + high * self.first / count
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.outline)
        p.drawRoundedRect(
            QRectF(self.rect.right() + 8, top, 5, max(16.0, high * room / count)), 2, 2
        )


def sum_of(asked: Asked) -> str:
    """The quantity that a value's terms add up to."""
    return "h" if asked == "h" else f"sum_{asked}"


def plain(term: Term) -> str:
    """A term's name where there is only text: h[3]."""
    return term.name.replace("_{", "[").replace("}", "]")


def in_notation(pane: Pane, name: str) -> str:
    """“h_{3}” as the course writes it."""
    if pane.session.notation == "course":
        name = re.sub(r"r_\{(\d+)\}", r"Γ_{r,\1}", name)
    return name.replace("h_", f"{pane.letter('h')}_")


def indexed(pane: Pane, asked: Asked) -> str:
    """The asked unit's value: z₉."""
    unit, symbol = pane.session.unit, short(pane, asked)
    if asked == "h":
        return f"{pane.letter('h')}_{{{unit}}}"
    found = re.fullmatch(r"(.*)_(\w)", symbol)  # Γ_u
    return f"{found[1]}_{{{found[2]},{unit}}}" if found else f"{symbol}_{{{unit}}}"
