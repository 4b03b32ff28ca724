"""Words and numbers on pictures."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter
from seeing import contrast

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES
from gru_debugger.numerals import two


@pytest.mark.parametrize(
    ("value", "words", "signed"),
    [
        (0.0, "0.00", "0.00"),
        (1.0, "1.00", "+1.00"),
        (-1.0, "−1.00", "−1.00"),
        (0.5, "0.50", "+0.50"),
        (12.345, "12.35", "+12.35"),
        (-123.456, "−123.46", "−123.46"),
        (0.0123, "0.01", "+0.01"),
        (0.0041, "0.004", "+0.004"),
        (-0.0041, "−0.004", "−0.004"),
        (0.0004, "0.0004", "+0.0004"),
        (0.00004, "4e−5", "+4e−5"),
        (-3.2e-12, "−3e−12", "−3e−12"),
    ],
)
def test_numbers(value: float, words: str, signed: str) -> None:
    assert two(value) == words
    assert two(value, signed=True) == signed


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        (" ", "␣"),
        ("\n", "⏎"),
        ("\t", "⇥"),
        ("\r", "␍"),
        ("e", "e"),
        ("é", "é"),
        ("\x07", "·"),
        ("\u200b", "·"),
        ("<pad>", "<pad>"),
        ("\r\n", "␍⏎"),
        ("th e", "th␣e"),
    ],
)
def test_white_space_is_visible(character: str, shown: str) -> None:
    assert fonts.glyph(character) == shown


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("family", [fonts.SANS, fonts.MONO, fonts.MATH])
def test_the_bundled_fonts_are_used(family: str) -> None:
    assert QFontInfo(fonts.font(family, 12)).family() == family


@pytest.mark.usefixtures("screen")
def test_figures_are_of_one_width() -> None:
    for family in (fonts.SANS, fonts.MONO):
        assert len({fonts.width(digit * 8, family, 12) for digit in "0123456789"}) == 1


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("room", [15, 22, 33, 44, 100])
@pytest.mark.parametrize("words", ["ab", "137", "</s>", "<pad>", "<unknown>", "2026-11-22"])
def test_long_symbols_find_room(words: str, room: float) -> None:
    shown, pixels = fonts.symbol(words, room, 16)
    assert fonts.width(shown, fonts.MONO, pixels) <= room
    assert fonts.SMALLEST <= pixels <= 16
    head, cut, tail = shown.partition("…")
    assert words.startswith(head)
    assert words.endswith(tail)
    assert not cut or pixels == fonts.SMALLEST, "smaller letters come first"
    assert cut or shown == words


@pytest.mark.usefixtures("screen")
def test_one_character_keeps_its_size() -> None:
    assert fonts.symbol("W", 3, 16) == ("W", 16)
    assert fonts.symbol("\n", 3, 16) == ("⏎", 16)


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("family", [fonts.SANS, fonts.MONO, fonts.MATH])
def test_a_minus_is_painted_as_wide_as_a_plus(family: str) -> None:
    """The typewriter letters' own would look like a hyphen."""

    def wide(sign: str) -> int:
        image = QImage(60, 60, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        fonts.text(painter, 10, 45, sign, QColor("black"), family, 40)
        painter.end()
        inked = [x for x in range(60) for y in range(60) if image.pixelColor(x, y).lightness() < 99]
        return max(inked) - min(inked)

    assert wide("−") >= 0.85 * wide("+")


@pytest.mark.parametrize(("family", "plain"), [(fonts.TICKS, True), (fonts.MONO, False)])
@pytest.mark.usefixtures("screen")
def test_the_zero_at_axes_has_nothing_in_it(family: str, plain: bool) -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    p = QPainter(image)
    high = fonts.metrics((family, 80, 400, False)).capHeight()
    fonts.text(p, 50, 50 + high / 2, "0", QColor("black"), family, 80, align="center")
    p.end()
    assert (image.pixelColor(50, 50) == QColor("white")) == plain


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_words_look_the_same_whenever_they_are_drawn(screen: object, scale: float) -> None:
    """Those that come once are drawn in another way than those that come again."""

    def drawn(words: str, at: float, used: fonts.Used) -> QImage:
        image = QImage(400, 80, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        fonts.text(painter, 9.3 + at, 30, words, QColor("black"), *used)
        painter.end()
        return image

    used = [(family, 12.0, weight, False) for family in (fonts.SANS, fonts.MONO)
            for weight in (400, 600)] + [(fonts.MATH, 15.0, 400, True)]  # fmt: skip
    for i in range(60):
        words = f"step {i}: −0.{i} × AVA, “fi {scale}”"
        first, second, third = (drawn(words, i / 60, used[i % len(used)]) for _ in range(3))
        assert first == second == third, words


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("outlined", [False, True])
def test_words_on_a_line_look_like_each_by_itself(outlined: bool) -> None:
    placed = [(20.5, "12"), (60.25, "W"), (100.0, "␣"), (140.5, "1,005")]

    def drawn(together: bool) -> QImage:
        image = QImage(200, 40, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        with fonts.outlines() if outlined else nullcontext():
            for _ in range(2):  # what comes again is drawn in another way
                if together:
                    fonts.centred_on(painter, 30, placed, QColor("navy"), fonts.MONO, 11)
                    continue
                for x, words in placed:
                    fonts.text(
                        painter, x, 30, words, QColor("navy"), fonts.MONO, 11, align="center"
                    )
        painter.end()
        return image

    assert drawn(True) == drawn(False)


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("character", [" ", "\n", "t"])
def test_a_sign_keeps_clear_of_its_tile_s_edges(character: str, theme: str) -> None:
    """A blank's hangs below the baseline: it would be one with what stands below the tile."""
    colors = THEMES[theme]
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(colors.panel)
    p, rect = QPainter(image), QRectF(8, 8, 14, 14)
    shown, pixels = fonts.symbol(character, 12, 11, 600)
    fonts.tile(p, rect, colors.now, shown, colors.now_text, fonts.MONO, pixels, 600)
    p.end()
    ink = [y for y in range(10, 22) if any(
        contrast(image.pixelColor(x, y), colors.now) > 2 for x in range(10, 20))]  # fmt: skip
    assert ink
    assert ink[-1] - ink[0] < 12
    assert ink[-1] <= 19, "two pixels of the tile below it"
