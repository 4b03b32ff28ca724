"""Has regular expressions looked for by a process of its own, which is ended when it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer

from gru_debugger import pattern_look
from gru_debugger.numerals import counted
from gru_debugger.session.session import Session
from gru_debugger.window.child import Child, Outcome

_PAUSE = 150  # milliseconds in which the next key may come

if TYPE_CHECKING:
    from gru_debugger.questions.finding import PatternFind


class PatternSearch(QObject):
    """What is found is added to the session's `finding`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._child: Child | None = None
        self._read = 0  # bytes of the hits
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._begin)
        self._limit = QTimer(self, singleShot=True)
        self._limit.timeout.connect(self._give_up)
        for sought in (session.finding.changed, session.opened):
            sought.connect(self._follow)

    def stop(self) -> None:
        """No process is at work any more."""
        self._pause.stop()
        self._limit.stop()
        if self._child is not None:
            self._child.drop()
            self._child = None

    @property
    def _find(self) -> PatternFind | None:
        find = self._session.finding.find
        if find is None:
            return None
        from gru_debugger.questions.finding import PatternFind

        return find if isinstance(find, PatternFind) else None

    def _follow(self) -> None:
        self.stop()
        if self._find is not None:
            self._pause.start()

    def _begin(self) -> None:
        find = self._find
        if find is None:
            return
        child = self._child = Child(self)
        self._read = 0
        child.progressed.connect(self._take)
        child.ended.connect(self._ended)
        child.begin(pattern_look.command(child.folder, find.trace.text, find.pattern))
        self._limit.start(1000 * pattern_look.SECONDS)

    def _take(self, done: int) -> None:
        find, child = self._find, self._child
        if find is None or child is None:
            return
        with (child.folder / pattern_look.HITS).open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        spans = np.frombuffer(new, np.int64).reshape(-1, 2)
        find.add_characters(spans[:, 0], spans[:, 1])
        find.looked_up_to(done)
        self._session.finding.tell(at_last=find.complete)

    def _ended(self, outcome: Outcome) -> None:
        self._child = None
        self._limit.stop()
        if outcome.status:
            self._session.finding.refuse(outcome.why or "looking for it broke off.")

    def _give_up(self) -> None:
        self.stop()
        seconds = counted(pattern_look.SECONDS, "second")
        self._session.finding.refuse(
            f"given up after {seconds}: such an expression takes too long; write a simpler one."
        )
