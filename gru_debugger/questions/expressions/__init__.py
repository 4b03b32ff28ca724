"""Conditions and expressions: one small language for whatever is asked of a whole recording.

``z[9] < 0.05``, ``character == "e" and max(abs(h - h_prev)) > 0.5``. It may come from a stranger:
Python's own parser reads it (`ast`), a grammar of ours says what of that is meant, and nothing is
ever evaluated as Python. Evaluated over stretches of steps as arrays, so that memory is bounded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

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
_LONG = 0.0004  # seconds of a stretch, from which on handing it to a thread is little beside it
_IN_A_ROW = 3  # of which the first also looks up what all need

_T = TypeVar("_T")


def condition(text: str, trace: Trace) -> Term:
    """An expression that is one truth a step. Raises ExpressionError for any other."""
    return compile_expression(text, trace).one_truth()


def hits(term: Term, trace: Trace) -> Iterator[tuple[Stretch, list[int]]]:
    """Where a condition holds: stretch by stretch, the rows of it counted from its first."""

    def of(stretch: Stretch) -> tuple[Stretch, list[int]]:
        truth = np.broadcast_to(term.values(stretch), (len(stretch),))
        return stretch, np.flatnonzero(truth).tolist()

    return _of_each_stretch(of, trace)


def _of_each_stretch(of: Callable[[Stretch], _T], trace: Trace) -> Iterator[_T]:
    """In order, by every processor where it takes long: numpy lets go of the interpreter."""
    todo, long = stretches(trace), 0
    for stretch in todo:
        began = perf_counter()
        found = of(stretch)
        long = long + 1 if perf_counter() - began > _LONG else 0
        yield found
        if long == _IN_A_ROW:
            break
    else:
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        yield from threads.map(of, todo)


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
    for stretch, values in _of_each_stretch(lambda s: (s, term.values(s)), trace):
        found[stretch.a : stretch.b] = values
    return found
