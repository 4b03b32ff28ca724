"""Other frameworks' names and layouts of a GRU's weights, brought to PyTorch's.

A container (safetensors, npz, msgpack) keeps names and arrays and does not say whose they are. A
convention is recognised by what it calls the parts of one cell, after any prefix, and every
container has all conventions. Sources: flax/linen/recurrent.py, flax/nnx/nn/recurrent.py,
equinox/nn/_rnn.py, mlx/nn/layers/recurrent.py, burn-nn/src/modules/rnn/gru.rs,
tensorflow/python/keras/layers/legacy_rnn/rnn_cell_impl.py. Candle uses PyTorch's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.quantities import suffix
from gru_debugger.errors import ModelError
from gru_debugger.formats.assembly import directions
from gru_debugger.formats.assembly.directions import FoundCell
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.ledger import Tensor, Verdict
from gru_debugger.numerals import dimensions
from gru_debugger.source import Notice

Array = NDArray[Any]

_RESET_UNKNOWN = (
    "the file does not say if reset_after was set; taken is Burn's default, after, unless the "
    "metadata say reset: before"
)
_OPTIMIZER = re.compile(r"(^|\.)(opt_state|optimizer)\.")


@dataclass(frozen=True)
class Convention:
    """What a framework calls the parts of one cell: one name a gate, in the order r, z, n, or
    fewer where they are stacked in that order; "" where it has no such bias.

    Without `weight_hh`, `weight_ih` acts on x and h joined. `transposed`: matrices are (in, out).
    `marks`: without these names it is PyTorch's. `reset` is None where the weights don't say.
    """

    name: str
    weight_ih: tuple[str, ...]
    weight_hh: tuple[str, ...]
    bias_ih: tuple[str, ...]
    bias_hh: tuple[str, ...] = ()
    transposed: bool = False
    marks: tuple[str, ...] = ()
    reset: str | None = "after"

    @cached_property
    def needed(self) -> tuple[str, ...]:
        return (*self.weight_ih, *self.weight_hh, *self.marks)

    @cached_property
    def parts(self) -> frozenset[str]:
        return frozenset((*self.needed, *self.bias_ih, *self.bias_hh)) - {""}


def _each(pattern: str, gates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern.format(gate) for gate in gates)


def _linen(*gates: str) -> Convention:
    return Convention(
        "Flax linen", _each("i{}.kernel", gates), _each("h{}.kernel", gates),
        _each("i{}.bias", gates), _each("h{}.bias", gates), transposed=True,
    )  # fmt: skip


_BURN = ("reset", "update", "new")

CONVENTIONS = (
    _linen("r", "z", "n"),
    _linen("i", "f", "g", "o"),  # an LSTM, of which the assembly says that it is none
    Convention(
        "Flax nnx", ("dense_i.kernel",), ("dense_h.kernel",), ("dense_i.bias",), ("dense_h.bias",),
        transposed=True,
    ),
    Convention(
        "Equinox", ("weight_ih",), ("weight_hh",), ("bias",), ("", "", "bias_n"), marks=("bias_n",)
    ),
    Convention("MLX", ("Wx",), ("Wh",), ("b",), ("", "", "bhn")),
    Convention(
        "Burn",
        _each("{}_gate.input_transform.weight", _BURN),
        _each("{}_gate.hidden_transform.weight", _BURN),
        _each("{}_gate.input_transform.bias", _BURN),
        _each("{}_gate.hidden_transform.bias", _BURN),
        transposed=True, reset=None,
    ),
    Convention(
        "TensorFlow GRUCell", ("gates.kernel", "candidate.kernel"), (),
        ("gates.bias", "candidate.bias"), transposed=True, reset="before",
    ),
)  # fmt: skip


def to_pytorch(contents: Contents, file: Path) -> Contents:
    """The same under PyTorch's names and in its layout; unchanged where no other is recognised,
    or where the file itself tells what its tensors are.

    Raises ModelError: the parts of a cell do not fit each other.
    """
    names = {name: path for name in contents.tensors if not _OPTIMIZER.search(path := _path(name))}
    found = [] if contents.told else _cells(names, contents, file)
    if not found:
        return contents
    convention = found[0][0]
    tensors, dtypes, origins = _others(names, [cell for _, cell in found], contents, convention)
    readers = {a.shape[1] for name, a in tensors.items() if a.ndim == 2 and "embed" not in name}
    named, doubts = directions.pair([cell for _, cell in found], readers)
    for prefix, layer in named.items():
        for reverse, cell in enumerate(layer):
            for kind, array in cell.weights.items():
                name = f"{prefix}{kind}{suffix(0, bool(reverse))}"
                tensors[name] = array
                for stored in cell.names:
                    origins.setdefault(stored, []).append(name)
                dtypes[name] = contents.dtypes.get(cell.names[0], str(array.dtype))
    if convention.reset is None and "reset" not in contents.metadata:
        doubts.append(_RESET_UNKNOWN)
    return replace(
        contents, tensors=tensors, dtypes=dtypes, convention=convention.name,
        stored=(*contents.stored, *_stored(contents, origins)),
        metadata={"reset": convention.reset or "after", **contents.metadata},
        notices=(*contents.notices, *(Notice("note", "names", "the GRU", d) for d in doubts)),
    )  # fmt: skip


def _stored(contents: Contents, origins: Mapping[str, list[str]]) -> Iterator[Tensor]:
    """The file's own tensors, and what each has become; an optimizer's are left out."""
    for name, array in contents.tensors.items():
        dtype = contents.dtypes.get(name, str(array.dtype))
        made = tuple(origins.get(name, ()))
        verdict: Verdict = "told" if made else "optimizer"
        yield Tensor(name, array.shape, dtype, verdict=verdict, taken_as=made)


def framework(contents: Contents, container: str) -> str:
    """``Flax linen`` in its own files, ``Flax linen (safetensors)`` in others'."""
    name = contents.convention
    return f"{name} ({container})" if name and not name.startswith(container) else name or container


def _path(name: str) -> str:
    """``a.0.b`` of ``a/0/b``, ``['a'][0]['b']`` (as jax.tree_util.keystr has it), ``a/0/b:0``."""
    dotted = re.sub(r"\[['\"]?([^\[\]'\"]*)['\"]?\]", r".\1", name).replace("/", ".").strip(".")
    return re.sub(r"^(params\.)+|\.(raw_)?value$|:0$", "", dotted)


def _cells(
    names: Mapping[str, str], contents: Contents, file: Path
) -> list[tuple[Convention, FoundCell]]:
    """Every cell whose parts are all there."""
    groups: dict[tuple[int, str], dict[str, str]] = {}
    for name, path in names.items():
        words = path.split(".")
        for count in range(1, min(3, len(words)) + 1):
            part = ".".join(words[-count:])
            for number, convention in enumerate(CONVENTIONS):
                if part in convention.parts:
                    groups.setdefault((number, path[: len(path) - len(part)]), {})[part] = name
    found = []
    for (number, prefix), group in groups.items():
        convention = CONVENTIONS[number]
        told = contents.convention == convention.name
        if all(part in group or (told and part in convention.marks) for part in convention.needed):
            arrays = {part: contents.tensors[name] for part, name in group.items()}
            weights = _weights(convention, arrays, prefix, file)
            found.append((convention, FoundCell(prefix, weights, tuple(group.values()))))
    return found


def _weights(
    convention: Convention, parts: Mapping[str, Array], prefix: str, file: Path
) -> dict[str, Array]:
    """weight_ih, weight_hh, and the biases if there are any, rows stacked r, z, n."""
    try:
        weight_ih = _matrix(convention.weight_ih, parts, convention.transposed)
        if convention.weight_hh:
            weight_hh = _matrix(convention.weight_hh, parts, convention.transposed)
        else:
            width = weight_ih.shape[1] - len(weight_ih) // 3
            weight_ih, weight_hh = weight_ih[:, : max(width, 0)], weight_ih[:, max(width, 0) :]
        weights = {"weight_ih": weight_ih, "weight_hh": weight_hh}
        if any(name in parts for name in (*convention.bias_ih, *convention.bias_hh)):
            hidden = weight_hh.shape[1]
            weights["bias_ih"] = _bias(convention.bias_ih, parts, hidden)
            weights["bias_hh"] = _bias(convention.bias_hh, parts, hidden)
    except ValueError:
        shapes = ", ".join(f"{name} {_shape(array)}" for name, array in parts.items())
        raise ModelError(
            f"{file}: the parts of {prefix.rstrip('.') or 'the GRU'} ({shapes}) do not fit each "
            f"other as {convention.name} has them; this is not a GRU."
        ) from None
    return weights


def _matrix(names: tuple[str, ...], parts: Mapping[str, Array], transposed: bool) -> Array:
    """The gates one above the other; (out, in)."""
    arrays = [parts[name] for name in names]
    if any(array.ndim != 2 for array in arrays):
        raise ValueError("not a matrix")
    return np.concatenate([array.T if transposed else array for array in arrays])


def _bias(names: tuple[str, ...], parts: Mapping[str, Array], hidden: int) -> Array:
    """Zeros for a gate that has none."""
    if not any(name in parts for name in names):
        return np.zeros(3 * hidden, np.float32)
    return np.concatenate([parts.get(name, np.zeros(hidden, np.float32)) for name in names])


def _shape(array: Array) -> str:
    return dimensions(array.shape) or "one number"


def _others(
    names: Mapping[str, str], cells: list[FoundCell], contents: Contents, convention: Convention
) -> tuple[dict[str, Array], dict[str, str], dict[str, list[str]]]:
    """The tensors of other layers, their dtypes as stored, and what each was made of."""
    parts = {name for cell in cells for name in cell.names}
    paths = {path: contents.tensors[name] for name, path in names.items() if name not in parts}
    tensors, dtypes = {}, {}
    origins: dict[str, list[str]] = {}
    for name, path in names.items():
        if name not in parts:
            new, array = _plain(path, paths, convention)
            tensors[new] = array
            dtypes[new] = contents.dtypes.get(name, str(array.dtype))
            origins.setdefault(name, []).append(new)
    return tensors, dtypes, origins


def _plain(path: str, tensors: Mapping[str, Array], convention: Convention) -> tuple[str, Array]:
    """A tensor of another layer: matrices become (out, in), and are called weight."""
    array = tensors[path]
    if not convention.transposed or array.ndim != 2:
        return path, array
    before, _, last = path.rpartition(".")
    bias = tensors.get(f"{before}.bias".lstrip("."))
    if last == "kernel":
        return f"{before}.weight".lstrip("."), array.T
    if last == "weight" and bias is not None and bias.shape == array.shape[1:]:
        return path, array.T
    return path, array
