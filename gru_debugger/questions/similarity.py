"""Similar steps: where in a text the units are on together as they are at one step of it.

The question is LSTMVis' (Strobelt et al. 2018, arXiv:1606.07461). What “on” means each unit's own
values decide, for some units swing between −1 and 1 and others hardly move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.cell import Array
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.given import number, whole
from gru_debugger.numerals import brief

_VALUES = 1 << 23  # states that are in memory beside the recording at once


class Similar(NamedTuple):
    """Steps like one of the text, the most similar first, and the units that are on there.

    `steps` (found,) count as the text does; `scores` (found,) lie in (0, 1]; `units` (on,).
    """

    steps: NDArray[np.int64]
    scores: NDArray[np.float64]
    units: NDArray[np.int64]


def similar(
    trace: Trace,
    t: int,
    units: Iterable[int] | None = None,
    layer: int = 0,
    direction: Direction | None = None,
    quantile: float = 0.8,
    limit: int | None = 10,
) -> Similar:
    """The steps at which most of `units` are on as they are at step t, and few others.

    A unit is on where h lies above its own `quantile` over the text, or below 1 − `quantile`. The
    score: how many are on at both, with the same sign, of those on at either. Of equals the step
    whose h is nearer comes first, then the earlier one. Raises InputError for what the run lacks,
    and where none of the units is on at t.
    """
    place: Place = (layer, direction or trace.model.ways[0])
    search = Search(trace.finish(), t, units, place, quantile)
    if limit is not None and whole("limit", limit) < 1:
        raise InputError(f"limit {limit}: give a whole number from 1, or None for all.")
    while search.advance():
        pass
    return search.ranked(limit)


class Search:
    """The same, a unit at a time, of a run that is recorded to its end. Raises InputError."""

    def __init__(
        self, trace: Trace, t: int, units: Iterable[int] | None, place: Place, quantile: float
    ) -> None:
        trace.model.cell(*place)
        chosen = _chosen(units, trace.model)
        if not 0.5 <= number("quantile", quantile) < 1:
            raise InputError(
                f"quantile {quantile}: give a number from 0.5 to below 1, such as 0.8."
            )
        trace.check_step(t)
        self._t, self._quantile = t, quantile
        self._h = trace.state(t, *place)
        self._left = _unit_by_unit(trace, place, chosen)
        self._likeness = _Likeness(trace.steps, t, quantile)

    def advance(self) -> bool:
        """Read one more unit; False where there is none."""
        unit = next(self._left, None)
        if unit is None:
            return False
        self._likeness.count(*unit)
        return True

    def strongest(self, most: int) -> list[int]:
        """So many of the units that are on at t, those whose |h| is largest there."""
        return sorted(self._likeness.on, key=lambda unit: (-abs(float(self._h[unit])), unit))[:most]

    @property
    def found(self) -> int:
        """How many steps have something in common with t."""
        return self._likeness.found

    def ranked(self, limit: int | None) -> Similar:
        if not self._likeness.on:
            low, high = brief(1 - self._quantile), brief(self._quantile)
            raise InputError(
                f"none of these units is on at step {self._t}: each lies between its quantiles "
                f"{low} and {high} of the text; give a lower one, from 0.5."
            )
        return self._likeness.ranked(limit)


def _chosen(units: Iterable[int] | None, model: Model) -> Sequence[int]:
    if units is None:
        return range(model.hidden_size)
    if not isinstance(units, Iterable):
        raise InputError(f"units {units!r:.40}: give several, such as [3, 9] or range(8).")
    chosen = set()
    for unit in units:
        model.check_unit(unit)
        chosen.add(int(unit))
    return sorted(chosen)


def _unit_by_unit(
    trace: Trace, place: Place, units: Sequence[int]
) -> Iterator[tuple[int, Array]]:
    """Each unit's h over the text (steps,); of as many at a time as memory is there for."""
    steps, rows = trace.steps, columns.stretch_rows(trace)
    at_once = max(1, _VALUES // steps)
    for begin in range(0, len(units), at_once):
        block = list(units[begin : begin + at_once])
        values = np.empty((len(block), steps), np.float32)
        for a in range(0, steps, rows):
            b = min(a + rows, steps)
            values[:, a:b] = trace.states(*place, a, b)[:, block].T
        yield from zip(block, values, strict=True)


class _Likeness:
    """Of every step to step t, a unit after the other."""

    def __init__(self, steps: int, t: int, quantile: float) -> None:
        self._here = t - 1
        self._rank = max(1, round(quantile * steps))
        self._both, self._either = np.zeros((2, steps), np.int64)
        self._distance = np.zeros(steps)
        self.on: list[int] = []

    def count(self, unit: int, values: Array) -> None:
        low, high = len(values) - self._rank, self._rank - 1
        ordered = np.partition(values, (low, high))
        above, below = values > ordered[high], values < ordered[low]
        if above[self._here] or below[self._here]:
            self.on.append(unit)
            self._both += above if above[self._here] else below
            self._either += 1
        else:
            self._either += above | below
        self._distance += np.square(values.astype(np.float64) - values[self._here])

    @property
    def found(self) -> int:
        return int(np.count_nonzero(self._both)) - int(self._both[self._here] > 0)

    def ranked(self, limit: int | None) -> Similar:
        others = self._both > 0
        others[self._here] = False
        steps = np.flatnonzero(others)
        scores = self._both[steps] / self._either[steps]
        order = np.lexsort((self._distance[steps], -scores))[:limit]  # stable: the earlier first
        return Similar(steps[order] + 1, scores[order], np.array(self.on, np.int64))
