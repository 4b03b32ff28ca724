"""“Why?” in the window: by keys alone, by the menu and the palette."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest
from keyboard import click, focus_by_tab, press
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.panes.unit import UnitPane
from gru_debugger.questions.asked import ASKED

OpenWindow = Callable[..., MainWindow]
STEPS = 20


def pane_of(window: MainWindow) -> UnitPane:
    pane = window.views["unit"].pane
    assert isinstance(pane, UnitPane)
    return pane


@pytest.mark.parametrize("size", [(1600, 1000), (1366, 768), (900, 600)])
def test_all_terms_by_keys_alone(size: tuple[int, int], open_window: OpenWindow) -> None:
    window = open_window(recording(model(hidden=128), STEPS), 7, 3, size=size)
    focus_by_tab(window, window.views["unit"])
    press(window, "Return")
    assert window.session.view.all_terms
    pane = pane_of(window)
    assert pane.list.rect.top() < 100, "the list has the pane"
    assert pane.size.height() <= max(220, window.views["unit"].height())
    press(window, "PgDown", "Down")
    assert pane.list.first == pane.list.room
    press(window, "End")
    assert pane.list.first == 130 - pane.list.room
    assert window.session.position == 7, "the list keeps its keys"
    press(window, "N")
    assert (window.session.view.quantity, pane.list.first) == ("n", 0)
    press(window, "Escape")
    assert not window.session.view.all_terms
    assert pane.list.rect.top() > 150
    assert QApplication.focusWidget() is window.views["unit"]
    press(window, "Escape")
    assert QApplication.focusWidget() is window.cell
    press(window, "Right")
    assert window.session.position == 8


@pytest.mark.parametrize("asked", ASKED)
def test_the_menu_asks_and_ticks(asked: str, open_window: OpenWindow) -> None:
    window = open_window(recording(model(), STEPS), 7, 3)
    window.actions_by_name[f"why_{asked}"].trigger()
    assert window.session.view.quantity == asked
    ticked = [q for q in ASKED if window.actions_by_name[f"why_{q}"].isChecked()]
    assert ticked == [asked]
    window.actions_by_name["all_terms"].trigger()
    assert window.session.view.all_terms
    assert window.actions_by_name["all_terms"].isChecked()


def test_a_click_in_the_pane_asks_and_the_tick_follows(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), STEPS), 7, 3)
    view, pane = window.views["unit"], pane_of(window)
    window.session.look(all_equations=True)
    at = pane._choices()["r"].center().toPoint()
    click(view.viewport(), QPoint(at.x(), at.y()))
    assert window.session.view.quantity == "r"
    assert window.actions_by_name["why_r"].isChecked()


def test_a_thousand_units_scroll_at_once(open_window: OpenWindow) -> None:
    window = open_window(recording(model(hidden=1024), STEPS), 7, 3)
    window.session.look(all_terms=True)
    focus_by_tab(window, window.views["unit"])
    press(window, "PgDown")
    begin = perf_counter()
    for _ in range(20):
        press(window, "PgDown")
        window.views["unit"].grab()
    assert (perf_counter() - begin) / 20 < 0.1
    press(window, "End")
    pane = pane_of(window)
    assert pane.list.first == 1026 - pane.list.room


def test_going_to_the_pane_by_the_palette_gives_it_the_keys(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), STEPS), 7, 3)
    window.docks["unit"].close()
    press(window, "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert palette is not None
    for letter in ("g", "o", "Space", "t", "o", "Space", "t", "h", "e", "Space", "p", "a", "n", "e",
                   "Space", "u", "Return"):  # fmt: skip
        press(palette, letter)
    assert window.docks["unit"].isVisible()
    assert QApplication.focusWidget() is window.views["unit"]
