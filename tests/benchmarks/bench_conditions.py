"""Conditions over 100,000 characters of 256 units, against reading the states once."""

from __future__ import annotations

import sys

import figures

figures.alone()

import numpy as np  # noqa: E402

from gru_debugger import trace  # noqa: E402

UNITS, LENGTH = 256, 100_000
CONDITIONS = [
    "z[9] < 0.05",
    "max(abs(h - h_prev)) > 0.5",
    'character == "e" and argmax(changed(h)) == 9',
    "surprise > 3",
    "mean(r) < 0.2",
]


def main() -> int:
    model, text = figures.random_model(UNITS), figures.random_text(LENGTH)
    recorded = trace(model, text)
    calls = {
        condition: ((lambda words=condition: recorded.where(words)), 1) for condition in CONDITIONS
    }
    calls["the states, read once"] = (lambda: np.abs(recorded.states()).max(), 1)
    taken = figures.interleaved(calls, 3)
    once = taken["the states, read once"]
    rows = [[name, f"{ms:.0f}", f"{ms / once:.1f}"] for name, ms in taken.items()]
    figures.table(
        f"Conditions over {LENGTH:,} characters, {UNITS} units", ("", "ms", "states once"), rows
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
