"""Opening files away from the window's thread; what was open stays until the new is ready."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QObject, QRunnable, QThreadPool, Signal

from gru_debugger.errors import GRUDebuggerError

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Progress, Watch


PATIENCE = 0.5  # seconds until a reading is talked of


class _GivenUpError(Exception):
    """Ends a reading that nobody waits for any more."""


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)


class _Work(QRunnable):
    def __init__(self, call: Callable[[Watch], Any]) -> None:
        super().__init__()
        self.signals = _Signals()
        self.given_up = threading.Event()
        self._call = call
        self._begun = time.monotonic()
        self.setAutoDelete(False)

    def run(self) -> None:
        try:
            result = self._call(self._watch)
        except _GivenUpError:
            pass
        except GRUDebuggerError as fault:
            self.signals.failed.emit(fault)
        else:
            self.signals.done.emit(result)

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
        self._pool = QThreadPool(self)
        self._kept: list[_Work] = []

    def start(
        self,
        call: Callable[[Watch], Any],
        done: Callable[[Any], object],
        failed: Callable[[GRUDebuggerError], None] | None = None,
    ) -> None:
        """`call` runs in a thread, and is given what `open_file` has for its `watch`."""
        self.cancel()
        work = self._work = _Work(call)
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
        work.signals.progressed.connect(show)
        self._pool.start(work)

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

    def wait(self) -> None:
        self._pool.waitForDone()

    def stop(self) -> None:
        self.cancel()
        self.wait()
