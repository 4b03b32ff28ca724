"""HDF5 files from strangers: plain arrays of numbers, each bounded before it is read.

Nothing outside the file is looked at: links to other names or files, external and virtual
datasets are refused, and of the filters only gzip and shuffle are undone, here and not by the
library, which would unpack a bomb before looking at its size.
"""

from __future__ import annotations

import importlib
import io
import itertools
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_OBJECTS = 20_000
_LEVELS = 24
_RATIO = 8
_SMALL = 16 << 20
_FILTERS = {1: "gzip", 2: "shuffle"}  # by their registered numbers

FAULTS = (OSError, RuntimeError, ValueError, KeyError, IndexError, TypeError, AttributeError,
          OverflowError, MemoryError, NotImplementedError, zlib.error)  # fmt: skip
_ONE_FILE = "; save the model in one file, as Keras does."


class RefusedError(Exception):
    """What the file holds is well-formed, and not opened; the message says what it is."""


@dataclass
class Arrays:
    """`arrays`: path -> floating-point array; `others`: path -> shape and type of what is none, or
    of more than two dimensions, and not read; `optimizer`: whether there is one's; `names`: path
    of a group -> its attribute `name`; `order`: the layers' names as the model has them.
    """

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    others: dict[str, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    optimizer: bool = False
    names: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


class File(Arrays):
    """`model_config`: JSON, or ""; `keras_version`: of Keras that wrote it, or "" where there is
    none.

    h5py is imported here: who opens no HDF5 file needs neither it nor the time. Raises
    ImportError without it, RefusedError, or one of `FAULTS`.
    """

    def __init__(self, data: bytes) -> None:
        self._h5py: Any = importlib.import_module("h5py")
        self._size = len(data)
        self._left = _RATIO * len(data) + _SMALL
        super().__init__()
        with self._h5py.File(io.BytesIO(data), "r") as file:
            self.model_config = self._text(file, "model_config")
            self.keras_version = self._text(file, "keras_version")
            for path, item in self._walk(file):
                if isinstance(item, self._h5py.Dataset):
                    self._add(path, item)
                elif isinstance(item, self._h5py.Group):
                    self.names[path] = self._text(item, "name")
                    if path in ("", "model_weights"):
                        self.order += self._words(item, "layer_names")

    def _walk(self, root: Any) -> Iterator[tuple[str, Any]]:
        """Groups and datasets by path, in the file's order; optimizers are passed over."""
        stack: list[tuple[str, Any, int]] = [("", root, 0)]
        for _ in range(_OBJECTS):
            if not stack:
                return
            path, item, depth = stack.pop()
            yield path, item
            if isinstance(item, self._h5py.Group):
                if depth == _LEVELS:
                    raise ValueError("its groups are nested too deep")
                children = reversed(list(self._children(item, depth == 0)))
                stack += [(f"{path}/{name}" if path else name, child, depth + 1)
                          for name, child in children]  # fmt: skip
        raise ValueError("it holds too many objects")

    def _children(self, group: Any, root: bool) -> Iterator[tuple[str, Any]]:
        for name in itertools.islice(group, _OBJECTS):
            link = group.get(name, getlink=True)
            if not isinstance(link, self._h5py.HardLink):
                external = isinstance(link, self._h5py.ExternalLink)
                kind = "an external" if external else "a soft"
                raise RefusedError(f"“{name}” is {kind} link, which is not followed{_ONE_FILE}")
            if root and name in ("optimizer", "optimizer_weights"):
                self.optimizer = True
            else:
                yield name, group[name]

    def _text(self, item: Any, name: str) -> str:
        """An attribute that is one string; "" if it is none or larger than the file."""
        if name not in item.attrs:
            return ""
        attribute = item.attrs.get_id(name)
        kind = self._h5py.check_string_dtype(attribute.dtype)
        if attribute.shape != () or kind is None or (kind.length or 0) > self._size:
            return ""
        value = item.attrs[name]
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)

    def _words(self, item: Any, name: str) -> list[str]:
        """An attribute that is a list of strings; [] if it is none or larger than the file."""
        if name not in item.attrs:
            return []
        attribute = item.attrs.get_id(name)
        size = math.prod(attribute.shape or ()) * attribute.dtype.itemsize
        if len(attribute.shape) != 1 or attribute.dtype.kind not in "SO" or size > self._size:
            return []
        return [w.decode("utf-8") if isinstance(w, bytes) else str(w) for w in item.attrs[name]]

    def _add(self, path: str, dataset: Any) -> None:
        if dataset.dtype.kind != "f" or dataset.shape is None or dataset.ndim > 2:
            self.others[path] = dataset.shape or (), str(dataset.dtype)
            return
        plist = dataset.id.get_create_plist()
        if dataset.is_virtual or plist.get_external_count():
            raise RefusedError(
                f"“{path}” keeps its numbers in another file, which is not opened{_ONE_FILE}"
            )
        filters = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
        if not set(filters) <= _FILTERS.keys():
            raise RefusedError(
                f"“{path}” is compressed by other means than gzip, and not opened{_ONE_FILE}"
            )
        self._left -= dataset.nbytes
        stored = dataset.id.get_storage_size()
        if self._left < 0 or stored > self._size or (not filters and stored < dataset.nbytes):
            raise ValueError("an array is not as large as declared")
        chunked = dataset.chunks is not None
        self.arrays[path] = self._chunked(dataset, filters) if chunked else dataset[()]

    def _chunked(self, dataset: Any, filters: list[int]) -> NDArray[Any]:
        chunk, dtype = dataset.chunks, dataset.dtype
        bytes_each = math.prod(chunk) * dtype.itemsize
        count = dataset.id.get_num_chunks()
        if bytes_each > _RATIO * self._size + _SMALL or count > _OBJECTS:
            raise ValueError("its chunks are not as large as declared")
        array = np.full(dataset.shape, dataset.fillvalue, dtype)
        for index in range(count):
            info = dataset.id.get_chunk_info(index)
            if info.size > self._size:
                raise ValueError("a chunk is larger than the file")
            mask, raw = dataset.id.read_direct_chunk(info.chunk_offset)
            used = [f for i, f in enumerate(filters) if not mask >> i & 1]
            block = _unpacked(raw, used, dtype, bytes_each).reshape(chunk)
            place = tuple(slice(at, at + n) for at, n in zip(info.chunk_offset, chunk, strict=True))
            target = array[place]
            target[...] = block[tuple(slice(n) for n in target.shape)]
        return array


def _unpacked(raw: bytes, filters: list[int], dtype: Any, size: int) -> NDArray[Any]:
    """A chunk's numbers: the filters undone, the last one first."""
    for kind in reversed(filters):
        if _FILTERS[kind] == "gzip":
            raw = zlib.decompressobj().decompress(raw, size + 1)
        else:
            raw = np.frombuffer(raw, np.uint8).reshape(dtype.itemsize, -1).T.tobytes()
        if len(raw) != size:
            raise ValueError("a chunk is not as large as declared")
    return np.frombuffer(raw, dtype)
