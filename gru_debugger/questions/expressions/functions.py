"""The functions of the language, each of one argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_debugger.questions.expressions import operators
from gru_debugger.questions.expressions.lookup import no_prediction
from gru_debugger.questions.expressions.stretches import Stretch
from gru_debugger.questions.expressions.terms import Term, Values

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace


@dataclass(frozen=True)
class Function:
    """`make(argument, trace)` raises ExpressionError for an argument it can't take."""

    make: Callable[[Term, Trace], Term]
    example: str


def _over_units(reduce: Callable[..., Any], kinds: tuple[str, ...], gives: Any) -> Any:
    def make(of: Term, trace: Trace) -> Term:
        if of.kind not in kinds:
            of = of.truth() if kinds == ("truth",) else of.number()
        if of.width is None:
            raise of.wrong("one value a step already; this takes a value for each unit.")

        def at_step(stretch: Stretch, back: int) -> Values:
            return reduce(operators.exact(of.at_step(stretch, back)))

        return replace(of, kind=gives, width=None, at_step=at_step, dtype=np.float64)

    return make


def _norm(values: Any) -> Any:
    return np.sqrt(np.square(values).sum(axis=1))


def _argmax(values: Any) -> Any:
    """The first of equals; not a number where a value is not one."""
    return np.where(np.isnan(values).any(axis=1), np.nan, values.argmax(axis=1))


def _abs(of: Term, trace: Trace) -> Term:
    return operators.mapped(np.abs, of.number())


def _previous(of: Term, trace: Trace) -> Term:
    return replace(of, at_step=lambda stretch, back: of.at_step(stretch, back + 1))


def _changed(of: Term, trace: Trace) -> Term:
    before = _previous(of.number(), trace)
    return operators.mapped(np.abs, operators.combined(np.subtract, of, before))


def _reference(of: Term, trace: Trace) -> Term:
    """What was before, in the reference too, is before the step that stands there."""

    def at_step(stretch: Stretch, back: int) -> Values:
        return of.at_step(stretch, back) if of.constant else stretch.reference.values(
            lambda there: of.at_step(there, back)
        )

    return replace(of, at_step=at_step)


def _text(of: Term, example: str) -> str:
    if of.kind != "text" or not of.constant:
        raise of.wrong(f"write a text in quotation marks, such as {example}.")
    return str(of.at_step(None, 0))  # type: ignore[arg-type]


def _probability(of: Term, trace: Trace) -> Term:
    symbol = _text(of, 'probability("e")')
    if reason := no_prediction("probability", trace):
        raise of.wrong(reason)
    index = trace.model.index_of.get(symbol)
    if index is None:
        raise of.wrong("the model's vocabulary has no such symbol.")
    units, place = slice(index, index + 1), trace.model.places[-1]

    def at_step(stretch: Stretch, back: int) -> Values:
        return stretch.quantity("probabilities", (place[0], "forward"), units, back)[:, 0]

    return Term("number", of.text, of.at, at_step)


def _ends_with(of: Term, trace: Trace) -> Term:
    words = _text(of, 'ends_with("the ")')
    if trace.reading.rows is not None:
        raise of.wrong("rows are no text; ask for the row's label, character.")
    if not words:
        raise of.wrong("an empty text ends everywhere; write at least one character.")
    return Term("truth", of.text, of.at, lambda stretch, back: stretch.ends_with(words, back))


_NUMBER, _TRUTH, _COUNTED = ("number",), ("truth",), ("number", "truth")

FUNCTIONS: dict[str, Function] = {
    "abs": Function(_abs, "h"),
    "min": Function(_over_units(lambda v: v.min(axis=1), _NUMBER, "number"), "z"),
    "max": Function(_over_units(lambda v: v.max(axis=1), _NUMBER, "number"), "z"),
    "mean": Function(_over_units(lambda v: v.mean(axis=1), _COUNTED, "number"), "z"),
    "sum": Function(_over_units(lambda v: v.sum(axis=1, dtype=float), _COUNTED, "number"), "z"),
    "any": Function(_over_units(lambda v: v.any(axis=1), _TRUTH, "truth"), "z < 0.05"),
    "all": Function(_over_units(lambda v: v.all(axis=1), _TRUTH, "truth"), "z < 0.05"),
    "argmax": Function(_over_units(_argmax, _NUMBER, "number"), "z"),
    "norm": Function(_over_units(_norm, _NUMBER, "number"), "h"),
    "changed": Function(_changed, "h"),
    "previous": Function(_previous, "z[9]"),
    "reference": Function(_reference, "h[9]"),
    "probability": Function(_probability, '"e"'),
    "ends_with": Function(_ends_with, '"the "'),
}
