"""Recording a text, and deriving one step from the recording, against bare numpy.

Bare is what no GRU can do without: one product W_h h a character, in a loop. The step is what a
key press computes before anything is drawn. No bounds: to be compared from version to version.
"""

from __future__ import annotations

import sys

import figures

figures.alone()

import numpy as np  # noqa: E402

from gru_debugger.core.trace import Trace, trace  # noqa: E402

LENGTHS = {16: 4000, 128: 2000, 1024: 300}
ROUNDS = 7


def measure(units: int, length: int) -> list[object]:
    model, text = figures.random_model(units), figures.random_text(length)
    weights = model.cell().weight_hh

    def bare() -> None:
        h = np.ones(units, np.float32)
        for _ in range(length):
            weights @ h

    recorded = trace(model, text)
    steps = iter(range(10, length))
    calls = {
        "record": (lambda: Trace(model, text).finish(), 1),
        "bare": (bare, 1),
        "step": (lambda: recorded.step(next(steps)), 25),
    }
    taken = figures.interleaved(calls, ROUNDS)
    a_character = taken["record"] / length * 1000
    product = taken["bare"] / length * 1000
    kept = recorded.all_states().nbytes / length
    return [
        f"{units:,} units", f"{a_character:.1f}", f"{product:.1f}", f"{a_character / product:.1f}",
        f"{taken['step'] * 1000:.0f}", f"{kept:.0f}",
    ]  # fmt: skip


def main() -> int:
    rows = [measure(*case) for case in LENGTHS.items()]
    heads = ("µs a character", "recording", "bare product", "ratio", "a step, µs", "bytes kept")
    figures.table("Recording; medians, taken in turns", heads, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
