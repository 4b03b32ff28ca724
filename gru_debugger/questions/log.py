"""Logpoints: what expressions are wherever a run would halt, as `find --show` tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_debugger.core import columns
from gru_debugger.core.trace import Trace
from gru_debugger.questions.lane_runs import LaneRun

MOST = 10_000  # steps


class Log:
    """`steps` are those among the first `known`, `values` what each of `runs` is there.

    `halting`: conditions, and at how many of its hits each halts; `stops`: steps, in their order.
    """

    def __init__(
        self,
        trace: Trace,
        runs: Sequence[LaneRun],
        halting: Sequence[tuple[LaneRun, int]],
        stops: Sequence[int],
    ) -> None:
        self.trace, self.runs = trace, runs
        self.steps: list[int] = []
        self.values: list[tuple[Any, ...]] = []
        self.known = 0
        self._halting, self._stops = halting, np.array(stops, np.int64)
        self._rows = max(1, columns.stretch_rows(trace) // (4 * max(1, len(runs))))

    @property
    def full(self) -> bool:
        """No more are kept."""
        return len(self.steps) >= MOST

    @property
    def complete(self) -> bool:
        return self.full or self.known == self.trace.steps

    def advance(self) -> bool:
        """A stretch more; False where there is nothing now."""
        a, there = self.known, [run.known for run, _ in self._halting]
        b = min(a + self._rows, self.trace.recorded, *there)
        if self.complete or a >= b:
            return False
        truth = np.zeros(b - a, bool)
        truth[self._stops[(self._stops > a) & (self._stops <= b)] - a - 1] = True
        for run, every in self._halting:
            truth |= run.halts(a, b, every)
        rows = np.flatnonzero(truth)[: MOST - len(self.steps)]
        if len(rows):
            self.steps += (rows + a + 1).tolist()
            columns_of = [run.values(a, b)[rows].tolist() for run in self.runs]
            self.values += [tuple(column[i] for column in columns_of) for i in range(len(rows))]
        self.known = b
        return True
