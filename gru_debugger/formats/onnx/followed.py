"""Which number of a value is which, followed one by one: of graphs that take a text step by step.

Each number that is known has a place in its `Origin`: in an input, in what a table makes of that,
in the states of a GRU that is called once a step, or in what is made of these row by row.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.moving import MOVES
from gru_debugger.formats.onnx.reading import reads

SHAPES = ("Shape", "Size")
_ROW_WISE = ("MatMul", "Gemm", "Add")
_WHOLE = (6, 7)  # types: a Cast to them leaves indices as they are
_ANY = 2  # in the place of a size that the file does not say
_DEEPEST = 16  # layers upon states
_MOST, _SHARE = 1 << 20, 8  # numbers that are followed, and one more for so many bytes of the file


@dataclass(frozen=True)
class Origin:
    """`key`: what it is made with, alike wherever it is made so; `width` of a row."""

    kind: str
    key: tuple[Any, ...]
    width: int
    below: Origin | None = None
    depth: int = 0


_MIXED = Origin("several", (), 0)  # of which, stands in the places
_EACH = 1 << 40  # more places than an origin has


@dataclass(frozen=True, eq=False)
class Signs:
    of: Origin
    places: NDArray[np.int64]


class Flow:
    """`makers`: by which nodes each origin is made, in the order of the graph."""

    def __init__(self, graph: Graph) -> None:
        self.signs: dict[str, Signs] = {}
        self.makers: dict[Origin, list[Node]] = {}
        self._graph, self._left = graph, _MOST + graph.size // _SHARE
        self._numbers: dict[str, NDArray[Any]] = {}  # sizes that are computed
        self._digests: dict[int, tuple[Any, ...]] = {}
        self._several: dict[Origin, int] = {}  # with the places of which they come
        try:
            self._inputs()
            for node in graph.nodes:
                if node.outputs:
                    self._follow(node)
        except _TooManyError:
            self.signs, self.makers = {}, {}

    def _inputs(self) -> None:
        for name, dims in self._graph.inputs.items():
            if dims and not self._graph.stored(name):
                sizes = [_ANY if n is None else max(n, 0) for n in dims]
                self._spend(math.prod(sizes))
                places = np.arange(math.prod(sizes)).reshape(sizes)
                self.signs[name] = Signs(Origin("input", (name,), sizes[-1]), places)

    def _know(self, name: str, signs: Signs) -> None:
        if name:  # of an output that is not left out
            self.signs[name] = signs

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _TooManyError

    def _follow(self, node: Node) -> None:
        if node.op == "GRU":
            self._step(node)
        elif reads(self._graph, node) == "table":
            self._look_up(node)
        elif node.op in _ROW_WISE:
            self._by_rows(node)
        elif node.op == "Shape":
            self._measure(node)
        elif node.op == "Mul":
            self._multiply(node)
        elif node.op in ("Cast", "Gather", "Flatten") or MOVES.get(node.op):
            self._move(node)

    # A step of a GRU -----------------------------------------------------------------------

    def _step(self, node: Node) -> None:
        x, recurrent = self.signs.get(node.input(0)), self._graph.weights(node.input(2))
        digests = [self._digest(node.input(i)) for i in (1, 2, 3) if node.input(i)]
        plain = node.text("direction", "forward") == "forward" and not node.integer("layout", 0)
        if x is None or recurrent is None or not all(digests) or node.input(4) or not plain:
            return
        if recurrent.array.ndim != 3 or x.places.ndim != 3 or len(x.places) != 1:
            return
        texts, units = x.places.shape[1], recurrent.array.shape[2]
        origin = Origin("states", (*digests, texts, _attributes(node)), units)
        self._spend(texts * units)
        number = len(self.makers.setdefault(origin, []))
        self.makers[origin].append(node)
        last = (number * texts * units + np.arange(texts * units)).reshape(1, texts, units)
        for name, places in zip(node.outputs, (last[None], last), strict=False):
            self._know(name, Signs(origin, places))

    # What is made row by row ---------------------------------------------------------------

    def _look_up(self, node: Node) -> None:
        indices, table = self.signs.get(node.input(1)), self._graph.weights(node.input(0))
        if indices is not None and indices.of.kind == "input" and table is not None:
            key = ("Gather", self._digest(node.input(0)))
            self._make(node, indices.of, key, table.array.shape[1], indices.places)

    def _by_rows(self, node: Node) -> None:
        """The same of each row, by numbers that are stored."""
        data = next((k for k, name in enumerate(node.inputs) if name in self.signs), None)
        if data is None or (data and node.op != "Add") or node.integer("transA", 0):
            return
        signs = self.signs[node.input(data)]
        if signs.of == _MIXED or signs.of.kind == "input":
            return
        stored = [name for k, name in enumerate(node.inputs) if k != data and name]
        digests = [self._digest(name) for name in stored]
        rows = _rows(signs)
        width = self._width(node, stored[:1], signs.of.width) if all(digests) else 0
        if rows is not None and width:
            self._make(node, signs.of, (*digests, _attributes(node)), width, rows)

    def _width(self, node: Node, stored: list[str], before: int) -> int:
        """Of the rows that it makes; 0 where it makes others than one of each."""
        constant = self._graph.weights(stored[0]) if stored else None
        if constant is None:
            return 0
        shape = constant.array.shape
        if node.op == "Add":
            return before if shape == (before,) else 0
        return 0 if len(shape) != 2 else shape[0 if node.integer("transB", 0) else 1]

    def _make(
        self, node: Node, below: Origin, key: tuple[Any, ...], width: int, rows: NDArray[np.int64]
    ) -> None:  # fmt: skip
        if below.depth == _DEEPEST:
            return
        origin = Origin(node.op, key, width, below, below.depth + 1)
        self._spend(rows.size * width)
        places = rows[..., None] * width + np.arange(width)
        self.makers.setdefault(origin, []).append(node)
        self._know(node.outputs[0], Signs(origin, places))

    def _digest(self, name: str) -> tuple[Any, ...]:
        """Alike of stored values that are alike; () of any other."""
        constant = self._graph.weights(name)
        if constant is None:
            return ()
        array = constant.array
        if id(array) not in self._digests:
            found = hashlib.sha256(np.ascontiguousarray(array).data).digest()
            self._digests[id(array)] = (array.shape, array.dtype.str, found)
        return self._digests[id(array)]

    # What only moves numbers ---------------------------------------------------------------

    def _measure(self, node: Node) -> None:
        signs = self.signs.get(node.input(0))
        if signs is not None:
            start, end = node.integer("start", 0), node.integer("end", signs.places.ndim)
            self._numbers[node.outputs[0]] = np.array(signs.places.shape[start:end], np.int64)

    def _multiply(self, node: Node) -> None:
        """One size by another, as dynamo's exporter puts two axes together."""
        one, other = self._number(node.input(0)), self._number(node.input(1))
        if one is not None and other is not None and one.size == other.size == 1:
            self._numbers[node.outputs[0]] = one * other

    def _move(self, node: Node) -> None:
        names = [name for name in node.inputs if name]
        moved = names if node.op == "Concat" else names[:1]
        signs = [self.signs[name] for name in moved if name in self.signs]
        known = all(name in self.signs or self._number(name) is not None for name in names)
        origins = {each.of for each in signs}
        # Signs beside plain numbers are neither; sizes are computed as signs are moved.
        if not known or len(signs) not in (0, len(moved)) \
                or any(name in self.signs for name in names[len(moved):]):  # fmt: skip
            return
        if not signs and all(self._graph.constant(name) is not None for name in names):
            return
        mixed = len(origins) > 1 or _MIXED in origins
        arrays = [self._number(name) if name not in self.signs else self._mixed(self.signs[name])
                  if mixed else self.signs[name].places for name in node.inputs]  # fmt: skip
        try:
            made = self._moved(node, arrays)
        except (ValueError, IndexError, TypeError, OverflowError):  # onnxruntime refuses it too
            return
        parts = made if node.op == "Split" else [made]
        for name, part in zip(node.outputs, parts, strict=False):
            if part is not None and signs:
                self._know(name, self._unmixed(part) if mixed else Signs(signs[0].of, part))
            elif part is not None:
                self._numbers[name] = part

    def _mixed(self, signs: Signs) -> NDArray[np.int64]:
        """Places that tell of which origin they are."""
        if signs.of == _MIXED:
            return signs.places
        number = self._several.setdefault(signs.of, len(self._several))
        return signs.places + number * _EACH

    def _unmixed(self, places: NDArray[np.int64]) -> Signs:
        numbers = np.unique(places // _EACH)
        if len(numbers) != 1:
            return Signs(_MIXED, places)
        return Signs(list(self._several)[numbers[0]], places % _EACH)

    def _number(self, name: str) -> NDArray[Any] | None:
        """Whole numbers that are stored, or computed of sizes."""
        constant = self._graph.constant(name) if name else None
        array = self._numbers.get(name) if constant is None else constant.array
        return array if array is not None and array.dtype.kind == "i" else None

    def _moved(self, node: Node, arrays: list[Any]) -> Any:
        data = arrays[0]
        if node.op == "Cast":
            return data if node.integer("to", 1) in _WHOLE else None
        if node.op == "Flatten":
            return data.reshape(math.prod(data.shape[: node.integer("axis", 1)]), -1)
        if node.op == "Gather":
            axis = node.integer("axis", 0)
            self._spend(data.size // max(data.shape[axis], 1) * arrays[1].size)
            return np.take(data, arrays[1], axis)
        self._spend(sum(array.size for array in arrays) if node.op == "Concat" else 0)
        return MOVES[node.op](node, arrays)


def _rows(signs: Signs) -> NDArray[np.int64] | None:
    """The rows that a value is made of, each whole and in order; None where they are not."""
    width = signs.of.width
    if not signs.places.size or signs.places.shape[-1:] != (width,):
        return None
    rows, inside = np.divmod(signs.places, width)
    whole = (inside == np.arange(width)).all() and (rows == rows[..., :1]).all()
    return rows[..., 0] if whole else None


def _attributes(node: Node) -> tuple[bytes, ...]:
    return tuple(sorted(map(bytes, node.message.chunks(5))))


class _TooManyError(Exception):
    """More numbers than are followed."""
