"""A sentence on the pane itself: muted words, numbers in their colours, some of them links."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import Theme
from gru_debugger.panes.links import Link, contains, paint_lines
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.sentences import broken, joined, paint_words, word_width
from gru_debugger.spans import Span

LINE = 17  # pixels from line to line
_SIZES = 12, 11, 10, 9, 8, 7  # pixels of type, fewer where the room is too little


class Paragraph:
    """It has the room that it is given whatever it says: nothing below it moves."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self.rect = QRectF()
        self.spans: Sequence[Span] = ()
        self.links: list[Link] = []
        self._placed: list[tuple[Span, float, float]] = []
        self._pixels = _SIZES[0]

    def place(self, rect: QRectF) -> None:
        self.rect, self.spans = rect, ()

    def say(self, spans: Sequence[Span], follow: Sequence[Callable[[], object]] = ()) -> None:
        """The sentence, and what its links do, in their order."""
        if spans == self.spans:
            return
        self.spans = list(spans)
        words, pitch = self._fitting(spans), float(LINE)
        lines = 1 + max((line for *_, line in words), default=0)
        if lines * pitch > self.rect.height():
            pitch = self.rect.height() / lines
        left, top = self.rect.left(), self.rect.top() + 12
        self._placed = [(word, left + x, top + pitch * line) for word, x, line in joined(words)]
        there = [
            (QRectF(x - 2, y - 12, word_width(word, self._pixels) + 4, LINE), word.text)
            for word, x, y in self._placed
            if word.role == "link"
        ]
        self.links = [Link(rect, do, said) for (rect, said), do in zip(there, follow, strict=False)]

    def _fitting(self, spans: Sequence[Span]) -> list[tuple[Span, float, int]]:
        found: list[tuple[Span, float, int]] = []
        for self._pixels in _SIZES:
            found = broken(spans, self.rect.width(), self._pixels)
            if (1 + max((line for *_, line in found), default=0)) * LINE <= self.rect.height():
                break
        return found

    def paint(self, p: QPainter, pointer: QPointF | None) -> None:
        dots = list[QLineF]()
        for word, x, baseline in self._placed:
            paint_words(p, word, x, baseline, _color(self.pane.theme, word), self._pixels)
            if word.role == "link":
                wide = word_width(word, self._pixels)
                if contains(QRectF(x - 2, baseline - 12, wide + 4, LINE), pointer):
                    p.fillRect(QRectF(x, baseline + 2, wide, 1), self.pane.theme.text)
                else:
                    dots.append(fonts.line_below(x, baseline + 2, wide))
        paint_lines(p, self.pane, dots)


def _color(theme: Theme, word: Span) -> QColor:
    roles = {"keep": theme.keep_text, "take": theme.take_text, "text": theme.muted}
    return roles.get(word.role, theme.text)
