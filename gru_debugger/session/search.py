"""Looks for the next step at which one of some conditions holds, beside the window.

What is near is found at once; else a few milliseconds between two events, as far as the text is
recorded, and on as more of it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core import columns
from gru_debugger.core.trace import Trace

if TYPE_CHECKING:
    from gru_debugger.questions.expressions import Stretch
    from gru_debugger.questions.lane_runs import LaneRun

_AT_ONCE, _SLICE = 0.01, 0.004  # seconds
_NEAR = 64  # steps of the first stretch
_PATIENCE = 50  # milliseconds until it is looked whether more is recorded


class Condition(Protocol):
    """What is looked for: a term of the language, or each so many of its hits."""

    def values(self, stretch: Stretch) -> Any: ...

    def rows(self, trace: Trace) -> int: ...


@dataclass(frozen=True)
class EveryNth:
    """Of the steps where a lane's condition holds only each so many, counted from the first."""

    run: LaneRun
    every: int

    def values(self, stretch: Stretch) -> Any:
        return self.run.halts(stretch.a, stretch.b, self.every)

    def rows(self, trace: Trace) -> int:
        return columns.stretch_rows(trace)


class Search(QObject):
    """`found` tells the step, from 1, or None; a search that is given up tells nothing."""

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace: Trace | None = None
        self._terms: Sequence[Condition] = ()
        self._until: int | None = None
        self._at, self._by, self._rows = 0, 1, _NEAR
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self._look(_SLICE))

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(
        self,
        trace: Trace,
        terms: Sequence[Condition],
        position: int,
        by: int,
        until: int | None = None,
    ) -> None:
        """From the step after a position (by 1), or the one before it (by -1), to the last one.

        `until`: a step that ends it where no condition has held before; it is what is found then.
        """
        self._trace, self._terms, self._by, self._rows = trace, terms, by, _NEAR
        self._until = until
        self._at = position if by > 0 else position - 1  # rows before it are what is left, or done
        self._timer.start(0)
        self._look(_AT_ONCE)

    def stop(self) -> None:
        self._timer.stop()
        self._trace, self._terms = None, ()

    def _look(self, seconds: float) -> None:
        from gru_debugger.questions.expressions import Stretch

        end = perf_counter() + seconds
        while self._trace is not None:
            first, last = self._next_rows(self._trace)
            if first == last:
                if self._by < 0 or self._at >= self._trace.steps or self._at == self._until:
                    self._end(self._until)
                else:
                    self._timer.setInterval(_PATIENCE)  # it is not recorded yet
                return
            self._timer.setInterval(0)
            if self._count_to(last):
                if perf_counter() > end:
                    return
                continue
            self._at = last if self._by > 0 else first
            most = [term.rows(self._trace) for term in self._terms]
            self._rows = min(2 * self._rows, *most, columns.stretch_rows(self._trace))
            stretch, truth = Stretch(self._trace, first, last), np.zeros(last - first, bool)
            for term in self._terms:
                truth |= term.values(stretch)
            there = np.flatnonzero(truth)
            if len(there):
                self._end(first + int(there[0 if self._by > 0 else -1]) + 1)
            elif perf_counter() > end:
                return

    def _count_to(self, row: int) -> bool:
        """A stretch more of what must be counted from the first step on; False: it is, to there."""
        runs = [term.run for term in self._terms if isinstance(term, EveryNth)]
        return any(run.known < row and run.advance() for run in runs)

    def _next_rows(self, trace: Trace) -> tuple[int, int]:
        """First row, from 0, and the one behind the last; the same where there is none now."""
        if self._by > 0:
            end = min(self._at + self._rows, trace.recorded, self._until or trace.steps)
            return self._at, max(self._at, end)
        end = min(self._at, trace.recorded)
        return min(max(self._until or 0, end - self._rows), end), end

    def _end(self, step: int | None) -> None:
        self.stop()
        self.found.emit(step)
