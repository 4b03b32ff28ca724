"""Colours: the diverging map's middle is zero, contrasts suffice."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gru_debugger.charts.theme import THEMES, diverging_map, map_color

ZERO = {"light": (0xF3, 0xF4, 0xF6), "dark": (0x20, 0x25, 0x2D)}
ENDS = {
    "light": ((0x8F, 0x3E, 0x00), (0x00, 0x43, 0x6B)),
    "dark": ((0xFF, 0xB2, 0x7A), (0x86, 0xCB, 0xFF)),
}


def luminance(color: QColor) -> float:
    """WCAG 2's relative luminance."""
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: QColor, b: QColor) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_the_map_has_a_middle(theme: str) -> None:
    table = diverging_map(theme)
    assert table.shape == (255, 3)
    assert tuple(table[127]) == ZERO[theme]
    assert (tuple(table[0]), tuple(table[-1])) == ENDS[theme]


@pytest.mark.parametrize("theme", THEMES)
def test_equal_distances_from_zero_are_equal_distances_in_the_map(theme: str) -> None:
    table = [tuple(row) for row in diverging_map(theme).tolist()]
    for value in np.linspace(0, 1.2, 50):
        up, down = (table.index(map_color(theme, v).getRgb()[:3]) for v in (value, -value))
        assert up - 127 == 127 - down


@pytest.mark.parametrize("theme", THEMES)
def test_signs_stand_out_from_zero_on_both_sides(theme: str) -> None:
    """The farther from zero the less alike, on either side: no band in between."""
    table = diverging_map(theme).astype(int)
    away = np.abs(table - table[127]).sum(axis=1)
    assert np.all(np.diff(away[127:]) >= -3)
    assert np.all(np.diff(away[:128]) <= 3)
    assert np.all(table[:100, 0] > table[:100, 2]), "negative is orange"
    assert np.all(table[155:, 2] > table[155:, 0]), "positive is blue"


@pytest.mark.parametrize("background", ["panel", "blend", "side"])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("role", "least"),
    [("positive", 3), ("negative", 3), ("take", 2.9), ("r", 3), ("h", 3), ("now", 4.5), ("text", 7),
     ("muted", 4.5), ("keep_text", 4.5), ("take_text", 4.5), ("error", 4.5)],
)  # fmt: skip
def test_contrast(role: str, least: float, theme: str, background: str) -> None:
    colors = THEMES[theme]
    assert contrast(colors.role(role), colors.role(background)) >= least


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("now_text", "now"),
        ("pill_text", "pill"),
        ("text", "chip"),
        ("good", "good_fill"),
        ("panel", "error"),
    ],
)
@pytest.mark.parametrize("theme", THEMES)
def test_contrast_of_words_on_fills(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme].role(ink), THEMES[theme].role(ground)) >= 4.5


@pytest.mark.parametrize("sign", ["#0072B2", "#D55E00"])
def test_the_signs_hold_on_white_and_on_near_black(sign: str) -> None:
    for ground in ("#FFFFFF", "#1E1E1E"):
        assert contrast(QColor(sign), QColor(ground)) >= 3
