"""What a PyTorch checkpoint holds.

Both of torch.save's layouts: the zip of PyTorch 1.6 and later (``data.pkl`` beside raw storages)
and the stream of pickles before it. Layout facts: torch/serialization.py.
"""

from __future__ import annotations

import io
from pathlib import Path

from gru_debugger.errors import ModelError
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import inert_pickle, layout
from gru_debugger.formats.pytorch.checkpoint import Collection, stored
from gru_debugger.formats.pytorch.inert_pickle import Pickle
from gru_debugger.formats.unclaimed import DISTRIBUTED, PICKLE

_LEGACY_MAGIC = (0x1950A86A20F9469CFC6C).to_bytes(10, "little")

_DISTRIBUTED = b"torch.distributed.checkpoint.metadata"
_REFUSALS = {
    "distributed": DISTRIBUTED,
    "package": "a torch.package archive, which holds Python code and is not opened; load it in "
               "PyTorch and save the model's state_dict with torch.save.",
    "old TorchScript": "a TorchScript archive of PyTorch 1.2 or older; load it with torch.jit.load "
                       "in a newer PyTorch and save it again.",
}  # fmt: skip


def read(data: bytes, path: Path) -> Contents:
    refusal = _REFUSALS.get(layout.kind(data) or "")
    if data[:2] != b"PK" and _LEGACY_MAGIC not in data[:32]:
        refusal = DISTRIBUTED if _DISTRIBUTED in data[:100] else PICKLE
    if refusal:
        raise ModelError(f"{path}: {refusal}")
    with layout.damage_told(path, "PyTorch file"):
        pickle, storages = read_zip(data) if data[:2] == b"PK" else _read_legacy(data)
        found = Collection(storages, len(data))
        found.add_all(pickle)
        return found.result(path)


def read_zip(data: bytes) -> tuple[Pickle, dict[str, bytes]]:
    """What the archive's pickle describes, and its storages by key."""
    files = layout.unpack(data)
    name = next(name for name in files if name.endswith("data.pkl"))
    storages = layout.below(name.removesuffix("data.pkl") + "data/", files)
    return layout.unpickle(files[name]), storages


def _read_legacy(data: bytes) -> tuple[Pickle, dict[str, bytes]]:
    stream = io.BytesIO(data)
    for _ in range(3):  # magic number, protocol, byte order and sizes
        inert_pickle.load(stream)
    pickle = inert_pickle.load(stream)
    storages = {}
    for key in inert_pickle.load(stream).root:
        width = stored(pickle.storages[key].dtype).itemsize
        count = int.from_bytes(stream.read(8), "little")
        storages[key] = stream.read(min(count * width, len(data)))
    return pickle, storages
