"""Which cells are the two directions of one GRU: their names say it, or their sizes do.

That numbered GRUs are layers of one is found later, for every framework alike (`parameters`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from numpy.typing import NDArray

_FORWARD = re.compile(r"(?<![a-z])(forward|fwd|fw)(?![a-z])")
_BACKWARD = re.compile(r"(?<![a-z])(backward|bwd|bw|reverse)(?![a-z])")
_NUMBER = re.compile(r"^(.*?)(\d{1,6})(\D*)$")


@dataclass
class FoundCell:
    """One cell, its weights under PyTorch's names; `names` of the tensors it was made of."""

    prefix: str
    weights: dict[str, NDArray[Any]]
    names: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Inputs and units."""
        return self.weights["weight_ih"].shape[1], self.weights["weight_hh"].shape[1]


Layer = list[FoundCell]  # forward, or forward and reverse
Named = dict[str, Layer]  # by the prefix that its parameters are to have


def pair(cells: list[FoundCell], readers: Collection[int]) -> tuple[Named, list[str]]:
    """Cells and pairs of cells, and in words which pairs no name told.

    `readers`: how many values the file's other matrices read.
    """
    named = _by_name(cells)
    families: dict[tuple[str, str], list[tuple[int, FoundCell]]] = {}
    for layer in named.values():
        match = _NUMBER.match(layer[0].prefix)
        if len(layer) == 1 and match:
            families.setdefault((match[1], match[3]), []).append((int(match[2]), layer[0]))
    doubts = []
    for (before, after), members in families.items():
        family = [cell for _, cell in sorted(members, key=lambda member: member[0])]
        pairs = [family[i : i + 2] for i in range(0, len(family), 2)]
        if not _are_directions(pairs, readers):
            continue
        for cell in family:
            del named[_plain(cell.prefix)]
        named |= {_plain(f"{before}pair{i}{after}"): layer for i, layer in enumerate(pairs)}
        names = ", ".join(f"“{_plain(cell.prefix).rstrip('.')}”" for cell in family)
        doubts.append(f"{names} were taken as forward and reverse in turn, by their sizes")
    return named, doubts


def _by_name(cells: list[FoundCell]) -> Named:
    """Each cell, with the one of the other direction where there is one of the same size."""
    backward = {_BACKWARD.sub("#", c.prefix): c for c in cells if _BACKWARD.search(c.prefix)}
    named: Named = {_plain(cell.prefix): [cell] for cell in cells}
    for cell in cells:
        other = backward.get(_FORWARD.sub("#", cell.prefix))
        if _FORWARD.search(cell.prefix) and other and other.size == cell.size:
            del named[_plain(cell.prefix)], named[_plain(other.prefix)]
            both = zip(cell.prefix, other.prefix, strict=False)
            common = _plain("".join(a for a, _ in takewhile(lambda ab: ab[0] == ab[1], both)))
            named[_plain(cell.prefix) if common in named else common] = [cell, other]
    return named


def _are_directions(pairs: list[Layer], readers: Collection[int]) -> bool:
    """Whether the second of each pair can't be a layer above the first, but beside it.

    So Flax' linen numbers the cells of a Bidirectional.
    """
    inputs, units = pairs[0][0].size
    both = 2 * units
    fit = all(
        [cell.size for cell in layer] == [(both if number else inputs, units)] * 2
        for number, layer in enumerate(pairs)
    )
    alone = len(pairs) == 1 and inputs == units and units in readers
    return fit and (len(pairs) > 1 or both in readers) and not alone


def _plain(prefix: str) -> str:
    name = prefix.rstrip("._")
    return f"{name}." if name else ""
