"""What an ONNX graph puts before and after its GRU: embedding, initial state, output layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.beside import shown
from gru_debugger.formats.contents import LAST_OF_BOTH
from gru_debugger.formats.ledger import NAMELESS, Operation, bounded
from gru_debugger.formats.onnx import axes as moves
from gru_debugger.formats.onnx import heads, reading
from gru_debugger.formats.onnx.account import Account
from gru_debugger.formats.onnx.axes import SHAPING
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.tensors import Constant
from gru_debugger.source import INITIAL_STATE, Grade, Notice

_FARTHEST = 64
_TEXTS_APART = "its initial state differs from text to text; the first is taken"
_GIVEN = "its initial state is given when it runs; zeros are taken here"
# Of the operator; `output_sequence` is of its first version, and says what is asked for.
_ATTRIBUTES = {"activations", "activation_alpha", "activation_beta", "clip", "direction",
               "hidden_size", "layout", "linear_before_reset", "output_sequence"}  # fmt: skip


@dataclass
class Surroundings:
    tensors: dict[str, Constant] = field(default_factory=dict)  # embedding, fc.weight, fc.bias
    h0: NDArray[Any] | None = None
    between: str | None = None  # as Told has it
    notices: list[Notice] = field(default_factory=list)
    operations: tuple[Operation, ...] = ()

    def tell(self, what: str, where: str, in_words: str, grade: Grade = "inside") -> None:
        self.notices.append(Notice(grade, what, where, in_words))


def find(graph: Graph, nodes: list[Node]) -> Surroundings:
    """Of the nodes that are the layers of one GRU, the lowest first."""
    found, account = Surroundings(), Account(graph, nodes)
    _input(graph, nodes, found, account)
    _inside(graph, nodes, found, account)
    _initial_state(graph, nodes, found, account)
    _output(graph, nodes, found, account)
    found.operations = bounded(account.closed(), graph.share)
    return found


def below(graph: Graph, node: Node) -> Node | None:
    """The recurrent node all of whose states are this one's x, be they turned around."""
    way = reading.of(graph, node)
    maker = graph.maker.get(way.base)
    if maker is None or maker.op != node.op or maker.outputs[0] != way.base or way.table:
        return None
    return None if way.stuck or way.why else maker


# Before the GRU ---------------------------------------------------------------------------------


def _input(graph: Graph, nodes: list[Node], found: Surroundings, account: Account) -> None:
    for layer, node in enumerate(nodes):
        for part in node.of_directions:
            way = reading.of(graph, part)
            account.read(way)
            if layer:
                continue
            told = account.before(way)
            if told and found.between is None:
                found.between = _between(graph, way, told)
            elif way.table is not None and not told:
                found.tensors["embedding"] = way.table
    if found.between:
        found.tensors.pop("embedding", None)


def _between(graph: Graph, way: reading.Reading, told: list[Node]) -> str:
    """In words, of what is not computed."""
    ops = [shown(node.op).strip() or NAMELESS for node in told if node.op != "Constant"]
    ops = list(dict.fromkeys(ops))
    tables = [k for k, node in enumerate(way.nodes) if reading.reads(graph, node)]
    late = way.why or (way.stuck and tables and way.nodes.index(way.stuck) > tables[-1])
    if tables and not late:
        ends = "the input and the embedding"
    elif tables or any(reading.reads(graph, node) == "table" for node in told):
        ends = "the embedding and the GRU"
        ops = [op for op in ops if op != "Gather"] or ops
    else:
        ends = "the input and the GRU"
    many = f"{', '.join(ops[:3])}{f' and {len(ops) - 3} more' if len(ops) > 3 else ''}"
    verb = "stands" if len(ops) == 1 else "stand"
    return f"between {ends} {verb} {many}{f' ({way.why})' if way.why else ''}"


# Inside -----------------------------------------------------------------------------------------


def _inside(graph: Graph, nodes: list[Node], found: Surroundings, account: Account) -> None:
    for node in [part for layer in nodes for part in layer.of_directions]:
        unknown = sorted(set(node.attributes) - _ATTRIBUTES)
        reason = f"its attribute {shown(unknown[0])}" if unknown else ""
        account.put(node, "inside the GRU", "told" if unknown else "computed", reason)
        if node.input(4):
            _lengths(graph, node, found, account)


def _lengths(graph: Graph, node: Node, found: Surroundings, account: Account) -> None:
    """How many steps of each text are read: here all."""
    stored = graph.constant(node.input(4))
    if stored is not None:
        steps = stored.array.reshape(-1)[:1].tolist()
        declared = graph.inputs.get(reading.of(graph, node).base) or []
        if not steps or steps[0] not in declared:
            words = f"it reads {', '.join(map(str, steps))} steps of a text; here all are read"
            found.tell("sequence_lens", "inside the GRU", words)
    elif account.computed(node.input(4)):
        found.tell("sequence_lens", "the GRU", "how many steps of a text it reads is computed when "
                   "it runs, such as by a mask; here all are read", "note")  # fmt: skip


# Initial state ----------------------------------------------------------------------------------


def _initial_state(
    graph: Graph, nodes: list[Node], found: Surroundings, account: Account
) -> None:
    """h(0) of all layers, where any is other than zeros."""
    states = []
    for node in [part for layer in nodes for part in layer.of_directions]:
        recurrent = graph.weights(node.input(2))
        if recurrent is None or recurrent.array.ndim != 3:
            return
        state = np.zeros((len(recurrent.array), recurrent.array.shape[2]), np.float32)
        if node.input(5):
            state = _stored_state(graph, node, state, found, account)
        states.append(state)
    h0 = np.concatenate(states)
    found.h0 = h0 if h0.any() else None


def _stored_state(
    graph: Graph, node: Node, zeros: NDArray[Any], found: Surroundings, account: Account
) -> NDArray[Any]:
    name = node.input(5)
    whole = graph.weights(name) or _filled(graph, name)
    if whole is None:
        base = source(graph, name, (*SHAPING, "Slice", "Split", "Gather"))
        if base in graph.inputs and not graph.stored(base):
            account.shaped(name, base, INITIAL_STATE)
            if all(notice.in_words != _GIVEN for notice in found.notices):
                found.tell("an input", INITIAL_STATE, _GIVEN, "note")
        else:
            account.ancestors(name, INITIAL_STATE)
        return zeros
    account.made(name, INITIAL_STATE)
    array = whole.array
    if array.ndim == 3:  # directions, texts, units; with layout 1 the texts are first
        array = np.moveaxis(array, 0 if node.integer("layout", 0) else 1, 0)
        if (array != array[:1]).any():
            found.tell("rows of the initial state", INITIAL_STATE, _TEXTS_APART, "note")
        array = array[0]
    elif array.size == 1 or (array.size and (array == array.flat[0]).all()):
        array = array.flat[0]  # one number, repeated for however many there are
    return np.broadcast_to(array, zeros.shape)


def source(graph: Graph, name: str, through: tuple[str, ...]) -> str:
    """The value that `name` is a new shape of."""
    for _ in range(_FARTHEST):
        node = graph.maker.get(name)
        if node is None or node.op not in through or not node.inputs:
            break
        if node.op == "Cast" and node.integer("to", 1) not in (1, 10, 11, 16):
            break
        name = node.inputs[0]
    return name


def _filled(graph: Graph, name: str) -> Constant | None:
    """The one number that fills a value whose shape is only known when it runs."""
    name = source(graph, name, (*SHAPING, "Expand", "Slice"))
    maker = graph.maker.get(name)
    one: Constant | None = graph.weights(name)
    if maker is not None and maker.op == "ConstantFill":  # torch's exporter below opset 9
        one = Constant(np.float32(maker.number("value", 0)).reshape(1), "float32")
    elif maker is not None and maker.op == "ConstantOfShape":
        tensor = maker.attributes["value"].message(5) if "value" in maker.attributes else None
        zero = Constant(np.zeros(1, np.float32), "float32")
        one = zero if tensor is None else graph.tensors.read(tensor)
    return one if one is not None and one.array.size == 1 else None


# After the GRU ----------------------------------------------------------------------------------


def _output(graph: Graph, nodes: list[Node], found: Surroundings, account: Account) -> None:
    for head in heads.of(graph, nodes[-1]):
        if heads.at_no_step(graph, nodes[-1], head):
            found.notices.append(LAST_OF_BOTH)
        elif not account.head and _in_order(graph, nodes[0], head):
            found.tensors |= {"fc.weight": head.weight, "fc.bias": head.bias}
            account.take(head)


def _in_order(graph: Graph, lowest: Node, head: heads.Head) -> bool:
    """Whether the scores are in the order of the text, or in that in which the GRU reads it."""
    turns = sum(moves.turned(graph, way) is not None for way in head.way)
    return turns % 2 == 0 or all(reading.of(graph, p).backwards for p in lowest.of_directions)
