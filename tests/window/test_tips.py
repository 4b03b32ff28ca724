"""What is pointed at is told as long as the pointer rests there, and is true of the step shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QCursor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.window.pane_view import PaneView

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window(recording(model(16), 20), 12, 6)
    QApplication.processEvents()
    return window


def told(view: PaneView) -> QPoint:
    """A place, of a view in the window, at which there are numbers to be told."""
    for y in range(2, view.height(), 6):
        for x in range(2, view.width(), 6):
            if "0." in view.pane.hover(QPointF(x, y)):
                return QPoint(x, y)
    raise AssertionError("nothing is told")


def point_at(window: MainWindow, view: PaneView, at: QPoint) -> None:
    """As a mouse does."""
    QTest.mouseMove(window.windowHandle(), view.viewport().mapTo(window, at - QPoint(1, 0)))
    QTest.mouseMove(window.windowHandle(), view.viewport().mapTo(window, at))
    QApplication.processEvents()


@pytest.mark.parametrize("name", ["strip", "cell", "unit", "prediction"])
def test_a_tip_outlasts_qts_own_question(window: MainWindow, name: str) -> None:
    view = window.views[name]
    at = told(view)
    point_at(window, view, at)
    words = view.pane.hover(QPointF(at))
    assert (QToolTip.isVisible(), QToolTip.text()) == (True, words)
    asked = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), asked)
    QTest.qWait(500)  # Qt hides after 300 ms
    assert (QToolTip.isVisible(), QToolTip.text()) == (True, words)


def test_a_tip_stays_for_seconds(window: MainWindow) -> None:
    """Qt asks 0.7 seconds after the pointer has come to rest."""
    view = window.views["cell"]
    point_at(window, view, told(view))
    QTest.qWait(3000)
    assert QToolTip.isVisible()


def test_a_tip_follows_the_step(window: MainWindow) -> None:
    view, row = window.views["cell"], window.units.columns()[-1].shown[0]  # type: ignore[attr-defined]
    at = QPoint(int(row.rect.left()) + 5, int(row.rect.center().y()))
    QCursor.setPos(view.viewport().mapToGlobal(at))
    point_at(window, view, at)
    before = QToolTip.text()
    press(window, "Right")
    assert QToolTip.text() == view.pane.hover(QPointF(at)) != before


def test_where_nothing_is_told_a_tip_ends(window: MainWindow) -> None:
    view = window.views["cell"]
    point_at(window, view, told(view))
    point_at(window, view, QPoint(4, 4))
    QTest.qWait(500)
    assert not QToolTip.isVisible()
