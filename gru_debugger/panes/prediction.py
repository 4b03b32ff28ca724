"""The next character: the likeliest ones, the one that follows, its rank and its surprise.

Beside a reference each has a second, thin bar and a second number, which are that run's.

Of rows, and of a text that is read from its end, the output's softmax alone: what it should be is
not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts
from gru_debugger.core.cell import Array
from gru_debugger.core.model import printable
from gru_debugger.numerals import brief, fixed, grouped, percent
from gru_debugger.panes import beside, in_words
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import MOST, Table, Tables
from gru_debugger.phrases import told

MARGIN = 22
ROW, FIRST = 23, 42
_UNSEEN = 0.02  # pixels of a bar
TITLE = 120  # pixels of the title and the space after it
_TOLD = 5  # symbols told in words
_NEXT = "next in the text", "next"  # the latter where there is too little room
WIDE = 48  # pixels of a row's tile where the vocabulary has symbols of several characters


@dataclass(frozen=True)
class _Given:
    """What all rows of a step share: the reference's probabilities where there is one, the symbol
    that follows, and the one that is asked about."""

    probabilities: Array
    there: Array | None
    following: int | None
    asked: int | None


class PredictionPane(Pane):
    background = "side"
    least_width = 240
    least_height = FIRST + 2 * ROW + 20  # two symbols, and the line below them

    @property
    def right(self) -> float:
        return self.size.width() - MARGIN

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is not None:
            fonts.text(p, MARGIN, 26, self.title, self.theme.text, fonts.SANS, 14, 600)

    def paint_standing(self, p: QPainter) -> None:
        """A symbol's tile and the ground of its bar, in each row."""
        probabilities = None if self.session.trace is None else self._state()[1]
        if probabilities is None:
            return
        given = self._given(probabilities)
        for i in range(len(self._rows(given))):
            top = FIRST + i * ROW
            self._paint_tile(p, top, QPen(self.theme.border, 1))
            p.fillRect(self._bar(top, given), self.theme.grid)

    def _paint_tile(self, p: QPainter, top: float, pen: QPen) -> None:
        p.setPen(pen)
        p.setBrush(self.theme.panel)
        p.drawRoundedRect(self._tile(top), 4, 4)

    @property
    def _room(self) -> int:
        """Pixels that a symbol's tile is wide."""
        return 22 if self.model.longest_symbol == 1 else WIDE

    def _tile(self, top: float) -> QRectF:
        return QRectF(MARGIN + 0.5, top + 0.5, self._room, 19)

    def _bar(self, top: float, given: _Given) -> QRectF:
        """What a bar would fill if it were certain."""
        left = MARGIN + self._room + 10.0
        numbers = 56 if given.there is None else 104
        return QRectF(left, top + 4, self.right - numbers - left, 12)

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        theme, right = self.theme, self.right
        fonts.text(p, right, 26, self._context(), theme.muted, fonts.MONO, 11, align="right")
        words, probabilities = self._state()
        if probabilities is None:
            self._paint_words(p, 56, words)
            return
        given = self._given(probabilities)
        rows = self._rows(given)
        for i, index in enumerate(rows):
            self._paint_row(p, FIRST + i * ROW, index, given)
        self._paint_words(p, FIRST + len(rows) * ROW + 14, words)

    def _paint_words(self, p: QPainter, baseline: float, words: str) -> None:
        shown, pixels = fonts.fitting(words, self.right - MARGIN, fonts.SANS, 12)
        fonts.text(p, MARGIN, baseline, shown, self.theme.muted, fonts.SANS, pixels)

    def _context(self) -> str:
        """The last symbols read, as many as stand beside the title; unknown ones as written.

        Of rows the last one's label alone: labels do not join into words; so too of a text that is
        read from its end.
        """
        position, characters = self.session.position, self.trace.characters
        if not self.trace.predicts_next:
            return fonts.glyph(characters[position - 1]) if position else ""
        shown, first = "", position
        room = self.right - MARGIN - TITLE - fonts.width("…", fonts.MONO, 11)
        while first > max(0, position - 9):
            symbol = fonts.glyph(characters[first - 1])
            room -= fonts.width(symbol, fonts.MONO, 11)
            if room < 0:
                break
            shown, first = symbol + shown, first - 1
        return ("…" if first else "") + shown

    def _state(self) -> tuple[str, Array | None]:
        """The line below the bars, or why there are none."""
        step = self.session.step
        if self.model.output is None:
            return told("The file has no output layer: no predictions."), None
        if step is None:
            before = self.session.position == 0
            return in_words.before_the_first(self.trace) if before else told("Recording…"), None
        if not self.session.is_computed("probabilities"):
            return told("Not computed yet."), None
        probabilities = step.values["probabilities"]
        if len(probabilities) == 1:
            only = brief(float(step.values["logits"][0]), signed=True)
            return told("One number: {number}", number=only), None
        if not self.trace.predicts_next:
            return told("Softmax of the output; its target is not known."), probabilities
        following = self._following()
        if following is None:
            return told("The text ends here."), probabilities
        share = max(float(probabilities[following]), 1e-38)
        rank = int((probabilities > probabilities[following]).sum()) + 1
        words = told("rank {rank} of {count}, {verdict} · surprise {bits} bits",
                     rank=grouped(rank), count=grouped(len(probabilities)),
                     verdict=told("right") if rank == 1 else told("wrong"),
                     bits=fixed(-np.log2(share), 2))  # fmt: skip
        if self.trace.foresees:
            words = told("{rank} · it was read from the end", rank=words)
        return words, probabilities

    def _there(self) -> Array | None:
        """The reference's probabilities of this step, where there is one that has as many."""
        frame = self.session.frame
        if frame is None or frame.reference is None:
            return None
        here, there = (s.get("probabilities") for s in (frame.step, frame.reference))
        same = here is not None and there is not None and len(here) == len(there)
        return there if same else None

    def _given(self, probabilities: Array) -> _Given:
        return _Given(probabilities, self._there(), self._following(), self.session.view.symbol)

    def _following(self) -> int | None:
        """Index of the character that really follows, where that is what is predicted."""
        trace, position = self.session.trace, self.session.position
        assert trace is not None
        return trace.reading.one_index(position + 1) if trace.predicts_next else None

    def _rows(self, given: _Given) -> list[int]:
        """Indices by probability; the one that follows and then, where there is room, the one that
        is asked about, stand in the last places where they are further down."""
        room = max(2, int((self.size.height() - FIRST - 24) // ROW))
        order, following = self._likeliest(room), given.following
        for index in (following, given.asked):
            free = [at for at, other in enumerate(order) if at and other != following]
            if index is not None and index not in order and free:
                order[free[-1]] = index
        return sorted(order, key=lambda index: -given.probabilities[index])

    def _paint_row(self, p: QPainter, top: float, index: int, given: _Given) -> None:
        theme, follows, there = self.theme, index == given.following, given.there
        self._paint_symbol(p, top, index, given)
        share, right, baseline = float(given.probabilities[index]), self.right, top + 14
        bar = self._bar(top, given)
        left, whole = bar.left(), bar.width()
        bar.setWidth(whole * share)
        _fill(p, bar, theme.h if follows else theme.r)
        if follows:
            self._paint_next(p, top, left + whole * share, left, left + whole)
        words, color = percent(share, 1), theme.text if follows else theme.muted
        fonts.text(p, right, baseline, words, color, fonts.MONO, 11, align="right")
        if there is not None:
            held = float(there[index])
            _fill(p, QRectF(left, bar.bottom() + 1, whole * held, 3), theme.text)
            words, right = f"{fixed(100 * held, 1)} →", right - 50
            fonts.text(p, right, baseline, words, theme.muted, fonts.MONO, 11, align="right")

    def _paint_symbol(self, p: QPainter, top: float, index: int, given: _Given) -> None:
        """In its tile, of which the empty ones stand there already."""
        theme, tile = self.theme, self._tile(top)
        follows, asked = index == given.following, index == given.asked
        if follows:
            self._paint_tile(p, top, QPen(theme.now, 1.5))
        if asked:
            fonts.box(p, tile.adjusted(1.5, 1.5, -1.5, -1.5), theme.pill)
        symbol = self.model.vocabulary[index] if self.model.vocabulary else str(index)
        color, weight = theme.pill_text if asked else theme.text, 600 if follows else 400
        shown, pixels = fonts.symbol(symbol, self._room - 4, 12, weight)
        middle = tile.center()
        x, baseline = middle.x(), middle.y() + 4.5 - (12 - pixels) / 3
        fonts.text(p, x, baseline, shown, color, fonts.MONO, pixels, weight, align="center")

    def _paint_next(self, p: QPainter, top: float, end: float, left: float, right: float) -> None:
        """That it is the one that follows: in its bar, or behind the bar's end."""
        for label in map(told, _NEXT):
            wide = fonts.width(label, fonts.SANS, 10, 500)
            inside = end - left > wide + 14
            if inside or end + 6 + wide <= right:
                break
        x, color = (left + 7, self.theme.now_text) if inside else (end + 6, self.theme.muted)
        label, pixels = fonts.fitting(label, right - x, fonts.SANS, 10, 500)
        fonts.text(p, x, top + 13.5, label, color, fonts.SANS, pixels, 500)

    # Told ------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return told("Next character") if self.trace.predicts_next else told("Output")

    def words(self) -> str:
        words, probabilities = self._state()
        if probabilities is None:
            return in_words.sentences(words)
        likeliest = [i for i in self._likeliest(_TOLD) if probabilities[i] >= 0.0005]
        there, where = self._there(), beside.where(self)
        each = [f"{self._name(i)} {percent(probabilities[i], 1)}" for i in likeliest]
        if there is not None:
            both = (
                f"{one}, {where} {percent(there[i], 1)}"
                for one, i in zip(each, likeliest, strict=True)
            )
            each = list(both)
        following = self._following()
        if following is not None:
            words = told(
                "really next: {character} {share}, {rank}", character=self._name(following),
                share=percent(probabilities[following], 1), rank=words.replace(" · ", ", "),
            )  # fmt: skip
        return in_words.sentences(f"{self.title}: {', '.join(each)}", words)

    def numbers(self) -> Tables:
        return {} if self._state()[1] is None else {"probabilities": self._probabilities}

    def _probabilities(self) -> Table:
        """Every symbol, the likeliest first."""
        probabilities, following = self._state()[1], self._following()
        assert probabilities is not None
        order = self._likeliest(MOST)

        def name(row: int) -> tuple[str, str, str]:
            i = order[row]
            return str(i), self._name(i), _NEXT[0] if i == following else ""

        heads, columns = ("index", "symbol", "follows"), {"probability": probabilities}
        there = self._there()
        if there is not None:
            columns[beside.where(self)] = there
        values = np.stack([p[order] for p in columns.values()], axis=1)
        return Table(heads, name, tuple(columns), values)

    def _likeliest(self, most: int) -> list[int]:
        """Indices of the likeliest symbols; none where nothing is predicted."""
        probabilities = self._state()[1]
        if probabilities is None:
            return []
        return [int(i) for i in np.argsort(-probabilities, kind="stable")[:most]]

    def _name(self, index: int) -> str:
        vocabulary = self.model.vocabulary
        return printable(vocabulary[index]) if vocabulary else str(index)

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """The line of a symbol, where it is among those that have room."""
        if quantity != "probabilities" or self.session.trace is None:
            return None
        probabilities = self._state()[1]
        rows = [] if probabilities is None else self._rows(self._given(probabilities))
        if unit not in rows:
            return None
        return QRectF(MARGIN, FIRST + rows.index(unit) * ROW, self.right - MARGIN, ROW - 3)

    def _index_at(self, at: QPointF) -> int | None:
        """The symbol whose row is there."""
        _, probabilities = self._state() if self.session.trace else ("", None)
        if probabilities is None:
            return None
        row, rows = int((at.y() - FIRST) // ROW), self._rows(self._given(probabilities))
        return rows[row] if 0 <= row < len(rows) else None

    def press(self, at: QPointF) -> None:
        """Asks why it is so likely."""
        index = self._index_at(at)
        if index is not None:
            self.session.look(symbol=index)

    def point(self, at: QPointF | None) -> bool:
        return at is not None and self._index_at(at) is not None

    def hover(self, at: QPointF) -> str:
        index = self._index_at(at)
        if index is None:
            return ""
        probabilities = self._state()[1]
        assert probabilities is not None
        said = f"{self._name(index)}: p = {fixed(float(probabilities[index]), 6)}"
        there, where = self._there(), beside.where(self)
        if there is not None:
            said += f"\n{fixed(float(there[index]), 6)} {where}"
        return f"{said}\n{told('Click to ask why')}"


def _fill(p: QPainter, bar: QRectF, color: QColor) -> None:
    """Not what nobody sees: a PDF's reader would draw that as a line."""
    if bar.width() > _UNSEEN:
        p.fillRect(bar, color)
