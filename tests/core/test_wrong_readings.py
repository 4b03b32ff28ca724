"""The usual mistakes in reading a GRU's weights each part clearly from torch.

So the agreement found elsewhere is no luck: 1e-6 lies far below any real mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from grus import Network, Shape, distance, model_of

from gru_debugger.core.cell import Array, Cell
from gru_debugger.core.trace import trace

NETWORK = Network(Shape(hidden=16, symbols=12))
TEXT = NETWORK.shape.text(200)
THEIRS = NETWORK.gru(NETWORK.inputs(TEXT))[0].numpy()

Change = Callable[[Array], Array]


def every(change: Change) -> Callable[[Cell], Cell]:
    """The same change of the rows of all four weights and biases."""
    return lambda cell: Cell(*(change(array) for array in cell.arrays.values()))


def gates(order: str, signs: tuple[int, int, int] = (1, 1, 1)) -> Callable[[Cell], Cell]:
    """Rows stacked r, z, n, taken in another order, with other signs."""

    def change(rows: Array) -> Array:
        parts = dict(zip("rzn", np.split(rows, 3), strict=True))
        stacked = [sign * parts[g] for g, sign in zip(order, signs, strict=True)]
        return np.concatenate(stacked).astype(np.float32)

    return every(change)


def transposed(cell: Cell) -> Cell:
    blocks = [block.T for block in np.split(cell.weight_hh, 3)]
    return replace(cell, weight_hh=np.concatenate(blocks))


def bias_outside_the_product(cell: Cell) -> Cell:
    """b_hn added to the sum, not multiplied by r: as with one bias a gate."""
    moved = np.zeros_like(cell.bias_hh)
    moved[-cell.hidden_size :] = cell.bias_hh[-cell.hidden_size :]
    return replace(cell, bias_ih=cell.bias_ih + moved, bias_hh=cell.bias_hh - moved)


MISTAKES = {
    "r and z swapped": gates("zrn"),
    "n first": gates("nrz"),
    "z flipped: 1 replaces": gates("rzn", (1, -1, 1)),
    "candidate's sign": gates("rzn", (1, 1, -1)),
    "b_hn outside the product": bias_outside_the_product,
    "W_hh transposed": transposed,
    "input bias lost": lambda cell: replace(cell, bias_ih=np.zeros_like(cell.bias_ih)),
}


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
