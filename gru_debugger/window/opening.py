"""Opening files away from the window's thread; what was open stays until the new is ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from gru_debugger.errors import GRUDebuggerError


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)


class _Work(QRunnable):
    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__()
        self.signals = _Signals()
        self._call = call
        self.setAutoDelete(False)

    def run(self) -> None:
        try:
            result = self._call()
        except GRUDebuggerError as fault:
            self.signals.failed.emit(fault)
        else:
            self.signals.done.emit(result)


class Opener(QObject):
    """Runs one reading at a time; a newer one makes the older one's answer void."""

    def __init__(self, failed: Callable[[GRUDebuggerError], None]) -> None:
        super().__init__()
        self._failed = failed
        self._work: _Work | None = None
        self._pool = QThreadPool(self)
        self._kept: list[_Work] = []

    def start(
        self,
        call: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[GRUDebuggerError], None] | None = None,
    ) -> None:
        work = self._work = _Work(call)
        self._kept = [*self._kept[-3:], work]  # Qt may still be delivering the older ones' signals

        def if_newest(answer: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda value: answer(value) if work is self._work else None

        work.signals.done.connect(if_newest(done))
        work.signals.failed.connect(if_newest(failed or self._failed))
        self._pool.start(work)

    def wait(self) -> None:
        self._pool.waitForDone()
