"""What a torch.export archive holds: weights by name, in the layouts of PyTorch 2.2 and later.

Layout facts: torch/export/pt2_archive/_package.py, torch/_export/serde/schema.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.formats.aten import exported, told
from gru_debugger.formats.aten.values import Unfollowed
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import file as checkpoints
from gru_debugger.formats.pytorch import layout
from gru_debugger.formats.pytorch.checkpoint import Collection
from gru_debugger.formats.pytorch.inert_values import StorageRef, TensorRef, whole

_DTYPES = {1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32",
           8: "float64", 10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16"}  # fmt: skip

# A state_dict as torch.save writes it, inside the archive: before PyTorch 2.7, and up to 2.9.
_STATE_DICT = re.compile(r"serialized_state_dict\.pt|data/weights/[^/]+\.pt")
_LARGEST_GRAPH = 1 << 22  # bytes of JSON, which takes some twenty times as much once it is read
_GRAPH = re.compile(r"models/[^/]+\.json|serialized_exported_program\.json")



def read(data: bytes, path: Path) -> Contents:
    with layout.damage_told(path, "torch.export file"):
        files = layout.unpack(data)
        contents = Contents({})
        for name in filter(_STATE_DICT.fullmatch, files):
            pickle, storages = checkpoints.read_zip(files[name])
            found = Collection(storages, len(data))
            found.add_all(pickle)
            _merge(contents, found.result(path))
        _merge(contents, _configured(files, "weights", len(data)).result(path))
        if not contents.tensors:
            raise ModelError(
                f"{path}: a PyTorch archive (.pt2) without weights that lie open, as AOTInductor "
                "compiles them; save the model's state_dict with torch.save."
            )
        for text in (files[name] for name in files if _GRAPH.fullmatch(name)):
            graph = json.loads(text) if len(text) <= _LARGEST_GRAPH else None
            _follow(contents, graph, _configured(files, "constants", len(data)))
        return contents


def _follow(contents: Contents, graph: Mapping[str, Any] | None, constants: Collection) -> None:
    """Tell what the graph does with what is stored; not of one without a graph.

    None: it is too large to be followed.
    """
    if graph is None:
        told.unfollowed(contents, "its graph is too large")
        return
    if "graph_module" not in graph:
        return
    try:
        network = exported.Network(graph, contents.tensors, constants.contents.tensors)
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"its graph has no {fault}") from None
    except Unfollowed as fault:
        told.unfollowed(contents, str(fault))
        return
    if network.known is None:
        told.unfollowed(contents, network.why)
    else:
        told.tell(contents, network.known, network.keys)


def _configured(files: Mapping[str, bytes], what: str, size: int) -> Collection:
    """The tensors that a list of JSON places in files beside it."""
    found = Collection(layout.below(f"data/{what}/", files), size)
    for name in files:
        if re.fullmatch(rf"data/{what}/[^/]+_{what}_config\.json", name):
            for tensor, entry in json.loads(files[name])["config"].items():
                _add(found, tensor, entry)
    return found


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
