"""Small triangles with the tip below, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import functions
from PySide6.QtGui import QPainterPath

_HALF, _HIGH = 3.0, 4.0  # pixels
_CORNERS_X, _CORNERS_Y = np.array([-_HALF, _HALF, 0.0]), np.array([0.0, 0.0, _HIGH])
_JOINED = np.array([1, 1, 0], np.int32)  # each corner with the next, the last with none


def triangles(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPainterPath:
    """Of these middles and upper edges, in pixels."""
    if not len(x):
        return QPainterPath()
    path: QPainterPath = functions.arrayToQPath(
        (x[:, None] + _CORNERS_X).ravel(), (y[:, None] + _CORNERS_Y).ravel(),
        connect=np.tile(_JOINED, len(x)), finiteCheck=False,
    )  # fmt: skip
    return path
