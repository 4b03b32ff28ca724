"""PyTorch checkpoints (.pt, .pth), without torch and without running what is inside.

Both of torch.save's layouts: the zip of PyTorch 1.6 and later (``data.pkl`` beside raw storages)
and the stream of pickles before it. Layout facts: torch/serialization.py.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import inert_pickle
from gru_debugger.formats.contents import Contents, bfloat16
from gru_debugger.formats.inert_pickle import StandIn, TensorRef

NAME = "PyTorch"

_LEGACY_MAGIC = (0x1950A86A20F9469CFC6C).to_bytes(10, "little")

# How far a checkpoint is searched, and how much bigger than the file its tensors may be together
# (they may share storages).
_LEVELS = 6
_VISITS = 100_000
_LONGEST_NAME = 200
_SHARING = 16


def claims(data: bytes) -> bool:
    if data[:2] == b"PK":
        return b"data.pkl" in data[:4096] or b"data.pkl" in data[-(1 << 20) :]
    # A pickle; the length in front of a safetensors file may begin so too, but ends in zeros.
    return data[:1] == b"\x80" and data[3:8] != bytes(5)


def read(data: bytes, path: Path) -> Contents:
    if data[:2] != b"PK" and _LEGACY_MAGIC not in data[:32]:
        raise ModelError(
            f"{path}: a pickle that torch.save did not write; it may run code and is not "
            "opened. Save the state_dict with torch.save."
        )
    try:
        root, storages = _read_zip(data) if data[:2] == b"PK" else _read_legacy(data)
        return _collect(root, storages, _SHARING * len(data))
    except Exception as fault:  # nothing in a hostile file may pass for a fault of the program
        raise ModelError(
            f"{path}: a PyTorch file that is cut short or damaged ({_one_line(fault)}); "
            "copy or save it again."
        ) from None


def _one_line(fault: BaseException) -> str:
    words = " ".join(str(fault).split())
    return words[:120] or type(fault).__name__


def _read_zip(data: bytes) -> tuple[Any, dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > len(data) + (1 << 20):
            raise ValueError("it unpacks to more than it holds; PyTorch does not compress")
        pickle_name = next(e.filename for e in entries if e.filename.endswith("data.pkl"))
        base = pickle_name.removesuffix("data.pkl")
        names = {entry.filename for entry in entries}
        if base + "byteorder" in names and archive.read(base + "byteorder") != b"little":
            raise ValueError("it was written on a big-endian machine")
        root, _ = inert_pickle.load(io.BytesIO(archive.read(pickle_name)))
        prefix = base + "data/"
        storages = {n.removeprefix(prefix): archive.read(n) for n in names if n.startswith(prefix)}
    return root, storages


def _read_legacy(data: bytes) -> tuple[Any, dict[str, bytes]]:
    stream = io.BytesIO(data)
    for _ in range(3):  # magic number, protocol, byte order and sizes
        inert_pickle.load(stream)
    root, declared = inert_pickle.load(stream)
    keys, _ = inert_pickle.load(stream)
    storages = {}
    for key in keys:
        count = int.from_bytes(stream.read(8), "little")
        storages[key] = stream.read(min(count * _stored(declared[key].dtype).itemsize, len(data)))
    return root, storages


def _stored(dtype: str) -> np.dtype[Any]:
    return np.dtype(np.uint16 if dtype == "bfloat16" else dtype)


def tensor(ref: TensorRef, storages: dict[str, bytes]) -> NDArray[Any]:
    """The array a `TensorRef` describes, every bound checked against the storage's bytes."""
    raw = storages[ref.storage.key]
    dtype = _stored(ref.storage.dtype)
    numel = len(raw) // dtype.itemsize
    count = math.prod(ref.size)
    last = ref.offset + sum((n - 1) * s for n, s in zip(ref.size, ref.stride, strict=True))
    if numel < ref.storage.numel or count > numel or (count and last >= numel):
        raise ValueError("a tensor reaches beyond its storage")
    flat = np.frombuffer(raw, dtype, numel)
    strides = tuple(s * dtype.itemsize for s in ref.stride)
    view = np.lib.stride_tricks.as_strided(
        flat[ref.offset :] if count else flat[:0], ref.size, strides, writeable=False
    )
    return bfloat16(view.copy()) if ref.storage.dtype == "bfloat16" else view.copy()


def _collect(root: Any, storages: dict[str, bytes], limit: int) -> Contents:
    """All tensors by dotted name; the other values by their last name, the outermost first."""
    contents = Contents({})
    for name, value in _walk(root):
        if isinstance(value, TensorRef):
            contents.tensors[name] = tensor(value, storages)
            contents.dtypes[name] = value.storage.dtype
            limit -= contents.tensors[name].nbytes
            if limit < 0:
                raise ValueError("its tensors together are far larger than the file")
        else:
            contents.extras.setdefault(name.rpartition(".")[2], value)
    told = contents.extras.get("metadata")  # as `convert` writes it
    if isinstance(told, dict):
        contents.metadata |= {k: v for k, v in told.items() if isinstance(v, str)}
    return contents


def _children(value: Any) -> list[tuple[str, Any]]:
    """What has a name inside a dict, an object, or a short list of the two."""
    if isinstance(value, (list, tuple)) and not isinstance(value, TensorRef):
        return [(str(i), v) for i, v in enumerate(value[:64]) if isinstance(v, (dict, StandIn))]
    if isinstance(value, StandIn):
        held = [value.attributes.get(h) for h in ("_parameters", "_buffers", "_modules")]
        own = {k: v for k, v in value.attributes.items() if not str(k).startswith("_")}
        named = [pair for d in (*held, own, value.entries) if isinstance(d, dict)
                 for pair in d.items()]  # fmt: skip
    else:
        named = list(value.items()) if isinstance(value, dict) else []
    return [
        (k, v)
        for k, v in named
        if isinstance(k, str) and len(k) <= _LONGEST_NAME and not isinstance(v, (int, float))
    ]


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Breadth first, so that outer names win; each container once, to a bounded depth."""
    queue: list[tuple[str, Any, int]] = [("", root, 0)]
    seen: set[int] = set()
    for name, value, depth in queue:
        yield name, _plain(value)
        if depth >= _LEVELS or id(value) in seen:
            continue
        seen.add(id(value))
        queue += [(f"{name}.{k}" if name else k, v, depth + 1) for k, v in _children(value)]
        if len(queue) > _VISITS:
            raise ValueError("it holds too many objects")


def _plain(value: Any) -> Any:
    """The dict or list in a stand-in for a class derived from one, such as defaultdict."""
    return (value.entries or value.elements or value) if isinstance(value, StandIn) else value
