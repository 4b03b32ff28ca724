"""A pane's numbers as a table: to be read by row and column, and copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array

MOST = 1 << 16  # numbers in one table; of more a stretch of the rows, around what is shown


@dataclass(frozen=True, eq=False)
class Table:
    """`values` (rows, columns); a row is called by its `names`, one for each head of `heads`.

    `known` (rows, columns), or what can be broadcast to it: False where a number is not computed
    yet. All names are safe to be shown: no line breaks, no tabs.
    """

    title: str
    heads: tuple[str, ...]
    names: Sequence[tuple[str, ...]]
    columns: tuple[str, ...]
    values: Array
    known: NDArray[np.bool_] | bool = True

    @property
    def header(self) -> tuple[str, ...]:
        return (*self.heads, *self.columns)

    def cell(self, row: int, column: int) -> str:
        """A name or a number, to the last of float32's digits; empty if not computed yet."""
        if column < len(self.heads):
            return self.names[row][column]
        at = row, column - len(self.heads)
        known = np.broadcast_to(self.known, self.values.shape)[at]
        return str(self.values[at]) if known else ""

    def tsv(self) -> str:
        """All of it, tab-separated, a line a row, the header first."""
        numbers = np.where(self.known, self.values.astype(str), "").tolist()
        rows = [(*name, *row) for name, row in zip(self.names, numbers, strict=True)]
        return "".join("\t".join(row) + "\n" for row in (self.header, *rows))


def stretch(rows: int, columns: int, around: int) -> range:
    """Which rows go into a table: all, or as many as it may have, around one of them."""
    room = max(1, MOST // max(1, columns))
    first = min(max(0, around - room // 2), max(0, rows - room))
    return range(first, min(rows, first + room))


def part(title: str, what: str, shown: range, rows: int) -> str:
    """The title of a table, which says so where rows are left out."""
    if len(shown) == rows:
        return title
    return f"{title}, {what} {shown.start:,} to {shown.stop - 1:,} of 0 to {rows - 1:,}"
