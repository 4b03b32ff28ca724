"""The influence in words: of which value, a sentence, and what is left after so many steps."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import Theme
from gru_debugger.core import names
from gru_debugger.numerals import grouped
from gru_debugger.panes import influence_told, sentences
from gru_debugger.panes.influence_asked import AsksInfluence
from gru_debugger.panes.link_keys import LinkKeys
from gru_debugger.panes.links import Link
from gru_debugger.panes.sentences import Setting
from gru_debugger.phrases import told
from gru_debugger.questions.influence_in_words import Row, left
from gru_debugger.questions.influence_in_words import sentences as said_of
from gru_debugger.session.session import Session
from gru_debugger.spans import Span

MARGIN, ROW = 22, 17
_GAP = 18  # pixels between them
_LONGEST = 1150  # pixels of the sentence
_FEWEST = 2  # rows of the table
_STEPS, _SPACE = 50, 8  # pixels of the steps' column, at least, and between columns
_COLORS = {"": "text", "direct_": "keep_text", "constant_gates_": "muted",
           "plain_rnn_": "take_text"}  # of each path's column


class _Layout(NamedTuple):
    """Pixels down to the baseline of title and choices, and to the sentence's box; from that to
    the table's head, whose baseline that is, and below its rows."""

    title: int
    box: int
    setting: Setting
    head: int
    foot: int


# With so little room for a table smaller letters leave more for the sentence.
_LAYOUTS = (
    _Layout(34, 44, sentences.USUAL, 21, 6),
    _Layout(19, 27, sentences.SMALL, 21, 6),
    _Layout(16, 23, sentences.SMALLEST, 16, 8),
)


class GradientsPane(AsksInfluence):
    """A click goes to a row's step, or asks of the other value."""

    least_width = 240
    takes_keys = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self._keys = LinkKeys(self, lambda: self.links)
        self._spans: tuple[object, list[Span]] | None = None

    @property
    def least_height(self) -> int:  # type: ignore[override]
        return round(self._box_of(_LAYOUTS[-1]).bottom()) + 1

    @property
    def _layout(self) -> _Layout:
        """The largest that has room for a table; else for a row of it."""
        usual, small, smallest = _LAYOUTS
        if self._room_below(usual) >= _FEWEST:
            return usual
        return small if self._room_below(small) >= 1 else smallest

    def _room_below(self, layout: _Layout) -> int:
        """How many rows."""
        below = round(self._box_of(layout).bottom() + layout.head + layout.foot)
        return int((self.size.height() - below) // ROW)

    @property
    def _rows(self) -> list[Row]:
        """As many as find room: the last one, of which the sentence tells, then the first."""
        known = self.shares is not None and self.shares.found.complete
        rows = self.shares.rows if self.shares is not None and known else []
        room = self._room_below(self._layout)
        first, others = rows[:1], rows[1:]
        if room < len(rows):
            first, others = first[: room > 1], others[-max(1, room - 1) :] if room > 0 else []
        return [*first, *others]

    @property
    def said(self) -> list[Span]:
        """The sentence, or why there is none yet."""
        if self.session.trace is None or self.shares is None:
            return [Span(influence_told.missing(self))]
        if not self.shares.found.complete:
            return [Span(told("Looking back…"))]
        return said_of(self.shares, self.session.notation)

    def _said(self) -> list[Span]:
        """The same, kept until it is another's: where all stands hangs on it."""
        of = self.shares, self.session.notation, influence_told.missing(self)
        if self._spans is None or self._spans[0] != of:
            self._spans = of, self.said
        return self._spans[1]

    @property
    def _box(self) -> QRectF:
        return self._box_of(self._layout)

    def _box_of(self, layout: _Layout) -> QRectF:
        """The sentence's."""
        wide = max(self.least_width, self.size.width()) - 2 * MARGIN
        top, setting = layout.box, layout.setting
        high = sentences.height(wide, _LONGEST, setting)  # most: nothing moves between steps
        high = max(high, sentences.height_of(self._said(), wide - 1, setting))
        return QRectF(MARGIN + 0.5, top + 0.5, wide - 1, high)

    # Painting ----------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        theme = self.theme
        if self.session.trace is None:
            return
        layout = self._layout
        fonts.text(p, MARGIN, layout.title, told("Influence"), theme.text, fonts.SANS, 16, 600)
        for of_selected in (False, True):
            self._paint_choice(p, of_selected)
        box = self._box
        sentences.paint_box(p, theme, box)
        sentences.paint(p, theme, box, self._said(), layout.setting)
        if self._rows:
            self._paint_table(p, box.bottom() + layout.head)

    @property
    def _of_selected(self) -> bool:
        view = self.session.view
        return view.symbol is None and (view.of_selected or self.model.output is None)

    def _called(self, of_selected: bool) -> str:
        """The value that can be asked about."""
        view = self.session.view
        if of_selected:
            place = view.layer, view.direction
            return names.value(self.model, view.quantity, place, view.unit)
        if self._of_selected or self.found is None:
            return told("the likeliest's logit")
        return influence_told.value_in_words(self.session.influence)

    def choice(self, of_selected: bool) -> QRectF:
        """Where a value stands that can be asked about; empty where the model has it not."""
        if not of_selected and self.model.output is None:
            return QRectF()
        x = MARGIN + fonts.width(told("Influence"), fonts.SANS, 16, 600) + _GAP
        if of_selected and self.model.output is not None:
            x += fonts.width(self._called(False), fonts.SANS, 13, 600) + _GAP
        wide = fonts.width(self._called(of_selected), fonts.SANS, 13, 600)
        return QRectF(x, self._layout.title - 14, wide, 20)

    def _paint_choice(self, p: QPainter, of_selected: bool) -> None:
        box, chosen = self.choice(of_selected), self._of_selected == of_selected
        if box.isEmpty() or not (chosen or self.interactive):
            return
        color = self.theme.text if chosen else self.theme.muted
        weight = 600 if chosen else 400
        words = self._called(of_selected)
        shown, pixels = fonts.fitting(
            words, self.size.width() - MARGIN - box.left(), fonts.SANS, 13, weight
        )
        baseline = self._layout.title
        fonts.text(p, box.left(), baseline, shown, color, fonts.SANS, pixels, weight)
        fonts.underline(p, box.left(), baseline + 4, box.width(), color, chosen)

    def _paint_table(self, p: QPainter, top: float) -> None:
        theme, right = self.theme, self.size.width() - MARGIN
        pixels, columns = self._columns()
        fonts.text(p, MARGIN, top, told("steps back"), theme.muted, fonts.SANS, pixels)
        called = influence_told.names_of_paths()
        for path, (x, _) in columns.items():
            color = theme.role(_COLORS[path])
            fonts.text(p, x, top, called[path], color, fonts.SANS, pixels, 600, align="right")
        p.fillRect(QRectF(MARGIN, top + 6, right - MARGIN, 1), theme.border)
        for i, row in enumerate(self._rows):
            self._paint_row(p, top + (i + 1) * ROW + 4, row)

    def _columns(self) -> tuple[float, dict[str, tuple[float, float]]]:
        """How large names are, the same for all; each path's right edge, and the room there."""
        called = influence_told.names_of_paths()
        for pixels in range(11, int(fonts.SMALLEST) - 1, -1):
            wide = [fonts.width(name, fonts.SANS, pixels, 600) + _SPACE for name in called.values()]
            steps = max(_STEPS, fonts.width(told("steps back"), fonts.SANS, pixels))
            spare = (self.size.width() - 2 * MARGIN - steps - sum(wide)) / len(wide)
            if spare >= 0:
                break
        rights = MARGIN + steps + np.cumsum([one + spare for one in wide])
        rooms = [one + spare - _SPACE for one in wide]
        return pixels, dict(zip(called, zip(rights.tolist(), rooms, strict=True), strict=True))

    def _paint_row(self, p: QPainter, y: float, row: Row) -> None:
        theme = self.theme
        fonts.text(p, MARGIN + 26, y, grouped(row.back), theme.text, fonts.MONO, 11, align="right")
        initial = not 1 <= row.step <= self.trace.steps
        read = f"{self.letter('h')}₀" if initial else self.trace.characters[row.step - 1]
        symbol, pixels = fonts.symbol(read, 24, 11)
        above = y - fonts.sunk(symbol, fonts.MONO, pixels)  # the dots
        fonts.text(p, MARGIN + 38, above, symbol, theme.text, fonts.MONO, pixels)
        if self.interactive and row.step <= self.trace.steps:
            fonts.underline(p, MARGIN + 38, y + 4, fonts.width(symbol, fonts.MONO, pixels),
                            theme.muted)  # fmt: skip
        shares = row.whole, row.direct, row.constant_gates, row.plain_rnn
        for share, (x, room) in zip(shares, self._columns()[1].values(), strict=True):
            shown, pixels = fonts.fitting(left(share), room, fonts.MONO, 11)
            fonts.text(p, x, y, shown, theme.text, fonts.MONO, pixels, align="right")

    # The pointer and keys ----------------------------------------------------------------------

    def _row_at(self, at: QPointF) -> Row | None:
        below = at.y() - self._box.bottom() - self._layout.head - 9
        i, inside = int(below // ROW), below >= 0 and at.x() >= MARGIN
        return self._rows[i] if inside and 0 <= i < len(self._rows) else None

    @property
    def links(self) -> list[Link]:
        """The values that can be asked about, then a row each."""
        if self.session.trace is None:
            return []
        found = [
            Link(self.choice(of_selected), partial(self._ask, of_selected),
                 self._called(of_selected))
            for of_selected in (False, True) if not self.choice(of_selected).isEmpty()
        ]  # fmt: skip
        top, wide = self._box.bottom() + self._layout.head + 9, self.size.width() - 2 * MARGIN
        return found + [
            Link(QRectF(MARGIN, top + i * ROW, wide, ROW), partial(self.session.follow, row.step),
                 self.trace.character_in_words(row.step) if row.step else told("the initial state"))
            for i, row in enumerate(self._rows)
            if row.step <= self.trace.steps  # behind the end there is no step to go to
        ]  # fmt: skip

    def _ask(self, of_selected: bool) -> None:
        self.session.look(of_selected=of_selected, symbol=None)

    def press(self, at: QPointF) -> None:
        for link in self.links:
            if link.rect.contains(at):
                link.follow()
                return

    def point(self, at: QPointF | None) -> bool:
        return at is not None and any(link.rect.contains(at) for link in self.links)

    def key(self, key: int) -> bool:
        """Enter where no link is chosen: of the other value."""
        if self._keys.key(key):
            return True
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        self._ask(not self.session.view.of_selected)
        return True

    def chosen(self) -> tuple[QRectF, str] | None:
        chosen = self._keys.chosen
        return None if chosen is None else (chosen.rect, chosen.words)

    def leave_keys(self) -> None:
        self._keys.let_go()

    def paint_overlay(self, p: QPainter) -> None:
        self._keys.paint(p)

    def hover(self, at: QPointF) -> str:
        row = self._row_at(at) if self.session.trace is not None else None
        return "" if row is None else influence_told.tip(self, row.step, None)
