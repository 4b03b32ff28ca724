"""The last resort: an unexpected error shows a message, and the program goes on.

Whatever Python or Qt would only print comes through here, from before the window is built: faults
in slots and paint(), in threads, in `__del__`, Qt's own messages. A crash is told at the next
start.
"""

from __future__ import annotations

import faulthandler
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QStandardPaths,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from gru_debugger import terminal
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.window.crash_log import CrashLog, heading, untold
from gru_debugger.window.dialogs import ask
from gru_debugger.window.plain import Box


def folder() -> Path:
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place))


class Faults(QObject):
    """Logs each, and shows each once; `last_crash` is the report of a former process, or ""."""

    _came = Signal(str)  # from any thread

    def __init__(self) -> None:
        super().__init__()
        self.last_crash = ""
        self._log: CrashLog | None = None
        self._shown: set[str] = set()
        with suppress(OSError):
            self.last_crash = untold(folder())
        # Not inside the slot or paint() that failed: a dialog there would paint again.
        self._came.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @contextmanager
    def caught(self) -> Iterator[None]:
        with suppress(OSError):  # no place for logs
            self._log = CrashLog(folder())
        faulthandler.enable(self._log.handle if self._log is not None else sys.__stderr__ or 2)
        before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook, threading.excepthook = self._raised, self._raised_in_thread
        sys.unraisablehook = self._not_raised
        of_qt = qInstallMessageHandler(self._qt_said)
        try:
            yield
        except GRUDebuggerError:
            raise
        except Exception:
            self._log_only(traceback.format_exc())  # Python prints it
            raise
        finally:
            qInstallMessageHandler(of_qt)  # no Python is called while Python ends
            sys.excepthook, threading.excepthook, sys.unraisablehook = before
        if self._log is not None:
            self._log.end()

    # Where they come from ------------------------------------------------------------------

    def _raised(
        self, kind: type[BaseException], fault: BaseException, trace: TracebackType | None
    ) -> None:
        self._tell("".join(traceback.format_exception(kind, fault, trace)))

    def _raised_in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            self._raised(told.exc_type, told.exc_value, told.exc_traceback)

    def _not_raised(self, told: sys.UnraisableHookArgs) -> None:
        if told.exc_value is not None:
            self._raised(told.exc_type, told.exc_value, told.exc_traceback)

    def _qt_said(self, kind: QtMsgType, _: QMessageLogContext, words: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            terminal.report(words)  # somebody asked for them
        else:
            self._keep(words)

    # What becomes of them ------------------------------------------------------------------

    def _tell(self, report: str) -> None:
        self._keep(report)
        self._came.emit(report)

    def _keep(self, report: str) -> None:
        terminal.report(report)
        self._log_only(report)

    def _log_only(self, report: str) -> None:
        if self._log is not None:
            with suppress(OSError):  # a full disk
                self._log.write(report)

    def _show(self, report: str) -> None:
        if report not in self._shown:  # a fault in paint() comes back with each repaint
            self._shown.add(report)
            words = "Something went wrong that should not. What is open is still there."
            show_report(QApplication.activeWindow(), words, f"{heading()}\n\n{report}")


def show_report(parent: QWidget | None, words: str, report: str) -> None:
    """With “Copy report”; what is copied says which versions it is about."""
    box = Box(parent, "Unexpected error", words, _essence(report))
    box.setIcon(Box.Icon.Critical)
    box.setDetailedText(report)
    copy = box.addButton("Copy report", Box.ButtonRole.ActionRole)
    box.addButton(Box.StandardButton.Close)
    ask(box)
    if box.clickedButton() is copy:
        QApplication.clipboard().setText(report)


def _essence(report: str) -> str:
    """Its one line that says what happened: of a crash the first, of an error the last."""
    lines = report.strip().split("\n")
    return next((line for line in lines if line.startswith("Fatal Python error")), lines[-1])
