"""What a candidate would be where the reset gate let all of its unit through."""

from __future__ import annotations

from gru_debugger.core import names
from gru_debugger.core.columns import cell_quantities
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Step, Trace
from gru_debugger.numerals import two
from gru_debugger.phrases import phrase, told
from gru_debugger.questions.writing_in_words import Brief
from gru_debugger.spans import Span

ASKED_OF = ("n", "reset_product")
_NEXT = {"n": "h", "reset_product": "n"}


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
    quantity = _NEXT[asked]
    now, then = two(float(step.values[quantity][unit])), two(there[quantity])
    first = phrase("With {r} = 1 it would be {value},", r=Span(f"r_{{{unit}}}", symbol=True),
                   value=Span(two(there[asked]), "strong"))  # fmt: skip
    if now == then and quantity == "h":
        second = told("and the new state {now} all the same.", now=now)
    elif now == then:
        second = told("and the candidate {now} all the same.", now=now)
    elif quantity == "h":
        second = told("and the new state {then} instead of {now}.", then=then, now=now)
    else:
        second = told("and the candidate {then} instead of {now}.", then=then, now=now)
    return Brief(None, first, second)
