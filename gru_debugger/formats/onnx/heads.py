"""From a GRU node's states on: the output layer, and what follows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gru_debugger.formats.onnx import axes as moves
from gru_debugger.formats.onnx.axes import Axes
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.reading import directions
from gru_debugger.formats.onnx.tensors import Constant

ENDS = ("Softmax", "LogSoftmax", "ArgMax", "TopK")  # what may follow an output layer
_MOST = 64


@dataclass
class Head:
    """A linear layer that reads the states: output `states` of the node, by the nodes `way`."""

    node: Node
    weight: Constant
    bias: Constant
    states: str
    scores: str
    way: list[Node]
    after: list[Node] = field(default_factory=list)  # what makes a choice of the scores, or shapes


@dataclass(frozen=True)
class _Value:
    name: str
    axes: Axes
    way: tuple[Node, ...] = ()


def of(graph: Graph, node: Node) -> Iterator[Head]:
    """Those whose scores are what the network gives: nothing else is computed from them."""
    wide = width(graph, node)
    for number, states in enumerate(node.outputs[:2]):  # all of them, and the last
        axes = graph.axes.get(states) or moves.of_states(node, number, directions(graph, node))
        for user, value in _following(graph, _Value(states, axes)) if states else ():
            head = _linear(graph, user, value, states)
            fits = head is not None and head.weight.array.shape[1] == wide
            if head is not None and fits and _ends(graph, head, value):
                yield head


def at_no_step(graph: Graph, node: Node, head: Head) -> bool:
    """Whether it reads the last state of each direction: one of the end, one of the beginning."""
    return head.states != node.outputs[0] and directions(graph, node) > 1


def _following(graph: Graph, value: _Value) -> Iterator[tuple[Node, _Value]]:
    """The first nodes that do more than move this value or take some of its steps."""
    values = [value]
    for value in values:
        for node in graph.users.get(value.name, ()):
            axes = _moved(graph, node, value)
            if axes is None or len(values) > _MOST:
                yield node, value
            else:
                out = node.outputs[0]
                values.append(_Value(out, graph.axes.get(out, axes), (*value.way, node)))


def _moved(graph: Graph, node: Node, value: _Value) -> Axes | None:
    if node.inputs.count(value.name) > 1 or value.name in node.captured:
        return None
    if node.op == "Concat":
        return _stacked(node, value)
    if node.inputs[:1] != [value.name]:
        return None
    if node.op in ("Slice", "ReverseSequence"):
        where = [node.integer("time_axis", 0)]
        if node.op == "Slice":
            given = graph.integers(node, 3, "axes")
            starts = graph.integers(node, 1, "starts") or []
            where = list(range(len(starts))) if given is None else given
        kept = all(moves.at(value.axes, axis) not in ("", "H", "D", "L") for axis in where)
        return value.axes if kept else None
    if node.op == "Gather":
        return _gathered(graph, node, value.axes)
    return moves.moved(graph, node, value.axes)


def _stacked(node: Node, value: _Value) -> Axes | None:
    """Of the last states of all layers, one behind the other, this GRU's are the last."""
    axis, places = node.integer("axis", 0), list(value.axes)
    if moves.at(value.axes, axis) != "1" or node.inputs[-1] != value.name or "T" in places:
        return None
    places[axis] = "L"
    return tuple(places)


def _gathered(graph: Graph, node: Node, axes: Axes) -> Axes | None:
    """Of some steps, or of one, whose axis is gone then."""
    axis = node.integer("axis", 0)
    if moves.at(axes, axis) in ("", "H", "D"):
        return None
    index = graph.constant(node.input(1))
    if moves.at(axes, axis) == "L" and (index is None or index.array.tolist() != -1):
        return None
    if index is None or axes[:1] == ("…",):
        return ("…", "H") if moves.ordered(axes) else None
    places = list(axes)
    places[axis : axis + 1 or None] = [f"{node.outputs[0]}/{k}" for k in range(index.array.ndim)]
    return tuple(places)


def _ends(graph: Graph, head: Head, value: _Value) -> bool:
    """Whether the scores are shaped and chosen from at most; the nodes that do so are kept."""
    axes = (*value.axes[:-1], "H")
    for node, scores in _following(graph, _Value(head.scores, axes)):
        last = node.integer("axis", -1)
        if node.op not in ENDS or moves.at(scores.axes, last) != "H":
            return False
        head.after += [n for n in (*scores.way, node) if n not in head.after]
    return True


def width(graph: Graph, node: Node) -> int:
    """Directions · hidden; 0 where the weights are not stored."""
    found = [graph.weights(part.input(2)) for part in node.of_directions]
    return sum(r.array.shape[0] * r.array.shape[-1] for r in found if r is not None)


def _linear(graph: Graph, node: Node, value: _Value, states: str) -> Head | None:
    """Weight (symbols, width), bias (symbols,), and the name of the scores."""
    weight = graph.weights(node.input(1)) if node.op in ("MatMul", "Gemm") else None
    if weight is None or weight.array.ndim != 2 or node.inputs[0] != value.name:
        return None
    if value.axes[-1:] != ("H",):
        return None
    array, scores = weight.array.T, node.outputs[0]
    way = [*value.way, node]
    bias = None
    if node.op == "Gemm":
        array = weight.array if node.integer("transB", 0) else array
        array = array * array.dtype.type(node.number("alpha", 1))
        bias = graph.weights(node.input(2)) if node.input(2) else None
        if node.integer("transA", 0) or (node.input(2) and bias is None):
            return None
        if bias is not None:
            bias = Constant(bias.array * bias.array.dtype.type(node.number("beta", 1)), bias.dtype)
    elif (adding := _adding(graph, scores)) is not None:
        bias, nodes = adding
        way += nodes
        scores = nodes[-1].outputs[0]
    size = len(array)
    values = np.zeros(size, array.dtype) if bias is None else bias.array
    if values.size not in (1, size) or values.shape[-1:] not in ((), (1,), (size,)):
        return None
    spread = np.broadcast_to(values.reshape(-1), (size,))
    made = Constant(spread, (bias or weight).dtype)
    return Head(node, Constant(array, weight.dtype), made, states, scores, way)


def _adding(graph: Graph, scores: str) -> tuple[Constant, list[Node]] | None:
    """The bias that the one user of the scores adds, and the nodes up to it."""
    nodes: list[Node] = []
    for _ in range(_MOST):
        users = graph.users.get(scores, [])
        if len(users) != 1:
            return None
        (node,) = users
        nodes.append(node)
        if node.op == "Add":
            bias = next((graph.weights(n) for n in node.inputs if n != scores), None)
            return None if bias is None else (bias, nodes)
        if node.op not in ("Reshape", "Identity") or node.inputs[0] != scores:
            return None
        scores = node.outputs[0]
    return None
