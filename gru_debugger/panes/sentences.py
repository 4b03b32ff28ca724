"""A sentence in its box: words, mathematics and numbers, broken into lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import Theme
from gru_debugger.spans import Span

_CLOSING = ".,;"  # no space before these
_LONGEST = 770  # pixels that the longest sentence takes, with what lines leave free at their ends


class Setting(NamedTuple):
    """How large letters are, from line to line, from the box's top to the first, and from its
    sides; pixels."""

    pixels: int
    line: int
    first: int
    inset: int


USUAL, SMALL, SMALLEST = Setting(13, 21, 25, 16), Setting(12, 17, 19, 16), Setting(11, 13, 15, 10)


def height(width: float, longest: float = _LONGEST, setting: Setting = USUAL) -> float:
    """Pixels of a box so wide that has room for every sentence, of `longest` usual pixels."""
    lines = -(-longest * setting.pixels / USUAL.pixels // max(40.0, width - 2 * setting.inset))
    return setting.first - 5 + setting.line * lines


def height_of(spans: Sequence[Span], width: float, setting: Setting = USUAL) -> float:
    """Pixels of a box so wide in which these words stand."""
    lines = 1 + max((line for _, _, line in wrapped(spans, width, setting)), default=0)
    return setting.first - 5 + setting.line * lines


def paint_box(p: QPainter, theme: Theme, rect: QRectF) -> None:
    p.setPen(QPen(theme.border, 1))
    p.setBrush(theme.panel)
    p.drawRoundedRect(rect, 6, 6)
    p.fillRect(QRectF(rect.left() - 0.5, rect.top() + 3, 3, rect.height() - 6), theme.edge)


def paint(
    p: QPainter, theme: Theme, rect: QRectF, spans: Sequence[Span], setting: Setting = USUAL
) -> None:
    """The words in the box."""
    for span, x, line in joined(wrapped(spans, rect.width(), setting)):
        at, baseline = rect.left() + setting.inset + x, rect.top() + setting.first
        baseline += setting.line * line
        paint_words(p, span, at, baseline, _color(theme, span.role), setting.pixels)


def paint_words(
    p: QPainter, span: Span, x: float, baseline: float, color: QColor, pixels: int = 13
) -> None:
    if span.symbol:
        mathematics.draw(p, x, baseline, span.text, color, pixels + 2)
    else:
        fonts.text(p, x, baseline, span.text, color, fonts.SANS, pixels, _weight(span))


def wrapped(
    spans: Sequence[Span], width: float, setting: Setting = USUAL
) -> list[tuple[Span, float, int]]:
    """Words with their x and line in a box so wide."""
    return broken(spans, width - 2 * setting.inset, setting.pixels)


def broken(spans: Sequence[Span], room: float, pixels: int = 13) -> list[tuple[Span, float, int]]:
    """Words with their x and line where lines are so long."""
    placed = list[tuple[Span, float, int]]()
    x, line, space = 0.0, 0, fonts.width(" ", fonts.SANS, pixels)
    for word, wide, closing in chain.from_iterable(_words(span, pixels) for span in spans):
        if closing and placed:
            x -= space
        if x and x + wide > room and not closing:
            x, line = 0.0, line + 1
        placed.append((word, x, line))
        x += wide + space
    return placed


def joined(placed: Sequence[tuple[Span, float, int]]) -> list[tuple[Span, float, int]]:
    """Words of a kind that stand side by side as one: fewer are drawn, mostly the same ones."""
    found: list[tuple[Span, float, int]] = []
    for word, x, line in placed:
        before, left, above = found[-1] if found else (word, x, -1)
        alike = before.role == word.role != "link" and not (before.symbol or word.symbol)
        if line == above and alike and before.text not in _CLOSING:
            gap = "" if word.text[:1] in _CLOSING else " "
            found[-1] = Span(f"{before.text}{gap}{word.text}", word.role), left, line
        else:
            found.append((word, x, line))
    return found


@lru_cache(500)
def _words(span: Span, pixels: int) -> list[tuple[Span, float, bool]]:
    """How wide each is, and whether it stands close to the one before it."""
    parts = [span.text] if span.symbol else span.text.split(" ")
    words = [Span(part, span.role, span.symbol) for part in parts]
    return [(word, word_width(word, pixels), word.text[:1] in _CLOSING) for word in words]


def word_width(word: Span, pixels: int = 13) -> float:
    if word.symbol:
        return mathematics.width(word.text, pixels + 2)
    return fonts.width(word.text, fonts.SANS, pixels, _weight(word))


def _color(theme: Theme, role: str) -> QColor:
    return {"keep": theme.keep_text, "take": theme.take_text}.get(role, theme.text)


def _weight(span: Span) -> int:
    return 400 if span.role in ("text", "link") else 600
