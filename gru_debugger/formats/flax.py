"""Flax' msgpack files, as `flax.serialization.to_bytes` and `msgpack_serialize` write them.

A map of maps whose leaves are arrays: extension type 1, itself msgpack, of shape, dtype and bytes.
The msgpack library decodes; the maps are walked here, so that neither their depth nor their number
is the file's to choose. Source: flax/serialization.py.
"""

from __future__ import annotations

import importlib
import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import npy
from gru_debugger.formats.contents import Contents, bfloat16
from gru_debugger.formats.vocabulary import KEYS

NAME = "Flax"
SUFFIXES = (".msgpack",)

_OBJECTS = 50_000
_LEVELS = 24
_LONGEST_KEY = 128
_LONGEST_WORD = 1 << 20
_ARRAY, _SCALAR = 1, 3  # extension types
_CHUNKED = "__msgpack_chunked_array__"
_MOST_AXES = 32
_DTYPES = ("float16", "float32", "float64", "bfloat16", "bool", "int8", "int16", "int32", "int64",
           "uint8", "uint16", "uint32", "uint64")  # fmt: skip

Keys = tuple[str, ...]
_MAPS = frozenset((*range(0x80, 0x90), 0xDE, 0xDF))
_LISTS = frozenset((*range(0x90, 0xA0), 0xDC, 0xDD))
# The head of a map, and that of a text of up to 31 or 255 bytes.
_FIRST_KEY = re.compile(rb"([\x81-\x8f]|\xde..|\xdf....)(?P<length>[\xa1-\xbf]|\xd9.)", re.DOTALL)
_WORD = re.compile(rb"[\w .,:/\[\]'\"-]+")


def claims(data: bytes) -> bool:
    """A map that is not empty, whose first key is a plain word. There is no magic number."""
    match = _FIRST_KEY.match(data[:_LONGEST_KEY])
    if match is None:
        return False
    length = match["length"][-1] & (0x1F if len(match["length"]) == 1 else 0xFF)
    word = data[match.end() : match.end() + length]
    return len(word) == length and _WORD.fullmatch(word) is not None


def read(data: bytes, path: Path) -> Contents:
    try:
        msgpack = importlib.import_module("msgpack")
    except ImportError:
        raise ModelError(
            f"{path}: a Flax file, and msgpack, which reads it, is not installed; "
            "pip install msgpack."
        ) from None
    with npy.damaged(path, "a Flax file"):
        try:
            leaves = _leaves(data, msgpack)
        except msgpack.UnpackException as fault:
            raise ValueError(str(fault) or "it ends too early") from None
        return _contents(leaves)


class _Reader:
    """One value after another; a map or list is only ever entered, never made as a whole."""

    def __init__(self, data: bytes, msgpack: Any) -> None:
        self._data = data
        self._unpacker = msgpack.Unpacker(
            ext_hook=lambda kind, payload: (kind, payload), max_buffer_size=len(data),
            max_str_len=_LONGEST_WORD, max_bin_len=len(data), max_ext_len=len(data),
        )  # fmt: skip
        self._unpacker.feed(data)

    def _kind(self) -> int:
        at = self._unpacker.tell()
        return self._data[at] if at < len(self._data) else 0

    def is_map(self) -> bool:
        return self._kind() in _MAPS

    def is_list(self) -> bool:
        return self._kind() in _LISTS

    def at_end(self) -> bool:
        return bool(self._unpacker.tell() == len(self._data))

    def map_length(self) -> int:
        return int(self._unpacker.read_map_header())

    def list_length(self) -> int:
        return int(self._unpacker.read_array_header())

    def plain(self) -> Any:
        """A number, word, bytes, or an extension: (type, bytes)."""
        if self.is_map() or self.is_list():
            raise ValueError("a map or list where none can be")
        return self._unpacker.unpack()

    def key(self) -> str:
        found = self.plain()
        if not isinstance(found, str) or len(found) > _LONGEST_KEY:
            raise ValueError("a key that is no word")
        return found


def _leaves(data: bytes, msgpack: Any) -> dict[Keys, Any]:
    """Everything that is not a map or list, by the keys that lead to it."""
    reader = _Reader(data, msgpack)
    leaves: dict[Keys, Any] = {}
    levels = [_entered(reader)]
    paths: list[Keys] = [()]
    for _ in range(_OBJECTS):
        key = next(levels[-1], None)
        if key is None:
            levels.pop()
            paths.pop()
        elif reader.is_map() or reader.is_list():
            levels.append(_entered(reader))
            paths.append((*paths[-1], key))
        else:
            leaves[*paths[-1], key] = _leaf(reader.plain(), msgpack)
        if not levels:
            break
        if len(levels) > _LEVELS:
            raise ValueError("its maps are nested too deep")
    else:
        raise ValueError("it holds too many objects")
    if not reader.at_end():
        raise ValueError("there is more behind its end")
    return leaves


def _entered(reader: _Reader) -> Iterator[str]:
    """The keys of a map, or "0", "1", … of a list, as each is reached."""
    if reader.is_map():
        return (reader.key() for _ in range(reader.map_length()))
    return (str(i) for i in range(reader.list_length()))


def _leaf(value: Any, msgpack: Any) -> Any:
    kind, payload = value if isinstance(value, tuple) else (0, b"")
    return _array(payload, msgpack) if kind in (_ARRAY, _SCALAR) else value


def _array(payload: bytes, msgpack: Any) -> npy.Record:
    reader = _Reader(payload, msgpack)
    if reader.list_length() != 3:
        raise ValueError("an array without shape, type and numbers")
    shape = [reader.plain() for _ in range(min(reader.list_length(), _MOST_AXES + 1))]
    name, raw = reader.plain(), reader.plain()
    if name not in _DTYPES:
        raise ValueError(f"an array of {str(name)[:32]!r}, which is no type of number")
    stored = np.dtype(np.uint16 if name == "bfloat16" else name)
    sizes = all(type(size) is int and size >= 0 for size in shape) and len(shape) <= _MOST_AXES
    if not sizes or not isinstance(raw, bytes) or math.prod(shape) * stored.itemsize != len(raw):
        raise ValueError("an array is not as large as declared")
    array: NDArray[Any] = np.frombuffer(raw, stored).reshape(shape)
    return npy.Record(bfloat16(array) if name == "bfloat16" else array, name, len(payload))


def _contents(leaves: dict[Keys, Any]) -> Contents:
    contents = Contents({})
    for keys, value in _joined(leaves).items():
        if isinstance(value, npy.Record):
            contents.tensors["/".join(keys)] = value.array
            contents.dtypes["/".join(keys)] = value.dtype
        elif len(keys) > 1 and keys[-2] in KEYS:  # a list of symbols, or symbol -> index
            contents.extras.setdefault(keys[-2], {})[keys[-1]] = value
        elif isinstance(value, str):
            words = contents.extras if keys[-1] in KEYS else contents.metadata
            words[keys[-1]] = value
    return contents


def _joined(leaves: dict[Keys, Any]) -> dict[Keys, Any]:
    """With those arrays whole that Flax cut up because they are larger than 1 GB."""
    for keys in [keys for keys in leaves if keys[-1] == _CHUNKED]:
        before = keys[:-1]
        shape = list(_numbered(leaves, (*before, "shape")))
        chunks = list(_numbered(leaves, (*before, "chunks")))
        if not all(isinstance(chunk, npy.Record) for chunk in chunks):
            raise ValueError("a chunk that is no array")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise ValueError("an array in chunks without a shape")
        joined = np.concatenate([chunk.array for chunk in chunks]).reshape(shape)
        leaves[before] = npy.Record(joined, chunks[0].dtype, 0)
    return leaves


def _numbered(leaves: dict[Keys, Any], before: Keys) -> Iterator[Any]:
    """Takes out what lies under "0", "1", …"""
    for i in itertools.count():
        value = leaves.pop((*before, str(i)), None)
        if value is None:
            return
        yield value
