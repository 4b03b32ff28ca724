"""The end of a window, as a process would bring it: nothing of it is held any more."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from shiboken6 import isValid

from gru_debugger.main_window import MainWindow


def end(window: MainWindow) -> None:
    """Close it, if it is there still, and end what has no parent: its connections hold it."""
    if not isValid(window):
        return
    window.close()
    for part in (window, *vars(window).values(), window.files.opener):
        if isinstance(part, QObject):
            part.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
