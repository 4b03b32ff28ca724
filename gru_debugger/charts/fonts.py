"""Text on pictures: the bundled fonts, alignment, and outlines where a file needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QStaticText,
    QTransform,
)

from gru_debugger.charts import boxes
from gru_debugger.numerals import MINUS
from gru_debugger.paths import resource

SANS, MONO, MATH = "Inter", "JetBrains Mono", "STIXGeneral"
TICKS = SANS  # of small numbers at axes: the other's marked zero looks like an 8 there

Used = tuple[str, float, int, bool]  # family, pixels, weight, italic

SMALLEST = 7.0  # pixels of letters that can still be told apart
_KNOWN = 5000  # words whose width or shape is remembered
_DIGITS = re.compile("[0-9]+")
_outlined = False


@cache
def load_fonts() -> None:
    """Make the bundled fonts known; needs an application object."""
    for path in sorted(resource("fonts").iterdir()):
        if path.suffix in (".otf", ".ttf"):
            QFontDatabase.addApplicationFont(str(path))


@cache
def font(family: str, pixels: float, weight: int = 400, italic: bool = False) -> QFont:
    load_fonts()
    made = QFont(family)
    made.setPixelSize(round(pixels))
    made.setWeight(QFont.Weight(weight))
    made.setItalic(italic)
    # Positions must not depend on the platform's hinting: pictures are equal everywhere.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    if family == MONO:
        made.setFeature(QFont.Tag("liga"), 0)
        made.setFeature(QFont.Tag("calt"), 0)
    elif family == SANS:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


@cache
def metrics(used: Used) -> QFontMetricsF:
    return QFontMetricsF(font(*used))


@cache
def _capitals(used: Used) -> float:
    """Pixels that capital letters are high."""
    return metrics(used).capHeight()


class Shape:
    """Words in a font, shaped when they are drawn a second time.

    To shape them anew takes five times as long as to draw them; to keep the shape of what comes
    once, as a step's number does, takes longer still.
    """

    def __init__(self, words: str, used: Used) -> None:
        # The minus of this family has the hyphen's shape; its dash is as wide as its plus.
        self.words = words.replace(MINUS, "–") if used[0] == MONO else words
        self.font = font(*used)
        self.width = _width(self.words, used)  # pixels
        self._ascent = metrics(used).ascent()
        self._drawn = False
        self._glyphs: QStaticText | None = None

    def draw(self, p: QPainter, x: float, baseline: float) -> None:
        """With the painter's pen and font, which is to be this one's."""
        glyphs = self._glyphs
        if glyphs is None:
            # Drawn larger the two ways differ by parts of a pixel: words would tremble.
            if not self._drawn and p.deviceTransform().m11() == 1:
                self._drawn = True
                p.drawText(QPointF(x, baseline), self.words)
                return
            glyphs = self._glyphs = self._shaped()
        p.drawStaticText(QPointF(x, baseline - self._ascent), glyphs)

    def _shaped(self) -> QStaticText:
        glyphs = QStaticText(self.words)
        glyphs.setTextFormat(Qt.TextFormat.PlainText)
        glyphs.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        glyphs.prepare(QTransform(), self.font)
        return glyphs


@lru_cache(_KNOWN)
def _shape(words: str, *used: *Used) -> Shape:
    return Shape(words, used)


@lru_cache(_KNOWN)
def _width(words: str, used: Used) -> float:
    """Of what lies between numbers and of each digit: numbers differ, and those come again.

    All digits are as wide, and no letter moves closer to one.
    """
    if used[0] == MATH:
        return _advance(words, used)
    parts = _DIGITS.split(words)
    digits = len(words) - sum(map(len, parts))
    wide = digits * _advance("0", used) if digits else 0.0
    return wide + sum(_advance(part, used) for part in parts if part)


@lru_cache(_KNOWN)
def _advance(words: str, used: Used) -> float:
    return metrics(used).horizontalAdvance(words)


def width(text: str, family: str, pixels: float, weight: int = 400, italic: bool = False) -> float:
    return _width(text, (family, pixels, weight, italic))


def text(
    p: QPainter,
    x: float,
    baseline: float,
    words: str,
    color: QColor,
    family: str = SANS,
    pixels: float = 12,
    weight: int = 400,
    italic: bool = False,
    align: str = "left",
) -> Shape:
    """Draw on a baseline; x is the left end, the middle or the right end."""
    shape = _shape(words, family, pixels, weight, italic)
    if align != "left":
        x -= shape.width if align == "right" else shape.width / 2
    if _outlined:
        path = QPainterPath()
        path.addText(QPointF(x, baseline), shape.font, shape.words)
        p.fillPath(path, color)
    else:
        p.setPen(color)
        p.setFont(shape.font)
        shape.draw(p, x, baseline)
    return shape


def centred_on(
    p: QPainter,
    baseline: float,
    placed: Sequence[tuple[float, str]],
    color: QColor,
    family: str = SANS,
    pixels: float = 12,
) -> None:
    """Words that are alike, each around its x: for all of them one pen and one font."""
    if _outlined:
        for x, words in placed:
            text(p, x, baseline, words, color, family, pixels, align="center")
        return
    p.setPen(color)
    p.setFont(font(family, pixels))
    for x, words in placed:
        shape = _shape(words, family, pixels, 400, False)
        shape.draw(p, x - shape.width / 2, baseline)


@contextmanager
def outlines() -> Iterator[None]:
    """Within it text is painted as shapes: a file's reader may lack the fonts."""
    global _outlined
    _outlined = True
    try:
        yield
    finally:
        _outlined = False


def tile(
    p: QPainter,
    rect: QRectF,
    fill: QColor,
    words: str,
    color: QColor,
    family: str = MONO,
    pixels: float = 12,
    weight: int = 400,
    radius: float = 3,
) -> None:
    """A filled box with words in its middle: chips, pills, key caps."""
    box(p, rect, fill, radius)
    centred(p, rect, words, color, family, pixels, weight)


def box(p: QPainter, rect: QRectF, fill: QColor, radius: float = 3) -> None:
    """A tile without its words."""
    boxes.box(p, rect, fill, radius)


def centred(
    p: QPainter,
    rect: QRectF,
    words: str,
    color: QColor,
    family: str,
    pixels: float,
    weight: int = 400,
) -> None:
    """A tile's words."""
    x, baseline = rect.center().x(), centred_baseline(rect, (family, pixels, weight, False))
    baseline -= sunk(words, family, pixels, weight)
    text(p, x, baseline, words, color, family, pixels, weight, align="center")


def centred_baseline(rect: QRectF, used: Used) -> float:
    """On which capital letters stand in its middle."""
    return rect.center().y() + _capitals(used) / 2


def underline(
    p: QPainter, x: float, y: float, wide: float, color: QColor, chosen: bool = False
) -> None:
    """Dots below what can be clicked, a line below what is chosen."""
    if chosen:
        p.fillRect(QRectF(x, y, wide, 2), color)
        return
    dots(p, [line_below(x, y, wide)], color)


def line_below(x: float, y: float, wide: float) -> QLineF:
    """One a pixel high, whose upper edge is at y."""
    return QLineF(x, y + 0.5, x + wide, y + 0.5)


def dots(p: QPainter, lines: Sequence[QLineF], color: QColor) -> None:
    """Along each of these lines."""
    p.setPen(_dotted(color.rgba()))
    p.drawLines(lines)


@cache
def _dotted(color: int) -> QPen:
    """Made once: its pattern costs as much as the lines."""
    pen = QPen(QColor.fromRgba(color), 1)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([2, 2])
    return pen


_BLANK = "␣"
_SIGNS = {" ": _BLANK, "\n": "⏎", "\t": "⇥", "\r": "␍"}


def glyph(symbol: str) -> str:
    """A symbol as the strip and the tiles show it: white space visible."""
    if symbol.isprintable() and " " not in symbol:
        return symbol
    return "".join(_SIGNS.get(c, c if c.isprintable() else "·") for c in symbol)


def sunk(words: str, family: str, pixels: float, weight: int = 400) -> float:
    """Pixels that a blank's sign hangs below the baseline: where a line or a tile's edge is close
    it stands upon it, or it would be one with that. 0 for all else."""
    return _hangs((family, pixels, weight, False)) if words == _BLANK else 0.0


@cache
def _hangs(used: Used) -> float:
    return max(0.0, metrics(used).tightBoundingRect(_BLANK).bottom())


@lru_cache(_KNOWN)
def fitting(
    words: str, room: float, family: str, pixels: float, weight: int = 400,
    smallest: float = SMALLEST,
) -> tuple[str, float]:
    """Words and a size at which they find room: smaller letters first, then without the middle."""
    smallest = min(smallest, pixels)
    while pixels > smallest and width(words, family, pixels, weight) > room:
        pixels -= 1
    kept, shown = len(words), words
    while kept > 1 and width(shown, family, pixels, weight) > room:
        kept -= 1
        shown = f"{words[: (kept + 1) // 2]}…{words[len(words) - kept // 2 :]}"
    return shown, pixels


@lru_cache(_KNOWN)
def symbol(character: str, room: float, pixels: float, weight: int = 400) -> tuple[str, float]:
    """A step's or a vocabulary's symbol in a box `room` wide: what to write there, and how large.

    One character has the size asked for, however wide it is.
    """
    shown = glyph(character)
    return (shown, pixels) if len(character) == 1 else fitting(shown, room, MONO, pixels, weight)
