"""What a bare name means for a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.core import names
from gru_debugger.core.columns import ALL, OUTPUTS
from gru_debugger.questions.expressions.stretches import Stretch
from gru_debugger.questions.expressions.terms import Term, Values
from gru_debugger.questions.predictions import none_because

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

_NUMBERS = ("step", "surprise", "rank")
_TEXTS = ("character", "next_character", "predicted")
PREDICTIONS = ("surprise", "rank", "predicted")
ABOUT = {
    "step": "the step's number",
    "surprise": "bits, of the character that follows",
    "rank": "of the character that follows, from 1",
    "character": "the one that is read",
    "next_character": "the one that follows",
    "predicted": "the likeliest next character",
}
NAMES = (*_NUMBERS, *_TEXTS)


def name_of_run(name: str, trace: Trace, units: slice = ALL, one: bool = False) -> Term | str:
    """A quantity, some of its units, or a value of the step; or the words why there is none."""
    if name in PREDICTIONS and (reason := no_prediction(name, trace)):
        return reason
    if name in _NUMBERS:
        return Term("number", name, 0, lambda stretch, back: stretch.number(name, back))
    if name in _TEXTS:
        return Term("text", name, 0, lambda stretch, back: stretch.characters(name, back))
    found = names.split(name, trace.model)
    if found is None:
        return names.unknown(name, trace.model, NAMES)
    quantity, place = found
    place = (place[0], "forward") if quantity in OUTPUTS else place

    def at_step(stretch: Stretch, back: int) -> Values:
        values = stretch.quantity(quantity, place, units, back)
        return values[:, 0] if one else values

    count = names.width(trace.model, quantity, found[1])
    width = None if one else len(range(count)[units])
    return Term("number", name, 0, at_step, width, quantity=name, dtype=np.float32)


def no_prediction(name: str, trace: Trace) -> str:
    """Why there is none of the next character; empty where there is."""
    reason = none_because(trace)
    return f"{reason}, so there is no “{name}”." if reason else ""
