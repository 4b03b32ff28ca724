"""Unpickling that imports nothing and calls nothing of the file's.

Every class or function a pickle names becomes an inert stand-in that only remembers its name,
arguments and state. PyTorch's few tensor builders are the exception: they become `TensorRef`,
a description that `pytorch` later checks against the bytes that are really there.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

# Opcodes that reach outside the stream, or declare lengths before the bytes are there.
_REFUSED = {"EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER", "BYTEARRAY8"}

_LONGEST = 1_000_000  # opcodes; each may make an object of some 200 bytes


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


class Dict(dict[Any, Any]):
    """dict and OrderedDict. The attributes that a state_dict carries (``_metadata``) are not kept.

    Keys are plain values: a tuple nested in tuples can take for ever to hash.
    """

    def __init__(self, pairs: Any = ()) -> None:
        super().__init__()
        for key, value in pairs:
            self[key] = value

    def __setitem__(self, key: Any, value: Any) -> None:
        for part in key if isinstance(key, tuple) else (key,):
            if not isinstance(part, (str, int, float, bytes, StandIn, type(None))):
                raise ValueError("a dictionary's key is not a plain value")
        super().__setitem__(key, value)

    def __setstate__(self, state: Any) -> None:
        pass


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


_STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
}  # fmt: skip


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a tensor's size, stride or offset is not a whole number")
    return value


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> TensorRef | None:
    if storage is None:
        return None
    if not isinstance(storage, StorageRef) or len(size) != len(stride):
        raise ValueError("a tensor without storage")
    return TensorRef(storage, _whole(offset), tuple(map(_whole, size)), tuple(map(_whole, stride)))


def _parameter(data: Any, *_: Any) -> Any:
    return data


_BUILDERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("collections", "OrderedDict"): Dict,
}


class _Unpickler(pickle._Unpickler):  # the Python one: its memo is a dict, its opcodes a table
    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, encoding="latin1")
        self.stand_ins: dict[tuple[str, str], Any] = {}
        self.storages: dict[str, StorageRef] = {}

    def find_class(self, module: str, name: str) -> Any:
        key = (module, name)
        if key in _BUILDERS:
            return _BUILDERS[key]
        if key not in self.stand_ins:
            names = {"qualified_name": f"{module}.{name}"}
            self.stand_ins[key] = type("StandIn", (StandIn,), names)
        return self.stand_ins[key]

    def persistent_load(self, pid: Any) -> Any:
        """A storage, None if of a type no weight has; old files keep a module's class here too."""
        kind, named, key = pid[:3]
        if kind == "module":
            return named
        if kind != "storage" or any(pid[5:]):  # a sixth entry: a view, of PyTorch 0.1
            raise ValueError("a reference to something unknown")
        dtype = _STORAGES.get(getattr(named, "qualified_name", "").rpartition(".")[2])
        if dtype is None:
            return None
        self.storages[str(key)] = StorageRef(str(key), dtype, _whole(pid[4]))
        return self.storages[str(key)]

    # The opcodes that could reach past the stand-ins.

    def _build(self: Any) -> None:
        if not isinstance(self.stack[-2], (StandIn, Dict)):
            raise ValueError("it sets the state of an object that has none")
        self.load_build()

    def _dict(self: Any) -> None:
        items = self.pop_mark()
        self.append(Dict(zip(items[::2], items[1::2], strict=True)))

    def _set(self: Any) -> None:
        self.append(StandIn())

    def _frozen_set(self: Any) -> None:
        self.pop_mark()
        self.append(StandIn())

    dispatch: ClassVar[dict[int, Any]] = {
        **pickle._Unpickler.dispatch,
        pickle.BUILD[0]: _build,
        pickle.DICT[0]: _dict,
        pickle.EMPTY_DICT[0]: lambda self: self.append(Dict()),
        pickle.EMPTY_SET[0]: _set,
        pickle.FROZENSET[0]: _frozen_set,
    }


def load(stream: io.BytesIO) -> tuple[Any, dict[str, StorageRef]]:
    """The next object of a pickle stream and the storages it names by key.

    The object consists of plain containers, `TensorRef` and `StandIn`. Raises ValueError on
    anything that isn't a well-formed pickle of that kind.
    """
    start = stream.tell()
    try:
        for count, (opcode, _, _) in enumerate(pickletools.genops(stream)):
            if count > _LONGEST:
                raise ValueError("the pickle is too long")
            if opcode.name in _REFUSED:
                raise ValueError(f"the pickle uses {opcode.name}")
        stream.seek(start)
        unpickler = _Unpickler(stream)
        return unpickler.load(), unpickler.storages
    except MemoryError:
        raise ValueError("the pickle needs too much memory") from None
    except Exception as fault:  # a hostile pickle can make any stand-in fail in any way
        raise ValueError(str(fault) or type(fault).__name__) from None
