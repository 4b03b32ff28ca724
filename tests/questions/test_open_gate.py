"""What a unit would yield with its reset gate open, against the run in which it is set so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core import names
from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import two
from gru_debugger.questions.open_gate import open_gate, open_gate_briefly
from gru_debugger.spans import Span

DEEP = {"layers": 2, "directions": 2}
OTHER = Activations(Activation("hard_sigmoid"), Activation("leaky_relu"))
PLACES: dict[str, Place] = {"first": (0, "forward"), "last": (1, "reverse")}


@pytest.mark.parametrize("more", [DEEP, {**DEEP, "activations": OTHER}], ids=["usual", "other"])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("edits", [(), ("z = 0.25 at 5", "r[3] = 0.5")], ids=["plain", "edited"])
def test_it_is_what_the_run_with_that_edit_has(
    more: dict[str, Any], reset: Any, place: Place, edits: tuple[str, ...]
) -> None:
    """To rounding, at the first step, the last and between; the unit's own gate alone."""
    trace = recording(model(reset=reset, **more), 12).with_edits(*edits).finish()
    name = names.value(trace.model, "r", place, 3)
    moved = 0.0
    for t in (1, 5, 12):
        there = trace.what_if(f"{name} = 1 at {t}").step(t, *place)
        found = open_gate(trace, t, place, 3)
        for quantity in ("r", "hidden_n", "reset_product", "n", "h"):
            wanted = there.values[quantity][3]
            assert found[quantity] == pytest.approx(wanted, rel=1e-6, abs=1e-6), (t, quantity)
        was = trace.step(t, *place).reset_product[3]
        moved = max(moved, abs(found["reset_product"] - was))
    assert moved > 0.01


@pytest.mark.parametrize(("asked", "following"), [("n", "h"), ("reset_product", "n")])
def test_it_says_so_of_what_is_asked_and_what_is_computed_of_it(asked: str, following: str) -> None:
    trace: Trace = recording(model(), 12)
    step, there = trace.step(5), trace.what_if("r[3] = 1 at 5").step(5)
    brief = open_gate_briefly(trace, 3, step, (0, "forward"), asked)
    assert Span(two(float(there.values[asked][3])), "strong") in brief.first
    before, after = (two(float(s.values[following][3])) for s in (step, there))
    assert before != after
    assert brief.second.endswith(f" {after} instead of {before}.")


def test_what_stays_is_said_to_stay() -> None:
    trace: Trace = recording(model(), 12).with_edits("n = 0.5").finish()
    brief = open_gate_briefly(trace, 3, trace.step(5), (0, "forward"), "n")
    assert Span("0.50", "strong") in brief.first
    assert brief.second == f"and the new state {two(np.float32(trace.step(5).h[3]))} all the same."
