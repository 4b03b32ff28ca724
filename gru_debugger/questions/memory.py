"""Who still speaks: of what stands in a state, the part that each step before it wrote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.numerals import grouped
from gru_debugger.questions.writing import as_set

MOST = 2000  # steps


def memory(
    trace: Trace, first: int, last: int, unit: int | None = None, layer: int = 0,
    direction: Direction | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Of |what steps first..last wrote| in the state after each of them, the part of each.

    Column t is the state after step first + t: what each step put into a unit and is left there,
    in magnitude, over the sum of all of them; of all units summed where `unit` is None. Forward
    (steps + 1, steps): row 0 is what stood there before the first of these steps, row s the step
    first + s - 1. In reverse the last row is what stood there before, row s the step first + s. A
    column sums to 1, or to 0 where nothing stands there. Raises InputError for what the run lacks,
    and for more than MOST steps.
    """
    trace.model.cell(layer, direction)
    trace.check_step(first)
    trace.check_step(last)
    if not 0 <= last - first < MOST:
        raise InputError(f"steps {first} to {last}: give 1 to {grouped(MOST)} steps, in order.")
    if unit is not None:
        trace.model.check_unit(unit)
    place: Place = (layer, direction or trace.model.ways[0])
    return _parts(trace, place, first - 1, last, slice(unit, None if unit is None else unit + 1))


def _parts(trace: Trace, place: Place, a: int, b: int, units: slice) -> NDArray[np.float64]:
    """Of rows a..b-1 (from 0)."""
    wrote, kept, before = _written(trace, place, a, b, units)
    forward, count = place[1] == "forward", b - a
    left = np.zeros((count + 1, len(before)))  # of each writer, a unit a column
    spoken = np.zeros((count + 1, count))
    left[0 if forward else count] = np.abs(before)
    with np.errstate(all="ignore"):  # edits may keep more than there was, without bound
        for t in range(count) if forward else range(count - 1, -1, -1):
            left *= kept[t]
            left[t + forward] = wrote[t]
            spoken[:, t] = left.sum(axis=1)
        total = spoken.sum(axis=0)
        np.divide(spoken, total, out=spoken, where=total > 0)
    return spoken


def _written(
    trace: Trace, place: Place, a: int, b: int, units: slice
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """|What rows put in|, |their factors| (rows, units), and the state that they began with."""
    parts, each = [], columns.stretch_rows(trace)
    for start in range(a, b, each):
        found = columns.cell_quantities(trace, place, start, min(start + each, b), units)
        parts.append(as_set(trace, place, units, start, found["take"], found["z"]))
    wrote, kept = (
        np.abs(np.concatenate(part)).astype(np.float64) for part in zip(*parts, strict=True)
    )
    row = slice(a, a + 1) if place[1] == "forward" else slice(b - 1, b)
    before = trace.previous_states(*place, row.start, row.stop)[0, units]
    return wrote, kept, before
