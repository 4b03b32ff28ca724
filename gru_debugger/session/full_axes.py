"""Looks through the whole recording for what full axes must reach, beside the window.

A few milliseconds between two events, as long as there is something recorded and not yet seen;
numpy holds the interpreter for most of them, so a thread would gain nothing.
"""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace

_SLICE = 0.003  # seconds between two looks at the event queue


class FullAxes(QObject):
    """Of one layer and direction at a time; `advanced` says that the axes may have grown."""

    advanced = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._of: tuple[Trace, Place] | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._look)

    def follow(self, trace: Trace, place: Place) -> None:
        """From now on of these; called again when more is recorded."""
        self._of = trace, place
        self._timer.start()

    def stop(self) -> None:
        self._of = None
        self._timer.stop()

    def _look(self) -> None:
        if self._of is None:
            return
        trace, place = self._of
        end = perf_counter() + _SLICE
        while more := trace.look_further(*place):
            if perf_counter() > end:
                break
        if not more:
            self._timer.stop()
        self.advanced.emit()
