"""What a file holds, seen from one of its GRUs: its neighbours, and which of them belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats.assembly import matching
from gru_debugger.formats.assembly import parameters as grus
from gru_debugger.formats.assembly.matching import Around, Place
from gru_debugger.formats.assembly.parameters import Parameters
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.source import Choice, Match


@dataclass(frozen=True)
class Survey:
    """A file's floating-point tensors under plain names, and the recurrent layers among them.

    `unknown`: why a tensor's numbers can't be had, by its name.
    """

    tensors: dict[str, NDArray[Any]]
    dtypes: dict[str, str]
    grus: dict[str, Parameters]
    unknown: dict[str, str]
    initial_state: str  # the tensor that the metadata name, or ""

    def symbol_counts(self, parameters: Parameters) -> set[int]:
        """How many symbols this GRU may read: one-hot, or rows of a table that fits it."""
        inputs = grus.size(parameters, self.tensors)[0]
        return {inputs, *self._rows_by_width.get(inputs, ())}

    # Once for all the GRUs of a file, of which a stranger may have put in many.

    @cached_property
    def _rows_by_width(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for array in self.tensors.values():
            if array.ndim == 2:
                found.setdefault(array.shape[1], set()).add(len(array))
        return found

    @cached_property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Inputs, and width of the states, of each GRU by its prefix."""
        found = {prefix: (p, grus.size(p, self.tensors)) for prefix, p in self.grus.items()}
        return {k: (inputs, p.directions * units) for k, (p, (inputs, units)) in found.items()}

    @cached_property
    def around(self) -> Around:
        recurrent = {name for p in self.grus.values() for name in p.names().values()}
        recurrent.add(self.initial_state)
        others = {name: a for name, a in self.tensors.items() if name not in recurrent}
        return Around(others, list(self.grus.values()))


def survey(contents: Contents) -> Survey:
    tensors, unknown = grus.plain_tensors(contents.tensors)
    for name, kept in contents.metadata.items():  # tied weights: safetensors' save_model
        if name.endswith(".weight") and kept in tensors and name not in tensors:
            tensors[name] = tensors[kept]
    dtypes = {grus.plain(name): dtype for name, dtype in contents.dtypes.items()}
    initial_state = contents.metadata.get("initial_state", "")
    return Survey(tensors, dtypes, grus.find(tensors, contents.told), unknown, initial_state)


def told_of(parameters: Parameters, contents: Contents, file: Path) -> Told | None:
    told = contents.told.get(parameters.prefix)
    if told is not None and told.refusal:
        raise ModelError(f"{file}: {told.refusal}")
    return told


def place_of(
    parameters: Parameters, found: Survey, contents: Contents, symbols: int | None
) -> Place:
    """The GRU among the tensors that are no GRU's, and among the other GRUs."""
    inside = {part.prefix for part in parameters.parts} | {parameters.prefix}
    rivals = tuple(p for p in found.grus.values() if p.prefix not in inside)
    inputs, width = found.sizes[parameters.prefix]
    sizes = [found.sizes[rival.prefix] for rival in rivals]
    return Place(
        gru=parameters,
        rivals=rivals,
        around=found.around,
        inputs=inputs,
        width=width,
        rival_widths=tuple(width for _, width in sizes),
        symbols=symbols,
        rival_inputs=tuple(inputs for inputs, _ in sizes),
        classes=contents.classes,
    )


def matched(
    place: Place, told: Told | None, choice: Choice, file: Path
) -> tuple[Match, Match]:
    """Embedding and output layer."""
    embedding = matching.embedding(place)
    if told is not None:
        embedding = matching.told(place, "embedding", told.embedding, embedding)
    if choice.embedding is not None:
        embedding = matching.given(place, embedding, choice.embedding, None, file)
    table = None if embedding.chosen is None else embedding.chosen.name
    output = matching.output(place, table)
    if told is not None:
        output = matching.told(place, "output", told.output, output)
    if choice.output is not None:
        output = matching.given(place, output, choice.output, table, file)
    return embedding, output
