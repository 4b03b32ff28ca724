"""A million characters on 256 units in the window: first step, recording, memory, seek.

Times are the processor's. Memory is bound by 300 MB over the idle program. A seek has no bare twin
of its own: a key press may take 1.5 times the one that `bench_keys` has, a seek 1.5 times what a
press may, so 2.25 times the twin. Against the press itself it would be slower whenever that gets
faster. Recording against torch.nn.GRU's own pass, bound by `bench_recording`, and a seek against a
press and a frame of 60 a second are printed beside them.
"""

from __future__ import annotations

import sys
from time import process_time, thread_time

import figures

figures.alone()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from bench_keys import BARE, press  # noqa: E402
from bench_recording import torch_pass  # noqa: E402
from PySide6.QtCore import QSettings  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from twins import HEIGHT, WIDTH, Bare, items_of  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.compiled import engine_name  # noqa: E402
from gru_debugger.core.trace import Trace, trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402

UNITS, STEPS = 256, 1_000_000
FRAME = 1000 / 60  # milliseconds
MEMORY = 300.0  # MB over the idle program
SEEK = 1.5 * BARE  # times bare pyqtgraph's step


def idle_window() -> MainWindow:
    """The window with a short text, recorded and at rest."""
    window = MainWindow(Session(), QSettings())
    window.resize(WIDTH, HEIGHT)
    window.session.open(trace(figures.random_model(16), figures.random_text(100)))
    window.show()
    window.activateWindow()
    window.cell.setFocus()
    window.proof.stop()
    QTest.qWait(500)
    return window


def seek(window: MainWindow, position: int) -> None:
    """To any step, painted when this returns."""
    window.session.go_to(position)
    QApplication.processEvents()


def main() -> int:
    application()
    torch.set_num_threads(1)
    model, text = figures.random_model(UNITS), figures.random_text(STEPS)
    part = text[:3000]
    pass_over = torch_pass(UNITS, part)
    theirs = min(figures.timed(pass_over, 3)) / len(part) * 1000  # type: ignore[arg-type]
    window = idle_window()
    before = figures.anonymous()

    start = thread_time()
    recorded = Trace(model, text)
    window.session.open(recorded, 1, 9)
    QApplication.processEvents()
    first = (thread_time() - start) * 1000
    window.proof.stop()
    assert window.session.step is not None, "the first step is not there at once"

    start, window_start = process_time(), thread_time()
    most = 0.0
    while not recorded.complete:
        QTest.qWait(50)
        most = max(most, figures.anonymous() - before)
    recording = process_time() - start
    share = (thread_time() - window_start) / recording
    ours = recording / STEPS * 1e6

    random = np.random.default_rng(0)

    def seek_anywhere() -> None:
        seek(window, int(random.integers(1, STEPS)))

    for _ in range(60):
        seek_anywhere()
    most = max(most, figures.anonymous() - before)
    bare = Bare(items_of(window.units, UNITS, window.session.step_forward))
    window.activateWindow()
    QTest.qWait(50)
    calls = {
        "seek": (seek_anywhere, 12),
        "press": (lambda: press(window), 12),
        "bare": (bare.step, 12),
    }
    taken = figures.interleaved(calls, 5)
    bare.widget.close()
    window.close()

    rows = [
        ("first step painted, ms", f"{first:.0f}", "frame", f"{first / FRAME:.1f}"),
        ("recording, µs a character", f"{ours:.2f}", "nn.GRU/recording",
         f"{theirs / ours:.2f}"),
        ("of it in the window's thread", f"{share:.2f}", "", ""),
        ("anonymous memory over idle, MB", f"{most:.0f}", f"of {MEMORY:.0f}",
         figures.verdict(most / MEMORY, 1)),
        ("states, MB", f"{STEPS * UNITS * 4 / 2**20:.0f}", "", ""),
        ("a seek painted, ms", f"{taken.ms('seek'):.1f}", "frame",
         f"{taken.ms('seek') / FRAME:.2f}"),
        ("", "", "key press", f"{taken.ratio('seek', 'press'):.2f}"),
        ("", "", "bare", figures.verdict(taken.ratio("seek", "bare"), SEEK)),
    ]  # fmt: skip
    title = f"{STEPS:,} characters, {UNITS} units, recorded by {engine_name()} beside the window"
    figures.table(title, ("", "", "against", "ratio"), rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
