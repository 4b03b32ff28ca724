"""Two loops of cells as the two directions of one GRU, which is how torch takes that apart."""

from __future__ import annotations

import numpy as np

from gru_debugger.formats.aten.layers import Recurrent
from gru_debugger.formats.aten.values import Array, Flow, Op, Signs


def joined(flow: Flow, forward: list[Op], reverse: list[Op]) -> Op | None:
    """The GRU that both are, of cells in the order in which they run; None where they are none."""
    ahead, back = [op.layer for op in forward], [op.layer for op in reverse]
    hx = ahead[0].hx, back[0].hx
    alike = len(ahead) == len(back) and all(map(_alike, ahead, reversed(back)))
    if not alike or not all(isinstance(state, Array) for state in hx):
        return None
    texts, units = ahead[0].states.shape
    op = Op("gru", forward[0].name, (*forward, *reverse), "computed")
    flow.fresh(op, (len(ahead), texts, 2 * units), role="states")
    op.layer = Recurrent(
        ahead[0].weights + back[0].weights,
        np.concatenate([layer.x for layer in ahead]),
        Array(np.stack([state.signs for state in hx])),
        tuple(dict.fromkeys(op for layer in ahead + back for op in layer.seen)),
        tuple(dict.fromkeys(op for layer in (ahead[0], back[0]) for op in layer.begun)),
        1, 2, False, flow.blocks[-1],
    )  # fmt: skip
    return op


def _alike(one: Recurrent, other: Recurrent) -> bool:
    """Whether two cells read the same step, in states of the same size."""
    return one.x is not None and other.x is not None and np.array_equal(one.x, other.x) \
        and one.states.shape == other.states.shape  # fmt: skip


def rename(table: Signs, whole: Recurrent, ahead: list[Recurrent], back: list[Recurrent]) -> None:
    """In a table by signs: the states of both loops as the halves of the whole GRU's."""
    steps, texts, both = whole.states.shape
    signs = np.arange(steps * texts * both).reshape(steps, texts, both) + whole.states.start
    for step in range(steps):
        for layer, half in zip((ahead[step], back[-1 - step]), np.split(signs[step], 2, -1),
                               strict=True):  # fmt: skip
            table[layer.states.start :][: half.size] = half.ravel()
