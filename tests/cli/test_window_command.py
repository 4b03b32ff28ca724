"""`gru-debugger MODEL` on a real display."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gru_debugger.cli import main


def windows(display: str, process: int) -> list[str]:
    """The visible windows of a process, by X's numbers."""
    command = ["xdotool", "search", "--onlyvisible", "--all", "--pid", str(process), "--name", "."]
    environment = os.environ | {"DISPLAY": display}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return found.stdout.split()


SESSION = {
    "format": "gru-debugger-session", "version": 1, "text": "abcab", "at": "3:z[1]",
    "model": {"path": "told.safetensors", "sha256": ""}, "stops": [2],
    "lanes": [{"expression": "h[0]"}],
}  # fmt: skip


@pytest.mark.display
@pytest.mark.parametrize("name", ["told.safetensors", "a.grusession"])
def test_ctrl_c_closes_the_window(name: str, display: str, folder: Path) -> None:
    Path("a.grusession").write_text(json.dumps(SESSION), encoding="utf-8")
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "gru_debugger", name]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not windows(display, running.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        found = windows(display, running.pid)
        title = ["xdotool", "getwindowname", *found[:1]]
        environment = os.environ | {"DISPLAY": display}
        shown = subprocess.run(title, env=environment, capture_output=True, text=True, timeout=60)
        assert shown.stdout.startswith("told.safetensors – ")
        running.send_signal(signal.SIGINT)
        try:
            err = running.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    assert (running.returncode, err) == (130, "")


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (SESSION, ["--text", "ab"], "a session says all itself; leave out --text."),
        (SESSION, ["--initial-state", "h.npy"], "leave out --initial-state."),
        (SESSION, ["--set", "r = 1"], "leave out --set."),
        (SESSION, ["--stop", "3", "--lane", "z"], "leave out --stop and --lane."),
        (SESSION | {"model": 3}, [], "“model” is no object with “path” and “sha256”."),
        ({}, [], "no session: its “format” is not"),
    ],
)
def test_a_session_that_can_t_be_opened_is_one_line(
    content: dict[str, object],
    options: list[str],
    words: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("a.grusession").write_text(json.dumps(content), encoding="utf-8")
    assert main(["a.grusession", *options]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("gru-debugger: a.grusession: ")
    assert words in line
    assert main(["missing.grusession"]) == 1
    assert "missing.grusession" in capsys.readouterr().err


def test_a_wrong_order_is_told_with_one_full_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bundled:sixteen", "--order", "foo"])
    assert capsys.readouterr().err.endswith("“changed(h) at 34”; see gru-debugger --help.\n")
