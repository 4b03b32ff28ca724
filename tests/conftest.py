"""For all tests: no real screen, no settings of the user, a hidden display where one is needed."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# At import, since pytest-qt and the programs under test read these when they start.
_HOME = Path(tempfile.mkdtemp(prefix="gru-debugger-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _variable, _folder in {
    "HOME": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "runtime",
}.items():
    (_HOME / _folder).mkdir(mode=0o700, exist_ok=True)
    os.environ[_variable] = str(_HOME / _folder)
for _variable in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
    os.environ.pop(_variable, None)
os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of a display of its own (Xvfb, 1920 × 1200), for programs started by a test."""
    if sys.platform != "linux":
        pytest.skip("Xvfb is Linux' own")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1200x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
        server.terminate()
