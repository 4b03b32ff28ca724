"""A table as a CSV file, where the user wants it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from gru_debugger.errors import ExistingFileError, GRUDebuggerError
from gru_debugger.output import write_bytes
from gru_debugger.window import dialogs, file_dialog


def ask(parent: QWidget, title: str, name: str) -> Path | None:
    """Where to; `name` is offered."""
    path = file_dialog.ask_path(parent, title, name, {"CSV": [".csv"]}, "new file")
    return Path(path) if path else None


def save(parent: QWidget, title: str, path: Path, rows: Iterable[Sequence[str]]) -> str:
    """Write them, over what is there where the user wants it so; what was done, in words.

    Raises OutputError.
    """
    lines = io.StringIO(newline="")
    csv.writer(lines, lineterminator="\n").writerows(rows)
    data = lines.getvalue().encode()
    try:
        write_bytes(path, data)
    except ExistingFileError:
        if not dialogs.may_overwrite(parent, title, path):
            return ""
        write_bytes(path, data, force=True)
    return f"Saved as {path}"


def save_and_tell(
    parent: QWidget,
    title: str,
    path: Path,
    rows: Iterable[Sequence[str]],
    told: SignalInstance,
    failed: SignalInstance,
) -> None:
    """The same; one of the signals says what was done, or why it was not."""
    try:
        done = save(parent, title, path, rows)
    except GRUDebuggerError as fault:
        failed.emit(str(fault))
    else:
        if done:
            told.emit(done)
