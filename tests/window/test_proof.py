"""The parity figures in the status bar, by a real child process; no torch in the window's own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from onnx_graphs import SYMBOLS, exported, saved
from onnx_networks import PLAIN
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger import parity
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.job_folders import PREFIX
from gru_debugger.main_window import MainWindow
from gru_debugger.session.recorder import Recorder
from gru_debugger.window.status import StatusBar

OpenWindow = Callable[..., MainWindow]


def badge(window: MainWindow) -> StatusBar:
    bar = window.statusBar()
    assert isinstance(bar, StatusBar)
    return bar


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files: the test's own, to see that nothing stays in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


@pytest.mark.parametrize(
    ("reset", "against", "variant"),
    [
        ("after", "nn.GRU", "reset after · z keeps the old"),
        ("before", "float64 run", "reset before · z keeps the old"),
    ],
)
def test_the_badge_appears(
    reset: Reset, against: str, variant: str, open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(recording(model(reset=reset), 40), proof=True)
    bar = badge(window)
    assert bar.variant.text() == variant
    assert bar.parity.text() == "checking the numbers …"
    qtbot.waitUntil(lambda: bar.parity.text()[:1] in "✓✗")
    assert bar.parity.text().startswith(f"✓ max |Δ| vs {against} ")
    assert bar.parity.objectName() == "good"
    assert bar.parity.toolTip().startswith(f"Agrees with {against}")
    assert not folders(), "the job's folder is gone"


def test_a_long_text_is_checked_once_it_is_recorded(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    trace = Trace(model(), text_for(model(), 5000))
    window = open_window(trace, proof=True)
    qtbot.waitUntil(lambda: not window.proof._timer.isActive())
    assert badge(window).parity.text() == "checking the numbers …"
    trace.finish()
    window.session.recorder.advanced.emit()
    qtbot.waitUntil(lambda: badge(window).parity.text()[:1] in "✓✗")


def test_of_an_edited_run_it_is_of_the_run_without(open_window: OpenWindow, qtbot: QtBot) -> None:
    edited = Trace(model(directions=2), text_for(model(), 40)).with_edits("r = 1")
    window = open_window(edited, proof=True)
    bar = badge(window)
    qtbot.waitUntil(lambda: bar.parity.text()[:1] in "✓✗")
    assert bar.parity.text().startswith("✓ unedited max |Δ| vs nn.GRU ")
    assert bar.parity.toolTip().startswith("Without the edits: agrees with nn.GRU")


def test_other_edits_leave_the_proof_alone(open_window: OpenWindow, qtbot: QtBot) -> None:
    """It is of the run without them: what was found stands, and nothing is checked again."""
    window = open_window(Trace(model(), text_for(model(), 40)).finish(), proof=True)
    bar = badge(window)
    qtbot.waitUntil(lambda: bar.parity.text()[:1] in "✓✗")
    found = bar.parity.text()
    window.files.recordings.set_edits("r = 1")
    assert bar.parity.text() == found.replace("✓ ", "✓ unedited ")
    window.session.undo()
    assert bar.parity.text() == found
    assert not folders()
    window.files.recordings.use_text("abcab")
    assert bar.parity.text() == "checking the numbers …"


def test_the_badge_goes_red(open_window: OpenWindow, qtbot: QtBot) -> None:
    """One recorded state that is off by a thousandth."""
    m = model()
    trace = Trace(m, text_for(m, 40)).finish()
    trace.all_states()[20] += 1e-3
    window = open_window(trace, proof=True)
    bar = badge(window)
    qtbot.waitUntil(lambda: bar.parity.text()[:1] in "✓✗")
    assert bar.parity.text().startswith("✗ max |Δ| vs nn.GRU 1e−3")
    assert bar.parity.objectName() == "bad"
    assert "DIFFERS" in bar.parity.toolTip()
    picture = bar.parity.grab().toImage()
    assert picture.pixelColor(3, picture.height() // 2) == THEMES["light"].error


@pytest.mark.child
def test_a_file_with_a_graph_of_its_own_is_run(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """By onnxruntime, after nn.GRU has agreed; one state that is off shows there too."""
    file = saved(tmp_path, exported(PLAIN["embedding, GRU, output layer"]()))
    trace = Trace(load_model(file, vocabulary=SYMBOLS), "abcabc").finish()
    window = open_window(trace, proof=True)
    bar = badge(window)
    qtbot.waitUntil(lambda: bar.parity.text().startswith("✓ the file's own graph agrees to "))
    assert "Agrees with nn.GRU" in bar.parity.toolTip()
    assert "own graph, run by onnxruntime, agrees: max |Δ| states " in bar.parity.toolTip()
    assert not folders()
    trace.state(4)[1] += 1e-3
    window.session.open(Trace(trace.model, "abcabc").finish())
    window.session.open(trace)
    qtbot.waitUntil(lambda: bar.parity.text().startswith("✗ the file's own graph DIFFERS by "))
    assert "from step 4 on" in bar.parity.toolTip()
    assert bar.parity.objectName() == "bad"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/there/is/no/such/program"], "the child process did not start"),
        ([sys.executable, "-c", "print('nonsense')"], "parity not checked: status 0"),
        ([sys.executable, "-c", "raise SystemExit('no torch here')"], "no torch here"),
    ],
)
def test_a_child_that_fails_is_told(
    command: list[str], words: str, open_window: OpenWindow, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(parity, "command", lambda folder: command)
    window = open_window(recording(model(), 40), proof=True)
    bar = badge(window)
    qtbot.waitUntil(lambda: "not checked" in bar.parity.text())
    assert words in bar.parity.toolTip()
    assert not folders()


def test_another_text_ends_the_check_of_the_one_before(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(parity, "command", lambda folder: asleep)
    window = open_window(recording(model(), 40), proof=True)
    qtbot.waitUntil(lambda: bool(folders()))
    window.files.recordings.use_text("abc")
    assert not folders()
    qtbot.waitUntil(lambda: bool(folders()))
    window.close()
    assert not folders()


PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gru_debugger import app, main_window
from gru_debugger.window.start_request import Request

def drive():  # again and again, until there is what it is about
    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, main_window.MainWindow)]
    if not any(window.isVisible() and window.session.trace for window in shown):
        return
    timer.stop()
    window, = shown
    for name in ("forward", "compute_forward", "next_unit", "theme", "notation", "copy", "forward"):
        window.actions_by_name[name].trigger()
        QApplication.processEvents()
    print(window.session.position)
    window.close()

app.application()
timer = QTimer(interval=20)
timer.timeout.connect(drive)
timer.start()
status = app.run(Request())
print(status, sorted(name for name in sys.modules if name.split(".")[0] == "torch"))
"""


def test_the_windows_process_never_imports_torch() -> None:
    """A whole run in a process of its own: it ends by itself, without a crash or a word."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.split("\n")) == (0, ["37", "0 []", ""])
    assert [line for line in done.stderr.split("\n") if line and "plugin" not in line] == []
