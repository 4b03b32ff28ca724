"""Logs of crashes: one file a process, so that no start and no second window erases another's.

Nothing is written once Python itself has crashed but by `faulthandler`, to a file that is open; so
each window's process has its log from its start to its end. One that does not close with `_ENDED`
and tells of a fault is of a process that crashed, and is told at the next start.
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

from gru_debugger import __version__

KEPT = 5  # of those that tell of a fault
_LARGEST = 1 << 18  # bytes of our own; a fault in paint() comes back with each repaint
_ENDED = "The process ended in order.\n"
_TOLD = "This was told at the next start.\n"
_FAULTS = ("Fatal Python error", "Traceback (most recent call last)", "Windows fatal exception")


class CrashLog:
    """This process' own; `handle` is for `faulthandler`, and open until the process ends."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError: there is no place for a log."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        self.handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._left = _LARGEST
        _hold(self.handle)
        self.write(heading())

    def write(self, text: str) -> None:
        data = f"{text.rstrip()}\n".encode(errors="backslashreplace")
        if len(data) <= self._left:
            self._left -= len(data)
            os.write(self.handle, data)

    def end(self) -> None:
        """The window was closed; what may still happen while Python ends is written behind it."""
        os.write(self.handle, _ENDED.encode())


def heading() -> str:
    return f"GRU Debugger {__version__}, Python {platform.python_version()}, {platform.platform()}"


def untold(folder: Path) -> str:
    """The last crash that has not been told yet, or ""; told now, and old logs cleared away."""
    found, faults = "", []
    for path in sorted(folder.glob("crash-*.log"), reverse=True):
        with path.open("r+", encoding="utf-8", errors="replace") as file:
            if not _hold(file.fileno()):  # its process is running
                continue
            text = file.read(4 * _LARGEST)
            crashed = not text.endswith((_ENDED, _TOLD))
            if not any(words in text for words in _FAULTS):
                path.unlink()
                continue
            faults.append(path)
            if crashed:
                found = found or text
                file.write(_TOLD)
    for path in faults[KEPT:]:
        path.unlink()
    return found


def _hold(handle: int) -> bool:
    """Whether no other process has the log; till its end, this one has."""
    if os.name != "posix":
        return True  # Windows removes no open file
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
