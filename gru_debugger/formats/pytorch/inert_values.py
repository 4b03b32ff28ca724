"""What the inert unpickler makes of what a pickle names: descriptions, nothing that runs.

A class or function becomes a `StandIn`. The few builders by which torch and numpy write tensors,
arrays and numbers are the exception: they describe what they would have built, and whoever reads
the description checks it against the bytes that are really there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Builder = Callable[..., Any]


class StandIn:
    """What a pickle says of an object whose class is not loaded: state, entries, elements."""

    qualified_name = ""

    def __new__(cls, *args: Any, **kwargs: Any) -> StandIn:
        self = super().__new__(cls)
        self.state = None
        self.entries = Dict()
        self.elements = []
        return self

    state: Any
    entries: Dict
    elements: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass  # arguments are not kept: a few bytes can repeat a long list of them for ever

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def __setitem__(self, key: Any, value: Any) -> None:
        self.entries[key] = value

    def append(self, value: Any) -> None:
        self.elements.append(value)

    add = append

    def extend(self, values: Any) -> None:
        self.elements.extend(values)

    @property
    def attributes(self) -> dict[Any, Any]:
        return self.state if isinstance(self.state, dict) else {}


class StorageRef(NamedTuple):
    """`key` names the bytes, `dtype` is torch's word (``float32``), `numel` what is declared."""

    key: str
    dtype: str
    numel: int


class TensorRef(NamedTuple):
    """Where a tensor lies in its storage, as declared; all in elements."""

    storage: StorageRef
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


class Unreadable(NamedTuple):
    """A tensor of a kind that holds no plain numbers: what it is and what to do."""

    words: str


_PLAIN = (str, int, float, bytes, StandIn, type(None))


class Dict(dict[Any, Any]):
    """dict and OrderedDict. The attributes that a state_dict carries (``_metadata``) are not kept.

    Keys are plain values, and tensors: a tuple nested in tuples can take for ever to hash.
    """

    def __init__(self, pairs: Any = ()) -> None:
        super().__init__()
        for key, value in pairs:
            self[key] = value

    def __setitem__(self, key: Any, value: Any) -> None:
        flat = key if type(key) is tuple else (key,)
        if not all(isinstance(part, (*_PLAIN, TensorRef, Unreadable)) for part in flat):
            raise ValueError("a dictionary's key is not a plain value")
        super().__setitem__(key, value)

    def __setstate__(self, state: Any) -> None:
        pass


# torch's tensors ------------------------------------------------------------------------------

STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "int8", "QUInt8Storage": "uint8", "QInt32Storage": "int32",
    "UntypedStorage": "uint8",
}  # fmt: skip


_DIMENSIONS = 64  # as torch has it


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a tensor's size, stride or offset is not a whole number")
    return value


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> TensorRef | None:
    if storage is None:
        return None
    if not isinstance(storage, StorageRef) or len(size) != len(stride):
        raise ValueError("a tensor without storage")
    if len(size) > _DIMENSIONS:
        raise ValueError("a tensor of too many dimensions")
    return TensorRef(storage, whole(offset), tuple(map(whole, size)), tuple(map(whole, stride)))


def _first(value: Any, *_: Any) -> Any:
    return value


def _with_attributes(builder: Any, _class: Any, arguments: Any, *_: Any) -> Any:
    """A tensor that was given attributes of its own, which are not kept."""
    return builder(*arguments) if builder in _TENSORS else _OTHER_TENSOR()


def unreadable(words: str) -> Builder:
    """A builder that takes anything."""
    return lambda *_: Unreadable(words)


_TENSORS = (_tensor, _first)

_OF_TORCH: dict[str, Builder] = {
    "_rebuild_tensor": _tensor,
    "_rebuild_tensor_v2": _tensor,
    "_rebuild_parameter": _first,
    "_rebuild_parameter_with_state": _first,
    "_rebuild_sparse_tensor": unreadable("is a sparse tensor; call to_dense() on it"),
    "_rebuild_sparse_csr_tensor": unreadable("is a sparse tensor; call to_dense() on it"),
    "_rebuild_qtensor": unreadable("is a quantized tensor; call dequantize() on it"),
    "_rebuild_meta_tensor_no_storage": unreadable(
        "is on the meta device and holds no numbers; load its weights"
    ),
    "_rebuild_tensor_v3": unreadable("is of a type such as float8; call float() on it"),
}
_OTHER_TENSOR = unreadable("is a tensor of an unusual kind; make an ordinary one of it")


# numpy's arrays and numbers -------------------------------------------------------------------


_LONGEST_SCALAR = 64  # bytes; a few opcodes make another


class Encoded(NamedTuple):
    """Bytes as Python 2 can read them, latin-1; made into bytes only where they are wanted."""

    text: str


class Dtype:
    """numpy.dtype: its code (``f4``, ``U3``) and its byte order."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = code
        self.order: Any = "="

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]

    def dtype(self) -> np.dtype[Any]:
        """Of plain numbers or strings; raises ValueError for others."""
        code = self.code if isinstance(self.code, str) else ""
        if not re.fullmatch("[biufUS][1-9][0-9]{0,6}", code) or self.order not in "<>=|":
            raise ValueError("an array of an unknown type")
        return np.dtype(code).newbyteorder(self.order)


class Array:
    """numpy.ndarray as pickled; `values` makes it."""

    def __init__(self, *_: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def values(self) -> NDArray[Any] | list[Any]:
        """The array, or the flat list of an array of objects. Raises ValueError if none."""
        _, shape, dtype, by_columns, raw = self.state
        if isinstance(raw, list):
            return raw
        plain, data = dtype.dtype(), _bytes(raw)
        if int(np.prod(shape, dtype=object)) * plain.itemsize != len(data):
            raise ValueError("an array is not as large as declared")
        return np.frombuffer(data, plain).reshape(shape, order="F" if by_columns else "C")

    def size(self) -> int:
        """How many bytes `values` takes."""
        return len(self.state[4].text if isinstance(self.state[4], Encoded) else self.state[4])


def _bytes(raw: Any) -> bytes:
    return raw.text.encode("latin-1") if isinstance(raw, Encoded) else bytes(memoryview(raw))


def _scalar(dtype: Any, raw: Any = b"") -> Any:
    """A number or a short string of numpy's, as Python's own; a stand-in for anything else."""
    if len(raw.text if isinstance(raw, Encoded) else raw) > _LONGEST_SCALAR:
        return StandIn()
    try:
        return np.frombuffer(_bytes(raw), dtype.dtype(), 1)[0].item()
    except (ValueError, TypeError, AttributeError):
        return StandIn()


def _encoded(text: Any, _encoding: Any = None) -> Encoded:
    if not isinstance(text, str):
        raise ValueError("bytes that are no text")
    return Encoded(text)


_OF_NUMPY: dict[str, Builder] = {"_reconstruct": Array, "scalar": _scalar}

_OTHERS: dict[tuple[str, str], Builder] = {
    ("collections", "OrderedDict"): Dict,
    ("torch._tensor", "_rebuild_from_type_v2"): _with_attributes,
    ("torch.jit._pickle", "restore_type_tag"): _first,
    ("torch.jit._pickle", "build_intlist"): _first,
    ("torch.jit._pickle", "build_doublelist"): _first,
    ("torch.jit._pickle", "build_boollist"): _first,
    ("torch.jit._pickle", "build_tensorlist"): _first,
    ("numpy", "dtype"): Dtype,
    ("_codecs", "encode"): _encoded,
}

# Objects whose state a pickle may set.
WITH_STATE = (StandIn, Dict, Dtype, Array)


def builder(module: str, name: str) -> Builder | None:
    """What describes the things that this function or class would make; None if unknown."""
    if module == "torch._utils" and name.startswith("_rebuild"):
        return _OF_TORCH.get(name, _OTHER_TENSOR)
    if module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        return _OF_NUMPY.get(name)
    return _OTHERS.get((module, name))
