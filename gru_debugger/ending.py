"""Ctrl+C, SIGTERM and SIGHUP: whatever is under way is given up cleanly, and the status says which.

A signal is raised as an exception, so that files and processes are cleared away as after any
fault. What a program was started to ignore, as `nohup` does, it ignores.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # those there are: Windows has no SIGHUP
_CLEARING = 2.0  # seconds in which a second one, as at a logout, disturbs no clearing away


class Ended(KeyboardInterrupt):
    """The user or the system wants the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


_first: tuple[int, float] | None = None  # which came, and when


@contextmanager
def heeded() -> Iterator[None]:
    """Within it they are raised as `Ended`, in the main thread."""
    global _first
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _first = None
    hook, sys.excepthook = sys.excepthook, _quiet(sys.excepthook)
    before = {number: signal.signal(number, _end) for number in numbers()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.excepthook = hook


def numbers() -> list[int]:
    """The signals that are not to be ignored."""
    there = [int(getattr(signal, name)) for name in NAMES if hasattr(signal, name)]
    return [number for number in there if signal.getsignal(number) != signal.SIG_IGN]


def status(ended: KeyboardInterrupt) -> int:
    """As a shell has it."""
    return 128 + (ended.number if isinstance(ended, Ended) else int(signal.SIGINT))


def check() -> None:
    """To be called now and then: Qt swallows what is raised while it calls Python."""
    if _first is not None:
        raise Ended(_first[0])


def skip_teardown() -> None:
    """To be called at exit: torch's modules take two seconds to be taken apart."""
    if _first is not None:
        os._exit(128 + _first[0])


def _end(number: int, frame: FrameType | None) -> None:
    global _first
    if _first is None or time.monotonic() - _first[1] > _CLEARING:
        _first = number, time.monotonic()
        raise Ended(number)


def _quiet(hook: _Hook) -> _Hook:
    def call(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(fault, Ended):
            hook(kind, fault, trace)

    return call
