"""Which GRUs a file holds, before one of them is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gru_debugger.core.match import AS_FOUND, Match
from gru_debugger.errors import ModelError
from gru_debugger.formats import assemble, survey
from gru_debugger.formats import parameters as grus
from gru_debugger.formats import vocabulary as vocabularies
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.parameters import Parameters


@dataclass(frozen=True)
class FoundGRU:
    """A GRU of a file, before it is opened; sizes 0 where they are not known.

    `parts` are the names of the GRUs that are its layers; `refusal` says why it can't be opened,
    and `matched` what would be its embedding and output layer.
    """

    name: str
    layers: int
    directions: int
    hidden_size: int
    input_size: int
    parts: tuple[str, ...] = ()
    refusal: str | None = None
    matched: tuple[Match, ...] = ()


def listed(contents: Contents, file: Path, given: vocabularies.Given = None) -> list[FoundGRU]:
    """The recurrent layers of a file: those to choose from, the layers of stacks, the others."""
    found = survey.survey(contents)
    first = grus.to_choose_from(found.grus, found.tensors)
    parts = [part for p in first for part in p.parts]
    known = {p.prefix for p in [*first, *parts]}
    rest = [
        p for p in found.grus.values()
        if p.prefix not in known and not grus.has_three_gates(p, found.tensors)
    ]  # fmt: skip
    return [_listed(p, found, contents, file, given) for p in [*first, *parts, *rest]]


def _listed(
    p: Parameters, found: survey.Survey, contents: Contents, file: Path, given: vocabularies.Given
) -> FoundGRU:
    inputs, units = grus.size(p, found.tensors)
    refusal: str | None = None
    matched: tuple[Match, ...] = ()
    try:
        told = survey.told_of(p, contents, file)
        assemble.layers_of(p, found.tensors, file)
        place = survey.place_of(p, found, contents, _symbols(p, contents, file, given))
        matched = survey.matched(place, told, AS_FOUND, file)[:2]
    except ModelError as fault:
        refusal = str(fault).removeprefix(f"{file}: ")
    parts = tuple(part.name for part in p.parts)
    return FoundGRU(p.name, p.layers, p.directions, units, inputs, parts, refusal, matched)


def _symbols(
    p: Parameters, contents: Contents, file: Path, given: vocabularies.Given
) -> int | None:
    """How many the vocabulary has; None too where it can't be used, which opening tells."""
    try:
        own = grus.own(contents.extras, p.prefix)
        found, _ = vocabularies.find(given, own, contents.metadata, file)
    except ModelError:
        return None
    return None if found is None else len(found)
