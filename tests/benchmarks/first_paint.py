"""One start, until the charts are painted: ``ours`` or ``bare``; prints when that was.

A process of its own for bench_start.py. Only what each of them needs is imported.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import Any

CHARTS, SERIES, UNITS = 15, 2, 16  # of the cell view


def report() -> None:
    """The clock, and the processor time of this process and those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(time.monotonic(), sum(u.ru_utime + u.ru_stime for u in used), flush=True)
    os._exit(0)


def report_after_paint(widget: Any) -> None:
    """Report when the first paint event of a widget has been answered."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watcher(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, report)
            return False

    widget.watcher = Watcher(widget)
    widget.installEventFilter(widget.watcher)


def ours() -> None:
    """The program as its command starts it, on the bundled model."""
    from gru_debugger import ending
    from gru_debugger.cli import main

    look = ending.check

    def check() -> None:  # what the command calls once it has imported the window
        from gru_debugger import main_window

        class Window(main_window.MainWindow):
            def show(self) -> None:
                report_after_paint(self.cell.viewport())
                super().show()

        main_window.MainWindow = Window  # type: ignore[misc]
        ending.check = look
        look()

    ending.check = check
    sys.exit(main([]))


def bare() -> None:
    """As many charts in bare ViewBoxes."""
    import numpy as np
    import pyqtgraph as pg

    application = pg.mkQApp()
    window = pg.GraphicsLayoutWidget(size=(1600, 1000))
    x = np.arange(UNITS)
    for chart in range(CHARTS):
        box = window.addViewBox(chart // 3, chart % 3, enableMenu=False)
        box.setRange(xRange=(-1, UNITS), yRange=(-1, 1), disableAutoRange=True)
        for brush in "br"[:SERIES]:
            height = np.random.default_rng(chart).uniform(-1, 1, UNITS)
            box.addItem(pg.BarGraphItem(x=x, height=height, width=0.6, pen=None, brush=brush))
    report_after_paint(window.viewport())
    window.show()
    application.exec()


if __name__ == "__main__":
    {"ours": ours, "bare": bare}[sys.argv[1]]()
