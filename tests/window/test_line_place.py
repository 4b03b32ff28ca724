"""Where lines of input stand: above the picture, which they never cover, one at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QPoint, QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane

OpenWindow = Callable[..., MainWindow]
RUN = recording(model(), 60)
LOW, HIGH = (1366, 768), (1600, 1000)
KEYS = {
    "Ctrl+F": "find_line", "Shift+L": "lane_line", "=": "what_if", "Ctrl+B": "bookmark_line",
    "G": "letters_line",
}  # fmt: skip


def place(widget: QWidget) -> QRect:
    """In its window, once everything has been laid out."""
    QApplication.processEvents()
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", [LOW, HIGH, (900, 620)], ids=str)
def test_a_line_stands_above_the_picture(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window(RUN, 12, 5, size=size)
    before = place(window.cell)
    for key, name in KEYS.items():
        press(window, key)
        line, cell = place(getattr(window, name)), place(window.cell)
        assert (line.left(), line.right()) == (cell.left(), cell.right()), name
        assert line.bottom() + 1 == cell.top(), name
        press(window, "Escape")
        assert place(window.cell) == before, name


def test_what_is_wrong_moves_nothing(open_window: OpenWindow) -> None:
    window = open_window(RUN, 12, 5, size=LOW)
    press(window, "Shift+L")
    line, before = window.lane_line, place(window.cell)
    fields = [place(box) for box in (line.edit, line.every)]
    QTest.keyClicks(line.edit, "z[99] < 0.05")
    press(window, "Return")
    assert line.fault.isVisible()
    assert line.rect().contains(line.fault.geometry()), "all of it is seen"
    assert place(window.cell) == before
    assert [place(box) for box in (line.edit, line.every)] == fields


def test_in_a_low_window_it_has_the_edit_bars_place(open_window: OpenWindow) -> None:
    window = open_window(RUN, 12, 5, size=LOW)
    for expression in ("z[9]", "h[1]", "surprise"):
        window.session.mark(window.session.marks.with_lane(Lane(expression)))
    window.files.recordings.set_edits("r = 1")
    before = place(window.cell)
    press(window, "Ctrl+F")
    assert place(window.cell) == before
    assert not window.edit_bar.isVisible()
    assert window.units.lacking <= {"weights"}, "parts and sums stay"
    window.files.recordings.set_edits("r = 1", "z = 1")
    assert not window.edit_bar.isVisible()
    press(window, "Escape")
    assert window.edit_bar.isVisible()
    assert place(window.cell) == before


def test_in_a_high_one_the_edit_bar_stays(open_window: OpenWindow) -> None:
    window = open_window(RUN, 12, 5, size=HIGH)
    window.files.recordings.set_edits("r = 1")
    press(window, "Ctrl+F")
    assert place(window.edit_bar).bottom() < place(window.find_line).top()


def test_the_line_before_waits_behind_the_next(open_window: OpenWindow) -> None:
    window = open_window(RUN, 12, 5)
    press(window, "Ctrl+F")
    QTest.keyClicks(window.find_line.edit, "a")
    window.cell.setFocus()
    press(window, "=")
    assert (window.find_line.isVisible(), window.what_if.isVisible()) == (False, True)
    press(window, "Escape")
    assert (window.find_line.isVisible(), window.what_if.isVisible()) == (True, False)
    assert window.find_line.count.text(), "it has looked on"
    assert window.cell.hasFocus()
    press(window, "Escape")
    assert not window.find_line.isVisible()
