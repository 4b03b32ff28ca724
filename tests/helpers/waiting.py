"""How tests wait: for what must come, however busy the machine, and never for a length of time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partialmethod

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

PATIENCE = 60.0  # seconds until it is given up; no test that passes waits so long


def when_open(drive: Callable[[QWidget], object]) -> None:
    """Call `drive` with the modal dialog or popup that is about to be opened, once it is."""
    timer = QTimer(QApplication.instance(), interval=10)

    def look() -> None:
        popup = QApplication.activePopupWidget()
        opened = popup or QApplication.activeModalWidget()
        if opened is None or not opened.isVisible():
            return
        # Visible is not enough: a key that comes before a dialog is the active window is lost. The
        # offscreen platform may leave that with a list closed before, so it is asked for.
        if not popup and not opened.isActiveWindow():
            opened.activateWindow()
            return
        timer.stop()
        timer.deleteLater()
        drive(opened)

    timer.timeout.connect(look)
    timer.start()


class PatientBot(QtBot):
    """pytest-qt's; each of its waits has our patience."""


for _wait in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed"):
    _patient = partialmethod(getattr(QtBot, _wait), timeout=int(PATIENCE * 1000))
    setattr(PatientBot, _wait, _patient)
