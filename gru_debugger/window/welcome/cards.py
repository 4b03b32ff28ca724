"""The start page's cards: a bundled model, where files are dropped, what was open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gru_debugger.phrases import told
from gru_debugger.window.plain import Label, on_button

WIDEST = 376  # pixels
_MOST = 4  # files that were open


class Card(QFrame):
    """A frame with a column of words and controls in it."""

    def __init__(self, name: str = "card") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 16, 20, 18)
        self.column.setSpacing(6)

    def say(self, words: str, name: str = "", centred: bool = False) -> Label:
        label = Label(words, wrap=True)
        label.setObjectName(name)
        if centred:
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(label)
        return label

    def offer(self, *buttons: QWidget, spread: bool = False) -> None:
        """A row of controls at the lower edge."""
        self.column.addSpacing(8)
        self.column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(10)
        if spread:
            row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)


def button(words: str, keys: str, call: Callable[[], object], spoken: str = "") -> QPushButton:
    """With the key that does the same behind its words."""
    made = QPushButton(f"{words}\N{EM SPACE}{keys}" if keys else words)
    made.setAccessibleName(spoken or words)
    made.setAccessibleDescription(f"key {keys}" if keys else "")
    made.setAutoDefault(False)
    made.clicked.connect(lambda *_: call())
    return made


def primary(words: str, key: str, call: Callable[[], object], spoken: str) -> QPushButton:
    made = button(words, key, call, spoken)
    made.setObjectName("primary")
    made.setMinimumWidth(100)
    return made


class Offer(Card):
    """A picture, what it is of, and the button that opens it."""

    def __init__(
        self, picture: QWidget, title: str, facts: str, words: str, opener: QPushButton
    ) -> None:
        super().__init__()
        self.column.addWidget(picture)
        self.column.addSpacing(10)
        self.say(title, "cardTitle")
        self.say(facts, "why")
        self.say(words)
        self.offer(opener)


class Drop(Card):
    """The whole page takes what is dropped; here it says so."""

    def __init__(self, kinds: str, *buttons: QPushButton) -> None:
        super().__init__("drop")
        self.column.addStretch(1)
        self.say(told("Drop a model or a text here"), "cardTitle", centred=True)
        self.say(kinds, "why", centred=True)
        self.column.addSpacing(12)
        self.offer(*buttons, spread=True)
        self.column.addStretch(1)


class Recent(Card):
    """What was open, the last first; gone files are left out."""

    def __init__(self, open_path: Callable[[str], object], clear: Callable[[], object]) -> None:
        super().__init__()
        self._open = open_path
        head = QHBoxLayout()
        title = Label(told("Recent"))
        title.setObjectName("cardTitle")
        self.clear = button(told("Clear"), "", clear, told("Clear the recent files"))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.clear)
        self.column.addLayout(head)
        self.rows: list[_Row] = []
        self._none = self.say(told("What you open is listed here."), "plain")
        self.column.addStretch(1)

    def show_paths(self, paths: Sequence[str]) -> None:
        for row in self.rows:
            row.setParent(None)
            row.deleteLater()
        there = [path for path in paths if Path(path).exists()][:_MOST]
        self.rows = [_Row(path, self._open) for path in there]
        for i, row in enumerate(self.rows):
            self.column.insertWidget(2 + i, row)
        self._none.setVisible(not there)
        self.clear.setVisible(bool(there))


class _Row(QPushButton):
    """Two lines: its name, and the folder that it is in."""

    def __init__(self, path: str, open_path: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("row")
        self.setAutoDefault(False)
        file, home = Path(path), str(Path.home())
        folder = str(file.parent)
        if folder.startswith(home):
            folder = f"~{folder.removeprefix(home)}"
        self.setAccessibleName(told("Open {file}, in {folder}", file=file.name, folder=folder))
        self.setToolTip(on_button(path))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 4)
        column.setSpacing(0)
        for words, name in ((file.name, "keys"), (folder, "why")):
            label = Label(words)
            label.setObjectName(name)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(label)
        self.clicked.connect(lambda *_: open_path(path))

    def sizeHint(self) -> QSize:
        return QSize(200, 42)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 42)
