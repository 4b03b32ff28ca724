"""Which GRU nodes are the steps of one GRU: each goes on where the one before it left off."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.onnx.axes import Axes
from gru_debugger.formats.onnx.followed import Flow, Origin, Signs
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.reading import AXIS


@dataclass(frozen=True)
class Chain:
    """`steps` in the order of the text, which stands in the value that `reads` tells of."""

    states: Origin
    steps: list[Node]
    reads: Origin
    axes: Axes  # of what is read, the steps in front
    texts: int


def find(graph: Graph, flow: Flow) -> dict[Origin, Chain]:
    """By the origin of their states, the lower ones first."""
    chains: dict[Origin, Chain] = {}
    for origin, nodes in flow.makers.items():
        chain = _linked(graph, flow, origin, nodes, chains)
        if chain is not None:
            chains[origin] = chain
    return chains


def _linked(
    graph: Graph, flow: Flow, origin: Origin, nodes: list[Node], chains: dict[Origin, Chain]
) -> Chain | None:
    if origin.kind != "states" or len(nodes) < 2:
        return None
    texts, size = origin.key[-2], origin.key[-2] * origin.width
    for number, node in enumerate(nodes[1:]):
        state = flow.signs.get(node.input(5))
        before = number * size + np.arange(size)
        if state is None or state.of != origin or state.places.shape != (1, texts, origin.width) \
                or not np.array_equal(state.places.ravel(), before):  # fmt: skip
            return None
    read = [flow.signs[node.input(0)] for node in nodes]
    axes = _axes(graph, chains, read, texts)
    return None if axes is None else Chain(origin, nodes, read[0].of, axes, texts)


def _axes(
    graph: Graph, chains: dict[Origin, Chain], read: list[Signs], texts: int
) -> Axes | None:
    """Of what is read step by step, where that is a whole text; None where it is anything else."""
    origin, steps = read[0].of, len(read)
    if any(signs.of != origin for signs in read):
        return None
    sizes = (texts, steps, read[0].places.shape[-1])
    turned = is_turned(np.concatenate([signs.places for signs in read]), sizes)
    if origin.kind == "states":
        lower = chains.get(origin)
        whole = lower is not None and (len(lower.steps), lower.texts) == (steps, texts)
        return ("T", "B", "H") if whole and turned is False else None
    base = origin.below if origin.kind == "Gather" else origin
    if base is None or base.kind != "input" or turned is None:
        return None
    dims = list(graph.inputs[base.key[0]] or [])
    dims = dims[:-1] if base is origin else dims
    return _of_input(dims, steps, texts, turned)


def _of_input(dims: list[int | None], steps: int, texts: int, turned: bool) -> Axes | None:
    """Which of an input's axes is which; the steps are as many as it says that there are."""
    long = [axis for axis, size in enumerate(dims) if size != 1]
    if len(long) != 1 + (texts > 1):
        return None
    time = long[-1 if turned else 0]
    text = next((axis for axis in long if axis != time), None)
    if dims[time] != steps or (text is not None and dims[text] not in (None, texts)):
        return None
    return (f"{AXIS}{time}", "1" if text is None else f"{AXIS}{text}", "H")


def is_turned(places: NDArray[np.int64], sizes: tuple[int, int, int]) -> bool | None:
    """Whether rows of these sizes have their first two axes exchanged; None where they are in
    another order than these two, or not all there."""
    if places.size != math.prod(sizes):
        return None
    plain = np.arange(places.size)
    if np.array_equal(places.ravel(), plain):
        return False
    turned = plain.reshape(sizes).swapaxes(0, 1).ravel()
    return True if np.array_equal(places.ravel(), turned) else None
