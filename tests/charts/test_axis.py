"""The unit axis: whole pixels, zooming, pooling."""

from __future__ import annotations

import numpy as np
import pytest

from gru_debugger.charts.axis import UnitAxis

SIZES = [(1, 300), (7, 100), (16, 352), (16, 64), (16, 1000), (128, 384), (128, 352), (40, 100)]
WIDE = [(256, 352), (1024, 352), (1024, 64), (1000, 777), (352, 352)]


@pytest.mark.parametrize(
    ("units", "width", "pitch"),
    [
        (16, 352, 22),
        (16, 367, 22),
        (16, 2000, 64),
        (128, 384, 3),
        (128, 400, 3.125),
        (64, 255, 3.984375),
        (64, 256, 4),
        (64, 300, 4.6875),
        (1024, 352, 0.34375),
    ],
)
def test_whole_pixels_a_unit_where_there_is_room(units: int, width: int, pitch: float) -> None:
    assert UnitAxis(units, width).pitch == pitch


@pytest.mark.parametrize(("units", "width"), SIZES + WIDE)
def test_all_units_are_on_the_plot(units: int, width: int) -> None:
    axis = UnitAxis(units, width)
    assert axis.left(0) == 0
    assert axis.left(units) == axis.plot_width <= width
    assert (axis.first, axis.end) == (0, units)
    lefts = [axis.left(unit) for unit in range(units + 1)]
    assert lefts == sorted(lefts)
    assert all(left == int(left) for left in lefts)


@pytest.mark.parametrize("share", [8 / 22, 14 / 22, 18 / 22])
@pytest.mark.parametrize(("units", "width"), SIZES)
def test_bars_have_whole_edges_inside_their_units(units: int, width: int, share: float) -> None:
    axis = UnitAxis(units, width)
    assert not axis.pooled
    left, wide = axis.bars(share)
    assert len(left) == len(wide) == units
    for unit in range(units):
        a, b = axis.left(unit), axis.left(unit + 1)
        assert a <= left[unit] < left[unit] + wide[unit] <= b
        assert left[unit] == int(left[unit])
        assert wide[unit] == int(wide[unit]) >= 1
        assert left[unit] - a == b - left[unit] - wide[unit], "in the middle of its unit"


def test_the_drawings_measures() -> None:
    axis = UnitAxis(16, 16 * 22)
    assert set(axis.bars()[1]) == {14}
    assert set(axis.bars(18 / 22)[1]) == {18}
    assert axis.bars()[0].tolist() == [4 + 22 * unit for unit in range(16)]


def test_narrow_bars_leave_no_gaps() -> None:
    left, wide = UnitAxis(128, 384).bars()
    np.testing.assert_array_equal(left[1:], (left + wide)[:-1])


@pytest.mark.parametrize(("units", "width"), WIDE)
def test_a_pixel_pools_the_units_it_covers(units: int, width: int) -> None:
    """Brute force: unit u covers the pixels from u · width / units on; none is left out."""
    axis = UnitAxis(units, width)
    assert axis.pooled
    starts = axis.pool_starts()
    assert len(starts) == axis.plot_width == len(axis.bars()[0])
    assert starts[0] == 0
    assert np.all(np.diff(starts) >= 0)
    ends = np.append(starts[1:], units)
    for pixel, (a, b) in enumerate(zip(starts, ends, strict=True)):
        for unit in range(a, b):
            assert unit * width / units < pixel + 1, (pixel, unit)
            assert (unit + 1) * width / units > pixel, (pixel, unit)
    covered = {u for a, b in zip(starts, ends, strict=True) for u in range(a, max(a + 1, b))}
    assert covered == set(range(units))


@pytest.mark.parametrize(("units", "width"), SIZES + WIDE)
@pytest.mark.parametrize("zoom", [0, 3])
def test_pixels_give_their_unit_back(units: int, width: int, zoom: int) -> None:
    axis = UnitAxis(units, width)
    axis = UnitAxis(units, axis.width, units // 3, -(-units // 3)) if zoom else axis
    for unit in range(axis.first, axis.end):
        if axis.left(unit + 1) > axis.left(unit) + 1:
            assert axis.unit_at(axis.center(unit)) == unit
    for outside in (-1, -0.01, axis.plot_width, axis.plot_width + 5):
        assert axis.unit_at(outside) is None


def test_zooming_in_gives_bars_back() -> None:
    axis = UnitAxis(1024, 352)
    assert axis.pooled
    closer = UnitAxis(1024, 352, 490, 16)
    assert not closer.pooled
    assert closer.pitch >= 14
    assert len(closer.bars()[0]) == closer.shown
