"""What is in sight as words in the clipboard: its address, and what reproduces it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from gru_debugger.core.run import Run
from gru_debugger.errors import one_line
from gru_debugger.exports import reproduced
from gru_debugger.exports.reproduced import Reproduced
from gru_debugger.numerals import counted
from gru_debugger.session import marks_json
from gru_debugger.session.marks import Marks
from gru_debugger.session.places import here
from gru_debugger.session.session import Session
from gru_debugger.session.view import View


class Copying(QObject):
    done = Signal(str)  # what to say in the status bar

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def address(self) -> None:
        """Of the selected value: 34:z[9]."""
        words = str(here(self._session))
        self._copy(words, words)

    def command(self) -> None:
        self._reproduce(reproduced.command, "The command")

    def python(self) -> None:
        self._reproduce(reproduced.python, "Python")

    def _reproduce(
        self, say: Callable[[Run, int, View, int, Marks], Reproduced], what: str
    ) -> None:
        session, trace = self._session, self._session.trace
        if trace is not None:
            marks = marks_json.handed_over(session.marks, trace) if session.marks.any else Marks()
            said = say(trace.run, session.position, session.view, trace.own_step, marks)
            lost = len(session.marks.lanes) - len(marks.lanes)
            lacking = [*said.without, *session.pinned.beyond(trace)]
            lacking += [f"{counted(lost, 'lane')} that would mean nothing there"] if lost else []
            without = f", without {'; '.join(lacking)}" if lacking else ""
            self._copy(said.words, f"{what}{one_line(without)}{',' if without else ''}")

    def _copy(self, words: str, what: str) -> None:
        QApplication.clipboard().setText(words)
        self.done.emit(f"{what} is in the clipboard.")
