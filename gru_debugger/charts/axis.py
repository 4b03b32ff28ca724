"""The unit axis that all charts of a column share: unit -> pixels, exactly, in whole pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.unit_order import UnitOrder

WIDEST = 64  # pixels a unit
WHOLE = 12  # from here on a unit is whole pixels wide; narrower, that would waste too much
LEAST = 2  # pixels a unit; with fewer, units share a pixel
_GAP = 6  # pixels a unit from which bars are parted
_LENS = 4  # pixels a unit that are worth a lens


class Part(NamedTuple):
    """Places [first, end) from the pixel `left` on, `pitch` pixels each."""

    first: int
    end: int
    left: int
    pitch: float

    @property
    def width(self) -> int:
        return round((self.end - self.first) * self.pitch)


class Slots(NamedTuple):
    """What has a bar: a unit, or a pixel's units. (slots,) each: the first place, counted from the
    first that is shown, pixels of the left edge and of the width, pixels a unit."""

    start: NDArray[np.intp]
    left: NDArray[np.float64]
    width: NDArray[np.float64]
    pitch: NDArray[np.float64]


@dataclass(frozen=True)
class UnitAxis:
    """`units` of the model, at whose places [first, first + count) `width` pixels show them.

    `order`: the unit at each place; None: by index. `lens`: places that are drawn at full size
    where they would be narrower; the others share what it leaves.
    """

    units: int
    width: int
    first: int = 0
    count: int = 0  # 0: all
    order: UnitOrder | None = None
    lens: range = range(0)

    @cached_property
    def shown(self) -> int:
        return self.count or self.units

    @cached_property
    def end(self) -> int:
        """The place behind the last that is shown."""
        return self.first + self.shown

    # Places and units ------------------------------------------------------------------------

    @cached_property
    def visible(self) -> slice | NDArray[np.intp]:
        """What takes the shown units out of a vector of all, in the order of their places."""
        places = slice(self.first, self.end)
        return places if self.order is None else self.order.units[places]

    @cached_property
    def visible_units(self) -> Sequence[int]:
        """The unit at each place that is shown."""
        places = range(self.first, self.end)
        return places if self.order is None else self.order.units[self.visible_places].tolist()

    @cached_property
    def visible_places(self) -> slice:
        return slice(self.first, self.end)

    def place(self, unit: int) -> int:
        return unit if self.order is None else int(self.order.places[unit])

    def unit(self, place: int) -> int:
        return place if self.order is None else int(self.order.units[place])

    def shows(self, unit: int) -> bool:
        return self.first <= self.place(unit) < self.end

    # Pixels ----------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """One, or what is left of the lens, the lens, and what is right of it."""
        pitch = self.width / self.shown
        if pitch >= WHOLE:  # whole pixels where there is room, so that bars have sharp edges
            pitch = min(WIDEST, int(pitch))
        begin, end = max(self.lens.start, self.first), min(self.lens.stop, self.end)
        wide = self._lens_pitch(end - begin) if 0 < end - begin < self.shown else 0
        if wide <= pitch:
            return (Part(self.first, self.end, 0, pitch),)
        rest = (self.width - wide * (end - begin)) / (self.shown - (end - begin))
        before = Part(self.first, begin, 0, rest)
        lens = Part(begin, end, before.width, wide)
        behind = Part(end, self.end, lens.left + lens.width, rest)
        return tuple(part for part in (before, lens, behind) if part.end > part.first)

    def _lens_pitch(self, count: int) -> int:
        """Pixels a unit in a lens of so many: what leaves the others pixels of their own, if that
        is enough; at most half the axis."""
        spared = (self.width - LEAST * (self.shown - count)) // count
        return min(WHOLE, spared if spared >= _LENS else self.width // (2 * count))

    @cached_property
    def pitch(self) -> float:
        """Pixels a unit, outside the lens."""
        return min(part.pitch for part in self.parts)

    @cached_property
    def widest(self) -> float:
        """Pixels of the widest units."""
        return max(part.pitch for part in self.parts)

    @cached_property
    def plot_width(self) -> int:
        return self.parts[-1].left + self.parts[-1].width

    @cached_property
    def label_width(self) -> int:
        """Pixels for the words above a plot: of few units it is narrower than they may be."""
        return self.width if self.pitch == WIDEST else self.plot_width

    @cached_property
    def pooled(self) -> bool:
        """Several units fall on one pixel: bars become envelopes, in a lens they do not."""
        return self.pitch < LEAST

    @cached_property
    def crowded(self) -> bool:
        """No unit has pixels of its own."""
        return self.widest < LEAST

    def at_least(self, pixels: float) -> NDArray[np.bool_] | None:
        """Which of all units are so wide; None: all that are shown."""
        if self.pitch >= pixels:
            return None
        wide = np.zeros(self.units, np.bool_)
        for part in self.parts:
            places = slice(part.first, part.end)
            wide[places if self.order is None else self.order.units[places]] = part.pitch >= pixels
        return wide

    @cached_property
    def alone(self) -> NDArray[np.bool_] | None:
        """Which of all units have pixels of their own; None: all that are shown."""
        return self.at_least(LEAST)

    @cached_property
    def _edges(self) -> list[float]:
        """The left edge of each place that is shown, and of the one behind: asked for often."""
        every = [
            float(part.left + round((place - part.first) * part.pitch))
            for part in self.parts
            for place in range(part.first, part.end)
        ]
        return [*every, float(self.plot_width)]

    def edge(self, place: int) -> float:
        """The left edge of a place that is shown, or of the one behind the last."""
        return self._edges[place - self.first]

    def left(self, unit: int) -> float:
        return self.edge(self.place(unit))

    def right(self, unit: int) -> float:
        return self.edge(self.place(unit) + 1)

    def center(self, unit: int) -> float:
        place = self.place(unit)
        return (self.edge(place) + self.edge(place + 1)) / 2

    @cached_property
    def centers(self) -> NDArray[np.float64]:
        """Of all units (units,); not a number where a unit is not shown."""
        edges = np.array(self._edges)
        centers = np.full(self.units, np.nan)
        centers[self.visible] = (edges[:-1] + edges[1:]) / 2
        return centers

    def unit_at(self, x: float) -> int | None:
        if not 0 <= x < self.plot_width:
            return None
        slot = int(np.searchsorted(self.slots.left, x, side="right")) - 1
        return self.unit(self.first + int(self.slots.start[slot]))

    @cached_property
    def slots(self) -> Slots:
        of_parts = [_slots(part) for part in self.parts]
        start, left, pitch = (np.concatenate(column) for column in zip(*of_parts, strict=True))
        return Slots(start - self.first, left, np.diff(left, append=self.plot_width), pitch)

    def bars(self, share: float = 14 / 22) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Left edges and widths in pixels of the slots' bars."""
        slots = self.slots
        bar = np.maximum(2 * np.round(slots.width * share / 2), 2) + slots.width % 2
        bar = np.where(slots.pitch < _GAP, slots.width, bar)  # no gaps between narrow bars
        return slots.left + (slots.width - bar) / 2, bar

    def pool_starts(self) -> NDArray[np.intp] | None:
        """Place (among those shown) at which each slot's units begin; None: a slot a unit."""
        return self.slots.start if self.pooled else None


def _slots(part: Part) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """First places, left edges, and pixels a unit."""
    count = part.end - part.first
    if part.pitch >= LEAST:
        places = np.arange(count)
        left = np.round(places * part.pitch)
    else:
        left = np.arange(part.width, dtype=float)
        places = np.minimum((left / part.pitch).astype(np.intp), count - 1)
    return part.first + places, part.left + left, np.full(len(left), part.pitch)
