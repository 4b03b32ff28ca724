"""Bookmarks: set with a note, seen, listed, gone to, removed, and taken back by undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from samples import model, recording

from gru_debugger.core.address import Address
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import RIBBONS, TILE_TOP
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.window.palette import CommandPalette

START, UNIT, STEPS = 12, 5, 40
LEAP = Bookmark(Address(START, f"z[{UNIT}]"), "the leap")


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(), STEPS), START, UNIT)


def said(window: MainWindow, *note: str) -> None:
    press(window, "Ctrl+B")
    window.bookmark_line.edit.setText(" ".join(note))
    press(window, "Return")


def asked(window: MainWindow, keys: str, typed: str) -> list[str]:
    press(window, keys)
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    palette.line.setText(typed)
    return [palette.list.topLevelItem(i).text(0) for i in range(palette.list.topLevelItemCount())]


def popup() -> QWidget:
    found = QApplication.activePopupWidget()
    assert found is not None
    return found


def ribbons(window: MainWindow) -> list[int]:
    """The positions in sight that have one."""
    pane = window.views["strip"].pane
    assert isinstance(pane, StripPane)
    image = window.views["strip"].viewport().grab().toImage()
    return [
        t
        for t in range(pane.first, pane.last + 1)
        if QColor(image.pixel(int(pane.x(t) + pane.cell / 2), int(RIBBONS + 2)))
        == window.theme.text
    ]


def test_set_with_a_note_and_taken_back(window: MainWindow) -> None:
    assert ribbons(window) == []
    said(window, "the  leap ")
    assert window.session.marks.bookmarks == (LEAP,)
    assert QApplication.focusWidget() is window.cell
    assert ribbons(window) == [START]
    assert "1 bookmark; here 12:z[5]: the leap." in window.views["strip"].pane.words()
    assert window.actions_by_name["undo"].text() == "Undo: bookmark 12:z[5]: the leap"
    pane = window.views["strip"].pane
    assert isinstance(pane, StripPane)
    assert pane.hover(QPointF(pane.x(START) + 3, TILE_TOP + 2)).endswith(
        "bookmark 12:z[5]: the leap"
    )
    press(window, "Right", "Ctrl+Z")
    assert (window.session.marks.bookmarks, ribbons(window)) == ((), [])
    press(window, "Ctrl+Y")
    assert window.session.marks.bookmarks == (LEAP,)


def test_written_anew_and_removed_by_nothing(window: MainWindow) -> None:
    said(window, "first")
    press(window, "Ctrl+B")
    assert window.bookmark_line.edit.text() == "first"
    assert window.bookmark_line.edit.placeholderText() == "a note on 12:z[5], or none"
    press(window, "Escape")
    said(window, "the leap")
    assert window.session.marks.bookmarks == (LEAP,)
    said(window, "")
    assert window.session.marks.bookmarks == ()
    said(window, "")
    assert window.session.marks.bookmarks == (Bookmark(LEAP.at),)
    assert window.actions_by_name["remove_bookmark"].isEnabled()
    window.actions_by_name["remove_bookmark"].trigger()
    assert window.session.marks.bookmarks == ()
    assert not window.actions_by_name["remove_bookmark"].isEnabled()


@pytest.mark.parametrize("keys", ["Ctrl+G", "Ctrl+Shift+P"])
def test_gone_to_by_its_note(keys: str, window: MainWindow) -> None:
    said(window, "the leap")
    press(window, "Home", "]", "Down")
    assert "Bookmark 12:z[5]: the leap" in asked(window, keys, "")
    press(popup(), "Escape")
    assert asked(window, keys, "leap")[0] == "Bookmark 12:z[5]: the leap"
    press(popup(), "Return")
    session = window.session
    assert (session.position, session.unit, session.view.quantity) == (START, UNIT, "z")
    press(window, "Alt+Left")
    assert session.position == 0


def test_one_of_a_probability_is_asked_of_that_again(window: MainWindow) -> None:
    window.session.look(symbol=2)
    window.actions_by_name["copy_address"].trigger()
    assert QApplication.clipboard().text() == "12:probabilities[2]"
    said(window, "the third")
    press(window, "Home", "Up")
    assert window.session.view.symbol is None
    asked(window, "Ctrl+G", "third")
    press(popup(), "Return")
    assert (window.session.position, window.session.view.symbol) == (START, 2)


def test_removed_by_the_palette(window: MainWindow) -> None:
    said(window, "the leap")
    asked(window, "Ctrl+Shift+P", "remove the bookmark 12")
    press(popup(), "Return")
    assert window.session.marks.bookmarks == ()


def test_what_another_model_lacks_is_not_offered(window: MainWindow) -> None:
    said(window, "the leap")
    trace = window.session.trace
    assert trace is not None
    window.session.open(Trace(model(4), trace.text).finish(), 1)
    assert window.session.marks.bookmarks == (LEAP,), "the text is the same"
    assert asked(window, "Ctrl+G", "") == []
    press(popup(), "Escape")
