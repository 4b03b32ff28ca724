"""What Linux lets a process give up for good, before it looks at a stranger's file.

- No new privileges, and a filter of system calls (seccomp, `system_calls`): only those that reading
  takes. No socket, no process, no signal to others, nothing opened for writing.
- Landlock: files outside the folders named can't be opened at all.
- The process dies with its parent.

Each is asked for by itself; what this kernel or processor lacks is left out (`in_force`). They
are three system calls; the packages that wrap them want libseccomp, or have no release that is
kept, so they are called by ctypes. Only the standard library is imported here, and ctypes only
when something is called: the window's start needs none of it.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gru_debugger import system_calls

_PR_SET_PDEATHSIG, _PR_GET_DUMPABLE, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 3, 4, 38


def in_force() -> list[str]:
    """In words, for ``--version``: what a child that reads a file here gives up, or does not."""
    if not _linux():
        return ["a process of its own", "a limit of time"]
    version = landlock_version()
    return [
        "a process of its own",
        "limits of time and memory",
        "no new privileges",
        "seccomp" if _has_filters() else "no seccomp (this kernel or processor lacks it)",
        f"Landlock {version}" if version else "no Landlock (this kernel lacks it)",
    ]


def is_whole() -> bool:
    """Whether this system has all of it, so that even a program may be run in it."""
    return _linux() and _has_filters() and landlock_version() > 0


def end_with(parent: int) -> None:
    """Kill this process when the thread of `parent` that started it ends, however that happens."""
    if _linux():
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def confine() -> None:
    """From here on: only the system calls that reading takes, in every thread."""
    if not _linux():
        return
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _has_filters():
        code = _buffer(system_calls.program(_machine()))
        program = _buffer(struct.pack("HP", len(code) // 8, _address(code)))
        _call("syscall", system_calls.SECCOMP[_machine()], 1, 1, program)  # a filter, for all


@contextmanager
def hidden() -> Iterator[None]:
    """Meanwhile no child can write this process' memory, which Landlock forbids where it exists.

    It also hides the process from debuggers, and so is not done where it need not be.
    """
    if not _linux() or landlock_version():
        yield
        return
    _hidings.enter()
    try:
        yield
    finally:
        _hidings.leave()


class _Hidings:
    """How many readings go on at once: the first hides the process, the last shows it again."""

    def __init__(self) -> None:
        self._lock, self._count, self._before = threading.Lock(), 0, 1

    def enter(self) -> None:
        with self._lock:
            if not self._count:
                self._before = _call("prctl", _PR_GET_DUMPABLE, 0, 0, 0, 0)
                _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)
            self._count += 1

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if not self._count and self._before == 1:
                _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


_hidings = _Hidings()


# Landlock ----------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every processor
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# What each version of it can forbid besides: rights of files, of the network, of other scopes.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK_RIGHTS = {4: 0b11}  # TCP, both ways
_SCOPES = {6: 0b11}  # sockets without a file; signals


def landlock_version() -> int:
    """0: this kernel has none, or it is switched off."""
    return max(0, _call("syscall", _CREATE_RULESET, None, 0, 1)) if _linux() else 0


def enclose(readable: Iterable[str | os.PathLike[str]]) -> None:
    """From here on: nothing of the file system but reading what lies in `readable`.

    This thread's alone, and those of its later ones: call it while there is no other.
    """
    version = landlock_version()
    if not version:
        return
    rights = [
        sum(bits for since, bits in kind.items() if since <= version)
        for kind in (_FILE_RIGHTS, _NETWORK_RIGHTS, _SCOPES)
    ]
    known = 1 if version < 4 else 2 if version < 6 else 3
    ruleset = _call("syscall", _CREATE_RULESET, _buffer(struct.pack(f"{known}Q", *rights[:known])),
                    8 * known, 0)  # fmt: skip
    if ruleset < 0:
        return
    for path in readable:
        with suppress(OSError):  # it is not there
            _allow(ruleset, path)
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("syscall", _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str | os.PathLike[str]) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)
        _call("syscall", _ADD_RULE, ruleset, 1, _buffer(struct.pack("=Qi", rights, place)), 0)
    finally:
        os.close(place)


# The kernel --------------------------------------------------------------------------------


def _linux() -> bool:
    return sys.platform == "linux"


def _machine() -> str:
    return os.uname().machine


def _has_filters() -> bool:
    """Also: the processor is one whose calls are known, and this is no 32-bit program on it."""
    if _machine() not in system_calls.ARCHITECTURES or sys.maxsize < 1 << 32:
        return False
    action = _buffer(struct.pack("I", system_calls.ERRNO))
    return _call("syscall", system_calls.SECCOMP[_machine()], 2, 0, action) == 0  # is it there?


def _call(function: str, *arguments: Any) -> int:
    """A function of the C library; −1 where it fails, or does not exist."""
    import ctypes

    library = ctypes.CDLL(None)
    if not hasattr(library, function):
        return -1
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(getattr(library, function)(*words))


def _buffer(data: bytes) -> Any:
    import ctypes

    return ctypes.create_string_buffer(data, len(data))


def _address(buffer: Any) -> int:
    import ctypes

    return ctypes.addressof(buffer)
