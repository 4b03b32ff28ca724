"""Which characters the overview's surprise is drawn of: the view's, by wheel, button and keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, save, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.session.zoom import ALL, Zoom
from gru_debugger.window.pane_view import PaneView

OpenWindow = Callable[..., MainWindow]
STEPS = 300
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(open_window: OpenWindow, qtbot: QtBot) -> MainWindow:
    window = open_window(recording(model(), STEPS), 100, 3, size=(1600, 1000))
    press(window, "Ctrl+3")
    known(window, qtbot)
    return window


def known(window: MainWindow, qtbot: QtBot) -> None:
    pane = window.views["overview"].pane
    qtbot.waitUntil(lambda: len(pane.surprise.bits) == window.session.steps - 1)


def drawn(window: MainWindow) -> tuple[int, int]:
    """The first and the last character that has room."""
    panel = window.views["overview"].pane.surprise
    return int(panel.first), int(panel.last)


def middle(window: MainWindow) -> QPoint:
    view = window.views["overview"]
    return view.mapFromScene(view.pane.surprise.plot.center())


def turn(view: PaneView, at: QPoint, y: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(view.viewport().mapToGlobal(at)), QPoint(), QPoint(0, y),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def test_keys_zoom_the_surprise_while_the_overview_is_shown(window: MainWindow) -> None:
    session, actions = window.session, window.actions_by_name
    assert actions["zoom_in"].text() == "Zoom in on the surprise"
    assert drawn(window) == (2, STEPS)
    press(window, "Ctrl++", "Ctrl+=")
    assert session.view.zoom == ALL, "the units stay"
    first, last = drawn(window)
    assert first < 101 < last, "around the character that this step expects"
    assert last - first + 1 == round(round(299 / 1.5) / 1.5)
    assert len(window.views["overview"].pane.surprise.bars()) == last - first + 1
    press(window, "Ctrl+Shift+Right")
    half = (last - first + 1) // 2
    assert drawn(window) == (first + half, last + half)
    press(window, "Ctrl+Shift+Left", "Ctrl+-")
    assert drawn(window)[1] - drawn(window)[0] > last - first
    press(window, "Ctrl+0")
    assert (drawn(window), session.view.characters) == ((2, STEPS), ALL)
    press(window, "Ctrl+0")
    assert window.status.where.said == "All is shown."
    press(window, "Ctrl+1", "Ctrl++")
    assert actions["zoom_in"].text() == "Zoom in on the units"
    assert session.view.characters == ALL
    assert session.view.zoom.count


def test_the_ends_of_the_text_and_the_closest_look(window: MainWindow) -> None:
    press(window, *["Ctrl++"] * 12)
    first, last = drawn(window)
    assert last - first + 1 == 20
    assert window.status.where.said == "Closer than this nothing can be seen."
    press(window, *["Ctrl+Shift+Right"] * 40)
    assert drawn(window) == (STEPS - 19, STEPS)
    assert window.status.where.said == "There is nothing further right."
    press(window, *["Ctrl+Shift+Left"] * 60)
    assert drawn(window) == (2, 21)


def test_wheel_and_middle_button(window: MainWindow) -> None:
    view, at = window.views["overview"], middle(window)
    before = view.viewport().grab().toImage()
    turn(view, at, 480)
    first, last = drawn(window)
    assert window.session.view.characters == Zoom(first - 2, last - first + 1)
    assert first < 151 < last < 250
    assert view.viewport().grab().toImage() != before, "drawn anew"
    handle, on = window.windowHandle(), view.viewport().mapTo(window, at)
    QTest.mousePress(handle, Qt.MouseButton.MiddleButton, NONE, on)
    for moved in range(0, 120, 3):
        QTest.mouseMove(handle, on + QPoint(moved, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.MiddleButton, NONE, on + QPoint(120, 0))
    QApplication.processEvents()
    each = view.pane.surprise.plot.width() / (last - first + 1)
    assert drawn(window)[0] == pytest.approx(first - 117 / each, abs=1.5)
    turn(view, at, -4800)
    assert window.session.view.characters == ALL


def test_the_bars_are_those_of_its_characters(window: MainWindow) -> None:
    window.session.look(characters=Zoom(40, 30))
    panel, run = window.views["overview"].pane.surprise, window.session.trace
    assert run is not None
    bars = panel.bars()
    assert len(bars) == 30
    symbols = run.model.require_vocabulary()
    for character, bar in enumerate(bars, 42):
        p = run.step(character - 1).probabilities[symbols.index(run.characters[character - 1])]
        bits = bar.height() / panel.plot.height() * panel.top
        assert bits == pytest.approx(-np.log2(p), abs=1e-4)
        assert panel.plot.left() <= bar.left() < bar.right() <= panel.plot.right() + 1


def test_what_is_told_of_a_wide_bar_stands_beside_it(window: MainWindow) -> None:
    window.session.look(characters=Zoom(40, 20))
    panel = window.views["overview"].pane.surprise
    bars = dict(enumerate(panel.bars(), 42))
    assert bars[42].width() > 20
    found = [told for one in panel.peaks() if (told := panel._free(one, 120.0, [])) is not None]
    assert panel._free(panel.peaks()[0], 120.0, []) is not None
    for told in found:  # none has room among higher ones
        assert not any(told.intersects(bar) for bar in bars.values())


def test_it_stays_with_its_text_and_is_another_for_another(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, seen = window.session, Zoom(40, 30)
    session.look(characters=seen)
    assert session.trace is not None
    session.open(session.trace.what_if("r = 1").finish(), 100)
    assert session.view.characters == seen, "the same text, with an edit"
    window.views["overview"].pane.rest()
    session.open(Trace(model(), text_for(model(), 60, 4)).finish(), 3)
    assert session.view.characters == ALL
    session.look(characters=Zoom(40, 300))
    assert session.view.characters == ALL, "no more than there are"


def test_a_session_and_a_new_window_have_it(
    open_window: OpenWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = save(model(8), tmp_path / "m.safetensors")
    run = Trace(load_model(path), text_for(model(8), 90)).finish()
    window = open_window(run, 4, 3)
    window.session.look(characters=Zoom(8, 21), centre="overview")
    window.sessions.path = tmp_path / "a.grusession"
    press(window, "Ctrl+S")
    content = json.loads(window.sessions.path.read_bytes())
    assert content["view"]["characters"] == {"first": 8, "count": 21}
    other = open_window(recording(model(), 40), 1)
    other.sessions.open(window.sessions.path)
    other.files.opener.settle()
    assert other.session.view.characters == Zoom(8, 21)
    known(other, qtbot)
    assert drawn(other) == (10, 30)
    words = other.actions_by_name["copy_command"]
    words.trigger()
    assert "--characters 10-30" in QApplication.clipboard().text()
