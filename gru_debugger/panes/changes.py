"""Which units changed most since the step before: what panes mark and tell."""

from __future__ import annotations

import numpy as np

from gru_debugger.core.cell import Array

_MOST = 3
_NOTABLE = 0.05  # a change below this share of the axis is none


def most_changed(values: Array, before: Array, span: float) -> list[int]:
    """The units that changed most, most first; `span`: the length of the axis."""
    change = np.abs(values - before)
    notable = np.flatnonzero(change > _NOTABLE * span)
    if len(notable) > _MOST:
        notable = np.argpartition(change, -_MOST)[-_MOST:]
    return sorted(notable.tolist(), key=lambda unit: -float(change[unit]))
