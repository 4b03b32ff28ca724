"""The parity check as a child process, answered in the status bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from gru_debugger import parity
from gru_debugger.core.trace import Trace
from gru_debugger.job_folders import JobFolder
from gru_debugger.session.session import Session
from gru_debugger.window import child

_STEPS = 2000  # of a long text these are checked
_SETTLED = 400  # milliseconds without another opening, so that fast changes start one check


class Proof(QObject):
    """Checks each recording once enough of it is there; `answered` carries a Parity or a reason."""

    answered = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._process: QProcess | None = None
        self._folder: JobFolder | None = None
        self._checked: Trace | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SETTLED)
        self._timer.timeout.connect(self._start_when_recorded)
        session.opened.connect(self._opened)
        session.recording_advanced.connect(self._recorded)

    def _opened(self) -> None:
        self.stop()
        self.answered.emit(None)
        self._timer.start()

    def _recorded(self) -> None:
        if not self._timer.isActive() and self._process is None:
            self._start_when_recorded()

    def _start_when_recorded(self) -> None:
        trace = self._session.trace
        if trace is None or trace is self._checked or trace.recorded < min(trace.steps, _STEPS):
            return
        self._checked = trace
        self._folder = JobFolder()
        folder = self._folder.path
        parity.write_job(folder, trace, _STEPS)
        self._process = QProcess(self)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._not_started)
        child.begin(self._process, parity.command(folder))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._give("parity not checked: the child process did not start")

    def _finished(self, status: int) -> None:
        process = self._process
        if process is None:
            return
        said = bytes(process.readAllStandardOutput().data()).decode(errors="replace").strip()
        try:
            self._give(parity.Parity.from_json(said))
        except ValueError:
            lines = (
                bytes(process.readAllStandardError().data()).decode(errors="replace").split("\n")
            )
            last = next((line for line in reversed(lines) if line.strip()), f"status {status}")
            self._give(f"parity not checked: {last.strip()}")

    def _give(self, answer: object) -> None:
        self._process = None
        self._clean()
        self.answered.emit(answer)

    def _clean(self) -> None:
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def stop(self) -> None:
        """End a running check; its answer is no longer wanted."""
        self._timer.stop()
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(1000)
        self._clean()
        self._checked = None
