"""What is often asked of a run, ready to be set: sentences of `core.edits`."""

from __future__ import annotations

import numpy as np

from gru_debugger.core import names
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace


def gate_open(trace: Trace, place: Place) -> str:
    """The candidate sees all of the old state."""
    return f"{names.called(trace.model, 'r', place)} = 1"


def no_memory(trace: Trace, place: Place) -> str:
    """Each state is its candidate: nothing is kept."""
    return f"{names.called(trace.model, 'z', place)} = 0"


def silenced(trace: Trace, place: Place, unit: int) -> str:
    """A unit says nothing, to no step and to no output."""
    return f"{names.value(trace.model, 'h', place, unit)} = 0"


def not_forgotten(trace: Trace, place: Place, unit: int, t: int) -> str:
    """A unit keeps in step t what it held."""
    return f"{names.value(trace.model, 'z', place, unit)} = 1 at {t}"


def frozen(trace: Trace, place: Place, unit: int, t: int) -> str:
    """A unit's candidate is, in all that is read from step t on, what it is there; exactly."""
    n = np.float32(trace.step(t, *place).n[unit])
    number = np.format_float_positional(n, unique=True, trim="-")
    steps = f"from {t}" if place[1] == "forward" else f"from 1 to {t}"
    return f"{names.value(trace.model, 'n', place, unit)} = {number} {steps}"
