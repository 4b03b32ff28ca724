"""numpy and safetensors files that lie about their sizes or hold objects."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
from safetensors.torch import save

from corpus import CANARY, STATE, Payload, case, file

NPZ = "a numpy .npz file that is cut short or damaged ("
TENSORS = "a safetensors file that is cut short or damaged ("


def npz(header: bytes, data: bytes = b"", how: int = zipfile.ZIP_STORED) -> bytes:
    """One array with a header of our choosing."""
    magic = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        archive.writestr("weight_ih_l0.npy", magic + data)
    return stream.getvalue()


def header(shape: str, descr: str = "'<f4'") -> bytes:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()


@case("object array that would run code", "“weight_ih_l0” is an array of objects, which may run")
def _objects(folder: Path) -> Path:
    array = np.array([Payload(folder / CANARY)], object)
    np.savez(folder / "model.npz", weight_ih_l0=array)
    return folder / "model.npz"


CALL = f"(__import__('os').mkdir({CANARY!r}),)"
CUT = io.BytesIO()
np.savez(CUT, **{k: w.numpy() for k, w in STATE.items()})

file("npz that declares 4 TB", NPZ, ".npz", npz(header("(1000000, 1000000)")))
file("npz of a negative shape", NPZ, ".npz", npz(header("(-4, -4)"), bytes(64)))
file("npz whose header calls a function", NPZ, ".npz", npz(header(CALL)))
file("npz of nested brackets", NPZ, ".npz", npz(b"(" * 5000))
file("npz of a type that does not exist", NPZ, ".npz", npz(header("(1,)", "'<q99'"), bytes(8)))
file("npz bomb of 200 MB", NPZ, ".npz",
     lambda: npz(header("(52428800,)"), bytes(200 << 20), zipfile.ZIP_DEFLATED))  # fmt: skip
file("npz cut short", NPZ, ".npz", CUT.getvalue()[:-200])
file("npz whose entries leave the folder", "no GRU inside", ".npz",
     lambda: npz(header("(1,)"), bytes(4)).replace(b"weight_ih_l0", b"../../canary"))  # fmt: skip


def tensors(head: object, data: bytes = b"") -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + data


def one(shape: list[int], end: int) -> dict[str, object]:
    return {"gru.weight_ih_l0": {"dtype": "F32", "shape": shape, "data_offsets": [0, end]}}


GOOD = save(STATE)
file(
    "safetensors header of 99 MB",
    TENSORS,
    ".safetensors",
    struct.pack("<Q", 99_000_000) + b"{" * 99,
)
file(
    "safetensors that declare 4 TB",
    TENSORS,
    ".safetensors",
    tensors(one([10**6, 10**6], 4 * 10**12)),
)
file(
    "safetensors whose shape overflows",
    TENSORS,
    ".safetensors",
    tensors(one([2**62, 4], 16), bytes(16)),
)
file("safetensors beyond the file", TENSORS, ".safetensors", tensors(one([4], 16), bytes(4)))
file("safetensors of nested JSON", TENSORS, ".safetensors", tensors(b'{"a":' + b"[" * 200_000))
file("safetensors cut short", TENSORS, ".safetensors", GOOD[:-100])
file("safetensors cut in the header", TENSORS, ".safetensors", GOOD[:200])


# Names that a terminal would obey, that forge a line of ours, that fill the screen.
EVIL = "\x1b[2J\x1b]0;owned\x07\nall is well\u2028\x9b31m\u202e\x7f"


def named(name: str, **metadata: str) -> bytes:
    return save({f"{name}.{key}": value for key, value in STATE.items()}, metadata)


file("tensors named by orders to a terminal", "no GRU inside", ".safetensors", lambda: named(EVIL))
file("tensors whose names fill the screen", "", ".safetensors", lambda: named("a" * 100_000))
file("metadata that order a terminal", "reset is “", ".safetensors",
     lambda: named("a", reset=EVIL + "b" * 1_000_000))  # fmt: skip
file("metadata that forge name, hash and origin", "", ".safetensors",
     lambda: named("a", source_name=EVIL, source_sha256="0" * 64, source_framework=EVIL,
                   converted_from=json.dumps({"name": EVIL, "sha256": EVIL})))  # fmt: skip
