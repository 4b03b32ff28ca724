"""Which of a file's tensors are a GRU: known by their shapes, told apart by their prefixes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError, SeveralGRUsError
from gru_debugger.formats.assembly import parametrizations
from gru_debugger.formats.contents import not_run
from gru_debugger.numerals import grouped

Tensors = Mapping[str, NDArray[Any]]

# PyTorch's names; w and b, where they are a word, are how people shorten them in .npz files.
_PARAMETER = re.compile(r"^(?P<prefix>.*?)(?P<kind>weight|bias|(?<![^\W_])[wWbB])_(?P<side>ih|hh)"
                        r"(?:_l(?P<layer>\d{1,4})(?P<reverse>_reverse)?)?$")  # fmt: skip
_WRAPPER = re.compile(
    r"(?:^|(?<=\.))(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\."
)
_NUMBERED = re.compile(r"^(?P<before>.*?)(?P<number>\d{1,4})(?P<after>\D*)$")
_NAMED = 16  # in a message
_MOST = 256  # recurrent layers that a file may have
_KINDS = {"w": "weight", "b": "bias"}


@dataclass
class Parameters:
    """The tensors of one GRU: (layer, reverse) -> {"weight_ih": name of the tensor, ...}.

    `parts`: the GRUs that are the layers of this one, the lowest first, where they are modules of
    their own.
    """

    prefix: str
    cells: dict[tuple[int, bool], dict[str, str]]
    parts: tuple[Parameters, ...] = ()

    @property
    def name(self) -> str:
        return self.prefix.rstrip("._/")

    @property
    def layers(self) -> int:
        return max(layer for layer, _ in self.cells) + 1

    @property
    def ways(self) -> tuple[bool, ...]:
        """Whether reverse, of each direction: forward, forward and reverse, or reverse alone."""
        return tuple(sorted({reverse for _, reverse in self.cells}))

    @property
    def directions(self) -> int:
        return len(self.ways)

    def names(self) -> dict[tuple[tuple[int, bool], str], str]:
        return {(place, k): name for place, cell in self.cells.items() for k, name in cell.items()}

    def shared(self, name: str) -> int:
        """How many characters of a tensor's name are parts of this GRU's as well."""
        whole = dotted(name)
        return max(_shared(whole, dotted(part.prefix)) for part in self.parts or (self,))


def plain(name: str) -> str:
    """A parameter's name without what DataParallel, torch.compile and FSDP put before it."""
    return _WRAPPER.sub("", name)


def plain_tensors(tensors: Tensors) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The floating-point tensors as the module itself names and uses them.

    And of those that can't be had why: name -> words.
    """
    return parametrizations.undo(
        {plain(name): a for name, a in tensors.items() if a.dtype.kind == "f"}
    )


def find(tensors: Tensors, told: Collection[str] = ()) -> dict[str, Parameters]:
    """The recurrent layers by prefix, LSTMs too; of those in `told` the file says all itself.

    Of these, the layers of a stack that is told as well are one.
    """
    found: dict[str, Parameters] = {}
    for name in tensors:
        match = _PARAMETER.match(name)
        if match:
            group = found.setdefault(match["prefix"], Parameters(match["prefix"], {}))
            place = (int(match["layer"] or 0), bool(match["reverse"]))
            kind = _KINDS.get(match["kind"].lower(), match["kind"])
            group.cells.setdefault(place, {})[f"{kind}_{match['side']}"] = name
    stacks = [
        stack for stack in _stacks(list(found.values()), tensors)
        if stack.prefix in told or not any(part.prefix in told for part in stack.parts)
    ]  # fmt: skip
    first = {stack.parts[0].prefix: stack for stack in stacks}  # a stack stands before its parts
    in_order = [x for p in found.values() for x in (first.get(p.prefix), p) if x is not None]
    return {p.prefix: p for p in in_order}


def _stacks(single: list[Parameters], tensors: Tensors) -> list[Parameters]:
    """GRUs numbered one after another, each of which fits on the one before: layers of one."""
    families: dict[tuple[str, str], dict[int, Parameters]] = {}
    for p in single:
        match = _NUMBERED.match(p.prefix)
        if match and _whole(p, tensors):
            family = families.setdefault((match["before"], match["after"]), {})
            family.setdefault(int(match["number"]), p)
    names = {p.name for p in single}
    matrices = sorted(name for name, array in tensors.items() if array.ndim > 1)
    stacks = []
    for (before, _), family in families.items():
        numbers, parts = sorted(family), tuple(family[n] for n in sorted(family))
        one_by_one = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        chained = one_by_one and all(_fits_on(b, a, tensors) for a, b in pairwise(parts))
        if len(parts) > 1 and chained and all(_alone(p, matrices) for p in parts):
            name = before.rstrip("._/")
            prefix = "+".join(p.name for p in parts) if name in names or not name else before
            stacks.append(Parameters(prefix, _one_above_another(parts), parts))
    return stacks


def _alone(p: Parameters, matrices: list[str]) -> bool:
    """Whether its numbered module holds no other matrix, which would stand between layers."""
    match = _NUMBERED.match(p.prefix)
    module, own = p.prefix[: match.end("number")] if match else p.prefix, set(p.names().values())
    for inside in (f"{module}{mark}" for mark in "._/"):
        at = bisect_left(matrices, inside)
        while at < len(matrices) and matrices[at].startswith(inside):
            if matrices[at] not in own:
                return False
            at += 1
    return True


def _one_above_another(parts: tuple[Parameters, ...]) -> dict[tuple[int, bool], dict[str, str]]:
    cells: dict[tuple[int, bool], dict[str, str]] = {}
    below = 0
    for part in parts:
        cells |= {(below + layer, way): cell for (layer, way), cell in part.cells.items()}
        below += part.layers
    return cells


def _whole(p: Parameters, tensors: Tensors) -> bool:
    places = {(k, r) for k in range(p.layers) for r in p.ways}
    return p.cells.keys() == places and has_three_gates(p, tensors) and all(
        tensors[cell[k]].ndim == 2 for cell in p.cells.values() for k in cell if k[0] == "w"
    ) and all({"weight_ih", "weight_hh"} <= cell.keys() for cell in p.cells.values())  # fmt: skip


def _fits_on(upper: Parameters, lower: Parameters, tensors: Tensors) -> bool:
    """Whether one reads all states of the other, with as many units and directions of its own."""
    units = size(lower, tensors)[1]
    inputs = lower.directions * units
    return upper.ways == lower.ways and size(upper, tensors) == (inputs, units)


def size(p: Parameters, tensors: Tensors) -> tuple[int, int]:
    """Inputs and units, 0 where a weight is missing."""
    first = p.cells.get((0, p.ways[0]), {})
    ih, hh = (tensors[first[k]].shape if k in first else () for k in ("weight_ih", "weight_hh"))
    return (ih[1] if len(ih) == 2 else 0), (hh[1] if len(hh) == 2 else 0)


def choose(
    found: dict[str, Parameters], file: Path, gru: str | None, tensors: Tensors,
    would_run: tuple[str, ...] = (),
) -> Parameters:  # fmt: skip
    """The one called `gru`, or the only one. Raises ModelError, of several SeveralGRUsError."""
    if not found:
        shown = ", ".join(list(tensors)[:4]) or "none"
        raise ModelError(
            f"{file}: no GRU inside (no weight_ih and weight_hh); its tensors are {shown}"
            f"{', …' if len(tensors) > 4 else ''}"
            f"{f', and it {not_run(would_run)}' if would_run else ''}. "
            "Choose a checkpoint of a GRU."
        )
    refuse_too_many(found, file)
    by_name = {p.name: p for p in found.values()}
    if gru is not None:
        inside = [p for name, p in by_name.items() if name.startswith((f"{gru}.", f"{gru}_"))]
        if gru not in by_name and len(inside) == 1:
            return inside[0]  # the only one in a module of that name
        if gru not in by_name:
            raise ModelError(f"{file}: no GRU called “{gru}”; {_called(by_name)}.")
        return by_name[gru]
    grus = to_choose_from(found, tensors)
    if len(grus) > 1:
        names = _list({p.name: p for p in grus})
        raise SeveralGRUsError(
            f"{file}: {len(grus)} GRUs are inside ({names}); choose one with --gru NAME."
        )
    return grus[0] if grus else next(iter(found.values()))


def refuse_too_many(found: Mapping[str, Parameters], file: Path) -> None:
    if len(found) > _MOST:
        raise ModelError(
            f"{file}: {grouped(len(found))} recurrent layers are inside, more than the {_MOST} "
            "that this program tells apart; save the one of interest alone."
        )


def to_choose_from(found: Mapping[str, Parameters], tensors: Tensors) -> list[Parameters]:
    """The GRUs that differ; those that are layers of another one are not counted."""
    parts = {part.prefix for p in found.values() for part in p.parts}
    return _distinct(
        [p for p in found.values() if p.prefix not in parts and has_three_gates(p, tensors)],
        tensors,
    )


def has_three_gates(parameters: Parameters, tensors: Tensors) -> bool:
    shapes = [tensors[c["weight_hh"]].shape for c in parameters.cells.values() if "weight_hh" in c]
    return any(len(shape) == 2 and shape[0] == 3 * shape[1] for shape in shapes)


def _distinct(grus: list[Parameters], tensors: Tensors) -> list[Parameters]:
    """Without repeats: a checkpoint may hold the model itself and its state_dict."""
    if len(grus) < 2:
        return grus
    first: dict[Hashable, Parameters] = {}
    for p in grus:
        numbers = frozenset((place, digest(tensors[name])) for place, name in p.names().items())
        first.setdefault(numbers, p)
    return list(first.values())


def digest(array: NDArray[Any]) -> Hashable:
    """Equal for equal arrays: many are compared in linear time."""
    numbers = blake2b(np.ascontiguousarray(array).data).digest()
    return array.shape, array.dtype.str, numbers


def own(extras: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What lies beside the tensors, ``enc_vocab`` as ``vocab`` for the GRU ``enc``."""
    named = {k.removeprefix(prefix): v for k, v in extras.items() if k.startswith(prefix)}
    return {**extras, **named}


def _shared(one: str, other: str) -> int:
    """How many characters the parts have in which two dotted names agree from the beginning."""
    agree, differ = 0, min(len(one), len(other)) + 1
    while differ - agree > 1:
        middle = (agree + differ) // 2
        if one.startswith(other[:middle]):
            agree = middle
        else:
            differ = middle
    return one.rfind(".", 0, agree) + 1


def dotted(name: str) -> str:
    """A name whose parts all end with a dot: “enc.gru.” of ``enc/gru``."""
    return name.replace("_", ".").replace("/", ".") + "."


def _called(names: Mapping[str, Parameters]) -> str:
    return f"its {'GRUs are' if len(names) > 1 else 'GRU is'} {_list(names)}"


def _list(names: Mapping[str, Parameters]) -> str:
    shown = [name or "(no name)" for name in list(names)[:_NAMED]]
    return ", ".join(shown) + ", …" * (len(names) > _NAMED)
