"""The contract's keys, and who gets them: the stepping view, or the control that has the focus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from keyboard import click, double_click, focus_by_tab, press, tab_chain
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from samples import model, recording
from waiting import when_open

from gru_debugger.actions import ACTIONS, MENUS, shortcuts_table
from gru_debugger.core.cell import Reset
from gru_debugger.core.quantities import COMPUTATIONS, computation_in_words
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.character_columns import CELL, LEFT
from gru_debugger.session.playing import SPEEDS
from gru_debugger.window.export_dialog import ExportDialog
from gru_debugger.window.palette import CommandPalette

OpenWindow = Callable[..., MainWindow]
STEPS, START = 60, 30


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(layers=2), STEPS), START, 5)


# The table ---------------------------------------------------------------------------------

CONTRACT = {
    "forward": ["Right", "F10"],
    "backward": ["Left", "Shift+F10"],
    "compute_forward": ["F11"],
    "compute_backward": ["Shift+F11"],
    "forward_10": ["Shift+Right"],
    "backward_10": ["Shift+Left"],
    "first": ["Home"],
    "last": ["End"],
    "play": ["Space"],
    "go_to": ["Ctrl+G"],
    "find": ["Ctrl+F"],
    "quantity_above": ["Up"],
    "quantity_below": ["Down"],
    "next_unit": ["]", "."],
    "previous_unit": ["[", ","],
    "last_written": ["W"],
    "overwritten_next": ["Shift+W"],
    "strongest_cause": ["C"],
    **{f"cause_{number}": [f"Alt+{number}"] for number in range(1, 10)},
    "trail_back": ["Alt+Left"],
    "trail_forward": ["Alt+Right"],
    "influence": ["I"],
    "run_forward": ["F5"],
    "run_backward": ["Shift+F5"],
    "next_interesting": ["Ctrl+Right"],
    "previous_interesting": ["Ctrl+Left"],
    "toggle_stop": ["F9"],
    "clear_stops": ["Ctrl+Shift+F9"],
    "lane_of_value": ["L"],
    "lane": ["Shift+L"],
    "swap_reference": ["O"],
    "remove_edits": ["Ctrl+Shift+O"],
    "centre_cell": ["Ctrl+1"],
    "centre_calculation": ["Ctrl+2"],
    "centre_overview": ["Ctrl+3"],
    "palette": ["Ctrl+Shift+P"],
    "export": ["Ctrl+E"],
    "copy": ["Ctrl+Shift+C"],
    "open_model": ["Ctrl+O"],
    "open_text": ["Ctrl+T"],
    "notation": ["Ctrl+Shift+N"],
}
# Of issues to come: nothing else may sit on them meanwhile.
RESERVED: list[str] = []


def test_the_contracts_keys(window: MainWindow) -> None:
    for name, keys in CONTRACT.items():
        (row,) = [row for row in ACTIONS if row.name == name]
        assert list(row.keys) == keys
        shortcuts = {shortcut.toString() for shortcut in window.actions_by_name[name].shortcuts()}
        beside = {s.key().toString() for s in window.findChildren(QShortcut)}
        assert set(keys) <= shortcuts | beside
        assert shortcuts <= set(keys)


def test_no_key_means_two_things() -> None:
    names = Counter(row.name for row in ACTIONS)
    keys = Counter(QKeySequence(key).toString() for row in ACTIONS for key in row.keys)
    assert not [name for name, count in names.items() if count > 1]
    assert not [key for key, count in keys.items() if count > 1]
    assert not set(keys) & set(RESERVED)
    assert all(QKeySequence(key).toString() for row in ACTIONS for key in row.keys)


def test_every_action_is_in_a_menu_and_the_palette(window: MainWindow) -> None:
    found = window.menuBar().findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    menus = {menu.title()[1:]: menu.actions() for menu in found if menu.title()}
    assert tuple(menus) == MENUS
    press(window, "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    items = [palette.list.topLevelItem(i) for i in range(palette.list.topLevelItemCount())]
    offered = Counter(item.text(0) for item in items)
    for row in ACTIONS:
        action = window.actions_by_name[row.name]
        inner = [menu for menu in (a.menu() for a in menus[row.menu]) if menu is not None]
        submenus = {menu.title(): menu.actions() for menu in inner if isinstance(menu, QMenu)}
        assert action in (submenus[row.submenu] if row.submenu else menus[row.menu])
        assert action.text() == row.title
        shown_in = next(menu for menu in window.findChildren(QMenu) if action in menu.actions())
        told = QAccessible.queryAccessibleInterface(shown_in)
        item = told.child(shown_in.actions().index(action))
        assert item.text(QAccessible.Text.Name) == row.title
        assert row.name == "palette" or action.text() in offered
        assert action.shortcuts(), row.name
        for shortcut in action.shortcuts():
            assert shortcut.toString(QKeySequence.SequenceFormat.NativeText) in action.toolTip()
    for dock in window.docks.values():
        assert f"Show the pane: {dock.windowTitle()}" in offered
        assert f"Go to the pane: {dock.windowTitle()}" in offered
    assert max(offered.values()) == 1, offered
    palette.close()


def test_the_shortcuts_page_has_them_all(window: MainWindow) -> None:
    table = dict(shortcuts_table())
    causes = "Go to a cause of “Why?”"
    assert len(table) == len([row for row in ACTIONS if row.submenu != causes]) + 4
    for row in ACTIONS:
        name = causes if row.submenu == causes else row.title.rstrip("…")
        said = table[name].split(" · ")
        said += [f"Alt+{digit}" for digit in range(1, 10) if said == ["Alt+1…9"]]
        assert set(row.keys) <= set(said)


MOVES = [
    (["Right"], START + 1, "blend"),
    (["F10"], START + 1, "blend"),
    (["Left"], START - 1, "blend"),
    (["Shift+F10"], START - 1, "blend"),
    (["Shift+Right"], START + 10, "blend"),
    (["Shift+Left"], START - 10, "blend"),
    (["Home"], 0, "blend"),
    (["End"], STEPS, "blend"),
    (["Home", "Left"], 0, "blend"),
    (["End", "Right", "F11"], STEPS, "blend"),
    (["F11"], START + 1, "r"),
    (["F11"] * 6, START + 1, "blend"),
    (["F11"] * 6 + ["Shift+F11"] * 6, START, "blend"),
    (["Shift+F11"], START, "n"),
    (["F11", "F11", "Left"], START, "blend"),
    (["Right"] * 20 + ["Left"] * 20, START, "blend"),
]


def test_stepping(window: MainWindow) -> None:
    for keys, position, computation in MOVES:
        window.session.go_to(START)
        press(window, *keys)
        assert (window.session.position, window.session.computation) == (position, computation)


def test_units_notation_contributions_and_folds(window: MainWindow) -> None:
    session = window.session
    press(window, "]", "]", "[")
    assert session.unit == 6
    press(window, "Ctrl+Shift+N")
    assert session.notation == "course"
    assert window.tool_bar.course.isChecked()
    press(window, "Ctrl+Shift+N")
    assert session.notation == "pytorch"
    window.actions_by_name["contributions"].trigger()
    assert session.view.contributions
    assert window.actions_by_name["contributions"].isChecked()
    window.actions_by_name["fold_weights"].trigger()
    assert session.view.folded == ("weights",)
    window.actions_by_name["full_axes"].trigger()
    assert session.view.full_axes
    assert window.actions_by_name["full_axes"].isChecked()


def test_space_plays_and_pauses(window: MainWindow) -> None:
    press(window, "Space")
    assert window.session.playing
    press(window, "Space")
    assert not window.session.playing
    play = window.actions_by_name["play"]
    press(window, "Space")
    assert play.isChecked()
    assert window.status.where.text().startswith("Playing")
    press(window, "Return")  # who types a text wants it to stay
    assert not window.session.playing
    assert not play.isChecked()
    assert window.status.where.text().startswith("step")


def test_zooming(open_window: OpenWindow) -> None:
    window = open_window(recording(model(128), 9), 5, 100)
    pane = window.cell.pane
    press(window, "Ctrl++", "Ctrl+=")
    assert pane.axis.shown < 128 / 2 + 1
    assert pane.axis.first <= 100 < pane.axis.end
    press(window, "Ctrl+-")
    press(window, "Ctrl+0")
    assert pane.axis.shown == 128


def test_actions_are_enabled_where_they_can_do_something(window: MainWindow) -> None:
    actions = window.actions_by_name
    back = {"backward", "first", "backward_10", "compute_backward"}
    on = {"forward", "last", "forward_10", "compute_forward"}
    for key, off in (("Home", back), ("End", on)):
        press(window, key)
        assert {name for name in back | on if not actions[name].isEnabled()} == off


# Controls keep their keys ------------------------------------------------------------------

KEYS = ["Right", "Left", "Home", "End", "Shift+Right", "Up", "Down", "]", "["]


def test_function_keys_work_whatever_has_the_focus(window: MainWindow) -> None:
    start = window.session.position
    for widget in tab_chain(window):
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        press(window, "F10")
        assert window.session.position == start + 1, f"F10 in {widget}"
        press(window, "Shift+F10")
        assert window.session.position == start, f"Shift+F10 in {widget}"


def close_popups(window: MainWindow) -> None:
    while popup := QApplication.activePopupWidget():
        popup.close()


def test_every_control_keeps_its_keys(window: MainWindow) -> None:
    """Whichever control Tab has reached: no key of its own steps, selects or plays."""
    chain = tab_chain(window)
    assert window.tool_bar.back in chain
    kinds = {kind for widget in chain for kind in (QSpinBox, QComboBox, QToolButton)
             if isinstance(widget, kind)}  # fmt: skip
    assert kinds == {QSpinBox, QComboBox, QToolButton}
    for widget in chain:
        for key in KEYS:
            if key in ("Up", "Down") and widget is window.tool_bar.position:
                continue  # its own: the step is its number
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            before = (window.session.position, window.session.unit)
            press(window, key)
            after = (window.session.position, window.session.unit)
            assert after == before, f"{key} in {widget}"
            assert not window.session.playing


def test_space_in_a_control_is_the_controls(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.tool_bar
    focus_by_tab(window, bar.pytorch)
    press(window, "Right")
    assert window.session.notation == "course", "one of two: arrows choose"
    press(window, "Left")
    assert window.session.notation == "pytorch"
    focus_by_tab(window, bar.theme)
    press(window, "Space")
    assert window.theme.name == "dark"
    focus_by_tab(window, bar.speed)
    when_open(QWidget.close)
    press(window, "Space")
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    window.activateWindow()  # as a window system does; the offscreen one may leave it with the list
    qtbot.waitUntil(window.isActiveWindow)
    focus_by_tab(window, bar.position)
    press(window, "Space")
    assert not window.session.playing
    assert window.session.position == START
    focus_by_tab(window, bar.play)
    press(window, "Space")
    assert window.session.playing, "the button's own"


def test_a_combo_box_moves_in_its_list(window: MainWindow) -> None:
    focus_by_tab(window, window.tool_bar.layer)
    press(window, "Down")
    assert (window.session.layer, window.session.position) == (1, START)
    press(window, "Home")
    assert window.session.layer == 0
    focus_by_tab(window, window.tool_bar.speed)
    press(window, "End")
    assert (window.session.speed, window.session.position) == (SPEEDS[-1], START)


def test_the_text_editor_keeps_its_keys(window: MainWindow) -> None:
    press(window, "Return")
    assert QApplication.focusWidget() is window.text.editor
    press(window, *KEYS, "Space", "Home", "End", "F11")
    assert window.session.position in (START, START + 1), "F11 belongs to the window"
    assert not window.session.playing
    assert " " in window.text.editor.toPlainText()


def test_a_line_edit_keeps_its_keys(window: MainWindow) -> None:
    dialog = ExportDialog(window, [("window", "The whole window")], START, STEPS)
    dialog.show()
    dialog.steps.setFocus()
    press(dialog, "Home", "Right", "Left", "End", "Space")
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    assert window.session.position == START
    dialog.close()
    dialog.deleteLater()


# A click gives the stepping view its keys back ---------------------------------------------


def places(window: MainWindow) -> dict[str, tuple[QWidget, QPoint | None]]:
    bar = window.tool_bar
    title = window.docks["unit"].titleBarWidget()
    return {
        "cell": (window.cell.viewport(), QPoint(300, 12)),
        "strip": (window.views["strip"].viewport(), QPoint(LEFT + 5, 20)),
        "unit": (window.views["unit"].viewport(), QPoint(100, 300)),
        "prediction": (window.views["prediction"].viewport(), QPoint(100, 30)),
        "dock title": (title, QPoint(60, 7)),
        "step button": (bar.step, None),
        "play button": (bar.play, None),
        "course button": (bar.course, None),
        "cell button": (bar.centre[0], None),
        "theme button": (bar.theme, None),
        "step box": (bar.position, None),
        "character": (bar.character, None),
        "tool bar": (bar, QPoint(5, 20)),
        "status bar": (window.statusBar(), QPoint(60, 8)),
        "menu bar": (window.menuBar(), QPoint(window.menuBar().width() - 50, 8)),
    }


@pytest.mark.parametrize("focused", ["position", "export"])
def test_a_click_anywhere_gives_the_keys_back(focused: str, window: MainWindow) -> None:
    for place, (widget, at) in places(window).items():
        focus_by_tab(window, getattr(window.tool_bar, focused))
        click(widget, at)
        assert QApplication.focusWidget() is window.cell, place
        window.session.pause()  # the play button's: the position is to be the keys' alone
        window.session.go_to(START)
        press(window, "Right", "Right", "Left")
        assert window.session.position == START + 1, place


def test_choosing_from_a_combo_box_by_mouse_leaves_the_keys(window: MainWindow) -> None:
    box = window.tool_bar.layer
    assert box.currentText() == "layer 0"
    click(box)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    press(popup, "Down", "Return")
    QApplication.processEvents()
    assert window.session.layer == 1
    assert box.currentText() == "layer 1"
    press(window, "Right")
    assert window.session.position == START + 1


def test_escape_gives_the_keys_back(window: MainWindow) -> None:
    for widget in (window.tool_bar.export, window.tool_bar.speed, window.tool_bar.position):
        focus_by_tab(window, widget)
        press(window, "Escape")
        assert QApplication.focusWidget() is window.cell


# The step box ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "end", "position"),
    [("12", "Return", 12), ("12", "Enter", 12), ("12", "Escape", START), ("0", "Return", 0),
     ("60", "Return", STEPS), ("61", "Return", STEPS), ("", "Return", START), ("7", "Tab", 7)],
)  # fmt: skip
def test_going_to_a_step(typed: str, end: str, position: int, window: MainWindow) -> None:
    window.tool_bar.position.setFocus()
    window.tool_bar.position.selectAll()
    press(window, "Backspace", *typed)
    assert window.session.position == START, "not before Enter"
    press(window, end)
    assert window.session.position == position
    assert window.tool_bar.position.value() == position
    if end != "Tab":
        assert QApplication.focusWidget() is window.cell


# Editing the text --------------------------------------------------------------------------


def caret_is_away(window: MainWindow) -> bool:
    return not window.text.editor.isVisible() and QApplication.focusWidget() is window.cell


def test_the_text_is_edited_only_when_asked(window: MainWindow) -> None:
    assert caret_is_away(window)
    press(window, "a", "b", "Backspace")
    click(window.views["strip"].viewport(), QPoint(200, 20))
    assert caret_is_away(window)


@pytest.mark.parametrize("start", ["Return", "Enter", "double click"])
@pytest.mark.parametrize("end", ["Ctrl+Return", "Ctrl+Enter", "Escape"])
def test_editing(end: str, start: str, window: MainWindow) -> None:
    before = window.session.trace
    assert before is not None
    place = window.session.position, window.session.computation
    if start == "double click":
        strip = window.views["strip"].viewport()
        double_click(strip, QPoint(int(LEFT + 5.5 * CELL), 20))
    else:
        press(window, start)
    assert window.text.editor.isVisible()
    assert QApplication.focusWidget() is window.text.editor
    assert window.text.editor.toPlainText() == before.text
    assert (window.session.position, window.session.computation) == place, "a click moves, this not"
    position = window.session.position
    window.text.editor.setPlainText("abc cab\n")
    press(window, "Return", "a")
    assert window.session.trace is before, "Enter is a line end while typing"
    press(window, end)
    assert caret_is_away(window)
    if end == "Escape":
        assert window.session.trace is before
        assert window.session.position == position
    else:
        assert window.session.trace is not None
        assert window.session.trace.text == "\naabc cab\n"
        assert window.session.position == 1
    press(window, "Right")
    assert window.session.position == (position if end == "Escape" else 1) + 1


@pytest.mark.parametrize("words", ["Read this text", "Keep the old"])
def test_the_editor_s_buttons_do_what_its_keys_do(words: str, window: MainWindow) -> None:
    before = window.session.trace
    press(window, "Return")
    press(window, "a", "b", "c")
    buttons = window.text.editor.findChildren(QToolButton)
    click(next(button for button in buttons if button.text() == words))
    assert caret_is_away(window)
    assert (window.session.trace is before) == (words == "Keep the old")


def test_an_empty_text_is_refused(window: MainWindow) -> None:
    before = window.session.trace
    press(window, "Return")
    press(window, "Ctrl+A", "Delete", "Ctrl+Return")
    assert window.session.trace is before
    assert window.message.isVisible()
    assert "empty" in window.message.words.text()


def test_a_click_beside_leaves_the_editor_its_keys(window: MainWindow) -> None:
    press(window, "Return")
    click(window.text.editor.viewport(), QPoint(30, 10))
    assert QApplication.focusWidget() is window.text.editor


def test_dialogs_of_actions_open(window: MainWindow) -> None:
    """Each that asks opens something that Esc closes again, and the keys step on."""
    seen: list[str] = []

    def dismiss(box: QWidget) -> None:
        seen.append(type(box).__name__)
        press(box, "Escape")

    for name in ("select_unit", "export", "shortcuts", "about"):
        when_open(dismiss)
        window.actions_by_name[name].trigger()
        assert QApplication.activeModalWidget() is None
    assert len(seen) == 4
    window.activateWindow()  # no window manager does it here
    QApplication.processEvents()
    press(window, "Right")
    assert window.session.position == START + 1


def test_selecting_a_unit_by_number(window: MainWindow) -> None:
    when_open(lambda box: press(box, "1", "2", "Return"))
    window.actions_by_name["select_unit"].trigger()
    assert window.session.unit == 12


def test_the_actions_table_is_typed(window: MainWindow) -> None:
    assert all(isinstance(action, QAction) for action in window.actions_by_name.values())
    assert set(window.actions_by_name) == {row.name for row in ACTIONS}


@pytest.mark.parametrize("reset", ["after", "before"])
def test_inside_a_step_the_status_bar_says_in_words_what_is_computed(
    reset: Reset, open_window: Callable[..., MainWindow]
) -> None:
    window = open_window(recording(model(reset=reset), STEPS), START)
    for computation in COMPUTATIONS[reset][:-1]:
        press(window, "F11")
        said = window.status.where.text()
        words = computation_in_words(computation, reset)
        assert said.startswith(f"step {START + 1} of {STEPS}, computing {words}  ·")
        assert "_" not in said
    press(window, "F11")
    assert "computing" not in window.status.where.text()
