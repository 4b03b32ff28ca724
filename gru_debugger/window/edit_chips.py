"""What stands in the bar above the cell: an edit as a chip, and what a key does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gru_debugger.core.edits import Edit
from gru_debugger.errors import one_line
from gru_debugger.window.input_line import TAB, tool_button
from gru_debugger.window.plain import Label, on_button
from gru_debugger.window.style import rename

CHIP_HIGH = 23  # pixels
_LONGEST = 40  # characters of an edit in a chip


class Chip(QWidget):
    """One edit, or what is pinned: a click says it otherwise, or swaps; ✕ takes it away."""

    def __init__(self, again: Callable[[], object], remove: Callable[[], object]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # a frame's room would come late
        self.setFixedHeight(CHIP_HIGH)
        self.said = tool_button("", "", "", again)
        self.gone = tool_button("✕", "", "", remove)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 0, 3, 0)
        layout.setSpacing(0)
        layout.addWidget(self.said)
        layout.addWidget(self.gone)

    def show_edit(self, edit: Edit) -> None:
        sentence = str(edit)
        self.said.setText(on_button(one_line(sentence, _LONGEST)))
        self.said.setAccessibleName(f"say otherwise: {sentence}")
        self.said.setToolTip(f"{sentence}\nA click says it otherwise")
        self.gone.setAccessibleName(f"remove the edit {sentence}")
        self.gone.setToolTip(f"Remove: {sentence}")

    def show_pinned(self, words: str, what: str) -> None:
        """`what`: a run, or a step."""
        self.said.setText(on_button(one_line(words, _LONGEST)))
        self.said.setAccessibleName(f"show the pinned {what}: {words[:_LONGEST]}")
        self.said.setToolTip(f"The {what} that this one is held against\nA click swaps the two")
        self.gone.setAccessibleName("pin it no longer")
        self.gone.setToolTip("Pin it no longer")

    def in_force(self, now: bool) -> None:
        rename(self, "chipNow" if now else "chip")


class KeyButton(QToolButton):
    """What a key does, in words beside it."""

    def __init__(self, key: str, call: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("keyed")
        self.setFocusPolicy(TAB)
        cap, self._said = (
            Label(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)),
            Label(),
        )
        cap.setObjectName("cap")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(2, 0, 2, 0)
        self._line.setSpacing(5)
        for label in (cap, self._said):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._line.addWidget(label)
        self.clicked.connect(lambda *_: call())

    def setText(self, words: str) -> None:
        """The key alone where there is no room for words; the tip has them then."""
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self.setToolTip("" if words else self.accessibleName())

    def text(self) -> str:
        return self._said.text()

    def sizeHint(self) -> QSize:
        return self._line.sizeHint()
