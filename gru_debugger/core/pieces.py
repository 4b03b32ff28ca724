"""Rows that lie in several pieces of memory, read as one: a run shares what an edit can't reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gru_debugger.core import storage
from gru_debugger.core.cell import Array


class Pieces:
    """Rows (n, width), float32, of consecutive pieces."""

    def __init__(self, pieces: Sequence[Array]) -> None:
        self._pieces = [piece for piece in pieces if len(piece)]
        self._ends = np.cumsum([len(piece) for piece in self._pieces]).tolist()

    def __len__(self) -> int:
        return int(self._ends[-1])

    def row(self, i: int) -> Array:
        found: Array = self.rows(i, i + 1)[0]
        return found

    def rows(self, a: int, b: int) -> Array:
        """Rows a..b-1: the memory itself where they lie in one piece, else a copy."""
        parts = list(self._parts(a, b))
        if len(parts) == 1:
            return parts[0]
        (found,) = storage.zeros([b - a], self._pieces[0].shape[1])
        if parts:
            np.concatenate(parts, out=found)
        return found

    def with_own(self, a: int, b: int, own: Array) -> Pieces:
        """The same, but for rows a..b-1, which are those of `own`."""
        return Pieces([*self._parts(0, a), own, *self._parts(b, len(self))])

    def first(self, count: int) -> Pieces:
        """So many of them."""
        return Pieces(list(self._parts(0, count)))

    def with_more(self, rows: Array) -> Pieces:
        """The same, and these behind them."""
        return Pieces([*self._pieces, rows])

    def _parts(self, a: int, b: int) -> Iterator[Array]:
        """The memory of rows a..b-1."""
        begin = 0
        for piece, end in zip(self._pieces, self._ends, strict=True):
            if a < end and begin < b:
                yield piece[max(a - begin, 0) : b - begin]
            begin = end
