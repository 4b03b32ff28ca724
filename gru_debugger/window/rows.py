"""Rows of numbers instead of a text: which file, which of its arrays, or a vocabulary after all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from PySide6.QtWidgets import QInputDialog, QWidget

from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError, ModelError
from gru_debugger.files import read_text
from gru_debugger.formats.arrays import ALL_SUFFIXES, ARCHIVE, SUFFIXES, rows_in
from gru_debugger.numerals import dimensions, grouped
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.plain import Box

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Watch

T = TypeVar("T")

_FILES = {"Rows of numbers": ALL_SUFFIXES}


def ask_input(parent: QWidget | None, model: Model) -> Literal["rows", "vocabulary"] | None:
    """What a model without a vocabulary is to read; None to stay."""
    words = f"Give it a file of rows of {grouped(model.input_size)} numbers, one row a step: "
    words += f"{', '.join(ALL_SUFFIXES[:-1])} or {ALL_SUFFIXES[-1]}."
    if not model.source.no_text:
        symbols = grouped(model.symbols)
        words += f" If it does read characters, give the vocabulary of its {symbols} symbols."
    box = Box(
        parent, "Input",
        f"“{model.source.name}” names no characters: it reads rows of numbers.", words,
    )  # fmt: skip
    rows = box.offer("Open rows…")
    if not model.source.no_text:
        box.offer("Give a vocabulary…")
    back = box.offer_back()
    box.setDefaultButton(rows)
    dialogs.ask(box)
    clicked = box.clickedButton()
    return "rows" if clicked is rows else "vocabulary" if clicked not in (back, None) else None


def ask_path(parent: QWidget | None, model: Model, folder: str = "") -> str:
    title = f"Open rows of {grouped(model.input_size)} numbers"
    return file_dialog.ask_path(parent, title, folder, _FILES)


def choose(parent: QWidget | None, found: Mapping[str, Rows], model: Model) -> Rows | None:
    """Of a file with several arrays the one that is wanted; None to stay."""
    if len(found) == 1:
        return next(iter(found.values()))
    words = {f"{k}  ({dimensions(r.values.shape)})": r for k, r in found.items()}
    fits = [w for w, rows in words.items() if rows.values.shape[1] == model.input_size]
    dialog = QInputDialog(parent)
    dialog.setWindowTitle("Open rows of numbers")
    dialog.setLabelText(f"Which array? A row has {grouped(model.input_size)} numbers.")
    dialog.setComboBoxItems(list(words))
    dialog.setTextValue((fits or list(words))[0])
    return words[dialog.textValue()] if dialogs.ask(dialog) else None


def refuse_without(model: Model) -> None:
    """Raises InputError: a model that reads rows was given none."""
    raise InputError(
        f"{model.source.name}: no rows were given; give rows of {model.input_size} numbers "
        "with --rows FILE."
    )


def or_rows(read: Callable[[], T], path: Path, width: int) -> T | dict[str, Rows]:
    """What `read` makes of a model's file; of an .npz without a GRU, rows of `width` numbers."""
    try:
        return read()
    except ModelError:
        found = _rows_or_none(path) if path.suffix.lower() == ARCHIVE else {}
        fitting = {name: rows for name, rows in found.items() if rows.values.shape[1] == width}
        if fitting:
            return fitting
        raise


def _rows_or_none(path: Path) -> dict[str, Rows]:
    try:
        return rows_in(path)
    except InputError:
        return {}


def read_input(path: Path, watch: Watch | None = None) -> str | dict[str, Rows]:
    """A text, or rows, as the file's name says."""
    return rows_in(path, watch) if path.suffix.lower() in SUFFIXES else read_text(path)
