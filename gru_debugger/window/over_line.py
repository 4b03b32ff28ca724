"""A line of controls over the picture's upper edge: what is wrong stands below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.errors import one_line
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.plain import Label

TAB = Qt.FocusPolicy.TabFocus


class OverLine(QFrame):
    """Esc closes it. `over`: the view whose upper edge it lies on, its sibling."""

    closed = Signal()

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over.parentWidget())
        self.setObjectName("notice")
        self._over, self._session = over, session
        self.fault = Label()
        self.fault.setObjectName("wrong")
        self.fault.setWordWrap(True)
        self.hide()
        session.opened.connect(lambda: self._show_fault(""))

    def _put(self, widgets: Iterable[QWidget], wide: QWidget, spare: int = 1) -> None:
        """The controls in their order; `wide` gets room, and `spare` of it stays behind all."""
        line = QHBoxLayout()
        for widget in widgets:
            line.addWidget(widget, int(widget is wide))
        line.addStretch(spare)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 4, 14, 4)
        layout.addLayout(line)
        layout.addWidget(self.fault)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It lies over the picture's upper edge, which does not move for it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def _place(self) -> None:
        place, width = self._over.geometry(), self._over.width()
        high = max(self.heightForWidth(width), self.sizeHint().height())
        self.setGeometry(place.x(), place.y(), width, high)

    def open_line(self) -> None:
        self._over.installEventFilter(self)  # while it is there: each press is many events
        self.show()
        self._show_fault("")
        self.raise_()

    def close_line(self) -> None:
        self._over.removeEventFilter(self)
        self.hide()
        self.closed.emit()

    def _set_fault(self, words: str) -> None:
        self.fault.setText(one_line(words))
        self.fault.setVisible(bool(words))
        self._place()

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
