"""Lines aslant in rectangles, drawn one by one: files know no patterns."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF

APART = 7  # pixels from one to the next, across


def lines(rectangles: NDArray[np.float64]) -> list[QLineF]:
    """In (n, 4) left, top, width and height; those of neighbours go on in one another."""
    return [line for rect in rectangles.tolist() for line in _in_one(*rect)]


def _in_one(left: float, top: float, wide: float, high: float) -> Iterator[QLineF]:
    """Where x + y is a multiple of `APART`."""
    right, bottom = left + wide, top + high
    total = ceil((left + top) / APART) * APART
    while high > 0 and total < right + bottom:
        x1, x2 = max(left, total - bottom), min(right, total - top)
        yield QLineF(x1, total - x1, x2, total - x2)
        total += APART
