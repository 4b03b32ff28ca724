"""F9, F5 and Ctrl+Right: stops are set, seen, run to, and told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import MAP_TOP, STOPS, TILE_TOP
from gru_debugger.questions.expressions import where
from gru_debugger.window.stops import interesting

OpenWindow = Callable[..., MainWindow]
STEPS, START = 60, 30


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), STEPS).finish(), START, 5)


def said(window: MainWindow) -> str:
    return window.status.where.said


def strip(window: MainWindow) -> StripPane:
    pane = window.views["strip"].pane
    assert isinstance(pane, StripPane)
    return pane


def dots(window: MainWindow) -> list[int]:
    """The positions in sight whose dot is painted, in the stops' colour."""
    pane, image = strip(window), window.views["strip"].viewport().grab().toImage()
    color = window.theme.error
    return [
        t
        for t in range(pane.first, pane.last + 1)
        if QColor(image.pixel(int(pane.x(t) + pane.cell / 2), int(STOPS))) == color
    ]


def test_f9_sets_a_stop_and_takes_it_away(window: MainWindow) -> None:
    assert dots(window) == []
    press(window, "F9")
    assert dots(window) == [START]
    assert said(window) == "A stop at step 30."
    assert window.actions_by_name["toggle_stop"].isChecked()
    press(window, "Right")
    assert not window.actions_by_name["toggle_stop"].isChecked()
    press(window, "F9", "Left", "F9")
    assert dots(window) == [START + 1]
    assert said(window) == "No stop any more at step 30."
    press(window, "Ctrl+Z")
    assert dots(window) == [START, START + 1]
    assert window.session.position == START
    press(window, "F9")
    assert said(window) == "No stop any more at step 30."
    press(window, "Ctrl+Z")
    assert said(window) == ""


def test_f5_runs_both_ways_and_says_where_it_halts(window: MainWindow) -> None:
    press(window, "F5")
    assert (window.session.position, said(window)) == (
        START, "No stop is set; F9 sets one at this step."
    )  # fmt: skip
    for position in (3, 40, 55):
        window.session.toggle_stop(position)
    press(window, "F5")
    assert (window.session.position, said(window)) == (40, "Step 40: stop 2 of 3.")
    press(window, "F5", "F5")
    assert (window.session.position, said(window)) == (55, "No stop after step 55.")
    press(window, "Shift+F5", "Shift+F5", "Shift+F5")
    assert (window.session.position, said(window)) == (3, "No stop before step 3.")


def test_all_stops_go_at_once_and_come_back(window: MainWindow) -> None:
    for position in (3, 40):
        window.session.toggle_stop(position)
    press(window, "Ctrl+Shift+F9")
    assert (window.session.marks.stops, said(window)) == (
        (), "2 stops removed; Ctrl+Z brings them back."
    )  # fmt: skip
    assert not window.actions_by_name["clear_stops"].isEnabled()
    press(window, "Ctrl+Z")
    assert window.session.marks.stops == (3, 40)
    press(window, "Ctrl+Z", "Ctrl+Shift+F9")
    assert said(window) == "1 stop removed; Ctrl+Z brings it back."


def test_another_text_says_which_stops_it_has_not(window: MainWindow) -> None:
    for position in (3, 40):
        window.session.toggle_stop(position)
    assert window.files.recordings.use_text("abcab")
    assert window.session.marks.stops == (3,)
    assert said(window) == "1 stop means nothing here and is left out; Ctrl+Z brings it back."


def test_running_to_a_stop_is_in_the_tool_bar_while_there_is_one(window: MainWindow) -> None:
    assert not window.tool_bar.run.isVisible()
    window.session.toggle_stop(44)
    assert window.tool_bar.run.isVisible()
    window.tool_bar.run.click()
    assert window.session.position == 44
    press(window, "Ctrl+Z")
    assert not window.tool_bar.run.isVisible()


def test_a_click_between_characters_and_map_sets_a_stop(window: MainWindow) -> None:
    pane = strip(window)
    pane.press(QPointF(pane.x(33) + 3, STOPS))
    pane.drag(QPointF(pane.x(36) + 3, STOPS))
    assert (window.session.marks.stops, window.session.position) == ((33,), START)
    assert "a stop" in pane.hover(QPointF(pane.x(33) + 3, STOPS))
    assert "click to set a stop" in pane.hover(QPointF(pane.x(34) + 3, STOPS))
    assert "1 stop set" in window.views["strip"].in_words()
    for y in (TILE_TOP + 4.0, MAP_TOP + 4.0):
        pane.press(QPointF(pane.x(36) + 3, y))
        assert (window.session.marks.stops, window.session.position) == ((33,), 36)
        pane.press(QPointF(pane.x(START) + 3, y))


@pytest.mark.parametrize("output", [True, False])
def test_the_next_interesting_step(output: bool, open_window: OpenWindow, qtbot: QtBot) -> None:
    trace = recording(model(output=output), 200).finish()
    steps = [step for step in where(interesting(trace), trace).tolist() if step < trace.steps]
    assert len(steps) > 3
    wanted = interesting(trace)
    window = open_window(trace, 0, 0)
    for step in steps[:3]:
        press(window, "Ctrl+Right")
        qtbot.waitUntil(lambda step=step: window.session.position == step)
        assert said(window) == f"Step {step}: {wanted}."
    window.session.go_to(steps[0])
    press(window, "Ctrl+Left")
    qtbot.waitUntil(lambda: said(window) == f"Nowhere {wanted} before step {steps[0]}.")
    assert window.session.position == steps[0]
    window.session.go_to(steps[-1])
    press(window, "Ctrl+Left")
    qtbot.waitUntil(lambda: window.session.position == steps[-2])


def test_menus_follow_a_stop_that_was_set_by_a_click(window: MainWindow) -> None:
    window.session.toggle_stop(3)
    QApplication.processEvents()  # the first one makes room, which menus hear of too
    window.session.toggle_stop(START)
    assert window.actions_by_name["toggle_stop"].isChecked()
    assert window.actions_by_name["clear_stops"].isEnabled()
