"""How each earlier state and character moves a value: three lanes on the characters' columns.

How strongly each state still moves it, on a logarithmic axis: by all paths, directly, and as a
plain RNN at the same states; which characters spoke for it and against it; which units carry it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts
from gru_debugger.charts.ink_map import DECADES, InkMap
from gru_debugger.charts.theme import Theme
from gru_debugger.core.axes import round_up
from gru_debugger.numerals import brief, grouped
from gru_debugger.panes import influence_lines, influence_told, sentences
from gru_debugger.panes.character_columns import LEFT, RIGHT, CharacterColumns
from gru_debugger.panes.influence_asked import AsksInfluence
from gru_debugger.phrases import told
from gru_debugger.questions.influence import Influence
from gru_debugger.questions.influence_in_words import Shares
from gru_debugger.session.session import Session

CAPTION, BARS, MAP, AXIS = 22, 36, 48, 22  # pixels: a lane's question, the lower lanes, numbers
_FIRST = 40  # pixels of the first lane, at least
_WITH_BARS, _WITH_MAP = 60, 110  # and beside the others: where there are fewer these fold
_SEEN = 0.2  # pixels of a bar, of which a printed page makes a whole one
_SAID = 46  # pixels of the sentence in a picture for paper: two lines
_LETTERS = 16  # pixels of the characters below their bars there, where no strip stands above


class InfluencePane(AsksInfluence, CharacterColumns):
    """Of the session's `influence`; a click goes to a step."""

    least_width, least_height = 320, CAPTION + _FIRST + AXIS

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.map = InkMap()
        self.map.use_theme(theme.name)
        self.lanes: dict[str, QRectF] = {}
        self._scrubs = False  # what is pressed may be dragged
        self._reached: tuple[object, float] = (None, 0.0)  # by the bars, and of what that was

    @property
    def looks_back(self) -> bool:
        return True

    def come_to_front(self, front: bool) -> None:
        self.session.influence.show(front)

    def use_theme(self, theme: Theme) -> None:
        self.map.use_theme(theme.name)
        super().use_theme(theme)

    # Layout ------------------------------------------------------------------------------------

    def arrange(self) -> None:
        self.settle_columns()
        wide = (self.last - self.first + 1) * self.cell
        top = 0 if self.interactive else _SAID
        room = self.size.height() - top - AXIS - CAPTION
        heights: dict[str, float] = {"lines": room}
        letters = 0 if self.interactive else _LETTERS
        for name, high, least in (("bars", BARS + letters, _WITH_BARS), ("units", MAP, _WITH_MAP)):
            if room - CAPTION - high >= least - letters:
                heights[name], room = high, room - CAPTION - high
        heights["lines"] = room
        self.lanes, y = {}, float(top)
        for name, pixels in heights.items():
            below = letters if name == "bars" else 0
            self.lanes[name] = QRectF(LEFT, y + CAPTION, wide, pixels - below)
            y += CAPTION + pixels

    def look(self) -> None:
        self.turn()
        super().look()
        self._show_map()

    def values(self, of: NDArray[np.floating], positions: range) -> NDArray[np.float64]:
        """What a state's row holds at these positions; not a number where there is none."""
        assert self.shares is not None
        found, place = self.shares.found, self.shares.place
        rows = np.array([found.row(t, place) for t in positions])
        inside = (rows >= 0) & (rows < len(of))
        shown = np.full((len(positions), *of.shape[1:]), np.nan)
        shown[inside] = of[rows[inside]]
        return shown

    def _show_map(self) -> None:
        rect, shares = self.lanes.get("units"), self.shares
        self.map.visible = rect is not None and shares is not None
        if rect is None or shares is None:
            return
        gradients = self.values(shares.found[shares.name], range(self.first, self.last + 1))
        order = self.session.unit_order
        rows = np.nan_to_num(gradients.T)
        self.map.show_magnitudes(rows if order is None else rows[order.units], rect, self.level)

    @property
    def level(self) -> float:
        """The largest of all units' gradients."""
        assert self.shares is not None
        return float(np.abs(self.shares.found[self.shares.name]).max())

    # Painting ----------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is None:
            return
        self._paint_captions(p)
        self._paint_numbers(p)
        p.fillRect(QRectF(0, self.size.height() - 1, self.size.width(), 1), self.theme.border)
        if self.shares is None:
            self._paint_instead(p, influence_told.missing(self))
            return
        if influence_told.is_blank(self.shares):
            self._paint_instead(p, told("looking back…"))
        if not self.interactive:
            self._paint_said(p, self.shares)
        influence_lines.paint(p, self, self.lanes["lines"], self.shares)
        if "bars" in self.lanes:
            self._paint_bars(p, self.shares.found)
            if not self.interactive:
                self._paint_letters(p)
        if "units" in self.lanes:
            self._paint_units(p)

    def _paint_instead(self, p: QPainter, words: str) -> None:
        """In place of the lines."""
        rect = self.lanes["lines"]
        shown, pixels = fonts.fitting(words, self.size.width() - LEFT - RIGHT, fonts.SANS, 13)
        fonts.text(p, rect.left(), rect.top() + 24, shown, self.theme.muted, fonts.SANS, pixels)

    def _paint_said(self, p: QPainter, shares: Shares) -> None:
        box = QRectF(LEFT - 16, -9, self.size.width() - LEFT - RIGHT + 16, _SAID)
        said = influence_told.all_said(shares, self.session.notation)
        sentences.paint(p, self.theme, box, said)

    def _paint_captions(self, p: QPainter) -> None:
        """A question above each lane, and what is drawn in it."""
        theme, captions = self.theme, influence_told.captions(self)
        hidden = [question for name, (question, _) in captions.items() if name not in self.lanes]
        for name, (question, measure) in captions.items():
            if name not in self.lanes:
                continue
            rect, room = self.lanes[name], self.size.width() - LEFT - 8
            if hidden and name == "lines":
                room -= self._paint_left_out(p, hidden, rect.top() - 7) + 16
            shown, pixels = fonts.fitting(question, room, fonts.SANS, 12, 600)
            y = rect.top() - 7
            done = fonts.text(p, LEFT, y, shown, theme.text, fonts.SANS, pixels, 600)
            room -= done.width + 12
            if room > 60:
                shown, pixels = fonts.fitting(measure, room, fonts.SANS, 11)
                fonts.text(p, LEFT + done.width + 12, y, shown, theme.muted, fonts.SANS, pixels)

    def _paint_left_out(self, p: QPainter, questions: list[str], y: float) -> float:
        """Which lanes have no room, at the right; how wide that is."""
        words = told("with more room: {questions}", questions=" ".join(questions))
        most = (self.size.width() - LEFT - RIGHT) / 2
        shown, pixels = fonts.fitting(words, most, fonts.SANS, 11)
        right = self.size.width() - 12
        fonts.text(p, right, y, shown, self.theme.muted, fonts.SANS, pixels, align="right")
        return fonts.width(shown, fonts.SANS, pixels)

    def _paint_numbers(self, p: QPainter) -> None:
        """Every fifth position's below the lowest lane, but none beside the present one's."""
        now, half = self.session.position, self.cell / 2
        box = self._label()
        for t in range(-(-self.first // 5) * 5, self.last + 1, 5):
            words = grouped(t)
            reach = fonts.width(words, fonts.TICKS, 10) / 2 + 4
            x = self.x(t) + half
            if t != now and not box.left() - reach < x < box.right() + reach:
                y = box.top() + 12
                fonts.text(p, x, y, words, self.theme.ticks, fonts.TICKS, 10, align="center")

    def _label(self) -> QRectF:
        words = grouped(self.session.position)
        wide = max(self.cell, fonts.width(words, fonts.MONO, 11, 600) + 8)
        middle = self.x(self.session.position) + self.cell / 2
        return QRectF(middle - wide / 2, self.size.height() - AXIS + 2, wide, 17)

    def _paint_bars(self, p: QPainter, found: Influence) -> None:
        theme, rect, level = self.theme, self.lanes["bars"], self._bars_end(found)
        middle, scale = rect.center().y(), rect.height() / 2 / level
        p.fillRect(QRectF(rect.left(), middle, rect.width(), 1), theme.ticks)
        for t in range(max(1, self.first), self.last + 1):
            value = self.attribution(t)
            if value and abs(value) * scale > _SEEN:
                color = theme.positive if value > 0 else theme.negative
                y = middle - max(0.0, value * scale)
                p.fillRect(QRectF(self.x(t) + 5, y, self.cell - 10, abs(value) * scale), color)
        for y, words in ((rect.top() + 6, brief(level, 3)), (rect.bottom(), f"−{brief(level, 3)}")):
            fonts.text(p, LEFT - 8, y, words, theme.ticks, fonts.TICKS, 10, align="right")

    def _paint_letters(self, p: QPainter) -> None:
        """What is read at each bar."""
        y, room = self.lanes["bars"].bottom() + 13, self.cell - 2
        for t in range(max(1, self.first), self.last + 1):
            shown, pixels = fonts.symbol(self.trace.characters[t - 1], room, 12)
            color = self.theme.text if self.attribution(t) is not None else self.theme.future
            x = self.x(t) + self.cell / 2
            fonts.text(p, x, y, shown, color, fonts.MONO, pixels, align="center")

    def _bars_end(self, found: Influence) -> float:
        """The bars' axis: of a recording, and of logits or of units, it only grows from step to
        step."""
        of = found.trace, found.value.is_output
        largest = float(np.abs(found["attribution"]).max(initial=0))
        reached = max(largest, self._reached[1] if self._reached[0] == of else 0.0)
        if self.interactive:
            self._reached = of, reached
        return round_up(reached, (1, 2, 5)) if reached else 1.0

    def _paint_units(self, p: QPainter) -> None:
        theme, rect = self.theme, self.lanes["units"]
        self.map.paint(p)
        if rect.height() / self.model.hidden_size >= 3:
            for t in range(self.first + 1, self.last + 1):
                p.fillRect(QRectF(self.x(t) - 1, rect.top(), 1, rect.height()), theme.panel)
        y, high = self._unit_y()
        p.setPen(QPen(theme.edge, 1.5))
        left, right = self._carried()
        for edge in (y, y + high):
            p.drawLine(QPointF(left, edge), QPointF(right, edge))
        words = str(self.session.unit)
        wide = max(18.0, fonts.width(words, fonts.MONO, 11, 600) + 8)
        pill = QRectF(LEFT - 8 - wide, y + high / 2 - 8, wide, 16)
        for base, label in zip((rect.top() + 8, rect.bottom() - 1), self._ends(), strict=True):
            if abs(base - 4 - pill.center().y()) > 13:
                fonts.text(p, LEFT - 8, base, label, theme.ticks, fonts.TICKS, 10, align="right")
        fonts.tile(p, pill, theme.pill, words, theme.pill_text, fonts.MONO, 11, 600)
        self._paint_scale(p, QRectF(self.size.width() - 40, rect.top(), 6, rect.height()))

    def _carried(self) -> tuple[float, float]:
        """The columns in sight that have gradients: none beyond where it is asked."""
        rect, shares = self.lanes["units"], self.shares
        assert shares is not None
        steps = influence_told.known_steps(self)
        left, right = self.x(steps.start), self.x(steps.stop)
        return max(rect.left(), left), max(rect.left(), min(rect.right(), right))

    def _ends(self) -> list[str]:
        """The units of the map's first and last row."""
        order = self.session.unit_order
        last = self.model.hidden_size - 1
        return [*map(str, (0, last) if order is None else order.units[[0, -1]].tolist())]

    def _paint_scale(self, p: QPainter, bar: QRectF) -> None:
        """From the largest down to what is no ink."""
        for row in range(int(bar.height())):
            share = 1 - row / bar.height()
            p.fillRect(QRectF(bar.left(), bar.top() + row, 6, 1.5), self.map.color(share))
        for y, words in ((7, "1"), (bar.height(), f"1e−{DECADES}")):
            fonts.text(p, bar.right() + 3, bar.top() + y, words, self.theme.ticks, fonts.TICKS, 9)

    def _unit_y(self) -> tuple[float, float]:
        rect, order = self.lanes["units"], self.session.unit_order
        unit = self.session.unit
        row = unit if order is None else int(order.places[unit])
        pitch = rect.height() / self.model.hidden_size
        high = max(pitch, 3.0)
        return rect.top() + (row + 0.5) * pitch - high / 2, high

    def paint_overlay(self, p: QPainter) -> None:
        """Where it is: a veil and lines through all lanes, as through the strip's."""
        position, theme = self.session.position, self.theme
        if self.session.trace is None or not self.first <= position <= self.last:
            return
        veil = QColor(theme.now)
        veil.setAlpha(14 if theme.name == "light" else 20)
        x = self.x(position)
        lanes = self.lanes.values() if self.shares is not None else ()  # else words stand there
        for rect in lanes:
            p.fillRect(QRectF(x, rect.top(), self.cell, rect.height()), veil)
            for edge in (x, x + self.cell - 1):
                p.fillRect(QRectF(edge, rect.top(), 1, rect.height()), theme.now)
        label = self._label()
        words = grouped(position)
        fonts.tile(p, label, theme.now, words, theme.now_text, fonts.MONO, 11, 600)

    # The pointer -------------------------------------------------------------------------------

    def press(self, at: QPointF) -> None:
        """To that step; in the map to the unit's state there. The trail leads back."""
        position = self.position_at(at)
        self._scrubs = bool(position)
        if not position:
            return
        self.hold()
        unit = self._unit_at(at)
        if unit is None or self.shares is None:
            self.session.follow(position)
        else:
            self.session.follow(position, "h", unit, self.shares.place)

    def drag(self, at: QPointF) -> None:
        """Along the text, as in the strip."""
        if self._scrubs:
            self.scrub(at)

    def _unit_at(self, at: QPointF) -> int | None:
        rect = self.lanes.get("units")
        if rect is None or not rect.contains(at):
            return None
        row = int((at.y() - rect.top()) / rect.height() * self.model.hidden_size)
        order = self.session.unit_order
        return row if order is None else int(order.units[row])

    def wheel(self, at: QPointF, turns: float, control: bool) -> None:
        self.scroll_by(turns)

    def hover(self, at: QPointF) -> str:
        position = self.position_at(at)
        if position is None or self.shares is None:
            return ""
        return influence_told.tip(self, position, self._unit_at(at))
