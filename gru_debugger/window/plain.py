"""Words as they are: nothing that a file says is HTML, or the mark of a key.

Qt takes what looks like HTML for HTML in every label, message box and tool tip, and then loads the
pictures it names; of a button's or an entry's words it takes “&” for the mark of a key. So labels
and message boxes are made here alone (`ruff` refuses Qt's own elsewhere), `SHEET` makes plain what
Qt makes by itself, such as tool tips, and what stands on a button or an entry goes through
`on_button`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

SHEET = "QLabel, QToolTip { qproperty-textFormat: PlainText; }\n"  # part of every style sheet

_LONGEST = 4000  # characters in a label: more can't be read, and takes long to lay out
_ON_BUTTON = 200


def shortened(words: str, most: int = _LONGEST) -> str:
    return words if len(words) <= most else words[: most - 2] + " …"


def on_button(words: str) -> str:
    """For a button, a check box or an entry of a menu: “&” is a letter, tabs and lines are not."""
    return shortened(" ".join(words.split()), _ON_BUTTON).replace("&", "&&")


def as_title(words: str) -> str:
    """For a window's title, where “[*]” would say that something has been changed."""
    return shortened(" ".join(words.split()), _ON_BUTTON).replace("[*]", "[*][*]")


class Label(QLabel):
    """Words; “&” marks a key only where the label has a buddy."""

    def __init__(self, words: str = "", wrap: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)  # before there is a text
        self.setWordWrap(wrap)
        self.setText(words)

    def setText(self, words: str) -> None:
        super().setText(shortened(words))


class Box(QMessageBox):
    """A message with buttons; `more` stands below the words, smaller."""

    def __init__(self, parent: QWidget | None, title: str, words: str, more: str = "") -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(as_title(title))
        self.setText(shortened(words))
        if more:
            self.setInformativeText(shortened(more))

    def offer(self, words: str) -> QPushButton:
        """A button that goes on."""
        return self.addButton(on_button(words), QMessageBox.ButtonRole.AcceptRole)

    def offer_back(self, words: str = "Go back") -> QPushButton:
        """The button that leaves all as it is, as Esc does."""
        button = self.addButton(words, QMessageBox.ButtonRole.RejectRole)
        self.setEscapeButton(button)
        return button
