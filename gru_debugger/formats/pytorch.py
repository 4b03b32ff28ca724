"""PyTorch checkpoints (.pt, .pth), without torch and without running what is inside.

Both of torch.save's layouts: the zip of PyTorch 1.6 and later (``data.pkl`` beside raw storages)
and the stream of pickles before it. Layout facts: torch/serialization.py.
"""

from __future__ import annotations

import io
import math
import zipfile
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
_LEVELS = 6  # how deep a checkpoint is searched
_VISITS = 100_000


def claims(data: bytes) -> bool:
    if data[:2] == b"PK":
        return b"data.pkl" in data[:4096] or b"data.pkl" in data[-(1 << 20) :]
    return data[:1] == b"\x80"


def read(data: bytes, path: Path) -> Contents:
    try:
        if data[:2] == b"PK":
            root, storages = _read_zip(data)
        elif _LEGACY_MAGIC in data[:32]:
            root, storages = _read_legacy(data)
        else:
            raise ModelError(
                f"{path}: a pickle that torch.save did not write; it may run code and is not "
                "opened. Save the state_dict with torch.save."
            )
        contents = Contents({})
        _collect(root, contents, storages)
        return contents
    except (ValueError, KeyError, IndexError, OverflowError, zipfile.BadZipFile, NotImplementedError,
            RuntimeError, EOFError, zipfile.zlib.error) as fault:  # fmt: skip
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
        root = inert_pickle.load(io.BytesIO(archive.read(pickle_name)))
        prefix = base + "data/"
        storages = {n.removeprefix(prefix): archive.read(n) for n in names if n.startswith(prefix)}
    return root, storages


def _read_legacy(data: bytes) -> tuple[Any, dict[str, bytes]]:
    stream = io.BytesIO(data)
    for _ in range(3):  # magic number, protocol, byte order and sizes
        inert_pickle.load(stream)
    root = inert_pickle.load(stream)
    keys = inert_pickle.load(stream)
    sizes = _storage_sizes(root)
    storages = {}
    for key in keys:
        count = int.from_bytes(stream.read(8), "little")
        storages[key] = stream.read(min(count * sizes.get(key, 4), len(data)))
    return root, storages


def _storage_sizes(root: Any) -> dict[str, int]:
    contents: dict[str, TensorRef] = {}
    _walk(root, lambda name, value: contents.setdefault(name, value) if isinstance(value, TensorRef) else None)
    return {t.storage.key: _itemsize(t.storage.dtype) for t in contents.values()}


def _itemsize(dtype: str) -> int:
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def tensor(ref: TensorRef, storages: dict[str, bytes]) -> NDArray[Any]:
    """The array a `TensorRef` describes, every bound checked against the storage's bytes."""
    raw = storages[ref.storage.key]
    dtype = np.dtype(np.uint16 if ref.storage.dtype == "bfloat16" else ref.storage.dtype)
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


def _collect(root: Any, contents: Contents, storages: dict[str, bytes]) -> None:
    """All tensors by dotted name; the other values by their last name, the outermost first."""

    def visit(name: str, value: Any) -> None:
        if isinstance(value, TensorRef):
            contents.tensors[name] = tensor(value, storages)
            contents.dtypes[name] = value.storage.dtype
        elif name:
            contents.extras.setdefault(name.rpartition(".")[2], value)

    _walk(root, visit)


def _children(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, StandIn):
        attributes = value.attributes
        own: list[tuple[str, Any]] = []
        for holder in ("_parameters", "_buffers", "_modules"):
            held = attributes.get(holder)
            if isinstance(held, dict):
                own += [(k, v) for k, v in held.items() if isinstance(k, str)]
        return own + [(k, v) for k, v in attributes.items() if not k.startswith("_")]
    if isinstance(value, dict):
        return [(k, v) for k, v in value.items() if isinstance(k, str)]
    return []


def _walk(root: Any, visit: Any) -> None:
    """Breadth first, so that outer names win; each container once, to a bounded depth."""
    queue: list[tuple[str, Any, int]] = [("", root, 0)]
    seen: set[int] = set()
    for name, value, depth in queue:
        visit(name, value)
        children = _children(value)
        if depth >= _LEVELS or id(value) in seen or not children:
            continue
        seen.add(id(value))
        queue += [(f"{name}.{k}" if name else k, v, depth + 1) for k, v in children]
        if len(queue) > _VISITS:
            raise ValueError("it holds too many objects")
