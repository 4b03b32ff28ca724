"""Words and numbers on pictures."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo

from gru_debugger.charts import ink


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
        (0.0004, "4e−4", "+4e−4"),
        (-3.2e-12, "−3e−12", "−3e−12"),
    ],
)
def test_numbers(value: float, words: str, signed: str) -> None:
    assert ink.number(value) == words
    assert ink.number(value, signed=True) == signed


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
    ],
)
def test_white_space_is_visible(character: str, shown: str) -> None:
    assert ink.glyph(character) == shown


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("family", [ink.SANS, ink.MONO, ink.MATH])
def test_the_bundled_fonts_are_used(family: str) -> None:
    assert QFontInfo(ink.font(family, 12)).family() == family


@pytest.mark.usefixtures("screen")
def test_figures_are_of_one_width() -> None:
    for family in (ink.SANS, ink.MONO):
        assert len({ink.width(digit * 8, family, 12) for digit in "0123456789"}) == 1
