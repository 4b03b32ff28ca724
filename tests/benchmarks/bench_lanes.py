"""Lanes and the bar of the whole text, while a million characters of 256 units are recorded.

What is painted is read off the window. The first values of a lane, and its first ticks in the bar,
stand there before a twentieth of the text is recorded; then the bar goes on, at least half as far
as the recording. A key press meanwhile takes at most twice as long as while the recording rests,
of the window's thread: the recording has its own.
"""

from __future__ import annotations

import gc
import sys
from statistics import median
from time import perf_counter, thread_time

import figures

figures.alone()

from bench_keys import MARKS, press  # noqa: E402
from PySide6.QtCore import QPoint, QRectF, QSettings  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.trace import Trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.panes.strip import StripPane  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402

UNITS, STEPS, SECONDS = 256, 1_000_000, 5
ROUNDS, KEYS = 9, 6
FIRST, BEHIND, PRESS = 0.05, 0.5, 2.0
LANE = 1  # of MARKS: a condition that is armed, and so has a colour of its own in the bar
FRAME = 1000 / 60  # milliseconds


class Painted:
    """What stands on the screen of the lane and of the bar."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._view = window, window.views["strip"]
        pane = self._view.pane
        assert isinstance(pane, StripPane)
        self._pane = pane

    def lane(self) -> bool:
        """Whether the steps are marked at which it holds."""
        return bool(self._marked(self._pane.lanes.rect(LANE)))

    def bar(self) -> float:
        """How far the bar has ticks of it, 0..1."""
        area = self._pane.lanes.overview.area
        return max(self._marked(area.adjusted(10, 0, 0, 0)), default=0.0) / max(1, area.width())

    def _marked(self, area: QRectF) -> list[float]:
        """The pixels from its left on that have the lane's colour, in the middle of its height."""
        seen = self._screen()
        at = self._view.viewport().mapTo(self._window, QPoint(int(area.left()), 0))
        y = at.y() + round(area.center().y())
        color = self._pane.theme.error.rgb()
        across = range(at.x(), at.x() + int(area.width()))
        return [x - at.x() for x in across if seen.pixel(x, y) == color]

    def _screen(self) -> QImage:
        return QApplication.primaryScreen().grabWindow(self._window.winId()).toImage()


def open_window() -> MainWindow:
    window = MainWindow(Session(), QSettings())
    gc.freeze()  # as the program does
    window.resize(1600, 1000)
    window.show()
    window.activateWindow()
    window.cell.setFocus()
    window.session.open(Trace(figures.random_model(UNITS), figures.random_text(STEPS)), 500, 9)
    window.session.mark(MARKS)
    window.proof.stop()
    return window


def first_painted(window: MainWindow, painted: Painted) -> tuple[float, float]:
    """How much was recorded, 0..1, when lane and bar were there."""
    trace, first = window.session.trace, [1.0, 1.0]
    assert trace is not None
    while not trace.complete and 1.0 in first:
        QApplication.processEvents()
        for i, there in enumerate((painted.lane, painted.bar)):
            if first[i] == 1.0 and there():
                first[i] = trace.recorded / STEPS
    return first[0], first[1]


def presses(window: MainWindow) -> figures.Taken:
    """While the recording goes on, and while it rests, in turns."""
    taken, session = figures.Taken(), window.session
    for _ in range(ROUNDS):
        for name in ("recording", "resting"):
            if name == "recording":
                assert session.trace is not None
                assert not session.trace.complete
                session.recorder.start(session.trace)
            QTest.qWait(200)
            ms = figures.timed(lambda: press(window), KEYS, thread_time)
            taken.rounds.setdefault(name, []).append(median(ms))
            session.recorder.stop()
    return taken


def main() -> int:
    application()
    window = open_window()
    painted, trace = Painted(window), window.session.trace
    assert trace is not None
    lane, bar = first_painted(window, painted)
    end = perf_counter() + SECONDS
    while perf_counter() < end and not trace.complete:
        QApplication.processEvents()
    share, reached = trace.recorded / STEPS, painted.bar()
    taken = presses(window)
    window.close()
    ms = taken.ms("recording")
    rows = [
        ("first values of a lane painted", "recorded by then", figures.verdict(lane, FIRST)),
        ("its first ticks in the bar", "recorded by then", figures.verdict(bar, FIRST)),
        (f"the bar after {SECONDS} s more", f"of {share:.0%} recorded",
         figures.verdict(reached / share, BEHIND, at_least=True)),
        (f"a key press meanwhile, {ms:.1f} ms", "of a frame", f"{ms / FRAME:.2f}"),
        ("", "of one at rest", figures.verdict(taken.ratio("recording", "resting"), PRESS)),
    ]  # fmt: skip
    title = f"Three lanes while {STEPS:,} characters of {UNITS} units are recorded"
    figures.table(title, ("", "", "ratio"), rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
