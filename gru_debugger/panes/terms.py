"""“Why is z₉ small?”: what the value is made of, in rows, as `questions.why` has them.

A few of them, or all: then they scroll, and only those in sight are made.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import fonts, mathematics
from gru_debugger.core.trace import Step
from gru_debugger.numerals import exact, two
from gru_debugger.panes import beside
from gru_debugger.panes.links import CAP, Link, contains, paint_caps, paint_lines
from gru_debugger.panes.named import in_notation, indexed
from gru_debugger.panes.pane import Pane
from gru_debugger.questions.causes import Value
from gru_debugger.questions.terms import asked_word
from gru_debugger.questions.why import Group, Row, Sum, Why, Writers
from gru_debugger.session.frame import Frame
from gru_debugger.spans import Span

ROW, HEAD = 19, 35  # pixels of a row, and above the first one
_FIXED = "read", "bias"  # names of terms that are no symbol's and no file's
_WHY = {  # by what a value is called
    "small": "Why is {value} small?", "large": "Why is {value} large?",
    "near a half": "Why is {value} near a half?", "negative": "Why is {value} negative?",
    "positive": "Why is {value} positive?", "near zero": "Why is {value} near zero?",
    "not a number": "Why is {value} not a number?",
}  # fmt: skip
_WHY_IT = {
    "small": "Why is it small?", "large": "Why is it large?",
    "near a half": "Why is it near a half?", "negative": "Why is it negative?",
    "positive": "Why is it positive?", "near zero": "Why is it near zero?",
    "not a number": "Why is it not a number?",
}  # fmt: skip
GAP = 4  # pixels above the second heading
_NAME = CAP + 8  # pixels from the left of a row's name
_FACTORS, _NAMES = 144, 62  # pixels from the left of what is multiplied, and of names alone
_TILE = 19  # pixels of a character and the space before it
_REACH, _VALUES = 46, 44  # pixels that a bar goes at most, and of the values on the right
_APART = 1.2  # pixels of a difference that is seen
_NARROW = 220  # pixels below which there are names, bars and values alone
_STEPS = {
    Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Home: -10**9, Qt.Key.Key_End: 10**9,
}  # fmt: skip
_NAMED = ("r", "z", "n", "h")  # what the question calls by its symbol


def why(pane: Pane, step: Step) -> Why:
    """What there is to say of the value that is told of."""
    session = pane.session
    place = session.layer, session.direction
    return Why(Value(pane.trace, session.told, place, session.told_at, step.number, step))


def height(rows: int) -> int:
    """Pixels that so many rows take, with their heading."""
    return HEAD + ROW * rows


@dataclass(frozen=True)
class Block:
    """A group in its place: `top` is that of its heading."""

    group: Group
    top: float
    rows: list[Row]
    there: dict[str, float]  # what they are in the reference

    def rect(self, i: int, left: float, wide: float) -> QRectF:
        return QRectF(left, self.top + HEAD + ROW * i - 3, wide, ROW)


class TermList:
    """The list in a pane: its place there, what of it is in sight, what keys and clicks do."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self.first = 0  # the row in sight on top, where all are shown
        self.rect = QRectF()
        self._known: tuple[object, ...] = ()
        self._blocks: list[Block] = []
        self._count = 0  # rows of all

    def place(self, rect: QRectF) -> None:
        self.rect = rect
        self.first = 0
        self._known = ()

    @property
    def room(self) -> int:
        """How many rows find room below one heading."""
        return max(1, int((self.rect.height() - HEAD) // ROW))

    def blocks(self, step: Step) -> list[Block]:
        """What is in sight; made once for a step and a value."""
        session = self.pane.session
        asked = step, session.told_at, session.told
        if asked != self._known[:3]:
            self.first = 0
        if (*asked, self.first) != self._known:
            self._known = *asked, self.first
            found = why(self.pane, step)
            self._blocks = self._all(found) if session.view.all_terms else self._few(found)
        return self._blocks

    def _all(self, found: Why) -> list[Block]:
        every = found.all
        self._count = len(every)
        rows = every.between(self.first, self.first + self.room)
        there = beside.terms(self.pane, every, rows, self.first)
        return [Block(every, self.rect.top(), rows, there)]

    def _few(self, found: Why) -> list[Block]:
        blocks, top = list[Block](), self.rect.top()
        for group in found.groups:
            room = int((self.rect.bottom() - top - HEAD) // ROW)
            if blocks and room < group.least:
                break
            rows = group.rows(max(1, room))
            blocks.append(Block(group, top, rows, beside.terms(self.pane, group, rows)))
            top += height(len(blocks[-1].rows)) + GAP
        return blocks

    def shown(self, step: Step) -> list[Row]:
        return [row for block in self.blocks(step) for row in block.rows]

    # What the pointer and the keys do --------------------------------------------------------

    def scroll(self, rows: int) -> bool:
        """Whether it moved."""
        session, step = self.pane.session, self.pane.session.step
        if not session.view.all_terms or step is None:
            return False
        self.blocks(step)
        last = max(0, self._count - self.room)
        first = min(max(0, self.first + rows), last)
        moved, self.first = first != self.first, first
        if moved:
            self.pane.repaint_step()
        return moved

    def key(self, key: int) -> bool:
        session = self.pane.session
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            session.look(all_terms=not session.view.all_terms)
            return True
        page = {Qt.Key.Key_PageDown: self.room - 1, Qt.Key.Key_PageUp: 1 - self.room}
        by = _STEPS.get(Qt.Key(key)) or page.get(Qt.Key(key))
        return by is not None and self.scroll(by)

    def links(self) -> list[Link]:
        """To what a term met; of what the others add up to, to all of them."""
        step = self.pane.session.step
        if step is None:
            return []
        session, found = self.pane.session, list[Link]()
        for block in self.blocks(step):
            for i, row in enumerate(block.rows):
                rect = block.rect(i, self.rect.left(), self.rect.width())
                if row.others:
                    found.append(Link(rect, lambda: session.look(all_terms=True)))
                elif row.target is not None:
                    found.append(Link(rect, lambda row=row: session.follow_to(row.target)))  # type: ignore[misc]
        return found

    def hover(self, at: QPointF) -> str:
        """A row's numbers, and the column's name where it is a number of a row that has one."""
        step = self.pane.session.step
        if step is None or not self.rect.contains(at):
            return ""
        for block in self.blocks(step):
            for i, row in enumerate(block.rows):
                if block.rect(i, self.rect.left(), self.rect.width()).contains(at):
                    return self._tip(row)
        return ""

    def _tip(self, row: Row) -> str:
        if row.others:
            more = phrases.told("Click to see them all")
            return f"{row.name}: {exact(row.value)}\n{more}"
        numbers = exact(row.value)
        if row.term is not None and row.term.met is not None and row.term.scale != 1:
            term = row.term
            gate = f"{exact(term.weight)} × reset gate {exact(term.scale)}"
            numbers = f"{exact(row.term.met)} × {gate} = {numbers}"
        elif row.product is not None:
            numbers = f"{exact(row.product[0])} × {exact(row.product[1])} = {numbers}"
        words = f"{self._name(row)}: {numbers}"
        if not row.number:
            return words
        where = phrases.told("Click or Alt+{number} to go there", number=str(row.number))
        return f"{words}\n{where}"

    def _name(self, row: Row) -> str:
        trace = self.pane.trace
        if row.read:
            return trace.character_in_words(row.read)
        name = plain(row)
        if name.startswith("x[") and self.pane.session.layer == 0:
            column = trace.reading.column(int(name[2:-1]))
            name += f" “{column}”" if column else ""
        return name

    # Painting --------------------------------------------------------------------------------

    def paint_standing(self, p: QPainter) -> None:
        """The line above."""
        left, top, wide = self.rect.left(), self.rect.top(), self.rect.width()
        p.fillRect(QRectF(left, top, wide, 1), self.pane.theme.border)

    def paint(self, p: QPainter, frame: Frame, pointer: QPointF | None = None) -> None:
        """Question, sum and bars."""
        for i, block in enumerate(self.blocks(frame.step)):
            if i:
                wide = self.rect.width()
                line = QRectF(self.rect.left(), block.top, wide, 1)
                p.fillRect(line, self.pane.theme.border)
            self._paint_heading(p, block, frame)
            self._paint_rows(p, block, pointer)
        if self.pane.session.view.all_terms:
            self._paint_thumb(p, self._count)

    def _paint_heading(self, p: QPainter, block: Block, frame: Frame) -> None:
        theme, left, right = self.pane.theme, self.rect.left(), self.rect.right()
        baseline, total = block.top + 24, two(block.group.total)
        if block.group.title:
            x = left + fonts.text(
                p, left, baseline, phrases.told(block.group.title), theme.text, fonts.SANS, 13, 600
            ).width
        else:
            x = self._paint_question(p, left, baseline, frame)
        at = right - fonts.text(
            p, right, baseline, total, theme.text, fonts.MONO, 11, align="right"
        ).width
        note = phrases.told(block.group.note) if block.group.note else ""
        words, pixels = fonts.fitting(note, at - 8 - x - 8, fonts.SANS, 11)
        fonts.text(p, at - 8, baseline, words, theme.muted, fonts.SANS, pixels, align="right")

    def _paint_question(self, p: QPainter, left: float, baseline: float, frame: Frame) -> float:
        pane, told, theme = self.pane, self.pane.session.told, self.pane.theme
        unit = pane.session.unit
        word = asked_word(float(frame.step.values[told][pane.session.told_at]), told)
        by_hand = told in frame.by_hand(unit)  # its terms are those of what it would have been
        if told not in _NAMED:
            words = phrases.told("It was set by hand") if by_hand else phrases.told(_WHY_IT[word])
            end = fonts.text(p, left, baseline, words, theme.text, fonts.SANS, 13, 600).width
            return left + end
        value = Span(indexed(pane, told), symbol=True)
        x, template = left, "{value} was set by hand" if by_hand else _WHY[word]
        for span in phrases.phrase(template, value=value):
            if span.symbol:
                x += 4 + mathematics.draw(p, x, baseline, span.text, theme.text, 15)
                continue
            words = span.text if x > left else f"{span.text} "
            x += fonts.text(p, x, baseline, words, theme.text, fonts.SANS, 13, 600).width
        return x

    def _paint_rows(self, p: QPainter, block: Block, pointer: QPointF | None) -> None:
        if not block.rows:
            return
        scale, zero = self._scale(block)
        y = block.top + HEAD + 11
        p.fillRect(QRectF(zero, y - 11, 1, ROW * len(block.rows) - 4), self.pane.theme.ticks)
        left, caps, lines = self.rect.left(), list[tuple[float, float, str]](), list[QLineF]()
        for i, row in enumerate(block.rows):
            long = self._paint_row(p, y, row, zero, scale)
            if row.number:
                caps.append((left, y, str(row.number)))
            if row.target is not None or row.others:
                if contains(block.rect(i, left, self.rect.width()), pointer):
                    p.fillRect(QRectF(left + _NAME, y + 4, long, 1), self.pane.theme.text)
                else:
                    lines.append(fonts.line_below(left + _NAME, y + 4, long))
            there = block.there.get(beside.key(row))
            off = 0.0 if there is None or row.others else abs(there - row.value) * scale
            if there is not None and off > _APART:
                self._paint_there(p, y, zero, there * scale)
            if isinstance(block.group, Writers) and row is not block.rows[-1]:
                x = zero + (row.begin + row.value) * scale
                p.fillRect(QRectF(x, y - 8, 1, ROW), self.pane.theme.ticks)
            y += ROW
        paint_caps(p, self.pane, caps)
        paint_lines(p, self.pane, lines)

    def _scale(self, block: Block) -> tuple[float, float]:
        """Pixels that 1 is long, and where zero is; bars that follow one another stay inside."""
        middle, reach = self._bars()
        if isinstance(block.group, Writers):
            ends = [0.0, *(row.begin + row.value for row in block.rows)]
            low, high = min(ends), max(ends)
            scale = 2 * reach / ((high - low) or 1.0)
            return scale, middle - reach - low * scale
        sizes = [max(abs(row.value), abs(row.whole or 0.0)) for row in block.rows]
        if isinstance(block.group, Sum):
            sizes.append(abs(block.group.terms[0].value))
        return reach / (max(sizes) or 1.0), middle

    def _bars(self) -> tuple[float, float]:
        """The middle of where bars are, and how far they go from there."""
        wide = self.rect.width()
        start = (_FACTORS if wide >= _NARROW else _NAMES) + 8
        room = (wide - start - _VALUES) / 2
        return self.rect.left() + start + room, min(float(_REACH), max(4.0, room))

    def _paint_row(self, p: QPainter, y: float, row: Row, zero: float, scale: float) -> float:
        """All but its key; how wide the name is."""
        theme, left, right = self.pane.theme, self.rect.left(), self.rect.right()
        long = self._paint_name(p, y, row)
        words = self._product(row)
        if words and self.rect.width() >= _NARROW:
            words, pixels = fonts.fitting(words, _FACTORS - _NAME - long - 4, fonts.MONO, 10)
            fonts.text(p, left + _FACTORS, y, words, theme.muted, fonts.MONO, pixels,
                       align="right")  # fmt: skip
        start, wide = zero + row.begin * scale, row.value * scale
        if row.whole is not None:
            whole = row.whole * scale
            p.setPen(QPen(theme.outline, 1))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(QRectF(min(zero, zero + whole), y - 8.5, abs(whole), 9))
        bar = QRectF(min(start, start + wide), y - 9, abs(wide), 10)
        p.fillRect(bar, self._color(row))
        fonts.text(p, right, y, two(row.value), theme.text, fonts.MONO, 11, align="right")
        return long

    def _paint_there(self, p: QPainter, y: float, zero: float, wide: float) -> None:
        """A line at what it is in the reference, where that is beyond the room, at its end."""
        _, reach = self._bars()
        x = zero + min(max(wide, -reach - 3), reach + 3)
        p.fillRect(QRectF(x - 2, y - 11, 4, 14), self.pane.theme.role(self.pane.background))
        p.fillRect(QRectF(x - 1, y - 11, 2, 14), self.pane.theme.text)

    def _paint_name(self, p: QPainter, y: float, row: Row) -> float:
        """Its symbol, or its words with the character that they are about; how wide they are."""
        theme, left = self.pane.theme, self.rect.left() + _NAME
        if "_{" in row.name:
            return mathematics.draw(p, left, y, in_notation(self.pane, row.name), theme.text, 14)
        middle, reach = self._bars()
        room = middle - reach - left - 4
        if words := self._product(row):
            room = _FACTORS - _NAME - 6 - fonts.width(words, fonts.MONO, 10)
        link = row.target is not None
        color = theme.text if link or row.role == "h" else theme.muted
        weight = 600 if row.role == "h" else 400
        called = phrases.told(row.name) if row.name in _FIXED else row.name
        if row.read and row.product is None:  # the character, then that it is read
            wide = self._paint_tile(p, left, y, row.read) + 6
            return wide + fonts.text(p, left + wide, y, called, theme.muted, fonts.SANS, 11).width
        room -= _TILE if row.read else 0
        name, pixels = fonts.fitting(called, room, fonts.SANS, 11, weight)
        long = fonts.text(p, left, y, name, color, fonts.SANS, pixels, weight).width
        return long + (4 + self._paint_tile(p, left + long + 4, y, row.read) if row.read else 0)

    def _paint_tile(self, p: QPainter, x: float, y: float, step: int) -> float:
        character = self.pane.trace.characters[step - 1]
        shown, pixels = fonts.symbol(character, _TILE - 8, 11)
        wide = max(15.0, fonts.width(shown, fonts.MONO, pixels) + 4)
        theme = self.pane.theme
        box = QRectF(x, y - 12, wide, 16)
        fonts.tile(p, box, theme.pale, shown, theme.text, fonts.MONO, pixels)
        return wide

    def _product(self, row: Row) -> str:
        if row.whole is not None:
            return phrases.told("of {whole}", whole=two(row.whole))
        return "" if row.product is None else f"{two(row.product[0])} × {two(row.product[1])}"

    def _color(self, row: Row) -> QColor:
        theme = self.pane.theme
        if row.others or row.role == "others":
            return theme.future
        if row.role:
            return theme.role(row.role)
        return theme.positive if row.value > 0 else theme.negative

    def _paint_thumb(self, p: QPainter, count: int) -> None:
        """How much of the list is in sight, and where; how many there are."""
        room, theme = self.room, self.pane.theme
        high = self.rect.height() - HEAD - 4
        if count <= room:
            return
        top = self.rect.top() + HEAD + high * self.first / count
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.outline)
        p.drawRoundedRect(
            QRectF(self.rect.right() + 8, top, 5, max(16.0, high * room / count)), 2, 2
        )


def plain(row: Row) -> str:
    """A row's name where there is only text: h[3]."""
    if row.name in _FIXED:
        return phrases.told(row.name)
    return row.name.replace("_{", "[").replace("}", "]")
