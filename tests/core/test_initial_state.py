"""The state before the first step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import samples
from grus import Network, Shape, assert_close, model_of

from gru_debugger.core.initial_state import InitialState, initial_state
from gru_debugger.core.trace import trace
from gru_debugger.errors import InputError


def test_where_it_comes_from() -> None:
    model = samples.model(hidden=4)
    assert initial_state(model).origin == "zeros"
    assert initial_state(model, np.ones(4)).origin == "given"
    stored = replace(model, h0=np.full((1, 4), 0.5, np.float32))
    assert initial_state(stored).origin == "stored in the model"
    assert initial_state(stored).states[0, 0] == 0.5
    named = initial_state(stored, InitialState(np.zeros((1, 4), np.float32), "state.npy"))
    assert (named.origin, named.states.max()) == ("state.npy", 0)


def test_the_last_state_of_one_recording_is_the_first_of_another() -> None:
    """An encoder's into its decoder, as torch does it."""
    encoder, decoder = (Network(Shape(hidden=7, layers=2, seed=s)) for s in (1, 2))
    text = encoder.shape.text(200)
    encoded = trace(model_of(encoder), text)
    decoded = trace(model_of(decoder), text, encoded.final_states())
    _, last = encoder.gru(encoder.inputs(text))
    theirs, _ = decoder.gru(decoder.inputs(text), last)
    assert_close(decoded.states(1), theirs, "decoder")
    assert np.array_equal(decoded.step(1).h_prev, encoded.step(200).h)
    unlike = trace(model_of(decoder), text)
    assert np.abs(unlike.states(1) - theirs.numpy()).max() > 1e-3


@pytest.mark.parametrize("h0", [np.zeros(3), np.zeros((2, 4)), np.full(4, np.inf), ["a"] * 4])
def test_what_does_not_fit_is_refused(h0: object) -> None:
    with pytest.raises(InputError, match="the initial state"):
        trace(samples.model(hidden=4), "a", h0)
