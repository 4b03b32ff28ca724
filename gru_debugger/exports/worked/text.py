"""The worked sheet as text for a terminal of 80 to 100 columns."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from gru_debugger.exports.worked_step import WorkedStep, blended, joined
from gru_debugger.numerals import NO_BREAK
from gru_debugger.questions.by_hand import Ledger, Line, Products, Rounding, rests
from gru_debugger.questions.calculation import Band, Column, Sheet
from gru_debugger.spans import Span

WIDE = 92  # columns of words
_HERE, _LARGE, _SET = "▸", "*", "†"  # the selected unit, a large product, set by hand
_TIME = re.compile(r"_\{t[−+]1\}|_t|\^\{⟨[^}]*⟩\}")


def render(worked: WorkedStep) -> str:
    of = worked.sheet(worked.writing)
    bands = () if worked.alone else _bands(worked, of)
    ends = [_by_hand(worked, of), _sentences(worked, of), _notes(worked, of)]
    parts = ["\n".join(_head(worked)), *bands, *map("\n".join, ends)]
    lines = "\n\n".join(parts).replace(NO_BREAK, " ").splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


# Words ---------------------------------------------------------------------------------------


def plain(markup: str) -> str:
    """W_hr h_t−1: a symbol's index ends at the next letter, which stands apart."""
    words = re.sub(r"_([^\W_{])(?=[^\W\d_])", r"_\1 ", markup)
    words = re.sub(r"([_^])\{([^}]*)\}(?=[^\W\d_]|\()", r"\1\2 ", words)
    return re.sub(r"[{}]", "", words).replace("^⟨", "⟨")


def width(words: str) -> int:
    """Columns of a terminal."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    return len(words) + wide - sum(unicodedata.combining(c) > 0 for c in words)


def _wrapped(words: str, begin: str = "") -> list[str]:
    return textwrap.wrap(words, WIDE, initial_indent=begin, subsequent_indent=" " * len(begin))


def _head(worked: WorkedStep) -> list[str]:
    return [worked.title, *_wrapped(" · ".join(worked.under_title))]


def _sentences(worked: WorkedStep, of: Sheet) -> list[str]:
    def shown(piece: Span) -> str:
        return plain(piece.text).replace("_", "") if piece.symbol else piece.text

    said = (joined(spans, shown) for spans in worked.sentences(of, worked.unit))
    return [line for words in said for line in _wrapped(words, "  · ")]


def _notes(worked: WorkedStep, of: Sheet) -> list[str]:
    rounded = worked.rounded(worked.ledger(of, worked.unit)[1])
    notes = [worked.left_out(), worked.input_note, rounded]
    notes += worked.of_writing(of, worked.unit)
    notes.append(f"{_LARGE} marks the three largest products of a gate.")
    if of.by_hand(worked.unit) or any(c.by_hand.any() for b in of.bands for c in b.columns):
        notes.append(f"{_SET} was set by hand: what stands before it does not make it.")
    return [line for note in notes if note for line in _wrapped(note)]


# Tables --------------------------------------------------------------------------------------


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Every column as wide as its widest cell: names to the left, numbers to the right.

    A row without cells is a rule.
    """
    full = [row for row in rows if row]
    wide = [max(map(width, column)) for column in zip(*full, strict=True)]
    rule = "─" * (sum(wide) + 2 * len(wide) - 2)
    return ["  ".join(_padded(row, wide)) if row else rule for row in rows]


def _padded(row: Sequence[str], wide: Sequence[int]) -> Iterator[str]:
    yield row[0] + " " * (wide[0] - width(row[0]))
    for words, columns in zip(row[1:], wide[1:], strict=True):
        yield " " * (columns - width(words)) + words


def _bands(worked: WorkedStep, of: Sheet) -> Iterator[str]:
    rounding = worked.rounding(of)
    for band in of.bands:
        yield "\n".join(
            [f"{band.title}   {plain(band.equation)}", "", *_band(worked, of, band, rounding)]
        )


def _band(worked: WorkedStep, of: Sheet, band: Band, rounding: Rounding) -> list[str]:
    rows = [["", *map(_column_head, band.columns)]]
    for row, unit in enumerate(of.rows.tolist()):
        here = _HERE if unit == worked.unit else " "
        rows.append([f"{here}{unit:>{len(str(of.rows[-1]))}}"])
        rows[-1] += [
            rounding.printed(float(column.values[row])) + _SET * bool(column.by_hand[row])
            for column in band.columns
        ]
    return _table(rows)


def _column_head(column: Column) -> str:
    if column.slot == "result":
        return f"{column.sign}: {plain(column.symbol)}"
    sign = "" if column.sign == "·" else column.sign
    return f"{sign} {_short(column.slot, column.symbol)}".strip()


def _short(slot: str, symbol: str) -> str:
    """Of a column's head or a line, without what the equation above it says."""
    if slot == "product":
        return "product"
    timeless = _TIME.sub(" ", symbol).strip() if slot in ("W_h h", "W_i x", "r") else symbol
    return plain(timeless).replace("  ", " ")


# A unit's row by hand ------------------------------------------------------------------------


def _by_hand(worked: WorkedStep, of: Sheet) -> list[str]:
    found, rounding = worked.ledger(of, worked.unit)
    lines = {line.slot: line for line in found.lines}
    apart = _apart(of, found)
    letter = "c" if of.writing == "course" else "h"
    rows = [*_products(of, found.hidden, letter, rounding, lines["W_h h"], apart)]
    if found.inputs:
        rows += [[], *_products(of, found.inputs, "x", rounding, lines["W_i x"], apart)]
    rows += [[], *(_line(line, rounding, apart) for line in found.lines)]
    end = _blend(of, worked.unit, f"{letter}_{worked.unit}", rounding)
    return [f"Unit {worked.unit}, by hand", "", *_table(rows), "", end]


def _apart(of: Sheet, found: Ledger) -> frozenset[int]:
    """Of which gates the values that are met stand in a column before its weights."""
    return frozenset({0, found.gates.index("n")} if of.reset == "before" else {0})


def _products(
    of: Sheet, products: Products, letter: str, rounding: Rounding, total: Line,
    apart: frozenset[int],
) -> Iterator[list[str]]:  # fmt: skip
    side = "i" if letter == "x" else "h"
    heads, largest = [""], products.largest
    for column, gate in enumerate(of.gates):
        assert gate.gate
        met = of.symbols("x" if side == "i" else "old", gate.gate)
        heads += [plain(met)] * (column in apart)
        heads += [plain(of.symbols(f"W_{side}", gate.gate)), "product "]
    yield heads
    for row, index in enumerate(products.index.tolist()):
        cells = [f"{letter}{index}"]
        for column in range(len(of.gates)):
            met_value = rounding.printed(float(products.met[row, column]))
            mark = _LARGE if largest[row, column] else " "
            cells += [met_value] * (column in apart)
            cells += [rounding.printed(float(products.weights[row, column])),
                      rounding.printed(float(products.values[row, column])) + mark]  # fmt: skip
        yield cells
    said = rests(rounding, products, [value or 0.0 for value in total.values])
    others = [rounding.printed(float(value)) for value in products.others]
    for words, numbers in ((products.left_out, others), ("rounding" * any(said), said)):
        if words:
            yield _spread(words, [("", f"{number} ") for number in numbers], apart)


def _spread(name: str, cells: Sequence[tuple[str, str]], apart: frozenset[int]) -> list[str]:
    """Two cells a gate, under its weights and its products."""
    row = [name]
    for column, pair in enumerate(cells):
        row += [""] * (column in apart) + [*pair]
    return row


def _line(line: Line, rounding: Rounding, apart: frozenset[int]) -> list[str]:
    def cells(at: int) -> tuple[str, str]:
        symbol, value = line.symbols[at], line.values[at]
        if symbol is None or value is None:
            return "", ""
        end = _SET if line.by_hand[at] else " "
        if line.slot == "result":
            return f"{line.signs[at]}: {plain(symbol)}", rounding.shown(value) + end
        return _short(line.slot, symbol), rounding.printed(value) + end

    return _spread(line.sign, [cells(at) for at in range(len(line.values))], apart)


def _blend(of: Sheet, unit: int, name: str, rounding: Rounding) -> str:
    take, n, z, old, new = (rounding.shown(value) for value in blended(of, unit))
    if "h" in of.by_hand(unit):
        return f"{name} = {new}, set by hand"
    return f"{name} = {take} · {n} + {z} · {old} = {new}"
