"""Menus: low enough for a small screen, and an access key for each entry."""

from __future__ import annotations

from collections.abc import Callable

from keyboard import press
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]
HIGHEST = 560  # pixels, of 768 that a small screen has


def test_every_menu_fits_a_small_screen_and_its_entries_have_letters(
    open_window: OpenWindow,
) -> None:
    window = open_window(recording(model(layers=2), 9), 5)
    menus = [menu for menu in window.findChildren(QMenu) if menu.title()]
    assert len(menus) > 15
    for menu in menus:
        menu.aboutToShow.emit()
        shown = [action for action in menu.actions() if not action.isSeparator()]
        letters = [QKeySequence.mnemonic(action.text()).toString() for action in shown]
        assert all(letters), (menu.title(), letters)
        assert len(set(letters)) == len(letters), (menu.title(), letters)
        assert menu.sizeHint().height() <= HIGHEST, menu.title()
        menu.aboutToHide.emit()
        assert not any("&" in action.text() for action in shown), "called as before"


def test_letters_lead_through_menus(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(layers=2), 9), 5)
    press(window, "Alt+V")
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    press(QApplication.activePopupWidget(), "C")
    assert window.session.notation == "course"
    assert QApplication.activePopupWidget() is None
    assert window.actions_by_name["notation"].text() == "Course notation"
