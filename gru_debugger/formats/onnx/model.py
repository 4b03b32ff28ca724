"""What an ONNX model holds: GRU nodes and what the graph puts before and after them.

The graph says what the names of a state_dict only hint at: which GRU feeds which, which matrix is
the embedding and which the output layer, and whether anything stands between. Facts of the
operator (gates in the order z, r, h; W, R, B): onnx.ai/onnx/operators/onnx__GRU.html.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.activations import Activations, table_to_json
from gru_debugger.errors import ModelError
from gru_debugger.formats import onnx, provenance
from gru_debugger.formats.assembly.parameters import plain
from gru_debugger.formats.beside import find, shown
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.formats.ledger.known_faults import Written, known
from gru_debugger.formats.onnx import (
    activations,
    functions,
    heads,
    joins,
    quantized,
    reading,
    surroundings,
    unrolled,
)
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.tensors import AGAIN, Constant, external
from gru_debugger.formats.protobuf import Budget, Message
from gru_debugger.formats.unclaimed import CORE_ML, SAVED_MODEL
from gru_debugger.formats.vocabulary import KEYS

_RECURRENT = ("GRU", "LSTM", "RNN")  # LSTM and RNN, so that the assembly can say what they are
_DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}


def beside(data: bytes, path: Path) -> list[Path]:
    """The files that its weights lie in; what is wrong with others is told where one is needed."""
    try:
        graph = Message(memoryview(data), Budget()).message(7)
        found = list(external(graph)) if graph is not None else []
    except ValueError:  # `read` says of it that it is damaged
        return []
    files = []
    for location in found:
        with suppress(ModelError):
            files.append(find(path, location, AGAIN))
    return files


def read(data: bytes, path: Path) -> Contents:
    try:
        return _read(data, path)
    except ModelError:
        raise
    except Exception as fault:  # nothing in a hostile file may pass for a fault of the program
        words = shown(" ".join(str(fault).split())) or type(fault).__name__
        raise ModelError(
            f"{path}: an ONNX file that is cut short or damaged ({words}); copy or save it again."
        ) from None


def _read(data: bytes, path: Path) -> Contents:
    model, graph = parts(data, path)
    contents = Contents({}, _metadata(model))
    refusals = []
    producer = model.text(2)
    for gru in stacks(graph, path):
        first = gru.nodes[0]
        states = next(iter(first.of_directions[0].outputs), "")
        written = Written(onnx.NAME, producer, gru.told.reset, states)
        gru.told.notices += known(written) if first.op == "GRU" else ()
        refusals.append(gru.told.refusal)
        contents.tensors |= {name: constant.array for name, constant in gru.tensors.items()}
        contents.dtypes |= {name: constant.dtype for name, constant in gru.tensors.items()}
        contents.told[gru.prefix] = gru.told
    if all(refusals) and not any("weight_hh_l" in name for name in contents.tensors):
        raise ModelError(f"{path}: {refusals[0]}")
    return contents


def parts(data: bytes, path: Path) -> tuple[Message, Graph]:
    """The file, and the graph in it. Raises ModelError, and ValueError for what is damaged."""
    model = Message(memoryview(data), Budget())
    message = model.message(7)
    if message is None:
        raise ModelError(f"{path}: {_other(model)}")
    return model, Graph(message, functions.nodes(model, message), path, len(data))


def _other(model: Message) -> str:
    """What begins alike, by its fields: Model.proto of Core ML, saved_model.proto of TensorFlow."""
    if any(number >= 200 for number in model.numbers):
        return CORE_ML
    if model.numbers == {1, 2} and model.integer(1) == 1:
        return SAVED_MODEL
    return "an ONNX file without a graph inside; export the model to ONNX again."


def _metadata(model: Message) -> dict[str, str]:
    """The vocabulary under whichever of its names, and the text that comes along."""
    entries = {entry.text(1): entry.text(2) for entry in model.messages(14)}
    key = next((key for key in KEYS if key in entries), None)
    wanted = {name: name for name in ("text", "step", "unit", provenance.KEY)}
    wanted["vocabulary"] = key or ""
    return {name: entries[there] for name, there in wanted.items() if there in entries}


# Which nodes are one GRU ------------------------------------------------------------------------


@dataclass
class Stack:
    """Nodes that follow each other as the layers of one GRU, and what they come to."""

    prefix: str
    nodes: list[Node]
    tensors: dict[str, Constant] = field(default_factory=dict)
    told: Told = field(default_factory=Told)


def stacks(graph: Graph, path: Path) -> list[Stack]:
    quantized.simplify(graph)
    unrolled.simplify(graph)
    joins.simplify(graph, _RECURRENT)
    nodes = [node for node in graph.nodes if node.op in _RECURRENT]
    if not nodes:
        for node in graph.nodes:
            if found := functions.inside(node, _RECURRENT):
                raise ModelError(
                    f"{path}: its {found} is in the body of its {node.op}, which is not opened; "
                    f"export the model so that its {found} stands in the graph itself."
                )
        ops = list(dict.fromkeys(shown(node.op) for node in graph.nodes))
        if {"Sigmoid", "Tanh"} <= set(ops):
            raise ModelError(
                f"{path}: no GRU node inside; one may stand in it operation by operation, as a "
                "loop of GRUCell is exported, which is not read. Save the model's weights instead, "
                "of a PyTorch model its state_dict."
            )
        words = f"{', '.join(ops[:4]) or 'none'}{', …' if len(ops) > 4 else ''}"
        raise ModelError(
            f"{path}: no GRU node inside; its operators are {words}. Choose a model of a GRU, "
            "exported so that its GRU stays one node."
        )
    below = {id(node): surroundings.below(graph, node) for node in nodes}
    above: dict[int, list[Node]] = {}
    for node in nodes:
        lower = below[id(node)]
        if lower is not None:
            above.setdefault(id(lower), []).append(node)
    stacks: list[Stack] = []
    taken: set[str] = set()
    of_node: dict[int, Stack] = {}
    for node in nodes:  # a graph's nodes stand in the order of their computation
        lower = below[id(node)]
        if lower is not None and above[id(lower)] == [node] and id(lower) in of_node \
                and _one_gru(graph, lower, node):  # fmt: skip
            stack = of_node[id(lower)]
            stack.nodes.append(node)
        else:
            stack = Stack(_prefix(node, taken), [node])
            stacks.append(stack)
        of_node[id(node)] = stack
    for stack in stacks:
        _fill(graph, stack)
    return stacks


def _prefix(node: Node, taken: set[str]) -> str:
    base = plain(shown(node.name)).strip().rstrip("._") or node.op.lower()
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return f"{name}."


def _one_gru(graph: Graph, lower: Node, upper: Node) -> bool:
    """Whether PyTorch could hold the two nodes as layers of one `nn.GRU`."""
    weight = graph.weights(upper.of_directions[0].input(1))
    if weight is None or upper.op != lower.op:
        return False
    width = heads.width(graph, lower)
    both = _is_both(lower)
    # As the lower one reads its own x: its states stand in that order.
    backwards = not both and joins.is_reverse(lower)
    return (
        weight.array.shape[-1] == width == heads.width(graph, upper)
        and _reset(lower) == _reset(upper)
        and _is_both(upper) == both
        and reading.backwards(graph, upper.of_directions[0]) == backwards
    )


def _is_both(node: Node) -> bool:
    return bool(node.parts) or node.text("direction", "forward") == "bidirectional"


def _reset(node: Node) -> str:
    after = node.of_directions[0].integer("linear_before_reset", 0)
    return "after" if after else "before"


# What they hold ---------------------------------------------------------------------------------


def _fill(graph: Graph, stack: Stack) -> None:
    name = stack.prefix[:-1]
    first = stack.nodes[0]
    stack.told.reset = _reset(first)
    backwards = not _is_both(first) and reading.backwards(graph, first)
    for layer, node in enumerate(stack.nodes):
        for number, part in enumerate(node.of_directions):
            stack.told.refusal = stack.told.refusal or _refusal(graph, part, name)
            for kind, constant in _cells(graph, part).items():
                end = f"{kind.replace('_l', f'_l{layer}', 1)}{'_reverse' * (number or backwards)}"
                stack.tensors[stack.prefix + end] = constant
        if len({_reset(part) for part in node.of_directions}) > 1:
            stack.told.refusal = (
                f"the directions of “{name}” differ in linear_before_reset; export them alike."
            )
    found = surroundings.find(graph, stack.nodes)
    for role, constant in found.tensors.items():
        stack.tensors[stack.prefix + role] = constant
    told = stack.told
    told.embedding = stack.prefix + "embedding" if "embedding" in found.tensors else None
    told.output = stack.prefix + "fc.weight" if "fc.weight" in found.tensors else None
    told.h0, told.between, told.notices = found.h0, found.between, tuple(found.notices)
    told.operations = found.operations
    if not told.refusal and all(node.op == "GRU" for node in stack.nodes):
        told.activations = table_to_json(
            [[one for part in node.of_directions for one in _activations(part)]
             for node in stack.nodes]
        )  # fmt: skip


def _refusal(graph: Graph, node: Node, name: str) -> str | None:
    missing = [
        letter
        for letter, index in (("W", 1), ("R", 2), ("B", 3))
        if (node.input(index) or index < 3) and graph.weights(node.input(index)) is None
    ]
    if missing:
        makers = [graph.maker.get(node.input(i)) for i in (1, 2, 3) if node.input(i)]
        if any(maker is not None and maker.op == "DequantizeLinear" for maker in makers):
            return (
                f"the weights of “{name}” ({' and '.join(missing)}) are quantized in a way that is "
                "not read (by blocks, or to a type other than int8 and uint8); export it before it "
                "is quantized."
            )
        return (
            f"the weights of “{name}” ({' and '.join(missing)}) are not stored in the file but "
            "computed or given when it runs; export it with its weights inside."
        )
    if node.op != "GRU":
        return None  # the assembly says what it is
    if _is_both(node) and reading.backwards(graph, node):
        return (
            f"“{name}” is given the text turned around for both of its directions; export it "
            "without turning the text."
        )
    try:
        _activations(node)
    except ValueError as fault:
        return f"“{name}” can't be computed: {fault}; export it with what the ONNX operator has."
    return None


def _activations(node: Node) -> list[Activations]:
    return activations.of_node(node, _DIRECTIONS.get(node.text("direction", "forward"), 0))


def _cells(graph: Graph, node: Node) -> dict[str, Constant]:
    """weight_ih_l, weight_hh_l_reverse, …: PyTorch's tensors of one node, gates in its order."""
    constants = [graph.weights(node.input(i)) if node.input(i) else None for i in (1, 2, 3)]
    weight, recurrent, bias = constants
    if weight is None or recurrent is None or (bias is None and node.input(3)):
        return {}
    count = _DIRECTIONS.get(node.text("direction", "forward"), 0)
    arrays = [c.array for c in constants if c is not None]
    if any(array.ndim < 2 or len(array) != count for array in arrays):
        raise ValueError(f"the weights of a {node.op} are not of its directions")
    cells = {}
    for d in range(count):
        end = "_l" + "_reverse" * d
        parts: dict[str, tuple[Constant, NDArray[Any]]] = {
            "weight_ih": (weight, weight.array[d]),
            "weight_hh": (recurrent, recurrent.array[d]),
        }
        if bias is not None:
            half = bias.array.shape[1] // 2
            parts["bias_ih"] = (bias, bias.array[d, :half])
            parts["bias_hh"] = (bias, bias.array[d, half:])
        for kind, (constant, array) in parts.items():
            turned = _in_order(array) if node.op == "GRU" else array
            cells[kind + end] = Constant(turned, constant.dtype)
    return cells


def _in_order(array: NDArray[Any]) -> NDArray[Any]:
    """Rows z, r, h as r, z, n."""
    if len(array) % 3:
        return array  # no GRU's; the assembly says so
    z, r, h = np.split(array, 3)
    return np.concatenate([r, z, h])
