"""A line above the picture in which something is said, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from gru_debugger.errors import GRUDebuggerError
from gru_debugger.session.session import Session
from gru_debugger.window.input_line import InputLine, tool_button
from gru_debugger.window.plain import Label
from gru_debugger.window.redo_key import RedoKey


class SaidLine(InputLine):
    """Enter takes what is said, Esc gives up.

    `take` raises GRUDebuggerError for what can't be taken.
    """

    longest = 1000  # characters

    def __init__(
        self,
        session: Session,
        title: str,
        example: str,
        button: str,
        take: Callable[[str], None],
    ) -> None:
        super().__init__(session)
        self._take = take
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title.lower())
        self.edit.setMaxLength(self.longest)
        self.edit.setMinimumWidth(90)
        self.edit.setMaximumWidth(330)
        self.edit.setPlaceholderText(example)
        self.edit.textEdited.connect(lambda _: self._edited())
        self.edit.returnPressed.connect(self.apply)
        self._redo = RedoKey(self.edit)
        label = Label(title)
        label.setBuddy(self.edit)
        self._put([label, self.edit, *self._controls(button)], self.edit)

    def _controls(self, button_words: str) -> list[QWidget]:
        """What stands behind the field."""
        return [
            tool_button(button_words, button_words.lower(), "Enter", self.apply),
            tool_button("✕", "give up", "Esc", self.close_line),
        ]

    def begin_with(self, front: str, selected: str = "", behind: str = "") -> None:
        """With these words in it, some of them ready to be typed over."""
        self.edit.setText(front + selected + behind)
        self.open_line()
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

    def _edited(self) -> None:
        """A fault is of what was said before."""
        self._show_fault("")
