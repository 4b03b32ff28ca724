"""Both directions joined by the graph: by a Concat of two nodes, or of one node's two halves.

tf2onnx takes the halves of a bidirectional GRU apart and joins them again; other exporters write a
node for each direction, and turn the text around themselves. Here each becomes one node.
"""

from __future__ import annotations

from dataclasses import dataclass

from gru_debugger.formats.onnx import axes as moves
from gru_debugger.formats.onnx.axes import SHAPING, Axes
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.reading import directions

_FARTHEST = 64


@dataclass
class Half:
    """One input of a Concat: what a node made, in the order of time or turned around."""

    node: Node
    output: int  # 0 all states, 1 the last
    turned: bool
    choice: int | None  # which direction of the node's own two
    axes: Axes


def simplify(graph: Graph, ops: tuple[str, ...]) -> None:
    """Put one node for each join into `graph`."""
    joined: dict[tuple[int, int], Node] = {}
    for concat in [node for node in graph.nodes if node.op == "Concat" and len(node.inputs) == 2]:
        first, second = (_half(graph, name, ops) for name in concat.inputs)
        axes = _of_both(concat, first, second)
        if first is None or second is None or axes is None:
            continue
        if first.node is second.node:
            if (first.choice, second.choice) == (0, 1) and not (first.turned or second.turned):
                concat.op, concat.inputs = "Identity", [first.node.outputs[first.output]]
                graph.users[concat.inputs[0]].append(concat)
                graph.axes[concat.outputs[0]] = axes
        elif _are_directions(graph, first, second):
            key = id(first.node), id(second.node)
            if key not in joined:
                joined[key] = _join(graph, first.node, second.node)
            joined[key].outputs[first.output] = concat.outputs[0]
            graph.maker[concat.outputs[0]] = joined[key]
            graph.axes[concat.outputs[0]] = axes


def _join(graph: Graph, forward: Node, reverse: Node) -> Node:
    x = forward.input(0)
    node = Node(forward.op, forward.name, [x], ["", ""], forward.message, (forward, reverse))
    graph.nodes = [n for n in graph.nodes if n is not forward]
    graph.nodes[graph.nodes.index(reverse)] = node
    return node


def _of_both(concat: Node, first: Half | None, second: Half | None) -> Axes | None:
    """The axes of what is joined: by directions, or one's units behind the other's."""
    if first is None or second is None or first.axes != second.axes:
        return None
    axes, axis = first.axes, concat.integer("axis", 0)
    label = moves.at(axes, axis)
    if first.output != second.output or label not in ("1", "H"):
        return None
    places = list(axes)
    places[axis] = "D" if label == "1" else "H"
    return tuple(places) if axes[:1] != ("…",) or axis == -1 else None


def _half(graph: Graph, name: str, ops: tuple[str, ...]) -> Half | None:
    path: list[tuple[Node, str]] = []
    for _ in range(_FARTHEST):
        node = graph.maker.get(name)
        if node is None:
            return None
        if node.op in ops:
            output = node.outputs.index(name)
            return _moved(graph, Half(node, output, False, None, ()), path[::-1])
        turns = moves.turned(graph, node) is not None
        if not turns and node.op not in (*SHAPING, "Slice", "Gather", "Split"):
            return None
        path.append((node, name))
        name = node.input(0)
    return None


def _moved(graph: Graph, half: Half, path: list[tuple[Node, str]]) -> Half | None:
    """With what the nodes on the path do to its axes."""
    axes = graph.axes.get(half.node.outputs[half.output]) or moves.of_states(
        half.node, half.output, directions(graph, half.node)
    )
    for node, name in path:
        axis = moves.turned(graph, node)
        after: Axes | None = axes
        if axis is not None:
            half.turned = not half.turned
            label = moves.at(axes, axis)
            after = axes if label in ("T", "*") or "/" in label else None
        elif node.op in ("Slice", "Gather", "Split"):
            half.choice, after = _choice(graph, node, name, axes)
        else:
            after = moves.moved(graph, node, axes)
        if after is None:
            return None
        axes = after
    half.axes = axes
    return half


def _choice(graph: Graph, node: Node, name: str, axes: Axes) -> tuple[int | None, Axes | None]:
    """0 or 1, where a node takes the one or the other of two directions, and the axes then."""
    found: list[int] | None
    if node.op == "Split":
        axis, found = node.integer("axis", 0), [node.outputs.index(name)]
        if len(node.outputs) != 2:
            return None, None
    elif node.op == "Slice":
        axis = (graph.integers(node, 3, "axes") or [0])[0]
        found = graph.integers(node, 1, "starts")
        steps = graph.integers(node, 4, "steps")
        ends = graph.integers(node, 2, "ends")
        if steps not in (None, [1]) or not found or not ends or ends[0] == 0:
            return None, None
    else:
        axis, found = node.integer("axis", 0), graph.integers(node, 1, "")
    one = found is not None and len(found) == 1 and -2 <= found[0] <= 1
    if moves.at(axes, axis) != "D" or not found or not one:
        return None, None
    index = graph.constant(node.input(1)) if node.op == "Gather" else None
    places = list(axes)
    places[axis : axis + 1 or None] = [] if index is not None and not index.array.ndim else ["1"]
    return found[0] % 2, tuple(places)


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
        if moves.turned(graph, node) is not None:
            turned = not turned
        elif node.op not in SHAPING:
            break
        name = node.inputs[0]
    return name, turned


def is_reverse(node: Node) -> bool:
    return node.text("direction", "forward") == "reverse"
