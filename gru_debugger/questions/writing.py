"""Who wrote what stands here: a state as the sum of what each step put into it.

From h(t) = take(t) + z(t) ⊙ h(t − 1): what a step took of its candidate, times all that later
steps kept of it; and what is left of the initial state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.given import whole
from gru_debugger.numerals import span

Shares = NDArray[np.float64]


def shares(
    trace: Trace, unit: int, t: int, layer: int = 0, direction: Direction | None = None
) -> Shares:
    """What each step put into h[unit] after step t, in text order; they sum to it.

    Forward (t + 1,): row s is step s, row 0 the initial state. In reverse (steps - t + 2,): row 0
    is step t, the last row the initial state. A step at which an edit sets h[unit] wrote that
    value, and nothing older is left. Raises InputError for what the run lacks.
    """
    model = trace.model
    model.cell(layer, direction)
    place: Place = (layer, direction or model.ways[0])
    trace.finish()
    trace.check_step(t)
    if not 0 <= whole("unit", unit) < model.hidden_size:
        there = span("unit", 0, model.hidden_size - 1)
        raise InputError(f"unit {unit} is outside the model: it has {there}.")
    forward = place[1] == "forward"
    a, b = (0, t) if forward else (t - 1, trace.steps)
    in_order = slice(None) if forward else slice(None, None, -1)  # as the direction reads
    wrote, kept = (rows[in_order] for rows in _wrote_and_kept(trace, place, unit, a, b))
    initial = trace.state(0 if forward else trace.steps + 1, *place)[unit]
    return _with_what_was_left(np.append(initial, wrote), np.append(0, kept))[in_order]


def _wrote_and_kept(
    trace: Trace, place: Place, unit: int, a: int, b: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of rows a..b-1 (from 0): what each put into the unit, and its factor for what was there."""
    units = slice(unit, unit + 1)
    wrote, kept = (
        columns.over(trace, name, place, a, b, units)[:, 0].copy() for name in ("take", "z")
    )
    for edit in trace.edits:  # in their order: later ones win
        if edit.place == place and edit.quantity == "h" and edit.start <= unit < edit.stop:
            rows = slice(max(edit.first - 1 - a, 0), max(edit.last - a, 0))
            wrote[rows], kept[rows] = edit.value, 0
    return wrote, kept


def _with_what_was_left(wrote: NDArray[np.float32], kept: NDArray[np.float32]) -> Shares:
    """wrote(s) · Π kept(u) over u > s, oldest first; what was nothing stays nothing."""
    later = np.append(kept[1:], 1).astype(np.float64)
    with np.errstate(all="ignore"):  # edits may keep more than there was, without bound
        left = np.cumprod(later[::-1])[::-1]
        return np.where(wrote == 0, 0, wrote * left)
