"""A text that was being typed comes back after the program was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.window import drafts, kept_file

OpenWindow = Callable[..., MainWindow]
TYPED = "\n\t abc   <b> \U0001f600 naïve\n"
# The program itself, in whose editor somebody types; once it is written, it is killed.
KILLED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from gru_debugger import app
from gru_debugger.main_window import MainWindow
from gru_debugger.window.start_request import Request

show = MainWindow.show

def kill_when_written(window):
    own = window.text.drafts._own
    written = list(own.path.parent.glob("*.json")) if own else []
    if written:
        os.kill(os.getpid(), signal.SIGKILL)

def started(window):
    show(window)
    window.text.edit()
    window.text.editor.insertPlainText(sys.argv[1])
    watch = QTimer(window, interval=20)
    watch.timeout.connect(lambda: kill_when_written(window))
    watch.start()

MainWindow.show = started
sys.exit(app.run(Request()))
"""


def killed(text: str = TYPED) -> None:
    """Have a process killed while this is being typed in it."""
    ended = subprocess.run([sys.executable, "-c", KILLED, text], timeout=60)
    assert ended.returncode == -signal.SIGKILL


@pytest.fixture
def start(open_window: OpenWindow) -> Callable[[], MainWindow]:
    return lambda: open_window(recording(model(), 30), 12, 5)


def folder() -> Path:
    return kept_file.folder("drafts")


def offered(window: MainWindow) -> bool:
    return "was being typed" in window.message.words.text()


def test_what_was_typed_comes_back_after_a_kill(
    start: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    killed()
    window = start()
    assert offered(window)
    assert window.message.words.text().endswith("“abc <b> 😀 naïve”")
    assert window.message.offer.text() == "Continue typing"
    assert window.cell.hasFocus(), "it is a notice, and in nobody's way"
    window.message.offer.click()
    assert window.text.editor.isVisible()
    assert window.text.editor.text() == TYPED
    assert not window.message.isVisible()
    assert len(list(folder().glob("*.json"))) == 1, "it is kept until it is read or given up"
    qtbot.keyClick(window.text.editor, Qt.Key.Key_Escape)
    assert not list(folder().iterdir())


def test_it_is_kept_while_it_is_typed_and_gone_once_it_is_read(
    start: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = start()
    window.text.edit()
    qtbot.keyClicks(window.text.editor, "abc")
    qtbot.waitUntil(lambda: bool(list(folder().glob("*.json"))))
    qtbot.keyClick(window.text.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.session.trace is not None
    assert window.session.trace.text == "abc"
    assert not list(folder().iterdir())
    qtbot.wait(2 * drafts._PAUSE)
    assert not list(folder().iterdir()), "and does not come back"


def test_a_window_that_is_closed_keeps_it_too(
    start: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = start()
    window.text.edit()
    qtbot.keyClicks(window.text.editor, "abc")
    window.close()
    assert offered(start())


def test_a_process_that_lives_keeps_its_own(start: Callable[[], MainWindow], qtbot: QtBot) -> None:
    first = start()
    first.text.edit()
    qtbot.keyClicks(first.text.editor, "abc")
    qtbot.waitUntil(lambda: bool(list(folder().glob("*.json"))))
    second = start()
    assert not offered(second)
    second.text.edit()
    qtbot.keyClicks(second.text.editor, "cab")
    qtbot.waitUntil(lambda: len(list(folder().glob("*.json"))) == 2)


def test_one_that_nobody_wants_goes_with_the_window(
    start: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    killed()
    window = start()
    qtbot.keyClick(window.cell, Qt.Key.Key_Escape)
    assert not window.message.isVisible()
    assert list(folder().glob("*.json"))
    window.close()
    assert not list(folder().iterdir())


def test_one_that_is_not_answered_is_offered_again(start: Callable[[], MainWindow]) -> None:
    killed()
    start().close()
    assert offered(start())


def test_two_are_offered_one_after_the_other(start: Callable[[], MainWindow]) -> None:
    killed("first")
    killed("second")
    for words in ("second", "first"):
        window = start()
        assert words in window.message.words.text()
        window.message.offer.click()
        window.text.editor.given_up.emit()
        window.close()
    assert not offered(start())


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[]", b'{"text": 3}', b'{"text": ""}', b"[" * 5000]
)
def test_a_damaged_draft_is_none(data: bytes, start: Callable[[], MainWindow]) -> None:
    folder().mkdir(parents=True)
    (folder() / "1-1.json").write_bytes(data)
    assert not offered(start())


def test_what_a_kill_left_of_a_draft_goes(start: Callable[[], MainWindow]) -> None:
    """Half written, or only its lock; whether or not another is offered."""
    killed()
    (lock,) = folder().glob("*.lock")
    kept = {path.name for path in folder().iterdir()}
    (folder() / "1-1.lock").write_bytes(lock.read_bytes())
    (folder() / "1-2.new").write_text('{"te')
    assert offered(start())
    assert {path.name for path in folder().iterdir()} == kept


def test_a_full_or_closed_disk_is_nothing_to_talk_of(
    start: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    folder().parent.mkdir(parents=True, exist_ok=True)
    folder().write_text("a file where the folder should be")
    try:
        window = start()
        window.text.edit()
        qtbot.keyClicks(window.text.editor, "abc")
        qtbot.wait(2 * drafts._PAUSE)
        assert window.text.editor.text() == "abc"
        assert not window.message.isVisible()
    finally:
        os.unlink(folder())
