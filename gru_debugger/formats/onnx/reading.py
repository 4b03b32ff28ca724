"""From the network's input to a GRU node: what it reads, and what of the way is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gru_debugger.formats.onnx import axes as moves
from gru_debugger.formats.onnx.axes import SHAPING, Axes
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.tensors import Constant

_FARTHEST = 64
AXIS = "axis "
_RANKS = (2, 3, 1, 4)  # where the file doesn't say how many axes an input has


@dataclass
class Reading:
    """`nodes` lead from the value `base` to the GRU; `stuck` is the one that does more than move
    numbers, read a row of `table` or write a one. `why`: what else of the way is not understood.
    """

    base: str
    nodes: list[Node]
    table: Constant | None = None
    backwards: bool = False
    stuck: Node | None = None
    why: str = ""
    turns: set[str] = field(default_factory=set)


def of(graph: Graph, node: Node) -> Reading:
    """How `node`'s x comes from an input, from the states of another, or from something else."""
    if id(node) not in graph.readings:
        graph.readings[id(node)] = _read(graph, node)
    return graph.readings[id(node)]  # type: ignore[no-any-return]


def backwards(graph: Graph, node: Node) -> bool:
    """Whether a node reads the text from its end: by its direction, or turned around for it."""
    return (node.text("direction", "forward") == "reverse") != of(graph, node).backwards


def _read(graph: Graph, node: Node) -> Reading:
    base, nodes = _back(graph, node.input(0))
    found = Reading(base, nodes)
    symbols = any(reads(graph, n) for n in nodes)
    for start in _starts(graph, base, symbols):
        found.stuck, found.turns = None, set()
        end = _through(graph, found, start, symbols)
        if end is not None and (len(end) == 3 or end[:1] == ("…",)) and end[-1] == "H":
            _finish(graph, node, found, end)
            return found
    if found.stuck is None:
        found.why = "its axes are not those of a GRU's input"
    return found


def _back(graph: Graph, name: str) -> tuple[str, list[Node]]:
    nodes: list[Node] = []
    indices = False
    for _ in range(_FARTHEST):
        maker = graph.maker.get(name)
        if maker is None or graph.constant(name) is not None:
            break
        data = 0
        if not indices and (how := reads(graph, maker)):
            data, indices = int(how == "table"), how != "product"
        elif maker.op not in SHAPING and moves.turned(graph, maker) is None:
            break
        nodes.append(maker)
        name = maker.input(data)
    return name, nodes[::-1]


def reads(graph: Graph, node: Node) -> str:
    """How a node makes vectors of symbols; "" where it doesn't."""
    if node.op == "Gather" and node.integer("axis", 0) == 0:
        table = graph.weights(node.input(0))
        return "table" if table is not None and table.array.ndim == 2 else ""
    if node.op == "OneHot" or (node.op == "Equal" and _is_range(graph.constant(node.input(1)))):
        return "one-hot"
    if node.op == "MatMul":
        table, maker = graph.weights(node.input(1)), _shaped(graph, node.input(0))
        if maker is not None and maker.op == "OneHot" and table is not None:
            return "product" if table.array.ndim == 2 else ""
    return ""


def _is_range(numbers: Constant | None) -> bool:
    """0, 1, 2, …: an index that is held against each of them becomes a row with a one."""
    return numbers is not None and numbers.array.ndim == 1 and \
        np.array_equal(numbers.array, np.arange(numbers.array.size))  # fmt: skip


def _shaped(graph: Graph, name: str) -> Node | None:
    """The node whose result `name` is a new shape of."""
    maker = graph.maker.get(name)
    for _ in range(_FARTHEST):
        if maker is None or maker.op not in SHAPING:
            break
        maker = graph.maker.get(maker.input(0))
    return maker


def _starts(graph: Graph, base: str, symbols: bool) -> Iterator[Axes]:
    """The axes that the base may have; of rows of numbers the last is H."""
    maker = graph.maker.get(base)
    if base in graph.axes:
        yield graph.axes[base]
    elif maker is not None and maker.op in ("GRU", "LSTM", "RNN"):
        yield moves.of_states(maker, maker.outputs.index(base), directions(graph, maker))
    else:
        declared = graph.inputs.get(base)
        for rank in _RANKS if declared is None else (len(declared),):
            labels = tuple(f"{AXIS}{k}" for k in range(rank))
            yield labels if symbols else (*labels[:-1], "H")


def _through(graph: Graph, found: Reading, axes: Axes, indices: bool) -> Axes | None:
    """The axes of x; sets the node where it can't be said which number is which."""
    ones = False  # zeros and ones are the same as any kind of number
    for node in found.nodes:
        after: Axes | None
        how = reads(graph, node) if indices or node.op == "MatMul" else ""
        axis = moves.turned(graph, node)
        if how == "table":
            found.table, after, indices = graph.weights(node.input(0)), (*axes, "H"), False
        elif how == "one-hot":
            after, indices, ones = _one_hot(graph, node, axes), False, True
        elif node.op == "Cast" and ones:
            after = axes
        elif how == "product":
            found.table, after = graph.weights(node.input(1)), axes if axes[-1:] == ("H",) else None
        elif axis is not None:
            label = moves.at(axes, axis)
            after = axes if label and label != "H" else None
            found.turns ^= {label}
        else:
            after = moves.moved(graph, node, axes, indices)
        if after is None:
            found.stuck = node
            return None
        axes = graph.axes.get(node.outputs[0], after)
    return axes


def _one_hot(graph: Graph, node: Node, axes: Axes) -> Axes | None:
    """Zeros and a one, in the last place."""
    if node.op == "Equal":
        return (*axes[:-1], "H") if axes[-1:] == ("1",) else None
    values = graph.constant(node.input(2))
    plain = values is not None and np.array_equal(values.array, [0, 1])
    return (*axes, "H") if plain and node.integer("axis", -1) in (-1, len(axes)) else None


def _finish(graph: Graph, node: Node, found: Reading, axes: Axes) -> None:
    """Which way it reads, and whether a row there is a row here."""
    time = axes[node.integer("layout", 0) and len(axes) == 3]
    found.backwards = time in found.turns
    if any(t != time and not (_sure(t) and _sure(time)) for t in found.turns):
        found.why = "whether its steps are turned around, or its texts, is not known"
    width = graph.weights(node.of_directions[0].input(1))
    inputs = 0 if width is None else width.array.shape[-1]
    dims = graph.inputs.get(found.base) or []
    given = dims[-1] if dims and not any(reads(graph, n) for n in found.nodes) else None
    if found.table is not None:
        given = found.table.array.shape[1]
    if given not in (None, inputs):
        found.why = f"{given} values a step become {inputs}"
    elif not node.input(5) and (time in ("1", "B") or _single(dims, time)):
        found.why = "each symbol is read as a text of its own"


def _sure(label: str) -> bool:
    return label == "T" or label.startswith(AXIS)


def _single(dims: list[int | None], time: str) -> bool:
    """Whether the file's own sizes are one step, of several texts."""
    if not time.startswith(AXIS):
        return False
    axis = int(time.removeprefix(AXIS))
    others = (n for i, n in enumerate(dims[:2]) if i != axis)
    return dims[axis : axis + 1] == [1] and any(n is not None and n > 1 for n in others)


def directions(graph: Graph, node: Node) -> int:
    found = [graph.weights(part.input(2)) for part in node.of_directions]
    return sum(len(r.array) for r in found if r is not None and r.array.ndim)
