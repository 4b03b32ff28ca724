"""A file that takes long: the window goes on, says so, and can give it up."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import readers
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from readers import read_slowly
from samples import model, recording, save
from waiting import PATIENCE, when_open

from gru_debugger.main_window import MainWindow


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Until it is called a file is half read."""
    return read_slowly(tmp_path, monkeypatch)


@pytest.fixture
def slow(go_on: object, tmp_path: Path) -> Path:
    return save(model(4), tmp_path / "slow.safetensors")


def children() -> int:
    """How many processes this one has that read a file."""
    found = 0
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread or process that has just ended
            for child in (task / "children").read_text().split():
                found += readers.NAME.encode() in Path(f"/proc/{child}/cmdline").read_bytes()
    return found


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(), 30), 12, 5)


def begin(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    window.files.open_model(str(path))
    qtbot.waitUntil(window.message.isVisible)
    qtbot.waitUntil(lambda: "50\u00a0%" in window.message.words.text())
    said = window.message.words.text()
    assert said.startswith("Reading slow.safetensors… ")
    assert said.endswith("\u00a0kB, 50\u00a0%")
    assert window.message.offer.text() == "Cancel"
    assert children() == 1


@pytest.mark.parametrize("way", ["button", "Esc", "close", "newer"])
def test_a_long_reading_can_be_given_up(
    way: str, window: MainWindow, qtbot: QtBot, slow: Path, tmp_path: Path
) -> None:
    before = window.session.trace
    begin(window, qtbot, slow)
    qtbot.keyClick(window.cell, Qt.Key.Key_Right)
    assert window.session.position == 13, "the window goes on working"
    if way == "button":
        window.message.offer.click()
    elif way == "Esc":
        qtbot.keyClick(window.cell, Qt.Key.Key_Escape)
    elif way == "close":
        window.close()
    else:
        (tmp_path / "text.txt").write_text("abc")
        window.files.open_text(tmp_path / "text.txt")
        qtbot.waitUntil(lambda: window.session.trace is not before)
    assert not window.message.isVisible()
    qtbot.waitUntil(lambda: children() == 0)
    if way != "newer":
        window.files.opener.wait(10)
        qtbot.wait(50)
        assert window.session.trace is before
        assert not window.message.isVisible()


def test_of_one_that_gave_way_nothing_is_said_any_more(
    window: MainWindow, qtbot: QtBot, slow: Path, tmp_path: Path
) -> None:
    """Though the newer one comes to nothing."""
    begin(window, qtbot, slow)
    window.files.open_text(tmp_path / "none.txt")
    assert not window.message.isVisible()
    qtbot.waitUntil(lambda: "no such file" in window.message.words.text())
    assert not window.message.lines[1].isVisible()


def test_closing_waits_for_no_thread(window: MainWindow, qtbot: QtBot) -> None:
    """Not even for one that looks at nothing: the work on what was read has no watch."""
    over, begun = threading.Event(), threading.Event()
    told: list[object] = []
    window.files.opener.start(lambda _: (begun.set(), over.wait(PATIENCE)), told.append)
    assert begun.wait(PATIENCE)
    before = time.monotonic()
    window.close()
    assert time.monotonic() - before < 30
    over.set()
    window.files.opener.wait(10)
    qtbot.wait(50)
    assert not told


def test_a_fault_in_the_thread_is_told(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as faults:
        window.files.opener.start(lambda _: 1 // 0, lambda _: None)
        window.files.opener.settle()
    assert [kind for kind, *_ in faults] == [ZeroDivisionError]


def test_the_program_ends_while_a_thread_is_busy(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from PySide6.QtCore import QTimer\n"
        "from gru_debugger import app\n"
        "from gru_debugger.main_window import MainWindow\n"
        "start = MainWindow.show\n"
        "def show(window):\n"
        "    start(window)\n"
        "    busy = lambda _: any(time.sleep(0.001) for _ in range(10**6))\n"
        "    window.files.opener.start(busy, print)\n"
        "    QTimer.singleShot(300, window.close)\n"
        "MainWindow.show = show\n"
        "from gru_debugger.window.start_request import Request\n"
        "sys.exit(app.run(Request()))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_it_is_over_before_its_questions(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, go_on: Callable[[], None]
) -> None:
    path = save(replace(model(4), vocabulary=None), tmp_path / "slow.safetensors")
    begin(window, qtbot, path)
    still_told: list[bool] = []

    def look(dialog: QWidget) -> None:
        still_told.append(window.message.isVisible())
        dialog.close()

    when_open(look)
    go_on()
    qtbot.waitUntil(lambda: still_told == [False])


def test_a_long_reading_ends_well(
    window: MainWindow, qtbot: QtBot, slow: Path, go_on: Callable[[], None]
) -> None:
    before = window.session.trace
    begin(window, qtbot, slow)
    go_on()
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert not window.message.isVisible()
    assert window.session.model is not None
    assert window.session.model.hidden_size == 4
