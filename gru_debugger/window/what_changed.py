"""What the edits changed, found out between events: no key press waits for it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.session.session import Session
from gru_debugger.window.surprise import affordable

if TYPE_CHECKING:
    from gru_debugger.questions.differing import Comparison

_SLICE = 0.004  # seconds between two looks at the event queue


class WhatChanged(QObject):
    """`found` carries a Comparison that is done, or None while there is nothing to tell."""

    found = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._comparison: Comparison | None = None
        self._told = False  # whether anything was of that
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go)
        session.opened.connect(self._opened)
        session.recording_advanced.connect(self._go_on)

    def stop(self) -> None:
        self._comparison = None
        self._timer.stop()

    def _opened(self) -> None:
        """The run with its edits is compared, whichever of the two is shown."""
        edited, before = self._session.edited, self._comparison
        if edited is None or not edited.edits:
            self.stop()
        elif before is None or before.trace is not edited:
            from gru_debugger.questions.differing import Comparison

            self._comparison, self._told = (
                Comparison(edited, edited.plain, affordable(edited)),
                False,
            )
            self._timer.start()

    def _go_on(self) -> None:
        if self._comparison is not None and not self._comparison.done:
            self._timer.start()

    def _go(self) -> None:
        """What was told of other edits stays until there is more, or that takes a while."""
        comparison, end = self._comparison, perf_counter() + _SLICE
        more = True
        while more and comparison is not None and perf_counter() < end:
            more = comparison.advance()
        if not more:
            self._timer.stop()
        if comparison is not None and (comparison.done or not self._told):
            self._told = True
            self.found.emit(comparison if comparison.done else None)
