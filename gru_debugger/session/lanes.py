"""The lanes of what is open: what each is for the recording, found out beside the window."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.trace import Trace
from gru_debugger.session.marks import Lane

if TYPE_CHECKING:
    from gru_debugger.questions.lane_runs import LaneRun
    from gru_debugger.questions.writes import Writes
    from gru_debugger.session.session import Session

_SLICE = 0.004  # seconds between two looks at the event queue
_TOLD = 0.1  # seconds between two times that it is told


class Lanes(QObject):
    """`runs`, one a lane. `advanced` says that more is known of where they hold."""

    advanced = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.runs: tuple[LaneRun, ...] = ()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._look)
        self._told = 0.0

    @property
    def _session(self) -> Session:
        """Not kept: a session that only the collector could end might end in another thread."""
        return cast("Session", self.parent())

    def follow(self, trace: Trace | None, lanes: Sequence[Lane]) -> None:
        """From now on these; what is known of those that stay is kept."""
        if trace is None or not lanes:
            self.runs = ()
            return
        from gru_debugger.questions.lane_runs import LaneRun

        here = [run for run in self.runs if run.trace is trace and not run.waits]
        kept = {run.expression: run for run in here}
        said = [lane.expression for lane in lanes]
        self.runs = tuple(kept.get(one) or LaneRun(trace, one) for one in said)
        for run in self.runs:
            run.present = self._present
        self.go_on()

    def _present(self) -> tuple[Writes, int] | None:
        """What follows the selected unit and the step is of these."""
        writes, t = self._session.writes, self._session.position
        return (writes, t) if writes is not None and t else None

    def tell_written(self) -> None:
        """More is known of what was written."""
        if any(run.follows for run in self.runs):
            self.advanced.emit()

    def go_on(self) -> None:
        """More is recorded."""
        if any(run.waits for run in self.runs):
            trace = self.runs[0].trace
            if trace.reference is not None and trace.reference.complete:
                self.follow(trace, self._session.marks.lanes)
                self.advanced.emit()
        if any(run.wants_more for run in self.runs):
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        end = perf_counter() + _SLICE
        while more := any(run.advance() for run in self.runs):
            if perf_counter() > end:
                break
        if not more:
            self._timer.stop()
        if not more or perf_counter() - self._told > _TOLD:
            self._told = perf_counter()
            self.advanced.emit()
