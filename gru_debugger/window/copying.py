"""What is in sight as words in the clipboard: its address."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from gru_debugger.session.places import here
from gru_debugger.session.session import Session


class Copying(QObject):
    done = Signal(str)  # what to say in the status bar

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def address(self) -> None:
        """Of the selected value: 34:z[9]."""
        words = str(here(self._session))
        QApplication.clipboard().setText(words)
        self.done.emit(f"{words} is in the clipboard.")
