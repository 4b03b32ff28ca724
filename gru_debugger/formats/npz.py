"""numpy's .npz: arrays by name, under PyTorch's names or ``enc_w_ih``, with any prefix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gru_debugger.formats import archive, npy
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.vocabulary import KEYS

NAME = "numpy npz"
SUFFIXES = (".npz",)


def claims(data: bytes) -> bool:
    return archive.first_name(data).endswith(".npy")


def read(data: bytes, path: Path) -> Contents:
    contents = Contents({})
    with npy.damaged(path, "a numpy .npz file"):
        for entry, raw in archive.entries(data).items():
            if entry.endswith(".npy"):
                name = entry.removesuffix(".npy")
                _add(contents, name, npy.only(raw, name, path))
    return contents


def single(data: bytes, path: Path) -> NDArray[Any]:
    """The array of an .npy file. Raises ModelError."""
    with npy.damaged(path, "a numpy .npy file"):
        return npy.only(data, "the array", path).array


def _add(contents: Contents, name: str, record: npy.Record) -> None:
    """Strings are a vocabulary, index -> symbol, or a word of the metadata; the rest is tensors."""
    array = record.array
    if array.dtype.kind != "U":
        contents.tensors[name] = array
        contents.dtypes[name] = record.dtype
    elif array.ndim == 0 and (name not in KEYS or _is_list(str(array))):
        contents.metadata[name] = str(array)
    elif array.ndim < 2:
        contents.extras[name] = array.tolist()


def _is_list(text: str) -> bool:
    """A JSON list, not one symbol a character: these would hold the quotation mark twice."""
    return text.startswith('["') and text.endswith('"]')
