"""The unit axis: whole pixels, zooming, pooling."""

from __future__ import annotations

import numpy as np
import pytest

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.core.unit_order import UnitOrder

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


LENSES = [(128, 384, range(60, 84)), (256, 352, range(0, 20)), (1024, 352, range(1004, 1024)),
          (1024, 290, range(300, 324)), (128, 1000, range(8, 32))]  # fmt: skip


@pytest.mark.parametrize("zoom", [(0, 0), (3, 100), (290, 500)])
@pytest.mark.parametrize(("units", "width", "lens"), LENSES)
def test_a_lens_gives_its_units_pixels_of_their_own(
    units: int, width: int, lens: range, zoom: tuple[int, int]
) -> None:
    """And loses no unit: the slots' units, in order, are those that are shown, each once."""
    first, count = zoom if sum(zoom) <= units else (0, 0)
    axis = UnitAxis(units, width, first, count, lens=lens)
    seen = [place for place in lens if first <= place < axis.end]
    lefts = [axis.left(unit) for unit in range(first, axis.end + 1)]
    assert lefts[0] == 0
    assert lefts == sorted(lefts)
    assert lefts[-1] == axis.plot_width <= width
    assert {axis.left(unit + 1) - axis.left(unit) for unit in seen} <= {axis.widest}
    assert axis.widest >= 4 or not seen
    slots = axis.slots
    ends = np.append(slots.start[1:], axis.shown)
    covered = [u for a, b in zip(slots.start, ends, strict=True) for u in range(a, max(a + 1, b))]
    assert sorted({*covered}) == list(range(axis.shown))
    assert slots.width.sum() == axis.plot_width
    alone = range(units) if axis.alone is None else np.flatnonzero(axis.alone)
    assert {*seen} <= {*alone}
    for unit in seen:
        assert axis.unit_at(axis.center(unit)) == unit


def test_a_lens_is_not_where_all_are_as_wide() -> None:
    assert len(UnitAxis(1024, 352, 500, 24, lens=range(500, 524)).parts) == 1
    assert len(UnitAxis(128, 1600, lens=range(24)).parts) == 1
    assert len(UnitAxis(1024, 352, 0, 300, lens=range(500, 524)).parts) == 1


@pytest.mark.parametrize("lens", [range(0), range(40, 64)])
def test_another_order_changes_places_alone(lens: range) -> None:
    units = np.random.default_rng(1).permutation(128)
    plain, axis = (UnitAxis(128, 384, 30, 90, order, lens) for order in (None, UnitOrder(units)))
    assert [*axis.visible_units] == units[30:120].tolist()
    for place, unit in enumerate(units.tolist()):
        assert axis.shows(unit) == (30 <= place < 120)
        if axis.shows(unit):
            assert (axis.left(unit), axis.right(unit)) == (plain.left(place), plain.right(place))
            assert axis.unit_at(axis.center(unit)) == unit
    values = np.arange(128)
    assert values[axis.visible].tolist() == [*axis.visible_units]
    if lens:
        wide = axis.at_least(5)
        assert wide is not None
        assert {*np.flatnonzero(wide).tolist()} == {*units[40:64].tolist()}
