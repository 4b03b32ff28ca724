"""Opening the window: the application object, what is shown first, the event loop."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gru_debugger import __version__, main_window
from gru_debugger.charts import fonts
from gru_debugger.session.session import Session
from gru_debugger.window import accessible, crash, last_opened
from gru_debugger.window.garbage import Collector
from gru_debugger.window.signals import Signals
from gru_debugger.window.start_request import Request
from gru_debugger.window.telling import speak_as_qt

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
    fonts.load_fonts()
    accessible.install()
    speak_as_qt()
    if not made.findChildren(Collector):
        Collector(made)
    return made


def run(request: Request) -> int:
    """Open the window; its exit status. Raises GRUDebuggerError where nothing can be opened.

    What is soon told is told before anything is shown; a long reading is shown, and can be
    cancelled, like any other.
    """
    application()
    faults = crash.Faults()
    with faults.caught():
        return _run(request, faults.last_crash)


def _run(request: Request, last_crash: str) -> int:
    quick = request.quick
    window = main_window.MainWindow(Session(), QSettings())
    gc.freeze()  # what is there now stays: no collection need look at it
    signals = Signals(lambda: _leave(window))
    with signals.watched():
        if request.session is None:  # a tour too has something to stand on from the start
            window.files.start(request)
        else:
            window.sessions.open(Path(request.session))
        if quick:
            window.files.opener.settle()
            _check_opened(window)
        if not window.sessions.autosave.offer() and request == Request():
            last_opened.offer(window.files, window.session, window.settings, window.message)
        if last_crash:
            _offer(window, last_crash)
        signals.look()
        if signals.number is None:
            window.show()
            if request.tour is not None:
                window.tours.begin(request.tour)
            status = QApplication.exec()
    if signals.number is not None:
        return 128 + signals.number
    _check_opened(window)
    return status


def _offer(window: main_window.MainWindow, report: str) -> None:
    """What is known of a crash, once, and calmly: it is over."""
    words = "GRU Debugger ended unexpectedly the last time."
    window.message.notice(
        words, "Show report", lambda: crash.show_report(window, words, report), until="closed"
    )


def _leave(window: main_window.MainWindow) -> None:
    """Close the window, and whatever dialog is waiting for an answer with it."""
    window.close()
    QApplication.exit()


def _check_opened(window: main_window.MainWindow) -> None:
    refusal = window.files.recordings.refusal
    if window.session.trace is None and refusal is not None:
        raise refusal
