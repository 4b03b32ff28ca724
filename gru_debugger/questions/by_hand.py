"""A unit's row of the sheet added up by hand: each product, then what is added to them.

What is printed is rounded, and a column of rounded numbers does not add up to its rounded sum: how
much it is off stands in a line of its own, so that who adds up what stands there gets there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.numerals import fixed, grouped, two
from gru_debugger.questions.calculation import GATES, Numbers, Sheet
from gru_debugger.questions.calculation_symbols import Gate

MOST = 12  # terms of a larger layer


@dataclass(frozen=True, eq=False)
class Products:
    """Weights times what they meet, a row each, a column a gate, in the sheet's order of gates.

    `index` (rows,) says whose value is met. `others` (gates,) is what the `count` products that
    are left out add up to.
    """

    index: NDArray[np.intp]
    met: Numbers
    weights: Numbers
    values: Numbers
    others: Numbers
    count: int

    @property
    def left_out(self) -> str:
        """116 other terms; empty where all are there."""
        if not self.count:
            return ""
        return f"{grouped(self.count)} other term{'s' * (self.count != 1)}"

    @property
    def largest(self) -> NDArray[np.bool_]:
        """(rows, gates): the three largest of each gate."""
        size = np.abs(self.values)
        least = -np.sort(-size, axis=0)[min(2, len(size) - 1)] if len(size) else np.zeros(3)
        marked: NDArray[np.bool_] = (size >= least) & (size > 0)
        return marked


@dataclass(frozen=True)
class Line:
    """What comes after the products: a number a gate, None where the gate has no such.

    `signs` are as a column's: of the gates themselves the function that makes them.
    """

    slot: str
    signs: tuple[str, ...]
    symbols: tuple[str | None, ...]
    values: tuple[float | None, ...]
    by_hand: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Ledger:
    """`inputs` is None where x is one-hot, and W_i x a single weight."""

    unit: int
    gates: tuple[Gate, ...]
    hidden: Products
    inputs: Products | None
    lines: tuple[Line, ...]

    @property
    def magnitude(self) -> float:
        """The largest of all its numbers."""
        parts = [self.hidden, *([self.inputs] if self.inputs else [])]
        numbers = [np.abs(a).max(initial=0) for p in parts for a in (p.met, p.weights, p.values)]
        numbers += [abs(v) for line in self.lines for v in line.values if v is not None]
        return float(max(numbers))

    @property
    def product(self) -> float:
        """The largest of its products; where all are zero, of its numbers."""
        return float(np.abs(self.hidden.values).max(initial=0)) or self.magnitude


def ledger(sheet: Sheet, unit: int, most: int | None = MOST) -> Ledger:
    """The row of a unit that is in the sheet, of at most `most` products a kind; None: all."""
    gates: tuple[Gate, ...] = tuple(band.gate for band in sheet.gates if band.gate)
    step, cell, before = sheet.step.values, sheet.cell, sheet.reset == "before"
    at = [GATES.index(gate) * cell.hidden_size + unit for gate in gates]
    met = [step["reset_product" if before and gate == "n" else "h_prev"] for gate in gates]
    inputs = None
    if not sheet.one_hot:
        inputs = _products(cell.weight_ih[at], [step["x"]] * len(gates), most)
    return Ledger(unit, gates, _products(cell.weight_hh[at], met, most), inputs,
                  tuple(_lines(sheet, sheet.row_of(unit))))  # fmt: skip


def _products(weights: NDArray[Any], met: Sequence[NDArray[Any]], most: int | None) -> Products:
    """Those shown stand in the order of their index; `most` leaves out the smaller ones."""
    w, v = weights.T.astype(np.float64), np.stack(met, axis=1).astype(np.float64)
    values = w * v
    kept = np.arange(len(w))
    if most is not None and len(w) > max(most, 16):
        kept = np.array(sorted(_leading(values, most)))
    left = np.delete(values, kept, axis=0)
    return Products(kept, v[kept], w[kept], values[kept], left.sum(axis=0), len(left))


def _leading(values: Numbers, most: int) -> list[int]:
    """The largest of each gate, in turn: so each has its own largest ones among them."""
    found: dict[int, None] = {}
    for place in np.argsort(-np.abs(values), axis=0, kind="stable"):
        for row in place.tolist():
            if len(found) < most:
                found.setdefault(row)
    return list(found)


_SLOTS = ("W_h h", "b_h", "hidden", "r", "product", "W_i x", "b_i", "a", "result")


def _lines(sheet: Sheet, row: int) -> Iterable[Line]:
    """The sheet's columns at the unit's row, a line each; a merged bias stands with b_i."""
    for slot in _SLOTS:
        named = ("b_i", "b") if slot == "b_i" else (slot,)
        found = [
            next(filter(None, map(band.column, named)), None) for band in sheet.gates
        ]
        if any(found):
            yield Line(
                slot,
                tuple(column.sign if column else "" for column in found),
                tuple(column.symbol if column else None for column in found),
                tuple(float(column.values[row]) if column else None for column in found),
                tuple(bool(column and column.by_hand[row]) for column in found),
            )


# Rounded as it is printed --------------------------------------------------------------------


@dataclass(frozen=True)
class Rounding:
    """How the numbers of one table are printed: with so many decimals, all of them.

    `digits` None: they are so large that only powers of ten say it, and nothing is added up.
    """

    digits: int | None

    @classmethod
    def of(cls, largest: float, digits: int) -> Rounding:
        """`digits` of numbers up to a thousand; more of small ones, less of large ones, whose last
        decimals no float32 holds."""
        if not largest < 1e7:
            return cls(None)
        power = math.floor(math.log10(largest)) if largest > 0 else 0
        return cls(min(8, max(0, digits - max(0, power - 2) + max(0, -1 - power))))

    def finer(self, product: float, most: int) -> Rounding:
        """With so many decimals, `most` at most, that products say more than zero."""
        if self.digits is None:
            return self
        return Rounding(max(self.digits, min(most, Rounding.of(product, 2).digits or 0)))

    def printed(self, value: float) -> str:
        return two(value) if self.digits is None else fixed(value, self.digits)

    def shown(self, value: float) -> str:
        """The same of what no one adds up: what is not zero, or not yet 1, does not say so."""
        ends = self.digits is not None and abs(self.decimal(value)) in (0, 1)
        return two(value) if ends and 0 < abs(value) < 1 else self.printed(value)

    def decimal(self, value: float) -> Decimal:
        """The very number that is printed."""
        assert self.digits is not None
        return Decimal(value).quantize(Decimal(1).scaleb(-self.digits), ROUND_HALF_EVEN)

    def rest(self, addends: Iterable[float], total: float) -> str:
        """What the addends as printed lack of the total as printed; empty: nothing."""
        if self.digits is None:
            return ""
        rest = self.decimal(total) - sum(map(self.decimal, addends), Decimal(0))
        return fixed(float(rest), self.digits, signed=True) if rest else ""


def rests(rounding: Rounding, products: Products, totals: Sequence[float]) -> tuple[str, ...]:
    """Of each gate: what its products and the others, as printed, lack of the total as printed."""
    left = products.others.tolist() if products.count else [None] * len(totals)
    return tuple(
        rounding.rest([*column, *([] if other is None else [other])], total)
        for column, other, total in zip(products.values.T.tolist(), left, totals, strict=True)
    )


def inexact(rounding: Rounding, found: Ledger) -> tuple[frozenset[str], ...]:
    """Of each gate: the slots whose number as printed is not what those before it, as printed,
    come to. What is set by hand need not be, and no one adds up powers of ten."""
    if rounding.digits is None:
        return (frozenset(),) * len(found.gates)
    return tuple(frozenset(_inexact(rounding, found, at)) for at in range(len(found.gates)))


def _inexact(rounding: Rounding, found: Ledger, at: int) -> Iterable[str]:
    come = Decimal(0)
    for line in found.lines:
        value, sign = line.values[at], line.signs[at]
        if value is None or line.slot == "result":
            continue
        printed = rounding.decimal(value)
        if sign == "+":
            come += printed
        elif sign == "⊙":
            come *= printed
        else:  # the first of them has its rest in a line of its own
            told = line is found.lines[0] or line.by_hand[at]
            if not told and rounding.decimal(float(come)) != printed:
                yield line.slot
            come = printed
