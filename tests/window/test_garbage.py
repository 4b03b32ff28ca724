"""Objects of Qt's end in the window's thread, whoever makes the garbage."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

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
