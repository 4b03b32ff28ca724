"""Which number of a value is which, behind the operators that only move numbers.

A value's axes have labels: T steps, B texts, D directions, H units (or what else lies last), "1"
where there is one number; an axis that a Reshape made has a label of its own.
"""

from __future__ import annotations

from collections.abc import Container
from itertools import pairwise

from gru_debugger.formats.onnx.graph import Graph, Node

Axes = tuple[str, ...]

SHAPING = ("Identity", "Cast", "Squeeze", "Unsqueeze", "Transpose", "Reshape", "Flatten",
           "Dropout")  # fmt: skip
_ANY = "…"  # as the first label: as many axes as there are
_FLOATS, _WHOLE = (1, 10, 11, 16), (1, 6, 7, 11, 12, 13)  # types, of values and of indices
_END = 1 << 31  # or above: as the end of a Slice, all there is


def of_states(node: Node, output: int, directions: int) -> Axes:
    """Of Y, and of Y_h."""
    d = "D" if directions > 1 else "1"
    first = bool(node.integer("layout", 0))
    if output:
        return ("B", d, "H") if first else (d, "B", "H")
    return ("B", "T", d, "H") if first else ("T", d, "B", "H")


def ordered(axes: Axes) -> bool:
    """Whether the last axis still lies last, so that a new shape keeps its numbers together."""
    kept = [label for label in axes if label not in ("1", "B")]
    return kept[-1:] == ["H"] and ("D" not in kept or kept[-2] == "D")


def at(axes: Axes, axis: int) -> str:
    """Its label; "" where it isn't known which it is."""
    if axes[:1] == (_ANY,):
        return axes[-1] if axis == -1 else ("" if axis < -1 else "*")
    return axes[axis] if -len(axes) <= axis < len(axes) else ""


def moved(graph: Graph, node: Node, axes: Axes, indices: bool = False) -> Axes | None:
    """The axes of a node's output; None where it may do more than move numbers.

    `indices`: of whole numbers, which have no axis H.
    """
    if node.op == "Identity" or (node.op == "Dropout" and not _trains(graph, node)):
        return axes
    if node.op == "Cast":
        return axes if node.integer("to", 1) in (_WHOLE if indices else _FLOATS) else None
    if node.op == "Transpose":
        return _transposed(node.integers("perm"), axes, indices)
    if node.op in ("Squeeze", "Unsqueeze"):
        return _squeezed(graph, node, axes)
    if node.op in ("Reshape", "Flatten") and (indices or ordered(axes)):
        last = () if indices else ("H",)
        count = 2 if node.op == "Flatten" else _rank(graph, node.input(1))
        fresh = [f"{node.outputs[0]}/{k}" for k in range((count or 0) - len(last))]
        return (*(fresh if count else [_ANY]), *last)
    return None


def _trains(graph: Graph, node: Node) -> bool:
    if not node.input(2):
        return False
    training = graph.constant(node.input(2))
    return training is None or bool(training.array.any())


def _transposed(perm: list[int] | None, axes: Axes, indices: bool) -> Axes | None:
    if axes[:1] == (_ANY,):
        keeps = perm is not None and perm[-1:] == [len(perm) - 1]
        return axes if indices or keeps else None
    perm = list(range(len(axes)))[::-1] if perm is None else perm
    if sorted(perm) != list(range(len(axes))):
        return None
    return tuple(axes[i] for i in perm)


def _squeezed(graph: Graph, node: Node, axes: Axes) -> Axes | None:
    """With axes of one number less, or more."""
    places = graph.integers(node, 1, "axes")
    if axes[:1] == (_ANY,):
        return axes if places is not None and -1 not in places else None
    if node.op == "Unsqueeze":
        rank = len(axes) + len(places or ())
        where = {p % rank for p in places or ()}
        rest = iter(axes)
        return tuple("1" if i in where else next(rest, "1") for i in range(rank))
    if places is None:
        return tuple(label for label in axes if label not in ("1", "B"))
    where = {p % len(axes) for p in places if axes}
    return tuple(label for i, label in enumerate(axes) if i not in where)


def _rank(graph: Graph, name: str) -> int | None:
    """How many axes a Reshape makes; a shape joined of single numbers counts them."""
    shape = graph.constant(name)
    if shape is not None:
        return int(shape.array.size)
    maker = graph.maker.get(name)
    if maker is None or maker.op != "Concat":
        return None
    parts = [graph.maker.get(part) for part in maker.inputs]
    single = all(p is None or p.op in ("Unsqueeze", "Constant", "Gather") for p in parts)
    return len(parts) if single else None


def turned(graph: Graph, node: Node) -> int | None:
    """The axis that a node turns around as a whole; None where it does something else."""
    if node.op == "ReverseSequence":
        return node.integer("time_axis", 0)
    if node.op != "Slice":
        return None
    names = ("starts", "ends", "axes", "steps")
    starts, ends, axes, steps = (graph.integers(node, i, n) for i, n in enumerate(names, 1))
    if steps != [-1] or starts is None or ends is None or len(starts) != 1:
        return None
    whole = (starts[0] == -1 or starts[0] >= _END - 1) and ends[0] <= -_END + 1
    return (axes or [0])[0] if whole else None


def exchanged(graph: Graph, node: Node, among: Container[int]) -> bool:
    """Whether a node puts numbers in another order, of one value or of those made by `among`."""
    if node.op == "Gather":
        index = graph.constant(node.input(1))
        places = [] if index is None else index.array.reshape(-1).tolist()
        return any(a >= b for a, b in pairwise(places))
    makers = (graph.maker.get(name) for name in node.inputs)
    return node.op == "Concat" and sum(id(maker) in among for maker in makers) > 1
