"""What stands beside a GRU in its file and is not computed: told, never passed over in silence."""

from __future__ import annotations

from itertools import islice
from typing import Any

from numpy.typing import NDArray

from gru_debugger.formats.assembly.matching import (
    ATTENTION,
    EMBEDDING,
    POSITION,
    STATE,
    WORDS,
    Place,
    times,
)
from gru_debugger.formats.contents import not_computed
from gru_debugger.source import Match

_NAMED = 4  # initial states
_MOST = 4000  # tensors that are looked at


def warnings(place: Place, inputs: Match, output: Match, told: bool) -> list[str]:
    """What the shapes can't decide, and what the network may do that is not computed here.

    Where the file has `told` how its layers are connected, it has told the latter too.
    """
    words = []
    for match in (inputs, output):
        if match.equal and match.chosen:
            others = " and ".join(map(str, match.equal[:3]))
            words.append(
                f"{match.chosen} was taken as {WORDS[match.role]}, and {others} would fit as "
                f"well; --{match.role} NAME chooses"
            )
    if output.chosen is None and output.reason != "as chosen":
        words.append("no output layer was found: no predictions are shown"
                     + (f" ({output.reason})" if output.reason else ""))  # fmt: skip
    beside = [] if told else _beside(place, inputs, output)
    words += [not_computed(beside)] if beside else []
    words += [] if told else _initial_states(place)
    return words


def _beside(place: Place, inputs: Match, output: Match) -> list[str]:
    """Tensors that may stand before the GRU, or between it and the output layer."""
    taken = {match.chosen.name for match in (inputs, output) if match.chosen}
    taken |= {c.name for match in (inputs, output) for c in match.equal}
    return [
        f"{name} ({times(array.shape)})"
        for name, array in islice(place.tensors.items(), _MOST)
        if name not in taken
        and _may_change(place, name, array, inputs, output)
        and not place.nearer(name)
        and not any(place.around.same(name, other) for other in taken)
    ]


def _initial_states(place: Place) -> list[str]:
    """Tensors that may be an h(0) that was trained, or kept from another run."""
    gru, units = place.gru, place.width // place.gru.directions
    size = gru.layers * place.width
    return [
        f"{name} ({times(array.shape)}) may be an initial state; zeros are taken, "
        "--initial-state FILE gives another"
        for name, array in islice(place.tensors.items(), _MOST)
        if array.size == size and array.shape[-1] in (size, units)
        and place.says(name, STATE) and not place.bias(name) and not place.nearer(name)
    ][:_NAMED]  # fmt: skip


def _may_change(place: Place, name: str, array: NDArray[Any], inputs: Match, output: Match) -> bool:
    last = place.local(name).rpartition(".")[2]
    reads = {place.inputs} if inputs.chosen else set()
    gives = {place.width} if output.chosen else set()
    if array.ndim == 1:  # of a normalisation; a Linear layer's vector is its bias
        return last in ("weight", "gamma", "scale") and len(array) in reads | gives
    if array.ndim == 2 and array.shape[0] == array.shape[1]:
        return len(array) in reads | gives
    if array.ndim == 2 and array.shape[1] in reads and not place.bias(name):
        return True  # another table, whose rows may be added to the embedding's
    mixes = array.ndim > 2 or (array.ndim == 2 and bool(place.says(name, ATTENTION)))
    return mixes and len(array) in reads


def between(place: Place, inputs: Match) -> str | None:
    """Where an embedding can't be x itself: what stands between them, as far as shapes tell."""
    if inputs.chosen or inputs.reason == "as chosen":
        return None
    if place.below:
        return f"the GRU reads the state of “{place.below}”, which is not computed here"
    tables = [
        name
        for name, array in islice(place.tensors.items(), _MOST)
        if array.ndim == 2 and place.says(name, EMBEDDING) and not place.bias(name)
        and not place.nearer(name) and not place.says(name, POSITION)
        and array.shape[1] != place.inputs
        and (place.inputs != place.symbols or len(array) == place.symbols)
    ]  # fmt: skip
    for table in tables:
        wide = place.tensors[table].shape[1]
        shown = f"{table} ({times(place.tensors[table].shape)})"
        for name in place.matrices(wide):
            if len(place.tensors[name]) == place.inputs and name != table:
                return (f"between the embedding {shown} and the GRU stands {name} "
                        f"({place.inputs} × {wide})")  # fmt: skip
        if wide < place.inputs:
            return (f"the GRU reads {place.inputs} values, and the embedding {shown} gives only "
                    f"{wide} of them")  # fmt: skip
    return None
