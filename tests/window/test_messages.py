"""The message bar: nothing said is lost, errors come first, and the keyboard reaches all of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.window.messages import SHOWN, MessageBar


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(), 30), 12, 5)


def said(bar: MessageBar) -> list[str]:
    """What is on the screen, from the top."""
    assert bar.isVisible() == bool(bar.messages)
    return [line.words.text() for line in bar.lines if line.isVisible()]


def test_errors_come_first_and_nothing_is_lost(window: MainWindow) -> None:
    bar, calls = window.message, list[str]()
    bar.notice("a notice", "Do it", lambda: calls.append("notice"))
    bar.progress("reading, 10 %", lambda: calls.append("cancelled"))
    bar.error("an error")
    assert said(bar) == ["an error", "reading, 10 %", "a notice"]
    assert [line.objectName() for line in bar.lines] == ["message", "notice", "notice"]
    bar.error("another error")
    bar.progress("reading, 50 %", lambda: calls.append("cancelled"))
    assert said(bar) == ["another error", "an error", "reading, 50 %"]
    assert bar.lines[-1].more.text() == "1 more"
    assert bar.lines[-1].more.isVisible()
    bar.error("an error")
    assert said(bar) == ["an error", "another error", "reading, 50 %"], "not twice"
    bar.dismiss()
    bar.dismiss()
    assert said(bar) == ["reading, 50 %", "a notice"]
    assert not bar.lines[-1].more.isVisible()
    bar.dismiss()
    assert calls == ["cancelled"]
    assert (bar.offer.text(), bar.offer.isVisible()) == ("Do it", True)
    bar.offer.click()
    assert calls == ["cancelled", "notice"]
    assert said(bar) == []


def test_of_a_topic_only_the_newest_is_shown(window: MainWindow) -> None:
    bar = window.message
    bar.not_opened("a.pt: no such file.")
    bar.not_opened("b.pt: no such file.")
    bar.notice("a.pt has changed", "Reload", None, "changed")
    bar.notice("a.pt has changed again", "Reload", None, "changed")
    assert said(bar) == ["b.pt: no such file.", "a.pt has changed again"]


@pytest.mark.parametrize("same", [True, False])
def test_what_is_said_lasts_as_long_as_it_holds(same: bool, window: MainWindow) -> None:
    bar = window.message
    bar.error("The export broke off.")
    bar.not_opened("b.pt: no such file.")
    bar.notice("about the text")
    bar.notice("about the model", until="model")
    trace = recording(model() if same else model(4), 20)
    window.session.open(trace)
    assert said(bar) == ["The export broke off.", *["about the model"] * same]


def test_the_keyboard_reaches_and_closes_each(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.message
    for words in ("one", "two"):
        bar.notice(words, "Look", lambda: None)
    window.tool_bar.export.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    for _ in range(4):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    first, second = bar.lines[:2]
    assert reached == [first.offer, first.close_button, second.offer, second.close_button]
    qtbot.keyClick(second.close_button, Qt.Key.Key_Space)
    assert said(bar) == ["one"]
    assert QApplication.focusWidget() is first.close_button, "what is left can be closed too"
    qtbot.keyClick(first.close_button, Qt.Key.Key_Space)
    assert said(bar) == []
    assert QApplication.focusWidget() is window.cell
    bar.error("three")
    qtbot.keyClick(window.cell, Qt.Key.Key_Escape)
    assert said(bar) == []


def test_more_than_there_are_lines_come_up_in_turn(window: MainWindow) -> None:
    bar = window.message
    words = [f"notice {i}" for i in range(SHOWN + 2)]
    for line in words:
        bar.notice(line)
    seen = []
    while bar.messages:
        seen.append(said(bar)[0])
        bar.dismiss()
    assert seen == words
