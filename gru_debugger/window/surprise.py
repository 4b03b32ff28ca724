"""The mean surprise of a text, measured between events: no key press waits for it."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.questions.surprise import MEASURED, Measurement, Surprise
from gru_debugger.session.session import Session

_FEWEST = 100  # steps at least, however much work each of them is
_WORK = 1 << 35  # products in all: some seconds between the user's own events


def affordable(trace: Trace) -> int:
    """How many steps of a recording are measured."""
    model = trace.model
    return max(_FEWEST, min(MEASURED, _WORK // (model.symbols * model.hidden_size)))


class Gauge(QObject):
    """Measures one recording at a time; `measured` carries a Surprise, ever more exact, or None.

    `records`: the recording is the gauge's own, and it drives that too; else whoever does says
    `go_on` when there is more.
    """

    measured = Signal(object, bool)  # Surprise | None, whether this is all

    def __init__(self, parent: QObject, records: bool = False) -> None:
        super().__init__(parent)
        self._records = records
        self._measurement: Measurement | None = None
        self._told = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go)

    def measure(self, trace: Trace | None) -> None:
        """Begin with another recording; what was measured of the last is void."""
        self._measurement = None if trace is None else Measurement(trace, affordable(trace))
        self._told = 0
        if self._measurement is None or self._measurement.last == 0:
            self._measurement = None
            self._timer.stop()
        else:
            self._timer.start()
        self.measured.emit(None, self._measurement is None)

    def go_on(self) -> None:
        if self._measurement is not None and not self._measurement.done:
            self._timer.start()

    def stop(self) -> None:
        """Measure no more; nothing else is told."""
        self._measurement = None
        self._timer.stop()

    def _go(self) -> None:
        measurement = self._measurement
        if measurement is None:
            self._timer.stop()
            return
        if not measurement.advance() and not self._record(measurement):
            self._timer.stop()
        found = measurement.surprise
        # Not each time: words that change lay a bar out anew.
        if found is not None and (measurement.done or found.steps >= 1.5 * self._told):
            self._told = found.steps
            self.measured.emit(found, measurement.done)
        if measurement.done:
            self._measurement = None

    def _record(self, measurement: Measurement) -> bool:
        """Record on, where that is ours to do; False where it is not, or there is no more."""
        trace = measurement.trace
        if not self._records or trace.complete:
            return False
        with suppress(InputError):  # states beyond all numbers: what there is was measured
            trace.advance()
            return True
        return False


class SurpriseWatch(QObject):
    """What the open text costs the open model; `doubted` asks once a model about its vocabulary."""

    measured = Signal(object, bool)
    doubted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._doubted: Model | None = None
        self._gauge = Gauge(self)
        self._gauge.measured.connect(self._tell)
        session.opened.connect(lambda: self._gauge.measure(session.trace))
        session.recording_advanced.connect(self._gauge.go_on)

    def stop(self) -> None:
        self._gauge.stop()

    def _tell(self, found: Surprise | None, done: bool) -> None:
        self.measured.emit(found, done)
        model, trace = self._session.model, self._session.trace
        as_trained = trace is not None and not trace.edits  # else it is no wonder
        telling = done and found is not None and found.telling and as_trained
        if telling and model is not None and model is not self._doubted:
            self._doubted = model
            assert found is not None
            self.doubted.emit(found.doubt(model.source.name))
