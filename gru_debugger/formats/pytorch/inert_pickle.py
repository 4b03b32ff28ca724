"""Unpickling that imports nothing and calls nothing of the file's.

Every class or function a pickle names becomes an inert stand-in that only remembers its name and
state, or one of the few descriptions of `inert_values`.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any, ClassVar, NamedTuple

from gru_debugger.formats.pytorch.inert_values import (
    STORAGES,
    WITH_STATE,
    Dict,
    StandIn,
    StorageRef,
    builder,
    whole,
)
from gru_debugger.formats.pytorch.suspects import suspect

# Opcodes that reach outside the stream, or declare lengths before the bytes are there.
_REFUSED = {"EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER", "BYTEARRAY8"}

_LONGEST_NAME, _MOST_NAMES = 100, 20  # of suspects, which are only told
_LONGEST = 1_000_000  # opcodes; each may make an object of some 200 bytes


class _Unpickler(pickle._Unpickler):  # the Python one: its memo is a dict, its opcodes a table
    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, encoding="latin1")
        self.stand_ins: dict[tuple[str, str], Any] = {}
        self.storages: dict[str, StorageRef] = {}
        self.suspects: dict[str, None] = {}  # in order, each once

    def find_class(self, module: str, name: str) -> Any:
        if (bad := suspect(module, name)) and len(bad) <= _LONGEST_NAME:
            self.suspects[bad] = None
        known = builder(module, name)
        if known is not None:
            return known
        key = (module, name)
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
        dtype = STORAGES.get(getattr(named, "qualified_name", "").rpartition(".")[2])
        if dtype is None:
            return None
        self.storages[str(key)] = StorageRef(str(key), dtype, whole(pid[4]))
        return self.storages[str(key)]

    # The opcodes that could reach past the stand-ins.

    def _build(self: Any) -> None:
        if not isinstance(self.stack[-2], WITH_STATE):
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


class Pickle(NamedTuple):
    """The object, the storages it names by key, and functions no model needs (`suspects`)."""

    root: Any
    storages: dict[str, StorageRef]
    suspects: tuple[str, ...]


def load(stream: io.BytesIO) -> Pickle:
    """The next object of a pickle stream.

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
        root = unpickler.load()
        return Pickle(root, unpickler.storages, tuple(unpickler.suspects)[:_MOST_NAMES])
    except MemoryError:
        raise ValueError("the pickle needs too much memory") from None
    except Exception as fault:  # a hostile pickle can make any stand-in fail in any way
        raise ValueError(str(fault) or type(fault).__name__) from None
