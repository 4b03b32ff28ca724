"""Where everything of the worked sheet stands: its columns, its bands, the row by hand.

A quantity stands at the same x in all bands, so that the eye goes straight down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF

from gru_debugger.questions.calculation import Column, Sheet

LEFT, HEAD, BETWEEN = 56, 43, 8  # pixels of the unit's numbers, above a band's rows, between bands
ROW, HIGHEST = 10.5, 16  # of a row at least, and in a high window
MAPS_UP_TO = 128  # units; of more the maps leave
_ARROW, _END = 14, 6  # more room before a gate, for its function; and behind the last column
_MOST_INPUTS = 75  # pixels of W_i

# From left to right. The reset gate's own two, reset before, stand where the blend begins.
_SLOTS = (
    "W_h", "old", "W_h h", "b_h", "hidden", "r", "product", "W_i", "W_i x", "b_i", "a", "result",
    "1 − z", "take", "z", "old again", "keep", "new",
)  # fmt: skip
_ALSO = {"b": "b_i", "n": "result"}
_OF_RESET = {"old again": "1 − z", "r ⊙ old": "take"}
_OF_BLEND = {"old": "old again"}


@dataclass(frozen=True)
class Sizes:
    """Pixels: of a map's cell, of columns (of products, of sums), between them."""

    cell: int
    column: int
    product: int
    total: int
    gap: int
    inputs: bool


_WIDE, _LEAST = Sizes(9, 41, 47, 43, 16, True), Sizes(5, 36, 44, 38, 11, False)
# In which order columns give way, so that the result stays in sight; the widest are for sheets
# without maps.
_ALL = (
    *(replace(_WIDE, column=60, product=64, total=60, gap=gap) for gap in range(60, 28, -4)),
    *(replace(_WIDE, column=50, product=55, total=51, gap=gap) for gap in range(48, 28, -4)),
    replace(_WIDE, gap=30), replace(_WIDE, gap=25), replace(_WIDE, gap=20), _WIDE,
    Sizes(7, 38, 41, 40, 14, False), _LEAST,
)  # fmt: skip


def slot(column: Column, gate: str | None) -> str:
    """In which of the sheet's columns a band's column stands."""
    special = _OF_BLEND if gate is None else _OF_RESET if gate == "r" else {}
    return special.get(column.slot) or _ALSO.get(column.slot, column.slot)


def used(sheet: Sheet, maps: bool, sizes: Sizes) -> list[str]:
    """The columns that some band has."""
    there = {slot(column, band.gate) for band in sheet.bands for column in band.columns}
    there |= ({"W_h", "W_i"} if sizes.inputs else {"W_h"}) if maps else set()
    return [name for name in _SLOTS if name in there]


def placed(sheet: Sheet, sizes: Sizes) -> dict[str, tuple[float, float]]:
    """Left edge and width of each column."""
    units, x = sheet.cell.hidden_size, float(LEFT)
    widths = {
        "W_h": min(16, units) * sizes.cell, "W_h h": sizes.product, "a": sizes.total,
        "W_i": min(_MOST_INPUTS, max(40, 3 * sheet.cell.input_size)),
    }  # fmt: skip
    found: dict[str, tuple[float, float]] = {}
    for name in used(sheet, units <= MAPS_UP_TO, sizes):
        x += _ARROW if name == "result" else 0
        found[name] = x, float(widths.get(name, sizes.column))
        x += found[name][1] + sizes.gap
    return found


def width(slots: dict[str, tuple[float, float]]) -> float:
    """All that the columns take."""
    left, wide = slots["new"]
    return left + wide + _END


@dataclass(frozen=True)
class BandPlace:
    """A band's rows from `top`; folded, the selected unit's alone."""

    top: float
    rows: int
    row: float

    @property
    def bottom(self) -> float:
        return self.top + self.rows * self.row

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Layout:
    """`slots` by name; `bands` of the three gates in their order, the blend beside the last; of
    two steps, one below the other."""

    sizes: Sizes
    slots: dict[str, tuple[float, float]]
    bands: tuple[BandPlace, ...]
    ledger: QRectF | None
    beside: float  # where what stands beside the upper bands begins

    @property
    def folded(self) -> bool:
        return self.bands[0].rows < self.bands[-1].rows

    @property
    def bottom(self) -> float:
        return self.bands[-1].bottom + 6

    def cell(self, name: str, band: int, row: int) -> QRectF:
        """Of a column's row."""
        left, wide = self.slots[name]
        place = self.bands[band]
        return QRectF(left, place.top + row * place.row, wide, place.row)


def lay(
    sheet: Sheet, room: tuple[float, float], card: tuple[float, float], steps: int = 1
) -> Layout:
    """For a pane of `room` pixels; `card` are those of the row by hand, which may find none.

    Of two steps, and in a low pane, the bands of r and z have the selected unit's row alone.
    """
    bands = _bands(*_folded(len(sheet.rows), room[1], steps))
    behind = "take" if sheet.reset == "before" else "result"

    def made(sizes: Sizes) -> Layout:
        slots = placed(sheet, sizes)
        right = sum(slots[behind])
        return Layout(sizes, slots, bands, _card(right + 8, bands, room, card), right + 8)

    fitting = [of for of in map(made, _ALL) if width(of.slots) <= room[0]]
    usual = [of for of in fitting if of.sizes.gap <= _WIDE.gap] or [made(_LEAST)]
    if sheet.cell.hidden_size <= MAPS_UP_TO:
        return usual[0]
    return next(of for of in fitting or usual if of.ledger or not usual[0].ledger)


def _folded(rows: int, height: float, steps: int) -> tuple[list[int], float]:
    """How many rows each band has, and how high they are: the reset gate's is folded first."""
    free = height - steps * 3 * (HEAD + BETWEEN) + BETWEEN - 6
    ways = [[rows] * 3, [1, rows, rows], [1, 1, rows]] if steps == 1 else [[1, 1, rows] * 2]
    counts = next((one for one in ways if free >= ROW * sum(one)), ways[-1])
    high = math.floor(2 * free / sum(counts)) / 2  # halves are for low rows
    return counts, max(ROW, min(high if high < 12 else math.floor(high), HIGHEST))


def _bands(rows: Sequence[int], row: float) -> tuple[BandPlace, ...]:
    places, top = [], float(HEAD)
    for count in rows:
        places.append(BandPlace(top, count, row))
        top = places[-1].bottom + BETWEEN + HEAD
    return tuple(places)


def _card(
    left: float, bands: tuple[BandPlace, ...], room: tuple[float, float],
    card: tuple[float, float],
) -> QRectF | None:  # fmt: skip
    """Right of the upper two bands, above the blend, or below all; None where it has no room."""
    free = room[0] - left - 6
    if card[1] <= bands[1].bottom - 8 and card[0] <= free:
        return QRectF(left + max(0.0, min(free - card[0], 8)), 8, *card)
    top = bands[-1].bottom + 20
    if top + card[1] + 6 <= room[1] and card[0] + LEFT <= room[0]:
        return QRectF(LEFT, top, *card)
    return None


def least_width(sheet: Sheet) -> int:
    return math.ceil(width(placed(sheet, _LEAST)))
