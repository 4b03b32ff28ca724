"""Opening files away from the window's thread; what was open stays until the new is ready."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QObject, Signal, SignalInstance

from gru_debugger.errors import GRUDebuggerError

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Progress, Watch


PATIENCE = 0.5  # seconds until a reading is talked of
_PARTING = 0.5  # seconds that closing gives a reading to end its child


class _GivenUpError(Exception):
    """Ends a reading that nobody waits for any more."""


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)
    broke = Signal(object)  # a fault of ours
    progressed = Signal(object)


class _Work(threading.Thread):
    """A daemon: whatever it is busy with, the program ends without it."""

    def __init__(self, call: Callable[[Watch], Any], parent: QObject) -> None:
        super().__init__(daemon=True)
        self.signals = _Signals(parent)
        self.given_up = threading.Event()
        self._call = call
        self._begun = time.monotonic()

    def run(self) -> None:
        try:
            self._tell(self.signals.done, self._call(self._watch))
        except _GivenUpError:
            pass
        except GRUDebuggerError as fault:
            self._tell(self.signals.failed, fault)
        except Exception as fault:
            self._tell(self.signals.broke, fault)

    def _tell(self, signal: SignalInstance, value: object) -> None:
        if not self.given_up.is_set():
            signal.emit(value)

    def _watch(self, progress: Progress) -> None:
        if self.given_up.is_set():
            raise _GivenUpError
        if time.monotonic() - self._begun > PATIENCE:
            self.signals.progressed.emit(progress)


class Opener(QObject):
    """Runs one reading at a time; a newer one ends the older one.

    `progressed` brings the `Progress` of a reading that takes long, `ended` that it is over,
    `settled` that what was read has been used too, and nothing else is being read.
    """

    progressed = Signal(object)
    ended = Signal()
    settled = Signal()

    def __init__(self, failed: Callable[[GRUDebuggerError], None]) -> None:
        super().__init__()
        self._failed = failed
        self._work: _Work | None = None
        self._kept: list[_Work] = []

    def start(
        self,
        call: Callable[[Watch], Any],
        done: Callable[[Any], object],
        failed: Callable[[GRUDebuggerError], None] | None = None,
    ) -> None:
        """`call` runs in a thread, and is given what `open_file` has for its `watch`."""
        self.cancel()
        work = self._work = _Work(call, self)
        for older in self._kept[:-3]:
            older.signals.deleteLater()  # and with them their connections, which hold what was read
        self._kept = [*self._kept[-3:], work]  # Qt may still be delivering the older ones' signals

        def answer(value: Any, use: Callable[[Any], object]) -> None:
            if work is self._work:
                self._work = None
                self.ended.emit()
                try:
                    use(value)
                finally:
                    if self._work is None:
                        self.settled.emit()

        def show(progress: Progress) -> None:
            if work is self._work:
                self.progressed.emit(progress)

        work.signals.done.connect(lambda value: answer(value, done))
        work.signals.failed.connect(lambda fault: answer(fault, failed or self._failed))
        work.signals.broke.connect(lambda fault: answer(fault, _raise))
        work.signals.progressed.connect(show)
        work.start()

    def cancel(self) -> None:
        """End what is being read; what was open stays."""
        if self._work is not None:
            self._work.given_up.set()
            self._work = None
            self.ended.emit()

    def settle(self) -> None:
        """Wait, while events go on, until what is being read has been used."""
        if self._work is not None:
            loop = QEventLoop()
            self.settled.connect(loop.quit)
            loop.exec()

    def wait(self, patience: float) -> None:
        """Until no thread reads any more, for so many seconds at most."""
        ends = time.monotonic() + patience
        for work in self._kept:
            work.join(max(0.0, ends - time.monotonic()))

    def stop(self) -> None:
        """Give up what is being read; it has a moment to end its child, and is then left behind."""
        self.cancel()
        self.wait(_PARTING)


def _raise(fault: Exception) -> None:
    """In the window's thread, where faults are told of."""
    raise fault
