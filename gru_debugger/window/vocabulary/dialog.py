"""Which symbol each index stands for: typed, taken from somewhere, corrected, remembered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.core.model import Model, printable
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import read_text
from gru_debugger.formats import vocabulary
from gru_debugger.numerals import grouped
from gru_debugger.session.opening import with_vocabulary
from gru_debugger.window import dialogs, file_dialog, style
from gru_debugger.window.combo import Combo
from gru_debugger.window.opening import Opener
from gru_debugger.window.plain import Label
from gru_debugger.window.style import say
from gru_debugger.window.vocabulary.presets import PresetBox
from gru_debugger.window.vocabulary.sidecar import Remember
from gru_debugger.window.vocabulary.table import SymbolTable, SymbolView
from gru_debugger.window.vocabulary.trial import Said, Trial

_TYPED = 5000  # symbols; more are not laid out in a text box, only in the table


def ask_vocabulary(parent: QWidget | None, model: Model, text: str = "") -> Model | None:
    """The model with the vocabulary that the user gives it; None where they would rather not."""
    dialog = VocabularyDialog(parent, model, text)
    if not dialogs.ask(dialog):
        return None
    return with_vocabulary(model, dialog.symbols)


class VocabularyDialog(QDialog):
    """`symbols` are what it shows; its boxes and its table are two ways to change them."""

    def __init__(self, parent: QWidget | None, model: Model, text: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Vocabulary")
        self.resize(860, 600)
        self.needed = model.symbols
        self._model = model
        self._text: str = text or (model.example.text if model.example else "")
        self.symbols: tuple[str, ...] = ()
        self.special, self.place, self.edit = QLineEdit(), Combo(), QPlainTextEdit()
        theme = style.theme_of(self)
        self.presets = PresetBox(theme.future)
        self.table = SymbolTable(self.needed, theme.error, theme.muted)
        self.view = SymbolView(self.table)
        self.count, self.trial, self.fault = Said(), Trial(model), Said()
        self.remember = Remember(model)
        self._doubled = ""
        self.opener = Opener(lambda fault: self._say_fault(str(fault)))
        self._lay_out()
        self._connect()
        self._set(model.vocabulary or ())
        self.edit.setFocus()

    # Making --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(Label(self._explanation()))
        layout.addLayout(self._sources())
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._boxes())
        halves.addWidget(self.view)
        halves.setSizes([400, 420])
        layout.addWidget(halves, 1)
        for said in (self.count, self.trial, self.fault):
            layout.addWidget(said)
        layout.addWidget(self.remember)
        self.remember.setVisible(self.remember.possible)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def _explanation(self) -> str:
        name, needed = self._model.source.name, f"{grouped(self.needed)} symbols"
        if self._model.vocabulary is None:
            return (
                f"“{name}” does not say which character each index stands for.\n"
                f"It needs {needed}, in the order it was trained with."
            )
        return (
            f"“{name}” reads {needed}.\n"
            "They must stand in the order it was trained with: what is wrong can be put right here."
        )

    def _sources(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.presets)
        for words, call in (
            ("&Sorted characters of a text…", self._from_text),
            ("&JSON file…", self._from_json),
        ):
            button = QPushButton(words, autoDefault=False)
            button.clicked.connect(call)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _boxes(self) -> QWidget:
        self.special.setPlaceholderText("such as <pad> <unk>, a space between")
        self.place.addItems(["come first", "come last"])
        self.place.setAccessibleName("place of the special symbols")
        self.edit.setObjectName("text")
        self.edit.setTabChangesFocus(True)
        widget = QWidget()
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 6, 0)
        row = QHBoxLayout()
        row.addWidget(self.special, 1)
        row.addWidget(self.place)
        for words, buddy, item in (
            ("S&pecial symbols of several characters, in index order", self.special, row),
            ("&Characters, in index order", self.edit, self.edit),
        ):
            label = Label(words)
            label.setBuddy(buddy)
            layout.addWidget(label)
            layout.addLayout(item) if isinstance(item, QHBoxLayout) else layout.addWidget(item)
        return widget

    def _connect(self) -> None:
        self.special.textEdited.connect(self._take_boxes)
        self.place.activated.connect(self._take_boxes)
        self.edit.textChanged.connect(self._take_boxes)
        self.table.edited.connect(lambda: self._set(self.table.symbols))
        self.presets.activated.connect(self._take_preset)

    # Where symbols come from ---------------------------------------------------------------

    def _take_preset(self) -> None:
        chosen = self.presets.chosen()
        if chosen is not None:
            self._set(self._with_special(chosen))
        self.presets.setCurrentIndex(0)

    def _from_text(self) -> None:
        path = file_dialog.ask_path(self, "A text with all the characters")
        if path:
            special = self._specials()
            self.opener.start(lambda _: _characters_of(Path(path), special), self._take_text)

    def _take_text(self, read: tuple[str, list[str]]) -> None:
        self._text, characters = read
        self._set(self._with_special(characters))

    def _from_json(self) -> None:
        path = file_dialog.ask_path(self, "A vocabulary", kinds={"JSON": (".json",)})
        if path:
            self.opener.start(lambda _: vocabulary.from_json(Path(path)), self._set)

    def done(self, result: int) -> None:
        self.opener.stop()
        super().done(result)

    # The two ways to change them -----------------------------------------------------------

    def _specials(self) -> tuple[str, ...]:
        return tuple(self.special.text().split())

    def _with_special(self, characters: Sequence[str]) -> tuple[str, ...]:
        first, last = self._specials(), tuple(characters)
        return (*first, *last) if self.place.currentIndex() == 0 else (*last, *first)

    def _take_boxes(self) -> None:
        self._show(self._with_special(_raw(self.edit)))
        self.table.show(self.symbols)

    def _set(self, symbols: tuple[str, ...]) -> None:
        """Show symbols in the boxes too, where those can hold them."""
        first = next((i for i, s in enumerate(symbols) if len(s) == 1), len(symbols))
        after = next((i for i, s in enumerate(symbols) if len(s) > 1 and i > first), len(symbols))
        last = first == 0 and after < len(symbols)
        special = symbols[after:] if last else symbols[:first]
        characters = symbols[:after] if last else symbols[first:]
        with QSignalBlocker(self.edit), QSignalBlocker(self.special):
            writable = self._write(special, characters)
            if not writable:
                self.edit.clear()
                self.special.clear()
            elif special:
                self.place.setCurrentIndex(int(last))
        self.edit.setPlaceholderText(
            "One after another, as they are: abc…"
            if writable
            else "These can't be written as one line of characters: change them in the table, "
            "or type others here instead."
        )
        self._show(symbols)
        if self.table.symbols != symbols:
            self.table.show(symbols)

    def _write(self, special: tuple[str, ...], characters: tuple[str, ...]) -> bool:
        """Fill the boxes; False where what they hold then would be something else."""
        apart = all(len(s) > 1 for s in special) and all(len(s) == 1 for s in characters)
        if len(characters) > _TYPED or not apart:
            return False
        self.special.setText(" ".join(special))
        self.edit.setPlainText("".join(characters))
        return self._specials() == special and tuple(_raw(self.edit)) == characters

    # What they are worth -------------------------------------------------------------------

    def _show(self, symbols: tuple[str, ...]) -> None:
        self.symbols = symbols
        self._say_fault("")
        self.presets.offer(self.needed - len(self._specials()))
        words, right = self._judge()
        wrong = not right and (len(symbols) >= self.needed or bool(self._doubled))
        say(self.count, "wrong" if wrong else "plain", words)
        self.ok.setEnabled(right)
        self.trial.begin(symbols if right else None, self._text)

    def _judge(self) -> tuple[str, bool]:
        """How many symbols there are and what is wrong with them; whether nothing is."""
        there, missing = len(self.symbols), self.needed - len(self.symbols)
        words = f"{grouped(there)} of {grouped(self.needed)} symbols"
        if missing > 0 and there:
            words += f"; {grouped(missing)} {'is' if missing == 1 else 'are'} missing"
        elif missing < 0:
            words += f"; {grouped(-missing)} too many"
        self._doubled = _doubled(self.symbols)
        if self._doubled:
            words += f"; there twice: {self._doubled}"
        return words, missing == 0 and not self._doubled

    # Finished ------------------------------------------------------------------------------

    def accept(self) -> None:
        """Close, once what is to be remembered is written."""
        try:
            self.remember.save(self.symbols)
        except GRUDebuggerError as fault:
            self._say_fault(str(fault))
        else:
            super().accept()

    def _say_fault(self, words: str) -> None:
        self.fault.setVisible(bool(words))
        say(self.fault, "wrong", words)


def _characters_of(path: Path, special: tuple[str, ...]) -> tuple[str, list[str]]:
    """A text, and its characters sorted, but for those that only special symbols have."""
    text = read_text(path)
    rest: str = text
    for symbol in special:
        rest = rest.replace(symbol, "")
    return text, sorted(set(rest))


def _raw(edit: QPlainTextEdit) -> str:
    """Not toPlainText(): that makes spaces of no-break spaces."""
    return edit.document().toRawText().replace("\u2029", "\n")


def _doubled(symbols: tuple[str, ...]) -> str:
    """The symbols that are there more than once, and at which indices; empty for none."""
    places: dict[str, list[int]] = {}
    for index, symbol in enumerate(symbols):
        places.setdefault(symbol, []).append(index)
    found = [(s, at) for s, at in places.items() if len(at) > 1]
    words = [f"{printable(s)} at {grouped(at[0])} and {grouped(at[1])}" for s, at in found[:3]]
    return ", ".join(words) + (" …" if len(found) > 3 else "")
