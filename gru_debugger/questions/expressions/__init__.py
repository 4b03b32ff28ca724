"""Conditions and expressions: one small language for whatever is asked of a whole recording.

``z[9] < 0.05``, ``character == "e" and max(abs(h - h_prev)) > 0.5``. It may come from a stranger:
Python's own parser reads it (`ast`), a grammar of ours says what of that is meant, and nothing is
ever evaluated as Python. Evaluated over stretches of steps as arrays, so that memory is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import InputError
from gru_debugger.questions.expressions.compiling import (
    asks_reference,
    compile_expression,
    name_and_rest,
    reference_missing,
)
from gru_debugger.questions.expressions.stretches import Stretch, stretches
from gru_debugger.questions.expressions.terms import Term

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

__all__ = [
    "Stretch", "Term", "asks_reference", "compile_expression", "condition", "evaluate", "hits",
    "name_and_rest", "reference_missing", "where",
]  # fmt: skip

_LARGEST = 4 << 30  # bytes of a result


def condition(text: str, trace: Trace) -> Term:
    """An expression that is one truth a step. Raises ExpressionError for any other."""
    return compile_expression(text, trace).one_truth()


def hits(term: Term, trace: Trace) -> Iterator[tuple[Stretch, list[int]]]:
    """Where a condition holds: stretch by stretch, the rows of it counted from its first."""
    for stretch in stretches(trace):
        truth = np.broadcast_to(term.values(stretch), (len(stretch),))
        yield stretch, np.flatnonzero(truth).tolist()


def evaluate(text: str, trace: Trace) -> NDArray[Any]:
    """An expression at every step: (steps,) or (steps, n), numbers, truths, or str ("": nothing).

    Raises ExpressionError, one line that says at which character, for what can't be read or means
    nothing for this run; InputError for more values than there is room for.
    """
    trace.finish()
    return _values(compile_expression(text, trace), trace)


def where(text: str, trace: Trace) -> NDArray[np.int64]:
    """The steps, from 1, at which a condition holds: ``z[9] < 0.05``. Raises as `evaluate`."""
    trace.finish()
    found = hits(condition(text, trace), trace)
    rows = [stretch.a + row + 1 for stretch, there in found for row in there]
    return np.array(rows, np.int64)


def _values(term: Term, trace: Trace) -> NDArray[Any]:
    if term.kind == "texts":
        raise term.wrong("a list is no value of a step; write character in [\"a\", \"e\"].")
    width = () if term.width is None else (term.width,)
    if trace.steps * max(1, term.width or 1) * 8 > _LARGEST:
        raise InputError(f"“{term.text}” has too many values for a text this long; name one unit.")
    if term.kind == "text":
        parts = [np.broadcast_to(term.values(s), (len(s),)) for s in stretches(trace)]
        return np.array(["" if v is None else str(v) for part in parts for v in part])
    found = np.empty((trace.steps, *width), bool if term.kind == "truth" else term.dtype)
    for stretch in stretches(trace):
        found[stretch.a : stretch.b] = term.values(stretch)
    return found
