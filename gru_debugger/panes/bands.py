"""What columns of rows are made of.

A `Band` is a line of columns; their rows stand in its slots, each at one height in all columns, so
the eye goes straight down and straight across.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gru_debugger.charts.legend import Key
from gru_debugger.panes import slots
from gru_debugger.panes.rows import Row
from gru_debugger.panes.slots import Slot

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane

Equation = Sequence[tuple[str, str]]  # pieces of one formula, and the theme's colour of each
BELOW = 6  # pixels below a band's last row


@dataclass(frozen=True)
class ColumnSpec:
    """What a column is: its head in words and mathematics, and its rows, made for a pane."""

    title: str
    subtitle: str
    equation: Callable[[ColumnsPane], Equation]
    rows: Callable[[ColumnsPane], Sequence[Row]]
    head: int = 52
    chip: str = ""  # the quantity whose value stands in the head
    keys: Callable[[ColumnsPane], Sequence[Key]] | None = None
    note: Callable[[ColumnsPane], str] | None = None  # mathematics that explains the equation
    computes: str = ""  # the computation that its equation is of


@dataclass
class Column:
    spec: ColumnSpec
    rows: list[Row]  # in the order of their band's slots
    left: float = 0.0  # of the plot, right of the gutter
    top: float = 0.0
    head: float = 0.0  # pixels above the first row
    value: float = 0.0  # top of the box that holds the selected unit's value
    shown: list[Row] = field(default_factory=list)
    folded: bool = False  # a name, and the value where the head has one

    @property
    def selects(self) -> str:
        """The quantity that it is about."""
        return next(row.selects[0] for row in reversed(self.rows) if row.selects)


@dataclass(frozen=True)
class Band:
    """Columns side by side, and the slots of their rows from top to bottom."""

    slots: Sequence[Slot]
    columns: Sequence[ColumnSpec]
    role: str = "panel"  # the theme's, behind it


@dataclass
class PlacedBand:
    """A band in a pane: `slots` are those that a column has a row in."""

    role: str
    columns: list[Column]
    slots: list[Slot]
    top: float = 0.0
    shown: list[Slot] = field(default_factory=list)
    line: float = 0.0  # pixels of its names, and values, alone

    @property
    def folded(self) -> bool:
        return self.columns[0].folded

    @property
    def head(self) -> float:
        return self.line if self.folded else self.columns[0].head

    @property
    def selected(self) -> bool:
        """Whether the selected value stands in it."""
        rows = (row for column in self.columns for row in column.rows)
        return any(row.pane.session.view.row in row.selects for row in rows)

    @property
    def fixed(self) -> float:
        """Pixels that heads and words take."""
        return self.head + BELOW + slots.fixed(self.shown)

    @property
    def least(self) -> float:
        """Pixels that it can live with."""
        return self.fixed + slots.least(self.shown)

    def fold(self, folded: bool) -> None:
        for column in self.columns:
            column.folded = folded
        if folded:
            self.shown = []


def fold_others(bands: Sequence[PlacedBand], height: float) -> None:
    """Where not all have room, one is whole, that with the selected value, and of the others there
    are the names: a name without its chart below it tells nothing."""
    if sum(band.least for band in bands) > height:
        kept = next((band for band in bands if band.selected), bands[0])
        for band in bands:
            band.fold(band is not kept)


def placed(pane: ColumnsPane, band: Band) -> PlacedBand:
    """With rows made for it."""
    columns = [Column(spec, in_order(spec.rows(pane), band.slots)) for spec in band.columns]
    used = {row.slot for column in columns for row in column.rows}
    return PlacedBand(band.role, columns, [slot for slot in band.slots if slot in used])


def in_order(rows: Sequence[Row], of: Sequence[Slot]) -> list[Row]:
    """From top to bottom. Raises ValueError for two in one slot, or one in none of these."""
    by_slot = {row.slot: row for row in rows}
    if len(by_slot) < len(rows) or not by_slot.keys() <= set(of):
        raise ValueError(f"rows in {[row.slot.name for row in rows]} of {[s.name for s in of]}")
    return [by_slot[slot] for slot in of if slot in by_slot]
