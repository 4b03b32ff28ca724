"""The worked sheet as tables: what stands in which cell, for whichever format writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gru_debugger.questions.by_hand import Ledger, Line, Products, Rounding, rests
from gru_debugger.questions.calculation import Band, Column, Sheet, Tint

REACH = 10.0  # of sums and parts: so large ones have the map's whole tint; states and gates: 1
_TIME = re.compile(r"_\{t[−+]1\}|_t|\^\{⟨[^}]*⟩\}")

Kind = Literal["head", "term", "sum", "rule"]


@dataclass(frozen=True)
class Cell:
    """A number, words, or a formula in the mathematics markup; empty where there is nothing.

    `sign` is a sign, or the function that makes what stands there. `tint` is what the number is of,
    `share` how much of its tint it has, −1..1. `large`: one of its gate's three largest products.
    """

    number: str = ""
    words: str = ""
    symbol: str = ""
    sign: str = ""
    tint: Tint | None = None
    share: float = 0.0
    large: bool = False
    by_hand: bool = False

    @property
    def function(self) -> bool:
        return bool(self.sign) and self.sign not in "=+⊙·"


@dataclass(frozen=True)
class Row:
    """`unit` is whose row of the sheet it is. A rule has no cells."""

    kind: Kind
    name: Cell
    cells: tuple[Cell, ...] = ()
    unit: int | None = None


@dataclass(frozen=True)
class Table:
    title: str
    equation: str
    rows: tuple[Row, ...]

    @property
    def columns(self) -> int:
        return len(self.rows[0].cells)


def short(slot: str, symbol: str) -> str:
    """Of a column's head or a line, without what the equation above it says."""
    if slot == "product":
        return "product"
    timeless = slot in ("W_h h", "W_i x", "r")
    return _TIME.sub(" ", symbol).strip().replace(" )", ")") if timeless else symbol


def _number(
    value: float, rounding: Rounding, tint: Tint | None = None, large: bool = False,
    by_hand: bool = False,
) -> Cell:  # fmt: skip
    reach = REACH if tint == "map" else 1.0
    share = max(-1.0, min(1.0, value / reach)) if tint else 0.0
    return Cell(rounding.printed(value), tint=tint, share=share, large=large, by_hand=by_hand)


# The bands -----------------------------------------------------------------------------------


def band_table(of: Sheet, band: Band, rounding: Rounding) -> Table:
    """A row a unit, a column as the sheet has them."""
    heads = Row("head", Cell(words="unit"), tuple(map(_head, band.columns)))
    rows = [
        Row("term", Cell(words=str(unit)), tuple(
            _number(float(column.values[row]), rounding, column.tint,
                    by_hand=bool(column.by_hand[row])) for column in band.columns
        ), unit)
        for row, unit in enumerate(of.rows.tolist())
    ]  # fmt: skip
    return Table(band.title, band.equation, (heads, *rows))


def _head(column: Column) -> Cell:
    sign = "" if column.sign == "·" else column.sign
    return Cell(symbol=short(column.slot, column.symbol), sign=sign)


# A unit's row by hand ------------------------------------------------------------------------


def ledger_table(of: Sheet, found: Ledger, rounding: Rounding) -> Table:
    """Its products, those of its input where x is not one-hot, and what is added to their sums."""
    return Table(f"Unit {found.unit}, by hand", "", tuple(_Ledger(of, found, rounding).rows()))


@dataclass(frozen=True)
class _Ledger:
    of: Sheet
    found: Ledger
    rounding: Rounding

    def rows(self) -> Iterator[Row]:
        lines = {line.slot: line for line in self.found.lines}
        letter = "c" if self.of.writing == "course" else "h"
        yield from self._products(self.found.hidden, letter, lines["W_h h"])
        if self.found.inputs:
            yield Row("rule", Cell())
            yield from self._products(self.found.inputs, "x", lines["W_i x"])
        yield Row("rule", Cell())
        yield from map(self._line, self.found.lines)

    def _apart(self, column: int) -> bool:
        """Whether what a gate's weights meet stands in a column before them."""
        gated = self.of.reset == "before" and self.found.gates[column] == "n"
        return not column or gated

    def _row(self, kind: Kind, name: Cell, cells: Sequence[Sequence[Cell]]) -> Row:
        """Of a gate's own two cells, or three, where those that it meets stand before them."""
        made: list[Cell] = []
        for column, own in enumerate(cells):
            made += [Cell()] * (self._apart(column) and len(own) == 2) + [*own]
        return Row(kind, name, tuple(made))

    def _products(self, products: Products, letter: str, total: Line) -> Iterator[Row]:
        yield self._row("head", Cell(), [self._heads(column, letter) for column in self._columns])
        for row, index in enumerate(products.index.tolist()):
            name = Cell(symbol=f"{letter}_{{{index}}}")
            yield self._row("term", name, [self._term(products, row, c) for c in self._columns])
        said = rests(self.rounding, products, [value or 0.0 for value in total.values])
        others = [self.rounding.printed(float(value)) for value in products.others]
        for words, numbers in ((products.left_out, others), ("rounding" * any(said), said)):
            if words:
                cells = [(Cell(), Cell(number)) for number in numbers]
                yield self._row("term", Cell(words=words), cells)

    @property
    def _columns(self) -> range:
        return range(len(self.found.gates))

    def _heads(self, column: int, letter: str) -> list[Cell]:
        write, gate = self.of.symbols, self.found.gates[column]
        met, side = ("x", "i") if letter == "x" else ("old", "h")
        return [
            *([Cell(symbol=write(met, gate))] if self._apart(column) else []),
            Cell(symbol=write(f"W_{side}", gate)), Cell(words="product"),
        ]  # fmt: skip

    def _term(self, products: Products, row: int, column: int) -> list[Cell]:
        values = (a[row, column] for a in (products.met, products.weights, products.values))
        met, weight, value = map(float, values)
        large = bool(products.largest[row, column])
        return [
            *([_number(met, self.rounding, "keep")] if self._apart(column) else []),
            _number(weight, self.rounding), _number(value, self.rounding, "map", large=large),
        ]  # fmt: skip

    def _line(self, line: Line) -> Row:
        cells = [self._line_cells(line, column) for column in self._columns]
        sign = "" if line.slot == "result" else next(filter(None, line.signs))
        return self._row("sum", Cell(sign=sign), cells)

    def _line_cells(self, line: Line, column: int) -> tuple[Cell, Cell]:
        symbol, value = line.symbols[column], line.values[column]
        if symbol is None or value is None:
            return Cell(), Cell()
        by_hand = line.by_hand[column]
        if line.slot == "result":
            name = Cell(symbol=symbol, sign=line.signs[column])
            return name, Cell(self.rounding.shown(value), by_hand=by_hand, large=True)
        return Cell(symbol=short(line.slot, symbol)), _number(value, self.rounding, by_hand=by_hand)
