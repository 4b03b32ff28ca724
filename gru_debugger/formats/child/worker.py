"""The child that reads a stranger's file: it gives up what it can, then reads, then answers.

Started by `isolation` with the file's path; what it writes to standard output is `answers`' matter.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import gru_debugger
from gru_debugger import formats, sandbox
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import read_bytes
from gru_debugger.formats import beside
from gru_debugger.formats.child import answers
from gru_debugger.formats.child.isolation import seconds

_SLACK = 96 << 20
_COPIES = 5  # bfloat16 in a checkpoint: the storage, the tensor, then twice that as float32

# What a reader may still import, and where shared libraries lie that this links to.
_PROGRAM = Path(gru_debugger.__file__).parent
_LIBRARIES = (f"{sys.base_prefix}/lib", "/lib", "/lib64", "/usr/lib", "/usr/lib64",
              "/usr/local/lib", "/nix/store", "/gnu/store", "/etc/ld.so.cache")  # fmt: skip

_MEMORY = "it needs too much memory"


def main(arguments: list[str]) -> int:
    """The child: the file's path, the module that reads it where it is no model, the parent."""
    name, module, parent = arguments
    sandbox.end_with(int(parent))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C reaches the child too
    _compile()
    sandbox.confine()
    gc.disable()  # it looks at all objects of a large graph again and again; one file, and it ends
    with _only_output() as out:

        def send(frame: dict[str, object]) -> None:
            out.write(answers.frame(frame))
            out.flush()

        try:
            answer, size = read(Path(name), send, give_up, module)
            for piece in answers.encode(answer, size):
                out.write(piece)
        except Exception as fault:  # whatever a hostile file may bring about
            send(_told(fault))
    return 0


def _compile() -> None:
    """Import what was never compiled, or not since it was written, while Python may write that."""
    for module in {later for one in formats.formats() for later in getattr(one, "LATER", ())}:
        spec = importlib.util.find_spec(module)
        source = Path(spec.origin) if spec and spec.origin else _PROGRAM
        ages = map(_uncompiled, source.parent.glob("*.py"))
        if _uncompiled(source) is None or any(ages):
            importlib.import_module(module)


def _uncompiled(source: Path) -> bool | None:
    """Whether it was written since it was compiled; None: it never was."""
    try:
        compiled = os.stat(importlib.util.cache_from_source(str(source)))
    except (OSError, NotImplementedError):
        return None
    return compiled.st_mtime < source.stat().st_mtime


@contextmanager
def _only_output() -> Iterator[BinaryIO]:
    """Standard output for the answer alone; what a library prints goes nowhere."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        yield out


def read(
    path: Path,
    send: Callable[[dict[str, object]], None],
    shut: Callable[[int, list[Path]], None],
    module: str = "",
) -> tuple[answers.Answer, int]:
    """What is in a file, and its size with all that belong to it; `module` reads what is no model.

    `shut` is called before the bytes are parsed, with that size and what may still be read.
    """
    data = read_bytes(path, report=lambda count: send({"read": count}))
    reader, model = formats.reader_of(data, path) if not module else (
        importlib.import_module(module), data)  # fmt: skip
    others = formats.others(reader, model, path)
    size = beside.size_with(path, len(data) + (len(model) if model is not data else 0), others)
    send({"framework": reader.NAME, "size": size})
    for later in getattr(reader, "LATER", ()):
        importlib.import_module(later)
    for library in getattr(reader, "LIBRARIES", ()):
        with suppress(ImportError):  # the reader says so
            importlib.import_module(library)
    shut(size, others)
    digest = beside.digest(data, others)
    if module:
        framework, contents = reader.NAME, reader.read(model, path)
    else:
        framework, contents = formats.read(reader, model, path, others)
    return answers.Answer(framework, digest, contents), size


def give_up(size: int, needed: list[Path], room: int = _SLACK) -> None:
    """From here on: memory and time for a file of this size, and nothing read but what is needed.

    `room`: bytes besides those that grow with the file.
    """
    _limit(size, room)
    sandbox.enclose([*sys.path, _PROGRAM, *_LIBRARIES, *needed])


def _limit(size: int, room: int) -> None:
    """From here on: so much more memory and time, no file written, no process started.

    Windows has none of this; there the limit of time in `isolation` remains. macOS does not keep
    to the one of memory.
    """
    sys.dont_write_bytecode = True
    try:
        import resource
    except ImportError:
        return
    spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    limits = {
        resource.RLIMIT_CPU: math.ceil(spent + seconds(size)),
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    with suppress(OSError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        limits[resource.RLIMIT_AS] = used + _COPIES * size + room
    for limit, value in limits.items():
        _, hard = resource.getrlimit(limit)
        if hard == resource.RLIM_INFINITY or value < hard:
            last = value + (limit == resource.RLIMIT_CPU)  # SIGXCPU first, which says why
            resource.setrlimit(limit, (value, last))
    signal.alarm(math.ceil(seconds(size)))  # if the program is no longer there to end it


def _told(fault: Exception) -> dict[str, object]:
    """The frame that says what went wrong; readers may have put a word of their own on it."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, MemoryError):
            return {"fault": _MEMORY}
        cause = cause.__context__
    if isinstance(fault, GRUDebuggerError):
        return {"error": str(fault)}
    words = " ".join(str(fault).split())[:200]
    return {"fault": words if isinstance(fault, ValueError) else f"{type(fault).__name__}: {words}"}
