"""LevelDB's table file, as TensorFlow uses it: a sorted map of strings.

Source: tensorflow/core/lib/io/format.h, block.cc, table_builder.cc. At the end stands where the
index is, which is a block as those of the entries are: each key takes over the beginning of the one
before.
"""

from __future__ import annotations

from collections.abc import Iterator

from gru_debugger.formats.protobuf import varint

MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")

_FOOTER = 48
_TRAILER = 5  # behind a block: how it is compressed, and a check sum
_LONGEST_KEY = 4096
_MOST = 20_000  # entries


def entries(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """All keys with their values. Raises ValueError where the bytes are no such table."""
    view = memoryview(data)
    if len(data) < _FOOTER or data[-8:] != MAGIC:
        raise ValueError("it does not end as a table does")
    at = len(data) - _FOOTER
    for _ in range(2):  # where the block of meta data is, which TensorFlow leaves empty
        _, at = varint(view, at)
    left = _MOST
    for _, handle in _block(view, *_place(view, at)):
        for entry in _block(view, *_place(handle, 0)):
            left -= 1
            if left < 0:
                raise ValueError("it has too many entries")
            yield entry


def _place(view: memoryview, at: int) -> tuple[int, int]:
    """Where a block begins, and its size."""
    offset, at = varint(view, at)
    size, _ = varint(view, at)
    return offset, size


def _block(view: memoryview, offset: int, size: int) -> Iterator[tuple[bytes, memoryview]]:
    if offset + size + _TRAILER > len(view):
        raise ValueError("a block reaches beyond its end")
    if view[offset + size]:
        raise ValueError("it is compressed")
    block = view[offset : offset + size]
    restarts = int.from_bytes(block[-4:], "little")  # places where a key is whole
    end = size - 4 * (restarts + 1)
    if size < 4 or end < 0:
        raise ValueError("a block is too short")
    at, key = 0, b""
    while at < end:
        shared, at = varint(block, at)
        own, at = varint(block, at)
        length, at = varint(block, at)
        if shared > len(key) or shared + own > _LONGEST_KEY or at + own + length > end:
            raise ValueError("an entry is longer than its block")
        key = key[:shared] + bytes(block[at : at + own])
        at += own
        yield key, block[at : at + length]
        at += length
