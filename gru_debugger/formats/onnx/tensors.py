"""ONNX tensors as arrays, from the file itself or from one that it names.

Field numbers: onnx/onnx.proto. External data is resolved here: inside the model's folder, no link.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import beside
from gru_debugger.formats.beside import shown
from gru_debugger.formats.contents import bfloat16
from gru_debugger.formats.protobuf import Message
from gru_debugger.numerals import grouped

DTYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 10: "float16",
          11: "float64", 16: "bfloat16"}  # fmt: skip
# Where a tensor that is not raw has its numbers: field, and the type they are packed as.
_LISTS = {"float32": (4, "<f4"), "float64": (10, "<f8"), "int64": (7, None), "int32": (5, None),
          "int8": (5, None), "uint8": (5, None), "float16": (5, None),
          "bfloat16": (5, None)}  # fmt: skip
AGAIN = "put that file beside the model and export again with a relative path."


class Constant(NamedTuple):
    """A value that is always the same, and its type as the file stores it."""

    array: NDArray[Any]
    dtype: str


class Tensors:
    """Reads for the model at `path`; `outside`: how many bytes of other files it has read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outside = 0

    def read(self, message: Message) -> Constant | None:
        """Of a TensorProto; None where its type is no number's that a GRU has."""
        dtype = DTYPES.get(message.integer(2))
        if dtype is None:
            return None
        stored = np.dtype("<u2" if dtype == "bfloat16" else dtype).newbyteorder("<")
        shape = tuple(message.integers(1))
        if len(shape) > 16 or any(n < 0 for n in shape):
            raise ValueError("a tensor has an impossible shape")
        size = math.prod(shape) * stored.itemsize
        if message.integer(14) == 1:
            flat = np.frombuffer(self._external(message, size), stored)
        elif 9 in message:
            flat = np.frombuffer(message.chunks(9)[-1], stored)
        else:
            flat = _listed(message, dtype).view(stored)
        if flat.nbytes != size:
            raise ValueError(
                f"a tensor of {' × '.join(map(str, shape)) or 'one number'} has {flat.size} numbers"
            )
        array = flat.reshape(shape)
        return Constant(bfloat16(array) if dtype == "bfloat16" else array, dtype)

    def _external(self, message: Message, size: int) -> bytes:
        """`size` bytes of the file that the tensor names, every bound checked before."""
        told = {entry.text(1): entry.text(2) for entry in message.messages(13)}
        file = beside.find(self.path, told.get("location", ""), AGAIN)
        name = shown(told["location"])
        try:
            offset, length = int(told.get("offset", "0")), int(told.get("length", str(size)))
        except ValueError:
            raise ValueError("a place in its data file is no number") from None
        if offset < 0 or length != size:
            raise ValueError(
                f"a tensor of {grouped(size)} bytes has {grouped(length)} in its data file"
            )
        there = file.stat().st_size
        if offset + size > there:
            raise ModelError(
                f"{self.path}: its weights are in “{name}”, which has {grouped(there)} bytes where "
                f"{grouped(offset + size)} are needed; copy it again."
            )
        self.outside += size
        with file.open("rb") as stream:
            stream.seek(offset)
            return stream.read(size)


def external(graph: Message) -> dict[str, None]:
    """The files that a graph's tensors lie in: stored ones, and those of its Constant nodes."""
    attributes = (attribute.message(5) for node in graph.messages(1)
                  for attribute in node.messages(5))  # fmt: skip
    places: dict[str, None] = {}
    for tensor in (*graph.messages(5), *filter(None, attributes)):
        if tensor.integer(14) == 1:
            places |= {e.text(2): None for e in tensor.messages(13) if e.text(1) == "location"}
    return places


def _listed(message: Message, dtype: str) -> NDArray[Any]:
    field, packed = _LISTS[dtype]
    if packed is not None:
        return np.frombuffer(b"".join(message.chunks(field)), packed)
    if dtype in ("float16", "bfloat16"):  # the bits, as integers
        return np.fromiter((i & 0xFFFF for i in message.integers(field)), np.uint16)
    return np.fromiter(message.integers(field), dtype)
