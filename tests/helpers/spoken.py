"""What a screen reader calls the controls of a window or dialog."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from gru_debugger.window.pane_view import PaneView

_CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit,
    PaneView,
)  # fmt: skip
_QTS = (QHeaderView, QTabBar)


def name(widget: QWidget) -> str:
    """Its own name, or its label's; of a box what is chosen in it is not its name."""
    labels = [label for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
    if labels:
        return labels[0].text()
    if isinstance(widget, QComboBox):
        return widget.accessibleName()
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def description(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description)


def controls(top: QWidget) -> list[QWidget]:
    """What is seen in it that can be pressed, chosen, filled in or reached with Tab."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.isVisibleTo(top)
        and (isinstance(widget, _CONTROLS) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and not isinstance(widget, _QTS)
        and not widget.inherits("QTableCornerButton")
        and not widget.objectName().startswith("qt_")
        and not _inside_a_view(widget)
    ]


def _inside_a_view(widget: QWidget) -> bool:
    """Its viewport, which is not told of."""
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractScrollArea) and widget is parent.viewport()


def nameless(top: QWidget) -> list[str]:
    """Those whose name has no letters."""
    return [
        f"{type(widget).__name__} {name(widget)!r} in {top.windowTitle()!r}"
        for widget in controls(top)
        if not re.search(r"[^\W\d_]", name(widget))
    ]
