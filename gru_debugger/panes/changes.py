"""Which units changed most since the step before: what panes mark and tell."""

from __future__ import annotations

import numpy as np

from gru_debugger.core.cell import Array

_MOST = 3
_NOTABLE = 0.05  # a change below this share of the axis is none


def most_changed(values: Array, before: Array, span: float) -> list[int]:
    """The units that changed most, most first; `span`: the length of the axis."""
    change = np.abs(values - before)
    most = change.argpartition(-_MOST)[-_MOST:] if len(change) > _MOST else np.arange(len(change))
    found = sorted(zip(change[most].tolist(), most.tolist(), strict=True), reverse=True)
    return [unit for by, unit in found if by > _NOTABLE * span]
