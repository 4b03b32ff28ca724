"""What a candidate would be where the reset gate let all of its unit through."""

from __future__ import annotations

from gru_debugger.core import names
from gru_debugger.core.columns import cell_quantities
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Step, Trace
from gru_debugger.numerals import two
from gru_debugger.questions.writing_in_words import Brief
from gru_debugger.spans import Span

ASKED_OF = ("n", "reset_product")
_NEXT = {"n": ("h", "the new state"), "reset_product": ("n", "the candidate")}


def open_gate(trace: Trace, t: int, place: Place, unit: int, r: int = 1) -> dict[str, float]:
    """A unit's quantities in step t with its r = 1, as ``what_if("r[9] = 1 at 34")`` has them.

    From the same h(t-1), with all edits that are there; or with another `r`, 0: a shut gate.
    """
    sentence = f"{names.value(trace.model, 'r', place, unit)} = {r} at {t}"
    edit = trace.parse_edits(sentence)
    values = cell_quantities(trace, place, t - 1, t, slice(unit, unit + 1), edit)
    return {name: float(found[0, 0]) for name, found in values.items()}


def open_gate_briefly(trace: Trace, unit: int, step: Step, place: Place, asked: str) -> Brief:
    """Of a quantity of `ASKED_OF`, and of what is computed of it."""
    there = open_gate(trace, step.number, place, unit)
    quantity, words = _NEXT[asked]
    now, then = two(float(step.values[quantity][unit])), two(there[quantity])
    instead = f"{then} instead of {now}" if now != then else f"{now} all the same"
    gate, value = Span(f"r_{{{unit}}}", symbol=True), Span(two(there[asked]), "strong")
    first = [Span("With"), gate, Span("= 1 it would be"), value, Span(",")]
    return Brief(None, first, f"and {words} {instead}.")
