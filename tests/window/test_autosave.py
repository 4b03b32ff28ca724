"""What was open when the program was killed is offered once, and comes back as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keyboard import press
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, save

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window import kept_file

OpenWindow = Callable[..., MainWindow]
MARKS = Marks((2, 7), (Lane("h[3]"),))
# The program itself, in which somebody works; once what is open is written, it is killed.
KILLED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from pathlib import Path
from gru_debugger import app
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window.start_request import Request

show = MainWindow.show

def kill_when_written(window):
    own = window.sessions.autosave._own
    if own is not None and own.path.exists() and b'"7:n[5]"' in own.path.read_bytes():
        os.kill(os.getpid(), signal.SIGKILL)

def started(window):
    show(window)
    window.sessions.path, window.sessions._model = Path(sys.argv[2]), sys.argv[1]
    window.session.mark(Marks((2, 7), (Lane("h[3]"),)))
    window.session.go_to(7)
    window.session.select_value("n", 5)
    watch = QTimer(window, interval=20)
    watch.timeout.connect(lambda: kill_when_written(window))
    watch.start()

MainWindow.show = started
sys.exit(app.run(Request(path=sys.argv[1], source="abcabcabc", edits=("r = 1",))))
"""

# And started again, by the user: what it offers, beside what was open the last time.
STARTED = """
import sys
from PySide6.QtCore import QSettings, QTimer
from gru_debugger import app
from gru_debugger.main_window import MainWindow
from gru_debugger.window import last_opened
from gru_debugger.window.start_request import Request

show = MainWindow.show

def started(window):
    show(window)
    print([message.topic for message in window.message.messages])
    QTimer.singleShot(0, window.close)

MainWindow.show = started
app.application()
kept = '{"model": {"path": "bundled:sonnets", "sha256": ""}, "own_text": true, "at": "3"}'
QSettings().setValue("last", kept)
assert last_opened.kept(QSettings()) is not None
sys.exit(app.run(Request()))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a model that was open in a process that was killed."""
    path = save(model(16), tmp_path / "m.safetensors")
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(tmp_path / "own.grusession")],
        timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL
    return path


def kept() -> list[Path]:
    return sorted(kept_file.folder("sessions").glob("*.grusession"))


def started(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 30), 12, 5)


def test_it_is_offered_once_and_comes_back(
    open_window: OpenWindow, path: Path, qtbot: QtBot
) -> None:
    window = started(open_window)
    assert window.sessions.autosave.offer()
    assert window.message.words.text() == (
        "m.safetensors was open at step 7 when the program ended unexpectedly, and was kept."
    )
    assert [message.topic for message in window.message.messages] == ["kept session"]
    (old,) = kept()
    window.message.offer.click()
    window.files.opener.settle()
    session, trace = window.session, window.session.trace
    assert trace is not None
    assert (trace.text, trace.run.edits, session.marks) == ("abcabcabc", ("r = 1",), MARKS)
    assert (session.position, session.unit, session.view.quantity) == (7, 5, "n")
    assert window.sessions.path == path.with_name("own.grusession")
    assert not old.exists()
    qtbot.waitUntil(lambda: len(kept()) == 1)  # this window's own, by now
    window.close()
    assert kept() == [], "nothing is kept after a clean end"
    assert not started(open_window).sessions.autosave.offer()


def test_a_start_offers_it_alone(screen: QApplication, path: Path) -> None:
    command = [sys.executable, "-c", STARTED]
    told = []
    for _ in range(2):
        ended = subprocess.run(command, timeout=60, check=True, capture_output=True, text=True)
        told.append(ended.stdout.strip())
        for file in kept():
            file.unlink()
    assert told == ["['kept session']", "['last opened']"]


def test_closed_it_is_not_offered_again(open_window: OpenWindow, path: Path) -> None:
    window = started(open_window)
    assert window.sessions.autosave.offer()
    window.message.dismiss()
    window.close()
    assert kept() == []


def test_left_there_it_is_offered_again(open_window: OpenWindow, path: Path) -> None:
    window = started(open_window)
    assert window.sessions.autosave.offer()
    window.close()
    assert len(kept()) == 1
    assert started(open_window).sessions.autosave.offer()


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_what_can_t_come_back_is_not_offered(
    how: str, open_window: OpenWindow, path: Path
) -> None:
    if how == "gone":
        path.unlink()
    else:
        kept()[0].write_bytes(b"{")
    assert not started(open_window).sessions.autosave.offer()
    assert kept() == []


def test_what_opens_by_itself_is_not_kept(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    opened = load_model("bundled:sixteen")
    assert opened.example is not None
    window = open_window(Trace(opened, opened.example.text).finish(), 34, 9)
    press(window, "Right")
    assert window.sessions.autosave._timer.isActive()
    qtbot.waitUntil(lambda: not window.sessions.autosave._timer.isActive())
    assert kept() == []
    press(window, "F9")
    qtbot.waitUntil(lambda: len(kept()) == 1)
    assert os.stat(kept_file.folder("sessions")).st_mode & 0o077 == 0
    press(window, "Ctrl+Z")
    qtbot.waitUntil(lambda: kept() == [])


@pytest.mark.parametrize(
    "name", ["opened", "marks_changed", "position_changed", "unit_changed", "view_changed",
             "zoom_changed"]
)  # fmt: skip
def test_every_change_is_kept(name: str, open_window: OpenWindow) -> None:
    window = started(open_window)
    window.sessions.autosave._timer.stop()
    getattr(window.session, name).emit()
    assert window.sessions.autosave._timer.isActive()
