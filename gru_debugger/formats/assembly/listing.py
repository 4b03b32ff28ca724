"""Which GRUs a file holds, before one of them is opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.formats import vocabulary as vocabularies
from gru_debugger.formats.assembly import assemble, neighbours
from gru_debugger.formats.assembly import parameters as grus
from gru_debugger.formats.assembly.parameters import Parameters
from gru_debugger.formats.contents import Contents
from gru_debugger.source import AS_FOUND, Match


@dataclass(frozen=True)
class FoundGRU:
    """A GRU of a file, before it is opened; sizes 0 where they are not known.

    `parts` are the names of the GRUs that are its layers, `part_of` whose layer it is; `refusal`
    says why it can't be opened, and `matched` what would be its embedding and output layer.
    `backwards`: its only direction is from the text's end.
    """

    name: str
    layers: int
    directions: int
    hidden_size: int
    input_size: int
    parts: tuple[str, ...] = ()
    part_of: str | None = None
    refusal: str | None = None
    matched: tuple[Match, ...] = ()
    backwards: bool = False

    def info(self) -> dict[str, Any]:
        """What ``info --json`` prints of it."""
        return {
            "name": self.name, "layers": self.layers, "directions": self.directions,
            **({"direction": "reverse"} if self.backwards else {}),
            "hidden_size": self.hidden_size, "input_size": self.input_size,
            "parts": list(self.parts), "part_of": self.part_of, "refusal": self.refusal,
            "matched": {match.role: match.info() for match in self.matched},
        }  # fmt: skip


def listed(contents: Contents, file: Path, given: vocabularies.Given = None) -> list[FoundGRU]:
    """The recurrent layers of a file: those to choose from, the layers of stacks, the others.

    Raises ModelError: they are too many.
    """
    found = neighbours.survey(contents)
    grus.refuse_too_many(found.grus, file)
    contents = replace(contents, extras=vocabularies.checked(contents.extras, file))
    outside = _outside(contents, file, given)
    order: list[tuple[Parameters, str | None]] = []
    for p in grus.to_choose_from(found.grus, found.tensors):
        order += [(p, None), *((part, p.name) for part in p.parts)]
    known = {p.prefix for p, _ in order}
    order += [
        (p, None) for p in found.grus.values()
        if p.prefix not in known and not grus.has_three_gates(p, found.tensors)
    ]  # fmt: skip
    return [_listed(p, whole, found, contents, file, outside) for p, whole in order]


def _listed(
    p: Parameters,
    whole: str | None,
    found: neighbours.Survey,
    contents: Contents,
    file: Path,
    outside: _Outside,
) -> FoundGRU:
    inputs, units = grus.size(p, found.tensors)
    refusal: str | None = None
    matched: tuple[Match, ...] = ()
    try:
        told = neighbours.told_of(p, contents, file)
        assemble.refuse_unknown(p.names().values(), found.unknown, file)
        assemble.layers_of(p, found.tensors, file)
        place = neighbours.place_of(p, found, contents, _symbols(p, found, contents, file, outside))
        matched = neighbours.matched(place, told, AS_FOUND, file)
    except ModelError as fault:
        refusal = str(fault).removeprefix(f"{file}: ")
    parts = tuple(part.name for part in p.parts)
    return FoundGRU(p.name, p.layers, p.directions, units, inputs, parts, whole, refusal, matched,
                    backwards=p.ways == (True,))  # fmt: skip


def _symbols(
    p: Parameters,
    found: neighbours.Survey,
    contents: Contents,
    file: Path,
    outside: _Outside,
) -> int | None:
    """How many the vocabulary has; None too where it can't be used, which opening tells."""
    if outside.given:
        return outside.symbols
    try:
        own = grus.own(contents.extras, p.prefix)
        inside = vocabularies.inside(own, file, found.symbol_counts(p))
    except ModelError:
        return None
    return len(inside[0].symbols or ()) if inside else outside.symbols


@dataclass(frozen=True)
class _Outside:
    """How many symbols all GRUs of a file read whose checkpoint has none: looked up once."""

    given: bool
    symbols: int | None


def _outside(contents: Contents, file: Path, given: vocabularies.Given) -> _Outside:
    try:
        vocabulary = vocabularies.find(given, {}, contents.metadata, file).symbols
    except ModelError:
        vocabulary = None
    return _Outside(given is not None, None if vocabulary is None else len(vocabulary))
