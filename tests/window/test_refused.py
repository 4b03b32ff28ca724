"""A key that can do nothing says why, in the status bar."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import focus_by_tab, press
from PySide6.QtGui import QKeySequence
from samples import model, recording

from gru_debugger.actions import ACTIONS
from gru_debugger.main_window import MainWindow
from gru_debugger.session.session import Session

OpenWindow = Callable[..., MainWindow]
STEPS = 40


@pytest.mark.parametrize("position", [0, STEPS])
def test_every_action_that_is_disabled_says_why(position: int, open_window: OpenWindow) -> None:
    window = open_window(recording(model(4, layers=2), STEPS), position, 2)
    off = [row for row in ACTIONS if not window.actions_by_name[row.name].isEnabled()]
    assert len(off) > 12
    for row in off:
        for key in row.keys:
            window.status.tell("")
            press(window, *key.split(", "))
            assert window.status.where.said == row.needs.why, key
    assert window.session.position == position


def test_what_stands_in_the_way_is_told(open_window: OpenWindow) -> None:
    window = open_window(recording(model(4, output=False), STEPS), 3, 2)
    press(window, "G")
    assert "no output layer" in window.status.where.said
    assert window.status.where.said.startswith("The model")
    focus_by_tab(window, window.tool_bar.export)
    window.status.tell("")
    press(window, "G")
    assert window.status.where.said == "", "it is the view's key, and not there"


IN_VAIN = [
    ("[", "first unit"), ("]", "last unit"), ("Up", "first quantity"), ("Down", "last quantity"),
    ("Ctrl+Up", "fast"), ("Ctrl+Down", "slowly"), ("Ctrl+-", "All is"), ("Ctrl+0", "All is"),
    ("Ctrl+Shift+Right", "nothing further"), ("Ctrl+=", "Closer"), ("Space", "ends here"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "said"), IN_VAIN)
def test_what_changes_nothing_is_told(key: str, said: str, open_window: OpenWindow) -> None:
    window = open_window(recording(model(4), STEPS), STEPS, 2)
    press(window, *[key] * 30)
    assert said in window.status.where.said
    assert window.session.position == STEPS


def test_where_nothing_is_open_that_is_said(open_window: OpenWindow) -> None:
    window = MainWindow(Session(), open_window(recording(model(4), STEPS)).settings)
    for key in ("Ctrl+E", "F5"):
        window.status.tell("")
        assert window.menus.refuse(QKeySequence(key)[0])
        assert window.status.where.said == "Nothing is open; Ctrl+O opens a model."
    assert not window.menus.refuse(QKeySequence("Ctrl+O")[0])
    window.close()
    window.deleteLater()
