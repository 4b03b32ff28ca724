"""Ready-made stops and lanes: in the Step menu, in the palette, run to, taken away again."""

from __future__ import annotations

from collections.abc import Callable

from keyboard import press
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.questions.expressions import where
from gru_debugger.session.marks import MOST, Lane, Marks
from gru_debugger.window.palette import CommandPalette

OpenWindow = Callable[..., MainWindow]
RUN = recording(model(), 60).finish()


def entry(window: MainWindow, title: str, words: str) -> QAction:
    """Of a menu, as it is when it opens."""
    (menu,) = (menu for menu in window.findChildren(QMenu) if menu.title() == title)
    menu.aboutToShow.emit()
    (found,) = (action for action in menu.actions() if words in action.text())
    return found


def test_a_ready_made_stop_is_run_to_and_goes_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(RUN, 1, 5)
    entry(window, "Stop where", "rediction is wrong").trigger()
    (lane,) = window.session.marks.lanes
    assert lane == Lane("wrong: predicted != next_character", armed=True)
    assert window.status.where.said == "Stop where the prediction is wrong; F5 runs there."
    press(window, "F5")
    wrong = [step for step in where(lane.expression, RUN).tolist() if step > 1]
    qtbot.waitUntil(lambda: window.session.position == wrong[0])
    again = entry(window, "Stop where", "rediction is wrong")
    assert again.isChecked()
    again.trigger()
    assert window.session.marks.lanes == ()
    assert window.status.where.said == "No longer: Stop where the prediction is wrong."
    window.session.mark(Marks(lanes=(lane, Lane("h[1]"))))
    window.session.mark(window.session.marks.armed(0))
    entry(window, "Stop where", "rediction is wrong").trigger()
    assert window.session.marks.lanes == (lane, Lane("h[1]")), "the one that is there is armed"


def test_they_are_of_the_selected_unit_and_in_the_palette(open_window: OpenWindow) -> None:
    window = open_window(RUN, 1, 5)
    entry(window, "Lane of", "Unit 5").trigger()
    press(window, "]", "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    palette.line.setText("candidate of unit 6 flips")
    press(palette, "Return")
    expressions = [lane.expression for lane in window.session.marks.lanes]
    assert expressions == ["h[5]", "flips: n[6] * previous(n[6]) < 0"]
    entry(window, "Stop where", "tate's change").trigger()
    assert entry(window, "Stop where", "tate's change").isChecked()


def test_what_a_model_cannot_have_is_said(open_window: OpenWindow) -> None:
    window = open_window(recording(model(output=False), 20).finish(), 1, 0)
    action = entry(window, "Lane of", "urprise")
    assert not action.isEnabled()
    assert "no output layer" in action.text()
    window.session.mark(Marks(lanes=tuple(Lane(f"h[{i}] * 1") for i in range(MOST))))
    entry(window, "Lane of", "Unit 0").trigger()
    assert "12 lanes" in window.status.where.said
