"""The worked sheet of a step: every number that a person doing it by hand would write down.

Units run down, as in linear algebra: a row of W, times a vector, gives that row. A band a gate and
one for the blend; in each its columns in the order of reading, the hidden part first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.activations import Activations
from gru_debugger.core.cell import Cell, Reset
from gru_debugger.core.edits import Place, set_at
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Step, Trace
from gru_debugger.questions.calculation_symbols import TITLES, Gate, Symbols, Writing, merged, order

Numbers = NDArray[np.float64]
Tint = Literal["map", "keep", "take", "r", "h"]

GATES: tuple[Gate, ...] = ("r", "z", "n")  # as the rows of the weights are stacked


@dataclass(frozen=True, eq=False)
class Column:
    """One vector of a band: `values` (rows,), and what stands before it.

    `sign` is =, +, · or ⊙, or the function that makes it of the column before. `needs` is the
    quantity with which it is computed, "" of what is there when the step begins. `by_hand` (rows,)
    are the units in which it was set, and so is not what stands before it makes.
    """

    slot: str
    sign: str
    symbol: str
    values: Numbers
    needs: str
    tint: Tint
    by_hand: NDArray[np.bool_]

    def stands_for(self, gate: Gate | None) -> str:
        """Whose numbers these are in a gate's band, or (None) the blend's: of W x the input's part,
        of 1 − z that gate; "" of a bias, which is no quantity of a step."""
        return {"W_i x": f"input_{gate}", "1 − z": "z"}.get(self.slot, self.needs)


@dataclass(frozen=True, eq=False)
class Band:
    """A gate, the candidate, or the blend; `gate` is None of the blend."""

    gate: Gate | None
    equation: str
    columns: tuple[Column, ...]

    @property
    def title(self) -> str:
        return TITLES[self.gate or "blend"]

    def column(self, slot: str) -> Column | None:
        return next((column for column in self.columns if column.slot == slot), None)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A step of one layer and direction, of the units `rows`; `blend` comes after `gates`."""

    step: Step
    cell: Cell
    reset: Reset
    writing: Writing
    symbols: Symbols
    rows: NDArray[np.intp]
    gates: tuple[Band, ...]
    blend: Band
    one_hot: bool  # whether x has a single 1: W_i x is then one weight

    @property
    def bands(self) -> tuple[Band, ...]:
        return (*self.gates, self.blend)

    @property
    def activations(self) -> Activations:
        return self.cell.activations

    def row_of(self, unit: int) -> int:
        """Which of the rows is a unit's. Raises LookupError where it is not among them."""
        return [*self.rows.tolist()].index(unit)

    def by_hand(self, unit: int) -> frozenset[str]:
        """The quantities that were set in a unit."""
        row = self.row_of(unit)
        found = (column for band in self.bands for column in band.columns if column.by_hand[row])
        return frozenset(column.needs for column in found)


def sheet(
    trace: Trace,
    t: int,
    place: Place | None = None,
    rows: Iterable[int] | None = None,
    writing: Writing = "pytorch",
) -> Sheet:
    """Step t of a recording. Raises InputError for a step or place that is not there."""
    place = place or trace.model.places[0]
    step = trace.step(t, *place)
    edited = set_at(trace.edits, place, t, trace.model.hidden_size)
    one_hot = trace.one_hot and not place[0]
    return sheet_of(trace.model, step, place, one_hot, edited, rows, writing)


def sheet_of(
    model: Model,
    step: Step,
    place: Place,
    one_hot: bool,
    edited: Mapping[str, NDArray[np.bool_]],
    rows: Iterable[int] | None = None,
    writing: Writing = "pytorch",
) -> Sheet:
    """Of a step that is at hand; `edited`: the units of each quantity that were set in it."""
    cell, symbols = model.cell(*place), Symbols(writing, model.reset, place[1] == "reverse")
    shown = np.fromiter(range(model.hidden_size) if rows is None else rows, np.intp)
    make = _Maker(cell, step, model.reset, symbols, shown, edited)
    gates = tuple(make.gate(gate) for gate in order(writing))
    return Sheet(step, cell, model.reset, writing, symbols, shown, gates, make.blend(), one_hot)


_TINTS: dict[str, Tint] = {
    "h_prev": "keep", "z": "keep", "keep": "keep", "r": "r", "n": "take", "take": "take", "h": "h",
}  # fmt: skip


@dataclass(frozen=True)
class _Maker:
    """Makes the columns of some rows."""

    cell: Cell
    step: Step
    reset: Reset
    symbols: Symbols
    rows: NDArray[np.intp]
    edited: Mapping[str, NDArray[np.bool_]]

    def _of(self, slot: str, sign: str, symbol: str, quantity: str) -> Column:
        """A recorded quantity."""
        by_hand = self.edited.get(quantity)
        before = quantity == "reset_product" and self.reset == "before"
        return Column(
            slot, sign, symbol, self.step.values[quantity][self.rows].astype(np.float64), quantity,
            "keep" if before else _TINTS.get(quantity, "map"),
            self._none if by_hand is None else by_hand[self.rows],
        )  # fmt: skip

    def _made(
        self, slot: str, sign: str, symbol: str, values: Numbers, needs: str, tint: Tint = "map"
    ) -> Column:
        """What no quantity is."""
        return Column(slot, sign, symbol, values, needs, tint, self._none)

    @property
    def _none(self) -> NDArray[np.bool_]:
        return np.zeros(len(self.rows), bool)

    def _times(self, stacked: NDArray[np.float32], at: NDArray[np.intp], met: str) -> Numbers:
        product: Numbers = stacked[at].astype(np.float64) @ self.step.values[met]
        return product

    def gate(self, gate: Gate) -> Band:
        write, cell = self.symbols, self.cell
        at = GATES.index(gate) * cell.hidden_size + self.rows
        before, one = self.reset == "before", merged(write.writing, self.reset, gate)
        met = "reset_product" if before and gate == "n" else "h_prev"
        hidden, total = f"hidden_{gate}", f"sum_{gate}"
        b_h, b_i = (b[at].astype(np.float64) for b in (cell.bias_hh, cell.bias_ih))
        columns = [
            self._of("old", "·", write("old", gate), met),
            self._made("W_h h", "=", write("W_h h", gate), self._times(cell.weight_hh, at, met),
                       hidden),
        ]  # fmt: skip
        if not one:
            columns += [self._made("b_h", "+", write("b_h", gate), b_h, ""),
                        self._of("hidden", "=", write("hidden"), hidden)]  # fmt: skip
        if gate == "n" and not before:
            columns += [self._of("r", "⊙", write("r"), "r"),
                        self._of("product", "=", write("product"), "reset_product")]  # fmt: skip
        columns += [
            self._made("W_i x", "+", write("W_i x", gate), self._times(cell.weight_ih, at, "x"),
                       total),
            self._made("b", "+", write("b", gate), b_h + b_i, "") if one
            else self._made("b_i", "+", write("b_i", gate), b_i, ""),
            self._of("a", "=", write("a", gate), total),
            self._of("result", self._function(gate), write(gate), gate),
        ]  # fmt: skip
        if gate == "r" and before:
            columns += [self._of("old again", "⊙", write("old", "r"), "h_prev"),
                        self._of("r ⊙ old", "=", write("r ⊙ old"), "reset_product")]  # fmt: skip
        return Band(gate, write.equation(gate, cell.activations), tuple(columns))

    def _function(self, gate: Gate) -> str:
        activations = self.cell.activations
        return activations.of_role("candidate" if gate == "n" else "gate").symbol

    def blend(self) -> Band:
        """1 − z, what it takes of n, z, what it keeps of the old state, and their sum."""
        write, z = self.symbols, self.step.values["z"][self.rows].astype(np.float64)
        columns = (
            self._of("n", "", write("n"), "n"),
            self._made("1 − z", "⊙", write("1 − z"), 1 - z, "h", "take"),
            self._of("take", "=", write("take"), "take"),
            self._of("z", "+", write("z"), "z"),
            self._of("old", "⊙", write("old", "r"), "h_prev"),
            self._of("keep", "=", write("keep"), "keep"),
            self._of("new", "=", write("new"), "h"),
        )
        return Band(None, write.equation("blend", self.cell.activations), columns)


# The rows that are shown ---------------------------------------------------------------------

LENS = 16  # rows of the sheet of a larger layer


def rows_around(units: int, unit: int, most: int = LENS) -> range:
    """The rows that a sheet of at most `most` shows: all, or a lens around the selected unit.

    It turns by half a lens, so that the rows stay while the selection moves among its middle ones.
    """
    if units <= most:
        return range(units)
    half = most // 2
    first = max(0, min(units - most, (unit - half // 2) // half * half))
    return range(first, first + most)
