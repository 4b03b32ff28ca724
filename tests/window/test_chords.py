"""Keys of two: the window waits for the second, says so, and takes it for nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.actions import ACTIONS, PANE_KEYS
from gru_debugger.main_window import MainWindow

START = 30
WAITS = "Ctrl+K was pressed and waits for a second key; Esc ends that"


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(layers=2), 60), START, 5)


def test_every_action_has_a_key_and_none_begins_another() -> None:
    assert not [row.name for row in ACTIONS if not row.keys]
    keys = [key for row in ACTIONS for key in row.keys] + [*PANE_KEYS]
    pressed = [tuple(map(str, QKeySequence(key))) for key in keys]
    assert len(set(pressed)) == len(pressed)
    begun = {keys[:1] for keys in pressed if len(keys) > 1}
    assert begun
    assert not begun & set(pressed)


def test_the_second_key_means_the_two_and_nothing_else(window: MainWindow) -> None:
    session = window.session
    press(window, "Ctrl+K")
    assert window.status.where.said == WAITS
    press(window, "L")
    assert window.docks["log"].isVisible()
    assert not session.marks.lanes, "L alone sets a lane"
    window.focus_stepping()
    press(window, "Ctrl+K", "Ctrl+E", "Ctrl+K", "Z")  # Ctrl may still be held
    assert session.view.all_equations
    assert (session.view.quantity, window.status.where.said) == ("z", "")
    press(window, "L", "Right")
    assert (len(session.marks.lanes), session.position) == (1, START + 1)


def test_all_equations_come_in_the_place_of_all_terms(window: MainWindow) -> None:
    view, action = lambda: window.session.view, window.actions_by_name["all_equations"]
    press(window, "Ctrl+K", "T", "Ctrl+K", "E")
    assert (view().all_terms, view().all_equations, action.isChecked()) == (False, True, True)
    press(window, "Ctrl+K", "T")
    assert (view().all_terms, action.isChecked()) == (True, False)
    press(window, "Ctrl+K", "E")
    assert (view().all_terms, view().all_equations) == (False, True)
    press(window, "Ctrl+K", "E")
    assert not view().all_equations


def test_every_pane_has_its_own(window: MainWindow) -> None:
    """As far as there are digits; those behind are opened by what asks for them."""
    toggles = list(window.docks.toggles.values())
    keys = [toggle.shortcut().toString() for toggle in toggles]
    assert keys == [*PANE_KEYS, *[""] * len(toggles)][: len(toggles)]
    for number, dock in enumerate([*window.docks.values()][: len(PANE_KEYS)], 1):
        shown = dock.isVisible()
        press(window, "Ctrl+K", str(number))
        assert dock.isVisible() != shown
        press(window, "Ctrl+K", f"Shift+{number}")  # as digits are typed in France
        assert dock.isVisible() == shown


def test_memory_of_all_units_is_seen_where_it_is_asked_for(window: MainWindow) -> None:
    docks = window.docks
    assert not docks["memory"].isVisible()
    press(window, "Ctrl+K", "M")
    assert docks.in_sight("memory")
    assert window.session.view.all_units
    press(window, "Ctrl+K", "M")
    assert docks.in_sight("memory")
    assert not window.session.view.all_units
    window.session.look(all_units=True)
    docks["memory"].close()
    press(window, "Ctrl+K", "M")
    assert window.session.view.all_units, "closed it showed nothing"
    assert docks.in_sight("memory")


def test_a_line_being_typed_in_is_left_as_it_is(window: MainWindow) -> None:
    press(window, "=", "Ctrl+K", "M", "0")
    assert window.session.view.all_units
    assert window.what_if.edit.text().endswith("0")
    assert "M" not in window.what_if.edit.text().upper()


@pytest.mark.parametrize(
    ("second", "said"),
    [("Escape", "Ctrl+K, Esc: nothing was done"), ("F10", "Ctrl+K, F10 means nothing; F1 lists"),
     ("Ctrl+K", ""), ("Shift+L", "There is no lane; L sets one.")],
)  # fmt: skip
def test_what_is_no_second_key_ends_it_with_a_line(
    second: str, said: str, window: MainWindow
) -> None:
    press(window, "Ctrl+K", second)
    assert window.status.where.said.startswith(said)
    assert window.status.where.said != WAITS
    assert window.session.position == START
    press(window, "Right")
    assert window.session.position == START + 1, "keys mean again what they mean alone"


def test_keys_held_are_no_second_keys(window: MainWindow) -> None:
    press(window, "Ctrl+K")
    control = Qt.KeyboardModifier.ControlModifier
    again = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_K, control, "", autorep=True)
    handle = window.windowHandle()
    QGuiApplication.sendEvent(handle, again)
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    assert window.status.where.said == WAITS
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=window.cell.geometry().center())
    QApplication.processEvents()
    assert window.status.where.said == "", "a click ends it too"
    press(window, "L")
    assert window.session.marks.lanes
