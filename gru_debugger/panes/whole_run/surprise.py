"""What each character costs, along the text: the wheel looks closer, the middle button moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import boxes, fonts
from gru_debugger.core.axes import round_up
from gru_debugger.core.model import printable
from gru_debugger.numerals import brief, fixed, grouped, two
from gru_debugger.panes.whole_run.panel import Panel
from gru_debugger.questions import overview_in_words as in_words
from gru_debugger.questions.overview import Surprises
from gru_debugger.questions.overview_in_words import Answer, Goal
from gru_debugger.session.zoom import SECOND

HIGH, LOW = 230, 190  # pixels of it all; where room is scarce
_PEAKS = 5  # that say what came in the place of what
_CONTEXT = 6  # characters before it
_STRETCH = 24  # pixels, of which one character is told
_APART = 60.0  # pixels between numbers below
_LINE, _LIFT = 17, 13.0  # pixels of what is told of one; so far it gives way to other bars
_ABOVE = 19  # pixels above the plot where it may stand
_DASHES = 22  # pixels of the line of guessing before its name
_Told = Sequence[tuple[str, float, str]]


def _wide(told: _Told) -> float:
    return sum(part[1] for part in told) + 4 * len(told)


class Surprise(Panel):
    """Bars of bits; of characters that share a pixel the dearest one."""

    question = "Where is the network surprised?"

    _first = 0.0  # the zoom's, between two characters while it is dragged

    def answer(self) -> Answer:
        survey, pane = self.pane.survey, self.pane
        if pane.why_none:
            return Answer().say("{why}", why=pane.why_none)
        if survey is None or not len(survey.known_bits):
            return pane.nothing()
        return in_words.surprised(Surprises(survey.known_bits, survey.even), pane.trace)

    def measure(self) -> None:
        survey, shown = self.pane.survey, self.pane.session.view.characters
        self.bits = np.zeros(0) if survey is None else survey.known_bits
        self.even = 0.0 if survey is None else survey.even
        self.top = round_up(max(self.even, float(self.bits.max(initial=1.0))), (1, 1.5, 2, 3, 5))
        count = shown.count or max(2, self.pane.trace.steps - 1)
        self.first, self.last = shown.first + SECOND, shown.first + SECOND + count - 1

    # Characters and pixels -----------------------------------------------------------------------

    @property
    def _each(self) -> float:
        return self.plot.width() / (self.last + 1 - self.first)

    def _x(self, character: float) -> float:
        """Its left edge."""
        return self.plot.left() + (character - self.first) * self._each

    def _y(self, bits: float) -> float:
        return self.plot.bottom() - bits / self.top * self.plot.height()

    def _there(self) -> range:
        """The known characters in sight."""
        return range(max(2, int(self.first)), min(len(self.bits) + 2, int(np.ceil(self.last)) + 1))

    def bars(self) -> list[QRectF]:
        wide, each = self._each, self._there()
        if not each:
            return []
        bits, left = self.bits[each.start - 2 : each.stop - 2], self._x(each.start)
        if wide < 1:
            starts = self._first_of_pixels(left, len(bits))
            bits, lefts, wide = np.maximum.reduceat(bits, starts), left + wide * starts, 1.0
            lefts = np.floor(lefts)
        else:
            lefts = left + wide * np.arange(len(bits))
        heights = bits / self.top * self.plot.height()
        bar = wide if wide < 3 else wide - 1
        floor = self.plot.bottom()
        return [
            QRectF(x, floor - high, bar, high)
            for x, high in zip(lefts.tolist(), heights.tolist(), strict=True)
        ]

    def _first_of_pixels(self, left: float, count: int) -> NDArray[np.int64]:
        """Which of so many characters from there on is the first in each pixel, where one is less
        wide than a pixel: as many as there are pixels, whatever the text's length."""
        wide = self._each
        pixels = np.arange(np.floor(left), np.floor(left + wide * (count - 1)) + 1)
        first = np.maximum(0, np.ceil((pixels - left) / wide)).astype(np.int64)
        first += left + wide * first < pixels  # by a rounding
        return first - ((first > 0) & (left + wide * (first - 1) >= pixels))

    # Painting ------------------------------------------------------------------------------------

    def paint_plot(self, p: QPainter) -> None:
        theme, plot = self.pane.theme, self.plot
        if not len(self.bits):
            return
        below = phrases.told("character of the text; click one to go there")
        self.names(p, "", below if self.pane.interactive else phrases.told("character of the text"))
        for part in (0.0, 0.5, 1.0):
            words = brief(part * self.top)
            words = phrases.told("{n} bits", n=words) if part == 1 else words
            self.line(p, plot.bottom() - part * plot.height(), words, not part)
        y = round(self._y(self.even)) + 0.5
        p.setPen(QPen(theme.muted, 1, Qt.PenStyle.DashLine))
        p.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        p.setPen(boxes.NO_PEN)
        p.setBrush(theme.r)
        p.drawRects(self.bars())
        self._paint_peaks(p)
        self._paint_guessing(p)
        self._paint_numbers(p)

    @property
    def _guessing(self) -> str:
        return phrases.told("guessing: {bits}", bits=fixed(self.even, 2))

    def guessing_box(self) -> QRectF:
        """Its name, above the plot: bars are high where nothing is learned."""
        wide = _DASHES + fonts.width(self._guessing, fonts.SANS, 10)
        return QRectF(self.plot.right() - wide, self.plot.top() - 22, wide, 14)

    def _paint_guessing(self, p: QPainter) -> None:
        theme, box = self.pane.theme, self.guessing_box()
        y = round(box.center().y()) + 0.5
        p.setPen(QPen(theme.muted, 1, Qt.PenStyle.DashLine))
        p.drawLine(QPointF(box.left(), y), QPointF(box.left() + _DASHES - 5, y))
        x, words = box.left() + _DASHES, self._guessing
        fonts.text(p, x, box.bottom() - 4, words, theme.muted, fonts.SANS, 10)

    def _paint_numbers(self, p: QPainter) -> None:
        shown = self.last - self.first
        every = round_up(shown * _APART / self.plot.width(), (1, 2, 5))
        step = max(1, round(every))
        for character in range(-(-int(self.first) // step) * step, int(self.last) + 1, step):
            self.tick(p, self._x(character + 0.5), grouped(character))

    def peaks(self) -> list[int]:
        """The dearest character of each stretch in sight, the dearest of all first."""
        each, wide = self._there(), max(1, round(_STRETCH / self._each))
        starts = range(each.start, each.stop, wide)
        found = [a + int(self.bits[a - 2 : min(a + wide, each.stop) - 2].argmax()) for a in starts]
        return sorted(found, key=lambda character: -self.bits[character - 2])

    def _paint_peaks(self, p: QPainter) -> None:
        """As many as find room, each beside its bar; none that is less dear than one without."""
        theme, taken = self.pane.theme, [self.guessing_box()]
        for character in self.peaks()[:_PEAKS]:
            told = self._told_of(character)
            rect = self._free(character, _wide(told), taken)
            if rect is None:  # without what stood before it
                told = told[1:]
                rect = self._free(character, _wide(told), taken)
            if rect is None:
                break
            x = self._x(character) + max(0.0, self._each / 2 - 0.75)
            top, bottom = self._y(float(self.bits[character - 2])), self.plot.bottom()
            bar = QRectF(x, top, 2, bottom - top)
            taken += [rect, bar]  # later ones stand beside it too
            p.fillRect(bar, theme.now)
            self._paint_told(p, told, rect)

    def _free(self, character: int, wide: float, taken: list[QRectF]) -> QRectF | None:
        """Beside its bar, as near to its top as there is room, or over it: it cuts none."""
        top = self._y(float(self.bits[character - 2])) - 6
        x, beside = self._x(character + 0.5), max(6.0, self._each / 2 + 3)
        full = [other.adjusted(-4, -1, 4, 1) for other in taken]
        highest = max(self.plot.top() - _ABOVE, top - _LIFT)
        found: list[QRectF] = []
        for left in (x + beside, x - beside - wide, x - wide / 2):
            if left < self.plot.left() or left + wide > self.plot.right():
                continue
            lowest = self._highest(left - 2, left + wide + 2) - _LINE - 1
            ys = [min(top, lowest), *np.arange(lowest, highest, -2.0).tolist()]
            rects = [QRectF(left, y, wide, _LINE) for y in ys if y >= highest]
            found += [rect for rect in rects if not any(rect.intersects(one) for one in full)]
        return min(found, key=lambda rect: abs(rect.top() - top), default=None)

    def _highest(self, left: float, right: float) -> float:
        """Where the highest bar between these pixels ends."""
        there = self._there()
        first, last = (int(self.first + (x - self.plot.left()) / self._each) for x in (left, right))
        part = self.bits[max(first, there.start) - 2 : max(0, min(last + 1, there.stop) - 2)]
        return self._y(float(part.max(initial=0.0)))

    def _told_of(self, character: int) -> _Told:
        """Pieces, their pixels, what they are: what was read, the character, a likelier one."""
        trace = self.pane.trace
        before = trace.characters[max(0, character - 1 - _CONTEXT) : character - 1]
        context = "".join(map(fonts.glyph, before))[-2 * _CONTEXT :]
        found = trace.outputs(character - 1, character - 1)["probabilities"][0]
        likeliest = trace.model.require_vocabulary()[int(found.argmax())]
        own = trace.characters[character - 1]
        tail = ""
        if likeliest != own:
            tail = phrases.told("not {character}", character=fonts.glyph(likeliest)[:8]) + "  "
        parts = (
            (context, fonts.MONO, "context"), (fonts.glyph(own)[:8], fonts.MONO, "tile"),
            (f"{tail}{two(float(self.bits[character - 2]))}", fonts.MONO, "value"),
        )  # fmt: skip
        return [
            (words, fonts.width(words, family, 11) + 8 * (kind == "tile"), kind)
            for words, family, kind in parts
        ]

    def _paint_told(self, p: QPainter, told: _Told, rect: QRectF) -> None:
        theme, x = self.pane.theme, rect.left()
        p.fillRect(rect, theme.panel)
        for words, wide, kind in told:
            if kind == "tile":
                box = QRectF(x + 0.5, rect.top() + 0.5, wide - 1, 16)
                p.setPen(QPen(theme.text, 1))
                p.setBrush(theme.panel)
                p.drawRoundedRect(box, 3, 3)
                fonts.centred(p, box, words, theme.text, fonts.MONO, 11)
            else:
                color = theme.muted if kind == "context" else theme.text
                fonts.text(p, x, rect.bottom() - 4, words, color, fonts.MONO, 11)
            x += wide + 4

    def paint_selected(self, p: QPainter) -> None:
        """Nothing here is a unit's."""

    def paint_step(self, p: QPainter) -> None:
        """The character that this step predicts."""
        theme, character = self.pane.theme, self.pane.session.position + 1
        x = self._x(character + 0.5)
        known = len(self.bits) and 2 <= character <= self.pane.trace.steps
        if not known or not self.plot.left() <= x <= self.plot.right():
            return
        words = grouped(character)
        wide = max(20.0, fonts.width(words, fonts.MONO, 11, 600) + 10)
        pill = QRectF(self.inside(x, wide) - wide / 2, self.plot.bottom() + 3, wide, 16)
        fonts.tile(p, pill, theme.now, words, theme.now_text, fonts.MONO, 11, 600)
        p.fillRect(QRectF(x - 1, self.plot.top() - 8, 2, 6), theme.now)

    # The pointer -------------------------------------------------------------------------------

    def character_at(self, at: QPointF) -> int | None:
        """Of those that share a pixel the dearest; above its bar too."""
        if not self.plot.adjusted(0, -8, 0, 16).contains(at):
            return None
        first = int(np.floor(self.first + (at.x() - self.plot.left()) / self._each))
        last = max(first, int(self.first + (at.x() + 1 - self.plot.left()) / self._each - 1e-9))
        there = self._there()
        first, end = max(first, there.start), min(last + 1, there.stop)
        if first >= end:
            return None
        return first + int(self.bits[first - 2 : end - 2].argmax())

    def goal_at(self, at: QPointF) -> Goal | None:
        character = self.character_at(at)
        return None if character is None else Goal("step", character - 1)

    def hover(self, at: QPointF) -> str:
        character = self.character_at(at)
        if character is None:
            return ""
        own = printable(self.pane.trace.characters[character - 1])
        bits = two(float(self.bits[character - 2]))
        step = grouped(character - 1)
        return phrases.told("{own} follows step {t}: {bits} bits", own=own, t=step, bits=bits)

    def zoom(self, at: QPointF, turns: float) -> bool:
        """Around what is pointed at; False where it points elsewhere."""
        if not self.plot.contains(at) or not len(self.bits):
            return False
        around = int(self.first + (at.x() - self.plot.left()) / self._each)
        self.pane.session.zoom_characters(1.25**turns, around)
        return True

    def pan(self, pixels: float) -> bool:
        """False where all is in sight."""
        session = self.pane.session
        zoom, count = session.view.characters, session.steps - 1
        if not zoom.count:
            return False
        if round(self._first) != zoom.first:
            self._first = zoom.first
        first = self._first - pixels / self._each
        self._first = min(max(0.0, first), count - zoom.count)
        session.look(characters=zoom.at(round(self._first), count))
        return True
