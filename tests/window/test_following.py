"""Whatever changes, the window shows what a fresh one shows that opens there: picture and menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.session import Session
from gru_debugger.session.zoom import Zoom

OpenWindow = Callable[..., MainWindow]

DEEP = model(layers=2, directions=2)
SIZE = 1300, 800
HISTORY = "undo", "redo", "pin_before"  # a fresh window has none

CHANGES: dict[str, Callable[[Session], object]] = {
    "a step": lambda s: s.step_forward(),
    "before the text": lambda s: s.go_to(0),
    "a computation": lambda s: s.previous_computation(),
    "a unit": lambda s: s.select_unit(11),
    "a quantity": lambda s: s.look(quantity="n"),
    "a part": lambda s: s.look(quantity="hidden_z"),
    "what is kept": lambda s: s.look(quantity="keep"),
    "the old state": lambda s: s.select_value("h_prev", 2),
    "a layer": lambda s: s.look(layer=1, direction="reverse"),
    "the notation": lambda s: s.toggle_notation(),
    "contributions": lambda s: s.look(contributions=True),
    "the centre": lambda s: s.look(centre="overview"),
    "folded rows": lambda s: s.look(folded=("weights",)),
    "all terms": lambda s: s.look(all_terms=True),
    "all equations": lambda s: s.look(all_equations=True),
    "a probability": lambda s: s.look(symbol=2),
    "the zoom": lambda s: s.look(zoom=Zoom(2, 8)),
    "a stop": lambda s: s.toggle_stop(14),
    "lanes": lambda s: s.mark(Marks((3,), (Lane("z[3] < 0.5", True), Lane("h"), Lane("h[2]")))),
    "lanes undone": lambda s: (s.mark(Marks((3,), (Lane("z[3]"),))), s.undo()),
    "the strip": lambda s: s.look(scroll=60),
    "another text": lambda s: s.open(recording(DEEP, 33), 4, 2),
    "another model": lambda s: s.open(recording(model(6), 12), 9, 1),
    "a pinned step": lambda s: (s.pin(s.trace, 20), s.swap(), s.pin(None)),
    "edits": lambda s: s.open(recording(DEEP, 200).with_edits("z[3] = 1 at 9").finish(), 12, 5),
    "what was open before": lambda s: (s.open(recording(model(6), 12)), s.undo()),
}


def shown(window: MainWindow) -> tuple[QImage, dict[str, Any]]:
    window.message.dismiss()  # that random models predict badly is told once for each vocabulary
    menus = {
        name: (action.text(), action.isEnabled(), action.isChecked(), action.toolTip())
        for name, action in window.actions_by_name.items()
        if name not in HISTORY
    }
    return window.grab().toImage(), {"title": window.windowTitle(), **menus}


def fresh(open_window: OpenWindow, trace: Trace, session: Session) -> MainWindow:
    """A window that has seen nothing but where another one is now."""
    window = open_window(trace, session.position, session.unit, SIZE)
    window.hide()
    there = window.session
    there.view, there.position, there.computation = (
        session.view,
        session.position,
        session.computation,
    )
    there.opened.emit()
    window.show()
    there.mark(session.marks)
    return window


@pytest.mark.parametrize("change", CHANGES)
def test_all_views_follow(change: str, open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(DEEP, 200), 12, 5, SIZE)
    CHANGES[change](window.session)
    trace = window.session.trace
    assert trace is not None
    other = fresh(open_window, trace, window.session)
    for each in (window, other):  # Qt rounds the heights of docks that make room by what was before
        each.docks.restore()
    window.activateWindow()
    qtbot.waitUntil(lambda: shown(window) == shown(other))


def test_all_views_follow_the_recording(open_window: OpenWindow, qtbot: QtBot) -> None:
    text = text_for(DEEP, 5000)
    window = open_window(Trace(DEEP, text), 4990, 5, SIZE)
    other = fresh(open_window, Trace(DEEP, text).finish(), window.session)
    window.activateWindow()
    qtbot.waitUntil(lambda: shown(window) == shown(other))


def test_menus_follow_while_nothing_is_laid_out(open_window: OpenWindow) -> None:
    """Of a hidden window no pane says that it is."""
    window = open_window(recording(DEEP, 20), 12, 5, SIZE)
    window.hide()
    window.session.look(contributions=True)
    assert window.actions_by_name["contributions"].isChecked()
    window.files.recordings.use_text("abc")
    assert window.actions_by_name["undo"].text() == "Undo: another text"
