"""PyTorch files that would run code, take memory, or were damaged."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from corpus import CANARY, STATE, Payload, case, file, plain_pickle, saved

DAMAGED = "a PyTorch file that is cut short or damaged ("
FOREIGN = "a pickle that torch.save did not write; it may run code and is not opened. Save its"


@case("payload in a PyTorch file", "")
def _payload(folder: Path) -> Path:
    torch.save({**STATE, "chars": "abc", "extra": Payload(folder / CANARY)}, folder / "model.pt")
    return folder / "model.pt"


@case("payload in a file before PyTorch 1.6", "")
def _payload_before(folder: Path) -> Path:
    path, content = folder / "model.pt", {**STATE, "extra": Payload(folder / CANARY)}
    torch.save(content, path, _use_new_zipfile_serialization=False)
    return path


@case("payload and no GRU", "no GRU inside (no weight_ih and weight_hh); its tensors are none, and "
      "it names os.mkdir, which was not run. Choose")
def _payload_alone(folder: Path) -> Path:
    torch.save(Payload(folder / CANARY), folder / "model.pt")
    return folder / "model.pt"


for _protocol in (0, 2, 5):
    case(f"plain pickle of protocol {_protocol}", FOREIGN)(plain_pickle(_protocol))


@case("pickled vocabulary beside it", "not a JSON vocabulary; a pickle may run code and is not")
def _vocabulary(folder: Path) -> Path:
    plain_pickle(2)(folder).rename(folder / "model.vocab.json")
    torch.save(STATE, folder / "model.pt")
    return folder / "model.pt"


def archive(pickled: bytes, storages: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A file laid out as torch.save does."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", how) as file:
        file.writestr("model/data.pkl", pickled)
        file.writestr("model/byteorder", "little")
        for key, data in storages.items():
            file.writestr(f"model/data/{key}", data)
    return stream.getvalue()


def tensor(offset: str, size: str, stride: str, count: str = "K\x0a") -> bytes:
    """A pickle of {"w": tensor of storage 0}, its numbers as pickle opcodes."""
    storage = f"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu{count}tQ"
    built = f"ctorch._utils\n_rebuild_tensor_v2\n{storage}{offset}{size}{stride}\x89}}tR"
    return b"\x80\x02}X\x01\0\0\0w" + built.encode("latin-1") + b"s."


STORAGE = {"0": bytes(40)}
NUMBERS = {
    "stride 0, a thousand million elements": ("K\0", "J\0\xca\x9a;\x85", "K\0\x85"),
    "a matrix of 10¹² elements": ("K\0", "J@B\x0f\0J@B\x0f\0\x86", "K\0K\0\x86"),
    "offset beyond the storage": ("K\x09", "K\x03\x85", "K\x01\x85"),
    "negative stride": ("K\x09", "K\x0a\x85", "J\xff\xff\xff\xff\x85"),
    "storage of 2⁶² numbers": ("K\0", "K\x03\x85", "K\x01\x85", "\x8a\x08\0\0\0\0\0\0\0@"),
}  # fmt: skip
for _name, _numbers in NUMBERS.items():
    file(_name, DAMAGED, ".pt", archive(tensor(*_numbers), STORAGE))


def bomb() -> bytes:
    return archive(b"\x80\x02}.", {"0": bytes(200 << 20)}, zipfile.ZIP_DEFLATED)


def lying_entry() -> bytes:
    """A deflated entry of 100 MB whose directory says 40 bytes."""
    data = bytearray(archive(b"\x80\x02}.", {"0": bytes(100 << 20)}, zipfile.ZIP_DEFLATED))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = data.rfind(signature)
        data[where + at : where + at + 4] = struct.pack("<I", 40)
    return bytes(data)


def many_tensors() -> bytes:
    """A thousand tensors, each all of one storage of 2 MB."""
    one = tensor("K\0", "J\x20\xa1\x07\0\x85", "K\x01\x85", "J\x20\xa1\x07\0")[7:-2]
    names = b"".join(b"X\x04\0\0\0w%03d" % i + one[1:] + b"s" for i in range(1000))
    return archive(b"\x80\x02}" + names + b".", {"0": bytes(2_000_000)})


def legacy(count: int) -> bytes:
    """A file before 1.6 whose storage declares `count` numbers, and holds none."""
    data = saved({"w": torch.zeros(3)}, new=False)
    return data[:-20] + struct.pack("<q", count) + data[-12:]


DEEP = b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."
HASHED_FOR_EVER = b"\x80\x02}" + b")" + b"2\x86" * 60 + b"Ns."

file("deflated bomb of 200 MB", DAMAGED, ".pt", bomb)
file("an entry that lies about its size", DAMAGED, ".pt", lying_entry)
file("a thousand tensors of one storage", DAMAGED, ".pt", many_tensors)
file("lists nested 100,000 deep", "no GRU inside", ".pt", archive(DEEP, {}))
file("a key that is hashed for ever", DAMAGED, ".pt", archive(HASHED_FOR_EVER, {}))
file(
    "bytes that declare 2⁶³", DAMAGED, ".pt", archive(b"\x80\x05\x96" + b"\xff" * 7 + b"\x7f.", {})
)
file("extension registry", DAMAGED, ".pt", archive(b"\x80\x02\x82\x01.", {}))
file("old storage of 2⁶² numbers", "no GRU inside", ".pt", lambda: legacy(1 << 62))

WHOLE, OLD = saved(STATE), saved(STATE, new=False)
for _part in (0.02, 0.3, 0.7, 0.999):
    file(f"zip cut at {_part:.1%}", DAMAGED, ".pt", WHOLE[: int(_part * len(WHOLE))])
    file(f"old file cut at {_part:.1%}", DAMAGED, ".pt", OLD[: int(_part * len(OLD))])


def of_no_floats() -> Any:
    return {k: w.to(torch.int32) for k, w in STATE.items()}


file("whole numbers only", "no GRU inside", ".pt", lambda: saved(of_no_floats()))
