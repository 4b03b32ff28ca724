"""A line over the picture in which something is said: what is wrong with it stands below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.errors import GRUDebuggerError, one_line
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.plain import Label

TAB = Qt.FocusPolicy.TabFocus


class SaidLine(QFrame):
    """Enter takes what is said, Esc gives up.

    `over`: the view whose upper edge it lies on, its sibling. `take` raises GRUDebuggerError for
    what can't be taken.
    """

    closed = Signal()
    longest = 1000  # characters

    def __init__(
        self,
        over: QWidget,
        session: Session,
        title: str,
        example: str,
        button: str,
        take: Callable[[str], None],
    ) -> None:
        super().__init__(over.parentWidget())
        self.setObjectName("notice")
        self._over = over
        self._session, self._take = session, take
        self.edit, self.fault = QLineEdit(), Label()
        self.edit.setAccessibleName(title.lower())
        self.edit.setMaxLength(self.longest)
        self.edit.setMinimumWidth(90)
        self.edit.setMaximumWidth(330)
        self.edit.setPlaceholderText(example)
        self.edit.textEdited.connect(lambda _: self._edited())
        self.edit.returnPressed.connect(self.apply)
        self._redo = RedoKey(self.edit)
        self.fault.setObjectName("wrong")
        self.fault.setWordWrap(True)
        self._lay_out(title, button)
        self.hide()
        session.opened.connect(lambda: self._show_fault(""))

    def _lay_out(self, words: str, button_words: str) -> None:
        title = Label(words)
        title.setBuddy(self.edit)
        line = QHBoxLayout()
        line.addWidget(title)
        line.addWidget(self.edit, 1)
        for widget in self._controls(button_words):
            line.addWidget(widget)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 4, 14, 4)
        layout.addLayout(line)
        layout.addWidget(self.fault)

    def _controls(self, button_words: str) -> list[QWidget]:
        """What stands behind the field."""
        return [
            tool_button(button_words, button_words.lower(), "Enter", self.apply),
            tool_button("✕", "give up", "Esc", self.close_line),
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It lies over the picture's upper edge, which does not move for it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def _place(self) -> None:
        place, width = self._over.geometry(), self._over.width()
        high = max(self.heightForWidth(width), self.sizeHint().height())
        self.setGeometry(place.x(), place.y(), width, high)

    def begin_with(self, front: str, selected: str = "", behind: str = "") -> None:
        """With these words in it, some of them ready to be typed over."""
        self.edit.setText(front + selected + behind)
        self._over.installEventFilter(self)  # while it is there: each press is many events
        self.show()
        self._show_fault("")
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.setSelection(len(front), len(selected))

    def apply(self) -> None:
        if self._session.trace is None:
            return
        try:
            self._take(self.edit.text())
        except GRUDebuggerError as fault:
            self._show_fault(str(fault))
            self.edit.setFocus()
        else:
            self.close_line()

    def close_line(self) -> None:
        self._over.removeEventFilter(self)
        self.hide()
        self.closed.emit()

    def _edited(self) -> None:
        """A fault is of what was said before."""
        self._show_fault("")

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


class RedoKey(QObject):
    """Ctrl+Y redoes what was typed where Qt knows Ctrl+Shift+Z alone: not the window's history."""

    def __init__(self, editor: QLineEdit | QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not _is_redo(event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            self._editor.redo()
        return True


def _is_redo(event: QKeyEvent) -> bool:
    control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return event.key() == Qt.Key.Key_Y and control


def holds_pointer(widget: QWidget) -> bool:
    """Whether a click now would be in it."""
    return widget.isVisible() and widget.underMouse()
