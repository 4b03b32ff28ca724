"""A pane's numbers as a table: to be read by row and column, and copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array
from gru_debugger.numerals import grouped
from gru_debugger.questions.as_text import as_text

MOST = 1 << 16  # numbers in one table; of more a stretch of the rows, around what is shown


@dataclass(frozen=True, eq=False)
class Table:
    """`values` (rows, columns); row i is called `name(i)`, a word for each head of `heads`.

    `known` (rows, columns), or what can be broadcast to it: False where a number is not computed
    yet. `note` says which rows are left out. Names have no line breaks and no tabs. `row` and
    `column` are where we are: of the selected unit, or of the step. `truths`: the columns whose
    numbers stand for true and false.
    """

    heads: tuple[str, ...]
    name: Callable[[int], tuple[str, ...]]
    columns: tuple[str, ...]
    values: Array
    known: NDArray[np.bool_] | bool = True
    note: str = ""
    row: int | None = None
    column: int | None = None
    truths: frozenset[int] = frozenset()

    @property
    def rows(self) -> int:
        return len(self.values)

    def number(self, row: int, column: int) -> str:
        """With all of float32's digits; empty if it is not computed yet."""
        known = np.broadcast_to(self.known, self.values.shape)[row, column]
        value = self.values[row, column]
        return "" if not known else as_text(bool(value)) if column in self.truths else str(value)

    def words(self) -> NDArray[np.str_]:
        """All its numbers, each as `number` says it."""
        words = self.values.astype(str)
        for column in self.truths:
            words[:, column] = [as_text(bool(one)) for one in self.values[:, column]]
        return np.where(self.known, words, "")

    def tsv(self) -> str:
        """All of it, tab-separated, a line a row, the header first."""
        rows = [(*self.name(i), *row) for i, row in enumerate(self.words().tolist())]
        return "".join("\t".join(row) + "\n" for row in ((*self.heads, *self.columns), *rows))


Tables = Mapping[str, Callable[[], Table]]  # by their titles; made when they are looked at


def stretch(rows: int, columns: int, around: int) -> range:
    """Which rows go into a table: all, or as many as it may have, around one of them."""
    room = max(1, MOST // max(1, columns))
    first = min(max(0, around - room // 2), max(0, rows - room))
    return range(first, min(rows, first + room))


def part(shown: range, first: int, last: int) -> str:
    """The note where not all of the rows `first` to `last` are in a table."""
    if (shown.start, shown.stop - 1) == (first, last):
        return ""
    there = f"{grouped(shown.start)} to {grouped(shown.stop - 1)}"
    return f"{there} of {grouped(first)} to {grouped(last)}"
