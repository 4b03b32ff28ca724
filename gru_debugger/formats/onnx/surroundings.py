"""What an ONNX graph puts before and after its GRU: embedding, initial state, output layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.contents import LAST_OF_BOTH
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.joins import SHAPING, unturned
from gru_debugger.formats.onnx.tensors import Constant, shown
from gru_debugger.source import INITIAL_STATE, Grade, Notice

_CHOOSING = ("Slice", "Gather", "ReverseSequence")  # of steps, after the GRU
_ENDS = ("Softmax", "LogSoftmax", "ArgMax", "TopK")  # what may follow an output layer
_FARTHEST = 64


@dataclass
class Surroundings:
    tensors: dict[str, Constant] = field(default_factory=dict)  # embedding, fc.weight, fc.bias
    h0: NDArray[Any] | None = None
    between: str | None = None  # as Told has it
    notices: list[Notice] = field(default_factory=list)

    def tell(self, what: str, where: str, in_words: str, grade: Grade = "inside") -> None:
        self.notices.append(Notice(grade, what, where, in_words))


def find(graph: Graph, nodes: list[Node]) -> Surroundings:
    """Of the nodes that are the layers of one GRU, the lowest first."""
    found = Surroundings()
    _embedding(graph, nodes[0], found)
    _initial_state(graph, nodes, found)
    for weight, bias, states in _output_layers(graph, nodes[-1]):
        if states != nodes[-1].outputs[0] and _directions(graph, nodes[-1]) > 1:
            found.notices.append(LAST_OF_BOTH)
            continue
        found.tensors |= {"fc.weight": weight, "fc.bias": bias}
        break
    return found


def _source(graph: Graph, name: str, through: tuple[str, ...] = SHAPING) -> str:
    """The value that `name` is a new shape of."""
    for _ in range(_FARTHEST):
        node = graph.maker.get(name)
        if node is None or node.op not in through or not node.inputs:
            break
        name = node.inputs[0]
    return name


def below(graph: Graph, node: Node) -> Node | None:
    """The recurrent node all of whose states are this one's x, be they turned around."""
    name, _ = unturned(graph, node.input(0))
    maker = graph.maker.get(name)
    found = maker is not None and maker.op == node.op and maker.outputs[0] == name
    return maker if found else None


def _embedding(graph: Graph, node: Node, found: Surroundings) -> None:
    name, _ = unturned(graph, node.input(0))
    maker = graph.maker.get(name)
    if maker is None or maker.op == "OneHot":
        return
    table, index = maker.input(0), maker.input(1)
    if maker.op == "MatMul" and _is_one_hot(graph, table):
        table, index = index, table
    elif maker.op != "Gather" or maker.integer("axis", 0) != 0:
        table = ""
    constant = graph.weights(table) if table else None
    if constant is not None and constant.array.ndim == 2:
        found.tensors["embedding"] = constant
    elif maker.op == node.op:
        found.tell("another GRU", "before the GRU",
                   "its input is another GRU's output, which is not computed here")  # fmt: skip
    elif _reads_a_table(graph, maker):
        found.between = f"between the embedding and the GRU stands {shown(maker.op)}"
    else:
        found.tell(shown(maker.op), "before the GRU",
                   f"its input passes through {shown(maker.op)}, which is not shown")  # fmt: skip


def _reads_a_table(graph: Graph, node: Node) -> bool:
    """Whether what a node computes comes from rows of a stored matrix."""
    nodes = [node]
    for node in nodes:
        table = graph.weights(node.input(0)) if node.op == "Gather" else None
        if table is not None and table.array.ndim == 2 and table.array.dtype.kind == "f":
            return True
        makers = (graph.maker.get(name) for name in node.inputs)
        nodes += [n for n in makers if n is not None and n not in nodes][: _FARTHEST - len(nodes)]
    return False


def _is_one_hot(graph: Graph, name: str) -> bool:
    maker = graph.maker.get(_source(graph, name))
    return maker is not None and maker.op == "OneHot"


def _initial_state(graph: Graph, nodes: list[Node], found: Surroundings) -> None:
    """h(0) of all layers, where any is other than zeros."""
    states = []
    for node in [part for layer in nodes for part in layer.of_directions]:
        recurrent = graph.weights(node.input(2))
        if recurrent is None or recurrent.array.ndim != 3:
            return
        state = np.zeros((len(recurrent.array), recurrent.array.shape[2]), np.float32)
        if node.input(5):
            state = _stored_state(graph, node, state, found)
        states.append(state)
    h0 = np.concatenate(states)
    found.h0 = h0 if h0.any() else None


def _stored_state(
    graph: Graph, node: Node, zeros: NDArray[Any], found: Surroundings
) -> NDArray[Any]:
    whole = graph.weights(node.input(5)) or _filled(graph, node.input(5))
    if whole is None:
        words = "its initial state is given when it runs; zeros are taken here"
        found.tell("an input", INITIAL_STATE, words, "note")
        return zeros
    array = whole.array
    if array.ndim == 3:  # directions, texts, units; with layout 1 the texts are first
        array = np.moveaxis(array, 0 if node.integer("layout", 0) else 1, 0)
        if (array != array[:1]).any():
            found.tell(
                "rows of the initial state", INITIAL_STATE,
                "its initial state differs from text to text; the first is taken", "note",
            )  # fmt: skip
        array = array[0]
    elif array.size == 1 or (array.size and (array == array.flat[0]).all()):
        array = array.flat[0]  # one number, repeated for however many there are
    return np.broadcast_to(array, zeros.shape)


def _filled(graph: Graph, name: str) -> Constant | None:
    """The one number that fills a value whose shape is only known when it runs."""
    name = _source(graph, name, (*SHAPING, "Expand", "Slice"))
    maker = graph.maker.get(name)
    one: Constant | None = graph.weights(name)
    if maker is not None and maker.op == "ConstantFill":  # torch's exporter below opset 9
        one = Constant(np.float32(maker.number("value", 0)).reshape(1), "float32")
    elif maker is not None and maker.op == "ConstantOfShape":
        tensor = maker.attributes["value"].message(5) if "value" in maker.attributes else None
        zero = Constant(np.zeros(1, np.float32), "float32")
        one = zero if tensor is None else graph.tensors.read(tensor)
    return one if one is not None and one.array.size == 1 else None


def _following(graph: Graph, name: str, through: tuple[str, ...]) -> Iterator[tuple[Node, str]]:
    """The first nodes that do more than shape this value, and the name they know it by."""
    names = [name]
    for name in names:
        for node in graph.users.get(name, ()):
            if node.op not in through or node.inputs[0] != name:
                yield node, name
            elif len(names) < _FARTHEST:
                names += node.outputs[:1]


def _output_layers(graph: Graph, node: Node) -> Iterator[tuple[Constant, Constant, str]]:
    """Linear layers that read the states and whose result nothing else is computed from.

    Weight, bias, and which of the node's outputs they read.
    """
    for states in node.outputs[:2]:  # all of them, and the last
        for user, name in _following(graph, states, SHAPING + _CHOOSING) if states else ():
            layer = _linear(graph, user, name)
            if layer is not None:
                weight, bias, scores = layer
                after = _following(graph, scores, SHAPING + _CHOOSING)
                if weight.array.shape[1] == width(graph, node) and all(
                    n.op in _ENDS for n, _ in after
                ):
                    yield weight, bias, states


def width(graph: Graph, node: Node) -> int:
    """Directions · hidden; 0 where the weights are not stored."""
    found = [graph.weights(part.input(2)) for part in node.of_directions]
    return sum(r.array.shape[0] * r.array.shape[-1] for r in found if r is not None)


def _directions(graph: Graph, node: Node) -> int:
    found = [graph.weights(part.input(2)) for part in node.of_directions]
    return sum(len(r.array) for r in found if r is not None)


def _linear(graph: Graph, node: Node, name: str) -> tuple[Constant, Constant, str] | None:
    """Weight (symbols, width), bias (symbols,), and the name of the scores."""
    weight = graph.weights(node.input(1)) if node.op in ("MatMul", "Gemm") else None
    if weight is None or weight.array.ndim != 2 or node.inputs[0] != name:
        return None
    array, scores = weight.array.T, node.outputs[0]
    bias = None
    if node.op == "Gemm":
        array = weight.array if node.integer("transB", 0) else array
        array = array * array.dtype.type(node.number("alpha", 1))
        bias = graph.weights(node.input(2)) if node.input(2) else None
        if node.integer("transA", 0) or (node.input(2) and bias is None):
            return None
        if bias is not None:
            bias = Constant(bias.array * bias.array.dtype.type(node.number("beta", 1)), bias.dtype)
    else:
        users = list(_following(graph, scores, ("Reshape", "Identity")))
        if len(users) == 1 and users[0][0].op == "Add":
            adding, name = users[0]
            bias = next((graph.weights(n) for n in adding.inputs if n != name), None)
            scores = scores if bias is None else adding.outputs[0]
    size = len(array)
    values = np.zeros(size, array.dtype) if bias is None else bias.array.reshape(-1)
    if values.size not in (1, size):
        return None
    spread = np.broadcast_to(values, (size,))
    return Constant(array, weight.dtype), Constant(spread, (bias or weight).dtype), scores
