"""Tables that are stored as whole numbers, and whose rows the graph makes numbers of.

onnxruntime's tools leave the DequantizeLinear of an embedding behind its Gather, and may put a pair
of QuantizeLinear and DequantizeLinear behind that: of the same scale, it changes no number that is
one of the table's already. Source: onnxruntime/quantization/operators/gather.py.
"""

from __future__ import annotations

import numpy as np

from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.tensors import Constant


def simplify(graph: Graph) -> None:
    """Give each such Gather the table of numbers, and make those nodes the identity."""
    for node in [node for node in graph.nodes if node.op == "DequantizeLinear"]:
        maker = graph.maker.get(node.input(0))
        if maker is None or graph.users.get(node.input(0)) != [node]:
            continue
        if maker.op == "Gather" and maker.integer("axis", 0) == 0:
            _look_up(graph, maker, node)
        elif maker.op == "QuantizeLinear" and _same_grid(graph, maker, node):
            graph.nodes.remove(maker)
            graph.users[maker.input(0)].remove(maker)
            _pass_on(graph, maker.input(0), node)


def _look_up(graph: Graph, gather: Node, node: Node) -> None:
    """A row, then its numbers: the numbers, then a row."""
    stored = graph.constant(gather.input(0))
    made = None if stored is None else graph.dequantized(node, stored)
    if made is not None and made.array.ndim == 2 and _grid(graph, node) is not None:
        gather.inputs[0] = f"{gather.input(0)} ({node.outputs[0]})"
        graph.know(gather.inputs[0], made)
        _pass_on(graph, gather.outputs[0], node)


def _pass_on(graph: Graph, name: str, node: Node) -> None:
    node.op, node.inputs = "Identity", [name]
    graph.users.setdefault(name, []).append(node)


def _same_grid(graph: Graph, first: Node, second: Node) -> bool:
    """Whether the numbers that are rounded are rows of a table of the same scale and zero."""
    gather = graph.maker.get(first.input(0))
    table = graph.maker.get(gather.input(0)) if gather is not None else None
    if gather is None or gather.op != "Gather" or table is None or table.op != "DequantizeLinear":
        return False
    grids = {_grid(graph, node) for node in (table, first, second)}
    return len(grids) == 1 and None not in grids


def _grid(graph: Graph, node: Node) -> tuple[float, int, str] | None:
    """One scale, one zero and the type of the whole numbers; None where there are several."""
    scale = graph.constant(node.input(1))
    zero: Constant | None = graph.constant(node.input(2)) if node.input(2) else None
    if scale is None or zero is None or scale.array.size != 1 or zero.array.size != 1:
        return None
    return float(np.float32(scale.array.flat[0])), int(zero.array.flat[0]), zero.dtype
