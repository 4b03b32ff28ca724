"""Where states are kept: in memory, and beyond a budget in a file that has no name.

So the file is gone with the process, whatever ends that, and the system may write it out where
memory is short. Its blocks are taken at once: a full disk is told before anything is recorded, and
never met in the middle, where writing to mapped memory would end the process.
"""

from __future__ import annotations

import mmap
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np

from gru_debugger.core.cell import Array
from gru_debugger.errors import InputError
from gru_debugger.files import reason
from gru_debugger.numerals import fixed

IN_MEMORY = 64 << 20  # bytes; what is larger goes to a file
_LEFT = 256 << 20  # bytes of a disk that others may want meanwhile
_BLOCK = 1 << 20


def zeros(rows: Sequence[int], width: int) -> list[Array]:
    """Arrays (rows, width) float32, one for each of `rows`, which are kept together.

    Raises InputError where they would need a disk that has no room.
    """
    sizes = [count * width for count in rows]
    if 4 * sum(sizes) <= IN_MEMORY:
        return [np.zeros((count, width), np.float32) for count in rows]
    values = np.frombuffer(_mapped(4 * sum(sizes)), np.float32)
    parts = np.split(values, np.cumsum(sizes)[:-1])
    return [part.reshape(count, width) for part, count in zip(parts, rows, strict=True)]


def _mapped(size: int) -> mmap.mmap:
    """Memory that is a file's, zeros; it lives as long as an array of it."""
    folders = _folders()
    free = {folder: shutil.disk_usage(folder).free for folder in folders}
    hindered = ""
    for folder in (f for f in folders if free[f] >= size + _LEFT):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                _take_blocks(file, size)
                return mmap.mmap(file.fileno(), size)
        except OSError as fault:
            hindered = hindered or f"{folder}: {reason(fault, writing=True)}"
    raise InputError(f"recording this needs {_gib(size)} on a disk; {hindered or _no_room(free)}")


def _no_room(free: dict[Path, int]) -> str:
    if not free:
        return "there is no folder for temporary files; name one by TMPDIR."
    most = max(free, key=lambda folder: free[folder])
    return (
        f"{most} has {_gib(free[most])} left: make room, name another folder by TMPDIR, "
        "or read less."
    )


def _gib(size: int) -> str:
    return f"{fixed(size / 2**30, 1)} GiB"


def _take_blocks(file: IO[bytes], size: int) -> None:
    if sys.platform == "linux":
        os.posix_fallocate(file.fileno(), 0, size)
        return
    block = bytes(_BLOCK)
    for at in range(0, size, _BLOCK):
        file.write(block[: size - at])
    file.flush()


def _folders() -> list[Path]:
    """For temporary files, those on a disk first: what lies in a tmpfs is in memory after all."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    named = [os.environ.get(name, "") for name in ("TMPDIR", "TEMP", "TMP")]
    found = dict.fromkeys([*filter(None, named), tempfile.gettempdir(), "/var/tmp", cache])
    usable = [Path(f) for f in found if os.path.isdir(f) and os.access(f, os.W_OK | os.X_OK)]
    return sorted(usable, key=_in_memory)


def _in_memory(folder: Path) -> bool:
    """Whether a folder is one whose files lie in memory."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    device = folder.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    kinds = (
        line.rpartition(" - ")[2].split()[0]
        for line in mounts.splitlines()
        if line.split()[2] == wanted
    )
    return next(kinds, "") in ("tmpfs", "ramfs")
