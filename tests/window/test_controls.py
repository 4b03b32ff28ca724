"""Controls look like one program's: no bevel, one frame, and no button that stays grey."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.charts.theme import THEMES
from gru_debugger.main_window import MainWindow


@pytest.fixture(params=["light", "dark"])
def window(request: pytest.FixtureRequest, open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(layers=2), 60), 30, 5, theme=request.param)


def colors(image: QImage, line: Iterator[tuple[int, int]]) -> list[QColor]:
    return [image.pixelColor(x, y) for x, y in line]


@pytest.mark.parametrize("name", ["file", "more"])
def test_a_button_lets_go_of_its_menu(name: str, window: MainWindow) -> None:
    window.resize(700, 800)
    QApplication.processEvents()
    button = window.tool_bar.file if name == "file" else window.tool_bar.bar.more
    menu = button.menu()
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as the pointer leaves it by the menu
    menu.popup(button.mapToGlobal(QPoint(0, 30)))
    menu.close()
    QApplication.processEvents()
    assert not button.underMouse()
    image = button.grab().toImage()
    assert image.pixelColor(image.width() // 2, 4) == THEMES[window.theme.name].panel


def test_what_drops_down_has_one_frame(window: MainWindow, qtbot: QtBot) -> None:
    """From the edge inwards: the frame, and then the ground, on every side."""
    theme, box = THEMES[window.theme.name], window.tool_bar.layer
    box.showPopup()
    popup = box.view().window()
    qtbot.waitUntil(popup.isVisible)
    image = popup.grab().toImage()
    wide, high = image.width(), image.height()
    sides = {
        "top": [(wide // 2, y) for y in range(3)],  # the current row comes next
        "bottom": [(wide // 2, high - 1 - y) for y in range(8)],
        "left": [(x, high // 2) for x in range(8)],
        "right": [(wide - 1 - x, high // 2) for x in range(8)],
    }
    for side, line in sides.items():
        found = [color != theme.panel for color in colors(image, iter(line))]
        assert found == [True] + [False] * (len(line) - 1), side
    rows = [box.view().visualRect(box.model().index(i, 0)).height() for i in range(box.count())]
    assert min(rows) >= 22
    box.hidePopup()


@pytest.mark.parametrize("enabled", [True, False])
def test_a_check_box_has_a_tick(enabled: bool, window: MainWindow, qtbot: QtBot) -> None:
    """In the colour that stands on the filled square, from its left half to its right."""
    theme = THEMES[window.theme.name]
    dialog = QDialog(window)
    box = QCheckBox("PNG", dialog, enabled=enabled)
    box.resize(100, 32)
    dialog.show()
    qtbot.waitUntil(dialog.isVisible)
    ground = theme.now if enabled else theme.future
    ticked = {}
    for checked in (True, False):
        box.setChecked(checked)
        image = box.grab(QRect(0, 0, 17, 32)).toImage()  # without its words
        pixels = [(x, y, image.pixelColor(x, y)) for x in range(17) for y in range(32)]
        if checked:
            left, right = (end(x for x, _, c in pixels if c == ground) for end in (min, max))
            top, bottom = (end(y for _, y, c in pixels if c == ground) for end in (min, max))
        inside = [p for p in pixels if left + 2 < p[0] < right - 2 and top + 2 < p[1] < bottom - 2]
        ticked[checked] = {x for x, _, c in inside if _far(c, theme.now_text) < 60}
        assert any(c == ground for *_, c in inside) is checked
    assert len(ticked[True]) >= 5
    dialog.close()
    dialog.deleteLater()


def _far(a: QColor, b: QColor) -> int:
    return sum(abs(x - y) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True))  # type: ignore[arg-type]


def test_a_spin_box_has_arrows_and_no_bevel(window: MainWindow, qtbot: QtBot) -> None:
    """Where its buttons are there is the ground and two arrows, and no third colour's edges."""
    theme = THEMES[window.theme.name]
    dialog = QDialog(window)
    box = QSpinBox(dialog)
    box.resize(100, 32)
    dialog.resize(120, 60)
    dialog.show()
    qtbot.waitUntil(dialog.isVisible)
    image = box.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    memory = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    pixels = memory[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    buttons = pixels[4:-4, -19:-3]
    drawn = (np.abs(buttons.astype(int) - theme.panel.getRgb()[:3]).sum(axis=2)) > 24
    assert drawn.any(axis=1)[: len(drawn) // 2].any(), "the arrow up"
    assert drawn.any(axis=1)[len(drawn) // 2 :].any(), "the arrow down"
    assert drawn.sum(axis=1).max() <= 8, "and no line across"
    dialog.close()
    dialog.deleteLater()


def test_the_step_is_written_and_typed_with_commas(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(recording(model(4), 12_345), 1)
    box = window.tool_bar.position
    for typed, step in (("12,000", 12_000), ("11000", 11_000), ("99999", 12_345), ("1,234", 1234)):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, typed)
        press(window, "Return")
        assert window.session.position == step
        assert box.text() == f"{step:,}"
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "-x")
    press(window, "Escape")
    assert window.session.position == 1234
    assert isinstance(QApplication.focusWidget(), QWidget)
