"""Runs to the next stop and to the next interesting step, both ways, and says where it halted."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gru_debugger.core.trace import Trace
from gru_debugger.numerals import counted, grouped
from gru_debugger.questions.expressions import condition
from gru_debugger.questions.predictions import none_because
from gru_debugger.session.marks import Marks
from gru_debugger.session.search import Search
from gru_debugger.session.session import Session


def interesting(trace: Trace) -> str:
    """What a step must meet to be worth a look, where nothing else is asked for."""
    return "max(changed(h)) > 1" if none_because(trace) else "surprise > 3"


class Stops(QObject):
    """`answered` tells where a run halted, or why it stays."""

    answered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._search = Search(self)
        self._search.found.connect(self._halt)
        self._wanted, self._from, self._by = "", 0, 1
        for moved in (session.opened, session.position_changed):  # where one goes oneself counts
            moved.connect(self._search.stop)

    def stop(self) -> None:
        """Nothing is looked for any more."""
        self._search.stop()

    def toggle(self) -> None:
        """A stop here, or none."""
        session = self._session
        if not session.position:
            self.answered.emit("Before the first character no run halts: there is no stop.")
            return
        session.toggle_stop()
        here = session.position in session.marks.stops
        words = "A stop" if here else "No stop any more"
        self.answered.emit(f"{words} at step {grouped(session.position)}.")

    def clear(self) -> None:
        count = len(self._session.marks.stops)
        self._session.mark(Marks())
        self.answered.emit(f"{counted(count, 'stop')} removed; Ctrl+Z brings them back.")

    def run(self, by: int) -> None:
        """To the next stop (1), or the one before (-1)."""
        session, stops = self._session, self._session.marks.stops
        at = session.marks.next_stop(session.position, by)
        where = f"{'after' if by > 0 else 'before'} step {grouped(session.position)}"
        if at is not None:
            session.go_to(at)
            nth = f"stop {grouped(stops.index(at) + 1)} of {grouped(len(stops))}"
            self.answered.emit(f"Stopped at step {grouped(at)}, {nth}.")
        elif stops:
            self.answered.emit(f"No stop {where}.")
        else:
            self.answered.emit("No stop is set; F9 sets one at this step.")

    def go_to_interesting(self, by: int) -> None:
        """To the next such step (1), or the one before (-1)."""
        trace = self._session.trace
        if trace is None:
            return
        self._wanted, self._from, self._by = interesting(trace), self._session.position, by
        self._search.start(trace, condition(self._wanted, trace), self._from, by)
        if self._search.running:
            self.answered.emit(f"Looking for {self._wanted}; any step of yours ends it.")

    def _halt(self, step: int | None) -> None:
        where = f"{'after' if self._by > 0 else 'before'} step {grouped(self._from)}"
        if step is None:
            self.answered.emit(f"No step {where} with {self._wanted}.")
            return
        self._session.go_to(step)
        self.answered.emit(f"Step {grouped(step)}: {self._wanted}.")
