"""Which units changed most since the step before: what panes mark and tell."""

from __future__ import annotations

import numpy as np

from gru_debugger.core.cell import Array

_MOST = 3
_NOTABLE = 0.05  # a change below this share of the axis is none


def most_changed(values: Array, before: Array, span: float) -> list[int]:
    """The units that changed most, most first; `span`: the length of the axis."""
    change = np.abs(values - before)
    if len(change) > _MOST:
        units = np.argpartition(change, -_MOST)[-_MOST:]
    else:
        units = np.arange(len(change))
    notable = units[change[units] > _NOTABLE * span]
    return sorted(notable.tolist(), key=lambda unit: -float(change[unit]))
