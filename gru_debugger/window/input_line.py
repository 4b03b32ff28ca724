"""A line of controls above the picture, which makes room for it; what is wrong stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.errors import one_line
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.plain import Label

TAB = Qt.FocusPolicy.TabFocus


class InputLine(QFrame):
    """Esc closes it. One that is begun while another is open stands in its place meanwhile."""

    begun, closed = Signal(), Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._session = session
        self.fault = Label()
        self.fault.setObjectName("wrong")
        self.fault.setWordWrap(True)
        self.hide()
        session.opened.connect(lambda: self._show_fault(""))

    def _put(self, widgets: Iterable[QWidget], wide: QWidget, spare: bool = True) -> None:
        """The controls in their order; `wide` gets room, and so do the words on what is wrong.

        `spare`: theirs is kept, so that nothing moves while somebody types.
        """
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setRetainSizeWhenHidden(spare)
        self.fault.setSizePolicy(policy)
        self._rows, self._line = QVBoxLayout(self), QHBoxLayout()
        self._rows.setContentsMargins(24, 4, 14, 3)  # as high as the edit bar, for whose place
        self._rows.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._rows.addLayout(self._line)
        for widget in widgets:
            self._line.addWidget(widget, int(widget is wide))
        self._line.addWidget(self.fault, 1)

    def open_line(self) -> None:
        self._show_fault("")
        self.begun.emit()

    def close_line(self) -> None:
        self.hide()
        self.closed.emit()

    def _set_fault(self, words: str) -> None:
        self.fault.setText(one_line(words))
        self.fault.setVisible(bool(words))

    def _show_fault(self, words: str) -> None:
        self._set_fault(words)
        if words:
            announce(self, words, urgent=True)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_line()
        else:
            super().keyPressEvent(event)


def tool_button(shown: str, name: str, tip: str, call: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setText(shown)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(TAB)
    button.clicked.connect(lambda *_: call())
    return button


def holds_pointer(widget: QWidget) -> bool:
    """Whether a click now would be in it."""
    return widget.isVisible() and widget.underMouse()
