"""Typing in Find over 100,000 characters of 256 units, and over a million.

A word, a regular expression between its slashes and a condition, letter by letter, each looked for
to the end at last. Bound is the longest time that the window takes between two looks at the event
queue, in which no key is answered: at most two key presses without Find. That against a frame of
60 a second, and what the clock says, which others on the machine share in, are printed beside it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter, thread_time

import figures

figures.alone()

from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.trace import trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402

SIZES = ((100_000, 256), (1_000_000, 16))
TYPED = {
    "a word": ["H", "E"],
    "a regular expression": ["/", "/", "Left", *"[A-Z]O?"],
    "a condition": [*"mean(r) < 0.5"],
}
ROUNDS, KEYS, BOUND = 3, 10, 2.0
FRAME = 1000 / 60  # milliseconds
PAUSE = 0.2  # seconds from letter to letter: a regular expression is looked for after 0.15


def open_window(length: int, units: int) -> MainWindow:
    """At rest, with the whole text recorded."""
    window = MainWindow(Session(), QSettings())
    gc.freeze()  # as the program does
    window.resize(1600, 1000)
    window.session.open(trace(figures.random_model(units), figures.random_text(length)), 500, 9)
    window.show()
    window.activateWindow()
    window.proof.stop()
    QTest.qWait(500)
    return window


def press(window: MainWindow) -> None:
    """The next step, painted when this returns."""
    window.cell.setFocus()
    QTest.keyClick(window.cell, Qt.Key.Key_Right)
    QApplication.processEvents()


class Longest:
    """Milliseconds of the longest call, the processor's for this thread and the clock's."""

    def __init__(self) -> None:
        self.processor = self.clock = 0.0

    def call(self, look: Callable[[], object]) -> None:
        thread, clock = thread_time(), perf_counter()
        look()
        self.processor = max(self.processor, (thread_time() - thread) * 1000)
        self.clock = max(self.clock, (perf_counter() - clock) * 1000)


def typed(window: MainWindow, keys: list[str]) -> Longest:
    """Each a moment after the one before; all that the window does until the last hit is known."""
    line, finding, longest = window.find_line, window.session.finding, Longest()
    line.begin()
    line.edit.clear()
    QTest.qWait(300)  # the line's own room is laid out, once
    for key in keys:
        named = Qt.Key.Key_Left if key == "Left" else key
        longest.call(lambda named=named: QTest.keyClick(line.edit, named))
        end = perf_counter() + PAUSE
        while perf_counter() < end:
            longest.call(QApplication.processEvents)
    while finding.find is not None and not finding.find.complete:
        longest.call(QApplication.processEvents)
    found = finding.find.count if finding.find is not None else 0
    assert found, f"{line.edit.text()}: {finding.fault or 'nowhere'}"
    line.close_line()
    QTest.qWait(100)
    return longest


def measure(length: int, units: int) -> list[list[object]]:
    window, taken = open_window(length, units), figures.Taken()
    clocks: dict[str, float] = {}
    press(window)
    for _ in range(ROUNDS):
        alone = median(figures.timed(lambda: press(window), KEYS))
        taken.rounds.setdefault("a key press", []).append(alone)
        for words, keys in TYPED.items():
            longest = typed(window, keys)
            taken.rounds.setdefault(words, []).append(longest.processor)
            clocks[words] = min(clocks.get(words, longest.clock), longest.clock)
    window.close()
    return [
        [
            f"{words}, {length:,} × {units}",
            f"{taken.ms(words):.1f}",
            f"{clocks[words]:.1f}",
            f"{taken.ms(words) / FRAME:.2f}",
            figures.verdict(taken.ratio(words, "a key press"), BOUND),
        ]
        for words in TYPED
    ]


def main() -> int:
    application()
    rows = [row for size in SIZES for row in measure(*size)]
    heads = ("typing", "ms", "by the clock", "of a frame", "of a key press")
    figures.table("The longest time between two looks at the event queue", heads, rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
