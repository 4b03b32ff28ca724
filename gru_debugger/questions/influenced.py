"""The number that is asked about, as people name it: ``h[9]``, ``probability("e")``."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import numpy as np

from gru_debugger.core import names
from gru_debugger.core.columns import OUTPUTS
from gru_debugger.core.edits import Place
from gru_debugger.core.gradients import Vector
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.given import words
from gru_debugger.questions.predictions import none_because

_PROBABILITY = re.compile(
    r"""\s*probability\s*\(\s*(?P<symbol>(["'])(?:\\.|(?!\2)[^\\])*\2)\s*\)\s*"""
)
_WRITTEN = 'a value is written h[9], logits[4] or probability("e").'


@dataclass(frozen=True, repr=False)
class Value:
    """One number of a step: a quantity's, of a place, `unit` of its `width` (a symbol's index).

    Written as `str` has it.
    """

    said: str
    quantity: str
    place: Place
    unit: int
    width: int

    def __str__(self) -> str:
        return self.said

    __repr__ = __str__

    @property
    def is_output(self) -> bool:
        return self.quantity in OUTPUTS

    def places(self, model: Model) -> tuple[Place, ...]:
        """Whose states it is followed through beside all: its own; of an output the top layer."""
        if not self.is_output:
            return (self.place,)
        return tuple((len(model.layers) - 1, way) for way in model.ways)

    def of_top(self, trace: Trace, t: int) -> Vector:
        """An output's gradient by the states that it reads (directions · hidden,)."""
        output = trace.model.output
        assert output is not None
        weight: Vector = output.weight.astype(float)
        if self.quantity == "logits":
            row: Vector = weight[self.unit]
            return row
        top = trace.inputs(len(trace.model.layers), t - 1, t)[0].astype(float)
        logits = weight @ top + output.bias
        p = np.exp(logits - logits.max())
        p /= p.sum()
        mine: Vector = p[self.unit] * (weight[self.unit] - p @ weight)
        return mine


def named(trace: Trace, of: str | None, t: int) -> Value:
    """What `of` names, of a step that is recorded; None: the likeliest next character's logit.

    Raises InputError for what the run lacks, and for several values.
    """
    trace.check_step(t)
    if of is None:
        return likeliest_logit(trace, t)
    found = _PROBABILITY.fullmatch(words("value", of))
    if found:
        return _probability(trace, of.strip(), ast.literal_eval(found["symbol"]))
    try:
        quantity, place, units = names.find(trace, of)
    except InputError as fault:
        raise InputError(f"{str(fault).removesuffix('.')}; {_WRITTEN}") from None
    width = names.width(trace.model, quantity, place)
    asked = range(width)[units]
    if len(asked) != 1:
        one = f"{of.partition('[')[0].strip()}[{min(9, width - 1)}]"
        raise InputError(f"“{of}”: these are several values; name one, {one}.")
    said = names.value(trace.model, quantity, place, asked[0])
    return Value(said, quantity, place, asked[0], width)


def likeliest_logit(trace: Trace, t: int) -> Value:
    """Raises InputError where the model has no output layer."""
    model = trace.model
    if model.output is None:
        raise InputError(
            "the model has no output layer, so that no next character has a logit; say which "
            f"value is meant, such as {names.value(model, 'h', model.places[-1], 0)}."
        )
    return logit(model, int(trace.outputs(t, t)["logits"][0].argmax()))


def logit(model: Model, symbol: int) -> Value:
    assert model.output is not None
    width, place = len(model.output.bias), model.places[-1]
    return Value(f"logits[{symbol}]", "logits", place, symbol, width)


def _probability(trace: Trace, of: str, symbol: str) -> Value:
    if reason := none_because(trace):
        raise InputError(f"“{of}”: {reason}, so there is no probability.")
    index = trace.model.index_of.get(symbol)
    if index is None:
        raise InputError(f"“{of}”: the model's vocabulary has no such symbol.")
    return Value(of, "probabilities", trace.model.places[-1], index, trace.model.symbols)
