"""What the keys do with the run beside the one shown: swap the two, drop the edits between them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gru_debugger.numerals import counted
from gru_debugger.session.session import Session
from gru_debugger.window.recordings import Recordings


class Reference(QObject):
    answered = Signal(str)

    def __init__(self, session: Session, recordings: Recordings) -> None:
        super().__init__()
        self._session, self._recordings = session, recordings

    def swap(self) -> None:
        """The run without the edits is shown, and the one with them its reference; or back."""
        session = self._session
        if not session.can_swap():
            self.answered.emit("There is no other run; = sets a value, and makes one.")
            return
        session.swap()
        which = "without the edits" if session.swapped else "with the edits"
        self.answered.emit(f"The run {which}; O shows the other.")

    def drop(self) -> None:
        """All edits go, and with them what the run was held against."""
        edited = self._session.edited
        if edited is None or not edited.edits:
            return
        count = len(edited.edits)
        self._recordings.try_edits()
        if not self._session.can_swap():
            them = "it" if count == 1 else "them"
            self.answered.emit(f"{counted(count, 'edit')} removed; Ctrl+Z brings {them} back.")
