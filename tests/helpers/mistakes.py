"""The usual mistakes in reading a GRU's weights, each a change of a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gru_debugger.core.cell import Array, Cell

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
