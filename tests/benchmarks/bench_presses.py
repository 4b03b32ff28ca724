"""20,000 key presses over a million characters: what is left of them in memory and on the screen.

Held keys, jumps to both ends and anywhere, by units and computations, from the text's opening on.
Memory after them is that after the first tenth, within 8 MB; nothing stands on standard error; the
window is to the last pixel the one of a fresh start at that step. Each is a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import figures

figures.alone()

import numpy as np  # noqa: E402
from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from gru_debugger.app import application  # noqa: E402
from gru_debugger.core.trace import Trace  # noqa: E402
from gru_debugger.main_window import MainWindow  # noqa: E402
from gru_debugger.session.session import Session  # noqa: E402

UNITS, STEPS, PRESSES = 16, 1_000_000, 20_000
GROWTH = 8.0  # MB: caches of shaped texts, bounded, fill until the last digit was seen
KEYS = [Qt.Key.Key_Right] * 12 + [Qt.Key.Key_Left] * 2 + [
    Qt.Key.Key_F11, Qt.Key.Key_F11, Qt.Key.Key_F10,
    Qt.Key.Key_BracketRight, Qt.Key.Key_BracketLeft,
]  # fmt: skip
HELD = 40  # presses of one key at most
SCREEN = {"presses": "after them", "fresh": "fresh start"}


def window_at(step: int, unit: int) -> MainWindow:
    window = MainWindow(Session(), QSettings())
    window.resize(1000, 640)
    model, text = figures.random_model(UNITS), figures.random_text(STEPS)
    window.session.open(Trace(model, text), step, unit)
    window.show()
    window.activateWindow()
    window.cell.setFocus()
    return window


def press_on(window: MainWindow, count: int, random: np.random.Generator) -> None:
    """So many keys, painted one by one; now and then far away, as End and a click there do."""
    while count > 0:
        key, held = random.choice(KEYS), min(count, int(random.integers(1, HELD)))
        if random.random() < 0.1:
            key, held = random.choice([Qt.Key.Key_Home, Qt.Key.Key_End]), 1
        if random.random() < 0.3:
            window.session.go_to(int(random.integers(0, STEPS)))
        for _ in range(held):
            QTest.keyClick(window.cell, Qt.Key(key))
            QApplication.processEvents()
        count -= held


def save(window: MainWindow, path: str) -> None:
    """The window once all is there: the recording, the proof, the bits."""
    trace = window.session.trace
    assert trace is not None
    while not (trace.complete and window.status.parity.text().startswith("✓")):
        QTest.qWait(100)
    QTest.qWait(500)
    window.grab().save(path)
    window.close()


def presses(path: str) -> None:
    window, random = window_at(1, 0), np.random.default_rng(0)
    press_on(window, PRESSES // 10, random)
    before = figures.anonymous()
    press_on(window, PRESSES - PRESSES // 10, random)
    after = figures.anonymous()
    window.session.go_to(max(1, window.session.position))  # out of a step's computations
    print(before, after, window.session.position, window.session.unit)
    save(window, path)


def fresh(path: str, step: str, unit: str) -> None:
    save(window_at(int(step), int(unit)), path)


def run(*words: object) -> tuple[str, list[str]]:
    """What a process of this script said, and what of standard error is no habit of offscreen."""
    done = subprocess.run(
        [sys.executable, __file__, *map(str, words)], capture_output=True, text=True
    )
    lines = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    return done.stdout, lines + ([] if done.returncode == 0 else [f"status {done.returncode}"])


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        one, other = (Path(folder) / f"{name}.png" for name in SCREEN)
        said, errors = run("presses", one)
        before, after, step, unit = said.split() if said else ("nan", "nan", "1", "0")
        same = not errors and not run("fresh", other, step, unit)[1]
        same = same and one.read_bytes() == other.read_bytes()
    growth = float(after) - float(before)
    rows = [
        ("anonymous memory after a tenth, MB", f"{float(before):.1f}", ""),
        ("and after all of them", f"{float(after):.1f}", figures.verdict(growth / GROWTH, 1)),
        ("lines on standard error", len(errors), "! " + errors[-1] if errors else "none"),
        (f"step {int(step):,} against a fresh start", "", "identical" if same else "! differs"),
    ]
    title = f"{PRESSES:,} key presses over {STEPS:,} characters, {UNITS} units"
    figures.table(title, ("", "", f"growth/{GROWTH:g} MB"), rows)
    return int(any("!" in str(word) for row in rows for word in row))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        application()
        {"presses": presses, "fresh": fresh}[sys.argv[1]](*sys.argv[2:])
    else:
        sys.exit(main())
