"""Unpickling that imports nothing and calls nothing of the file's.

Every class or function a pickle names becomes an inert stand-in that only remembers its name,
arguments and state. PyTorch's few tensor builders are the exception: they become `TensorRef`,
a description that `storages` later checks against the bytes that are really there.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Opcodes that reach outside the stream, or declare lengths before the bytes are there.
_REFUSED = {"EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER", "BYTEARRAY8"}


class StandIn:
    """What a pickle says of an object whose class is not loaded."""

    qualified_name = ""

    def __new__(cls, *args: Any, **kwargs: Any) -> StandIn:
        self = super().__new__(cls)
        self.__dict__["arguments"] = args
        self.__dict__["items"] = {}
        return self

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        self.__dict__["state"] = state

    def __setitem__(self, key: Any, value: Any) -> None:
        self.__dict__["items"][key] = value

    def append(self, value: Any) -> None:
        self.__dict__.setdefault("values", []).append(value)

    def extend(self, values: Any) -> None:
        self.__dict__.setdefault("values", []).extend(values)

    @property
    def attributes(self) -> dict[str, Any]:
        state = self.__dict__.get("state")
        return state if isinstance(state, dict) else {}


@dataclass(frozen=True)
class StorageRef:
    """`key` names the bytes, `dtype` is torch's word (``float32``), `numel` what is declared."""

    key: str
    dtype: str
    numel: int


@dataclass(frozen=True)
class TensorRef:
    storage: StorageRef
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


_STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
}  # fmt: skip


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a tensor's size, stride or offset is not a whole number")
    return value


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> TensorRef:
    if not isinstance(storage, StorageRef) or len(size) != len(stride):
        raise ValueError("a tensor without storage")
    return TensorRef(storage, _whole(offset), tuple(map(_whole, size)), tuple(map(_whole, stride)))


class _Dict(dict[Any, Any]):
    """OrderedDict's stand-in; unlike dict it takes the attributes a state_dict carries."""


def _parameter(data: Any, *_: Any) -> Any:
    return data


_BUILDERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("collections", "OrderedDict"): _Dict,
}


class _Unpickler(pickle._Unpickler):  # the Python one: its memo is a dict
    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, encoding="latin1")
        self.stand_ins: dict[tuple[str, str], Any] = {}

    def find_class(self, module: str, name: str) -> Any:
        key = (module, name)
        if key in _BUILDERS:
            return _BUILDERS[key]
        if key not in self.stand_ins:
            names = {"qualified_name": f"{module}.{name}"}
            self.stand_ins[key] = type("StandIn", (StandIn,), names)
        return self.stand_ins[key]

    def persistent_load(self, pid: Any) -> StorageRef:
        kind, storage_type, key, _location, numel = pid[:5]
        dtype = _STORAGES.get(getattr(storage_type, "qualified_name", "").rpartition(".")[2])
        if kind != "storage" or dtype is None:
            raise ValueError("a storage of an unknown type")
        return StorageRef(str(key), dtype, _whole(numel))


def load(stream: io.BytesIO) -> Any:
    """The next object of a pickle stream, as plain containers, `TensorRef` and `StandIn`.

    Raises ValueError on anything that isn't a well-formed pickle of that kind.
    """
    start = stream.tell()
    try:
        for opcode, _, _ in pickletools.genops(stream):
            if opcode.name in _REFUSED:
                raise ValueError(f"the pickle uses {opcode.name}")
        stream.seek(start)
        return _Unpickler(stream).load()
    except MemoryError:
        raise ValueError("the pickle needs too much memory") from None
    except Exception as fault:  # a hostile pickle can make any stand-in fail in any way
        raise ValueError(str(fault) or type(fault).__name__) from None
