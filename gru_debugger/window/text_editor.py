"""The text, to be typed or pasted where the strip shows it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolButton, QWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.window.painted_words import Line
from gru_debugger.window.plain import Label
from gru_debugger.window.redo_key import RedoKey

_SHOWN = 12  # special symbols
_FOOT = 34  # pixels below the text
_LONGEST = 200_000  # characters; a longer text is not offered for editing, only to be replaced


class TextEditor(QPlainTextEdit):
    applied = Signal(str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("text")
        self.setAccessibleName("text")
        self._begun, self._line_end = "", "\n"
        self.setPlaceholderText("Type or paste a text")
        self.setViewportMargins(0, 0, 0, _FOOT)
        self.special = Line()
        self._redo = RedoKey(self)
        self._foot = self._make_foot()

    def _make_foot(self) -> QWidget:
        """How to finish, in words and as buttons."""
        foot = QWidget(self)
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(10, 0, 6, 2)
        layout.addWidget(Label("Ctrl+Enter reads this text, Esc keeps the old one"))
        layout.addWidget(self.special, 1)
        for words, call in (
            ("Read this text", self._apply),
            ("Keep the old", self.given_up.emit),
        ):
            button = QToolButton()
            button.setText(words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda *_, call=call: call())
            layout.addWidget(button)
        return foot

    def _apply(self) -> None:
        self.applied.emit(self.text())

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._foot.setGeometry(1, self.height() - _FOOT - 1, self.width() - 2, _FOOT)

    def begin(self, text: str, special: Sequence[str] = (), whole: bool = False) -> None:
        """Show a text to be changed; `special`: symbols of several characters that it may hold.

        `whole`: it is the user's own, and shown however long it is.
        """
        shown = " ".join(special[:_SHOWN]) + (" …" if len(special) > _SHOWN else "")
        self.special.set_text(f"also {shown}" if special else "")
        self.special.setToolTip(
            "Read as one symbol each, where the text has them" if special else ""
        )
        self._begun = text if whole or len(text) <= _LONGEST else ""
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        self.setPlainText(self._begun)
        self.document().setModified(False)
        self.selectAll()
        self.setFocus()

    def text(self) -> str:
        """As it was where nothing was typed; else with the line ends that the text had."""
        if not self.document().isModified():
            return self._begun
        # Not toPlainText(): that makes spaces of no-break spaces.
        return self.document().toRawText().replace("\u2029", self._line_end)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif entered and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._apply()
        else:
            super().keyPressEvent(event)
