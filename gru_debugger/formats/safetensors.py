"""safetensors files, read and written; PyTorch's names inside, vocabulary in the metadata."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import save as serialize

from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError
from gru_debugger.formats import state_dict
from gru_debugger.formats.contents import Contents, bfloat16
from gru_debugger.formats.ledger import Tensor

NAME = "safetensors"
SUFFIXES: tuple[str, ...] = (".safetensors",)

_DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
    "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


def claims(data: bytes) -> bool:
    """A little-endian header length of at most 100 MB, then a JSON object."""
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= 100_000_000


def read(data: bytes, path: Path) -> Contents:
    try:
        entries = safetensors.deserialize(data)  # type: ignore[no-untyped-call]
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        metadata = header.get("__metadata__") or {}  # MLX: null
        order = {name: number for number, name in enumerate(header)}
        entries.sort(key=lambda entry: order[entry[0]])
    except (safetensors.SafetensorError, ValueError, RecursionError) as fault:
        raise ModelError(
            f"{path}: a safetensors file that is cut short or damaged ({fault}); "
            "copy or save it again."
        ) from None
    contents = Contents({}, metadata)
    left_out: list[Tensor] = []
    for name, entry in entries:
        dtype = _DTYPES.get(entry["dtype"])
        if dtype is None:
            # A type no GRU weight has; the assembly says what it misses.
            left_out.append(Tensor(name, tuple(entry["shape"]), entry["dtype"].lower()))
            continue
        stored = np.uint16 if dtype == "bfloat16" else np.dtype(dtype)
        array = np.frombuffer(entry["data"], stored).reshape(entry["shape"])
        contents.tensors[name] = bfloat16(array) if dtype == "bfloat16" else array
        contents.dtypes[name] = dtype
    contents.stored = tuple(left_out)
    return contents


def dump(model: Model, metadata: dict[str, str] | None = None) -> bytes:
    """The model as a safetensors file with PyTorch's key names."""
    tensors = state_dict.network(model)
    if model.h0 is not None:
        tensors["gru.h0"] = model.h0
    texts = {"format": "pt", **state_dict.metadata(model), **(metadata or {})}
    if model.vocabulary is not None:
        texts["vocabulary"] = state_dict.vocabulary(model.vocabulary)
    return serialize({k: np.ascontiguousarray(v) for k, v in tensors.items()}, texts)
