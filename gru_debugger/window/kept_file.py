"""Files that outlive a process which is killed: each has one of its own, locked while it runs.

What is in the way on the disk is not worth a word while somebody works.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QStandardPaths


class KeptFile:
    """A file and its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = QLockFile(str(path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)  # it is while its process lives, however long

    @classmethod
    def new(cls, name: str, suffix: str) -> KeptFile:
        """This process's own, in the program's folder of that name."""
        return cls(folder(name) / f"{os.getpid()}-{time.time_ns()}{suffix}")

    def write(self, data: bytes) -> None:
        """Whole or not at all."""
        new = self.path.with_suffix(".new")
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.tryLock(0)
            # Not synced to the disk as what is saved is: nobody must wait for it.
            new.write_bytes(data)
            new.replace(self.path)

    def take_over(self) -> bool:
        """Whether its process is gone; then it is locked from here on."""
        return self._lock.tryLock(0)

    def release(self) -> None:
        self._lock.unlock()

    def remove(self) -> None:
        for path in (self.path, self.path.with_suffix(".new")):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self.release()


def left(name: str, suffix: str, means: Callable[[Path], bool]) -> Iterator[KeptFile]:
    """Those whose process is gone, the newest first, locked; what means nothing is removed."""
    with suppress(OSError):
        files = {p for p in folder(name).iterdir() if p.suffix in (suffix, ".new", ".lock")}
        kept = {path.with_suffix(suffix) for path in files}
        for path in kept - files:  # never written to the end, or cleared away half
            one = KeptFile(path)
            if one.take_over():
                one.remove()
        for path in sorted(kept & files, key=os.path.getmtime, reverse=True):
            one = KeptFile(path)
            if one.take_over():
                if means(path):
                    yield one
                else:
                    one.remove()


def folder(name: str) -> Path:
    where = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(where)) / name
