"""safetensors files, read and written; PyTorch's names inside, vocabulary in the metadata."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import save as serialize

from gru_debugger.core.activations import USUAL
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import suffix
from gru_debugger.errors import ModelError
from gru_debugger.formats.contents import Contents, bfloat16

NAME = "safetensors"

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
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    except (safetensors.SafetensorError, ValueError, RecursionError) as fault:
        raise ModelError(
            f"{path}: a safetensors file that is cut short or damaged ({fault}); "
            "copy or save it again."
        ) from None
    contents = Contents({}, metadata)
    for name, entry in entries:
        dtype = _DTYPES.get(entry["dtype"])
        if dtype is None:
            continue  # a type no GRU weight has; the assembly says what it misses
        stored = np.uint16 if dtype == "bfloat16" else np.dtype(dtype)
        array = np.frombuffer(entry["data"], stored).reshape(entry["shape"])
        contents.tensors[name] = bfloat16(array) if dtype == "bfloat16" else array
        contents.dtypes[name] = dtype
    return contents


def dump(model: Model, metadata: dict[str, str] | None = None) -> bytes:
    """The model as a safetensors file with PyTorch's key names."""
    tensors = {}
    for layer, cells in enumerate(model.layers):
        for reverse, cell in enumerate(cells):
            end = suffix(layer, bool(reverse))
            tensors[f"gru.weight_ih{end}"] = cell.weight_ih
            tensors[f"gru.weight_hh{end}"] = cell.weight_hh
            if model.bias:
                tensors[f"gru.bias_ih{end}"] = cell.bias_ih
                tensors[f"gru.bias_hh{end}"] = cell.bias_hh
    if model.embedding is not None:
        tensors["embedding.weight"] = model.embedding
    if model.output is not None:
        tensors["fc.weight"] = model.output.weight
        tensors["fc.bias"] = model.output.bias
    texts = {"format": "pt", "reset": model.reset, **(metadata or {})}
    if model.h0 is not None:
        tensors["gru.h0"] = model.h0
        texts["initial_state"] = "gru.h0"
    functions = model.activations_to_json()
    if functions != USUAL.to_json():
        texts["activations"] = json.dumps(functions)
    if model.vocabulary is not None:
        texts["vocabulary"] = json.dumps(list(model.vocabulary), ensure_ascii=False)
    if model.example is not None:
        example = model.example
        texts |= {"text": example.text, "step": str(example.step), "unit": str(example.unit)}
    return serialize({k: np.ascontiguousarray(v) for k, v in tensors.items()}, texts)
