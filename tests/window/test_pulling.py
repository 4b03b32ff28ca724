"""Shift and the pointer on a bar: its value follows, and all of it is one edit and one undo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import ColumnsPane

OpenWindow = Callable[..., MainWindow]
LEFT, SHIFT, NONE = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


def edits(window: MainWindow) -> tuple[str, ...]:
    assert window.session.edited is not None
    return window.session.edited.run.edits


def place(window: MainWindow, quantity: str, unit: int, value: float) -> QPoint:
    """Where a value stands in a unit's chart, in the window."""
    pane = window.cell.pane
    assert isinstance(pane, ColumnsPane)
    row = next(
        row for row in pane.shown_rows() if isinstance(row, BarRow) and row.selects == (quantity,)
    )
    x = row.rect.left() + row.axis.center(unit)
    return window.cell.viewport().mapTo(window, QPoint(round(x), round(row.chart.y(value))))


def pull(
    window: MainWindow, quantity: str, unit: int, *values: float, keys: Qt.KeyboardModifier = SHIFT
) -> None:
    handle = window.windowHandle()
    places = [place(window, quantity, unit, value) for value in values]
    QTest.mousePress(handle, LEFT, keys, places[0])
    for at in places[1:]:
        QTest.mouseMove(handle, at)
        QApplication.processEvents()
        assert not window.edit_bar.isVisible(), "the picture keeps its place under the pointer"
    QTest.mouseRelease(handle, LEFT, keys, places[-1])
    QApplication.processEvents()


@pytest.mark.parametrize(
    ("quantity", "reach"), [("z", 0.02), ("n", 0.03), ("h", 0.03), ("hidden_n", 0.5)]
)
def test_a_bar_follows_the_pointer(quantity: str, reach: float, window: MainWindow) -> None:
    pull(window, quantity, 7, 0.9, 0.7, 0.25, 0.5)
    (sentence,) = edits(window)
    name, _, rest = sentence.partition(" = ")
    number, _, step = rest.partition(" at ")
    assert (name, step) == (f"{quantity}[7]", "12")
    assert abs(float(number) - 0.5) < reach
    frame = window.session.frame
    assert frame is not None
    assert frame.step.values[quantity][7] == np.float32(number)
    assert window.edit_bar.isVisible()
    assert (window.session.unit, window.session.view.quantity) == (7, quantity)
    press(window, "Ctrl+Z")
    assert edits(window) == (), "one undo for all of it"
    press(window, "Ctrl+Shift+Z")
    assert edits(window) == (sentence,)


def test_one_that_is_set_already_is_set_anew(window: MainWindow) -> None:
    window.files.recordings.set_edits("z[7] = 0.25 at 12", "r = 1")
    window.edit_bar.setVisible(False)
    pull(window, "z", 7, 0.25, 1.0)
    assert edits(window) == ("z[7] = 1.00 at 12", "r = 1")


def test_what_is_computed_alone_can_not_be_pulled(window: MainWindow) -> None:
    pull(window, "sum_z", 7, 0.1, 2.0)
    pull(window, "z", 7, 0.2, 0.9, keys=NONE)
    pull(window, "z", 7, 0.2)
    assert edits(window) == ()


def test_nothing_is_pulled_before_it_is_computed(window: MainWindow) -> None:
    window.session.go_to(12, "r")
    pull(window, "z", 7, 0.2, 0.9)
    assert edits(window) == ()
