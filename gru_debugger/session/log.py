"""What lanes are at each step where a run would halt: collected beside the window while shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gru_debugger.session.in_slices import InSlices

if TYPE_CHECKING:
    from gru_debugger.questions.log import Log
    from gru_debugger.session.session import Session


class LogRows(InSlices):
    """`log` is None while it is not shown, and where nothing halts a run. `advanced`: another one,
    or more of it is known."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.log: Log | None = None
        self._made_of: tuple[object, ...] = ()
        self._shown = False
        for changed in (session.opened, session.marks_changed):
            changed.connect(self._follow)
        for more in (session.recording_advanced, session.lanes.advanced):
            more.connect(self._go_on)

    def show(self, shown: bool) -> None:
        self._shown = shown
        self._follow()

    def _follow(self) -> None:
        """Other stops or lanes, or another recording."""
        session, marks = self._session, self._session.marks
        made_of = session.trace, session.lanes.runs, marks.lanes, marks.stops, self._shown
        if made_of == self._made_of:
            return
        self._made_of = made_of
        self.log = self._new() if self._shown and marks.halting else None
        self._go_on()
        self.advanced.emit()

    def _new(self) -> Log | None:
        from gru_debugger.questions.log import Log

        session, trace = self._session, self._session.trace
        if trace is None:
            return None
        pairs = list(zip(session.lanes.runs, session.marks.lanes, strict=True))
        shown = [run for run, _ in pairs if run.term is not None and not run.follows]
        halting = [(run, lane.every) for run, lane in pairs if lane.armed and run.is_truth]
        return Log(trace, shown, halting, session.marks.stops)

    def _go_on(self) -> None:
        if self.log is not None and not self.log.complete:
            self._begin()

    def _advance(self) -> bool:
        return self.log is not None and self.log.advance()
