"""What a recording reads, a step at a time: the symbols of a text, or rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array
from gru_debugger.core.model import Model
from gru_debugger.errors import InputError, one_line
from gru_debugger.files import Text
from gru_debugger.numerals import counted, dimensions, span


@dataclass(frozen=True, eq=False)
class Rows:
    """Input that is not text: x of layer 0 itself, (steps, input), and what to call each step.

    `columns` are the names of the numbers in a row, if they have any; `name` says where the rows
    come from, for people, and `path` for `formats.arrays.read_rows`, if they are a file's.
    """

    values: Array
    labels: Sequence[str] = ()
    name: str = "rows"
    columns: Sequence[str] = ()
    path: str = ""

    def __repr__(self) -> str:
        return f"<Rows {one_line(self.name)}: {dimensions(self.values.shape)}>"

    @cached_property
    def largest(self) -> float:
        """max |x|, at least the smallest number above 0."""
        return max(float(np.abs(self.values).max()), float(np.finfo(np.float32).tiny))


@dataclass(frozen=True, eq=False)
class Reading:
    """`characters` are what the steps are called: the symbols as written, or the rows' labels.

    Of a text `indices` are the symbols', of rows `rows` is x of layer 0 (steps, input); the other
    is None. `unknown`: characters that the vocabulary lacks are read as its unknown symbol.
    """

    characters: Sequence[str]
    text: str = ""
    indices: NDArray[np.int64] | None = None
    rows: Rows | None = None
    unknown: bool = False

    def __repr__(self) -> str:
        return f"<Reading {counted(len(self.characters), self.noun)}>"

    @property
    def source(self) -> str | Rows:
        """What was read, to be read again."""
        return self.text if self.rows is None else self.rows

    @property
    def name(self) -> str:
        """What it is called: a file's name, mostly."""
        return Text.name_of(self.text) if self.rows is None else self.rows.name

    @property
    def noun(self) -> Literal["character", "row"]:
        """What a step reads, in words."""
        return "character" if self.rows is None else "row"

    @property
    def steps_in_words(self) -> str:
        """the text has steps 1 to 115; the rows are steps 1 to 4."""
        has = "text has" if self.rows is None else "rows are"
        return f"the {has} {span('step', 1, len(self.characters))}"

    def column(self, i: int) -> str:
        """The name of the i-th number of a row; empty where it has none."""
        return self.rows.columns[i] if self.rows is not None and self.rows.columns else ""

    def one_index(self, t: int) -> int | None:
        """The symbol that step t reads, from 1; None of a row, and outside the text."""
        inside = self.indices is not None and 1 <= t <= len(self.indices)
        return int(self.indices[t - 1]) if inside and self.indices is not None else None


def read(model: Model, source: str | Rows | NDArray[Any], unknown: bool = False) -> Reading:
    """What `model` reads of a text or of rows (steps, input).

    Raises TextError for a character that the vocabulary lacks (with `unknown`, VocabularyError
    where it has no unknown symbol), InputError for what is empty or of another width.
    """
    if isinstance(source, str):
        if not source:
            raise InputError("the text is empty: give at least one character.")
        characters = model.split(source)
        return Reading(characters, source, model.indices(source, unknown), unknown=unknown)
    return _read_rows(model, source if isinstance(source, Rows) else as_rows(source))


def read_on(model: Model, before: Reading, t: int, symbols: Sequence[str]) -> Reading:
    """A text as it was read up to step t, and symbols of the vocabulary behind it.

    Raises InputError where they would be read as other ones.
    """
    kept, added = before.characters[:t], "".join(symbols)
    if isinstance(kept, str) and kept and before.indices is not None:  # a million stay as they are
        text = Text.continued(kept + added, before.text)
        indices = np.concatenate([before.indices[:t], model.indices(added)])
        return replace(before, characters=text, text=text, indices=indices)
    reading = read(model, Text.continued("".join(kept) + added, before.text), before.unknown)
    if len(reading.characters) != t + len(symbols):
        raise InputError(
            "what would be written can't be told apart: the vocabulary has symbols that are made "
            "of others, and reads them as one."
        )
    return reading


def as_rows(values: Any) -> Rows:
    """A copy of an array, of a tensor wherever it lies, or of a list of lists.

    Raises InputError for what is no table.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.array(values)
    except ValueError:  # lists of several lengths
        array = np.array(None)
    if not array.ndim:
        raise InputError(
            f"{values!r:.40} is neither a text nor a table of numbers; give a str, or an array "
            "(steps, input)."
        )
    return Rows(array)


def _read_rows(model: Model, rows: Rows) -> Reading:
    values = rows.values
    if values.ndim != 2 or values.dtype.kind not in "fiub" or values.shape[1] != model.input_size:
        raise InputError(
            f"{rows.name}: {dimensions(values.shape)} values of type {values.dtype}, "
            f"where rows of {model.input_size} numbers are expected, one row a step."
        )
    if not len(values):
        raise InputError(f"{rows.name}: there are no rows; give at least one.")
    with np.errstate(over="ignore"):  # a number too large for float32 is told as infinite
        floats = np.ascontiguousarray(values, np.float32)
    if not np.isfinite(floats).all():
        step, column = (int(i[0]) for i in np.nonzero(~np.isfinite(floats)))
        raise InputError(
            f"{rows.name}: row {step + 1}, column {column + 1} is infinite or not a number."
        )
    if floats is not values or not rows.labels:  # rows that were read before stay the same ones
        labels = tuple(rows.labels) or tuple(str(t) for t in range(1, len(values) + 1))
        rows = replace(rows, values=floats, labels=labels)
    return Reading(rows.labels, rows=rows)
