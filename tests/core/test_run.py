"""A run: what a recording says it is made from, made into a recording again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from samples import model, text_for

from gru_debugger.core.initial_state import GIVEN, ZEROS, InitialState
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import EditError, TextError

MODEL = model(4, directions=2)
TEXT = text_for(MODEL, 12)
FEATURES = model(4, embedding=None)
H0 = np.linspace(-1, 1, 8).reshape(2, 4)

CASES = {
    "a text": Trace(MODEL, TEXT),
    "h(0) of float64": Trace(MODEL, TEXT, H0),
    "h(0) of torch's shape": Trace(MODEL, TEXT, InitialState(H0.reshape(2, 1, 4), "h.csv")),
    "rows of float64": Trace(FEATURES, np.eye(8)[:5]),
    "rows with names": Trace(FEATURES, Rows(np.eye(8, dtype=np.float32), name="x.npy")),
    "edits": Trace(MODEL, TEXT).what_if("z[1] =  1 at 3", "h_l0_reverse = 0"),
    "edits on edits": Trace(MODEL, TEXT).what_if("r = 1").what_if("z = 0 from 4"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_run_of_a_recording_is_recorded_as_the_same(name: str) -> None:
    recorded = CASES[name].finish()
    again = Trace.of(recorded.run).finish()
    assert again.run == recorded.run
    assert again.edits == recorded.edits
    np.testing.assert_array_equal(again.h0, recorded.h0)
    for place in recorded.model.places:
        np.testing.assert_array_equal(again.all_states(*place), recorded.all_states(*place))


def test_unknown_characters_stay_so() -> None:
    network = replace(model(4), vocabulary=(*"abcdefg", "<unk>"))
    run = Trace(network, "ab@", unknown=True).run
    assert run == Run(network, "ab@", unknown=True)
    assert Trace.of(run).stand_in(3) == "<unk>"
    with pytest.raises(TextError):
        Trace.of(Run(network, "ab@"))


@pytest.mark.parametrize(
    ("stored", "h0", "chosen"),
    [
        (False, None, None),
        (True, None, None),
        (False, np.ones((1, 4)), GIVEN),
        (False, InitialState(np.zeros((1, 4), np.float32), ZEROS), None),
        (True, InitialState(np.zeros((1, 4), np.float32), ZEROS), ZEROS),
    ],
)
def test_only_an_initial_state_that_was_chosen_is_the_run_s(
    stored: bool, h0: Any, chosen: str | None
) -> None:
    plain = model(4)
    network = replace(plain, h0=np.ones((1, 4), np.float32))
    initial = Trace(network if stored else plain, "ab", h0).run.initial
    assert (initial and initial.origin) == chosen


def test_edits_are_put_on_what_is_plain() -> None:
    plain = Trace(MODEL, TEXT)
    once = plain.what_if("r = 1")
    twice = once.what_if("z = 0")
    assert [t.run.edits for t in (plain, once, twice)] == [(), ("r = 1",), ("r = 1", "z = 0")]
    assert twice.reference is once
    assert twice.plain is once.plain is plain.plain is plain
    assert twice.run.plain == plain.run
    other = twice.with_edits("n = 0 at 2")
    assert (other.run.edits, other.reference) == (("n = 0 at 2",), plain)
    assert twice.with_edits() is plain
    with pytest.raises(EditError):
        twice.with_edits("n = 0 at 200")


def test_runs_are_compared_by_what_they_say() -> None:
    run = Run(MODEL, TEXT)
    assert run == Run(MODEL, TEXT)
    assert hash(run) == hash(Run(MODEL, TEXT))
    assert run.plain is run
    others = [Run(model(3), TEXT), Run(MODEL, TEXT[1:]), run.edited("r = 1"),
              Run(MODEL, TEXT, unknown=True), Run(MODEL, TEXT, InitialState(H0))]  # fmt: skip
    assert run not in others
