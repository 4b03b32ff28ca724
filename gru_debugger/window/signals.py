"""Ctrl+C, SIGTERM and SIGHUP close the window as the user would, wherever it is waiting."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from PySide6.QtCore import QSocketNotifier

from gru_debugger import ending


class Signals:
    """`number` of the signal that came, or None; `call` is told in Qt's own time.

    While Qt waits for events no Python runs, and what is raised while Qt calls Python it swallows:
    so Python writes the signal's number to a socket that Qt watches, and raises nothing.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self.number: int | None = None
        self._call = call
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self.look)

    def look(self) -> None:
        """Whether one has come; Qt calls this while it waits for events."""
        told = b""
        with suppress(BlockingIOError):
            told = self._read.recv(64)
        if told and self.number is None:
            self.number = told[0]
            self._call()

    @contextmanager
    def watched(self) -> Iterator[None]:
        fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, lambda *_: None) for number in ending.numbers()}
        try:
            ending.check()  # what came before
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(fd)
            self._notifier.setEnabled(False)
            self._read.close()
            self._write.close()
