"""The few questions the window asks."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
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
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger import __version__
from gru_debugger.charts import ink
from gru_debugger.charts.guard import guarded
from gru_debugger.core.model import Model, printable, summary
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import read_text
from gru_debugger.formats import vocabulary


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


PRESETS: dict[str, Callable[[], str]] = {
    "lower-case letters": lambda: string.ascii_lowercase,
    "string.printable": lambda: string.printable,
}


class VocabularyDialog(QDialog):
    """Asks for the symbols of a model whose file does not name them."""

    def __init__(self, parent: QWidget | None, name: str, needed: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("Vocabulary")
        self.resize(560, 320)
        self.needed = needed
        self.symbols: tuple[str, ...] = ()
        explanation = QLabel(
            f"“{name}” does not say which character each index stands for.\n"
            f"It needs {needed} symbols, in the order it was trained with."
        )
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("text")
        self.edit.setPlaceholderText("Type the symbols in index order, or take them from a file")
        self.edit.setTabChangesFocus(True)
        self.count = QLabel()
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(explanation)
        layout.addLayout(self._sources())
        layout.addWidget(self.edit)
        layout.addWidget(self.count)
        layout.addWidget(buttons)
        # Not toPlainText(): that makes spaces of no-break spaces.
        raw = self.edit.document().toRawText
        self.edit.textChanged.connect(lambda: self._take(tuple(raw().replace("\u2029", "\n"))))
        self._take(())

    def _sources(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for words, call in (
            ("Sorted characters of a text…", self._from_text),
            ("JSON file…", self._from_json),
        ):
            button = QPushButton(words, autoDefault=False)
            button.clicked.connect(call)
            row.addWidget(button)
        presets = QComboBox()
        presets.addItems(["Presets", *PRESETS])
        presets.activated.connect(self._preset)
        row.addWidget(presets)
        row.addStretch(1)
        return row

    def _preset(self, index: int) -> None:
        if index:  # the first entry is the box's name
            self._set(tuple(list(PRESETS.values())[index - 1]()))

    def _from_text(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "A text with all the characters")
        if path:
            self._try(lambda: tuple(sorted(set(read_text(Path(path))))))

    def _from_json(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "A vocabulary", "", "JSON (*.json);;All (*)")
        if path:
            self._try(lambda: vocabulary.from_json(Path(path)))

    def _try(self, read: Callable[[], tuple[str, ...]]) -> None:
        try:
            self._set(read())
        except GRUDebuggerError as fault:
            self.count.setText(str(fault))

    def _set(self, symbols: tuple[str, ...]) -> None:
        if all(len(symbol) == 1 for symbol in symbols):
            self.edit.setPlainText("".join(symbols))
        self._take(symbols)

    def _take(self, symbols: tuple[str, ...]) -> None:
        self.symbols = symbols
        doubled = len(set(symbols)) != len(symbols)
        words = f"{len(symbols)} of {self.needed} symbols"
        if doubled:
            words += "; one is there twice"
        elif symbols:
            first = ", ".join(f"{i} {ink.glyph(s)}" for i, s in enumerate(symbols[:8]))
            words += f":  {first}{' …' if len(symbols) > 8 else ''}"
        self.count.setText(words)
        self.ok.setEnabled(len(symbols) == self.needed and not doubled)


def ask_uncovered(parent: QWidget, model: Model, text: str) -> str | None:
    """Another text for a model whose vocabulary lacks characters of this one; None to stay."""
    covered = "".join(c for c in text if c in model.index_of)
    left_out = len(text) - len(covered)
    box = QMessageBox(parent)
    box.setWindowTitle("Another vocabulary")
    box.setText(f"“{model.source.name}” can't read this text.")
    box.setInformativeText(_uncovered_words(model, text))
    answers: dict[object, str] = {}
    if covered:
        words = f"Leave {left_out:,} character{'s' * (left_out != 1)} out"
        answers[box.addButton(words, QMessageBox.ButtonRole.AcceptRole)] = covered
    if model.example is not None:
        button = box.addButton("Open its own text", QMessageBox.ButtonRole.AcceptRole)
        answers[button] = model.example.text
    back = box.addButton("Go back", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(back)
    box.setEscapeButton(back)
    ask(box)
    return answers.get(box.clickedButton())


def _uncovered_words(model: Model, text: str) -> str:
    """Where the first unknown character is, and which others there are."""
    unknown = list(dict.fromkeys(c for c in text if c not in model.index_of))
    first = text.index(unknown[0]) + 1
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
