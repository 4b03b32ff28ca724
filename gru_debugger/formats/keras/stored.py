"""Which arrays of a Keras file belong together, to which layer, and the account of them all."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from gru_debugger.formats.keras import hdf5
from gru_debugger.formats.keras.layers import RECURRENT, Layer
from gru_debugger.formats.ledger import Tensor

Array = NDArray[Any]

_ROLES = ("kernel", "recurrent_kernel", "bias")
_KNOWN = {*_ROLES, "embeddings"}
_BASES = ("layers", "_layer_checkpoint_dependencies")


@dataclass
class Group:
    """A layer's arrays: `cells` by direction, kernel · recurrent_kernel · bias in each."""

    path: str
    name: str
    cells: dict[bool, dict[str, Array]] = field(default_factory=dict)
    plain: dict[str, Array] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)  # paths of arrays of a part that no layer here has

    def matrix(self) -> Array | None:
        """A table's rows, or a Dense layer's kernel."""
        found = self.plain.get("embeddings", self.plain.get("kernel"))
        return found if found is not None and found.ndim == 2 else None

    def weighs(self) -> bool:
        """Whether it is a layer with weights: not the seed of a random generator."""
        return not self.cells and any(array.dtype.kind == "f" for array in self.plain.values())


def groups(file: hdf5.Arrays, backward: Container[tuple[str, str]] = ()) -> list[Group]:
    """One a layer, in the model's order as far as the file tells it.

    `backward`: layers, and what those call the direction that they were given for the way back.
    """
    owners: dict[str, dict[str, Array]] = {}
    odd: dict[str, set[str]] = {}
    for path, array in file.arrays.items():
        owner, role = _role(path)
        arrays = owners.setdefault(owner, {})
        if role not in _KNOWN:
            odd.setdefault(owner, set()).add(path)
        arrays[role] = array
    found: dict[str, Group] = {}
    for owner, arrays in owners.items():
        layer, reverse = _layer_of(owner, "recurrent_kernel" in arrays, backward)
        name = file.names.get(f"{layer}/vars") or layer.rpartition("/")[2]
        group = found.setdefault(layer, Group(layer, name))
        group.odd |= odd.get(owner, set())
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


def in_order(file: hdf5.Arrays, found: list[Group]) -> bool:
    """Whether the file says it of the recurrent layers: not by the names of attributes."""
    recurrent = [group.path.partition("/")[0] for group in found if group.cells]
    return bool(file.order) or len(recurrent) < 2 or set(recurrent) <= set(_BASES)


def _role(path: str) -> tuple[str, str]:
    """Whose it is, and which part."""
    owner, _, last = path.rpartition("/")
    if last.isdecimal() and (owner == "vars" or owner.endswith("/vars")):
        owner = owner.removesuffix("vars").rstrip("/")
        last = _ROLES[int(last[:4])] if int(last[:4]) < 3 else last
        if not re.search(r"(^|/)cells?(/|$)", owner) and last == _ROLES[1]:
            last = "bias"  # a layer that is not recurrent has no second matrix
    return owner, last.removesuffix(":0")


def _layer_of(
    owner: str, recurrent: bool, backward: Container[tuple[str, str]]
) -> tuple[str, bool]:
    """The path of the layer that a cell, a direction or a wrapped layer belongs to."""
    parts = owner.split("/")
    if recurrent and len(parts) > 1 and re.fullmatch(r"cell|\w*gru_cell\w*|lstm_cell\w*|"
                                                     r"simple_rnn_cell\w*", parts[-1]):  # fmt: skip
        parts.pop()
    reverse = False
    if recurrent and len(parts) > 1 and parts[-1].startswith(("forward_", "backward_")):
        reverse = parts.pop().startswith("backward_")
    elif recurrent and any((part, parts[-1]) in backward for part in parts[:-1]):
        parts.pop()
        reverse = True
    return "/".join(parts), reverse


def placed(layers: Iterable[Layer], found: list[Group]) -> dict[Layer, Group]:
    """Each layer's arrays: Keras 3 numbers the classes; before it, groups have layers' names."""
    by_path: dict[str, Group] = {}
    by_name: dict[tuple[str, str], Group] = {}
    for group in found:
        parts = group.path.split("/")
        for end in range(1, len(parts) + 1):
            by_path.setdefault("/".join(parts[:end]), group)
        inside = parts[parts[0] == "model_weights" :]
        if inside:
            by_name.setdefault((inside[0], ""), group)
            by_name.setdefault((inside[0], inside[-1]), group)
    pairs = {}
    for layer in layers:
        nested = layer.names[-1] if len(layer.names) > 1 else ""
        paths = (by_path.get(_path(layer, base)) for base in _BASES)
        own = by_name.get((layer.names[0], nested)) or next(filter(None, paths), None)
        if own is not None:
            pairs[layer] = own
    return pairs


def _path(layer: Layer, base: str) -> str:
    return f"{base}/{layer.group.replace('/layers/', f'/{base}/')}"


def account(
    file: hdf5.Arrays, made: Mapping[str, Iterable[str]], layers: list[Layer], found: list[Group]
) -> tuple[Tensor, ...]:
    """Every tensor under its own name; `made`: what was made of each.

    What is of a layer that the configuration names is told with it; without one, of each group.
    """
    odd = {path for group in found for path in group.odd}
    whose = _Owners(layers, found)
    listed = [
        Tensor(path, array.shape, str(array.dtype), taken_as=tuple(made.get(path, ())),
               operation=whose.of(path, path in odd))
        for path, array in file.arrays.items()
    ]  # fmt: skip
    for path, (shape, dtype) in file.others.items():
        counts = dtype.startswith(("int", "uint", "bool")) and len(shape) < 2 and shape < (9,)
        owner = whose.of(path, True)
        listed.append(Tensor(path, shape, dtype, verdict="bookkeeping") if counts
                      else Tensor(path, shape, dtype, operation=owner))  # fmt: skip
    if file.optimizer:
        listed.append(Tensor("optimizer", verdict="optimizer"))
    return tuple(listed)


class _Owners:
    """Which layer an array is of, where that is told as a whole."""

    def __init__(self, layers: list[Layer], found: list[Group]) -> None:
        self._paths = {_path(layer, base): layer for layer in layers for base in _BASES}
        self._names = {layer.names[0]: layer for layer in layers}
        self._alone = {} if layers else {g.path: g for g in found if g.weighs()}

    def of(self, path: str, odd: bool) -> str:
        """Its name; "" where it is told by itself: of none, or a part that its kind has not."""
        parts = path.split("/")
        for end in range(len(parts) - 1, 0, -1):
            start = "/".join(parts[:end])
            if start in self._alone:
                return self._alone[start].name
            if start in self._paths:
                return self._named(self._paths[start], odd)
        inside = parts[parts[0] == "model_weights" :]
        layer = self._names.get(inside[0]) if inside else None
        return self._named(layer, odd) if layer else ""

    def _named(self, layer: Layer, odd: bool) -> str:
        plain = layer.kind in (*RECURRENT, "Embedding", "Dense") and layer.outer == layer.kind
        return "" if odd and plain else layer.names[-1]
