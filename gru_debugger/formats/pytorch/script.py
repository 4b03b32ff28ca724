"""What a TorchScript archive holds, and what its code does.

A scripted or traced module keeps its tensors by the names of its attributes, in ``data.pkl``. A
frozen one keeps them as constants without names: which is what stands in its code. The code is
read, and followed with signs in the place of numbers (`aten.scripts`). Layout facts:
torch/csrc/jit/docs/serialization.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.formats.aten import told
from gru_debugger.formats.aten.scripted import Network
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import layout
from gru_debugger.formats.pytorch.checkpoint import Collection

_WHAT = "TorchScript file"


def read(data: bytes, path: Path) -> Contents:
    with layout.damage_told(path, _WHAT):
        contents, network = parts(data, path)
        if network.known is None:
            told.unfollowed(contents, network.why)
        else:
            told.tell(contents, network.known, network.keys)
        return contents


def parts(data: bytes, path: Path) -> tuple[Contents, Network]:
    """What it holds, and the network that its code is. Raises ModelError."""
    with layout.damage_told(path, _WHAT):
        files = layout.unpack(data)
        found = Collection(layout.below("data/", files), len(data))
        root = layout.unpickle(files["data.pkl"])
        found.add_all(root)
        frozen = Collection(layout.below("constants/", files), len(data))
        constants = layout.unpickle(files["constants.pkl"]).root
        network = Network(files, root.root, constants, found, frozen)
        contents = found.result(path)
        for name, ref in network.named_constants().items():
            frozen.add(name, ref)
        contents.tensors |= frozen.contents.tensors
        contents.dtypes |= frozen.contents.dtypes
        contents.extras |= _extra_files(files)
        if constants and not any("weight_hh" in name for name in contents.tensors):
            raise ModelError(
                f"{path}: a frozen TorchScript module, in whose code no GRU is called by that "
                "name; save the module before torch.jit.freeze, or its state_dict."
            )
        return contents, network


def _extra_files(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What ``torch.jit.save(…, _extra_files={"vocab.json": …})`` put beside the module, if JSON."""
    found: dict[str, Any] = {}
    for name, text in layout.below("extra/", files).items():
        try:
            found[name.partition(".")[0]] = json.loads(text)
        except (ValueError, RecursionError):
            continue
    return found
