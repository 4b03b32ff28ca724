"""The unit axis that all charts of a column share: unit -> pixels, exactly, in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

WIDEST = 64  # pixels a unit
WHOLE = 12  # from here on a unit is whole pixels wide; narrower, that would waste too much


@dataclass(frozen=True)
class UnitAxis:
    """`units` of the model, of which [first, first + count) are shown on `width` pixels."""

    units: int
    width: int
    first: int = 0
    count: int = 0  # 0: all

    @cached_property
    def shown(self) -> int:
        return self.count or self.units

    @cached_property
    def pitch(self) -> float:
        """Pixels a unit: whole ones where there is room, so that bars have sharp edges."""
        pitch = self.width / self.shown
        return float(min(WIDEST, int(pitch))) if pitch >= WHOLE else pitch

    @cached_property
    def plot_width(self) -> int:
        return round(self.pitch * self.shown)

    @cached_property
    def label_width(self) -> int:
        """Pixels for the words above a plot: of few units it is narrower than they may be."""
        return self.width if self.pitch == WIDEST else self.plot_width

    @cached_property
    def end(self) -> int:
        """The unit behind the last that is shown."""
        return self.first + self.shown

    @cached_property
    def visible(self) -> slice:
        return slice(self.first, self.end)

    def shows(self, unit: int) -> bool:
        return self.first <= unit < self.end

    @cached_property
    def pooled(self) -> bool:
        """Several units fall on one pixel: bars become envelopes."""
        return self.pitch < 2

    def left(self, unit: float) -> float:
        return float(round((unit - self.first) * self.pitch))

    def center(self, unit: int) -> float:
        return (self.left(unit) + self.left(unit + 1)) / 2

    def unit_at(self, x: float) -> int | None:
        unit = int(np.floor(x / self.pitch + self.first))
        return unit if 0 <= x < self.plot_width and 0 <= unit < self.units else None

    def bars(self, share: float = 14 / 22) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Left edges and widths in pixels of the visible units' bars, or of the pixels' ones."""
        if self.pooled:
            return np.arange(self.plot_width, dtype=float), np.ones(self.plot_width)
        edges = np.round(np.arange(self.shown + 1) * self.pitch)
        wide = np.diff(edges)
        if self.pitch < 6:  # no gaps between narrow bars
            return edges[:-1], wide
        bar = np.maximum(2 * np.round(wide * share / 2), 2) + wide % 2
        return edges[:-1] + (wide - bar) / 2, bar

    def pool_starts(self) -> NDArray[np.intp]:
        """Index (among the visible units) at which each pixel's units begin."""
        at = (np.arange(self.plot_width) / self.pitch).astype(np.intp)
        return np.minimum(at, self.shown - 1)
