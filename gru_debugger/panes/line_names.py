"""Where a line's name finds room beside it, among other lines and names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

_LABEL = 16  # pixels of a name's height
_ASIDE = 8  # pixels from a point to a name beside it
_BEHIND, _LISTED = 20, 4  # pixels from a line's end to a list of names; so many up and down
_LAST = 3.0  # what speaks against that
_NEAR, _BESIDE = 3, 10  # pixels within which a point is covered, and could be what is named

Pairs = NDArray[np.float64]  # of x and y


def along(points: Pairs) -> Pairs:
    """A line every few pixels: between two points it may pass a name."""
    if len(points) < 2:
        return points
    x = np.linspace(points[0, 0], points[-1, 0], int(abs(points[-1, 0] - points[0, 0]) / 4) + 2)
    return np.column_stack([x, np.interp(x, points[:, 0], points[:, 1])])


def place(
    rect: QRectF, points: Pairs, wide: float, own: Pairs, others: Pairs, taken: list[QRectF]
) -> QRectF | None:
    """A box above, below or beside one of its line's points, inside the lane, on no other name: the
    one that covers least of any line and is least near to another one than its own, near the
    middle; where none is good, one of a list behind its end."""
    if not len(points) or wide + 4 > rect.width():
        return None
    left, top, cost = _places(points, wide, others)
    left = np.clip(left, rect.left() + 2, rect.right() - wide - 2)
    free = (top >= rect.top() - 2) & (top + _LABEL <= rect.bottom() + 1)
    for box in taken:
        apart = (left + wide <= box.left()) | (left >= box.right())
        free &= apart | (top + _LABEL <= box.top()) | (top >= box.bottom())
    if not free.any():
        return None
    cost += _covered(own, left, top, wide, _NEAR) + _covered(others, left, top, wide, _NEAR)
    best = int(np.argmin(np.where(free, cost, np.inf)))
    return QRectF(left[best], top[best], wide, _LABEL)


def _places(points: Pairs, wide: float, others: Pairs) -> tuple[Pairs, Pairs, Pairs]:
    """Left, top and what speaks against each, besides what it covers."""
    x, y = np.tile(points.T, 8)
    over, under, beside = y - _LABEL - 4, y + 4, y - _LABEL / 2
    eighths = np.arange(len(x)) * 8 // len(x)
    top = np.select([eighths < 3, eighths < 6], [over, under], beside)
    begin = np.array([-wide, -wide / 2, 0.0] * 2 + [_ASIDE, -_ASIDE - wide])
    left = x + begin[eighths]
    cost = _covered(others, left, top, wide, _BESIDE) / 4
    cost += _covered(others, x, y - _LABEL / 2, 0.0, _NEAR) > 0  # a point of several lines
    cost += np.abs(x - (x[0] + x[-1]) / 2) / max(1.0, np.ptp(x))
    listed = np.arange(-_LISTED, _LISTED + 1)
    end, level = points[-1]
    return (
        np.append(left, np.full(len(listed), end + _BEHIND)),
        np.append(top, level - _LABEL / 2 + listed * _LABEL),
        np.append(cost, _LAST + np.abs(listed) / 2),
    )


def _covered(line: Pairs, left: Pairs, top: Pairs, wide: float, near: float) -> Pairs:
    """How many of a line's points lie in each box, or so near to it."""
    across, down = line[:, 0] - left[:, None], line[:, 1] - top[:, None]
    inside = (across > -near) & (across < wide + near) & (down > -near) & (down < _LABEL + near)
    return np.asarray(inside.sum(axis=1), float)
