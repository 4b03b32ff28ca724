"""Shift and the pointer set a bar by hand: the run follows as fast as it can be made."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core import names
from gru_debugger.core.edits import with_edit
from gru_debugger.numerals import MINUS, two
from gru_debugger.session.session import Session
from gru_debugger.window.recordings import Recordings


class Pulling(QObject):
    """All of a pull is one edit, and one change to be undone; `active` from its first value on."""

    ended = Signal()

    def __init__(self, session: Session, recordings: Recordings) -> None:
        super().__init__()
        self._session, self._recordings = session, recordings
        self.active = False
        self._wanted: tuple[str, int, float] | None = None
        self._said = ""  # the edit as it is now
        self._soon = QTimer(self, singleShot=True, interval=0)  # of many values the last
        self._soon.timeout.connect(self._set)
        session.value_pulled.connect(self._pulled)
        session.let_go.connect(self._let_go)

    def _pulled(self, quantity: str, unit: int, value: float) -> None:
        self._wanted = quantity, unit, value
        self._soon.start()

    def _let_go(self) -> None:
        self._set()
        self.active = False
        self.ended.emit()

    def _set(self) -> None:
        session, edited, wanted = self._session, self._session.edited, self._wanted
        self._soon.stop()
        self._wanted = None
        if wanted is None or edited is None:
            return
        quantity, unit, value = wanted
        if not self.active:
            self._said = self._there(quantity, unit)
        name = names.value(edited.model, quantity, (session.layer, session.direction), unit)
        sentence = f"{name} = {two(value).replace(MINUS, '-')} at {session.position}"
        if sentence != self._said:
            edits = with_edit(edited.run.edits, sentence, self._said)
            again, self.active = self.active, True
            self._recordings.try_edits(*edits, again=again)
            self.active = again or session.edited is not edited
            self._said = sentence

    def _there(self, quantity: str, unit: int) -> str:
        """The edit that sets this value alone; empty where there is none."""
        session, edited = self._session, self._session.edited
        t, place = session.position, (session.layer, session.direction)
        sought = quantity, place, unit, unit + 1, t, t
        for edit in edited.edits if edited is not None else ():
            if (edit.quantity, edit.place, edit.start, edit.stop, edit.first, edit.last) == sought:
                return str(edit)
        return ""
