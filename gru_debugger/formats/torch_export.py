"""torch.export archives (.pt2): the weights by name, in the layouts of PyTorch 2.2 and later.

Layout facts: torch/export/pt2_archive/_package.py, torch/_export/serde/schema.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.formats import pytorch
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import functions, layout
from gru_debugger.formats.pytorch.checkpoint import Collection
from gru_debugger.formats.pytorch.inert_values import StorageRef, TensorRef, whole

NAME = "torch.export"
SUFFIXES = (".pt2",)

_DTYPES = {1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32",
           8: "float64", 10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16"}  # fmt: skip

# A state_dict as torch.save writes it, inside the archive: before PyTorch 2.7, and up to 2.9.
_STATE_DICT = re.compile(r"serialized_state_dict\.pt|data/weights/[^/]+\.pt")
_GRAPH = re.compile(r"models/[^/]+\.json|serialized_exported_program\.json")
_CONFIG = re.compile(r"data/weights/[^/]+_weights_config\.json")


def claims(data: bytes) -> bool:
    return layout.kind(data) == "export"


def read(data: bytes, path: Path) -> Contents:
    with layout.damage_told(path, "torch.export file"):
        files = layout.unpack(data)
        contents = Contents({})
        for name in filter(_STATE_DICT.fullmatch, files):
            pickle, storages = pytorch.read_zip(files[name])
            found = Collection(storages, len(data))
            found.add_all(pickle)
            _merge(contents, found.result(path))
        found = Collection(layout.below("data/weights/", files), len(data))
        for name in filter(_CONFIG.fullmatch, files):
            for tensor, entry in json.loads(files[name])["config"].items():
                _add(found, tensor, entry)
        _merge(contents, found.result(path))
        graphs = [text for name, text in files.items() if _GRAPH.fullmatch(name)]
        if any(b"torch.ops.aten.gru." in graph for graph in graphs):  # and not its parts
            contents.operations += functions.beside_the_layers(graphs)
        if not contents.tensors:
            raise ModelError(
                f"{path}: a PyTorch archive (.pt2) without weights that lie open, as AOTInductor "
                "compiles them; save the model's state_dict with torch.save."
            )
        return contents


def _merge(contents: Contents, more: Contents) -> None:
    contents.tensors |= more.tensors
    contents.dtypes |= more.dtypes


def _add(found: Collection, name: str, entry: Mapping[str, Any]) -> None:
    meta = entry["tensor_meta"]
    dtype = _DTYPES.get(meta["dtype"])
    if entry["use_pickle"] or dtype is None:
        found.unreadable[name] = "is a tensor of an unusual kind; make an ordinary one of it"
        return
    sizes, strides = (tuple(whole(n["as_int"]) for n in meta[key]) for key in ("sizes", "strides"))
    storage = StorageRef(entry["path_name"], dtype, 0)
    found.add(name, TensorRef(storage, whole(meta["storage_offset"]["as_int"]), sizes, strides))
