"""What-if: a line above the picture in which an edit is said, and the mark that there are some."""

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
from gru_debugger.core import names
from gru_debugger.core.edits import LONGEST
from gru_debugger.errors import GRUDebuggerError, one_line
from gru_debugger.numerals import MINUS, two
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.plain import Label, on_button

TAB = Qt.FocusPolicy.TabFocus
_SHOWN = 40  # characters of the edits in the mark


class WhatIf(QFrame):
    """Enter sets what is said, Esc gives up; what is wrong with it stands below it.

    `over`: the view whose upper edge it lies on, its sibling.
    """

    closed = Signal()

    def __init__(self, over: QWidget, session: Session, set_edits: Callable[..., None]) -> None:
        super().__init__(over.parentWidget())
        self.setObjectName("notice")
        self._over = over
        over.installEventFilter(self)
        self._session, self._set_edits = session, set_edits
        self.edit, self.fault = QLineEdit(), Label()
        self.edit.setAccessibleName("what if")
        self.edit.setMaxLength(LONGEST)
        self.edit.setMinimumWidth(90)
        self.edit.setMaximumWidth(330)
        self.edit.setPlaceholderText("z[9] = 1 at 34, r = 1, h[0:4] = 0 from 10 to 20")
        self.edit.textEdited.connect(lambda _: self._show_fault(""))
        self.edit.returnPressed.connect(self.apply)
        self._redo = RedoKey(self.edit)
        self.fault.setObjectName("wrong")
        self.fault.setWordWrap(True)
        self._lay_out()
        self.hide()
        session.opened.connect(lambda: self._show_fault(""))

    def _lay_out(self) -> None:
        title = Label("What if")
        title.setBuddy(self.edit)
        line = QHBoxLayout()
        line.addWidget(title)
        line.addWidget(self.edit, 1)
        for words, name, call in (("Set", "set", self.apply), ("✕", "give up", self.close_line)):
            button = QToolButton()
            button.setText(words)
            button.setAccessibleName(name)
            button.setToolTip("Enter" if words == "Set" else "Esc")
            button.setFocusPolicy(TAB)
            button.clicked.connect(lambda *_, call=call: call())
            line.addWidget(button)
        line.addStretch(1)
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

    def begin(self) -> None:
        """With the selected value as it is now, its number ready to be typed over."""
        front, number, behind = sentence(self._session)
        self.edit.setText(front + number + behind)
        self.show()
        self._show_fault("")
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.setSelection(len(front), len(number))

    def apply(self) -> None:
        trace = self._session.trace
        if trace is None:
            return
        try:
            self._set_edits(*trace.run.edits, self.edit.text())
        except GRUDebuggerError as fault:
            self._show_fault(str(fault))
            self.edit.setFocus()
        else:
            self.close_line()

    def close_line(self) -> None:
        self.hide()
        self.closed.emit()

    def _show_fault(self, words: str) -> None:
        self.fault.setText(one_line(words))
        self.fault.setVisible(bool(words))
        self._place()
        if words:
            announce(self, words, urgent=True)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_line()
        else:
            super().keyPressEvent(event)


def sentence(session: Session) -> tuple[str, str, str]:
    """What would leave the selected value as it is: up to its number, that, and what follows."""
    view, model, step = session.view, session.model, session.step
    place = view.layer, view.direction
    name = view.quantity if model is None else names.called(model, view.quantity, place)
    values = None if step is None else step.get(view.quantity)
    number = "0" if values is None else two(float(values[view.unit])).replace(MINUS, "-")
    return f"{name}[{view.unit}] = ", number, f" at {max(1, session.position)}"


class EditMark(QToolButton):
    """Says which edits there are, as long as there are any; a click takes them away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("edited")
        self.setFocusPolicy(TAB)
        self.hide()

    def show_edits(self, edits: tuple[str, ...]) -> None:
        said = "; ".join(edits)
        self.setText(on_button(f"edited: {one_line(said, _SHOWN)}  ✕") if edits else "")
        self.setAccessibleName(f"edited: {said}; remove the edits" if edits else "")
        listed = "\n".join(edits[:20]) + ("\n…" if len(edits) > 20 else "")
        self.setToolTip(f"Set by hand:\n{listed}\n\nRemove the edits" if edits else "")
        self.setVisible(bool(edits))


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
