"""A headless Chromium, driven by keys over its own pipe: what a page shows in a real browser.

Debian's `chromium`, or another that the name `CHROMIUM` gives; without one, the test is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-pipe", "about:blank",
)  # fmt: skip
_KEYS = {" ": "Space", "[": "BracketLeft", "]": "BracketRight", ".": "Period", ",": "Comma"}
# Where Chromium looks for its pipe: it reads from 3 and writes to 4.
_ON_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
_PATIENCE = 60.0  # seconds for all that a browser does at one call


def found() -> str:
    """Its path. Skips the test where there is none."""
    asked = os.environ.get("CHROMIUM")
    path = asked or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    return path


class Browser:
    """One page. `faults` are what its scripts raised and what its policy refused."""

    def __init__(self, to: IO[bytes], out: IO[bytes]) -> None:
        self._to, self._out = to, out
        self._number = 0
        self._page = ""
        self.faults: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._page = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, path: Path) -> None:
        self._call("Page.navigate", url=path.as_uri())
        deadline = time.monotonic() + _PATIENCE
        while self.ask("document.readyState") != "complete":
            assert time.monotonic() < deadline

    def press(self, key: str, times: int = 1) -> None:
        """``Right``, ``Shift+F11``, ``.`` …: as a keyboard does it."""
        *held, name = key.rsplit("+", 1) if len(key) > 1 else [key]
        name = f"Arrow{name}" if name in ("Right", "Left") else name
        what = {"key": name, "code": _KEYS.get(name, name), "modifiers": 8 if held else 0}
        for _ in range(times):
            self._call("Input.dispatchKeyEvent", type="keyDown", **what)
            self._call("Input.dispatchKeyEvent", type="keyUp", **what)

    def ask(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        told = self._call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def screenshot(self) -> str:
        """A PNG in base64."""
        data: str = self._call("Page.captureScreenshot")["data"]
        return data

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._page:
            message["sessionId"] = self._page
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (answer := self._read()).get("id") != self._number:
            self._heed(answer)
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        parts = []
        while (byte := self._out.read(1)) != b"\0":
            assert byte, "the browser has ended"
            parts.append(byte)
        read: dict[str, Any] = json.loads(b"".join(parts))
        return read

    def _heed(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.faults.append(str(told["exceptionDetails"]))
        elif event.get("method") == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.faults.append(told["entry"]["text"])
        elif event.get("method") == "Network.requestWillBeSent":
            url = told["request"]["url"]
            if not url.startswith(("file:", "about:")):
                self.faults.append(f"asks for {url}")


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Its profile is in `folder`."""
    there, out = os.pipe(), os.pipe()
    ends, program = [str(there[0]), str(out[1])], found()
    process = subprocess.Popen(
        [sys.executable, "-c", _ON_3_AND_4, *ends, program, f"--user-data-dir={folder}",
         *_ARGUMENTS],
        pass_fds=(there[0], out[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(there[0])
    os.close(out[1])
    try:
        with open(there[1], "wb") as to, open(out[0], "rb") as answers:
            yield Browser(to, answers)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
