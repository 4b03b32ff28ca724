"""The few questions the window asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMargins, QSize
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gru_debugger import __version__
from gru_debugger.core.model import Model, printable, summary
from gru_debugger.files import Text
from gru_debugger.numerals import grouped
from gru_debugger.session.named_files import really
from gru_debugger.window.plain import Box, Label


def ask(dialog: QDialog) -> bool:
    """Show a dialog, wait for its answer, and let go of it: whether it was accepted."""
    accepted = bool(dialog.exec())
    dialog.deleteLater()
    return accepted


def may_overwrite(parent: QWidget, title: str, first: Path, more: int = 0) -> bool:
    """Whether a file, and `more` of the same folder, may be lost; Enter alone loses nothing."""
    which, them = f"“{first.name}” is", "it"
    if more:
        which, them = f"“{first.name}” and {grouped(more)} more are", "them"
    words = f"{which} there already. Overwrite {them}?"
    box = Box(parent, title, words, f"In the folder {first.parent.absolute()}")
    box.setIcon(Box.Icon.Question)
    yes = box.offer("Overwrite")
    box.setDefaultButton(box.offer_back())
    ask(box)
    return box.clickedButton() is yes


def may_read(parent: QWidget, session: Path, files: Sequence[str]) -> bool:
    """Whether a session may read what did not come along with it; Enter alone reads nothing."""
    them = "it" if len(files) == 1 else "them"
    which = " and ".join(map(really, files))
    words = f"“{session.name}” reads {which}, outside its own folder. Read {them}?"
    why = "A session from somebody else should not need this: it could name any file of yours."
    box = Box(parent, "Open session", words, why)
    box.setIcon(Box.Icon.Question)
    yes = box.offer(f"Read {them}")
    box.setDefaultButton(box.offer_back(f"Leave {them} out"))
    ask(box)
    return box.clickedButton() is yes


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
    covered = Text.edited("".join(s for s in symbols if s in model.index_of), text)
    left_out = sum(s not in model.index_of for s in symbols)
    which = "this text" if another is None else "the text that is open"
    words = f"“{model.source.title}” can't read {which}."
    box = Box(parent, "Another vocabulary", words, _uncovered_words(model, text))
    answers: dict[object, Readable] = {}

    def offer(words: str, answer: Readable) -> None:
        answers[box.offer(words)] = answer

    if model.unknown_symbol is not None:
        them = "them" if left_out != 1 else "it"
        offer(f"Read {them} as {model.unknown_symbol}", Readable(text, unknown=True))
    if covered:
        words = f"Leave {grouped(left_out)} character{'s' * (left_out != 1)} out"
        offer(words, Readable(covered))
    if model.example is not None:
        offer("Open its own text", Readable(model.example.text))
    elif another is not None:
        offer("Begin with another text", Readable(another))
    box.setDefaultButton(box.offer_back())
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
        f"{count} not in its vocabulary: {names} (first at position {grouped(first)}).\n\n"
        f"It knows {summary(model.require_vocabulary(), 80)}"
    )


def show_shortcuts(parent: QWidget, rows: Sequence[tuple[str, str]]) -> None:
    """(title, keys) of every action, in two columns."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(6, 4, 10, 4)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(2)
    grid.setColumnMinimumWidth(2, 6)
    half = -(-len(rows) // 2)
    for i, (title, keys) in enumerate(rows):
        row, column = i % half, 3 * (i // half)
        shown = Label(keys)
        shown.setObjectName("keys")
        grid.addWidget(shown, row, column)
        grid.addWidget(Label(title), row, column + 1)
    page = QDialog(parent)  # a message box would be half the screen wide at the most
    page.setWindowTitle("Keyboard shortcuts")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(page.reject)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(24, 18, 24, 14)
    area = Scrolled(table)
    area.setAccessibleName("keys and actions")
    layout.addWidget(area)
    layout.addSpacing(10)
    layout.addWidget(buttons)
    page.resize(page.sizeHint().width(), min(page.sizeHint().height(), parent.height()))
    ask(page)


class Scrolled(QScrollArea):
    """Wants to be as large as its content, where Qt's own is content with a few lines."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(content)
        self.setMinimumWidth(self.sizeHint().width())

    def sizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return self._content.sizeHint().grownBy(QMargins(0, 0, bar, 0))


def show_about(parent: QWidget) -> None:
    box = Box(
        parent,
        "About GRU Debugger",
        f"GRU Debugger {__version__}",
        "See inside a GRU: step through a text and watch every gate, product and blend.\n\n"
        "MIT licence. Fonts: Inter, JetBrains Mono and STIX, SIL Open Font License 1.1.",
    )
    box.setIconPixmap(parent.windowIcon().pixmap(64, 64))
    ask(box)
