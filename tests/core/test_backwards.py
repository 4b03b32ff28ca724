"""A GRU that reads a text from its end only: torch's, on the text turned around, is the oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from grus import Network, Shape, assert_close, distance, model_of

from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace, trace
from gru_debugger.errors import InputError
from gru_debugger.questions.surprise import mean_surprise

STEPS = 200
SHAPES = [Shape(), Shape(layers=3, embedding=4), Shape(layers=2, bias=False)]


def backwards(network: Network) -> Model:
    return replace(model_of(network), backwards=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_states_and_logits(shape: Shape) -> None:
    network, text = Network(shape), shape.text(STEPS)
    h0 = np.random.default_rng(1).uniform(-1, 1, (shape.layers, shape.hidden)).astype(np.float32)
    ours = trace(backwards(network), text, h0)
    h, last = network.gru(network.inputs(text).flip(0), torch.from_numpy(h0))
    top = shape.layers - 1
    assert_close(ours.states(top), h.flip(0), "the top layer")
    assert_close(ours.final_states(), last, "what each layer ended with")
    assert_close(ours.column("logits"), network.fc(h).flip(0), "logits", 2e-6)
    assert distance(trace(model_of(network), text, h0).states(top), h.flip(0)) > 1e-3


def test_each_row_is_its_character() -> None:
    """h_prev of row t is h of row t + 1; the initial state comes after the last character."""
    shape = Shape(layers=2)
    h0 = np.full((2, shape.hidden), 0.5, np.float32)
    ours = trace(backwards(Network(shape)), shape.text(12), h0)
    for layer in range(2):
        h = ours.states(layer)
        assert np.array_equal(ours.step(12, layer).h_prev, h0[layer])
        assert np.array_equal(ours.state(13, layer), h0[layer])
        for t in range(1, 12):
            assert np.array_equal(ours.step(t, layer).h_prev, h[t])
            assert np.array_equal(ours.state(t, layer), h[t - 1])
    assert np.array_equal(ours.step(5, 1).x, ours.step(5).h)


def test_its_only_direction_is_meant_where_none_is_named() -> None:
    shape = Shape(layers=2)
    model = backwards(Network(shape))
    ours = trace(model, shape.text(30))
    assert (model.directions, model.ways) == (1, ("reverse",))
    assert model.cell(1) is model.cell(1, "reverse") is model.layers[1][0]
    for bare, whole in (("z", "z_l0_reverse"), ("h_l1", "h_l1_reverse")):
        if bare == "z":
            assert np.array_equal(ours.column(bare), ours.column(whole))
        else:
            with pytest.raises(InputError, match="no “h_l1”; its layers end in _l0_rev"):
                ours.column(bare)
    assert np.array_equal(ours.rows(3, 9)["n"], ours.rows(3, 9, 0, "reverse")["n"])
    assert ours.axes(1) == ours.axes(1, "reverse")
    assert np.array_equal(ours.all_states(), ours.all_states(0, "reverse"))
    with pytest.raises(InputError, match="direction “forward” is not in the model: it has reverse"):
        ours.step(3, 0, "forward")


def test_it_is_recorded_from_the_end() -> None:
    """No step before the last stretch is there; then all are."""
    shape = Shape()
    model, text = backwards(Network(shape)), shape.text(600)
    growing = Trace(model, text)
    while growing.advance():
        assert growing.recorded == 0
    assert np.array_equal(growing.states(), trace(model, text).states())
    h = Network(shape).gru(Network(shape).inputs(text).flip(0))[0].flip(0)
    assert_close(growing.states(), h, "three stretches")


def test_nothing_is_said_of_what_follows() -> None:
    """It has read that already, and what it was trained to tell no file says."""
    shape = Shape()
    network, text = Network(shape), shape.text(80)
    assert mean_surprise(trace(model_of(network), text)) is not None
    assert mean_surprise(trace(backwards(network), text)) is None


def test_what_info_says() -> None:
    network = Network(Shape())
    assert backwards(network).info()["directions"] == 1
    assert backwards(network).info()["direction"] == "reverse"
    assert "direction" not in model_of(network).info()
