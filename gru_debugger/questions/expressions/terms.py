"""What an expression is made of: a value a step, or several, with its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gru_debugger.core import columns
from gru_debugger.errors import ExpressionError
from gru_debugger.questions.expressions.stretches import Stretch

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

Kind = Literal["number", "truth", "text", "texts"]

Values = Any  # (steps,) or (steps, n) of a stretch, or what is the same at every step


@dataclass(frozen=True)
class Term:
    """A piece of an expression: `text` as written, at character `at`, counted from 1.

    `width`: how many values a step has, None for one. `at_step(stretch, back)` are its values,
    `back` steps earlier in the order in which a direction reads. `sides` are the sides of
    comparisons in it that are one value a step and no constant. `work`: how many values of the run
    it looks up; `changed` looks up what it is of twice, and so on inside each other.
    """

    kind: Kind
    text: str
    at: int
    at_step: Callable[[Stretch, int], Values]
    width: int | None = None
    constant: bool = False
    quantity: str = ""  # the name of the quantity that it is or begins with, for mends
    dtype: Any = np.float64
    sides: tuple[Term, ...] = field(default=(), repr=False)
    work: int = 1

    def values(self, stretch: Stretch) -> Values:
        with np.errstate(all="ignore"):  # 1 / 0 is a value that no comparison holds for
            return self.at_step(stretch, 0)

    def rows(self, trace: Trace) -> int:
        """Steps of which the values are a moment's work."""
        return max(1, columns.stretch_rows(trace) // max(1, self.work))

    def wrong(self, words: str) -> ExpressionError:
        return ExpressionError(f"“{self.text[:60]}”, character {self.at}: {words}")

    def number(self) -> Term:
        """Itself, where it is a number. Raises ExpressionError."""
        if self.kind == "number":
            return self
        what = {"truth": "a truth", "text": "a text", "texts": "a list"}[self.kind]
        raise self.wrong(f"{what} where a number is wanted.")

    def truth(self) -> Term:
        """Itself, where it is a truth, of one or of several units. Raises ExpressionError."""
        if self.kind == "truth":
            return self
        raise self.wrong(f"{self._called()} where a truth is wanted; {self._compared()}.")

    def one_truth(self) -> Term:
        term = self.truth()
        if term.width is None:
            return term
        raise self.wrong(
            f"a value for each of {term.width} units; write any({self.text}), all({self.text})"
            f"{self._of_one_unit()}."
        )

    def one_value(self) -> Term:
        if self.width is None:
            return self
        raise self.wrong(f"a value for each of {self.width} units; name one, [9].")

    def _called(self) -> str:
        return {"number": "a number", "text": "a text", "texts": "a list"}[self.kind]

    def _compared(self) -> str:
        if self.kind != "number":
            return 'compare it, character == "e"'
        unit = "" if self.width is None or "[" in self.text else f"[{min(9, self.width - 1)}]"
        return f"compare it, {self.text}{unit} < 0.5"

    def _of_one_unit(self) -> str:
        """“ or z[9] < 0.5”, where a quantity stands in it by its bare name."""
        if not self.quantity or self.width is None or f"{self.quantity}[" in self.text:
            return ""
        unit = f"{self.quantity}[{min(9, self.width - 1)}]"
        return f" or {self.text.replace(self.quantity, unit, 1)}"

    def as_written(self, text: str, at: int) -> Term:
        return replace(self, text=text, at=at)


def constant(value: Any, kind: Kind, text: str, at: int) -> Term:
    return Term(kind, text, at, lambda stretch, back: value, constant=True, work=0)


def lined_up(values: Values, width: int | None, wanted: int | None) -> Values:
    """One value a step beside several: (steps,) as (steps, 1)."""
    if width is None and wanted is not None and np.ndim(values) == 1:
        return values[:, None]
    return values
