"""Child processes of the window: `children`'s commands, run by Qt, which tell in JSON."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from gru_debugger import children, errors
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.job_folders import JobFolder


@dataclass(frozen=True)
class Outcome:
    """How a child ended. What to do next is decided by `fault`, never by words."""

    status: int
    answer: Any = None
    fault: GRUDebuggerError | None = None
    said: str = ""  # the last line on standard error

    @property
    def why(self) -> str:
        """What was wrong, for people."""
        return str(self.fault or "") or self.said


class Child(QObject):
    """A command with a job folder of its own, which is gone once it has ended.

    `progressed` brings how much is done, `told` all that is new; `ended` the Outcome, once, of what
    never started too.
    """

    progressed = Signal(int)
    told = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder: JobFolder | None = JobFolder()
        self.folder: Path = self._folder.path
        self._told: dict[str, Any] = {}
        self._process = process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._take)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)

    def begin(self, command: list[str]) -> None:
        """Start `command`, one of `children.command` with `tells` and this child's `folder`."""
        program, *arguments = command
        self._process.start(program, arguments)

    def interrupt(self) -> None:
        """Not a kill, where there is something gentler: the child clears away what it began."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            self._process.terminate()

    def wait(self, milliseconds: int) -> None:
        """Until it has ended, for so long at most; then it is killed."""
        if not self._process.waitForFinished(milliseconds):
            self._process.kill()
            self._process.waitForFinished(1000)

    def drop(self) -> None:
        """End it at once; its answer is no longer wanted."""
        self.blockSignals(True)
        self.wait(0)

    # Heard ---------------------------------------------------------------------------------

    def _take(self) -> None:
        new = dict[str, Any]()
        while self._process.canReadLine():
            with suppress(ValueError):
                told = json.loads(bytes(self._process.readLine().data()))
                if isinstance(told, dict):
                    new |= told
        self._told |= new
        if "done" in new:  # once, however often it was told since the last look
            self.progressed.emit(new["done"])
        if new:
            self.told.emit(new)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(Outcome(-1, said="the child process did not start"))

    def _finished(self, status: int) -> None:
        self._take()
        told = self._told
        fault = errors.from_json(told["error"]) if "error" in told else None
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        last = said.strip().rpartition("\n")[2].strip()
        self._end(Outcome(status, told.get("answer"), fault, last))

    def _end(self, outcome: Outcome) -> None:
        if self._folder is not None:
            self._folder.remove()
            self._folder = None
            self.ended.emit(outcome)
            self.deleteLater()


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment()
    for name, value in children.environment().items():
        environment.insert(name, value)
    return environment
