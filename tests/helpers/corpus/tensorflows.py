"""Checkpoints of TensorFlow's whose index lies, or whose numbers are elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tables import block, entry, field, header, table, varint

from corpus import case

DAMAGED = "a TensorFlow checkpoint that is cut short or damaged ("
DATA = "model.data-00000-of-00001"
GRAPH = b"_CHECKPOINTABLE_OBJECT_GRAPH"
KERNEL = b"gru/cell/recurrent_kernel/.ATTRIBUTES/VARIABLE_VALUE"


def write(folder: Path, index: bytes, data: bytes | None = bytes(1000)) -> Path:
    (folder / "model.index").write_bytes(index)
    if data is not None:
        (folder / DATA).write_bytes(data)
    return folder / "model.index"


def checkpoint(pairs: dict[bytes, bytes]) -> Callable[[Path], Path]:
    return lambda folder: write(folder, table({b"": header(1), **pairs}))


@case("a checkpoint of an endless device", f"its weights are in “{DATA}”, which is a link; copy")
def _device(folder: Path) -> Path:
    os.symlink("/dev/zero", folder / DATA)
    return write(folder, table({b"": header(1)}), None)


@case("a checkpoint of a pipe", f"its weights are in “{DATA}”, which is not there; copy all of")
def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / DATA)
    return write(folder, table({b"": header(1)}), None)


@case("a checkpoint of a hole of 5 GB", f"of its files “{DATA}”: 5,368,709,120 bytes is more than")
def _hole(folder: Path) -> Path:
    with (folder / DATA).open("wb") as out:
        out.truncate(5 << 30)
    return write(folder, table({b"": header(1)}), None)


case("a checkpoint that declares 4 TB", f"{DAMAGED}a variable is not as large as declared")(
    checkpoint({KERNEL: entry(1, (1 << 20, 1 << 20), 0, 1000)})
)
case("a checkpoint of endless names", f"{DAMAGED}it has too many ")(
    lambda folder: write(folder, table({b"%07d" % n: b"" for n in range(25_000)}, each=1000))
)
case("a checkpoint whose graph is a million objects", f"{DAMAGED}it has too many parts")(
    lambda folder: write(
        folder,
        table({b"": header(1), KERNEL: entry(1, (4, 12), 0, 192),
               GRAPH: entry(7, (), 0, 4_000_008)}),
        varint(4_000_000) + bytes(4) + field(1, b"\x12\x00") * 1_000_000,
    )
)  # fmt: skip


@case("a checkpoint whose blocks are each its own index", DAMAGED)
def _itself(folder: Path) -> Path:
    content = block([(b"a", varint(0) + varint(20))])
    place = varint(0) + varint(len(content))
    ends = (place + place).ljust(40, b"\0") + table({})[-8:]
    return write(folder, content + bytes(5) + ends)
