"""What the worked sheet of a step says, whichever format it is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gru_debugger.core.cell import Notation
from gru_debugger.core.edits import Place
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.core.trace import Trace
from gru_debugger.errors import one_line
from gru_debugger.numerals import brief, grouped, span
from gru_debugger.questions.by_hand import Ledger, Rounding, ledger
from gru_debugger.questions.calculation import Sheet, rows_around, sheet
from gru_debugger.questions.calculation_symbols import Writing
from gru_debugger.questions.sentences import sentence
from gru_debugger.questions.step_sentences import step_sentences
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.spans import Span

DECIMALS = 3
ALL = 32  # units up to which all rows are shown
_LONGEST = 200  # characters of a name that a file gives

_COUNTED = {0: "no decimals", 1: "one decimal", 2: "two decimals", 3: "three decimals"}


@dataclass(frozen=True, eq=False)
class WorkedStep:
    """A step of a recording and the unit whose row is added up; `alone`: without the sheet.

    `and_next`: the step after it too, which begins with the state that this one ends with; `each`
    has them apart. `thresholds` are those of its sentences.
    """

    trace: Trace
    t: int
    place: Place
    unit: int
    writing: Writing = "pytorch"
    alone: bool = False
    and_next: bool = False
    thresholds: Thresholds = USUAL

    @property
    def each(self) -> tuple[WorkedStep, ...]:
        """One or two, in the order in which they are read."""
        first = replace(self, and_next=False)
        if not self.and_next:
            return (first,)
        both = first, replace(first, t=self.t + 1)
        return both if self.place[1] == "forward" else both[::-1]

    # The numbers ---------------------------------------------------------------------------------

    @property
    def rows(self) -> range:
        """The units of the sheet."""
        units = self.trace.model.hidden_size
        return range(units) if units <= ALL else rows_around(units, self.unit)

    def sheet(self, writing: Writing) -> Sheet:
        rows = [self.unit] if self.alone else self.rows
        return sheet(self.trace, self.t, self.place, rows, writing)

    def ledger(self, of: Sheet, unit: int) -> tuple[Ledger, Rounding]:
        found = ledger(of, unit)
        return found, Rounding.of(found.magnitude, DECIMALS)

    @staticmethod
    def rounding(of: Sheet) -> Rounding:
        """One for all columns of a sheet."""
        columns = [column.values for band in of.bands for column in band.columns]
        return Rounding.of(max(float(np.abs(values).max()) for values in columns), DECIMALS)

    # Words ---------------------------------------------------------------------------------------

    @property
    def character(self) -> str:
        return one_line(self.trace.character_in_words(self.t), _LONGEST)

    @property
    def title(self) -> str:
        model = one_line(self.trace.model.source.title, _LONGEST)
        return f"{model}: step {grouped(self.t)} of {grouped(self.trace.steps)}, {self.character}"

    @property
    def title_of_all(self) -> str:
        return " · ".join([self.each[0].title, *(f"step {grouped(one.t)}, {one.character}"
                                                 for one in self.each[1:])])  # fmt: skip

    @property
    def under_title(self) -> list[str]:
        """Which part of which model, and what was done to it."""
        trace, words = self.trace, []
        model = trace.model
        if len(model.places) > 1:
            words.append(model.place_in_words(*self.place))
        words.append(model.variant_in_words())
        if trace.edits:
            edits = "; ".join(str(edit) for edit in trace.edits)
            words.append(one_line(f"set by hand: {edits}", 2 * _LONGEST))
        return words

    @property
    def input_note(self) -> str:
        """Of an input that is one weight, which."""
        index = self.trace.reading.one_index(self.t) if self._one_hot else None
        if index is None:
            return ""
        return f"x is one-hot: what it makes of W_i is the weight of {self.character} alone."

    @property
    def _one_hot(self) -> bool:
        return self.trace.one_hot and not self.place[0]

    def left_out(self) -> str:
        """Which units the sheet does not show; empty: none."""
        units, rows = self.trace.model.hidden_size, self.rows
        if self.alone or len(rows) == units:
            return ""
        shown = span("unit", rows[0], rows[-1]).capitalize()
        return f"{shown} of {grouped(units)}; --unit shows the row of another."

    def rounded(self, rounding: Rounding) -> str:
        """How what is printed adds up."""
        if rounding.digits is None:
            return "The numbers are so large that they are rounded to one digit."
        digits = _COUNTED.get(rounding.digits, f"{rounding.digits} decimals")
        last = brief(10.0**-rounding.digits)
        return (
            f"Rounded to {digits}: a sum of a few such numbers may be {last} beside the sum that "
            "stands there; what many are beside it stands in the line “rounding”."
        )

    def sentences(self, of: Sheet, unit: int) -> Iterator[list[Span]]:
        """One for each computation of the step, in its order."""
        notation: Notation = "course" if of.writing == "course" else "pytorch"
        cell, by_hand = self.trace.model.cell(*self.place), of.by_hand(unit)
        for computation in COMPUTATIONS[of.reset]:
            said = sentence(
                of.step, unit, computation, of.reset, notation, cell.activations, by_hand,
                self.thresholds,
            )  # fmt: skip
            if of.writing == "keras":
                said = [s._replace(text=s.text.replace("n_{", "h̃_{")) if s.symbol else s
                        for s in said]  # fmt: skip
            yield said

    @staticmethod
    def blend(of: Sheet, unit: int, rounding: Rounding) -> str:
        """The last line of a unit's row: h_9 = (1 − z) · n + z · h(t−1), in numbers."""
        row, columns = of.row_of(unit), {column.slot: column for column in of.blend.columns}
        slots = ("1 − z", "n", "z", "old", "new")
        take, n, z, old, new = (rounding.shown(float(columns[s].values[row])) for s in slots)
        name = f"{'c' if of.writing == 'course' else 'h'}_{unit}"
        if "h" in of.by_hand(unit):
            return f"{name} = {new}, set by hand"
        return f"{name} = {take} · {n} + {z} · {old} = {new}"

    def of_step(self, of: Sheet) -> list[list[Span]]:
        """The sentences of the whole step; none where a unit stands alone."""
        notation: Notation = "course" if of.writing == "course" else "pytorch"
        if self.alone:
            return []
        return step_sentences(self.trace, of.step, self.place, notation, self.thresholds)

    def of_writing(self, of: Sheet, unit: int) -> list[str]:
        """What the course and Keras write otherwise than PyTorch does."""
        if of.writing == "keras":
            return self._in_keras(unit)
        if of.writing == "pytorch":
            return []
        one = "The course writes one bias a gate, b_r = b_hr + b_ir, and Γu = 1 − z"
        apart = "; the candidate's two stay apart, for Γr weighs one of them"
        return [f"{one}{apart if of.reset == 'after' else ''}."]

    def _in_keras(self, unit: int) -> list[str]:
        """Where the unit's weights stand in Keras' arrays."""
        cell, units = self.trace.model.cell(*self.place), self.trace.model.hidden_size
        z, r, h = (grouped(block * units + unit) for block in range(3))
        after = self.trace.model.reset == "after"
        row = self.trace.reading.one_index(self.t) if self._one_hot else None
        return [
            f"Keras: K is kernel ({cell.input_size} × {3 * units}), U is recurrent_kernel "
            f"({units} × {3 * units}); both hold z, r and h̃ side by side, a column a unit.",
            f"Unit {unit} has the columns {z} (z), {r} (r) and {h} (h̃)"
            + ("." if row is None else f"; {self.character} is kernel's row {row}."),
            "b_0 is bias[0], beside the kernel; b_1 is bias[1], beside the recurrent kernel."
            if after
            else "b is bias, one number a column (reset_after=False).",
        ]  # fmt: skip


def joined(spans: Sequence[Span], shown: Callable[[Span], str]) -> str:
    """A sentence of its pieces, each as it is `shown`."""
    words = ""
    for piece in spans:
        words += ("" if not words or piece.text[:1] in ".,;:" else " ") + shown(piece)
    return words
