"""Conditions over 100,000 characters of 256 units, against the matrix product of one gate.

What looks at a gate of all units needs that product, and the gate itself: at most three times as
long, half a second where the product takes a sixth. The candidate needs a second product and the
reset gate besides, what is taken a third, what is kept the update gate alone. What looks at states
or at one unit takes a fraction of it. Bound is the processor's time; the clock's, which is less
where several processors share the work, is printed beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

import figures

figures.alone()

from gru_debugger import trace  # noqa: E402

UNITS, LENGTH, ROUNDS = 256, 100_000, 3
BOUNDS = {
    "z[9] < 0.05": 1,
    "max(abs(h - h_prev)) > 0.5": 1,
    'character == "e" and argmax(changed(h)) == 9': 1,
    "surprise > 3": 2,
    "mean(r) < 0.2": 3,
    "any(keep > 0.9)": 3,
    "any(n > 0.99)": 5,
    "any(take > 0.9)": 7,
}
PRODUCT = "h @ W_hr.T"


def main() -> int:
    model, text = figures.random_model(UNITS), figures.random_text(LENGTH)
    recorded = trace(model, text)
    states, weights = recorded.states(), model.cell().weight_hh[:UNITS].T
    calls: dict[str, tuple[Callable[[], object], int]] = {
        condition: (partial(recorded.where, condition), 1) for condition in BOUNDS
    }
    calls[PRODUCT] = (lambda: states @ weights, 1)
    taken = figures.interleaved(calls, ROUNDS)
    clock = {
        name: median(figures.timed(call, ROUNDS, perf_counter)) for name, (call, _) in calls.items()
    }
    rows = [
        [
            name,
            f"{taken.ms(name):.0f}",
            f"{clock[name]:.0f}",
            figures.verdict(taken.ratio(name, PRODUCT), bound),
        ]
        for name, bound in BOUNDS.items()
    ]
    rows.append([PRODUCT, f"{taken.ms(PRODUCT):.0f}", f"{clock[PRODUCT]:.0f}", ""])
    title = f"Conditions over {LENGTH:,} characters, {UNITS} units; medians, taken in turns"
    figures.table(title, ("", "ms", "by the clock", f"of {PRODUCT}"), rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
