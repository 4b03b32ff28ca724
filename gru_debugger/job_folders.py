"""Temporary folders with what a child process reads; none stays, whatever ends whom.

Whoever made one removes it. A child whose parent is gone removes the folder that it was given
(`start_child`); where both were killed, a later child does: a folder is locked as long as there is
somebody whom it belongs to. Only the standard library is imported here.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "gru-debugger-job-"
_NEW = 60.0  # seconds in which its maker may not have locked it yet


class JobFolder:
    """A new private folder, locked until it is removed, or this process and its heirs are gone."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = _locked(self.path)

    @property
    def lock(self) -> tuple[int, ...]:
        """For Popen's pass_fds: the child holds the folder as well."""
        return () if self._lock is None else (self._lock,)

    def leave(self) -> None:
        """To the child that has the lock too."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remove(self) -> None:
        remove(self.path)
        self.leave()


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def sweep(within: Path) -> None:
    """Remove the folders whose processes are all gone."""
    if sys.platform == "win32":  # which has no such locks
        return
    for folder in within.glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            found = folder.lstat()
            if found.st_uid != os.getuid() or time.time() - found.st_mtime < _NEW:
                continue
            lock = _locked(folder)
            if lock is not None:
                remove(folder)
                os.close(lock)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds it; None where another does, and on Windows, where none can."""
    try:
        import fcntl
    except ImportError:
        return None
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(place)
        return None
    return place
