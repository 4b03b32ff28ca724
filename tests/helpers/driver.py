"""The installed program on a display of its own: started as users do, driven by keys, looked at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageGrab

Screenshot = NDArray[np.uint8]  # (height, width, 3)

PROGRAM = Path(sys.executable).with_name("gru-debugger")
GOOD = (0xDD, 0xF3, 0xE7), (0x17, 0x35, 0x2A)  # the parity badge's ground, light and dark
_PATIENCE = 60.0  # seconds until something that ought to come is given up
_IDLE = 0.25  # seconds without work after which all keys have been answered


@contextmanager
def xvfb(width: int, height: int) -> Iterator[str]:
    """A display that nobody sees; its name."""
    for command, package in {"Xvfb": "xvfb", "xdotool": "xdotool"}.items():
        if shutil.which(command) is None:
            pytest.fail(
                f"{command} is missing: install {package} and the others of packaging/apt.txt",
                pytrace=False,
            )
    read, write = os.pipe()
    screen = f"{width}x{height}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp"]
    command.append("-noreset")  # or it is deaf for a moment each time its last program ends
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        try:
            os.close(write)
            with os.fdopen(read) as answer:
                number = answer.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            server.terminate()


class Program:
    """One run of gru-debugger, its settings in a folder of its own."""

    def __init__(self, display: str, home: Path, *words: str) -> None:
        self.display = display
        self.environment = os.environ | {"DISPLAY": display, "HOME": str(home)}
        self.environment["XDG_CONFIG_HOME"] = str(home / "config")
        self.environment.pop("QT_QPA_PLATFORM", None)
        self._errors = home / f"errors-{time.monotonic_ns()}.txt"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [PROGRAM, *words], env=self.environment, stderr=errors, stdin=subprocess.DEVNULL
            )
        self.window = ""

    # Driving -------------------------------------------------------------------------------

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip()

    def wait_for_window(self) -> Program:
        """Until it is there; then it has the keys, as a window manager would have given them."""
        search = ("search", "--onlyvisible", "--all", "--pid", str(self.process.pid), "--name")
        self.until(lambda: self.xdotool(*search, "GRU Debugger"), "the window to open")
        self.window = self.xdotool(*search, "GRU Debugger").split()[0]
        self.xdotool("mousemove", "0", "9999", "windowfocus", "--sync", self.window)
        self.settle()
        return self

    def press(self, *keys: str, times: int = 1) -> None:
        """Press and release; returns when the program has nothing left to do."""
        self.xdotool("key", "--delay", "0", "--repeat", str(times), "--repeat-delay", "0", *keys)
        self.settle()

    def until(self, condition: Any, what: str, patience: float = _PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while not condition():
            ended = self.process.poll()
            assert ended is None, f"ended with {ended} instead of {what}: {self.errors()}"
            assert time.monotonic() < deadline, f"waited {patience} s in vain for {what}"
            time.sleep(0.05)

    def settle(self) -> None:
        """Until it sleeps and has used no processor time for a while: all is painted then."""
        since = [time.monotonic(), self._work()]

        def idle() -> bool:
            now = self._work()
            if now != since[1] or now[0] != "S":
                since[:] = time.monotonic(), now
            return time.monotonic() - since[0] > _IDLE

        self.until(idle, "the program to come to rest", 300)

    def _work(self) -> tuple[str, str]:
        """The main thread's state and its processor time in ticks."""
        stat = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return fields[0], "+".join(fields[11:13])

    # Looking -------------------------------------------------------------------------------

    def look(self) -> Screenshot:
        return np.asarray(ImageGrab.grab(xdisplay=self.display).convert("RGB"))

    def wait_for_parity(self) -> None:
        """Until the child process has answered: its badge is the last to change the screen."""
        self.until(lambda: _shows(self.look(), GOOD), "the parity badge")
        self.settle()

    def memory(self) -> float:
        """Resident MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def errors(self) -> str:
        return self._errors.read_text()

    # Ending --------------------------------------------------------------------------------

    def quit(self) -> tuple[int, float]:
        """Ctrl+Q: the exit status, and how many seconds it took."""
        start = time.monotonic()
        self.xdotool("key", "ctrl+q")
        return self.process.wait(_PATIENCE), time.monotonic() - start

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


Start = Callable[..., Program]  # with words of the command line


@contextmanager
def running(display: str, home: Path, *words: str) -> Iterator[Program]:
    """The program with its window open; nothing of it stays."""
    program = Program(display, home, *words)
    try:
        yield program.wait_for_window()
    finally:
        program.stop()


def _shows(picture: Screenshot, colors: tuple[tuple[int, int, int], ...]) -> bool:
    return any(int((picture == color).all(axis=2).sum()) > 200 for color in colors)


def difference(a: Screenshot, b: Screenshot) -> str:
    """Where two pictures differ; empty when they are identical."""
    if a.shape != b.shape:
        return f"sizes {a.shape} and {b.shape}"
    ys, xs = np.nonzero((a != b).any(axis=2))
    if not len(xs):
        return ""
    return f"{len(xs)} pixels differ, x {xs.min()}–{xs.max()}, y {ys.min()}–{ys.max()}"
