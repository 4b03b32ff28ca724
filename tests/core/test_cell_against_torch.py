"""Every named quantity of torch's parameters, and torch's own states, over random shapes."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from types import SimpleNamespace

import numpy as np
import oracle
import pytest
import samples
import torch
from grus import SHAPES, Network, Shape, assert_close, distance, model_of
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_debugger.core.cell import Reset
from gru_debugger.core.model import DIRECTIONS, Direction
from gru_debugger.core.quantities import CELL_QUANTITIES, suffix
from gru_debugger.core.trace import Trace, trace
from gru_debugger.live import from_module

few = settings(max_examples=30)


def parameters(gru: torch.nn.GRU, end: str) -> SimpleNamespace:
    """Torch's own of one layer and direction; without biases, zeros."""
    zeros = torch.zeros(3 * gru.hidden_size)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return SimpleNamespace(**{name: getattr(gru, name + end, zeros) for name in names})


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
            theirs = oracle.step(parameters(network.gru, end), x, h_prev, "after")
            ours = recorded.rows(1, length, layer, direction)
            assert set(ours) == set(CELL_QUANTITIES)
            assert {values.dtype for values in ours.values()} == {np.dtype(np.float32)}
            for name, values in theirs.items():
                assert_close(ours[name], values, name + end)
        x = torch.cat([tensor(recorded, "h", layer, d) for d in DIRECTIONS[: shape.directions]], 1)
    logits = network.fc(x)
    assert_close(recorded.column("logits"), logits, "logits")
    assert_close(recorded.column("probabilities"), logits.softmax(1), "probabilities")


@pytest.mark.parametrize("reset", ["after", "before"])
def test_every_quantity_of_the_table_has_an_oracle(reset: Reset) -> None:
    """And an axis there: tests elsewhere go over those that have."""
    cell = samples.model(3).cell()
    names = oracle.step(cell, np.zeros(cell.input_size), np.zeros(3), reset)
    assert set(names) == {"x", *chain(*oracle.AXES.values())} == set(CELL_QUANTITIES)


@few
@given(SHAPES)
def test_the_oracle_is_torchs_own_to_float64(shape: Shape) -> None:
    network = Network(replace(shape, layers=1, directions=1)).double()
    text = shape.text(9)
    x = network.inputs(text).double()
    h = torch.zeros(shape.hidden, dtype=torch.float64)
    for t, theirs in enumerate(network.gru(x)[0]):
        ours = oracle.step(parameters(network.gru, "_l0"), x[t], h, "after")["h"]
        assert distance(ours, theirs) <= 1e-14
        h = theirs


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
