"""Ctrl+C, SIGTERM and SIGHUP: whatever is under way is given up cleanly, and the status says which.

A signal is raised as an exception, so that files and processes are cleared away as after any
fault. What a program was started to ignore, as `nohup` does, it ignores. Qt is not to meet such an
exception: where it is imported or at work, signals are deferred.
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
_UnraisableHook = Callable[["sys.UnraisableHookArgs"], object]

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # those there are: Windows has no SIGHUP
_CLEARING = 2.0  # seconds in which a second one, as at a logout, disturbs no clearing away


class Ended(KeyboardInterrupt):
    """The user or the system wants the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


_first: tuple[int, float] | None = None  # which came, and when
_noting = False  # it is not raised, for now


@contextmanager
def heeded() -> Iterator[None]:
    """Within it they are raised as `Ended`, in the main thread."""
    global _first
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _first = None
    hooks = sys.excepthook, sys.unraisablehook
    sys.excepthook, sys.unraisablehook = _quiet(hooks[0]), _quiet_of_unraisable(hooks[1])
    before = {number: signal.signal(number, _end) for number in numbers()}
    try:
        yield
    # C code that imports, and Python 3.11 making a class, make another fault of an `Ended`.
    except (ImportError, RuntimeError):
        check()
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.excepthook, sys.unraisablehook = hooks


@contextmanager
def deferred() -> Iterator[None]:
    """Within it they are only noted, and raised by `check` and at its end.

    What is raised while Qt or shiboken call Python, as they do while they are imported, they
    swallow, or end the process with a core dump.
    """
    with _noted(True):
        yield
    if not _noting:
        check()


@contextmanager
def at_once() -> Iterator[None]:
    """Within `deferred`, around what may wait for long and is none of Qt's."""
    with _noted(False):
        check()
        yield


@contextmanager
def _noted(only: bool) -> Iterator[None]:
    global _noting
    before, _noting = _noting, only
    try:
        yield
    finally:
        _noting = before


def numbers() -> list[int]:
    """The signals that are not to be ignored."""
    there = [int(getattr(signal, name)) for name in NAMES if hasattr(signal, name)]
    return [number for number in there if signal.getsignal(number) != signal.SIG_IGN]


def status(ended: KeyboardInterrupt) -> int:
    """As a shell has it."""
    return 128 + (ended.number if isinstance(ended, Ended) else int(signal.SIGINT))


def check() -> None:
    """To be called now and then, where the work can be given up."""
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
        if not _noting:
            raise Ended(number)


def _quiet(hook: _Hook) -> _Hook:
    def call(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(fault, Ended):
            hook(kind, fault, trace)

    return call


def _quiet_of_unraisable(hook: _UnraisableHook) -> _UnraisableHook:
    """What came in the middle of a weak reference's end, as importing has them, `check` finds."""

    def call(told: sys.UnraisableHookArgs) -> None:
        if not isinstance(told.exc_value, Ended):
            hook(told)

    return call
