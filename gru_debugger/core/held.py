"""What a run is held against: a run, and which of its steps stands beside which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Run = TypeVar("Run")


@dataclass(frozen=True, eq=False)
class Held(Generic[Run]):
    """`run` is None where a run is held against itself, and yet not kept by itself.

    `fixed`: one step, from 1, stands beside all of them; else `steps` (steps,) says which stands
    beside each, 0 for none; without both, those of the same numbers.
    """

    run: Run | None
    steps: NDArray[np.int64] | None = None
    fixed: int = 0

    @property
    def alike(self) -> bool:
        """Whether steps of the same numbers stand beside each other."""
        return self.steps is None and not self.fixed

    def beside(self, t: int) -> int:
        """The step beside step t; 0: none."""
        return self.fixed or (t if self.steps is None else int(self.steps[t - 1]))

    def rows(self, a: int, b: int) -> NDArray[np.int64]:
        """The same of rows a..b-1 (from 0)."""
        if self.fixed or self.steps is None:
            return np.full(b - a, self.fixed) if self.fixed else np.arange(a + 1, b + 1)
        return self.steps[a:b]


def by_number(steps: int, there: int) -> NDArray[np.int64] | None:
    """For each of so many steps the one of the same number, where there are only so many."""
    if steps <= there:
        return None
    numbers = np.arange(1, steps + 1)
    return np.where(numbers <= there, numbers, 0)
