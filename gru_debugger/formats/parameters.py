"""Which of a file's tensors are a GRU: known by their shapes, told apart by their prefixes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import parametrizations

Tensors = Mapping[str, NDArray[Any]]

# PyTorch's names; w and b, where they are a word, are how people shorten them in .npz files.
_PARAMETER = re.compile(r"^(?P<prefix>.*?)(?P<kind>weight|bias|(?<![^\W_])[wWbB])_(?P<side>ih|hh)"
                        r"(?:_l(?P<layer>\d{1,4})(?P<reverse>_reverse)?)?$")  # fmt: skip
_KINDS = {"w": "weight", "b": "bias"}


@dataclass
class Parameters:
    """The tensors of one GRU: (layer, reverse) -> {"weight_ih": name of the tensor, ...}."""

    prefix: str
    cells: dict[tuple[int, bool], dict[str, str]]

    @property
    def name(self) -> str:
        return self.prefix.rstrip("._/")

    def names(self) -> dict[tuple[tuple[int, bool], str], str]:
        return {(place, k): name for place, cell in self.cells.items() for k, name in cell.items()}


def plain(name: str) -> str:
    """A parameter's name without what DataParallel and torch.compile put before it."""
    return re.sub(r"(^|(?<=\.))(module|_orig_mod)\.", "", name)


def plain_tensors(tensors: Tensors) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The floating-point tensors as the module itself names and uses them.

    And of those that can't be had why: name -> words.
    """
    return parametrizations.undo(
        {plain(name): a for name, a in tensors.items() if a.dtype.kind == "f"}
    )


def find(tensors: Tensors) -> dict[str, Parameters]:
    found: dict[str, Parameters] = {}
    for name in tensors:
        match = _PARAMETER.match(name)
        if match:
            group = found.setdefault(match["prefix"], Parameters(match["prefix"], {}))
            place = (int(match["layer"] or 0), bool(match["reverse"]))
            kind = _KINDS.get(match["kind"].lower(), match["kind"])
            group.cells.setdefault(place, {})[f"{kind}_{match['side']}"] = name
    return found


def choose(
    found: dict[str, Parameters], file: Path, gru: str | None, tensors: Tensors
) -> Parameters:
    if not found:
        shown = ", ".join(list(tensors)[:4]) or "none"
        raise ModelError(
            f"{file}: no GRU inside (no weight_ih and weight_hh); its tensors are {shown}"
            f"{', …' if len(tensors) > 4 else ''}. Choose a checkpoint of a GRU."
        )
    by_name = {p.name: p for p in found.values()}
    if gru is not None:
        if gru not in by_name:
            raise ModelError(f"{file}: no GRU called “{gru}”; there are {_list(by_name)}.")
        return by_name[gru]
    grus = _distinct([p for p in by_name.values() if _has_three_gates(p, tensors)], tensors)
    if len(grus) > 1:
        names = _list({p.name: p for p in grus})
        raise ModelError(
            f"{file}: {len(grus)} GRUs are inside ({names}); choose one with --gru NAME."
        )
    return grus[0] if grus else next(iter(found.values()))


def _has_three_gates(parameters: Parameters, tensors: Tensors) -> bool:
    shapes = [tensors[c["weight_hh"]].shape for c in parameters.cells.values() if "weight_hh" in c]
    return any(len(shape) == 2 and shape[0] == 3 * shape[1] for shape in shapes)


def _distinct(grus: list[Parameters], tensors: Tensors) -> list[Parameters]:
    """Without repeats: a checkpoint may hold the model itself and its state_dict."""
    kept: list[Parameters] = []
    for p in grus:
        if not any(_same(p, other, tensors) for other in kept):
            kept.append(p)
    return kept


def _same(a: Parameters, b: Parameters, tensors: Tensors) -> bool:
    ours, theirs = a.names(), b.names()
    return ours.keys() == theirs.keys() and all(
        np.array_equal(tensors[name], tensors[theirs[place]]) for place, name in ours.items()
    )


def own(extras: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What lies beside the tensors, ``enc_vocab`` as ``vocab`` for the GRU ``enc``."""
    named = {k.removeprefix(prefix): v for k, v in extras.items() if k.startswith(prefix)}
    return {**extras, **named}


def belongs(name: str, chosen: Parameters, found: Mapping[str, Parameters]) -> bool:
    """Whether a tensor is not nearer, by its name, to another GRU of the file."""
    return _near(name, chosen.prefix) == max(_near(name, prefix) for prefix in found)


def _near(name: str, prefix: str) -> int:
    """How many parts of the two names agree from the beginning."""
    pairs = zip(re.split(r"[._/]", name), re.split(r"[._/]", prefix), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _list(names: Mapping[str, Parameters]) -> str:
    return ", ".join(name or "(no name)" for name in names)
