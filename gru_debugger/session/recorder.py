"""Records what is open beside the window, which looks now and then how far it is.

Where the engine lets go of the interpreter, a thread of its own records: it knows no Qt, so nothing
of the window can end in it. Numpy holds the interpreter for most of each step, and a thread of it
would slow every key press more than slices between events do. Axes are measured in a thread in
any case: that is a few large operations, which let go of it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic, perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core import engine
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError

_LOOK = 16  # milliseconds between two looks at the thread: what it recorded is shown in a frame
_SLICE = 0.004  # seconds of recording between two looks at the event queue
_PATIENCE = 0.5  # seconds of recording until it is talked of, where as much is left
_PARTING = 1.0  # seconds at most that closing waits for the last stretch


@dataclass(frozen=True)
class Progress:
    """How much is recorded, 0..1, and the seconds that the rest will take at the pace so far."""

    share: float
    left: float


def _advance(trace: Trace) -> bool:
    """Record one stretch more; False once all is there.

    Also what it is held against: of a run with edits what its axes are measured of meanwhile, the
    rest of it at last.
    """
    beside = trace.beside
    if beside is not None and (trace.complete or not trace.settled):
        beside.advance()
    return trace.advance() or not (beside is None or beside.complete)


class _Work(threading.Thread):
    """A daemon, ended between two stretches: records, or measures what others record."""

    def __init__(self, trace: Trace, records: bool) -> None:
        super().__init__(daemon=True, name="recording" if records else "measuring")
        self.fault: Exception | None = None
        self.given_up = threading.Event()
        self.records = records
        self._trace = trace

    def run(self) -> None:
        try:
            more = True
            while more and not self.given_up.is_set():
                more = _advance(self._trace) if self.records else self._wait()
                for place in self._trace.model.places:
                    self._trace.axes(*place)
        except Exception as fault:
            self.fault = fault

    def _wait(self) -> bool:
        """For others to record more; False once that is all there is to be measured."""
        return not self._trace.settled and not self.given_up.wait(_LOOK / 1000)


class Recorder(QObject):
    """One recording at a time; `advanced` says that more of it is there.

    `refused` carries the InputError of one that can't be recorded to its end.
    """

    advanced = Signal()
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trace: Trace | None = None
        self._work: _Work | None = None
        self._begun = (0.0, 0.0)  # when, and with which share
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self, trace: Trace) -> None:
        """Record `trace` to its end, and what it is compared with; no other any more."""
        self.stop()
        self._trace = trace
        self._begun = monotonic(), trace.share
        self._work = _Work(trace, engine.lets_go(trace.model))
        self._work.start()
        self._timer.start(_LOOK if self._work.records else 0)

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
        if self._trace is None or self._work is None:
            self._timer.stop()
            return
        try:
            more = self._go_on(self._trace, self._work)
        except InputError as fault:
            self.stop()
            self.refused.emit(fault)
            return
        except Exception:
            self.stop()
            raise
        if not more:
            self.stop()
        self.advanced.emit()

    def _go_on(self, trace: Trace, work: _Work) -> bool:
        """Record a slice where the thread does not; False once all is recorded and measured."""
        at_work = work.is_alive()  # before its fault is looked at
        if work.fault is not None:
            raise work.fault
        if work.records:
            return at_work
        end = perf_counter() + _SLICE
        while more := _advance(trace):
            if perf_counter() > end:
                return True
        self._timer.setInterval(_LOOK)
        return more or at_work
