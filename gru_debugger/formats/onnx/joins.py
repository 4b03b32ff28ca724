"""Both directions joined by the graph: by a Concat of two nodes, or of one node's two halves.

tf2onnx takes the halves of a bidirectional GRU apart and joins them again; other exporters write a
node for each direction, and turn the text around themselves. Here each becomes one node.
"""

from __future__ import annotations

from dataclasses import dataclass

from gru_debugger.formats.onnx.graph import Graph, Node

SHAPING = ("Identity", "Cast", "Squeeze", "Unsqueeze", "Transpose", "Reshape", "Flatten",
           "Dropout")  # fmt: skip
_READING = {"Gather": 1, "OneHot": 0, "MatMul": 0}  # symbols as vectors: which input they are
_FARTHEST = 64


@dataclass
class Half:
    """One input of a Concat: what a node made, in the order of time or turned around."""

    node: Node
    output: int  # 0 all states, 1 the last
    turned: bool
    choice: int | None  # which direction of the node's own two


def simplify(graph: Graph, ops: tuple[str, ...]) -> None:
    """Put one node for each join into `graph`."""
    joined: dict[tuple[int, int], Node] = {}
    for concat in [node for node in graph.nodes if node.op == "Concat" and len(node.inputs) == 2]:
        first, second = (_half(graph, name, ops) for name in concat.inputs)
        if first is None or second is None or first.output != second.output:
            continue
        if first.node is second.node:
            if (first.choice, second.choice) == (0, 1) and not (first.turned or second.turned):
                concat.op, concat.inputs = "Identity", [first.node.outputs[first.output]]
                graph.users[concat.inputs[0]].append(concat)
        elif _are_directions(graph, first, second):
            key = id(first.node), id(second.node)
            if key not in joined:
                joined[key] = _join(graph, first.node, second.node)
            joined[key].outputs[first.output] = concat.outputs[0]
            graph.maker[concat.outputs[0]] = joined[key]


def _join(graph: Graph, forward: Node, reverse: Node) -> Node:
    x = forward.input(0)
    node = Node(forward.op, forward.name, [x], ["", ""], forward.message, (forward, reverse))
    graph.nodes = [n for n in graph.nodes if n is not forward]
    graph.nodes[graph.nodes.index(reverse)] = node
    return node


def _half(graph: Graph, name: str, ops: tuple[str, ...]) -> Half | None:
    turned, choice = False, None
    for _ in range(_FARTHEST):
        node = graph.maker.get(name)
        if node is None:
            return None
        if node.op in ops:
            return Half(node, node.outputs.index(name), turned, choice)
        if turns(graph, node):
            turned = not turned
        elif node.op in ("Slice", "Gather", "Split"):
            choice = _choice(graph, node, name)
        elif node.op not in SHAPING:
            return None
        name = node.input(0)
    return None


def turns(graph: Graph, node: Node) -> bool:
    """Whether a node turns the order of time around, of one text."""
    if node.op == "ReverseSequence":
        return True
    steps = graph.constant(node.input(4)) if node.op == "Slice" and node.input(4) else None
    return steps is not None and steps.array.reshape(-1).tolist() == [-1]


def _choice(graph: Graph, node: Node, name: str) -> int | None:
    """0 or 1, where a node takes the one or the other of two."""
    if node.op == "Split":
        return node.outputs.index(name)
    start = graph.constant(node.input(1)) if node.input(1) else None
    first = node.integers("starts") if start is None else start.array.reshape(-1).tolist()
    return first[0] % 2 if first and len(first) == 1 and first[0] in (-2, -1, 0, 1) else None


def _are_directions(graph: Graph, first: Half, second: Half) -> bool:
    """Forward and reverse, of the same x, both in the order of time; each a node of its own."""
    nodes = first.node, second.node
    if any(node.op != nodes[0].op or node.parts or node not in graph.nodes for node in nodes):
        return False
    sources, turned = zip(*(unturned(graph, node.input(0)) for node in nodes), strict=True)
    ways = [t != is_reverse(node) for t, node in zip(turned, nodes, strict=True)]
    single = all(n.text("direction", "forward") in ("forward", "reverse") for n in nodes)
    # The last states have no order; all states must have got theirs back.
    ordered = first.output == 1 or [first.turned, second.turned] == list(turned)
    return single and sources[0] == sources[1] and ways == [False, True] and ordered


def unturned(graph: Graph, name: str) -> tuple[str, bool]:
    """The value that `name` is a new shape of, and whether time is turned around in between."""
    turned = False
    for _ in range(_FARTHEST):
        node = graph.maker.get(name)
        if node is None or not node.inputs:
            break
        if turns(graph, node):
            turned = not turned
        elif node.op not in SHAPING:
            break
        name = node.inputs[0]
    return name, turned


def is_reverse(node: Node) -> bool:
    return node.text("direction", "forward") == "reverse"


def backwards(graph: Graph, node: Node) -> bool:
    """Whether a node reads the text from its end: by its direction, or turned around for it."""
    reverse, name = is_reverse(node), node.input(0)
    for _ in range(_FARTHEST):
        name, turned = unturned(graph, name)
        reverse = reverse != turned
        reader = graph.maker.get(name)
        if reader is None or reader.op not in _READING:
            break
        name = reader.input(_READING[reader.op])
    return reverse
