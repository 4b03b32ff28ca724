"""Who wrote what stands here: a state as the sum of what each step put into it, and how it goes on.

From h(t) = take(t) + z(t) ⊙ h(t − 1): what a step took of its candidate, times all that later
steps kept of it; and what is left of the initial state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace

Shares = NDArray[np.float64]
Floats = NDArray[np.float32]
Read = Callable[[int, int], tuple[Floats, Floats]]  # of rows a..b-1: what they wrote and kept

_HALF = 0.5  # what has lost more is overwritten
_SHORT = 64  # steps looked at first: most is near
_BLOCK = 128  # rows that are derived at once, and kept
_LITTLE = 0.005  # of the largest share: less is told of together


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
    model.check_unit(unit)
    forward = place[1] == "forward"
    a, b = (0, t) if forward else (t - 1, trace.steps)
    in_order = slice(None) if forward else slice(None, None, -1)  # as the direction reads
    wrote, kept = (rows[in_order] for rows in _wrote_and_kept(trace, place, unit, a, b))
    initial = trace.state(0 if forward else trace.steps + 1, *place)[unit]
    return with_what_was_left(np.append(initial, wrote), np.append(0, kept))[in_order]


@dataclass(frozen=True)
class Written:
    """The step that put most into h[unit] of what stands there at another: `step` counts as the
    text does, None: the initial state.

    `wrote` is what it put in, `share` what is left of that, `kept` what share that is.
    """

    step: int | None
    wrote: float
    kept: float

    @property
    def share(self) -> float:
        return self.wrote * self.kept


@dataclass(frozen=True)
class Overwritten:
    """The first step by which less than half is left of what stood in h[unit]; None: there is none.

    `kept`: the share that is left then, or after the last step.
    """

    step: int | None
    kept: float


def last_written(
    trace: Trace, unit: int, t: int, place: Place, read: Read | None = None
) -> Written:
    """The step with the largest share of h[unit] after step t, the latest of equals.

    `read` gives what is known of the rows already.
    """
    if read is None:
        return _reader(trace, place, unit).last_written(t)
    return _looked_back(trace, t, place, unit, read)


def _looked_back(trace: Trace, t: int, place: Place, unit: int, read: Read) -> Written:
    """From t, and no further than anything could still have the largest share."""
    forward, kept_since, best = place[1] == "forward", 1.0, Written(t, 0.0, 1.0)
    most = _most_written(trace, place)
    for a, b in _stretches_before(trace, t, forward):
        wrote, kept = (rows[::-1] if forward else rows for rows in read(a, b))
        left = kept_since * np.cumprod(np.append(1.0, kept[:-1].astype(np.float64)))
        at = int(np.argmax(np.abs(wrote * left)))  # the first of equals is the latest
        if abs(wrote[at] * left[at]) > abs(best.share):
            best = Written(b - at if forward else a + at + 1, float(wrote[at]), float(left[at]))
        kept_since = float(left[-1] * kept[-1])
        if kept_since == 0 or abs(kept_since) * most <= abs(best.share):
            return best
    h0 = float(trace.state(0 if forward else trace.steps + 1, *place)[unit])
    return Written(None, h0, kept_since) if abs(h0 * kept_since) > abs(best.share) else best


def overwritten_next(
    trace: Trace, unit: int, t: int, place: Place, read: Read | None = None
) -> Overwritten:
    """From h[unit] after step t on, in the order of reading, as far as the run is recorded."""
    read = read or _reader(trace, place, unit)
    forward, left = place[1] == "forward", 1.0
    for a, b in _stretches_behind(trace, t, forward):
        _, kept = read(a, b)
        factors = (kept if forward else kept[::-1]).astype(np.float64)
        products = left * np.cumprod(factors)
        below = np.flatnonzero(products < _HALF)
        if below.size:
            at = int(below[0])
            return Overwritten(a + at + 1 if forward else b - at, float(products[at]))
        left = float(products[-1])
    return Overwritten(None, left)


def writers(trace: Trace, unit: int, t: int, place: Place) -> tuple[list[Written], float]:
    """All steps that wrote more than a little of h[unit] after step t, the one read first in front,
    and what all others left together; the shares and this sum to h[unit](t).

    Looks back from t, and no further than anything could still be more than a little.
    """
    read = _reader(trace, place, unit)
    forward, kept_since, best = place[1] == "forward", 1.0, 0.0
    most, looked = _most_written(trace, place), list[Written]()
    others = 0.0
    for a, b in _stretches_before(trace, t, forward):
        wrote, kept = (rows[::-1] if forward else rows for rows in read(a, b))
        left = kept_since * np.cumprod(np.append(1.0, kept[:-1].astype(np.float64)))
        shares = np.where(wrote == 0, 0, wrote * left)
        best = max(best, float(np.abs(shares).max()))
        much = np.abs(shares) > _LITTLE * best
        others += float(shares[~much].sum())
        for i in map(int, np.flatnonzero(much)):
            step = b - i if forward else a + i + 1
            looked.append(Written(step, float(wrote[i]), float(left[i])))
        kept_since = float(left[-1] * kept[-1])
        if kept_since == 0 or abs(kept_since) * most <= _LITTLE * best:
            begin = a if forward else b + 1
            others += kept_since * float(trace.state(begin, *place)[unit]) if kept_since else 0.0
            break
    else:
        h0 = float(trace.state(0 if forward else trace.steps + 1, *place)[unit])
        looked.append(Written(None, h0, kept_since))
        best = max(best, abs(looked[-1].share))
    found = [one for one in looked if abs(one.share) > _LITTLE * best]
    others += sum(one.share for one in looked if abs(one.share) <= _LITTLE * best)
    return found[::-1], others


def _most_written(trace: Trace, place: Place) -> float:
    """What a step, or the initial state, can put into a unit at most."""
    mine = [edit for edit in trace.edits if edit.place == place]
    keeps = all(0 <= edit.value <= 1 for edit in mine if edit.quantity == "z")
    if not (keeps and trace.model.cell(*place).activations.states_stay):
        return float("inf")
    written = [abs(edit.value) for edit in mine if edit.quantity in ("n", "h")]
    return max(1.0, float(np.abs(trace.h0).max()), *written)


def _stretches_before(trace: Trace, t: int, forward: bool) -> Iterator[tuple[int, int]]:
    """Of the rows (from 0) up to step t's, against the order of reading; short ones first."""
    rows, length = (t if forward else trace.steps - t + 1), _SHORT
    done = 0
    while done < rows:
        count = min(length, rows - done)
        yield (t - done - count, t - done) if forward else (t - 1 + done, t - 1 + done + count)
        done, length = done + count, min(2 * length, columns.stretch_rows_of(trace, 1))


def _stretches_behind(trace: Trace, t: int, forward: bool) -> Iterator[tuple[int, int]]:
    """Of the rows (from 0) that are read after step t's, in the order of reading."""
    rows, length = (trace.recorded - t if forward else t - 1), _SHORT
    done = 0
    while done < rows:
        count = min(length, rows - done)
        yield (t + done, t + done + count) if forward else (t - 1 - done - count, t - 1 - done)
        done, length = done + count, min(2 * length, columns.stretch_rows_of(trace, 1))


def _wrote_and_kept(trace: Trace, place: Place, unit: int, a: int, b: int) -> tuple[Floats, Floats]:
    """Of rows a..b-1 (from 0): what each put into the unit, and its factor for what was there."""
    units = slice(unit, unit + 1)
    take, z = columns.blend(trace, place, a, b, units)
    wrote, kept = as_set(trace, place, units, a, take, z)
    return wrote[:, 0], kept[:, 0]


class _Rows:
    """A `Read` of one unit that keeps what it has derived: from step to step little is new."""

    def __init__(self, trace: Trace, place: Place, unit: int) -> None:
        self.of = place, unit
        self._trace = ref(trace)  # which holds this one
        self._blocks: dict[int, tuple[Floats, Floats]] = {}
        self._last: dict[int, Written] = {}  # the largest share after each step asked of

    def last_written(self, t: int) -> Written:
        """From the step read before, where that is known: what stood there is kept alike, so that
        nothing but what t itself wrote can have a larger share than the largest."""
        if t in self._last:
            return self._last[t]
        trace, (place, unit) = self._trace(), self.of
        assert trace is not None
        before = self._last.get(t - 1 if place[1] == "forward" else t + 1)
        if before is None:
            found = _looked_back(trace, t, place, unit, self)
        else:
            (wrote,), (kept,) = (of.tolist() for of in self(t - 1, t))
            left = before.kept * kept
            found = Written(before.step, before.wrote, left)
            if abs(wrote) >= abs(found.share):
                found = Written(t, wrote, 1.0)
        self._last[t] = found
        return found

    def __call__(self, a: int, b: int) -> tuple[Floats, Floats]:
        begin, end = a // _BLOCK, -(-b // _BLOCK)
        missing = [i for i in range(begin, end) if i not in self._blocks]
        new = self._derived(missing[0], missing[-1] + 1) if missing else {}
        blocks = [new.get(i) or self._blocks[i] for i in range(begin, end)]
        wrote, kept = (
            of[0] if len(of) == 1 else np.concatenate(of) for of in zip(*blocks, strict=True)
        )
        rows = slice(a - begin * _BLOCK, b - begin * _BLOCK)
        return wrote[rows], kept[rows]

    def _derived(self, begin: int, end: int) -> dict[int, tuple[Floats, Floats]]:
        """Blocks, all at once; those are kept of which there will be no more."""
        trace, (place, unit) = self._trace(), self.of
        assert trace is not None
        known = trace.recorded if place[1] == "forward" else trace.steps
        first = begin * _BLOCK
        wrote, kept = _wrote_and_kept(trace, place, unit, first, min(end * _BLOCK, known))
        made = {}
        for i in range(begin, end):
            rows = slice(i * _BLOCK - first, (i + 1) * _BLOCK - first)
            made[i] = wrote[rows], kept[rows]
            if min((i + 1) * _BLOCK, trace.steps) <= known:
                self._blocks[i] = made[i]
        return made


_NEAR: WeakKeyDictionary[Trace, _Rows] = WeakKeyDictionary()  # of the unit that was asked of last


def _reader(trace: Trace, place: Place, unit: int) -> _Rows:
    rows = _NEAR.get(trace)
    if rows is None or rows.of != (place, unit):
        rows = _NEAR[trace] = _Rows(trace, place, unit)
    return rows


def as_set(
    trace: Trace, place: Place, units: slice, a: int, take: Floats, z: Floats
) -> tuple[Floats, Floats]:
    """What each row from a (from 0) on put into these units, and its factors for what was there:
    take and z (rows, units), but where an edit sets h."""
    wrote, kept, b = take.copy(), z.copy(), a + len(z)
    first = units.start or 0
    for edit in trace.edits:  # in their order: later ones win
        if edit.place == place and edit.quantity == "h" and edit.in_rows(a, b):
            rows = slice(max(edit.first - 1 - a, 0), edit.last - a)
            own = slice(max(edit.start - first, 0), max(edit.stop - first, 0))
            wrote[rows, own], kept[rows, own] = edit.value, 0
    return wrote, kept


def with_what_was_left(wrote: Floats, kept: Floats) -> Shares:
    """wrote(s) · Π kept(u) over u > s, oldest first; what was nothing stays nothing."""
    later = np.append(kept[1:], 1).astype(np.float64)
    with np.errstate(all="ignore"):  # edits may keep more than there was, without bound
        left = np.cumprod(later[::-1])[::-1]
        return np.where(wrote == 0, 0, wrote * left)
