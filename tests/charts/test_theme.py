"""The diverging map: its middle is zero, and both sides go away from it alike."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from seeing import contrast

from gru_debugger.charts.theme import THEMES, diverging_map, map_color

ZERO = {"light": (0xF3, 0xF4, 0xF6), "dark": (0x20, 0x25, 0x2D)}
ENDS = {
    "light": ((0x8F, 0x3E, 0x00), (0x00, 0x43, 0x6B)),
    "dark": ((0xFF, 0xB2, 0x7A), (0x86, 0xCB, 0xFF)),
}


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


@pytest.mark.parametrize("sign", ["#0072B2", "#D55E00"])
def test_the_signs_hold_on_white_and_on_near_black(sign: str) -> None:
    for ground in ("#FFFFFF", "#1E1E1E"):
        assert contrast(QColor(sign), QColor(ground)) >= 3
