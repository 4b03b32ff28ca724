"""Equinox' .eqx: one numpy array after another, in the order of the module's fields, unnamed.

A line of JSON, the hyperparameters, may stand before them. A GRUCell's arrays are known by their
shapes: (3H, in), (3H, H), and with bias (3H,), (H,). Source: equinox/_serialisation.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.formats import npy
from gru_debugger.formats.contents import Contents
from gru_debugger.source import Notice

NAME = "Equinox"
SUFFIXES = (".eqx",)

_LONGEST_LINE = 1 << 20
_LEAVES = 5_000
_COUNTS = 16
_NAMELESS = Notice(
    "note", "names", "the arrays",
    "the file holds no names: they are given here, by the arrays' shapes and order",
)  # fmt: skip
_PARTS = ("weight_ih", "weight_hh", "bias", "bias_n")

Leaves = list[npy.Record]


def claims(data: bytes) -> bool:
    """More than one array, or a JSON object before an array."""
    if data.startswith(npy.MAGIC):
        return data.find(npy.MAGIC, len(npy.MAGIC)) > 0
    return data.startswith(b"{") and _first(data) > 0


def _first(data: bytes) -> int:
    """Where the first array begins; -1 if nowhere."""
    end = data.find(b"\n", 0, _LONGEST_LINE)
    return end + 1 if end > 0 and data.startswith(npy.MAGIC, end + 1) else -1


def read(data: bytes, path: Path) -> Contents:
    contents = Contents({}, convention=NAME, notices=(_NAMELESS,))
    with npy.damaged(path, "an Equinox file"):
        at = 0
        if not data.startswith(npy.MAGIC):
            at = _first(data)
            contents.extras = _hyperparameters(data[: at - 1])
        leaves: Leaves = []
        while at < len(data):
            if len(leaves) == _LEAVES:
                raise ValueError("it holds too many arrays")
            leaves.append(npy.read(data, f"array {len(leaves)}", path, at))
            at = leaves[-1].end
    leaves = _model_alone(leaves)
    cells = _apart(_cells(leaves, True) or _cells(leaves, False), path)
    _name_cells(contents, leaves, cells)
    _name_others(contents, leaves, cells)
    return contents


def _hyperparameters(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError("its first line is not a JSON object")
    return found


def _model_alone(leaves: Leaves) -> Leaves:
    """Without an optimizer's state behind it: a count, then arrays of the same shapes again."""
    counts = [i for i, x in enumerate(leaves) if x.array.ndim == 0 and x.array.dtype.kind in "iu"]
    for at in counts[:_COUNTS]:
        own, rest = ([leaf.array.shape for leaf in part if leaf.array.ndim]
                     for part in (leaves[:at], leaves[at:]))  # fmt: skip
        if own and rest and rest == own * (len(rest) // len(own)):
            return leaves[:at]
    return leaves


def _cells(leaves: Leaves, bias: bool) -> dict[int, int]:
    """Where a GRU cell (or an LSTM's, which is then refused) begins -> how many arrays it has."""
    found = {}
    for i in range(len(leaves) - 1):
        shapes = [leaf.array.shape for leaf in leaves[i : i + 4]]
        rows, hidden = shapes[1] if len(shapes[1]) == 2 else (0, 0)
        gates = rows // hidden if hidden else 0
        matrices = len(shapes[0]) == 2 and shapes[0][0] == rows == gates * hidden
        biases = {3: [(rows,), (hidden,)], 4: [(rows,)]}.get(gates) if matrices else None
        if biases is not None and bias and shapes[2 : 2 + len(biases)] == biases:
            found[i] = 2 + len(biases)
        elif biases is not None and not bias and shapes[2:3] != [(rows,)]:
            found[i] = 2
    return found


def _apart(found: dict[int, int], path: Path) -> dict[int, int]:
    """Those that do not overlap: the second matrix of one and the first of the next are no cell."""
    cells: dict[int, int] = {}
    end = 0
    for start, count in found.items():
        if start >= end:
            cells[start] = count
            end = start + count
    if any(start not in cells and start + 1 not in cells for start in found):
        raise ModelError(
            f"{path}: an Equinox file has no names, and by its shapes this one's GRU could begin "
            "at more than one place; save the arrays with their names, with numpy.savez."
        )
    return cells


def _name_cells(contents: Contents, leaves: Leaves, cells: dict[int, int]) -> None:
    """Cells that follow one another are numbered together, as the layers of one GRU are."""
    group = number = 0
    end = None
    for start, count in cells.items():
        group, number = (group, number + 1) if start == end else (group + 1, 0)
        end = start + count
        for part, leaf in zip(_PARTS, leaves[start:end], strict=False):
            _add(contents, f"gru{'' if group == 1 else group}.cells.{number}.{part}", leaf)


def _name_others(contents: Contents, leaves: Leaves, cells: dict[int, int]) -> None:
    """A matrix with a bias behind it is a Linear; one that gives what a cell reads an Embedding."""
    taken = {i for start, count in cells.items() for i in range(start, start + count)}
    first = min(taken, default=0)
    inputs, units = ({leaves[i + part].array.shape[1] for i in cells} for part in (0, 1))
    for i, leaf in enumerate(leaves):
        if i in taken:
            continue
        after = leaves[i + 1].array if i + 1 < len(leaves) and i + 1 not in taken else None
        linear = after is not None and after.shape == leaf.array.shape[:1]
        if leaf.array.ndim == 2:
            given = inputs if i < first else inputs - units
            name = "linear" if linear or leaf.array.shape[1] not in given else "embedding"
            _add(contents, f"{name}_{i}.weight", leaf)
            if linear:
                taken.add(i + 1)
                _add(contents, f"{name}_{i}.bias", leaves[i + 1])
        else:
            _add(contents, f"array_{i}", leaf)


def _add(contents: Contents, name: str, leaf: npy.Record) -> None:
    contents.tensors[name] = leaf.array
    contents.dtypes[name] = leaf.dtype
