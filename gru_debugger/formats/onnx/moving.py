"""Operators that only move numbers, on those that are constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gru_debugger.formats.onnx.graph import Node


def _axes(node: Node, arrays: list[Any]) -> tuple[int, ...] | None:
    """An input since opset 13, an attribute before."""
    if len(arrays) > 1 and arrays[1] is not None:
        return tuple(int(i) for i in arrays[1].reshape(-1))
    axes = node.integers("axes")
    return None if axes is None else tuple(axes)


def _slice(node: Node, arrays: list[Any]) -> NDArray[Any]:
    """starts, ends, axes, steps: inputs since opset 10, attributes before."""
    data = arrays[0]
    names = ("starts", "ends", "axes", "steps")
    if len(arrays) > 1:
        given = [None if a is None else a.reshape(-1).tolist() for a in arrays[1:]]
    else:
        given = [node.integers(name) for name in names]
    starts, ends, axes, steps = (*given, None, None, None)[:4]
    if starts is None or ends is None:
        raise ValueError("a Slice without bounds")
    places = [slice(None)] * data.ndim
    axes = range(len(starts)) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        # The smallest integer as the end of a backward slice means: to the very beginning.
        stop = None if step < 0 and end < -data.shape[axis] else end
        places[axis] = slice(start, stop, step)
    return data[tuple(places)]  # type: ignore[no-any-return]


def _reshape(node: Node, arrays: list[Any]) -> NDArray[Any]:
    data, wanted = arrays[0], [int(n) for n in arrays[1].reshape(-1)]
    keep = not node.integer("allowzero", 0)
    shape = [data.shape[i] if n == 0 and keep else n for i, n in enumerate(wanted)]
    return data.reshape(shape)  # type: ignore[no-any-return]


def _split(node: Node, arrays: list[Any]) -> list[NDArray[Any]]:
    """The sizes are an input since opset 13, an attribute before; without them, alike."""
    data, axis = arrays[0], node.integer("axis", 0)
    given = arrays[1].reshape(-1).tolist() if len(arrays) > 1 and arrays[1] is not None \
        else node.integers("split")  # fmt: skip
    count = len(node.outputs)
    size = -(-data.shape[axis] // count)  # the last is smaller where they can't be alike
    ends = np.cumsum(given) if given else np.arange(1, count + 1) * size
    if len(ends) != count:
        raise ValueError("a Split of other parts than it gives")
    return np.split(data, ends[:-1], axis)


MOVES: dict[str, Any] = {
    "Cast": None,
    "Expand": None,
    "Identity": lambda node, arrays: arrays[0],
    "Transpose": lambda node, arrays: arrays[0].transpose(node.integers("perm")),
    "Unsqueeze": lambda node, arrays: np.expand_dims(arrays[0], _axes(node, arrays) or ()),
    "Squeeze": lambda node, arrays: np.squeeze(arrays[0], _axes(node, arrays)),
    "Concat": lambda node, arrays: np.concatenate(arrays, node.integer("axis", 0)),
    "Reshape": _reshape,
    "Slice": _slice,
    "Split": _split,
}
