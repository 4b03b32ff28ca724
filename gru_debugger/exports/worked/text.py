"""The worked sheet as text for a terminal of 80 to 100 columns."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from gru_debugger.exports.worked_step import WorkedStep
from gru_debugger.exports.worked_tables import Cell, Row, Table, band_table, ledger_table
from gru_debugger.numerals import NO_BREAK
from gru_debugger.phrases import in_text
from gru_debugger.questions.calculation import Sheet
from gru_debugger.spans import Span

WIDE = 92  # columns of words
_HERE, _LARGE, _SET = "▸", "*", "†"  # the selected unit, a large product, set by hand


def render(worked: WorkedStep) -> str:
    return f"\n{'═' * WIDE}\n\n".join(map(_one, worked.each))


def _one(worked: WorkedStep) -> str:
    of = worked.sheet(worked.writing)
    bands = () if worked.alone else _bands(worked, of)
    ends = [_sentences(worked.of_step(of)), _by_hand(worked, of),
            _sentences(worked.sentences(of, worked.unit)), _notes(worked, of)]  # fmt: skip
    parts = ["\n".join(_head(worked)), *bands, *("\n".join(end) for end in ends if end)]
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


def _sentences(said: Iterable[Sequence[Span]]) -> list[str]:
    return [line for spans in said for line in _wrapped(in_text(spans), "  · ")]


def _notes(worked: WorkedStep, of: Sheet) -> list[str]:
    rounded = worked.rounded(worked.ledger(of, worked.unit)[1])
    notes = [worked.left_out(), worked.input_note, rounded]
    notes += worked.of_writing(of, worked.unit)
    notes.append(f"{_LARGE} marks the three largest products of a gate.")
    if of.by_hand(worked.unit) or any(c.by_hand.any() for b in of.bands for c in b.columns):
        notes.append(f"{_SET} was set by hand: what stands before it does not make it.")
    return [line for note in notes if note for line in _wrapped(note)]


# Tables --------------------------------------------------------------------------------------


def _written(worked: WorkedStep, table: Table) -> list[str]:
    """Every column as wide as its widest cell: names to the left, numbers to the right."""
    names = [_name(worked, row) for row in table.rows]
    columns = [
        _column([row.cells[at] for row in table.rows if row.cells]) for at in range(table.columns)
    ]
    wide = [max(map(width, names)), *(width(column[0]) for column in columns)]
    rows, lines = iter(zip(*columns, strict=True)), []
    for row, name in zip(table.rows, names, strict=True):
        cells = (name + " " * (wide[0] - width(name)), *next(rows)) if row.cells else ()
        lines.append("  ".join(cells) or "─" * (sum(wide) + 2 * len(columns)))
    return lines


def _name(worked: WorkedStep, row: Row) -> str:
    if row.unit is None:
        return "" if row.kind == "head" else _words(row.name)
    return f"{_HERE if row.unit == worked.unit else ' '}{row.unit:>{len(str(worked.rows[-1]))}}"


def _column(cells: Sequence[Cell]) -> list[str]:
    """All as wide as the widest; marks hang behind the numbers."""
    marks = [_SET if cell.by_hand else _LARGE if cell.large and cell.tint else "" for cell in cells]
    none = " " * any(marks)
    words = [_words(cell) + (mark or none) for cell, mark in zip(cells, marks, strict=True)]
    wide = max(map(width, words))
    return [" " * (wide - width(word)) + word for word in words]


def _words(cell: Cell) -> str:
    words = cell.number or cell.words or plain(cell.symbol).replace("  ", " ")
    return f"{cell.sign}{':' if cell.function else ''} {words}".strip()


def _bands(worked: WorkedStep, of: Sheet) -> Iterator[str]:
    rounding = worked.rounding(of)
    for band in of.bands:
        table = band_table(of, band, rounding)
        head = f"{table.title}   {plain(table.equation)}"
        yield "\n".join([head, "", *_written(worked, table)])


def _by_hand(worked: WorkedStep, of: Sheet) -> list[str]:
    found, rounding = worked.ledger(of, worked.unit)
    table = ledger_table(of, found, rounding)
    return [table.title, "", *_written(worked, table), "", worked.blend(of, worked.unit, rounding)]
