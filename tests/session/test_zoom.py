"""Zooming and moving: the units that all charts show, of any width."""

from __future__ import annotations

import pytest

from gru_debugger.session.zoom import FEWEST, Zoom


@pytest.mark.parametrize("units", [16, 128, 1024])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("factor", [1.25, 1.5, 4, 40])
def test_zooming_leaves_the_unit_where_it_is(factor: float, share: float, units: int) -> None:
    zoom, around = Zoom(), int(share * (units - 1))
    for _ in range(3):
        shown, closer = zoom.shown(units), zoom.by(factor, around, units)
        now = closer.shown(units)
        before = (around + 0.5 - shown.start) / len(shown)
        after = (around + 0.5 - now.start) / len(now)
        assert abs(before - after) <= 1 / len(now), "one unit's rounding at most"
        assert around in now
        assert FEWEST <= len(now) < len(shown) or len(now) == len(shown) == FEWEST
        assert 0 <= now.start < now.stop <= units
        zoom = closer


def test_zooming_out_ends_with_all_units() -> None:
    zoom = Zoom().by(8, 100, 128)
    assert len(zoom.shown(128)) == 16
    for _ in range(20):
        zoom = zoom.by(1 / 1.5, 100, 128)
    assert zoom == Zoom()


def test_of_few_units_all_stay() -> None:
    assert Zoom().by(40, 1, 3) == Zoom()


@pytest.mark.parametrize("count", [0, 1, 3, 8, 40])
@pytest.mark.parametrize("first", [0, 7, 24])
def test_a_unit_comes_into_sight(first: int, count: int) -> None:
    zoom = Zoom(first, count).fitted(64)
    for unit in range(64):
        seen = zoom.revealing(unit, 64)
        assert unit in seen.shown(64)
        assert seen.count == zoom.count
        assert 0 <= seen.first <= 64 - len(seen.shown(64))
        assert (seen == zoom) == (unit in zoom.shown(64))


def test_the_ends_hold() -> None:
    assert Zoom(3, 8).at(-5, 64) == Zoom(0, 8)
    assert Zoom(3, 8).at(99, 64) == Zoom(56, 8)
    assert Zoom(99, 8).fitted(16) == Zoom(8, 8)
    assert Zoom(0, 16).fitted(16) == Zoom(0, 99).fitted(16) == Zoom()
