"""Which system calls reading a file takes, as a program of the kernel's packet filter (seccomp).

A list of what is allowed, so that calls of later kernels are forbidden too. What is not on it does
not exist (ENOSYS), on which the C library falls back to an older call where there is one.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterable

# Name -> number on x86-64 and on 64-bit ARM; None: it has no such call.
_CALLS: dict[str, tuple[int, int | None]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "mmap": (9, 222), "munmap": (11, 215),
    "brk": (12, 214), "mprotect": (10, 226), "mremap": (25, 216), "madvise": (28, 233),
    "fstat": (5, 80), "newfstatat": (262, 79), "stat": (4, None), "lstat": (6, None),
    "statx": (332, 291), "lseek": (8, 62), "pread64": (17, 67), "readv": (19, 65),
    "writev": (20, 66), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, None), "readlinkat": (267, 78), "getdents64": (217, 61), "getcwd": (79, 17),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "futex": (202, 98),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getrandom": (318, 278),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    "time": (201, None), "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132), "alarm": (37, None), "setitimer": (38, 103), "getrusage": (98, 165),
    "sysinfo": (99, 179), "uname": (63, 160), "getpid": (39, 172), "getppid": (110, 173),
    "gettid": (186, 178), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "getrlimit": (97, 163), "setrlimit": (160, 164),
    "restart_syscall": (219, 128), "set_robust_list": (273, 99), "rseq": (334, 293),
    "exit": (60, 93), "exit_group": (231, 94), "create_ruleset": (444, 444),
    "add_rule": (445, 445), "restrict_self": (446, 446),
    # Under a condition, below:
    "open": (2, None), "openat": (257, 56), "ioctl": (16, 29), "prlimit64": (302, 261),
    "fcntl": (72, 25), "tgkill": (234, 131),
}  # fmt: skip
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_…
SECCOMP = {"x86_64": 317, "aarch64": 277}  # the call that sets the filter, which forbids it

ERRNO = 0x00050000  # the action: fail with the number added
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_TERMINAL, _CLOSE_ON_EXEC = 0x5401, 0x5451  # is it one?; what Python sets on each file
_OF_DESCRIPTORS = (0, 1, 2, 3, 1030)  # fcntl: duplicates and flags, no signals by it

_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # instructions


def _conditions() -> dict[str, tuple[int, int, Iterable[int]]]:
    """Which argument must be how: the instruction, and the values of which one must match.

    Of bits it is the other way round: none may be set.
    """
    return {
        "open": (1, _IF_ANY_BIT, (_TO_WRITE,)),
        "openat": (2, _IF_ANY_BIT, (_TO_WRITE,)),
        "fcntl": (1, _IF_EQUAL, _OF_DESCRIPTORS),
        "ioctl": (1, _IF_EQUAL, (_TERMINAL, _CLOSE_ON_EXEC)),
        "prlimit64": (0, _IF_EQUAL, (0,)),  # its own limits
        "tgkill": (0, _IF_EQUAL, (os.getpid(),)),  # abort() is a signal to oneself
    }


def program(machine: str) -> bytes:
    """For a processor of `ARCHITECTURES`: tests each call's number and, of some, an argument."""
    conditions, column = _conditions(), list(ARCHITECTURES).index(machine)
    code = [
        (_LOAD, 0, 0, 4), (_IF_EQUAL, 1, 0, ARCHITECTURES[machine]), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
    ]  # fmt: skip
    for name, numbers in _CALLS.items():
        number = numbers[column]
        then = _checked(*conditions[name]) if name in conditions else [(_RETURN, 0, 0, _ALLOW)]
        if number is not None:
            code += [(_IF_EQUAL, 0, len(then), number), *then]
    code.append((_RETURN, 0, 0, ERRNO | errno.ENOSYS))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _checked(argument: int, test: int, values: Iterable[int]) -> list[tuple[int, int, int, int]]:
    code = [(_LOAD, 0, 0, 16 + 8 * argument)]  # the lower half: all that these calls look at
    allow, refuse = (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, ERRNO | errno.EACCES)
    if test == _IF_ANY_BIT:
        return [*code, *((test, 0, 1, value) for value in values), refuse, allow]
    for value in values:
        code += [(test, 0, 1, value), allow]
    return [*code, refuse]
