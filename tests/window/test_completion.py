"""Below the line of a lane stands what its last word may become; the line keeps the keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import click, press
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane
from gru_debugger.window.completion import Completion

RUN = recording(model(), 40).finish()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    window = open_window(RUN, 12, 5)
    press(window, "Shift+L")
    return window


def type_in(window: MainWindow, words: str) -> Completion:
    QTest.keyClicks(window.lane_line.edit, words)
    QApplication.processEvents()
    return window.lane_line.completion


def offered(window: MainWindow) -> list[str]:
    tree = window.lane_line.completion.list
    return [tree.topLevelItem(i).text(0) for i in range(tree.topLevelItemCount())]


@pytest.mark.parametrize("key", ["Tab", "Return"])
def test_tab_or_enter_takes_it_and_enter_then_adds_the_lane(key: str, window: MainWindow) -> None:
    edit, completion = window.lane_line.edit, type_in(window, "z[")
    assert completion.isVisible()
    assert offered(window)[0] == "5]"
    press(window, key)
    assert (edit.text(), completion.isVisible(), edit.hasFocus()) == ("z[5]", False, True)
    type_in(window, " < 0.9 and su")
    assert offered(window)[:4] == ["sum_r", "sum_z", "sum_n", "surprise"]
    press(window, "Up", "Up", key)
    assert edit.text() == "z[5] < 0.9 and surprise"
    type_in(window, " > 1")
    press(window, "Return")
    assert window.session.marks.lanes == (Lane("z[5] < 0.9 and surprise > 1"),)


def test_a_whole_word_is_left_alone(window: MainWindow) -> None:
    completion = type_in(window, "rank")
    assert not completion.isVisible()
    window.lane_line.edit.clear()
    assert type_in(window, "h").isVisible()
    press(window, "Return")
    assert window.session.marks.lanes == (Lane("h"),)
    assert not completion.isVisible()


def test_esc_closes_the_list_and_then_the_line(window: MainWindow) -> None:
    completion = type_in(window, "su")
    press(window, "Esc")
    assert not completion.isVisible()
    assert window.lane_line.isVisible()
    type_in(window, "r")
    press(window, "Left")
    assert not completion.isVisible(), "the cursor is elsewhere"
    press(window, "Esc")
    assert not window.lane_line.isVisible()
    assert window.session.marks.lanes == ()


def test_a_click_takes_one_and_typing_goes_on(window: MainWindow) -> None:
    completion = type_in(window, "su")
    tree = completion.list
    click(tree.viewport(), tree.visualItemRect(tree.topLevelItem(3)).center())
    QApplication.processEvents()
    assert window.lane_line.edit.text() == "surprise"
    assert window.lane_line.edit.hasFocus()


def test_leaving_the_line_closes_the_list(window: MainWindow) -> None:
    completion = type_in(window, "su")
    window.lane_line.every.setFocus()
    assert not completion.isVisible()


# Find: what is typed may be text ------------------------------------------------------------------


@pytest.fixture
def find(window: MainWindow) -> MainWindow:
    press(window, "Esc", "Ctrl+F")
    return window


def test_find_offers_names_and_enter_stays_its_own(find: MainWindow) -> None:
    line, tree = find.find_line, find.find_line.completion.list
    QTest.keyClicks(line.edit, "z[")
    assert line.completion.isVisible()
    assert tree.topLevelItem(0).text(0) == "5]"
    press(find, "Tab")
    QTest.keyClicks(line.edit, " < 0.9 and su")
    press(find, *["Down"] * 4, "Return")
    assert line.edit.text() == "z[5] < 0.9 and surprise", "the one that somebody marked"
    QTest.keyClicks(line.edit, " > 0 and sur")
    assert line.completion.isVisible()
    press(find, "Return")
    assert line.edit.text().endswith("and sur")
    assert not line.completion.isVisible()
    assert line.edit.hasFocus()


@pytest.mark.parametrize("words", ["/su", "the", '"su', "a su", "s", "Su"])
def test_find_leaves_text_alone(words: str, find: MainWindow) -> None:
    QTest.keyClicks(find.find_line.edit, words)
    assert not find.find_line.completion.isVisible()


def test_a_word_that_a_name_begins_with_is_looked_for_by_enter(find: MainWindow) -> None:
    line = find.find_line
    QTest.keyClicks(line.edit, "su")
    assert line.completion.isVisible()
    press(find, "Return")
    assert (line.edit.text(), line.completion.isVisible()) == ("su", False)
    assert find.status.where.said == "Nowhere: “su”"
