"""Flax' and Equinox' files that lie, nest without end or hold objects; TorchScript's cut short."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import msgpack
import numpy as np
import torch

from corpus import CANARY, NETWORK, Payload, case, file

FLAX = "a Flax file that is cut short or damaged ("
EQUINOX = "an Equinox file that is cut short or damaged ("
FILES = Path(__file__).parents[2] / "formats" / "files"


def leaf(shape: list[int], data: bytes, dtype: str = "float32", kind: int = 1) -> bytes:
    """{"params": {"hn": {"kernel": an array as Flax packs it}}}"""
    packed = msgpack.packb((shape, dtype, data))
    return bytes(msgpack.packb({"params": {"hn": {"kernel": msgpack.ExtType(kind, packed)}}}))


file("Flax array of 4 TB", FLAX, ".msgpack", leaf([10**6, 10**6], bytes(16)))
file("Flax array of a type that is none", FLAX, ".msgpack", leaf([2], bytes(8), "object"))
file("Flax array of a negative shape", FLAX, ".msgpack", leaf([-2, -2], bytes(16)))
file("Flax extension that nobody knows", "no GRU inside", ".msgpack", leaf([2], bytes(8), kind=99))
file("Flax maps nested 100,000 deep", FLAX, ".msgpack", b"\x81\xa6params" * 100_000 + b"\xc0")
file("Flax map of 2³² keys", FLAX, ".msgpack", b"\xdf\xff\xff\xff\xff\xa6params\xc0")
file("Flax word of 2³² letters", FLAX, ".msgpack", b"\x81\xa6params\xdb\xff\xff\xff\xffabc")
file("Flax cut short", FLAX, ".msgpack", (FILES / "linen.msgpack").read_bytes()[:-100])


@case("Equinox array of objects", "“array 1” is an array of objects, which may run code")
def _objects(folder: Path) -> Path:
    with (folder / "model.eqx").open("wb") as out:
        out.write(b'{"hidden": 4}\n')
        np.save(out, np.zeros((12, 3), np.float32))
        np.save(out, np.array([Payload(folder / CANARY)], object))
    return folder / "model.eqx"


file("Equinox cut short", EQUINOX, ".eqx", (FILES / "equinox.eqx").read_bytes()[:-30])


def script() -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's that a better way than TorchScript is there
        torch.jit.save(torch.jit.script(NETWORK.gru), stream)
    return stream.getvalue()


file("TorchScript cut short", "a PyTorch file that is cut short or damaged (", ".pt",
     lambda: script()[:-300])  # fmt: skip
