"""The compiled half of `engine`, where the installation could build it; light to import."""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path


@cache
def library() -> ctypes.CDLL | None:
    """What `states.c` became: beside this file, and nowhere else."""
    for ending in EXTENSION_SUFFIXES:
        path = Path(__file__).with_name(f"_states{ending}")
        if path.is_file():
            try:
                found = ctypes.CDLL(str(path))
            except OSError:  # of another machine
                continue
            arrays = [ctypes.c_void_p] * 4
            numbers = [ctypes.c_long, ctypes.c_long, ctypes.c_int]
            found.gru_states.argtypes = [*arrays, *numbers, ctypes.c_void_p]
            return found
    return None


def engine_name() -> str:
    """What records, in words."""
    return "compiled code" if library() else "numpy"
