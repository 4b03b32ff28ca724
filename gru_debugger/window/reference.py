"""What the keys do with edits and the run without them: ready ones, swapping the two, dropping."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gru_debugger.core.edits import with_edit
from gru_debugger.errors import InputError
from gru_debugger.numerals import counted
from gru_debugger.session.session import Session
from gru_debugger.window.recordings import Recordings


class Reference(QObject):
    answered = Signal(str)

    def __init__(self, session: Session, recordings: Recordings) -> None:
        super().__init__()
        self._session, self._recordings = session, recordings

    def pin(self) -> None:
        """Hold other texts against the run shown; again: no longer."""
        session = self._session
        if session.pinned.trace is not None and not session.pinned.step:
            self.unpin()
        elif session.trace is not None:
            session.pin(session.trace)
            self.answered.emit("This run is pinned: the next text is held against it.")

    def pin_step(self) -> None:
        """Hold all steps against the one that is shown; again in that one: no longer."""
        session = self._session
        if session.is_pinned_here():
            self.unpin()
        elif session.trace is not None and session.position:
            session.pin(session.trace, session.position)
            self.answered.emit("This step is pinned: all others are held against it.")

    def unpin(self) -> None:
        """Hold what is shown against nothing that is pinned any more."""
        what = "step" if self._session.pinned.step else "run"
        self._session.pin(None)
        self.answered.emit(f"No {what} is pinned any more; Ctrl+Z brings it back.")

    def pin_before(self) -> None:
        """Hold the run that was open before against this one: what a change of the text changes."""
        self._session.pin(self._session.history.before)
        self.answered.emit("Held against the run before; O shows the other.")

    def swap(self) -> None:
        """The run without the edits is shown, and the one with them its reference; or back. Of
        what is pinned, that run or step."""
        session = self._session
        if session.trace is None or not session.can_swap():
            self.answered.emit("There is no other run; = sets a value, and makes one.")
            return
        if session.pinned.holds(session.trace):
            what = "step" if session.pinned.step else "run"
            self._recordings.swap_pinned()
            self.answered.emit(f"The {what} that was pinned; O shows the other.")
            return
        session.swap()
        which = "without the edits" if session.swapped else "with the edits"
        self.answered.emit(f"The run {which}; O shows the other.")

    def set_ready(self, edit: Callable[..., str], *where: int) -> None:
        """One of the ready edits, of the layer and direction shown, beside those that there are."""
        session, edited = self._session, self._session.edited
        if edited is None or session.trace is None:
            return
        try:
            said = edit(session.trace, (session.layer, session.direction), *where)
        except InputError as fault:  # a step that is not recorded yet
            self.answered.emit(str(fault))
            return
        self._recordings.try_edits(*with_edit(edited.run.edits, said))

    def drop(self) -> None:
        """Nothing stands beside any more: no pinned run or step, and no edits, for beside these
        stands the run without them. All of that is one change."""
        session, edited = self._session, self._session.edited
        count = len(edited.edits) if edited is not None else 0
        if not count:
            if session.pinned.trace is not None:
                self.unpin()
            return
        what = "" if session.pinned.trace is None else "step" if session.pinned.step else "run"
        self._recordings.try_edits()
        if session.edited is edited:  # that could not be, and is told
            return
        if what:
            session.hold(None)
        them = "it" if count == 1 and not what else "them"
        also = f", no {what} pinned any more" if what else ""
        self.answered.emit(f"{counted(count, 'edit')} removed{also}; Ctrl+Z brings {them} back.")
