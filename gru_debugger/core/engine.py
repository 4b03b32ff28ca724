"""What records: compiled code where there is some (`compiled`), else numpy.

Both give the same states to rounding. The compiled code lets go of the interpreter while it runs,
and of large cells two threads of it share each product.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from weakref import WeakKeyDictionary

import numpy as np

from gru_debugger.core import compiled
from gru_debugger.core.activations import USUAL
from gru_debugger.core.cell import Array, Cell, Reset, gru_states
from gru_debugger.core.model import Model

_LARGE = 512  # units, of which the weights are larger than a processor's own cache
_ALONE = 50  # stretches, of some milliseconds each
_LINE = 64  # bytes of a line of the cache

_PACKED: WeakKeyDictionary[Cell, dict[Reset, Array]] = WeakKeyDictionary()


def states(cell: Cell, parts: Array, h0: Array, reset: Reset) -> Array:
    """States after each step: parts (steps, 3·hidden) and h(0) (hidden,) -> (steps, hidden)."""
    library = _compiled(cell)
    if library is None:
        return gru_states(cell, parts, h0, reset)
    found = np.empty((len(parts), cell.hidden_size), np.float32)
    # Names for what is handed over: its memory must not go while the code works on it.
    parts, h0 = (np.ascontiguousarray(array, np.float32) for array in (parts, h0))
    packed, before = _packed(library, cell, reset), int(reset == "before")
    with _HELPER.at_work(library, cell.hidden_size) as team:
        failed = library.gru_states(
            parts.ctypes.data, packed.ctypes.data, h0.ctypes.data, len(parts), cell.hidden_size,
            before, team, found.ctypes.data,
        )  # fmt: skip
    if failed:
        raise MemoryError
    return found


class _Helper:
    """A second thread for large cells, where there is a processor for it. When others had that, the
    next stretches are recorded by one again."""

    def __init__(self) -> None:
        self._alone = 0 if (os.cpu_count() or 1) > 1 else sys.maxsize  # stretches

    @contextmanager
    def at_work(
        self, library: ctypes.CDLL, hidden_size: int
    ) -> Iterator[ctypes.Array[ctypes.c_char] | None]:
        """What `gru_states` shares with it; None where there is none."""
        if hidden_size < _LARGE or self._alone:
            self._alone -= bool(self._alone)
            yield None
            return
        team = ctypes.create_string_buffer(library.gru_team_size())
        thread = Thread(target=library.gru_help, args=(team,), daemon=True)
        thread.start()
        try:
            yield team
        finally:
            library.gru_end(team)
            thread.join()
            self._alone = _ALONE if library.gru_late(team) else 0


_HELPER = _Helper()


def lets_go(model: Model) -> bool:
    """Whether recording leaves the interpreter to others, so that it may go on in a thread."""
    every = (cell for cells in model.layers for cell in cells)
    return all(_compiled(cell) is not None for cell in every)


def stretch(model: Model, edited: bool = False) -> int:
    """How many rows are recorded in some milliseconds; `edited`: by numpy where that is said."""
    products, most = (4_000_000, 128) if edited or not lets_go(model) else (32_000_000, 512)
    return min(most, max(8, products // model.hidden_size**2))


def _compiled(cell: Cell) -> ctypes.CDLL | None:
    """The compiled code, where it is there and the right one for a cell."""
    return compiled.library() if cell.activations == USUAL else None


def _packed(library: ctypes.CDLL, cell: Cell, reset: Reset) -> Array:
    """The weights as the compiled code reads them, laid out once for all stretches."""
    kept = _PACKED.setdefault(cell, {})
    if reset not in kept:
        before, size = int(reset == "before"), cell.hidden_size
        weights, bias = (
            np.ascontiguousarray(array, np.float32) for array in (cell.weight_hh, cell.bias_hh)
        )
        packed = _aligned_zeros(library.gru_packed_size(size, before))
        library.gru_pack(weights.ctypes.data, bias.ctypes.data, size, before, packed.ctypes.data)
        kept[reset] = packed
    return kept[reset]


def _aligned_zeros(count: int) -> Array:
    """At a line of the cache: a vector read across two lines takes a fifth longer."""
    room = np.zeros(count * 4 + _LINE, np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : first + count * 4].view(np.float32)
