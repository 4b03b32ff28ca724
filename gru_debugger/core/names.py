"""What people call a quantity of a run: ``z``, ``h_l1_reverse``, ``z[9]``, ``logits[0:4]``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gru_debugger.core.columns import ALL, OUTPUTS
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import CELL_QUANTITIES, suffix
from gru_debugger.errors import InputError
from gru_debugger.given import words
from gru_debugger.numerals import span

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

_NAME = re.compile(r"(?P<name>\w+)\s*(?:\[\s*(?P<units>\d{1,9}|\d{0,9}\s*:\s*\d{0,9})\s*\])?", re.A)


def split(name: str, model: Model) -> tuple[str, Place] | None:
    """The quantity and its place; a bare name is the first layer's, in its first direction."""
    if name in OUTPUTS:
        return (name, model.places[-1]) if model.output is not None else None
    for place in model.places:
        bare = name.removesuffix(suffix(place[0], place[1] == "reverse"))
        if bare in CELL_QUANTITIES and (bare != name or place == model.places[0]):
            return bare, place
    return None


def called(model: Model, quantity: str, place: Place) -> str:
    """The name that `split` takes apart: the first layer's, in its first direction, is bare."""
    if quantity in OUTPUTS or place == model.places[0]:
        return quantity
    return quantity + suffix(place[0], place[1] == "reverse")


def value(model: Model, quantity: str, place: Place, unit: int) -> str:
    """``z_l1[9]``: what `find` takes apart."""
    return f"{called(model, quantity, place)}[{unit}]"


def width(model: Model, quantity: str, place: Place) -> int:
    """How many values a step has of it."""
    if quantity in OUTPUTS:
        assert model.output is not None
        return len(model.output.bias)
    return model.cell(*place).input_size if quantity == "x" else model.hidden_size


def find(trace: Trace, name: str) -> tuple[str, Place, slice]:
    """Quantity, place and units that a column's name means. Raises InputError."""
    model, found = trace.model, _NAME.fullmatch(words("quantity", name).strip())
    known = split(found["name"], model) if found else None
    if found is None or known is None:
        raise InputError(unknown(found["name"] if found else name, model))
    return *known, _units(found["units"], name, width(model, *known))


def _units(words: str | None, name: str, count: int) -> slice:
    if words is None:
        return ALL
    start, colon, stop = (part.strip() for part in words.partition(":"))
    first = int(start or 0)
    end = int(stop or count) if colon else first + 1
    if not first < end <= count:
        raise InputError(f"“{name}”: there are {span('unit', 0, count - 1)}.")
    return slice(first, end)


def unknown(name: str, model: Model, others: Iterable[str] = ()) -> str:
    """What to say of a name that this model lacks, with the one that was probably meant."""
    if name in OUTPUTS:
        return f"the model has no output layer, so no “{name}”."
    if split(re.sub(r"_l\d+(_reverse)?$", "", name), model):
        ends = ", ".join(suffix(layer, way == "reverse") for layer, way in model.places)
        return f"this model has no “{name}”; its layers end in {ends}."
    from difflib import get_close_matches

    near = get_close_matches(name[:40], [*CELL_QUANTITIES, *others], n=1)
    mend = (
        f"did you mean “{near[0]}”?" if near else f"“z”, say, or “h{suffix(0, model.backwards)}”."
    )
    return f"no quantity is called “{name[:40]}” in this model; {mend}"
