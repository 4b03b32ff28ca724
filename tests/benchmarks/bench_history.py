"""A key press with the history of a unit open, on 100,000 characters of 256 units.

Beside the same press without it: at most twice as long, for the next step and for the next unit,
whose history is found out beside the window.
"""

from __future__ import annotations

import sys
from functools import partial

import figures

figures.alone()

from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.trace import trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402
from gru_debugger.window.history import History  # noqa: E402

UNITS, LENGTH, ROUNDS, KEYS, BOUND = 256, 100_000, 15, 4, 2.0
PRESSES = {"the next step": Qt.Key.Key_Right, "the next unit": Qt.Key.Key_Period}


def open_window(history: bool) -> MainWindow:
    window = MainWindow(Session(), QSettings())
    window.session.open(trace(figures.random_model(UNITS), figures.random_text(LENGTH)), 50_000, 9)
    window.resize(1600, 1000)
    window.show()
    window.activateWindow()
    window.proof.stop()
    if history:
        window.docks.show("history")
        found = window.docks.content("history")
        assert isinstance(found, History)
        found.written.setValue(0.01)  # most steps have a row
        writes = window.session.writes
        assert writes is not None
        while not writes.complete:
            QTest.qWait(50)
    return window


def press(window: MainWindow, key: Qt.Key) -> None:
    """Once, painted when this returns."""
    window.cell.setFocus()
    QTest.keyClick(window.cell, key)
    QApplication.processEvents()


def main() -> int:
    application()
    windows = {history: open_window(history) for history in (False, True)}
    rows = []
    for words, key in PRESSES.items():
        calls = {
            str(history): (partial(press, window, key), KEYS) for history, window in windows.items()
        }
        taken = figures.interleaved(calls, ROUNDS)
        verdict = figures.verdict(taken.ratio("True", "False"), BOUND)
        rows.append([words, f"{taken.ms('True'):.1f}", f"{taken.ms('False'):.1f}", verdict])
    for window in windows.values():
        window.close()
    title = f"A press, {LENGTH:,} characters of {UNITS} units; medians, taken in turns"
    figures.table(title, ("ms", "history open", "closed", "open/closed"), rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
