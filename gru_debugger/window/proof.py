"""The parity checks as child processes, answered in the status bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.trace import Trace
from gru_debugger.session.session import Session

if TYPE_CHECKING:
    from gru_debugger.parity import Parity
    from gru_debugger.window.child import Child, Outcome

_STEPS = 2000  # of a long text these are checked
_SETTLED = 400  # milliseconds without another opening, so that fast changes start one check


class Proof(QObject):
    """Checks each recording once enough of it is there; `answered` carries a Parity or a reason.

    Twice where the file has a graph of its own: first without it, then with what that says.
    """

    answered = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._process: Child | None = None
        self._checked: Trace | None = None
        self._answer: Parity | str | None = None  # of that trace
        self._timer = QTimer(self, singleShot=True, interval=_SETTLED)
        self._timer.timeout.connect(self._start_when_recorded)
        session.opened.connect(self._opened)
        session.recording_advanced.connect(self._recorded)

    def _opened(self) -> None:
        trace = self._session.edited  # whichever of it and its reference is shown
        if trace is not None and trace.plain is self._checked:  # other edits of the same run
            self.answered.emit(self._answer)
            return
        self.stop()
        self._answer = None
        self.answered.emit(None)
        self._timer.start()

    def _recorded(self) -> None:
        if not self._timer.isActive() and self._process is None:
            self._start_when_recorded()

    def _start_when_recorded(self) -> None:
        trace = self._session.edited
        trace = None if trace is None else trace.plain  # no other GRU can be edited
        if trace is None or trace is self._checked or trace.recorded < min(trace.steps, _STEPS):
            return
        from gru_debugger import parity

        self._checked = trace
        process = self._child(trace, self._ended)
        process.begin(parity.command(process.folder))

    def _child(self, trace: Trace, ended: Callable[[Outcome], None]) -> Child:
        """With the recording in its folder."""
        from gru_debugger import parity
        from gru_debugger.window.child import Child

        self._process = process = Child(self)
        parity.write_job(process.folder, trace, _STEPS)
        process.ended.connect(ended)
        return process

    def _ended(self, outcome: Outcome) -> None:
        from gru_debugger import parity

        self._process = None
        try:
            found = parity.Parity(**outcome.answer)
        except TypeError:
            why = outcome.why or f"status {outcome.status}"
            self._tell(f"parity not checked: {why}")
            return
        self._tell(found)
        trace = self._checked
        if trace is not None and parity.has_graph(trace):
            self._run_graph(trace, found)

    def _tell(self, answer: Parity | str) -> None:
        self._answer = answer
        self.answered.emit(answer)

    def _run_graph(self, trace: Trace, found: Parity) -> None:
        from gru_debugger import parity

        def ended(outcome: Outcome) -> None:
            self._process = None
            try:
                graph = parity.OwnGraph(**outcome.answer)
            except TypeError:
                graph = parity.OwnGraph(why=outcome.why or f"status {outcome.status}")
            self._tell(replace(found, graph=graph))

        if why := parity.not_comparable(trace, _STEPS):
            self._tell(replace(found, graph=parity.OwnGraph(why=why)))
            return
        process = self._child(trace, ended)
        process.begin(parity.graph_command(process.folder, trace, found.bound_run))

    def stop(self) -> None:
        """End a running check; its answer is no longer wanted."""
        self._timer.stop()
        process, self._process = self._process, None
        if process is not None:
            process.drop()
        self._checked = None
