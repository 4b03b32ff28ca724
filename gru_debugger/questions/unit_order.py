"""The units in another order than their indices': by a value, by its change, by likeness.

Likeness puts units beside each other that move together over the run, and those that move against
each other far apart: by the angle of their loadings on the first two principal components of the
states, cut where the circle of angles has its widest gap (Friendly 2002, doi:10.1198/000313002533).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.axes import MEASURED
from gru_debugger.core.cell import Array
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.core.unit_order import UnitOrder
from gru_debugger.questions.ordering import Ordering

_LOOKED_AT = 256  # states, evenly spaced: enough for who moves with whom


def units_by(trace: Trace, ordering: Ordering, place: Place) -> UnitOrder | None:
    """The order of a layer's units, of the run without its edits; None: by index.

    None too where what it asks for is not recorded yet. `ordering` has nothing left open.
    """
    plain = trace.plain
    if ordering.by == "likeness":
        return UnitOrder(alike(_looked_at(plain, place))) if _read(plain, place) else None
    if ordering.by == "index" or not plain.steps:
        return None
    step = min(max(ordering.step, 1), plain.steps)
    if step > plain.recorded:
        return None
    values = _values(plain, ordering.quantity, place, step)
    if ordering.by == "change":
        before = step + (1 if place[1] == "reverse" else -1)
        values = abs(values - _before(plain, ordering.quantity, place, before))
    return UnitOrder(np.argsort(-values, kind="stable"))


def _values(trace: Trace, quantity: str, place: Place, step: int) -> Array:
    values: Array = trace.step(step, *place).values[quantity]
    return values


def _before(trace: Trace, quantity: str, place: Place, step: int) -> Array:
    """At a direction's first step, only the state has a value before."""
    if 1 <= step <= trace.steps:
        return _values(trace, quantity, place, step)
    first = trace.steps if place[1] == "reverse" else 1
    known = "h_prev" if quantity == "h" else quantity
    return _values(trace, known, place, first)


def _read(trace: Trace, place: Place) -> bool:
    """Whether the steps are recorded of which likeness is told: those that axes are of."""
    return trace.read_so_far(place) >= min(trace.steps, MEASURED)


def _looked_at(trace: Trace, place: Place) -> Array:
    """(steps, hidden): states out of the first that the direction reads."""
    count = min(trace.steps, MEASURED)
    first = trace.steps - count if place[1] == "reverse" else 0
    rows = first + np.unique(np.linspace(0, count - 1, min(count, _LOOKED_AT)).round().astype(int))
    states: Array = trace.states(*place, first, first + count)[rows - first]
    return states


def alike(states: Array) -> NDArray[np.intp]:
    """States (steps, hidden) -> (hidden,): the units, those that move together beside each other.

    Units that do not move stand behind the others, by index.
    """
    moved = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    size = np.sqrt((moved**2).sum(axis=0))
    moving = np.flatnonzero(size > 1e-6 * max(1.0, float(size.max(initial=0))))
    still = np.setdiff1d(np.arange(states.shape[1]), moving)
    if len(moving) < 3:
        return np.concatenate([moving, still])
    loadings = _loadings(moved[:, moving] / size[moving])
    angles = np.arctan2(loadings[:, 1], loadings[:, 0])
    by_angle = np.argsort(angles, kind="stable")
    gaps = np.diff(angles[by_angle], append=angles[by_angle[0]] + 2 * np.pi)
    return np.concatenate([moving[np.roll(by_angle, -1 - int(gaps.argmax()))], still])


def _loadings(moved: NDArray[np.float64]) -> NDArray[np.float64]:
    """(units, 2): of each unit on the first two components; of the two signs that each could
    have, the one that makes the largest positive, so that the same run gives the same order."""
    steps, units = moved.shape
    if units <= steps:
        _, vectors = np.linalg.eigh(moved.T @ moved)
        first = vectors[:, :-3:-1]
    else:
        _, vectors = np.linalg.eigh(moved @ moved.T)
        first = moved.T @ vectors[:, :-3:-1]
    largest = np.abs(first).argmax(axis=0)
    signed: NDArray[np.float64] = first * np.sign(first[largest, range(first.shape[1])])
    return signed
