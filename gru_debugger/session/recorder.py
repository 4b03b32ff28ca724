"""Records what is open beside the window, which looks now and then how far it is.

Where the engine lets go of the interpreter, a thread of its own records: it knows no Qt, so nothing
of the window can end in it. Numpy holds the interpreter for most of each step, and a thread of it
would slow every key press more than slices between events do.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic, perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core import engine
from gru_debugger.core.trace import Trace

_LOOK = 16  # milliseconds between two looks at the thread: what it recorded is shown in a frame
_SLICE = 0.004  # seconds of recording between two looks at the event queue
_PATIENCE = 0.5  # seconds of recording until it is talked of, where as much is left
_PARTING = 1.0  # seconds at most that closing waits for the last stretch


@dataclass(frozen=True)
class Progress:
    """How much is recorded, 0..1, and the seconds that the rest will take at the pace so far."""

    share: float
    left: float


class _Work(threading.Thread):
    """A daemon, ended between two stretches."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(daemon=True, name="recording")
        self.fault: Exception | None = None
        self.given_up = threading.Event()
        self._trace = trace

    def run(self) -> None:
        try:
            more = True
            while more and not self.given_up.is_set():
                more = self._trace.advance()
                for place in self._trace.model.places:
                    self._trace.axes(*place)  # measured here, and not when the window asks
        except Exception as fault:
            self.fault = fault


class Recorder(QObject):
    """One recording at a time; `advanced` says that more of it is there."""

    advanced = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace: Trace | None = None
        self._work: _Work | None = None
        self._begun = (0.0, 0.0)  # when, and with which share
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self, trace: Trace) -> None:
        """Record `trace` to its end, and no other any more."""
        self.stop()
        self._trace = trace
        self._begun = monotonic(), trace.share
        if engine.lets_go(trace.model):
            self._work = _Work(trace)
            self._work.start()
        self._timer.start(_LOOK if self._work else 0)

    def stop(self) -> None:
        """Leave the recording as it is, but for the stretch that is under way."""
        self._timer.stop()
        self._trace = None
        if self._work is not None:
            self._work.given_up.set()
            self._work = None

    def close(self) -> None:
        """Stop for good: no thread is at work any more."""
        work = self._work
        self.stop()
        if work is not None:
            work.join(_PARTING)

    @property
    def progress(self) -> Progress | None:
        """Of a recording that takes its time; None of one that is soon there, or done."""
        trace, (begun, first) = self._trace, self._begun
        if trace is None or trace.complete or trace.share <= first:
            return None
        share, taken = trace.share, monotonic() - begun
        left = taken * (1 - share) / (share - first)
        return Progress(share, left) if taken > _PATIENCE < taken + left else None

    def _look(self) -> None:
        trace, work = self._trace, self._work
        if trace is None:
            self._timer.stop()
            return
        if work is None:
            end = perf_counter() + _SLICE
            while trace.advance() and perf_counter() < end:
                pass
        elif work.fault is not None:
            self.stop()
            raise work.fault
        if trace.complete:
            self.stop()
        self.advanced.emit()
