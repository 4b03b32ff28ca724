"""What shapes and names can't decide about a GRU's neighbours: told, never passed over in silence.

What stands beside them and is not computed is the ledger's matter (`accounting`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from gru_debugger.formats import provenance
from gru_debugger.formats.assembly.matching import (
    EMBEDDING,
    MAYBE_EMBEDDING,
    MAYBE_OUTPUT,
    POSITION,
    WORDS,
    Place,
    times,
)
from gru_debugger.formats.assembly.parameters import plain
from gru_debugger.formats.assembly.parametrizations import RAW, part_of
from gru_debugger.formats.contents import Contents
from gru_debugger.source import AS_CHOSEN, INITIAL_STATE, WEIGHTS_ALONE, Match, Notice

_BEFORE = "before the GRU"
_MOST = 4000  # tensors that are looked at
_BACKWARDS = re.compile(r"(^|[._])(back|backwards?|bwd?|rev|reversed?)\d*$")
_TURNED = Notice(
    "inside", "the order of the text", _BEFORE,
    "by its name this GRU may read the text from its end; it is read from its beginning",
)  # fmt: skip
_ALONE = Notice(
    "note", WEIGHTS_ALONE, "between the layers",
    "the file holds weights alone: what the network does between its layers it does not say",
)  # fmt: skip


def notices(place: Place, inputs: Match, output: Match) -> list[Notice]:
    """What names and shapes can't decide."""
    found = [_encoded_by(encoder) for encoder in place.encoders]
    if place.rivals and _BACKWARDS.search(place.gru.name.lower()):
        found.append(_TURNED)
    return found + undecided(inputs, output)


def undecided(inputs: Match, output: Match) -> list[Notice]:
    """Which of several was taken; that there is no output layer."""
    found = []
    for match in (inputs, output):
        if match.equal and match.chosen:
            others = " and ".join(map(str, match.equal[:3]))
            found.append(Notice(
                "inside", others, WORDS[match.role],
                f"{match.chosen} was taken as {WORDS[match.role]}, and {others} would fit as "
                f"well; --{match.role} NAME chooses",
            ))  # fmt: skip
    if output.chosen is None and output.reason != AS_CHOSEN:
        found.append(Notice(
            "note", "output layer", "after the GRU",
            "no output layer was found: no predictions are shown"
            + (f" ({output.reason})" if output.reason else ""),
        ))  # fmt: skip
    return found


def _encoded_by(encoder: str) -> Notice:
    return Notice(
        "inside", f"“{encoder}”", INITIAL_STATE,
        f"the last state of “{encoder}” may be the initial state; zeros are taken, --initial-state "
        "FILE gives another",
    )  # fmt: skip


def weights_alone(metadata: Mapping[str, str], convention: str) -> list[Notice]:
    """The standing note; not where the metadata say how this program is to read the file."""
    ours = provenance.KEY in metadata or ("reset" in metadata and not convention)
    return [] if ours else [_ALONE]


def raw(tensors: Iterable[str]) -> list[Notice]:
    """That weights are taken as a weight drop keeps them: no class is stored that says so."""
    parts = ((name, part_of(plain(name))) for name in tensors if name.endswith(RAW))
    names = [name for name, part in parts if part is not None]
    if not names:
        return []
    listed = ", ".join([*names[:3], "…"][: len(names)])
    words = f"{listed}: taken as the weights themselves, as networks with weight drop keep them"
    return [Notice("note", "weight drop", "inside the GRU", words)]


def before(contents: Contents) -> str | None:
    """What surely stands before the GRU, by the order of an nn.Sequential."""
    sure = [op for op in contents.operations if op.verdict == "told" and op.where == _BEFORE]
    return f"before the GRU stands {sure[0].title}" if sure else None


def between(place: Place, inputs: Match, output: Match) -> str | None:
    """Where an embedding can't be x itself: what stands between them, as far as shapes tell."""
    if inputs.chosen or inputs.reason == AS_CHOSEN:
        return None
    if place.below:
        return f"the GRU reads the state of “{place.below}”, which is not computed here"
    if match := next((c for c in inputs.candidates[:1] if c.cons), None):
        if place.feeder(match.name):
            return f"{match.cons[0]}, and not {match}; --embedding NAME if it does"
        if MAYBE_OUTPUT in match.cons and MAYBE_EMBEDDING in output.reason:
            return (f"{match} would fit as the embedding and as the output layer, and the file "
                    "does not say which; --embedding NAME or --output NAME chooses")  # fmt: skip
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
