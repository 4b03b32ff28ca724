"""What records: compiled code where the installation could build it (`states.c`), else numpy.

Both give the same states to rounding. The compiled code lets go of the interpreter while it runs.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import numpy as np

from gru_debugger.core.activations import USUAL
from gru_debugger.core.cell import Array, Cell, Reset, gru_states

_LARGEST = 768  # units; beyond, where reading the matrix is all, numpy's BLAS was measured faster


@cache
def _compiled() -> ctypes.CDLL | None:
    for ending in EXTENSION_SUFFIXES:
        path = Path(__file__).with_name(f"_states{ending}")
        if path.is_file():
            try:
                library = ctypes.CDLL(str(path))
            except OSError:  # of another machine
                continue
            arrays = [ctypes.c_void_p] * 4
            numbers = [ctypes.c_long, ctypes.c_long, ctypes.c_int]
            library.gru_states.argtypes = [*arrays, *numbers, ctypes.c_void_p]
            return library
    return None


def name() -> str:
    """For ``--version``."""
    return "compiled code" if _compiled() else "numpy"


def states(cell: Cell, parts: Array, h0: Array, reset: Reset) -> Array:
    """States after each step: parts (steps, 3·hidden) and h(0) (hidden,) -> (steps, hidden)."""
    library = _compiled()
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
