"""LevelDB's tables and TensorFlow's entries in them, written for tests: true ones and others."""

from __future__ import annotations

from collections.abc import Sequence

MAGIC = 0xDB4775248B80FB57


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def header(files: int, endianness: int = 0) -> bytes:
    return field(1, files) + field(2, endianness)


def entry(
    dtype: int, shape: Sequence[int], offset: int = 0, size: int = 0, file: int = 0,
    parts: bool = False,
) -> bytes:  # fmt: skip
    """A BundleEntryProto."""
    sizes = b"".join(field(2, field(1, n)) for n in shape)
    slices = field(7, b"") if parts else b""
    return b"".join([field(1, dtype), field(2, sizes), field(3, file), field(4, offset),
                     field(5, size), slices])  # fmt: skip


def block(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    out, before = b"", b""
    for key, value in pairs:
        shared = next((n for n, (a, b) in enumerate(zip(before, key, strict=False)) if a != b),
                      min(len(before), len(key)))  # fmt: skip
        out += (
            varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        )
        before = key
    return out + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def table(pairs: dict[bytes, bytes], each: int = 16, compression: int = 0) -> bytes:
    """`each`: entries in a block."""
    data, places = b"", []

    def add(content: bytes) -> bytes:
        nonlocal data
        place = varint(len(data)) + varint(len(content))
        data += content + bytes([compression]) + bytes(4)
        return place

    ordered = sorted(pairs.items())
    for some in (ordered[n : n + each] for n in range(0, len(ordered), each)):
        places.append((some[-1][0], add(block(some))))
    ends = add(block([])) + add(block(places))
    return data + ends.ljust(40, b"\0") + MAGIC.to_bytes(8, "little")
