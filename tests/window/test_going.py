"""Ctrl+G: to a step or an address, or one line on why that is nowhere; and the address copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.window.palette import CommandPalette

START, UNIT, STEPS = 12, 5, 40


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(layers=2, directions=2), STEPS), START, UNIT)


def going(window: MainWindow, typed: str) -> CommandPalette:
    press(window, "Ctrl+G")
    asked = QApplication.activePopupWidget()
    assert isinstance(asked, CommandPalette)
    asked.line.setText(typed)
    return asked


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("34", "34:z[5]"),
        ("0", "0:z[5]"),
        (" 34: h ", "34:h[5]"),
        ("34:sum_r[9]", "34:sum_r[9]"),
        ("7:n_l1_reverse[15]", "7:n_l1_reverse[15]"),
        ("12:z[9]", "12:z[9]"),
    ],
)
def test_to_a_step_or_an_address_and_back(typed: str, there: str, window: MainWindow) -> None:
    press(going(window, typed), "Return")
    press(window, "F11", "Shift+F11")
    window.actions_by_name["copy_address"].trigger()
    assert QApplication.clipboard().text() == there
    assert window.status.where.said == f"{there} is in the clipboard."
    press(window, "Alt+Left")
    assert (window.session.position, window.session.unit, window.session.layer) == (START, UNIT, 0)


def test_inside_a_step_its_number_shows_the_whole(window: MainWindow) -> None:
    press(window, "Shift+F11")
    assert window.session.computation != "blend"
    press(going(window, str(START)), "Return")
    assert window.session.computation == "blend"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "A step from 0 to 40, or an address such as 34:z[9]."),
        ("41", "41: the text has steps 1 to 40; choose one of these."),
        ("4:q", "4:q: no quantity is called “q” in this model"),
        ("4:z[16]", "there are units 0 to 15"),
        ("z[9]", "“z[9]” is no address; write a step and what to select there"),
        ("4:z[9]\n" * 30, "is no address"),
    ],
)
def test_what_is_nowhere_is_one_line_there(typed: str, words: str, window: MainWindow) -> None:
    asked = going(window, typed)
    press(asked, "Return")
    assert asked.isVisible()
    assert asked.empty.isVisible()
    assert words in asked.empty.text()
    assert len(asked.empty.text().splitlines()) == 1
    assert window.session.position == START
    press(asked, "Escape")
    assert QApplication.focusWidget() is window.cell


def test_the_palette_goes_to_addresses_too(window: MainWindow) -> None:
    press(window, "Ctrl+Shift+P")
    QApplication.activePopupWidget().line.setText("34:h[9]")  # type: ignore[attr-defined]
    press(QApplication.activePopupWidget(), "Return")
    session = window.session
    assert (session.position, session.view.quantity, session.unit) == (34, "h", 9)
