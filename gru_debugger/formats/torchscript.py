"""TorchScript archives (torch.jit.save), of which nothing is run.

A scripted or traced module keeps its tensors by the names of its attributes, in ``data.pkl``. A
frozen one keeps them as constants without names: which is what stands in its code, where
``torch.gru(…, [CONSTANTS.c1, …])`` is read, not called. Layout facts:
torch/csrc/jit/docs/serialization.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import functions, layout, script_code
from gru_debugger.formats.pytorch.checkpoint import Collection
from gru_debugger.formats.pytorch.inert_values import TensorRef

NAME = "TorchScript"
SUFFIXES = (".pt", ".ptl")


def claims(data: bytes) -> bool:
    return layout.kind(data) == "TorchScript"


def read(data: bytes, path: Path) -> Contents:
    with layout.damage_told(path, "TorchScript file"):
        files = layout.unpack(data)
        found = Collection(layout.below("data/", files), len(data))
        found.add_all(layout.unpickle(files["data.pkl"]))
        frozen = Collection(layout.below("constants/", files), len(data))
        constants = layout.unpickle(files["constants.pkl"]).root
        for name, (index, turned) in script_code.named_constants(files).items():
            ref = constants[index] if index < len(constants) else None
            if isinstance(ref, TensorRef):
                frozen.add(name, _turned(ref) if turned else ref)
        contents = found.result(path)
        contents.tensors |= frozen.contents.tensors
        contents.dtypes |= frozen.contents.dtypes
        contents.extras |= _extra_files(files)
        contents.operations += functions.beside_the_layers(
            text for name, text in files.items()
            if name.startswith("code/") and not name.startswith("code/__torch__/torch/")
        )  # fmt: skip
        if constants and not any("weight_hh" in name for name in contents.tensors):
            raise ModelError(
                f"{path}: a frozen TorchScript module, in whose code no GRU is called by that "
                "name; save the module before torch.jit.freeze, or its state_dict."
            )
        return contents


def _turned(ref: TensorRef) -> TensorRef:
    return ref._replace(size=ref.size[::-1], stride=ref.stride[::-1])


def _extra_files(files: dict[str, bytes]) -> dict[str, Any]:
    """What ``torch.jit.save(…, _extra_files={"vocab.json": …})`` put beside the module, if JSON."""
    found: dict[str, Any] = {}
    for name, text in layout.below("extra/", files).items():
        try:
            found[name.partition(".")[0]] = json.loads(text)
        except (ValueError, RecursionError):
            continue
    return found
