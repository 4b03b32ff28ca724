"""Which units matter for the predictions: bits a character lost where one's state is held at 0.

Another run for each unit, so the window has it done in a process of its own (`cli/matters.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gru_debugger.core import names
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.surprise import mean_surprise

MOST_STEPS, MOST_UNITS = 2000, 512  # beyond these it is done on request only


def soon(trace: Trace) -> bool:
    """Whether it takes seconds, and needs no asking."""
    return trace.steps <= MOST_STEPS and trace.model.hidden_size <= MOST_UNITS


def losses(trace: Trace, place: Place) -> Iterator[float]:
    """Bits a character that each unit's silence costs, below 0 where it helps; unit after unit.

    Beside the edits that are there. nan where the silent run grows beyond all numbers, or where
    the output predicts no next character.
    """
    base = mean_surprise(trace.finish())
    for unit in range(trace.model.hidden_size):
        sentence = f"{names.value(trace.model, 'h', place, unit)} = 0"
        silent = trace.edited(trace.parse_edits(sentence))
        found = None if base is None else mean_surprise(silent.finish())
        yield np.nan if base is None or found is None else found.bits - base.bits
