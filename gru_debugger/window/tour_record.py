"""Bookmarks written as a tour: where, asked for; what a tour can't say, told."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import TOUR_SUFFIX
from gru_debugger.lessons import writing
from gru_debugger.output import write_bytes
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.messages import MessageBar

_TITLE, _KINDS = "Tour from the bookmarks", {"Tours": (TOUR_SUFFIX,)}


def record(window: QWidget, session: Session, message: MessageBar) -> str:
    """The path that was written; "" where it was not."""
    if session.edited is None or not session.marks.bookmarks:
        return ""
    source = Path(session.edited.model.source.path.removeprefix("bundled:"))
    folder = source.parent if source.is_file() else Path()
    start = str(folder / f"{source.stem}{TOUR_SUFFIX}")
    path = file_dialog.ask_path(window, _TITLE, start, _KINDS, "new file")
    there = bool(path) and Path(path).exists()
    if not path or (there and not dialogs.may_overwrite(window, _TITLE, Path(path))):
        return ""
    run, view, bookmarks = session.edited.run, session.view.centre, session.marks.bookmarks
    try:
        write_bytes(Path(path), writing.to_bytes(Path(path), run, view, bookmarks), force=True)
    except GRUDebuggerError as fault:
        message.error(str(fault), "tour")
        return ""
    return path
