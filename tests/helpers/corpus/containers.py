"""numpy and safetensors files that lie about their sizes or hold objects."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import torch
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
ENDLESS = "the name of a tensor has more than 1,000 characters; rename it"
file("tensors whose names fill the screen", ENDLESS, ".safetensors", lambda: named("a" * 100_000))
file("metadata that order a terminal", "reset is “", ".safetensors",
     lambda: named("a", reset=EVIL + "b" * 1_000_000))  # fmt: skip
file("metadata that forge name, hash and origin", "", ".safetensors",
     lambda: named("a", source_name=EVIL, source_sha256="0" * 64, source_framework=EVIL,
                   converted_from=json.dumps({"name": EVIL, "sha256": EVIL})))  # fmt: skip


# What would cost the program itself much, where the child's limits do not hold.
MANY = [str(i) for i in range(150_000)]


def crowd(count: int) -> bytes:
    """GRUs side by side, each of one unit and with other weights."""
    parts = {f"m{i}.a.{k}": array for i in range(count)
             for k, array in (("weight_ih_l0", torch.full((3, 2), float(i))),
                              ("weight_hh_l0", torch.zeros(3, 1)))}  # fmt: skip
    return save({**parts, **{f"m{i}.fc{i}.weight": torch.zeros(4, 1) for i in range(2000)}})


file("1.5 MB of symbols, the last one doubled", "its metadata: the vocabulary holds ",
     ".safetensors", lambda: named("a", vocabulary=json.dumps([*MANY, MANY[-1]])))  # fmt: skip
file("a symbol of a megabyte", "its metadata: symbol 1 of the vocabulary has 1,000,000 characters",
     ".safetensors", lambda: named("a", vocabulary=json.dumps(["a", "b" * 1_000_000])))  # fmt: skip
file("250 GRUs and 2000 output layers", "250 GRUs are inside", ".safetensors", lambda: crowd(250))
file("3000 GRUs", "3,000 recurrent layers are inside", ".safetensors", lambda: crowd(3000))
file("symbols, names and words of HTML", "", ".safetensors",
     lambda: named("<b>&x", vocabulary=json.dumps(["<img src='canary'>", "<s>", "&lt;"]),
                   text="<s>&lt;", description="<a href='canary'>"))  # fmt: skip


# Names that cost much where each beginning or each end of one is looked at.
file("a GRU 20,000 modules deep", ENDLESS, ".safetensors", lambda: named("a." * 20_000))
file("a GRU 480 modules deep", "", ".safetensors", lambda: named("a." * 480))


def odd(piece: str, end: str, length: int, count: int) -> bytes:
    """A network, and tensors whose names are one piece over and over."""
    names = [f"{i}{piece * (length // len(piece))}{end}" for i in range(count)]
    return save({**STATE, **{name: torch.zeros(1) for name in names}})


for piece, end in (("weight_ih_g", "!"), ("parametrizations.a.1.x", "\n!")):
    file(f"a name of {piece} 200,000 characters long", ENDLESS, ".safetensors",
         partial(odd, piece, end, 200_000, 1))  # fmt: skip
    file(f"1500 names of {piece}", "", ".safetensors", partial(odd, piece, end, 980, 1500))


def spelled(symbols: list[str], text: str) -> bytes:
    count = len(symbols)
    return save(
        {
            "gru.weight_ih_l0": torch.zeros(3, 1), "gru.weight_hh_l0": torch.zeros(3, 1),
            "embedding.weight": torch.zeros(count, 1), "fc.weight": torch.zeros(count, 1),
            "fc.bias": torch.zeros(count),
        },
        {"vocabulary": json.dumps(symbols), "text": text},
    )  # fmt: skip


ALIKE = [f"{'a' * 245}{i:05}" for i in range(4000)]
file("4000 symbols alike but for their ends", "", ".safetensors",
     lambda: spelled(["a", *ALIKE], "a" * 100_000))  # fmt: skip
file("symbols of 250 lengths that begin alike", "", ".safetensors",
     lambda: spelled(["a", *("a" * n + "b" for n in range(1, 251))], "a" * 100_000))  # fmt: skip


def long_crowd() -> bytes:
    """250 GRUs deep inside, each of which might have any of 3900 tables and all the symbols."""
    deep = "m." * 40
    parts = {f"{deep}g{i}x.{k}": array for i in range(250)
             for k, array in (("weight_ih_l0", torch.full((3, 2), float(i))),
                              ("weight_hh_l0", torch.zeros(3, 1)))}  # fmt: skip
    tables = {f"{deep * 3}embed{i}.hidden.x": torch.zeros(1, 1 + i % 2) for i in range(3900)}
    return save({**parts, **tables}, {"vocabulary": json.dumps(MANY)})


file("250 GRUs of long names, 3900 tables, 150,000 symbols", "250 GRUs are inside", ".safetensors",
     long_crowd)  # fmt: skip
