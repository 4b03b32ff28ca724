"""`gru-debugger MODEL` on a real display."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def windows(display: str, process: int) -> list[str]:
    """The visible windows of a process, by X's numbers."""
    command = ["xdotool", "search", "--onlyvisible", "--all", "--pid", str(process), "--name", "."]
    environment = os.environ | {"DISPLAY": display}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return found.stdout.split()


@pytest.mark.display
def test_ctrl_c_closes_the_window(display: str, folder: Path) -> None:
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "gru_debugger", "told.safetensors"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not windows(display, running.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        try:
            err = running.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    assert (running.returncode, err) == (130, "")
