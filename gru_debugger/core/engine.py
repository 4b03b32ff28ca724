"""What records: compiled code where there is some (`compiled`), else numpy.

Both give the same states to rounding. The compiled code lets go of the interpreter while it runs.
"""

from __future__ import annotations

import numpy as np

from gru_debugger.core import compiled
from gru_debugger.core.activations import USUAL
from gru_debugger.core.cell import Array, Cell, Reset, gru_states

_LARGEST = 768  # units; beyond, where reading the matrix is all, numpy's BLAS was measured faster


def states(cell: Cell, parts: Array, h0: Array, reset: Reset) -> Array:
    """States after each step: parts (steps, 3·hidden) and h(0) (hidden,) -> (steps, hidden)."""
    library = compiled.library()
    if library is None or cell.hidden_size > _LARGEST or cell.activations != USUAL:
        return gru_states(cell, parts, h0, reset)
    found = np.empty((len(parts), cell.hidden_size), np.float32)
    # Names for what is handed over: its memory must not go while the code works on it.
    given = [
        np.ascontiguousarray(array, np.float32)
        for array in (parts, cell.weight_hh, cell.bias_hh, h0)
    ]
    failed = library.gru_states(
        *(array.ctypes.data for array in given), len(parts), cell.hidden_size,
        int(reset == "before"), found.ctypes.data,
    )  # fmt: skip
    if failed:
        raise MemoryError
    return found
