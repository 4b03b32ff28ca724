"""Keys and clicks as the window system sends them: to the window, not to a widget of choice."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gru_debugger.main_window import MainWindow


def press(window: QWidget, *keys: str) -> None:
    """Keys in Qt's portable notation, one after another: `Ctrl+Shift+N`."""
    for key in keys:
        combination = QKeySequence(key)[0]
        handle = window.windowHandle()
        QTest.keyClick(handle, combination.key(), combination.keyboardModifiers())
    QApplication.processEvents()


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """A click of the left button, sent to the window the widget is in."""
    window = widget.window()
    place = widget.mapTo(window, at or widget.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(window.windowHandle(), left, none, place)
    QApplication.processEvents()


def double_click(widget: QWidget, at: QPoint) -> None:
    window = widget.window()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(window.windowHandle(), left, none, widget.mapTo(window, at))
    QApplication.processEvents()


def focus_by_tab(window: MainWindow, widget: QWidget) -> None:
    for _ in range(40):
        if QApplication.focusWidget() is widget:
            return
        press(window, "Tab")
    raise AssertionError(f"Tab does not reach {widget}")


def tab_chain(window: MainWindow) -> list[QWidget]:
    """The controls that Tab visits, from the stepping view round to it again."""
    window.focus_stepping()
    chain: list[QWidget] = []
    for _ in range(60):
        press(window, "Tab")
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused is window.cell:
            return chain
        chain.append(focused)
    raise AssertionError("Tab does not come back to the stepping view")
