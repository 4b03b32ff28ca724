"""The few questions the window asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from gru_debugger import __version__
from gru_debugger.core.model import Model, printable, summary


def ask(dialog: QDialog) -> bool:
    """Show a dialog, wait for its answer, and let go of it: whether it was accepted."""
    accepted = bool(dialog.exec())
    dialog.deleteLater()
    return accepted


@dataclass(frozen=True)
class Readable:
    """A text that a model can read; `unknown`: with its unknown symbol for what it lacks."""

    text: str
    unknown: bool = False


def ask_uncovered(
    parent: QWidget, model: Model, text: str, another: str | None = None
) -> Readable | None:
    """How a model is to read a text with characters that its vocabulary lacks; None to stay.

    `another`: a text that it can read, for a model that has just been opened.
    """
    symbols = model.split(text)
    covered = "".join(s for s in symbols if s in model.index_of)
    left_out = sum(s not in model.index_of for s in symbols)
    box = QMessageBox(parent)
    box.setWindowTitle("Another vocabulary")
    which = "this text" if another is None else "the text that is open"
    box.setText(f"“{model.source.title}” can't read {which}.")
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
    elif another is not None:
        offer("Begin with another text", Readable(another))
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


def show_shortcuts(parent: QWidget, rows: Sequence[tuple[str, str]]) -> None:
    """(title, keys) of every action that has keys."""
    half = -(-len(rows) // 2)
    pairs = zip_longest(rows[:half], rows[half:], fillvalue=("", ""))
    cells = "".join(
        "<tr>"
        + "".join(
            f"<td style='padding:1px 14px 1px 0; white-space:nowrap'><b>{escape(keys)}</b></td>"
            f"<td style='padding:1px 34px 1px 0; white-space:nowrap'>{title}</td>"
            for title, keys in pair
        )
        + "</tr>"
        for pair in pairs
    )
    page = QDialog(parent)  # a message box would be half the screen wide at the most
    page.setWindowTitle("Keyboard shortcuts")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(page.reject)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(24, 18, 14, 14)
    layout.addWidget(QLabel(f"<table>{cells}</table>"))
    layout.addWidget(buttons)
    ask(page)


def show_about(parent: QWidget) -> None:
    words = (
        f"GRU Debugger {__version__}\n\nSee inside a GRU: step through a text and watch every "
        "gate, product and blend.\n\nMIT licence. Fonts: Inter, JetBrains Mono and STIX, "
        "SIL Open Font License 1.1."
    )
    QMessageBox.about(parent, "About GRU Debugger", words)
