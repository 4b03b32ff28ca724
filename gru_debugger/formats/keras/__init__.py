"""Keras files, without Keras: .h5 of Keras 2 and 3, .keras, .weights.h5.

Gates stand z, r, h side by side in kernels (input, 3·units); here they become PyTorch's r, z, n,
one above the other. Where the file holds the model's configuration, it says which layers feed
which; a file of weights alone is read by its shapes. Layout facts: keras/src/saving.
"""

from __future__ import annotations

import itertools
import json
import operator
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import archive
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.formats.keras import activations, configuration, hdf5
from gru_debugger.formats.keras.configuration import Layer, Stack
from gru_debugger.formats.ledger import Operation
from gru_debugger.source import WEIGHTS_ALONE, Notice

NAME = "Keras"
SUFFIXES = (".keras", ".h5", ".hdf5")
LIBRARIES = ("h5py",)

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_WEIGHTS_ALONE = Notice(
    "note", WEIGHTS_ALONE, "between the layers",
    "the file holds weights alone; its activations are taken as sigmoid and tanh, its layers as "
    "one after another with nothing between, and none as go_backwards",
)  # fmt: skip
_RESET_UNKNOWN = Notice(
    "note", "reset_after", "the GRU",
    "the file does not say if reset_after was set; taken is Keras' default, after",
)  # fmt: skip
_ROLES = ("kernel", "recurrent_kernel", "bias")

Array = NDArray[Any]


@dataclass
class Group:
    """A layer's arrays: `cells` by direction, kernel · recurrent_kernel · bias in each."""

    path: str
    name: str
    cells: dict[bool, dict[str, Array]] = field(default_factory=dict)
    plain: dict[str, Array] = field(default_factory=dict)


def claims(data: bytes) -> bool:
    if data[:8] == _SIGNATURE:
        return True
    return archive.first_name(data) in ("metadata.json", "config.json", "model.weights.h5")


def read(data: bytes, path: Path) -> Contents:
    kind = "an HDF5 file" if data[:8] == _SIGNATURE else "a Keras file"
    try:
        file, config, version = _opened(data)
        return _contents(file, configuration.layers_of(config), version)
    except ImportError:
        raise ModelError(
            f"{path}: {kind}, and h5py, which reads it, is not installed; pip install h5py."
        ) from None
    except hdf5.RefusedError as fault:
        raise ModelError(f"{path}: {fault}") from None
    except (*archive.FAULTS, *hdf5.FAULTS) as fault:
        words = " ".join(str(fault).split()) or type(fault).__name__
        words = re.sub(r"^Unable to [\w ]+ \((.*)\)$", r"\1", words)[:120]  # as h5py has it
        raise ModelError(
            f"{path}: {kind} that is cut short or damaged ({words}); copy or save it again."
        ) from None


def _opened(data: bytes) -> tuple[hdf5.File, Any, str]:
    """The arrays, the configuration, None where there is none, and the version of Keras."""
    if data[:8] == _SIGNATURE:
        file = hdf5.File(data)
        config = json.loads(file.model_config) if file.model_config else None
        return file, config, file.keras_version
    entries = archive.entries(data)
    metadata = json.loads(entries.get("metadata.json", b"{}"))
    version = str(metadata.get("keras_version", "3")) if isinstance(metadata, dict) else "3"
    return hdf5.File(entries["model.weights.h5"]), json.loads(entries["config.json"]), version


def _contents(file: hdf5.File, layers: list[Layer], version: str) -> Contents:
    groups = _groups(file)
    placed = {layer.name: g for layer in layers if (g := _group_of(layer, groups)) is not None}
    stacks = [s for s in configuration.stacks(layers) if all(_held(x, placed) for x in s.layers)]
    contents = Contents({})
    if stacks:
        for stack in stacks:
            _add_stack(contents, stack, placed, version)
    else:
        _add_by_shape(contents, groups)
    if not contents.tensors:  # no recurrent layer: the message names what there is
        contents.tensors.update(file.arrays)
    return contents


def _held(layer: Layer, placed: dict[str, Group]) -> bool:
    return layer.name in placed and bool(placed[layer.name].cells)


# Which arrays belong together -------------------------------------------------------------------


def _groups(file: hdf5.File) -> list[Group]:
    """One a layer, in the model's order as far as the file tells it."""
    owners: dict[str, dict[str, Array]] = {}
    for path, array in file.arrays.items():
        owner, _, last = path.rpartition("/")
        if last.isdecimal() and (owner == "vars" or owner.endswith("/vars")):
            owner = owner.removesuffix("vars").rstrip("/")
            last = _ROLES[int(last[:4])] if int(last[:4]) < 3 else last
            if not re.search(r"(^|/)cells?(/|$)", owner) and last == _ROLES[1]:
                last = "bias"  # a layer that is not recurrent has no second matrix
        owners.setdefault(owner, {})[last.removesuffix(":0")] = array
    found: dict[str, Group] = {}
    for owner, arrays in owners.items():
        layer, reverse = _layer_of(owner, "recurrent_kernel" in arrays)
        name = file.names.get(f"{layer}/vars") or layer.rpartition("/")[2]
        group = found.setdefault(layer, Group(layer, name))
        if "recurrent_kernel" in arrays and reverse in group.cells:
            raise hdf5.RefusedError(
                f"“{group.name}” is an RNN layer of several cells, whose order is not in the file; "
                "make each a layer in Keras and save that."
            )
        if "recurrent_kernel" in arrays:
            group.cells[reverse] = arrays
        else:
            group.plain.update(arrays)
    order = {name: i for i, name in enumerate(file.order)}
    return sorted(found.values(), key=lambda g: (
        min((order[p] for p in g.path.split("/") if p in order), default=len(order)),
        [int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", g.path)],
    ))  # fmt: skip


def _layer_of(owner: str, recurrent: bool) -> tuple[str, bool]:
    """The path of the layer that a cell, a direction or a wrapped layer belongs to."""
    parts = owner.split("/")
    if recurrent and len(parts) > 1 and re.fullmatch(r"cell|\w*gru_cell\w*|lstm_cell\w*|"
                                                     r"simple_rnn_cell\w*", parts[-1]):  # fmt: skip
        parts.pop()
    reverse = False
    if recurrent and len(parts) > 1 and parts[-1].startswith(("forward_", "backward_")):
        reverse = parts.pop().startswith("backward_")
    return "/".join(parts), reverse


def _group_of(layer: Layer, groups: list[Group]) -> Group | None:
    """Keras 3 numbers the classes; before it, groups have the layers' names."""
    wanted = [f"{base}/{layer.group}" for base in ("layers", "_layer_checkpoint_dependencies")]
    for group in groups:
        inside = group.path.removeprefix("model_weights/").split("/")[0] == layer.name
        if inside or any(f"{group.path}/".startswith(f"{path}/") for path in wanted):
            return group
    return None


# With a configuration ---------------------------------------------------------------------------


def _add_stack(contents: Contents, stack: Stack, placed: dict[str, Group], version: str) -> None:
    prefix = f"{stack.layers[0].name}."
    cells = [placed[layer.name].cells for layer in stack.layers]
    told = Told(refusal=_refusal(stack.layers, cells), between=stack.between,
                notices=tuple(stack.notices))  # fmt: skip
    try:
        told.activations = [
            [activations.of_config(config, version).to_json()
             for config in (layer.config, layer.backward or layer.config)[: len(directions)]]
            for layer, directions in zip(stack.layers, cells, strict=True)
        ]  # fmt: skip
    except ValueError as fault:
        told.refusal = (
            told.refusal
            or f"{fault}, which this program does not compute; train it with sigmoid and tanh."
        )
    resets = {reset for layer, c in zip(stack.layers, cells, strict=True)
              if (reset := _reset(layer, c))}  # fmt: skip
    if len(resets) > 1:
        told.refusal = "its GRU layers differ in reset_after; train them with the same."
    told.reset = min(resets, default="after")
    for number, directions in enumerate(cells):
        _add_cells(contents, prefix, number, directions, stack.layers[0].go_backwards)
    if stack.embedding is not None and stack.embedding.name in placed:
        told.embedding = _add_embedding(contents, prefix, placed[stack.embedding.name])
    if stack.output is not None and stack.output.name in placed:
        told.output = _add_dense(contents, prefix, placed[stack.output.name])
    contents.told[prefix] = told


def _refusal(layers: list[Layer], cells: list[dict[bool, dict[str, Array]]]) -> str | None:
    """Why these layers can't be shown; None if they can."""
    if any("Cu" in layer.kind for layer in layers) or any(map(_of_cudnn, cells)):
        return ("a CuDNNGRU, whose weights lie in another order; load them into a GRU layer in "
                "Keras and save that.")  # fmt: skip
    if layers[0].kind != "GRU":
        return None
    for layer, backwards, directions in zip(layers, _ways(layers), cells, strict=True):
        if layer.merge != "concat":
            return (f"its layer “{layer.name}” joins both directions by merge_mode "
                    f"{layer.merge[:40]!r}, which this program shows by concat only; train it "
                    "with concat.")  # fmt: skip
        if backwards != layers[0].go_backwards or (backwards and len(directions) > 1):
            return (f"its layer “{layer.name}” reads in other directions than this program shows "
                    "(all of a GRU's layers forwards, all from the end, or all both ways), by "
                    "go_backwards; train it without.")  # fmt: skip
    return None


def _ways(layers: list[Layer]) -> list[bool]:
    """Whether each reads the text from its end: go_backwards turns the rows for those above too."""
    turns = (layer.go_backwards for layer in layers)
    return list(itertools.accumulate(turns, operator.ne))


def _of_cudnn(cells: dict[bool, dict[str, Array]]) -> bool:
    """One bias of 6H."""
    return any(
        "bias" in c and c["bias"].shape == (6 * c["recurrent_kernel"].shape[0],)
        for c in cells.values()
        if c["recurrent_kernel"].ndim == 2
    )


def _reset(layer: Layer | None, cells: dict[bool, dict[str, Array]]) -> str | None:
    """By the configuration; where there is none, by the bias' shape; None if neither says it."""
    biases = [c["bias"].ndim for c in cells.values() if "bias" in c]
    after = layer.config.get("reset_after") if layer else None
    shaped = {2: "after", 1: "before"}.get(biases[0]) if biases else None
    if not isinstance(after, bool):
        return shaped
    told = "after" if after else "before"
    if layer is not None and layer.kind == "GRU" and shaped not in (None, told):
        raise ValueError(f"the bias of “{layer.name}” contradicts its reset_after")
    return told


# Weights alone ----------------------------------------------------------------------------------


def _add_by_shape(contents: Contents, groups: list[Group]) -> None:
    """Recurrent layers in the file's order; the only embedding and the only output that fit."""
    embeddings = [g for g in groups if "embeddings" in g.plain or _is_embedding(g)]
    denses = [
        g for g in groups
        if not g.cells and g not in embeddings and "kernel" in g.plain
        and g.plain["kernel"].ndim == 2
    ]  # fmt: skip
    stacks: list[list[Group]] = []
    for group in (g for g in groups if g.cells):
        if stacks and len(embeddings) < 2 and _feeds(stacks[-1], group):
            stacks[-1].append(group)
        else:
            stacks.append([group])
    used: list[Group] = []
    widths = [_sizes(stack[-1])[1] * len(stack[-1].cells) for stack in stacks]
    scores = denses[0] if len(denses) == 1 else None
    rows = len(scores.plain["kernel"]) if scores else 0
    decoder = max((i for i, width in enumerate(widths) if width == rows), default=None)
    for index, stack in enumerate(stacks):
        prefix = f"{stack[0].name}."
        resets = {reset for g in stack if (reset := _reset(None, g.cells))}
        told = Told(reset=min(resets, default="after"))
        told.refusal = _refusal([Layer("", "", "", {}, None)], [g.cells for g in stack])
        told.notices = (_WEIGHTS_ALONE,) if resets else (_WEIGHTS_ALONE, _RESET_UNKNOWN)
        for number, group in enumerate(stack):
            _add_cells(contents, prefix, number, group.cells)
        own = embeddings[index : index + 1] if len(embeddings) == len(stacks) else embeddings[:1]
        if own and _matrix(own[0]).shape[1] == _sizes(stack[0])[0]:
            told.embedding = _add_embedding(contents, prefix, own[0])
            used.append(own[0])
        if scores is not None and index == decoder:  # of several, what the others encode for
            told.output = _add_dense(contents, prefix, scores)
            used.append(scores)
        contents.told[prefix] = told
    if beside := [g.name for g in groups if g.plain and g not in used and _weighs(g)]:
        contents.operations += tuple(Operation("", name) for name in beside)


def _weighs(group: Group) -> bool:
    """Whether it is a layer with weights: not the seed of a random generator."""
    return not group.cells and any(array.dtype.kind == "f" for array in group.plain.values())


def _is_embedding(group: Group) -> bool:
    return "embed" in group.path.lower() and not group.cells and set(group.plain) == {"kernel"}


def _matrix(group: Group) -> Array:
    found = group.plain.get("embeddings", group.plain.get("kernel"))
    assert found is not None
    return found if found.ndim == 2 else np.zeros((0, 0))


def _sizes(group: Group) -> tuple[int, int]:
    """Inputs and units."""
    cell = next(iter(group.cells.values()))
    if "kernel" not in cell or cell["kernel"].ndim != 2:
        raise ValueError(f"“{group.name}” has no kernel")
    return int(cell["kernel"].shape[0]), int(cell["recurrent_kernel"].shape[0])


def _feeds(stack: list[Group], group: Group) -> bool:
    (_, below), (inputs, units) = _sizes(stack[-1]), _sizes(group)
    same = len(stack[-1].cells) == len(group.cells) and below == units
    return same and inputs == below * len(group.cells)


# Arrays -----------------------------------------------------------------------------------------


def _add_cells(
    contents: Contents,
    prefix: str,
    number: int,
    cells: dict[bool, dict[str, Array]],
    backwards: bool = False,
) -> None:
    """Under PyTorch's names; an LSTM's too, so that the assembly can say that it is one."""
    for reverse, cell in cells.items():
        end = f"_l{number}{'_reverse' * (backwards or (reverse and False in cells))}"
        tensors = {"weight_hh": _rows(cell["recurrent_kernel"])}
        if "kernel" in cell:
            tensors["weight_ih"] = _rows(cell["kernel"])
        if "bias" in cell:
            bias = cell["bias"]
            both = bias if bias.ndim == 2 and len(bias) == 2 else np.stack([bias, 0 * bias])
            tensors["bias_ih"], tensors["bias_hh"] = (_rows(row) for row in both)
        contents.tensors |= {f"{prefix}{kind}{end}": array for kind, array in tensors.items()}


def _rows(columns: Array) -> Array:
    """Transposed, the gates from z, r, h to r, z, n."""
    rows = columns.T
    if len(rows) % 3:
        return rows
    z, r, n = np.split(rows, 3)
    return np.concatenate([r, z, n])


def _add_embedding(contents: Contents, prefix: str, group: Group) -> str:
    contents.tensors[f"{prefix}embedding.weight"] = _matrix(group)
    return f"{prefix}embedding.weight"


def _add_dense(contents: Contents, prefix: str, group: Group) -> str | None:
    if "kernel" not in group.plain or group.plain["kernel"].ndim != 2:
        return None
    contents.tensors[f"{prefix}output.weight"] = group.plain["kernel"].T
    if "bias" in group.plain:
        contents.tensors[f"{prefix}output.bias"] = group.plain["bias"]
    return f"{prefix}output.weight"
