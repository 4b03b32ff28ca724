"""One numpy array after another: what .npy, .npz and Equinox' files are made of.

Layout facts: numpy/lib/format.py. The headers are read by numpy; the numbers are taken here, so
that a declared shape is checked against the bytes before anything is allocated.
"""

from __future__ import annotations

import io
import math
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import archive
from gru_debugger.formats.contents import bfloat16

MAGIC = npy.MAGIC_PREFIX

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

# SystemError: of characters that Unicode does not have.
FAULTS = (*archive.FAULTS, SyntaxError, TypeError, SystemError, tokenize.TokenError)


class Record(NamedTuple):
    """`dtype` as stored; `end` is the place of the byte behind the array."""

    array: NDArray[Any]
    dtype: str
    end: int


@contextmanager
def damaged(path: Path, what: str) -> Iterator[None]:
    """A fault of the reading within, as a ModelError in one line."""
    try:
        yield
    except FAULTS as fault:
        words = " ".join(str(fault).split())[:120] or type(fault).__name__
        raise ModelError(
            f"{path}: {what} that is cut short or damaged ({words}); copy or save it again."
        ) from None


def read(data: bytes, name: str, path: Path, start: int = 0) -> Record:
    """The array that begins at `start`. Raises ModelError for objects, or one of `FAULTS`."""
    stream = io.BytesIO(data)
    stream.seek(start)
    header = _HEADERS.get(npy.read_magic(stream))
    if header is None:
        raise ValueError("an array of a version that holds no plain numbers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Python 2 or an old numpy wrote
        shape, by_columns, dtype = header(stream)
    if dtype.hasobject:
        raise ModelError(
            f"{path}: “{name}” is an array of objects, which may run code and is not opened; "
            "save it as numbers or as an array of strings (dtype str)."
        )
    count = math.prod(shape)
    end = stream.tell() + count * dtype.itemsize
    if min(shape, default=0) < 0 or end > len(data):
        raise ValueError("an array is not as large as declared")
    if not count or not dtype.itemsize:
        return Record(np.zeros(0 if count else shape, dtype), dtype.name, end)
    flat = np.frombuffer(data, dtype, count, stream.tell())
    array = flat.reshape(shape, order="F" if by_columns else "C")
    if dtype.kind == "V" and dtype.itemsize == 2:  # as numpy calls the bfloat16 of JAX and MLX
        return Record(bfloat16(array.view(np.uint16)), "bfloat16", end)
    return Record(array, dtype.name, end)


def only(data: bytes, name: str, path: Path) -> Record:
    """The one array that is all of `data`."""
    record = read(data, name, path)
    if record.end != len(data):
        raise ValueError("an array is not as large as declared")
    return record
