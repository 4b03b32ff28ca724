"""Opening the window: the application object, what is shown first, the event loop."""

from __future__ import annotations

import sys

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gru_debugger import __version__, main_window
from gru_debugger.charts import ink
from gru_debugger.session import Session
from gru_debugger.window import accessible, crash
from gru_debugger.window.garbage import Collector
from gru_debugger.window.request import Request
from gru_debugger.window.signals import Signals

DESKTOP_ID = "alt.gru_debugger.gru_debugger"  # the desktop file, by which Wayland finds the icon


def application() -> QApplication:
    """The process's one application object, named, styled and with its fonts."""
    made = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(made, QApplication)
    made.setApplicationName("gru-debugger")
    made.setOrganizationName("gru-debugger")
    made.setApplicationVersion(__version__)
    made.setDesktopFileName(DESKTOP_ID)
    made.setStyle("Fusion")
    ink.load_fonts()
    accessible.install()
    if not made.findChildren(Collector):
        Collector(made)
    return made


def run(request: Request) -> int:
    """Open the window; its exit status. Raises GRUDebuggerError where nothing can be opened.

    What is soon told is told before anything is shown; a long reading is shown, and can be
    cancelled, like any other.
    """
    qt = application()
    quick = request.quick
    window = main_window.MainWindow(Session(), QSettings())
    signals = Signals(lambda: _leave(window))
    with signals.watched():
        window.files.start(request)
        if quick:
            window.files.opener.settle()
            _check_opened(window)
        crash.install(window)
        if signals.number is None:
            window.show()
            status = qt.exec()
    if signals.number is not None:
        return 128 + signals.number
    _check_opened(window)
    return status


def _leave(window: main_window.MainWindow) -> None:
    """Close the window, and whatever dialog is waiting for an answer with it."""
    window.close()
    QApplication.exit()


def _check_opened(window: main_window.MainWindow) -> None:
    refusal = window.files.recordings.refusal
    if window.session.trace is None and refusal is not None:
        raise refusal
