"""The contract's axes, written otherwise than the program has them."""

from __future__ import annotations

import numpy as np
from oracle import AXES

from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace

FIRST = 2000  # steps that decide
_NICE = sorted(float(f"{m}e{e}") for m in (1, 1.5, 2, 3, 4, 5, 6, 8) for e in range(-9, 9))


def limits(
    trace: Trace,
    quantity: str,
    layer: int = 0,
    direction: Direction | None = None,
    share: float = 0.98,
    first_steps: int = FIRST,
) -> tuple[float, float]:
    """Lowest and highest value that an axis of the quantity shows; h(0) within −1..1.

    Full axes: the whole `share`, of all steps.
    """
    direction = direction or trace.model.ways[0]
    kind = next(kind for kind, names in AXES.items() if quantity in names)
    if kind == "gate":
        return 0.0, 1.0
    before = trace.model.reset == "before"
    if kind == "state" or (before and quantity == "reset_product"):
        return -1.0, 1.0
    rows = trace.rows(1, trace.steps, layer, direction)
    first = slice(first_steps) if direction == "forward" else slice(-first_steps, None)
    values = [
        np.abs(rows[q][first]).ravel() for q in AXES[kind] if not (before and q == "reset_product")
    ]
    usual = float(np.quantile(np.concatenate(values), share))
    top = next(level for level in _NICE if level >= usual) if usual else 1.0
    return -top, top
