"""What each step wrote in a unit, found out beside the window: no key press waits for it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace

if TYPE_CHECKING:
    from gru_debugger.questions.writes import Writes

_SLICE = 0.004  # seconds between two looks at the event queue
_TOLD = 0.1  # seconds between two times that it is told


class Written(QObject):
    """Of the unit that was asked for last; `advanced` says that more of its steps are known."""

    advanced = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writes: Writes | None = None
        self._t = 1
        self._told = 0.0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._look)

    def of(self, trace: Trace, unit: int, place: Place, t: int) -> Writes:
        """What is known of it; from now on more, the steps around t first."""
        self._t, found = t, self._writes
        if found is None or (found.trace, found.unit, found.place) != (trace, unit, place):
            from gru_debugger.questions.writes import Writes

            found = self._writes = Writes(trace, unit, place)
            found.advance(t)
        if found.wants_more:
            self._timer.start()
        return found

    def leave(self) -> None:
        """Another recording is open: this one is kept no longer."""
        self._writes = None
        self._timer.stop()

    def _look(self) -> None:
        end, more = perf_counter() + _SLICE, True
        while self._writes is not None and (more := self._writes.advance(self._t)):
            if perf_counter() > end:
                break
        if not more:
            self._timer.stop()
        if not more or perf_counter() - self._told > _TOLD:
            self._told = perf_counter()
            self.advanced.emit()
