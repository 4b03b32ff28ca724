"""TensorFlow's checkpoints, and the variables of SavedModels, without TensorFlow.

``NAME.index`` is a table of names, shapes and places; the numbers are in
``NAME.data-00000-of-00001`` beside it. Layout facts: tensorflow/core/util/tensor_bundle, and of the
messages tensor_bundle.proto and trackable_object_graph.proto. A Keras model's variables are read as
Keras' weights-only files are; others by their names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import beside as files_beside
from gru_debugger.formats import sstable
from gru_debugger.formats.contents import Contents, bfloat16
from gru_debugger.formats.keras import hdf5
from gru_debugger.formats.ledger import Tensor, Verdict
from gru_debugger.formats.protobuf import Budget, Message, varint
from gru_debugger.formats.pytorch import layout
from gru_debugger.numerals import grouped

NAME = "TensorFlow"
SUFFIXES = (".index",)
LATER = ("gru_debugger.formats.keras.file",)

_WHAT = "TensorFlow checkpoint"
_AGAIN = "copy the checkpoint's files into one folder again, under the names they had."
_DTYPES = {1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 9: "int64",
           10: "bool", 14: "bfloat16", 19: "float16"}  # fmt: skip
_MOST = 256  # files of data
_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"  # which object each variable is of
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_OPTIMIZER = re.compile(
    r"(^|/)_?optimizer/(?!_trainable_variables/)|/\.OPTIMIZER_SLOT/"
    r"|/(Adam|RMSProp|Momentum|Adagrad|Adadelta|Ftrl)(_\d+)?$|^(beta[12]_power|global_step)$"
)
_RECURRENT = "recurrent_kernel"
# Lists of layers or of variables, in their order.
_NUMBERED = re.compile(
    r"(^|/)(layer_with_weights-|layer-|_layers/|_operations/|variables/|_trainable_variables/)\d"
)
_METRICS = re.compile(r"(^|/)keras_api/metrics/")
_TEXTS, _SHARED = "type 7", 3  # such as a vocabulary's; how often the same bytes may be read


@dataclass(frozen=True)
class Entry:
    """A variable: where its bytes are."""

    key: str
    dtype: str
    shape: tuple[int, ...]
    file: int
    offset: int
    size: int
    parts: bool  # it is cut into several


def claims(data: bytes) -> bool:
    return data[-8:] == sstable.MAGIC


def beside(data: bytes, path: Path) -> list[Path]:
    with layout.damage_told(path, _WHAT):
        return _files(_Index(data), path)


def read(data: bytes, path: Path) -> Contents:
    with layout.damage_told(path, _WHAT):
        index = _Index(data)
        numbers = _Numbers(_files(index, path))
        names = _own_names(index, numbers)
        held = hdf5.Arrays()
        listed: list[Tensor] = []
        numbered = True  # the recurrent layers, so that their order is known
        for entry in sorted(index.entries, key=_in_order):
            name = names[entry.key]
            verdict = _verdict(entry)
            array = None if verdict or entry.parts else numbers.read(entry)
            if array is None or array.dtype.kind != "f":
                listed.append(Tensor(name, entry.shape, entry.dtype, verdict=verdict or "told"))
            elif name in held.arrays:
                listed.append(Tensor(_plain(entry.key), entry.shape, entry.dtype, verdict="copy"))
            else:
                held.arrays[name] = array
                numbered = numbered and (not name.endswith(_RECURRENT)
                                         or bool(_NUMBERED.search(entry.key)))  # fmt: skip
        if numbered:
            held.order = list(_layers(held.arrays))
        return _contents(held, listed, {names[e.key]: e.dtype for e in index.entries})


# The index --------------------------------------------------------------------------------------


class _Index:
    """Raises ValueError where it is damaged."""

    def __init__(self, data: bytes) -> None:
        budget = Budget()
        self.files = 0
        self.entries: list[Entry] = []
        self.graph: Entry | None = None
        for key, value in sstable.entries(data):
            message = Message(value, budget)
            if not key:
                self.files = message.integer(1)
                if message.integer(2):
                    raise ValueError("it was written on a big-endian machine")
                continue
            entry = _entry(key.decode("utf-8"), message)
            if entry.key == _GRAPH:
                self.graph = entry
            else:
                self.entries.append(entry)
        if not 0 < self.files <= _MOST:
            raise ValueError(f"its numbers are in {grouped(self.files)} files")


def _entry(key: str, message: Message) -> Entry:
    shape = message.message(2)
    sizes = tuple(size.integer(1) for size in shape.messages(2)) if shape else ()
    dtype = _DTYPES.get(message.integer(1), f"type {message.integer(1)}")
    file, offset, size = (message.integer(number) for number in (3, 4, 5))
    if min(*sizes, file, offset, size) < 0 or len(sizes) > 16:
        raise ValueError("a variable has an impossible shape or place")
    return Entry(key, dtype, sizes, file, offset, size, parts=7 in message)


def _files(index: _Index, path: Path) -> list[Path]:
    if path.suffix != ".index":
        raise ModelError(
            f"{path}: the index of a TensorFlow checkpoint; call it NAME.index, beside its "
            "NAME.data-00000-of-00001."
        )
    ends = (f".data-{n:05}-of-{index.files:05}" for n in range(index.files))
    return [files_beside.find(path, path.stem + end, _AGAIN) for end in ends]


# The numbers ------------------------------------------------------------------------------------


class _Numbers:
    """Reads variables; together they are little more than the files hold."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        self._sizes = [file.stat().st_size for file in files]
        self._left = _SHARED * sum(self._sizes)

    def bytes_of(self, entry: Entry) -> bytes:
        if entry.file >= len(self._files) or entry.offset + entry.size > self._sizes[entry.file]:
            raise ValueError("a variable reaches beyond its file")
        self._left -= entry.size
        if self._left < 0:
            raise ValueError("its variables together are far larger than its files")
        with self._files[entry.file].open("rb") as stream:
            stream.seek(entry.offset)
            return stream.read(entry.size)

    def read(self, entry: Entry) -> NDArray[Any] | None:
        """None where it is of no type that a GRU has."""
        if entry.dtype not in _DTYPES.values():
            return None
        stored = np.dtype("<u2" if entry.dtype == "bfloat16" else entry.dtype).newbyteorder("<")
        if math.prod(entry.shape) * stored.itemsize != entry.size:
            raise ValueError("a variable is not as large as declared")
        array = np.frombuffer(self.bytes_of(entry), stored).reshape(entry.shape)
        return bfloat16(array) if entry.dtype == "bfloat16" else array


def _own_names(index: _Index, numbers: _Numbers) -> dict[str, str]:
    """Each variable's own name, as Keras has it; its place in the checkpoint where that is no name.

    A place may be in an optimizer's list, or a list of all. What several are called is no name,
    unless they are the same once more.
    """
    places = {entry.key: _plain(entry.key) for entry in index.entries}
    if index.graph is None:
        return places
    raw = memoryview(numbers.bytes_of(index.graph))
    length, start = varint(raw, 0)
    graph = raw[start + 4 :]  # behind a check sum of the length
    if len(graph) != length:
        raise ValueError("its graph of objects is cut short")
    full = {part.text(3): part.text(2) for node in Message(graph, Budget()).messages(1)
            for part in node.messages(2)}  # fmt: skip
    names = {key: full.get(key) or place for key, place in places.items()}
    by_name: dict[str, list[Entry]] = {}
    for entry in index.entries:
        if _verdict(entry) is None and not entry.parts:
            by_name.setdefault(names[entry.key], []).append(entry)
    alike = all(len({(e.shape, numbers.bytes_of(e)) for e in same}) == 1
                for same in by_name.values() if len(same) > 1)  # fmt: skip
    return names if alike else places


def _plain(key: str) -> str:
    name = key.removesuffix(_VALUE)
    return re.sub(r"(^|/)_(?=(kernel|embeddings|bias)$)", r"\1", name)


def _in_order(entry: Entry) -> tuple[bool, list[tuple[int, str]]]:
    """As Keras numbers them, 2 before 10; one of its lists is in no order."""
    parts = [(int(p), "") if p.isdecimal() else (-1, p) for p in re.split(r"(\d+)", entry.key)]
    return entry.key.startswith("_all_variables/"), parts


def _verdict(entry: Entry) -> Verdict | None:
    if _OPTIMIZER.search(entry.key.removesuffix(_VALUE)):
        return "optimizer"
    counts = entry.dtype.startswith(("int", "uint", "bool")) and entry.shape < (9,)
    if (counts and len(entry.shape) < 2) or entry.dtype == _TEXTS or _METRICS.search(entry.key):
        return "bookkeeping"
    return None


# What they are ----------------------------------------------------------------------------------


def _contents(held: hdf5.Arrays, listed: list[Tensor], dtypes: dict[str, str]) -> Contents:
    if not any(name.endswith(_RECURRENT) for name in held.arrays):
        return Contents(held.arrays, dtypes=dtypes, stored=tuple(listed))
    from gru_debugger.formats.keras import file

    contents = file.contents_of(held)
    contents.stored += tuple(listed)
    return contents


def _layers(names: Any) -> Iterator[str]:
    """Their layers', in order: the first part of a name in which they differ."""
    paths = [name.split("/") for name in names]
    same = 0
    while all(len(path) > same + 2 and path[same] == paths[0][same] for path in paths):
        same += 1
    yield from dict.fromkeys(path[same] for path in paths if len(path) > same)
