"""Objects of Qt's end in the window's thread, whoever makes the garbage."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

from ended import end
from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, save

from gru_debugger.main_window import MainWindow
from gru_debugger.session.session import Session
from gru_debugger.window.garbage import Collector


class InACycle(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.timer = QTimer(self, interval=10)
        self.timer.start()
        self.cycle = self


def test_a_cycle_ends_in_the_windows_thread(qtbot: QtBot) -> None:
    enabled, parent = gc.isenabled(), QObject()
    collector = Collector(parent)
    try:
        ended: list[threading.Thread] = []
        weakref.finalize(InACycle(), lambda: ended.append(threading.current_thread()))
        made: list[list[int]] = []
        busy = threading.Thread(target=lambda: made.extend([i] for i in range(200_000)))
        busy.start()
        busy.join()
        assert ended == []
        assert collector.parent() is parent
        qtbot.waitUntil(lambda: bool(ended))
        assert ended == [threading.main_thread()]
    finally:
        (gc.enable if enabled else gc.disable)()


def test_the_application_has_one(screen: object) -> None:
    assert not gc.isenabled()
    assert isinstance(screen, QObject)
    assert len(screen.findChildren(Collector)) == 1


def test_a_window_that_is_gone_is_held_by_nothing(
    screen: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    """Not by the application's signals, by what a screen reader asked, or by what was read."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Session(), settings)
    window.session.open(recording(model()), 1, 0)
    window.show()
    assert QAccessible.queryAccessibleInterface(window.cell) is not None
    with qtbot.waitSignal(window.session.opened):
        window.files.open_model(str(save(model(3), tmp_path / "other.safetensors")))
    window.files.opener.settle()
    gone = weakref.ref(window)
    end(window)
    del window
    gc.collect()
    assert gone() is None
