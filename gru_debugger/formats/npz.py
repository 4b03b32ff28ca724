"""numpy's .npz: arrays by name, under PyTorch's names or ``enc_w_ih``, with any prefix.

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
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import archive
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.vocabulary import KEYS

NAME = "numpy npz"

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

# SystemError: of characters that Unicode does not have.
_HEADER_FAULTS = (SyntaxError, TypeError, SystemError, tokenize.TokenError)


def claims(data: bytes) -> bool:
    return archive.first_name(data).endswith(".npy")


def read(data: bytes, path: Path) -> Contents:
    contents = Contents({})
    with _damaged(path, "npz"):
        for entry, raw in archive.entries(data).items():
            if entry.endswith(".npy"):
                name = entry.removesuffix(".npy")
                _add(contents, name, _array(raw, name, path))
    return contents


def single(data: bytes, path: Path) -> NDArray[Any]:
    """The array of an .npy file. Raises ModelError."""
    with _damaged(path, "npy"):
        return _array(data, "the array", path)


@contextmanager
def _damaged(path: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except (*archive.FAULTS, *_HEADER_FAULTS) as fault:
        words = " ".join(str(fault).split())[:120] or type(fault).__name__
        raise ModelError(
            f"{path}: a numpy .{kind} file that is cut short or damaged ({words}); "
            "copy or save it again."
        ) from None


def _array(raw: bytes, name: str, path: Path) -> NDArray[Any]:
    stream = io.BytesIO(raw)
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
    if min(shape, default=0) < 0 or count * dtype.itemsize != len(raw) - stream.tell():
        raise ValueError("an array is not as large as declared")
    if not count or not dtype.itemsize:
        return np.zeros(0 if count else shape, dtype)
    flat = np.frombuffer(raw, dtype, count, stream.tell())
    return flat.reshape(shape, order="F" if by_columns else "C")


def _add(contents: Contents, name: str, array: NDArray[Any]) -> None:
    """Strings are a vocabulary, index -> symbol, or a word of the metadata; the rest is tensors."""
    if array.dtype.kind != "U":
        contents.tensors[name] = array
        contents.dtypes[name] = array.dtype.name
    elif array.ndim == 0 and (name not in KEYS or _is_list(str(array))):
        contents.metadata[name] = str(array)
    elif array.ndim < 2:
        contents.extras[name] = array.tolist()


def _is_list(text: str) -> bool:
    """A JSON list, not one symbol a character: these would hold the quotation mark twice."""
    return text.startswith('["') and text.endswith('"]')
