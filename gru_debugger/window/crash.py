"""The last resort: an unexpected error shows a message, and the program goes on."""

from __future__ import annotations

import faulthandler
import platform
import sys
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gru_debugger import __version__, terminal
from gru_debugger.window.dialogs import ask
from gru_debugger.window.plain import Box

_log: list[object] = []  # kept open: faulthandler writes to its file until the end


def install(parent: QWidget) -> None:
    """Send every uncaught exception to one message with “Copy report”."""
    folder = Path(
        QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "crash.log").open("w")
        _log.append(file)
        faulthandler.enable(file)
    except OSError:
        faulthandler.enable()  # no place for a log: standard error then
    shown: list[str] = []

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        report = "".join(traceback.format_exception(kind, fault, trace))
        terminal.report(report)
        if report not in shown:  # a fault in paint() comes back with each repaint
            shown.append(report)
            # Not inside the slot or paint() that failed: a dialog there would paint again.
            QTimer.singleShot(0, lambda: show_report(parent, report))

    sys.excepthook = hook


def show_report(parent: QWidget, report: str) -> None:
    box = Box(
        parent,
        "Unexpected error",
        "Something went wrong that should not. What is open is still there.",
        report.strip().split("\n")[-1],
    )
    box.setIcon(Box.Icon.Critical)
    box.setDetailedText(report)
    copy = box.addButton("Copy report", Box.ButtonRole.ActionRole)
    box.addButton(Box.StandardButton.Close)
    ask(box)
    if box.clickedButton() is copy:
        head = (
            f"GRU Debugger {__version__}, Python {platform.python_version()}, {platform.platform()}"
        )
        QApplication.clipboard().setText(f"{head}\n\n{report}")
