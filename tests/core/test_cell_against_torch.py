"""Every named quantity beside the same in torch, over random shapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from grus import SHAPES, Network, Shape, assert_close, distance, model_of
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import linear

from gru_debugger.core.model import DIRECTIONS, Direction
from gru_debugger.core.quantities import CELL_QUANTITIES, suffix
from gru_debugger.core.trace import Trace, trace
from gru_debugger.live import from_module

few = settings(max_examples=30)


def unrolled(
    gru: torch.nn.GRU, end: str, x: torch.Tensor, h_prev: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The documentation's four equations, part by part, from torch's own parameters."""
    w_ir, w_iz, w_in = getattr(gru, f"weight_ih{end}").chunk(3)
    w_hr, w_hz, w_hn = getattr(gru, f"weight_hh{end}").chunk(3)
    zeros = torch.zeros(3 * h_prev.shape[1])
    b_ir, b_iz, b_in = getattr(gru, f"bias_ih{end}", zeros).chunk(3)
    b_hr, b_hz, b_hn = getattr(gru, f"bias_hh{end}", zeros).chunk(3)
    q = {"x": x, "h_prev": h_prev}
    q["input_r"], q["hidden_r"] = linear(x, w_ir, b_ir), linear(h_prev, w_hr, b_hr)
    q["input_z"], q["hidden_z"] = linear(x, w_iz, b_iz), linear(h_prev, w_hz, b_hz)
    q["input_n"], q["hidden_n"] = linear(x, w_in, b_in), linear(h_prev, w_hn, b_hn)
    q["sum_r"] = q["input_r"] + q["hidden_r"]
    q["sum_z"] = q["input_z"] + q["hidden_z"]
    q["r"], q["z"] = torch.sigmoid(q["sum_r"]), torch.sigmoid(q["sum_z"])
    q["reset_product"] = q["r"] * q["hidden_n"]
    q["sum_n"] = q["input_n"] + q["reset_product"]
    q["n"] = torch.tanh(q["sum_n"])
    q["take"], q["keep"] = (1 - q["z"]) * q["n"], q["z"] * h_prev
    q["h"] = q["take"] + q["keep"]
    return q


def tensor(trace: Trace, name: str, layer: int, direction: Direction) -> torch.Tensor:
    return torch.from_numpy(trace.rows(1, trace.steps, layer, direction)[name])


@few
@given(SHAPES, st.integers(1, 30), st.booleans())
def test_every_quantity_of_every_step(shape: Shape, length: int, from_zeros: bool) -> None:
    network = Network(shape)
    text = shape.text(length)
    h0 = None if from_zeros else torch.rand(shape.layers * shape.directions, shape.hidden) * 2 - 1
    recorded = trace(model_of(network), text, h0)
    x = network.inputs(text)
    for layer in range(shape.layers):
        for direction in DIRECTIONS[: shape.directions]:
            h_prev = tensor(recorded, "h_prev", layer, direction)
            end = suffix(layer, direction == "reverse")
            theirs = unrolled(network.gru, end, x, h_prev)
            ours = recorded.rows(1, length, layer, direction)
            assert set(ours) == set(theirs) == set(CELL_QUANTITIES)
            for name in CELL_QUANTITIES:
                assert ours[name].dtype == np.float32
                assert_close(ours[name], theirs[name], name + end)
        x = torch.cat([tensor(recorded, "h", layer, d) for d in DIRECTIONS[: shape.directions]], 1)
    logits = network.fc(x)
    assert_close(recorded.column("logits"), logits, "logits")
    assert_close(recorded.column("probabilities"), logits.softmax(1), "probabilities")


@few
@given(SHAPES, st.booleans())
def test_200_steps_of_the_whole_gru(shape: Shape, from_zeros: bool) -> None:
    """nn.GRU's own answer: the top layer's states, and the last state of each layer."""
    network = Network(shape)
    text = shape.text(200)
    h0 = torch.zeros(shape.layers * shape.directions, shape.hidden)
    if not from_zeros:
        h0.uniform_(-1, 1)
    top, last = network.gru(network.inputs(text), h0)
    recorded = trace(model_of(network), text, h0.numpy())
    ours = [recorded.states(shape.layers - 1, d) for d in DIRECTIONS[: shape.directions]]
    assert distance(np.concatenate(ours, 1), top) <= 1e-6
    for row, state in enumerate(last):
        layer, reverse = divmod(row, shape.directions)
        final = recorded.step(1 if reverse else 200, layer, DIRECTIONS[reverse]).h
        assert distance(final, state) <= 1e-6
    assert_close(recorded.column("logits"), network(text, h0), "logits")


@few
@given(SHAPES)
def test_gru_cell(shape: Shape) -> None:
    torch.manual_seed(shape.seed)
    cell = torch.nn.GRUCell(shape.symbols, shape.hidden, bias=shape.bias)
    cell.requires_grad_(False)
    text = shape.text(50)
    recorded = trace(from_module(cell, shape.vocabulary), text)
    h = torch.zeros(shape.hidden)
    for t, character in enumerate(text, 1):
        x = torch.zeros(shape.symbols)
        x[shape.vocabulary.index(character)] = 1
        assert_close(recorded.step(t).h, cell(x, torch.from_numpy(recorded.step(t).h_prev)), "step")
        h = cell(x, h)
        assert distance(recorded.step(t).h, h) <= 1e-6


@pytest.mark.parametrize("scale", [4.0, 12.0])
def test_trained_weights_stay_near_torch(scale: float) -> None:
    """A long run with large weights: at most 4 times torch's own distance from float64."""
    network = Network(Shape(hidden=16, symbols=12, scale=scale))
    text = network.shape.text(1000)
    x = network.inputs(text)
    recorded = trace(model_of(network), text)
    theirs = network.gru(x)[0]
    exact = network.double().gru(x.double())[0]
    assert distance(recorded.states(), theirs) <= max(1e-6, 4 * distance(theirs, exact))


def test_sigmoid_at_its_ends_makes_no_noise() -> None:
    """Sums of ±500 saturate quietly: warnings are errors here."""
    network = Network(Shape(scale=1000.0))
    recorded = trace(model_of(network), network.shape.text(20))
    z = recorded.column("z")
    assert z.min() >= 0
    assert z.max() <= 1
    assert np.isfinite(recorded.column("probabilities")).all()
