"""The lanes of what is open: what each is for the recording, found out beside the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from gru_debugger.core.trace import Trace
from gru_debugger.session.in_slices import InSlices
from gru_debugger.session.marks import Lane

if TYPE_CHECKING:
    from gru_debugger.questions.lane_runs import LaneRun
    from gru_debugger.questions.writes import Writes
    from gru_debugger.session.session import Session


class Lanes(InSlices):
    """`runs`, one a lane. `advanced` says that more is known of where they hold."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.runs: tuple[LaneRun, ...] = ()

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

    def follow_anew(self) -> None:
        """What stands beside the run is another."""
        session = self._session
        self.runs = tuple(run for run in self.runs if not run.asks_reference)
        self.follow(session.trace, session.marks.lanes)
        self.advanced.emit()

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
            if trace.reference_known:
                self.follow(trace, self._session.marks.lanes)
                self.advanced.emit()
        if any(run.wants_more for run in self.runs):
            self._begin()

    def _advance(self) -> bool:
        return any(run.advance() for run in self.runs)
