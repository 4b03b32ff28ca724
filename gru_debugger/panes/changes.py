"""Which units changed most since the step before: what panes mark and tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array
from gru_debugger.core.trace import Step
from gru_debugger.session.frame import Frame

if TYPE_CHECKING:
    from gru_debugger.panes.bar_rows import BarRow

_MOST = 3
_NOTABLE = 0.05  # a change below this share of the axis is none
_ABOVE = 4  # pixels between a chart and its marks
_NOWHERE = np.zeros((0, 2))


def most_changed(
    values: Array, before: Array, spans: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The units that changed most, of several quantities (quantities, units) at once.

    `spans` (quantities,): the lengths of their axes. Index of the quantity and unit, those of a
    quantity together, most first.
    """
    change = np.abs(values - before)
    count = min(_MOST, change.shape[1])
    units = change.argpartition(-count, axis=1)[:, -count:]
    every = np.arange(len(change))[:, None]
    units = units[every, (-change[every, units]).argsort(1)]
    which, place = (change[every, units] > _NOTABLE * spans[:, None]).nonzero()
    return which, units[which, place]


class Changes:
    """What the bars of some rows have in common at a step, worked out for all of them at once."""

    def __init__(self, rows: Sequence[BarRow]) -> None:
        self.rows = tuple(rows)
        self._names = [row.quantity for row in rows]
        self._low, self._high = np.array([(row.chart.low, row.chart.high) for row in rows]).T
        self._left, self._top = np.array([(row.rect.left(), row.rect.top()) for row in rows]).T
        self._centers = rows[0].axis.centers
        self.marks = _NOWHERE  # above what changed most, in pixels

    def show(self, frame: Frame) -> None:
        """Tell each row which of its units changed most, and whether any is beyond the axis."""
        values, before = self._values(frame.step), frame.before
        beyond = (values > self._high[:, None]) | (values < self._low[:, None])
        for row, cut in zip(self.rows, beyond.any(1).tolist(), strict=True):
            row.changed, row.may_be_cut = [], cut
        if before is None:
            self.marks = _NOWHERE
            return
        which, units = most_changed(values, self._values(before), self._high - self._low)
        for i, unit in zip(which.tolist(), units.tolist(), strict=True):
            self.rows[i].changed.append(unit)
        self.marks = self.places(which, units)

    def _values(self, step: Step) -> Array:
        return np.array([step.values[name] for name in self._names])

    def places(self, which: NDArray[np.intp], units: NDArray[np.intp]) -> NDArray[np.float64]:
        """Where the marks of units of these rows stand, (marks, 2), of those that are shown."""
        places = np.empty((len(which), 2))
        places[:, 0] = self._left[which] + self._centers[units]
        places[:, 1] = self._top[which] - _ABOVE
        return places[np.isfinite(places[:, 0])]
