"""Reading a file in a child process first, where the library that parses it may not be trusted.

A damaged HDF5 file can send the HDF5 library round in circles, or to the end of memory, in C where
nothing can be interrupted. The child reads the same bytes in the same way under a limit of time and
memory; only what it has survived is read here.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

from gru_debugger.errors import ModelError

SECONDS = 10.0
_MEMORY = 2 << 30  # bytes, beside what the file itself needs twice

_REFUSED, _BROKEN = 3, 4


def rehearse(module: str, data: bytes, path: Path, what: str) -> None:
    """Run ``module.parse(data, path)`` in a child. Raises ModelError where it does not come back.

    A ModelError of the child's is not repeated here: the reading that follows raises it again.
    """
    command = [sys.executable, "-m", __name__, module, str(path)]
    damaged = f"{path}: {what} that is cut short or damaged"
    try:
        done = subprocess.run(
            command, input=data, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ModelError(
            f"{damaged} (reading it does not come to an end); copy or save it again."
        ) from None
    except OSError as fault:
        raise ModelError(f"{path}: the process that reads it did not start ({fault}).") from None
    if done.returncode not in (0, _REFUSED):
        last = done.stderr.decode(errors="replace").strip().split("\n")[-1][:120]
        words = last or f"reading it ended with {done.returncode}"
        raise ModelError(f"{damaged} ({words}); copy or save it again.")


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the limit of time stays
        return
    limit = _MEMORY + 2 * size
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main(arguments: list[str]) -> int:
    """The child: a module's name and the file's, its bytes on standard input."""
    module, name = arguments
    data = sys.stdin.buffer.read()
    reader = importlib.import_module(module)
    _limit_memory(len(data))
    try:
        reader.parse(data, Path(name))
    except ModelError:
        return _REFUSED
    except MemoryError:
        print("it needs too much memory", file=sys.stderr)
        return _BROKEN
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
