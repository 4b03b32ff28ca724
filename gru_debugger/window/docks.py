"""Docks with a slim title that moves and closes them; what they are stands in the pane's head."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from gru_debugger.window.plain import Label

AREAS = {
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
}


class _Title(QWidget):
    def __init__(self, dock: QDockWidget, title: str) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(f"{title}: drag to move, double click to float")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        close = QToolButton()
        close.setText("✕")
        close.setAccessibleName(f"Close the pane: {title}")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.setToolTip(f"Close “{title}” (View menu brings it back)")
        close.clicked.connect(dock.close)
        layout.addStretch(1)
        grip = Label("⋯")
        grip.setAccessibleName(title)
        layout.addWidget(grip)
        layout.addStretch(1)
        layout.addWidget(close)
        self.setFixedHeight(14)


def make_dock(name: str, title: str, widget: QWidget) -> QDockWidget:
    dock = QDockWidget(title)
    dock.setObjectName(f"dock-{name}")
    dock.setWidget(widget)
    dock.setTitleBarWidget(_Title(dock, title))
    dock.toggleViewAction().setText(f"Show the pane: {title}")
    return dock
