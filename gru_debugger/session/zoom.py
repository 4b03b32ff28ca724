"""Which of the units all charts show, or of the characters the overview: a value, the same for
charts of any width."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST, FEWEST_CHARACTERS = 8, 20  # units and characters that zooming in leaves
SECOND = 2  # the first character that a step before it expects


@dataclass(frozen=True)
class Zoom:
    """`count` units from `first` on; 0: all. `units` below are the model's; of the overview's
    characters all this is said too, from 0 the first that a surprise is known of: the second."""

    first: int = 0
    count: int = 0

    def shown(self, units: int) -> range:
        return range(self.first, self.first + (self.count or units))

    def fitted(self, units: int) -> Zoom:
        """The same, of so many units."""
        if not 0 < self.count < units:
            return Zoom()
        return Zoom(max(0, min(self.first, units - self.count)), self.count)

    def by(self, factor: float, around: int, units: int, fewest: int = FEWEST) -> Zoom:
        """Shown units divided by `factor`, the unit `around` staying where it is."""
        shown = self.count or units
        count = min(float(units), max(min(fewest, units), shown / factor))
        share = min(1.0, max(0.0, (around + 0.5 - self.first) / shown))
        return Zoom(round(around + 0.5 - share * count), round(count)).fitted(units)

    def at(self, first: int, units: int) -> Zoom:
        """As many, from another unit on."""
        return Zoom(first, self.count).fitted(units)

    def revealing(self, unit: int, units: int) -> Zoom:
        """Moved as far as shows a unit and some beside it; not at all where it is shown."""
        shown = self.shown(units)
        if unit in shown:
            return self
        beside = min(2, (len(shown) - 1) // 2)
        first = unit - beside if unit < shown.start else unit + beside + 1 - len(shown)
        return self.at(first, units)


ALL = Zoom()
