"""Influence over 1,000 steps of 256 units: all gradients and the three paths beside them.

Bound is the processor's time against that of the products that it can't do without, in float64: of
all weights with a vector for every step back, and of the candidate's with two. The half second
that a person waits for is printed beside it.
"""

from __future__ import annotations

import sys

import figures

figures.alone()

import numpy as np  # noqa: E402

from gru_debugger import trace  # noqa: E402
from gru_debugger.questions.influence import influence  # noqa: E402

UNITS, LENGTH, ROUNDS, BOUND, WANTED = 256, 1000, 5, 8, 500
OURS, PRODUCTS = "influence", "the products alone"


def main() -> int:
    recorded = trace(figures.random_model(UNITS), figures.random_text(LENGTH))
    weights = recorded.model.cell().weight_hh.astype(float)
    vector, two = np.ones(3 * UNITS), np.ones((2, UNITS))

    def products() -> None:
        for _ in range(LENGTH):
            vector @ weights
            two @ weights[2 * UNITS :]

    taken = figures.interleaved(
        {OURS: (lambda: influence(recorded, LENGTH), 1), PRODUCTS: (products, 1)}, ROUNDS
    )
    rows = [
        [OURS, f"{taken.ms(OURS):.0f}", f"{WANTED}",
         figures.verdict(taken.ratio(OURS, PRODUCTS), BOUND)],
        [PRODUCTS, f"{taken.ms(PRODUCTS):.0f}", "", ""],
    ]  # fmt: skip
    title = f"Influence, {LENGTH:,} steps, {UNITS} units; medians, taken in turns"
    figures.table(title, ("", "ms", "wanted", f"of {PRODUCTS}"), rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
