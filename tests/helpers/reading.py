"""Numbers read off a screenshot of the light window: bars by their colours, chips by their digits.

Nothing here asks the program where it drew: a chart is found by what only it looks like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from driver import Screenshot
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES

Mask = NDArray[np.bool_]
Span = tuple[int, int]  # begin, end

LIGHT = THEMES["light"]
_CHIP_HIGH = 16


@dataclass
class Bars:
    """Values of all units, and what one pixel is worth."""

    values: NDArray[np.float64]
    pixel: float


def color(role: str) -> tuple[int, int, int]:
    return LIGHT.role(role).getRgb()[:3]  # type: ignore[return-value]


def mask(picture: Screenshot, *roles: str) -> Mask:
    found = np.zeros(picture.shape[:2], bool)
    for role in roles:
        found |= (picture == color(role)).all(axis=2)
    return found


def runs(line: Mask, least: int = 1) -> list[Span]:
    """Begin and end of each stretch of truth."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], line.view(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a >= least]


def read_bars(picture: Screenshot, units: int) -> dict[str, Bars]:
    """r, z, n, h_prev and h, by the pixels of their bars."""
    z_at, rows = _full_bars(picture, units, slice(0, len(picture)), "keep", "pale_take")
    r_at, _ = _full_bars(picture, units, slice(*rows), "r", "pale")
    step = z_at[0][0] - r_at[0][0]  # from column to column
    n_at = [(a + step, b + step) for a, b in z_at]
    below = slice(rows[1] + 10, len(picture))
    return {
        "r": _heights(picture, r_at, rows, 0.0, "r"),
        "z": _heights(picture, z_at, rows, 0.0, "keep"),
        "n": _heights(picture, n_at, rows, -1.0, "take"),
        "h_prev": _heights(picture, r_at, _axis(picture, r_at, below), -1.0, "keep"),
        "h": _heights(picture, n_at, _axis(picture, n_at, below), -1.0, "h"),
    }


def _full_bars(
    picture: Screenshot, units: int, rows: slice, *roles: str
) -> tuple[list[Span], Span]:
    """The chart whose two colours together fill every bar from bottom to top: bars and rows."""
    found = mask(picture[rows], *roles)
    by_bars: dict[tuple[Span, ...], list[int]] = {}
    for y, line in enumerate(found, rows.start):
        bars = tuple(runs(line, 6))
        if len(bars) == units:
            by_bars.setdefault(bars, []).append(y)
    assert by_bars, f"no chart of {units} bars in {' and '.join(roles)}"
    bars, ys = max(by_bars.items(), key=lambda item: len(item[1]))
    # A row in which one bar's end is blended has no full set: look a little further.
    first = max(rows.start, ys[0] - 3)
    near = [found[first - rows.start : ys[-1] + 4 - rows.start, (a + b) // 2] for a, b in bars]
    filled = np.flatnonzero(np.any(near, axis=0)) + first
    return list(bars), (int(filled[0]), int(filled[-1]) + 1)


def _axis(picture: Screenshot, bars: list[Span], rows: slice) -> Span:
    """The rows between the lines at the ends of the range, seen between the first two bars."""
    x = (bars[0][1] + bars[1][0]) // 2
    lines = np.flatnonzero(mask(picture[rows, x : x + 1], "grid")[:, 0]) + rows.start
    assert len(lines) == 2, f"lines at {lines.tolist()}, not at the two ends of the range"
    return int(lines[0]), int(lines[1]) + 1


def _heights(picture: Screenshot, bars: list[Span], rows: Span, low: float, role: str) -> Bars:
    """Values by how far a colour reaches in the middle of each bar; the range is low..1."""
    pixel = (1 - low) / (rows[1] - rows[0])
    zero = rows[1] + low / pixel
    values = []
    for left, right in bars:
        x = (left + right) // 2
        ys = np.flatnonzero(mask(picture[slice(*rows), x : x + 1], role)[:, 0]) + rows[0]
        up = len(ys) > 0 and ys.mean() < zero
        far = zero if not len(ys) else ys[0] if up else ys[-1] + 1
        values.append((zero - far) * pixel)
    return Bars(np.array(values), pixel)


# The numbers in the chips --------------------------------------------------------------------


def chips(picture: Screenshot) -> list[Screenshot]:
    """The pictures of the cell view's chips, column by column, each from top to bottom."""
    found = mask(picture, "chip")
    places = []
    for y in range(len(found) - _CHIP_HIGH):
        for left, right in runs(found[y], 30):
            if found[y + _CHIP_HIGH // 2, left:right].any():
                places.append((left - 3, y, right + 3))
                found[y : y + _CHIP_HIGH, left - 3 : right + 3] = False
    places.sort(key=lambda place: (round(place[2] / 50), place[1]))
    return [picture[y : y + _CHIP_HIGH, left:right] for left, y, right in places]


def read_chip(chip: Screenshot, candidates: Iterable[str]) -> tuple[str, float]:
    """Which of the numbers it is, and how far from it its pixels are on average (0..255)."""
    distances = {words: _distance(chip, _chip(words)) for words in set(candidates)}
    best = min(distances, key=lambda words: distances[words])
    return best, distances[best]


def _chip(words: str) -> Screenshot:
    """A number painted as in a chip."""
    wide = fonts.width(max(words, "+0.00", key=len), fonts.MONO, 11) + 12
    image = QImage(int(wide), _CHIP_HIGH, QImage.Format.Format_RGB888)
    image.fill(LIGHT.chip)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, wide, _CHIP_HIGH)
    fonts.tile(painter, area, LIGHT.chip, words, LIGHT.text, fonts.MONO, 11)
    painter.end()
    memory = np.frombuffer(image.constBits(), np.uint8).reshape(_CHIP_HIGH, -1)
    return memory[:, : 3 * image.width()].reshape(_CHIP_HIGH, image.width(), 3).copy()


def _distance(chip: Screenshot, painted: Screenshot) -> float:
    """Mean difference of the middles, where they fit best."""
    best = 255.0
    for move in (-2, -1, 0, 1, 2):
        wide = min(chip.shape[1], painted.shape[1]) - 8
        a = (chip.shape[1] - wide) // 2
        b = (painted.shape[1] - wide) // 2 + move
        apart = chip[2:-2, a : a + wide].astype(int) - painted[2:-2, b : b + wide]
        best = min(best, float(np.abs(apart).mean()))
    return best
