"""On any screen the window opens whole, its frame included; what was kept of a larger one too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.charts import fonts
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import listed
from gru_debugger.parity import Parity
from gru_debugger.questions.surprise import Surprise

OpenWindow = Callable[..., MainWindow]

# The offscreen platform has a screen of any size, and gives a window a frame of 2 pixels.
SCREENS = [(1600, 1000, 1), (1366, 768, 1), (1280, 720, 1), (1024, 600, 1), (1600, 1000, 2),
           (1366, 768, 2), (1280, 800, 2), (2560, 1440, 1)]  # fmt: skip

PROGRAM = """
import sys
from PySide6.QtCore import QSettings
from gru_debugger import app, main_window
from gru_debugger.core.trace import Trace
from gru_debugger.session.session import Session
from gru_debugger.formats import load_model

qt = app.application()
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)


def open_and_look():
    window = main_window.MainWindow(Session(), settings)
    model = load_model("bundled:sixteen")
    window.session.open(Trace(model, model.example.text))
    window.show()
    qt.processEvents()
    free, frame = window.screen().availableGeometry(), window.frameGeometry()
    print(*free.getRect(), *frame.getRect(), *window.geometry().getRect())
    return window

first = open_and_look()
first.resize(3000, 2000)
first.move(500, 400)
qt.processEvents()
first.close()
second = open_and_look()
second.close()
"""


@pytest.mark.parametrize(("width", "height", "scale"), SCREENS, ids=str)
def test_the_first_start_and_one_after_a_larger_screen(
    width: int, height: int, scale: int, tmp_path: Path
) -> None:
    screen = {"name": "it", "x": 0, "y": 0, "width": width, "height": height}
    screens = {"screens": [screen], "windowFrameMargins": True}
    (tmp_path / "screens.json").write_text(json.dumps(screens))
    environment = os.environ | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}",
        "QT_SCALE_FACTOR": str(scale),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "settings.ini")],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        x, y, wide, high, left, top, across, down, *inside = map(int, line.split())
        assert (wide, high) == (width // scale, height // scale)
        assert across > inside[2], "it has a frame"
        assert x <= left
        assert y <= top
        assert left + across <= x + wide
        assert top + down <= y + high
        assert (inside[2], inside[3]) >= (min(1600, wide - 8), min(1000, high - 8))
    assert len(done.stdout.splitlines()) == 2


def test_where_we_are_is_never_cut_in_a_word(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), 12)
    line = window.status.where
    for width in (1600, 1000, 800, 640, 420):
        window.resize(width, 500)
        QApplication.processEvents()
        assert line.text().startswith(line.shown())
        assert line.shown().split("  ·  ")[-1] in line.text().split("  ·  ")
        if width >= 640:
            assert fonts.width(line.shown(), fonts.SANS, 12) <= line.width() - 20


@pytest.mark.parametrize("width", [1366, 1024, 640, 500])
def test_what_was_done_moves_nothing(width: int, open_window: OpenWindow) -> None:
    """Where it has too little room its middle is left out, and the tip has it whole."""
    window = open_window(recording(model(16), 40), 12)
    status, said = window.status, "Copied Cell: values: 16 rows, 16 columns, " * 8
    window.resize(width, 640)
    QApplication.processEvents()
    badges = status.told, status.surprise, status.parity, status.variant
    before = [(badge.isVisible(), badge.geometry()) for badge in badges]
    status.tell(said)
    QApplication.processEvents()
    assert [(badge.isVisible(), badge.geometry()) for badge in badges] == before
    front, cut, back = status.where.shown().partition("…")
    assert cut
    assert said.startswith(front)
    assert said.endswith(back)
    assert fonts.width(status.where.shown(), fonts.SANS, 12) <= status.where.width() - 20
    assert status.where.toolTip() == said
    status.tell("")
    assert not status.where.toolTip()


def test_an_answer_has_the_badges_room_while_it_stands(open_window: OpenWindow) -> None:
    """The last one's first, the proof's last, and nothing that is red; then its list is cut."""
    window = open_window(recording(model(16, symbols=29), 115), 12, size=(1366, 640))
    status = window.status
    status.show_surprise(Surprise(3.0, 4.9, 40))
    badges = status.variant, status.surprise, status.parity

    def answered(last: int) -> tuple[list[bool], str]:
        steps = list(range(1, last, 2))
        status.answer(f"found; steps {listed(steps)}", steps)
        QApplication.processEvents()
        return [badge.isVisible() for badge in badges], status.where.shown()

    for good in (True, False):
        status.show_parity(Parity(float(not good), 0.0, 0.5, 0.5, "nn.GRU", 40))
        met = list(dict.fromkeys(tuple(answered(last)[0]) for last in range(3, 115, 4)))
        orders = [(True,) * 3, (False, True, True), (False, False, True), (False,) * 3]
        assert met == orders[: 3 + good]
        seen, shown = answered(401)
        front, _, more = shown.partition(" … ")
        told = front.removeprefix("found; steps ").split()
        assert told == [str(t) for t in range(1, 2 * len(told), 2)]
        assert more == f"{200 - len(told)} more"
        room = status.where.width() - 20 - fonts.width(shown, fonts.SANS, 12)
        assert 0 <= room < 60
        assert seen[2] is not good
        window.session.go_to(12 if window.session.position != 12 else 13)
        assert all(badge.isVisible() for badge in badges), "it has gone"


def test_edits_leave_room_for_the_step_and_the_units(open_window: OpenWindow) -> None:
    window = open_window(recording(model(16), 115), 34)
    window.files.recordings.set_edits("z[9] = 1 at 34")
    window.resize(1024, 640)
    QApplication.processEvents()
    assert window.status.where.shown().startswith("step 34 of 115  ·  16 units")


def test_the_status_bar_never_widens_the_window(open_window: OpenWindow) -> None:
    """A narrow window keeps the proof; a wide one has all."""
    window = open_window(recording(model(symbols=29), 40))
    status = window.status
    status.show_parity("a reason why there is none that is longer than most of them are")
    for width, badges in ((1600, 3), (640, None), (420, 1), (1600, 3)):
        window.resize(width, 500)
        QApplication.processEvents()
        assert window.width() == width
        shown = [b for b in (status.parity, status.surprise, status.variant) if b.isVisible()]
        assert shown[0] is status.parity
        assert badges in (None, len(shown))
        if width >= 640:
            assert all(b.width() >= b.sizeHint().width() for b in shown), "none is cut off"
