"""Words that change with each step, painted: a new text in a label lays its whole bar out anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.numerals import grouped, listed

SEPARATOR = "  ·  "
_LEFT, _SIZE = 20.0, 12  # pixels before a line, and of its letters


class Painted(QWidget):
    """Its words are its name for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = THEMES["light"]
        self._words = ""

    def use_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def text(self) -> str:
        return self._words

    def set_text(self, words: str) -> None:
        if words != self._words:
            self._tell(words)
            self.update()

    def _tell(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words)


class Line(Painted):
    """One line of parts; the last of them leave where they find no room."""

    def __init__(self) -> None:
        super().__init__()
        self._size = _SIZE
        self.said = ""
        self._listed: Sequence[int] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def magnify(self, times: float) -> None:
        """Its letters are so many times as large as usual."""
        self._size = round(_SIZE * times)
        self.update()

    def _wide(self, parts: list[str]) -> float:
        """Pixels of a line: of its parts, of which a step changes few, so that few are measured."""
        between = fonts.width(SEPARATOR, fonts.SANS, self._size) * (len(parts) - 1)
        return between + sum(fonts.width(part, fonts.SANS, self._size) for part in parts)

    def say(self, words: str, steps: Sequence[int] = ()) -> None:
        """Words in the place of the parts, the last of them a list of steps; empty: the parts
        again."""
        self.said, self._listed = words, steps
        self.update()

    def wanted(self) -> float:
        """Pixels with which all that is said is in sight; 0: nothing is said."""
        return _LEFT + self._wide([self.said]) if self.said else 0.0

    def shown(self) -> str:
        """What is said, without its middle, or the end of its list, where it must be; else, the
        parts that have room."""
        room = self.width() - _LEFT
        for fewer in self._fewer():
            if self._wide([fewer]) <= room:
                return fewer
        if self.said:
            return fonts.fitting(self.said, room, fonts.SANS, self._size, smallest=self._size)[0]
        parts = self.text().split(SEPARATOR)
        while len(parts) > 1 and self._wide(parts) > room:
            parts.pop()
        return SEPARATOR.join(parts)

    def _fewer(self) -> Iterator[str]:
        """What is said, with ever fewer of its steps, and how many more there are."""
        steps = self._listed
        front = self.said.removesuffix(listed(steps))
        yield from [self.said] if steps else []
        for more in range(1, len(steps)):
            yield f"{front}{listed(steps[:-more])} … {grouped(more)} more"

    def set_text(self, words: str) -> None:
        """Of the first part alone, where it is as wide as before, no more is painted anew."""
        (first, *others), (was, *were) = (w.split(SEPARATOR) for w in (words, self._words))
        if others == were and self._wide([first]) == self._wide([was]):
            self._tell(words)
            self.update(0, 0, ceil(_LEFT + self._wide([first])), self.height())
        else:
            super().set_text(words)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """The first part by itself: a step changes no other, and long words take long to paint."""
        p = QPainter(self)
        x, baseline, room = _LEFT, self.height() / 2 + 4.5, self.width() - _LEFT
        first, between, others = self.shown().partition(SEPARATOR)
        color = self.theme.text if self.said else self.theme.muted
        for words in (first, between + others):
            if x > event.rect().right() + 1:
                break
            shown, pixels = fonts.fitting(words, room, fonts.SANS, self._size)
            x += fonts.text(p, x, baseline, shown, color, fonts.SANS, pixels).width
        p.end()


class Tile(Painted):
    """The character that is read, as the strip marks it."""

    def __init__(self) -> None:
        super().__init__()
        self.widen(False)

    def widen(self, several: bool) -> None:
        """Whether there is to be room for several characters."""
        self.setFixedSize(54 if several else 30, 28)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._words:
            return  # before the first character
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.theme
        rect = QRectF(self.rect())
        shown, pixels = fonts.symbol(self._words, rect.width() - 4, 15, 600)
        fonts.tile(p, rect, theme.now, shown, theme.now_text, fonts.MONO, pixels, 600, 4)
        p.end()
