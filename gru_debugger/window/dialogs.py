"""The few questions the window asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger import __version__
from gru_debugger.charts.guard import guarded
from gru_debugger.core.model import Model, printable, summary


def ask(dialog: QDialog) -> bool:
    """Show a dialog, wait for its answer, and let go of it: whether it was accepted."""
    accepted = bool(dialog.exec())
    dialog.deleteLater()
    return accepted


class CommandPalette(QDialog):
    """Type a part of a name, Enter runs the command."""

    def __init__(self, parent: QWidget, actions: list[QAction]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.resize(460, 380)
        self.line = QLineEdit(placeholderText="Type a command")
        self.list = QListWidget()
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self._actions = actions
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._run)
        self.list.itemActivated.connect(self._run)
        self._filter("")
        self.line.setFocus()

    def _filter(self, words: str) -> None:
        self.list.clear()
        for action in self._actions:
            title = action.text().replace("&", "")
            if all(word in title.lower() for word in words.lower().split()):
                keys = action.shortcut().toString()
                item = QListWidgetItem(f"{title}    {keys}" if keys else title)
                item.setData(Qt.ItemDataRole.UserRole, action)
                if not action.isEnabled():
                    item.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        action = item.data(Qt.ItemDataRole.UserRole) if item else None
        self.close()
        if isinstance(action, QAction) and action.isEnabled():
            action.trigger()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the list while the line has the focus."""
        step = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}.get(event.key())
        if step:
            row = self.list.currentRow() + step
            self.list.setCurrentRow(min(max(0, row), self.list.count() - 1))
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True)
class Readable:
    """A text that a model can read; `unknown`: with its unknown symbol for what it lacks."""

    text: str
    unknown: bool = False


def ask_uncovered(parent: QWidget, model: Model, text: str) -> Readable | None:
    """How a model is to read a text with characters that its vocabulary lacks; None to stay."""
    symbols = model.split(text)
    covered = "".join(s for s in symbols if s in model.index_of)
    left_out = sum(s not in model.index_of for s in symbols)
    box = QMessageBox(parent)
    box.setWindowTitle("Another vocabulary")
    box.setText(f"“{model.source.name}” can't read this text.")
    box.setInformativeText(_uncovered_words(model, text))
    answers: dict[object, Readable] = {}

    def offer(words: str, answer: Readable) -> None:
        answers[box.addButton(words, QMessageBox.ButtonRole.AcceptRole)] = answer

    if model.unknown_symbol is not None:
        them = "them" if left_out != 1 else "it"
        offer(f"Read {them} as {model.unknown_symbol}", Readable(text, unknown=True))
    if covered:
        words = f"Leave {left_out:,} character{'s' * (left_out != 1)} out"
        offer(words, Readable(covered))
    if model.example is not None:
        offer("Open its own text", Readable(model.example.text))
    back = box.addButton("Go back", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(back)
    box.setEscapeButton(back)
    ask(box)
    return answers.get(box.clickedButton())


def _uncovered_words(model: Model, text: str) -> str:
    """Where the first unknown character is, and which others there are."""
    symbols = model.split(text)
    unknown = list(dict.fromkeys(s for s in symbols if s not in model.index_of))
    first = sum(map(len, symbols[: symbols.index(unknown[0])])) + 1
    names = ", ".join(printable(c) for c in unknown[:12]) + (" …" if len(unknown) > 12 else "")
    count = f"{len(unknown)} characters are" if len(unknown) > 1 else "One character is"
    return (
        f"{count} not in its vocabulary: {names} (first at position {first:,}).\n\n"
        f"It knows {summary(model.require_vocabulary(), 80)}"
    )


class ExportDialog(QDialog):
    """Which pane, which steps, which format; where to."""

    def __init__(
        self, parent: QWidget, panes: list[tuple[str, str]], step: int, steps: int
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export pictures")
        self.pane = QComboBox()
        for name, title in panes:
            self.pane.addItem(title, name)
        self.steps = QLineEdit(str(max(1, step)))
        self.steps.setPlaceholderText(f"1-{steps}")
        self.format = self._choice("PNG", "SVG", "PDF")
        self.theme = self._choice("Light", "Dark")
        self.scale = self._choice("1", "2", "3", "4")
        self.scale.setCurrentIndex(1)
        self.folder = QLineEdit(str(Path.cwd()))
        browse = QPushButton("…", autoDefault=False)
        browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.addWidget(self.folder, 1)
        line.addWidget(browse)
        form = QFormLayout(self)
        form.addRow("Picture", self.pane)
        form.addRow(f"Steps, of {steps:,}", self.steps)
        form.addRow("Format", self.format)
        form.addRow("Theme", self.theme)
        form.addRow("Scale", self.scale)
        form.addRow("Folder", line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _choice(self, *words: str) -> QComboBox:
        box = QComboBox()
        box.addItems(list(words))
        return box

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, "Folder for the pictures", self.folder.text()
        )
        if folder:
            self.folder.setText(folder)

    def count(self) -> int:
        """How many pictures, for the progress; the export itself judges what was typed."""
        first, _, last = self.steps.text().replace(" ", "").partition("-")
        numbers = [int(word) for word in (first, last or first) if word.isdecimal()]
        return max(1, numbers[-1] - numbers[0] + 1) if numbers else 1

    def arguments(self) -> list[str]:
        """The choices as the command line's own arguments."""
        return [
            "--pane",
            self.pane.currentData(),
            "--steps",
            self.steps.text().replace(" ", ""),
            "--format",
            self.format.currentText().lower(),
            "--theme",
            self.theme.currentText().lower(),
            "--scale",
            self.scale.currentText(),
            "-o",
            self.folder.text(),
        ]


def show_shortcuts(parent: QWidget, rows: Sequence[tuple[str, str]]) -> None:
    """(title, keys) of every action that has keys."""
    half = -(-len(rows) // 2)
    pairs = zip_longest(rows[:half], rows[half:], fillvalue=("", ""))
    cells = "".join(
        "<tr>"
        + "".join(
            f"<td style='padding:1px 14px 1px 0'><b>{escape(keys)}</b></td>"
            f"<td style='padding:1px 34px 1px 0'>{title}</td>"
            for title, keys in pair
        )
        + "</tr>"
        for pair in pairs
    )
    box = QMessageBox(parent)
    box.setWindowTitle("Keyboard shortcuts")
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(f"<table>{cells}</table>")
    ask(box)


def show_about(parent: QWidget) -> None:
    words = (
        f"GRU Debugger {__version__}\n\nSee inside a GRU: step through a text and watch every "
        "gate, product and blend.\n\nMIT licence. Fonts: Inter, JetBrains Mono and STIX, "
        "SIL Open Font License 1.1."
    )
    QMessageBox.about(parent, "About GRU Debugger", words)
