"""Similar steps, by an exhaustive search in plain Python, one number at a time."""

from __future__ import annotations

from collections.abc import Sequence

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace


def searched(
    run: Trace, t: int, units: Sequence[int], place: Place, quantile: float
) -> tuple[list[tuple[int, float]], list[int]]:
    """Every step's score, the best first, and the units that are on at t."""
    h = [[float(value) for value in run.step(s, *place).h] for s in range(1, run.steps + 1)]
    rank = max(1, round(quantile * run.steps))

    def signs(values: list[float]) -> dict[int, int]:
        found = {}
        for unit in units:
            in_order = sorted(row[unit] for row in h)
            if values[unit] > in_order[rank - 1]:
                found[unit] = 1
            elif values[unit] < in_order[-rank]:
                found[unit] = -1
        return found

    here, ranked = signs(h[t - 1]), []
    for s, values in enumerate(h, 1):
        there = signs(values)
        both = sum(here.get(unit) == sign for unit, sign in there.items())
        if s != t and both:
            far = sum((values[unit] - h[t - 1][unit]) ** 2 for unit in units)
            ranked.append((-both / len({*here, *there}), far, s))
    return [(s, -score) for score, _, s in sorted(ranked)], sorted(here)
