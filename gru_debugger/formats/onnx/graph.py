"""An ONNX graph: nodes, who makes which value, and those values that are constant.

Field numbers: onnx/onnx.proto. Exporters leave slices, joins and turned matrices of the weights
to the graph (torch's, from 8 KB on), so constants are computed through the operators that only
move numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from gru_debugger.formats.ledger import share
from gru_debugger.formats.onnx.moving import MOVES
from gru_debugger.formats.onnx.tensors import DTYPES, Constant, Tensors
from gru_debugger.formats.protobuf import Message

_DEEPEST = 64
_BODIES = ("If", "Loop", "Scan", "SequenceMap")
NESTED = (6, 11)  # of an attribute: a graph, and graphs
_PATIENCE = 200_000  # nodes that are looked at, for all the GRUs of a file together
_SHARING = 16  # how much larger than all files the joined constants may be

_FOLDED = {*MOVES, "Constant", "DequantizeLinear"}


@dataclass(eq=False)
class Node:
    """`parts`: the forward and the reverse node that this one stands for; `steps`: those of a GRU
    that is called once a step. `times`: how many of the file's nodes it is."""

    op: str
    name: str
    inputs: list[str]
    outputs: list[str]
    message: Message
    parts: tuple[Node, ...] = ()
    steps: tuple[Node, ...] = ()
    times: int = 1

    @classmethod
    def of(cls, m: Message) -> Node:
        return cls(m.text(4), m.text(3), m.texts(1), m.texts(2), m)

    @property
    def foreign(self) -> str:
        """The domain of an operator that is not ONNX' own."""
        domain = self.message.text(7)
        return "" if domain in ("", "ai.onnx") else domain

    @property
    def of_directions(self) -> tuple[Node, ...]:
        """The nodes that hold the weights: of a direction each, or one of both."""
        return self.parts or (self,)

    @cached_property
    def attributes(self) -> dict[str, Message]:
        return {attribute.text(1): attribute for attribute in self.message.messages(5)}

    @cached_property
    def captured(self) -> list[str]:
        """The names that the bodies of an If, Loop or Scan may know from outside."""
        return list(_in_bodies(self, 0)) if self.op in _BODIES else []

    def input(self, index: int) -> str:
        """A value's name; "" where it is left out."""
        return self.inputs[index] if index < len(self.inputs) else ""

    def integer(self, name: str, default: int) -> int:
        attribute = self.attributes.get(name)
        return default if attribute is None else attribute.integer(3, default)

    def integers(self, name: str) -> list[int] | None:
        attribute = self.attributes.get(name)
        return None if attribute is None else list(attribute.integers(8))

    def number(self, name: str, default: float) -> float:
        attribute = self.attributes.get(name)
        chunks = [] if attribute is None else attribute.chunks(2)
        return float(np.frombuffer(chunks[-1], "<f4")[0]) if chunks else default

    def numbers(self, name: str) -> list[float]:
        attribute = self.attributes.get(name)
        chunks = [] if attribute is None else attribute.chunks(7)
        return [float(x) for x in np.frombuffer(b"".join(chunks), "<f4")]

    def text(self, name: str, default: str) -> str:
        attribute = self.attributes.get(name)
        return default if attribute is None else attribute.text(4, default)

    def texts(self, name: str) -> list[str]:
        attribute = self.attributes.get(name)
        return [] if attribute is None else attribute.texts(9)


def _in_bodies(node: Node, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ValueError("its bodies are nested too deep")
    for attribute in node.attributes.values():
        for body in (graph for number in NESTED for graph in attribute.messages(number)):
            yield from (output.text(1) for output in body.messages(12))
            for inner in (Node.of(m) for m in body.messages(1)):
                yield from inner.inputs
                yield from _in_bodies(inner, depth + 1)


def _dimensions(value: Message) -> list[int | None] | None:
    """Of a graph's input, None where it changes; None where the file doesn't say how many."""
    kind = value.message(2)
    tensor = None if kind is None else kind.message(1)
    shape = None if tensor is None else tensor.message(2)
    if shape is None:
        return None
    return [d.integer(1) if 1 in d else None for d in shape.messages(1)]


class Graph:
    """Raises ValueError for what is damaged, ModelError for external data that can't be used."""

    def __init__(self, message: Message, nodes: list[Node], path: Path, size: int) -> None:
        self.tensors = Tensors(path)
        for node in nodes:
            if node.foreign:  # nothing is known of it
                node.op = f"{node.foreign}.{node.op}"
        self.link(nodes)
        self.outputs = {m.text(1) for m in message.messages(12)}
        self._stored = {m.text(8): m for m in message.messages(5)}
        self.inputs = {m.text(1): _dimensions(m) for m in message.messages(11)}
        self.axes: dict[str, tuple[str, ...]] = {}  # of values that stand for others (`joins`)
        self.patience = _PATIENCE
        self.share = share(sum(node.op == "GRU" for node in nodes))
        self.plumbing: set[int] | None = None  # nodes that compute shapes and places (`account`)
        self.readings: dict[int, Any] = {}  # of nodes, as found (`reading`)
        self._known: dict[str, Constant | None] = {}
        self._repeated: set[str] = set()  # of these, how often is only known when it runs
        self._size, self._joined = size, 0

    def link(self, nodes: list[Node]) -> None:
        """Who makes which value, and who uses it."""
        self.nodes = nodes
        self.maker = {out: node for node in nodes for out in node.outputs if out}
        self.users: dict[str, list[Node]] = {}
        for node in nodes:
            for name in dict.fromkeys([*node.inputs, *node.captured]):
                self.users.setdefault(name, []).append(node)

    def constant(self, name: str, depth: int = 0) -> Constant | None:
        """The value of this name; None when it depends on an input or an unknown operator."""
        if name not in self._known:
            if depth > _DEEPEST:
                raise ValueError("its constants are nested too deep")
            node = None if name in self._moving else self.maker.get(name)
            if name in self._stored:
                self._known[name] = self.tensors.read(self._stored[name])
            else:
                self._known[name] = None if node is None else self._fold(node, name, depth)
        return self._known[name]

    @cached_property
    def _moving(self) -> set[str]:
        """What surely comes of an input or an unknown operator: a chain of any length."""
        found = {name for name in self.inputs if name not in self._stored}
        for node in self.nodes:  # in the order of their computation
            inputs = node.inputs[:1] if node.op == "Expand" else node.inputs
            if node.op not in _FOLDED or not found.isdisjoint(inputs):
                found.update(node.outputs)
        return found

    @property
    def size(self) -> int:
        """Of the file, and what it has read of those beside it, in bytes."""
        return self._size + self.tensors.outside

    def stored(self, name: str) -> bool:
        return name in self._stored

    def integers(self, node: Node, index: int, name: str) -> list[int] | None:
        """Of an input, or of the attribute that it was before; None where they aren't known."""
        if not node.input(index):
            return node.integers(name)
        found = self.constant(node.input(index))
        if found is None or found.array.dtype.kind != "i":
            return None
        return [int(i) for i in found.array.reshape(-1)]

    def weights(self, name: str) -> Constant | None:
        """The same, where it is of floating-point numbers."""
        found = self.constant(name)
        return found if found is not None and found.array.dtype.kind == "f" else None

    # Operators that move numbers -----------------------------------------------------------

    def _fold(self, node: Node, name: str, depth: int) -> Constant | None:
        if node.op == "Constant":
            return self._constant_node(node)
        if node.op == "DequantizeLinear":
            stored = self.constant(node.input(0), depth + 1) if node.input(0) else None
            return self.dequantized(node, stored, depth)
        if node.op not in MOVES:
            return None
        inputs = node.inputs[:1] if node.op == "Expand" else node.inputs
        values = [self.constant(read, depth + 1) if read else None for read in inputs]
        if any(value is None and read for value, read in zip(values, inputs, strict=True)):
            return None
        first = values[0]
        if first is None:
            raise ValueError(f"a {node.op} without an input")
        arrays = [None if value is None else value.array for value in values]
        if (repeated := self._repeats(node, first, depth)) is not None:
            return repeated
        if node.op in ("Cast", "Concat", "Reshape"):  # the others are views
            self._spend(sum(a.nbytes for a in arrays if a is not None))
        if node.op == "Cast":
            dtype = DTYPES.get(node.integer("to", 1), "")
            usable = dtype in ("float32", "float64", "float16", "int64")
            return Constant(first.array.astype(dtype), dtype) if usable else None
        moved = MOVES[node.op](node, arrays)
        if node.op != "Split":
            return Constant(moved, first.dtype)
        parts = [Constant(part, first.dtype) for part in moved]
        self._known |= zip(node.outputs, parts, strict=True)  # all at once: there may be many
        return self._known[name]

    def _expanded(self, node: Node, first: Constant, depth: int) -> Constant:
        """Left as it is where the shape isn't known: a state of one text, repeated for all."""
        shape = self.constant(node.input(1), depth + 1)
        if shape is None:
            self._repeated.add(node.outputs[0])
            return first
        wanted = np.broadcast_shapes(first.array.shape, tuple(shape.array.reshape(-1).tolist()))
        self._spend(math.prod(wanted) * first.array.itemsize)
        return Constant(np.broadcast_to(first.array, wanted), first.dtype)

    def _repeats(self, node: Node, first: Constant, depth: int) -> Constant | None:
        """A number however often it is needed, and of so many again some; None for all else."""
        if node.op == "Expand":
            return self._expanded(node, first, depth)
        if node.op != "Slice" or first.array.size != 1 or node.input(0) not in self._repeated:
            return None
        self._repeated.add(node.outputs[0])
        return first

    def know(self, name: str, value: Constant) -> None:
        """A value that the file has in another way."""
        self._known[name] = value

    def dequantized(
        self, node: Node, stored: Constant | None, depth: int = 0
    ) -> Constant | None:
        """(x - zero point) · scale, these being one number or one along an axis."""
        given = [self.constant(name, depth + 1) if name else None for name in node.inputs[1:3]]
        scale, zero = (*given, None, None)[:2]
        if stored is None or scale is None or stored.array.dtype.kind not in "iu" \
                or (zero is None and node.input(2)) or node.integer("block_size", 0):  # fmt: skip
            return None
        self._spend(8 * stored.array.nbytes)
        shape = [1] * stored.array.ndim
        if scale.array.size > 1:
            shape[node.integer("axis", 1)] = -1
        whole = stored.array.astype(np.int32)
        if zero is not None:
            whole = whole - zero.array.astype(np.int32).reshape(shape)
        numbers = whole.astype(np.float32) * scale.array.astype(np.float32).reshape(shape)
        return Constant(numbers, stored.dtype)

    def _constant_node(self, node: Node) -> Constant | None:
        for name, attribute in node.attributes.items():
            tensor = attribute.message(5) if name == "value" else None
            if tensor is not None:
                return self.tensors.read(tensor)
            if name in ("value_int", "value_ints"):
                numbers = list(attribute.integers(3 if name == "value_int" else 8))
                array = np.array(numbers, np.int64)
                return Constant(array[0] if name == "value_int" else array, "int64")
            if name in ("value_float", "value_floats"):
                chunks = attribute.chunks(2 if name == "value_float" else 7)
                floats = np.frombuffer(b"".join(chunks), "<f4")
                return Constant(floats[0] if name == "value_float" else floats, "float32")
        return None

    def _spend(self, size: int) -> None:
        self._joined += size
        if self._joined > _SHARING * self.size:
            raise ValueError("its constants together are far larger than the file")
