"""Which units changed most since the step before: what panes mark and tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

from gru_debugger.charts.triangles import triangles
from gru_debugger.core.cell import Array
from gru_debugger.session.frame import Frame

if TYPE_CHECKING:
    from gru_debugger.panes.bar_rows import BarRow

_MOST = 3
_NOTABLE = 0.05  # a change below this share of the axis is none
_ABOVE = 4  # pixels between a chart and its marks


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


def shown(rows: Sequence[BarRow], frame: Frame) -> QPainterPath:
    """Small triangles above what changed most in each of these rows, which are told of it."""
    for row in rows:
        row.changed = []
    if frame.before is None or not rows:
        return QPainterPath()
    names = [row.quantity for row in rows]
    values, before = (
        np.stack([step.values[name] for name in names]) for step in (frame.step, frame.before)
    )
    spans = np.array([row.chart.high - row.chart.low for row in rows])
    which, units = most_changed(values, before, spans)
    for i, unit in zip(which.tolist(), units.tolist(), strict=True):
        rows[i].changed.append(unit)
    return marks(rows, which, units)


def marks(
    rows: Sequence[BarRow], which: NDArray[np.intp], units: NDArray[np.intp]
) -> QPainterPath:
    """The triangles of units of these rows, of those that are shown."""
    corners = np.array([(row.rect.left(), row.rect.top() - _ABOVE) for row in rows])[which]
    x = corners[:, 0] + rows[0].axis.centers[units]
    seen = np.isfinite(x)
    return triangles(x[seen], corners[seen, 1])
