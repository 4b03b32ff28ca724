"""From the start of the process to the first painted step of the bundled model.

Against a bare PySide6 + pyqtgraph window with as many charts, on a display of its own, by turns.
At most 1.5 times as long.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import figures

figures.alone()

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))
from driver import xvfb  # noqa: E402

RUNS, BOUND = 9, 1.5
SCRIPT = Path(__file__).with_name("first_paint.py")


def start(what: str, environment: dict[str, str]) -> tuple[float, float]:
    """Milliseconds until painted, by the clock and of processor time."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, SCRIPT, what], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    painted, used = map(float, done.stdout.split())
    return (painted - began) * 1000, used * 1000


def main() -> int:
    taken: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    with xvfb(1600, 1000) as display:
        environment = os.environ | {"DISPLAY": display}
        environment.pop("QT_QPA_PLATFORM")
        # Compiled once, as for users, whatever is set here: not at each start.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = environment["XDG_CACHE_HOME"]
        for run in range(RUNS + 1):
            for what, times in taken.items():
                times.append(start(what, environment))
                if run == 0:
                    times.clear()  # read from the disk and compiled this once
    rows = []
    for i, name in enumerate(("by the clock", "processor time")):
        ours, bare = (median(t[i] for t in taken[what]) for what in ("ours", "bare"))
        words = figures.verdict(ours / bare, BOUND)
        rows.append((name, f"{ours:.0f}", f"{bare:.0f}", words))
    heads = ("a start, ms", "ours", "bare", "ours/bare")
    figures.table(f"Until the first painted step; medians of {RUNS} by turns", heads, rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
