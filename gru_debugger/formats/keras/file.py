"""What a Keras file holds, by PyTorch's names.

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
from gru_debugger.formats.keras import SIGNATURE, activations, hdf5, stored, ways
from gru_debugger.formats.keras.layers import Layer
from gru_debugger.formats.keras.network import Network, network_of
from gru_debugger.formats.keras.stored import Group
from gru_debugger.formats.keras.ways import Stack
from gru_debugger.formats.ledger import Operation
from gru_debugger.source import WEIGHTS_ALONE, Notice

_WEIGHTS_ALONE = Notice(
    "note", WEIGHTS_ALONE, "between the layers",
    "the file holds weights alone; its activations are taken as sigmoid and tanh, its layers as "
    "one after another with nothing between, and none as go_backwards",
)  # fmt: skip
_RESET_UNKNOWN = Notice(
    "note", "reset_after", "the GRU",
    "the file does not say if reset_after was set; taken is Keras' default, after",
)  # fmt: skip
Array = NDArray[Any]


def read(data: bytes, path: Path) -> Contents:
    kind = "an HDF5 file" if data[:8] == SIGNATURE else "a Keras file"
    try:
        file, config, version = _opened(data)
        return contents_of(file, network_of(config), version)
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
    if data[:8] == SIGNATURE:
        file = hdf5.File(data)
        config = json.loads(file.model_config) if file.model_config else None
        return file, config, file.keras_version
    entries = archive.entries(data)
    metadata = json.loads(entries.get("metadata.json", b"{}"))
    version = str(metadata.get("keras_version", "3")) if isinstance(metadata, dict) else "3"
    return hdf5.File(entries["model.weights.h5"]), json.loads(entries["config.json"]), version


@dataclass
class _Reading:
    """What is made of a file's arrays; `made` by their paths."""

    file: hdf5.Arrays
    contents: Contents = field(default_factory=lambda: Contents({}))
    made: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._paths = {id(array): path for path, array in self.file.arrays.items()}

    def add(self, name: str, array: Array, source: Array) -> None:
        """`source`: the array of the file that it was made of."""
        self.contents.tensors[name] = array
        self.made.setdefault(self._paths[id(source)], []).append(name)


def contents_of(
    file: hdf5.Arrays, network: Network | None = None, version: str = ""
) -> Contents:
    """Of weights alone, where there is no network. Raises ValueError or `hdf5.RefusedError`."""
    network = network or Network()
    layers = network.layers()
    groups = stored.groups(file, {layer.reversed for layer in layers if layer.backward})
    placed = stored.placed(layers, groups)
    reading = _Reading(file)
    contents = reading.contents
    stacks = ways.stacks(network, {layer: _held(group) for layer, group in placed.items()})
    for stack in stacks:
        _add_stack(reading, stack, placed, version)
    if not stacks:
        contents.operations += tuple(ways.loose(network))
        _add_by_shape(reading, groups, stored.in_order(file, groups))
    if not contents.tensors:  # no recurrent layer: the message names what there is
        contents.tensors.update(file.arrays)
    contents.stored = stored.account(file, reading.made, layers, groups)
    return contents


def _held(group: Group) -> frozenset[str]:
    there = {"cells": bool(group.cells), "matrix": group.matrix() is not None}
    return frozenset(part for part, held in there.items() if held)


# With a configuration ---------------------------------------------------------------------------


def _add_stack(reading: _Reading, stack: Stack, placed: dict[Layer, Group], version: str) -> None:
    contents = reading.contents
    prefix = f"{_own_name(stack.layers[0], contents)}."
    cells = [placed[layer].cells for layer in stack.layers]
    told = Told(refusal=_refusal(stack.layers, cells), between=stack.between,
                notices=tuple(stack.notices), operations=tuple(stack.operations))  # fmt: skip
    try:
        told.activations = [
            [activations.of_config(config, version).to_json()
             for config in map(layer.of_direction, sorted(directions))]
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
        _add_cells(reading, prefix, number, directions, stack.layers[0].go_backwards)
    if stack.embedding is not None:
        told.embedding = _add_embedding(reading, prefix, placed[stack.embedding])
    if stack.output is not None:
        told.output = _add_dense(reading, prefix, placed[stack.output])
    contents.told[prefix] = told


def _own_name(layer: Layer, contents: Contents) -> str:
    """With those of the models around it where another has it too."""
    taken = f"{layer.name}." in contents.told
    return "/".join(layer.names) if taken else layer.name


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
    found = {reset for reverse, cell in cells.items()
             if (reset := _reset_of(layer, reverse, cell))}  # fmt: skip
    if len(found) > 1:
        raise hdf5.RefusedError(
            "the two directions of a GRU differ in reset_after; train them with the same."
        )
    return min(found, default=None)


def _reset_of(layer: Layer | None, reverse: bool, cell: dict[str, Array]) -> str | None:
    """Keras before 2.1.5, whose configurations do not say, had the reset gate before alone."""
    shaped = {2: "after", 1: "before"}.get(cell["bias"].ndim) if "bias" in cell else None
    after = layer.of_direction(reverse).get("reset_after") if layer else None
    if not isinstance(after, bool):
        return shaped or ("before" if layer is not None and layer.kind == "GRU" else None)
    told = "after" if after else "before"
    if layer is not None and layer.kind == "GRU" and shaped not in (None, told):
        raise ValueError(f"the bias of “{layer.name}” contradicts its reset_after")
    return told


# Weights alone ----------------------------------------------------------------------------------


def _add_by_shape(reading: _Reading, groups: list[Group], ordered: bool) -> None:
    """Recurrent layers in the file's order, each alone where it has none; the only embedding and
    the only output that fit.
    """
    contents = reading.contents
    embeddings = [g for g in groups if "embeddings" in g.plain or _is_embedding(g)]
    denses = [
        g for g in groups
        if not g.cells and g not in embeddings and "kernel" in g.plain
        and g.plain["kernel"].ndim == 2
    ]  # fmt: skip
    stacks: list[list[Group]] = []
    for group in (g for g in groups if g.cells):
        if ordered and stacks and len(embeddings) < 2 and _feeds(stacks[-1], group):
            stacks[-1].append(group)
        else:
            stacks.append([group])
    used: list[Group] = []
    widths = [_width(stack[-1]) for stack in stacks]
    scores = denses[0] if len(denses) == 1 else None
    rows = len(scores.plain["kernel"]) if scores else 0
    read = [i for i, width in enumerate(widths) if width == rows]
    decoder = read[-1] if read and (ordered or len(read) == 1) else None
    for index, stack in enumerate(stacks):
        prefix = f"{stack[0].name}."
        resets = {reset for g in stack if (reset := _reset(None, g.cells))}
        told = Told(reset=min(resets, default="after"))
        told.refusal = _refusal([Layer((), "", "", {})], [g.cells for g in stack])
        told.notices = (_WEIGHTS_ALONE,) if resets else (_WEIGHTS_ALONE, _RESET_UNKNOWN)
        for number, group in enumerate(stack):
            _add_cells(reading, prefix, number, group.cells)
        own = embeddings[index : index + 1] if len(embeddings) == len(stacks) else embeddings[:1]
        inputs = _sizes(stack[0])[0]
        others = [] if len(embeddings) > 1 else stacks[:index] if ordered else \
            [other for other in stacks if other is not stack]  # fmt: skip
        told.between = _between([g for *_, g in others if _width(g) == inputs], ordered)
        table = own[0].matrix() if own and told.between is None else None
        if table is not None and table.shape[1] == inputs:
            told.embedding = _add_embedding(reading, prefix, own[0])
            used.append(own[0])
        if scores is not None and index == decoder:  # of several, what the others encode for
            told.output = _add_dense(reading, prefix, scores)
            used.append(scores)
        contents.told[prefix] = told
    if beside := [g.name for g in groups if g.plain and g not in used and g.weighs()]:
        contents.operations += tuple(Operation("", name) for name in beside)


def _is_embedding(group: Group) -> bool:
    return "embed" in group.path.lower() and not group.cells and set(group.plain) == {"kernel"}


def _sizes(group: Group) -> tuple[int, int]:
    """Inputs and units."""
    cell = next(iter(group.cells.values()))
    if "kernel" not in cell or cell["kernel"].ndim != 2:
        raise ValueError(f"“{group.name}” has no kernel")
    return int(cell["kernel"].shape[0]), int(cell["recurrent_kernel"].shape[0])


def _width(group: Group) -> int:
    """Of its states, in all directions."""
    return _sizes(group)[1] * len(group.cells)


def _between(below: list[Group], ordered: bool) -> str | None:
    """Of a GRU, where the states of others are as wide as its x."""
    if not below:
        return None
    name = f"“{below[-1].name}”"
    if ordered:
        return f"before the GRU stands {name}, whose states are as wide as its x"
    words = f"the file does not say if the GRU reads the states of {name}"
    return f"{words}, which are as wide as its x"


def _feeds(stack: list[Group], group: Group) -> bool:
    (_, below), (inputs, units) = _sizes(stack[-1]), _sizes(group)
    same = len(stack[-1].cells) == len(group.cells) and below == units
    resets = {_reset(None, stack[-1].cells), _reset(None, group.cells)} - {None}
    return same and inputs == below * len(group.cells) and len(resets) < 2


# Arrays -----------------------------------------------------------------------------------------


def _add_cells(
    reading: _Reading,
    prefix: str,
    number: int,
    cells: dict[bool, dict[str, Array]],
    backwards: bool = False,
) -> None:
    """Under PyTorch's names; an LSTM's too, so that the assembly can say that it is one."""
    for reverse, cell in cells.items():
        end = f"_l{number}{'_reverse' * (backwards or (reverse and False in cells))}"
        for kind, role in (("weight_hh", "recurrent_kernel"), ("weight_ih", "kernel")):
            if role in cell:
                reading.add(f"{prefix}{kind}{end}", _rows(cell[role]), cell[role])
        if "bias" in cell:
            bias = cell["bias"]
            both = bias if bias.ndim == 2 and len(bias) == 2 else np.stack([bias, 0 * bias])
            for kind, row in zip(("bias_ih", "bias_hh"), both, strict=True):
                reading.add(f"{prefix}{kind}{end}", _rows(row), bias)


def _rows(columns: Array) -> Array:
    """Transposed, the gates from z, r, h to r, z, n."""
    rows = columns.T
    if len(rows) % 3:
        return rows
    z, r, n = np.split(rows, 3)
    return np.concatenate([r, z, n])


def _add_embedding(reading: _Reading, prefix: str, group: Group) -> str | None:
    table, name = group.matrix(), f"{prefix}embedding.weight"
    if table is None:
        return None
    reading.add(name, table, table)
    return name


def _add_dense(reading: _Reading, prefix: str, group: Group) -> str | None:
    kernel, name = group.matrix(), f"{prefix}output.weight"
    if kernel is None:
        return None
    reading.add(name, kernel.T, kernel)
    if "bias" in group.plain:
        reading.add(f"{prefix}output.bias", group.plain["bias"], group.plain["bias"])
    return name
