"""The usual mistakes in reading a GRU's weights each part clearly from torch.

So the agreement found elsewhere is no luck: 1e-6 lies far below any real mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from grus import Network, Shape, distance, model_of
from mistakes import MISTAKES

from gru_debugger.core.cell import Cell
from gru_debugger.core.trace import trace

NETWORK = Network(Shape(hidden=16, symbols=12))
TEXT = NETWORK.shape.text(200)
THEIRS = NETWORK.gru(NETWORK.inputs(TEXT))[0].numpy()


def distance_from_torch(change: Callable[[Cell], Cell]) -> float:
    model = model_of(NETWORK)
    changed = replace(model, layers=((change(model.cell()),),))
    return distance(trace(changed, TEXT).states(), THEIRS)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_shows(mistake: str) -> None:
    assert distance_from_torch(MISTAKES[mistake]) > 1e-3


def test_reset_before_for_after_shows() -> None:
    assert distance(trace(model_of(NETWORK, "before"), TEXT).states(), THEIRS) > 1e-3


def test_reverse_read_forward_shows() -> None:
    network = Network(Shape(hidden=8, directions=2))
    text = network.shape.text(30)
    theirs = network.gru(network.inputs(text))[0][:, 8:]
    model = model_of(network)
    forward_only = replace(model, layers=((model.cell(0, "reverse"),),), output=None)
    assert distance(trace(forward_only, text).states(), theirs) > 1e-3
    assert distance(trace(model, text).states(0, "reverse"), theirs) <= 1e-6


def test_the_right_reading_agrees() -> None:
    assert distance_from_torch(lambda cell: cell) <= 1e-6
