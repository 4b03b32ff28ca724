"""In which order units stand: a permutation, and its inverse."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray


class UnitOrder:
    """`units` (hidden,): the unit at each place, from 0."""

    def __init__(self, units: NDArray[np.intp]) -> None:
        self.units = units

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """(hidden,): the place of each unit."""
        return np.argsort(self.units)
