"""Who wrote a unit's state, on 100,000 characters of 256 units: its history, and the last to do so.

A key press with the history open takes at most twice as long as without it for the next step, and
two and a half times for the next unit, with which all of the table is another; the rest of its
history is found out beside the window. Who wrote a state that was kept for 49,900 steps, of which
none was looked at, is answered in at most 0.35 of the time that one gate's product takes over as
many steps: where this was set, a frame of 60 a second. All are printed against that too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from statistics import median

import figures

figures.alone()

from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.trace import Trace, trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.questions.writing import last_written  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402
from gru_debugger.window.history import History  # noqa: E402

UNITS, LENGTH, ROUNDS, KEYS = 256, 100_000, 15, 5
START = 50_000
PRESSES = {"the next step": (Qt.Key.Key_Right, 2.0), "the next unit": (Qt.Key.Key_Period, 2.5)}
ASKED, PRODUCT = 0.35, "h @ W_hr.T"
FRAME = 1000 / 60  # milliseconds


def open_window(run: Trace, history: bool = False) -> MainWindow:
    window = MainWindow(Session(), QSettings())
    window.session.open(run, START, 9)
    window.resize(1600, 1000)
    window.show()
    window.activateWindow()
    window.proof.stop()
    if history:
        window.docks.show("history")
        found = window.docks.content("history")
        assert isinstance(found, History)
        found.written.setValue(0.01)  # most steps have a row
        settle(window)
    return window


def settle(window: MainWindow) -> None:
    """The history of the unit is found out."""
    writes = window.session.writes
    assert writes is not None
    while not writes.complete:
        QTest.qWait(20)


def press(window: MainWindow, key: Qt.Key) -> None:
    """Once, painted when this returns."""
    if not window.isActiveWindow():  # the active window's are the keys
        window.activateWindow()
        QApplication.processEvents()
    window.cell.setFocus()
    before = window.session.where
    QTest.keyClick(window.cell, key)
    QApplication.processEvents()
    assert window.session.where != before, "the key did not reach the window"


def row(words: str, taken: figures.Taken, name: str, other: str, bound: float) -> list[str]:
    ms = taken.ms(name)
    verdict = figures.verdict(taken.ratio(name, other), bound)
    return [words, f"{ms:.1f}", f"{taken.ms(other):.1f}", f"{ms / FRAME:.2f}", verdict]


def with_history(run: Trace) -> list[list[str]]:
    windows = {str(history): open_window(run, history) for history in (False, True)}
    rows = []
    for words, (key, bound) in PRESSES.items():
        taken = figures.Taken()
        for _ in range(ROUNDS):
            for name, window in windows.items():
                press(window, key)  # for its caches
                ms = figures.timed(partial(press, window, key), KEYS)
                taken.rounds.setdefault(name, []).append(median(ms))
                settle(windows["True"])
        rows.append(row(f"{words}, history open", taken, "True", "False", bound))
    for window in windows.values():
        window.close()
    return rows


def written_long_ago(run: Trace) -> list[str]:
    """Of another unit each time, of which nothing is known then."""
    kept, units = run.what_if("z = 1 from 101"), count()
    kept.finish()
    states, weights = run.states()[:START], run.model.cell().weight_hh[:UNITS].T

    def ask() -> None:
        found = last_written(kept, next(units), START, (0, "forward"))
        assert found.step is not None
        assert found.step <= 100

    calls: dict[str, tuple[Callable[[], object], int]] = {
        "ask": (ask, 1), PRODUCT: (lambda: states @ weights, 1)
    }  # fmt: skip
    taken = figures.interleaved(calls, ROUNDS)
    return row("who wrote it, 49,900 steps back", taken, "ask", PRODUCT, ASKED)


def main() -> int:
    application()
    run = trace(figures.random_model(UNITS), figures.random_text(LENGTH))
    presses, asked = with_history(run), [written_long_ago(run)]
    title = f"A press, {LENGTH:,} characters of {UNITS} units; medians, taken in turns"
    figures.table(title, ("", "ms", "plain press", "of a frame", "of the plain one"), presses)
    figures.table("", ("", "ms", PRODUCT, "of a frame", "of the product"), asked)
    return figures.status([*presses, *asked])


if __name__ == "__main__":
    sys.exit(main())
