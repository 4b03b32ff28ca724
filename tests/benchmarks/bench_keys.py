"""From a key press to the painted window, against bare pyqtgraph and matplotlib.

All three change the same bars and images; ours has its texts, marks, other panes and controls on
top, and works the step out. At most 1.5 times bare pyqtgraph, at least 20 times matplotlib. With
three lanes and two stops, which bare pyqtgraph does not draw, and a reference's lines on the bars,
at most 2 times.

    python tests/benchmarks/bench_keys.py [--profile] [UNITS ...]
"""

from __future__ import annotations

import cProfile
import pstats
import sys

import figures

figures.alone()

from PySide6.QtCore import QEvent, QObject, QSettings, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from twins import HEIGHT, WIDTH, Bare, Matplotlib, items_of  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.trace import trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.session.marks import Lane, Marks  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402

SIZES = (16, 128, 1024)
ROUNDS, SLOW_ROUNDS, KEYS = 25, 3, 6
BARE, WITH_LANES, MATPLOTLIB = 1.5, 2.0, 20.0
EDIT = "z[9] = 1 from 20"
MARKS = Marks((120, 300), (Lane("h[3]"), Lane("z[9] < 0.5", armed=True), Lane("surprise")))


def open_window(units: int) -> MainWindow:
    """The whole window on a long text, recorded already, its parity check left out."""
    session = Session()
    window = MainWindow(session, QSettings())
    session.open(trace(figures.random_model(units), figures.random_text(2000)), 100, 9)
    window.resize(WIDTH, HEIGHT)
    window.show()
    window.activateWindow()
    window.cell.setFocus()
    window.proof.stop()
    QTest.qWait(200)
    assert (window.width(), window.height()) == (WIDTH, HEIGHT), "the screen is too small"
    return window


def press(window: MainWindow) -> None:
    """One step by its key, painted when this returns."""
    before = window.session.position
    QTest.keyClick(window.cell, Qt.Key.Key_Right)
    QApplication.processEvents()
    assert window.session.position == before + 1, "the key did not reach the stepping view"


class Paints(QObject):
    """Counts the paint events of widgets."""

    def __init__(self, widgets: list[QWidget]) -> None:
        super().__init__()
        self.count = dict.fromkeys(widgets, 0)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count[watched] += 1
        return False


def check(window: MainWindow) -> None:
    """When a press returns, every pane has been painted, and once."""
    viewports = [view.viewport() for view in window.views.values() if view.isVisible()]
    paints = Paints(viewports)
    press(window)
    assert set(paints.count.values()) == {1}, f"painted {list(paints.count.values())} times"
    for viewport in viewports:
        viewport.removeEventFilter(paints)


def measure(units: int, contributions: bool, marks: Marks) -> list[object]:
    window = open_window(units)
    window.session.look(contributions=contributions)
    window.session.mark(marks)
    if marks.lanes:
        window.session.open(window.session.trace.what_if(EDIT), window.session.position, 9)
    QTest.qWait(200)
    check(window)
    items = items_of(window.units, units, window.session.step_forward)
    bare, slow = Bare(items), Matplotlib(items)
    window.activateWindow()
    QTest.qWait(50)
    ours = (lambda: press(window), KEYS)
    taken = figures.interleaved({"ours": ours, "bare": (bare.step, KEYS)}, ROUNDS)
    slowly = figures.interleaved({"ours": ours, "matplotlib": (slow.step, 1)}, SLOW_ROUNDS)
    bare.widget.close()
    slow.canvas.close()
    window.close()
    return [
        f"{units:,} units{', contributions' if contributions else ''}"
        f"{', 3 lanes, reference' if marks.lanes else ''}",
        f"{len(items.bars)} × {len(items.bars[0].steps[0]):,}",
        len(items.images),
        *(f"{ms:.1f}" for ms in (taken.ms("ours"), taken.ms("bare"), slowly.ms("matplotlib"))),
        figures.verdict(taken.ratio("ours", "bare"), WITH_LANES if marks.lanes else BARE),
        figures.verdict(slowly.ratio("matplotlib", "ours"), MATPLOTLIB, at_least=True),
    ]


def profile(units: int, contributions: bool) -> None:
    """Where the time of 200 key presses goes."""
    window = open_window(units)
    window.session.look(contributions=contributions)
    press(window)
    profiler = cProfile.Profile()
    profiler.runcall(lambda: [press(window) for _ in range(200)])
    window.close()
    print(f"\n{units} units{', contributions' if contributions else ''}")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(28)


def main(words: list[str]) -> int:
    application()
    sizes = [int(word) for word in words if word.isdigit()] or SIZES
    cases = [(units, on, Marks()) for units in sizes for on in (False, True)]
    if "--profile" in words:
        for units, on, _ in cases:
            profile(units, on)
        return 0
    cases += [(units, False, MARKS) for units in sizes[:1]]
    rows = [measure(*case) for case in cases]
    heads = ("a key press, ms", "bars", "images", "ours", "bare", "matplotlib", "ours/bare",
             "matplotlib/ours")  # fmt: skip
    figures.table(f"Painted at {WIDTH} × {HEIGHT}; medians, taken in turns", heads, rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
