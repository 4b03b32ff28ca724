"""Arithmetic, comparison and logic of terms, a unit beside a unit."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.questions.expressions.stretches import Stretch
from gru_debugger.questions.expressions.terms import Term, Values, lined_up

Operator = Callable[..., Any]

ARITHMETIC: dict[type[ast.operator], Operator] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
}  # fmt: skip
_ORDER: dict[type[ast.cmpop], Operator] = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
}  # fmt: skip
_EQUAL: dict[type[ast.cmpop], Operator] = {ast.Eq: np.equal, ast.NotEq: np.not_equal}


def mapped(operator: Operator, of: Term) -> Term:
    def at_step(stretch: Stretch, back: int) -> Values:
        return operator(exact(of.at_step(stretch, back)))

    return replace(of, at_step=at_step, dtype=np.float64)


def combined(operator: Operator, left: Term, right: Term) -> Term:
    """Two terms of one kind as one of that kind."""
    width = _width(left, right)

    def at_step(stretch: Stretch, back: int) -> Values:
        pair = (lined_up(exact(t.at_step(stretch, back)), t.width, width) for t in (left, right))
        return operator(*pair)

    return _joined(left, right, left.kind, width, at_step)


def compared(kind: type[ast.cmpop], left: Term, right: Term) -> Term:
    """The truth of a comparison; of what is not a number, or nothing, none holds."""
    if kind in (ast.In, ast.NotIn):
        return _contained(left, right, kind is ast.NotIn)
    if kind in (ast.Is, ast.IsNot):
        raise left.wrong("write == or !=.")
    if left.kind != right.kind or left.kind not in ("number", "text"):
        words = {"number": "a number", "text": "a text", "truth": "a truth", "texts": "a list"}
        mend = " for a list, write in" if "texts" in (left.kind, right.kind) else ""
        raise left.wrong(
            f"{words[left.kind]} can't be compared with {words[right.kind]}"
            f"{';' + mend if mend else ''}."
        )
    operator = (_ORDER | _EQUAL)[kind]
    if left.kind == "text":
        if kind in _ORDER:
            raise left.wrong("texts have no order; write == or !=.")
        return _same_text(operator, left, right)
    width = _width(left, right)

    def at_step(stretch: Stretch, back: int) -> Values:
        a, b = (lined_up(exact(t.at_step(stretch, back)), t.width, width) for t in (left, right))
        holds = operator(a, b)  # of what is not a number none but != does
        return holds & ~np.isnan(a) & ~np.isnan(b) if operator is np.not_equal else holds

    return _joined(left, right, "truth", width, at_step)


def _same_text(operator: Operator, left: Term, right: Term) -> Term:
    def at_step(stretch: Stretch, back: int) -> Values:
        a, b = (np.asarray(t.at_step(stretch, back), object) for t in (left, right))
        return np.asarray(operator(a, b), bool) & _is_there(a) & _is_there(b)

    return _joined(left, right, "truth", None, at_step)


def _is_there(texts: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray(texts != np.array(None), bool)


def _contained(left: Term, right: Term, outside: bool) -> Term:
    if left.kind != "text":
        raise left.wrong('only a text can be in another, such as character in "aeiou".')
    if right.kind not in ("text", "texts") or not right.constant:
        raise right.wrong('write a text or a list of texts in its place, such as "aeiou".')

    def at_step(stretch: Stretch, back: int) -> Values:
        among = frozenset(right.at_step(stretch, back))
        texts = np.atleast_1d(np.asarray(left.at_step(stretch, back), object))
        return np.array([t is not None and (t in among) != outside for t in texts], bool)

    return _joined(left, right, "truth", None, at_step)


def units_of(of: Term, units: slice, one: bool) -> Term:
    """Some of the units of a term, or one of them."""

    def at_step(stretch: Stretch, back: int) -> Values:
        values = of.at_step(stretch, back)[:, units]
        return values[:, 0] if one else values

    width = None if one else units.stop - units.start
    return replace(of, width=width, at_step=at_step)


def with_sides(whole: Term, sides: Sequence[Term]) -> Term:
    """A comparison with those of its sides that differ from step to step, as written."""
    own = tuple(s for s in sides if s.width is None and not s.constant)
    return replace(whole, sides=_in_order(own, whole.sides))


def _in_order(own: Sequence[Term], inner: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(sorted({*own, *inner}, key=lambda term: term.at))


def _width(left: Term, right: Term) -> int | None:
    if left.width is not None and right.width is not None and left.width != right.width:
        raise left.wrong(
            f"{left.width} values can't be taken with the {right.width} of “{right.text[:30]}”."
        )
    return right.width if left.width is None else left.width


def _joined(left: Term, right: Term, kind: Any, width: int | None, at_step: Any) -> Term:
    return Term(
        kind, left.text, left.at, at_step, width,
        constant=left.constant and right.constant,
        quantity=left.quantity or right.quantity,
        sides=(*left.sides, *right.sides),
        work=max(1, left.work + right.work),  # of constants too: inside each other they double
    )  # fmt: skip


def exact(values: Values) -> Values:
    """Numbers in float64: a float32 beside 0.05 is compared as the number it is."""
    if isinstance(values, np.ndarray) and values.dtype == np.float32:
        return values.astype(np.float64)
    return values
