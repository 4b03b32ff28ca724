"""What-if in one sentence: ``z[9] = 1 at 34``, ``r = 1``, ``h[3] = 0 from 10 to 20``.

The value stands in the place of the computed one in the steps named, and all that comes after it
in a step's order, and in the run, is computed from it. Steps are rows, whatever the direction.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import EDITABLE, Array, Overwrite, as_computed
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.quantities import suffix
from gru_debugger.errors import EditError
from gru_debugger.given import words
from gru_debugger.numerals import MINUS, span

Place = tuple[int, Direction]

LONGEST = 200  # characters of a sentence: it may come with a stranger's session
_EXAMPLE = "write, say, “z[9] = 1 at 34”, “r = 1” or “h[0:4] = 0 from 10 to 20”"
_SENTENCE = re.compile(
    r"""\s* (?P<name>[A-Za-z]\w*) \s*
    (?: \[ \s* (?P<units> [^\]]*? ) \s* \] \s* )?
    = \s* (?P<number> \S+ ) \s*
    (?: (?: at \s+ (?P<at>\S+) ) | (?: from \s+ (?P<first>\S+) (?: \s+ to \s+ (?P<last>\S+) )? ) )?
    \s*""",
    re.VERBOSE | re.ASCII,
)
_UNITS = re.compile(r"(?P<one>\d{1,9})|(?P<first>\d{0,9})\s*:\s*(?P<end>\d{0,9})", re.ASCII)


class Edit(str):
    """A sentence, with what it says: one quantity of one layer and direction, set for units
    `start`..`stop` - 1 in steps `first`..`last`, from 1, both included.
    """

    quantity: str
    place: Place
    start: int
    stop: int
    value: float
    first: int
    last: int

    def __new__(cls, sentence: str, **said: Any) -> Edit:
        edit = super().__new__(cls, sentence)
        edit.__dict__.update(said)
        return edit

    @property
    def units(self) -> slice:
        return slice(self.start, self.stop)

    def in_rows(self, a: int, b: int) -> bool:
        """Whether it sets something in rows a..b-1, from 0."""
        return self.first - 1 < b and a < self.last


def parse(sentence: str, model: Model, steps: int) -> Edit:
    """The edit that a sentence names, for a run of `steps`. Raises EditError, one line."""
    if len(words("edit", sentence)) > LONGEST:
        raise EditError(
            f"“{sentence[:30]}…”: an edit has at most {LONGEST} characters; {_EXAMPLE}."
        )
    found = _SENTENCE.fullmatch(sentence)
    if found is None:
        raise EditError(f"“{sentence}” is no edit; {_EXAMPLE}.")
    quantity, place = _quantity(sentence, found["name"], model)
    start, stop = _units(sentence, found["units"], model.hidden_size)
    value = _number(sentence, found["number"])
    first, last = _steps(sentence, found["at"], found["first"], found["last"], steps)
    return Edit(
        " ".join(sentence.split()).replace(MINUS, "-"),
        quantity=quantity, place=place, start=start, stop=stop, value=value, first=first, last=last,
    )  # fmt: skip


def _quantity(sentence: str, name: str, model: Model) -> tuple[str, Place]:
    for place in model.places:
        end = suffix(place[0], place[1] == "reverse")
        if name.endswith(end) and name.removesuffix(end) in EDITABLE:
            return name.removesuffix(end), place
    if name in EDITABLE:
        return name, model.places[0]
    bare = re.sub(r"_l\d+(_reverse)?$", "", name)
    if bare in EDITABLE:
        ends = ", ".join(suffix(layer, way == "reverse") for layer, way in model.places)
        raise EditError(f"“{sentence}”: this model has no “{name}”; its layers end in {ends}.")
    raise EditError(f"“{sentence}”: “{name}” can't be set; {', '.join(EDITABLE)} can.")


def _units(sentence: str, words: str | None, hidden: int) -> tuple[int, int]:
    if words is None:
        return 0, hidden
    found = _UNITS.fullmatch(words)
    if found is None:
        raise EditError(f"“{sentence}”: “[{words}]” names no units; write [9] or [0:4].")
    if found["one"] is not None:
        start, stop = int(found["one"]), int(found["one"]) + 1
    else:
        start, stop = int(found["first"] or 0), int(found["end"] or hidden)
    if not start < stop <= hidden:
        there = span("unit", 0, hidden - 1)
        raise EditError(f"“{sentence}”: no units [{words}]; this model has {there}.")
    return start, stop


def _number(sentence: str, words: str) -> float:
    plain = words.replace(MINUS, "-")  # as the window writes it
    try:
        value = float(plain) if plain.isascii() and "_" not in plain else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 3e38:
        raise EditError(f"“{sentence}”: “{words}” is no finite number; write one such as 0.5.")
    return value


def _steps(
    sentence: str, at: str | None, first: str | None, last: str | None, steps: int
) -> tuple[int, int]:
    def step(words: str) -> int:
        number = int(words) if re.fullmatch(r"\d{1,12}", words, re.ASCII) else 0
        if not 1 <= number <= steps:
            has = f"this run has {span('step', 1, steps)}"
            raise EditError(f"“{sentence}”: no step {words}; {has}.")
        return number

    if at is not None:
        return step(at), step(at)
    begin, end = step(first or "1"), step(last) if last is not None else steps
    if end < begin:
        raise EditError(f"“{sentence}”: step {end} comes before {begin}; write them in order.")
    return begin, end


def names_steps(sentence: str) -> bool:
    """Whether it is said of some steps, not of the whole run whatever is read."""
    return re.search(r"\b(at|from)\b", sentence) is not None


def may_grow(edits: Sequence[Edit]) -> bool:
    """Whether states may grow from step to step: more is kept than there was."""
    return any(edit.quantity == "z" and not 0 <= edit.value <= 1 for edit in edits)


def out_of_range(edit: Edit) -> str:
    """What is told of a value that the quantity never has by itself; empty: nothing."""
    low = 0 if edit.quantity in "rz" else -1
    if edit.quantity in ("r", "z", "n", "h") and not low <= edit.value <= 1:
        return f"“{edit}” is outside {low}…1, where {edit.quantity} lies by itself."
    return ""


def overwrite(edits: Sequence[Edit], place: Place, a: int, b: int, first: int = 0) -> Overwrite:
    """What they set in rows a..b-1 (from 0) of a place, later ones over earlier ones.

    The values it is given are a row each, or one row, where all of these rows are set alike; of
    units from `first` on.
    """
    mine: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.place == place and edit.in_rows(a, b):
            mine.setdefault(edit.quantity, []).append(edit)
    if not mine:
        return as_computed

    def edited(name: str, values: Array) -> Array:
        if name not in mine:
            return values
        values = values.copy()
        for edit in mine[name]:
            rows = slice(max(edit.first - 1 - a, 0), edit.last - a)
            units = slice(max(edit.start - first, 0), max(edit.stop - first, 0))
            values[units if values.ndim == 1 else (rows, units)] = edit.value
        return values

    return edited


def set_at(
    edits: Sequence[Edit], place: Place, t: int, hidden: int
) -> dict[str, NDArray[np.bool_]]:
    """Which units (hidden,) of which quantities they set in step t, from 1, of a place."""
    found: dict[str, NDArray[np.bool_]] = {}
    for edit in edits:
        if edit.place == place and edit.first <= t <= edit.last:
            found.setdefault(edit.quantity, np.zeros(hidden, bool))[edit.units] = True
    return found


def spans(edits: Sequence[Edit], place: Place, a: int, b: int) -> Iterator[tuple[int, int]]:
    """Rows a..b-1 (from 0) in pieces in which each row is set alike."""
    cuts = {cut for e in edits if e.place == place for cut in (e.first - 1, e.last) if a < cut < b}
    ends = [a, *sorted(cuts), b]
    yield from pairwise(ends)


def with_edit(edits: tuple[str, ...], words: str, instead: str = "") -> tuple[str, ...]:
    """One more, or one in the place of another, which nothing takes away; each is there once."""
    said = " ".join(words.split())
    if instead in edits:
        at = edits.index(instead)
        others = edits[:at], edits[at + 1 :]
        return (*others[0], *((said,) if said else ()), *others[1])
    return (*(edit for edit in edits if edit != said), said)
