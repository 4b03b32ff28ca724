"""Reading a stranger's file in a child process, which has a limit of time and of memory (`worker`).

The child is a plain new interpreter (`children`): no guard of ``__main__`` is needed, and no module
of the current folder is picked up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gru_debugger import children, sandbox
from gru_debugger.errors import ModelError
from gru_debugger.files import LARGEST_MODEL, size_of
from gru_debugger.formats.child import answers
from gru_debugger.formats.child.answers import Answer, BrokenAnswer

PATIENCE = 10.0  # seconds for a small file
_POLL = 0.05  # seconds between two looks at the clock
_WORKER = "gru_debugger.formats.child.worker"
# On Linux the kernel ends it (`sandbox`), and a thread that waits would be beyond the sandbox.
ATTACHED = sys.platform != "linux"
# One thread of numpy's: several would only take memory. No plugin of HDF5's: they are code.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "HDF5_PLUGIN_PRELOAD": "::"}


# Signals that no fault of a file brings about.
_FROM_OUTSIDE = {
    "SIGKILL": ", by somebody or by a system without memory left; close other programs",
    "SIGTERM": "; see what ends programs here",
    "SIGHUP": "; see what ends programs here",
    "SIGINT": "; see what ends programs here",
}


@dataclass(frozen=True)
class Progress:
    """How far the reading of a file of `size` bytes has come; `part` runs from 0 to 1."""

    name: str
    size: int
    part: float


Watch = Callable[[Progress], object]


def seconds(size: int) -> float:
    """How long the reading of a file of `size` bytes may take."""
    return PATIENCE + size / (20 << 20)


def called(framework: str) -> str:
    """A file of this framework, in words; of none as long as it is not known."""
    if framework == "rows of numbers":
        return f"a file of {framework}"
    article = "an" if framework[:1].upper() in set("AEIOU") else "a"
    return f"{article} {framework} file" if framework else "a file"


def read(file: Path, watch: Watch | None = None, reader: str = "") -> Answer:
    """What a child finds in a file. Raises ModelError.

    `reader`: the module to read it with; none: the model format that claims it.

    `watch` is called some twenty times a second, in this thread; what it raises, as Ctrl+C does,
    ends the child at once and comes out here.
    """
    size = size_of(file)
    with sandbox.hidden():
        child = _Child(file, size, reader)
        try:
            begun = time.monotonic()
            while not child.done.wait(_POLL):
                if watch is not None:
                    watch(Progress(file.name, child.size, child.part))
                if time.monotonic() > begun + seconds(child.size):
                    raise child.damaged("reading it does not come to an end")
        finally:
            child.end()
    return child.answer()


class _Child:
    """The process, and a thread that takes in what it sends, which is not believed."""

    def __init__(self, file: Path, size: int, reader: str) -> None:
        self.size = size  # with that of the files it names, as soon as the child says so
        self.part = 0.0
        self.done = threading.Event()
        self._file = file
        self._what = ""  # until the child says which format it is
        self._answer: Answer | None = None
        self._status = 0  # how it ended by itself
        self._fault: Exception = BrokenAnswer()
        try:
            self._process = children.start(
                children.command(
                    _WORKER, str(file), reader, str(os.getpid()), attached=ATTACHED, bare=True
                ),
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=children.environment(**_ENVIRONMENT),
            )  # fmt: skip
        except OSError as fault:
            raise self._not_started(str(fault)) from None
        assert self._process.stdout is not None
        self._stream = self._process.stdout
        self._thread = threading.Thread(target=self._take_in, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Afterwards the process and the thread are gone, whatever they were doing."""
        if self.done.is_set() and self._answer is None:
            with suppress(subprocess.TimeoutExpired):
                self._status = self._process.wait(1)  # its own, not that of our ending it
        self._process.kill()
        self._thread.join()
        self._stream.close()
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()

    def answer(self) -> Answer:
        """What it said before its end. Raises ModelError."""
        if self._answer is not None:
            return self._answer
        if isinstance(self._fault, ModelError):
            raise self._fault
        if isinstance(self._fault, MemoryError):
            raise ModelError(f"{self._file}: there is not enough memory for it; close other "
                             "programs or choose a smaller file.")  # fmt: skip
        if self._status > 0 and not self._what:
            raise self._not_started(f"it ended with {self._status}")
        name = signal.Signals(-self._status).name if self._status < 0 else ""
        if name in _FROM_OUTSIDE:
            raise ModelError(f"{self._file}: reading it was ended from outside ({name})"
                             f"{_FROM_OUTSIDE[name]} and open it again.")  # fmt: skip
        raise self.damaged(f"reading it broke off{f' with {name}' if name else ''}")

    def damaged(self, words: str) -> ModelError:
        return ModelError(f"{self._file}: {called(self._what)} that is cut short or damaged "
                          f"({words}); copy or save it again.")  # fmt: skip

    def _not_started(self, words: str) -> ModelError:
        return ModelError(f"{self._file}: the process that reads it did not start ({words}); "
                          "close other programs, or install the program again.")  # fmt: skip

    # In the thread

    def _take_in(self) -> None:
        try:
            while self._answer is None:
                self._take(answers.read_frame(self._stream))
        except Exception as fault:  # whatever a child in another's hands may send
            self._fault = fault
        finally:
            self.done.set()

    def _take(self, frame: dict[str, Any]) -> None:
        if "read" in frame:
            self._show(0, answers.count(frame["read"]) / max(self.size, 1))
        elif "contents" in frame:
            self._answer = answers.decode(
                frame, self._stream, self.size, lambda part: self._show(0.5, part)
            )
        elif "framework" in frame and not self._what:  # once, before the child parses anything
            self._what = answers.message(frame["framework"])
            self.size = max(self.size, int(min(answers.count(frame["size"]), LARGEST_MODEL)))
        elif "error" in frame:
            start = str(self._file)
            words = str(frame["error"])
            raise ModelError(start + answers.message(words.removeprefix(start)))
        else:
            raise self.damaged(answers.message(frame.get("fault")))

    def _show(self, start: float, part: float) -> None:
        self.part = start + min(max(part, 0), 1) / 2
