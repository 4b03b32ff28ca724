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
            array, number, truth = ctypes.c_void_p, ctypes.c_long, ctypes.c_int
            found.gru_packed_size.argtypes = [number, truth]
            found.gru_packed_size.restype = number
            found.gru_pack.argtypes = [array, array, number, truth, array]
            found.gru_states.argtypes = [array, array, array, number, number, truth, array, array]
            found.gru_team_size.restype = number
            found.gru_help.argtypes = found.gru_end.argtypes = found.gru_late.argtypes = [array]
            return found
    return None


def engine_name() -> str:
    """What records, in words."""
    return "compiled code" if library() else "numpy"
