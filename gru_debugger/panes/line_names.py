"""Where a line's name finds room beside it, among other lines and names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

_LABEL = 16  # pixels of a name's height
_EVERY = 12.0  # pixels of a line, of which one point stands for all
_MOST = 12  # points of a line that are tried: it is looked for at every step
_ASIDE = 8  # pixels from a point to a name beside it
_FURTHER = (10.0, 16.0, 24.0, 34.0, 46.0)  # pixels from a line, where there is no room beside it
_CROWDED = 2.0  # what may speak against a place before those further off are tried
_AWAY = 20.0  # pixels further off count as much as a covered point
_BEHIND, _LISTED = 20, 4  # pixels from a line's end to a list of names; so many up and down
_LAST = 6.0  # what speaks against that
_NEAR, _BESIDE = 3, 10  # pixels within which a point is covered, and could be what is named
_CROSSED = 20.0  # what speaks against lying on what is kept free

Pairs = NDArray[np.float64]  # of x and y
Values = NDArray[np.float64]  # one for each place that is tried


def along(points: Pairs, floor: float) -> Pairs:
    """A line every few pixels, for between two points it may pass a name; not below a floor."""
    if len(points) < 2:
        return points
    x, y = points[:, 0], np.minimum(points[:, 1], floor)
    way = np.cumsum(np.maximum(np.abs(np.diff(x)), np.abs(np.diff(y))))
    at = np.linspace(0.0, way[-1], int(way[-1] / _EVERY) + 2)
    way = np.append(0.0, way)
    return np.column_stack([np.interp(at, way, x), np.interp(at, way, y)])


def place(
    rect: QRectF, points: Pairs, wide: float, own: Pairs, others: Sequence[Pairs],
    taken: Sequence[QRectF], free_of: QRectF,
) -> tuple[QRectF, float] | None:  # fmt: skip
    """A box above, below or beside one of its line's points, inside the lane, on no other name: the
    one that covers least of any line and is least near to another one than its own, near the
    middle; where none is good, one further off, or of a list behind its end; and what
    speaks against it. None: no room."""
    if not len(points) or wide + 4 > rect.width():
        return None
    tried = points[np.unique(np.linspace(0, len(points) - 1, _MOST).astype(int))]
    best: tuple[QRectF, float] | None = None
    for places in (_places, _further):
        left, top, cost = places(tried, wide, others)
        left = np.clip(left, rect.left() + 2, rect.right() - wide - 2)
        free = (top >= rect.top() - 2) & (top + _LABEL <= rect.bottom() + 1)
        for box in taken:
            free &= ~_meets(box, left, top, wide)
        if not free.any():
            continue
        left, top, cost = left[free], top[free], cost[free]
        cost += _CROSSED * _meets(free_of, left, top, wide)
        near, beside = _covered(np.concatenate([own, *others]), left, top, wide)
        cost += near + (beside - _covered(own, left, top, wide)[1]) / 4
        at = int(np.argmin(cost))
        if best is None or cost[at] < best[1]:
            best = QRectF(left[at], top[at], wide, _LABEL), float(cost[at])
        if best[1] <= _CROWDED:
            break
    return best


def _further(points: Pairs, wide: float, others: Sequence[Pairs]) -> tuple[Values, Values, Values]:
    """Above and below each point, but not close to it: looked at only where those are crowded."""
    del others
    begin = np.array([-wide, -wide / 2, 0.0])
    off = np.array([*(-_LABEL - away for away in _FURTHER), *_FURTHER])
    cost = np.tile(np.array(_FURTHER) / _AWAY, 2)
    left = points[:, 0, None, None] + begin[:, None] + 0 * off
    top = points[:, 1, None, None] + 0 * begin[:, None] + off
    return left.ravel(), top.ravel(), np.broadcast_to(cost, left.shape).ravel().copy()


def _places(points: Pairs, wide: float, others: Sequence[Pairs]) -> tuple[Values, Values, Values]:
    """Left, top and what speaks against each, besides what it covers."""
    x, y = np.tile(points.T, 8)
    eighths = np.arange(len(x)) * 8 // len(x)
    top = y + np.array([-_LABEL - 4.0] * 3 + [4.0] * 3 + [-_LABEL / 2] * 2)[eighths]
    begin = np.array([-wide, -wide / 2, 0.0] * 2 + [_ASIDE, -_ASIDE - wide])
    cost = np.abs(x - (x[0] + x[-1]) / 2) / max(1.0, float(np.ptp(x)))
    for other in others:  # a point of several lines
        if len(other):
            cost += np.abs(np.interp(x, other[:, 0], other[:, 1]) - y) < _LABEL / 2 + _NEAR
    listed = np.arange(-_LISTED, _LISTED + 1)
    end, level = points[-1]
    return (
        np.append(x + begin[eighths], np.full(len(listed), end + _BEHIND)),
        np.append(top, level - _LABEL / 2 + listed * _LABEL),
        np.append(cost, _LAST + np.abs(listed) / 2),
    )


def _meets(box: QRectF, left: Values, top: Values, wide: float) -> NDArray[np.bool_]:
    across = (left + wide > box.left()) & (left < box.right())
    return np.asarray(across & (top + _LABEL > box.top()) & (top < box.bottom()))


def _covered(line: Pairs, left: Values, top: Values, wide: float) -> tuple[Values, Values]:
    """How many of a line's points lie in each box, or so near to it; and within what is beside."""
    across = np.abs(line[:, 0] - (left + wide / 2)[:, None]) < wide / 2 + _NEAR
    down = np.abs(line[:, 1] - (top + _LABEL / 2)[:, None])
    near = across & (down < _LABEL / 2 + _NEAR)
    beside = across & (down < _LABEL / 2 + _BESIDE)
    return near.sum(axis=1, dtype=float), beside.sum(axis=1, dtype=float)
