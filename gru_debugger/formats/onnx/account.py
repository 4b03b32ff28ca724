"""The account of an ONNX graph, seen from one GRU: each node computed, harmless or told."""

from __future__ import annotations

from collections.abc import Iterable

from gru_debugger.formats.beside import shown
from gru_debugger.formats.ledger import Operation, Verdict, Where
from gru_debugger.formats.onnx import axes as moves
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.onnx.heads import ENDS, Head
from gru_debugger.formats.onnx.reading import Reading, reads
from gru_debugger.source import Grade

# Operators that move numbers and make none, wherever they stand: if it matters what they do, a
# node that computes follows, which is told.
_MOVERS: dict[str, Verdict] = {
    **dict.fromkeys(
        ("Identity", "Squeeze", "Unsqueeze", "Transpose", "Reshape", "Flatten", "Concat", "Slice",
         "Split", "Gather", "Expand", "Shape", "Size", "ReverseSequence", "Tile"), "shape"),
    "Cast": "cast", "Dropout": "dropout", "Constant": "constant", "ConstantOfShape": "constant",
}  # fmt: skip
# Their inputs that say how numbers are moved.
_PLUMBING = {"Reshape": 1, "Expand": 1, "Slice": 1, "Unsqueeze": 1, "Squeeze": 1, "Gather": 1,
             "Tile": 1, "Split": 1, "ConstantOfShape": 0}  # fmt: skip
_HEAD = "another output layer, whose scores are not shown"
# A head of linear layers and these alone is a plain one: that it is not computed is no more than a
# note.
_PLAIN_HEAD = ("MatMul", "Gemm", "Add", "Relu", "Tanh", "Sigmoid", "Gelu", "LeakyRelu", "Elu",
               "Erf", *ENDS)  # fmt: skip
_MOST = 10_000  # nodes that make an initial state


class Account:
    """What is said first of a node holds."""

    def __init__(self, graph: Graph, nodes: list[Node]) -> None:
        self._graph, self._nodes = graph, nodes
        self._said: dict[int, Operation] = {}
        if graph.plumbing is None:
            graph.plumbing = self._plumbing()
        self._aside = graph.plumbing
        self.head: Head | None = None

    def put(
        self, node: Node, where: Where, verdict: Verdict = "told", reason: str = "",
        grade: Grade | None = None,
    ) -> None:  # fmt: skip
        if id(node) not in self._said and node.times:
            kind, name = shown(node.op), shown(node.name)
            self._said[id(node)] = Operation(kind, name, where, verdict, reason, grade, node.times)

    # The ways to the GRU -------------------------------------------------------------------

    def read(self, way: Reading) -> None:
        """The nodes that lead to x, one of which may not be understood."""
        for node in way.nodes:
            if node is way.stuck:
                self.put(node, "before the GRU", reason="what it does to the order is not known")
            elif node is way.nodes[-1] and way.why and way.stuck is None:
                self.put(node, "before the GRU", reason=way.why)
            elif reads(self._graph, node) or moves.turned(self._graph, node) is not None:
                self.put(node, "before the GRU", "computed")
            else:
                self.put(node, "before the GRU", _MOVERS.get(node.op, "told"))

    def before(self, way: Reading) -> list[Node]:
        """What of the way to x is not computed, from the GRU down."""
        told = [way.stuck] if way.stuck else []
        told += way.nodes[-1:] if way.why and not told else []
        return told + self.ancestors(way.base, "before the GRU")

    def ancestors(self, name: str, where: Where, followed: bool = False) -> list[Node]:
        """All nodes that a value is computed by; those that are told, the last first.

        The last is told in any case, but where it is `followed` how it moves numbers.
        """
        told: list[Node] = []
        seen, names = {name}, [name]
        for name in names:
            node = self._graph.maker.get(name)
            if node is None:
                continue
            self._graph.patience -= 1
            if self._graph.patience < 0 and told:
                break
            table = reads(self._graph, node) == "table"
            verdict: Verdict = "told" if table else _MOVERS.get(node.op, "told")
            if node in self._nodes or id(node) in self._aside:
                verdict = "computed"
            if name == names[0] and not followed and verdict not in ("constant", "computed"):
                verdict = "told"  # what moves numbers in a way that is not followed
            self.put(node, where, verdict)
            told += [node] if verdict == "told" else []
            first = _PLUMBING.get(node.op, 99) if not table else 99
            for number, other in enumerate([*node.inputs, *node.captured]):
                if other and other not in seen and not (number >= first > 0):
                    seen.add(other)
                    names.append(other)
        return told

    def made(self, name: str, where: Where) -> None:
        """The nodes that make a value which is computed here."""
        names = [name]
        for name in names:
            node = self._graph.maker.get(name)
            if node is not None and id(node) not in self._said and len(names) < _MOST:
                self.put(node, where, _MOVERS.get(node.op, "computed"))
                names += node.inputs

    def shaped(self, name: str, base: str, where: Where) -> None:
        """The nodes by which a value is a new shape of another."""
        while name != base:
            node = self._graph.maker[name]
            self.put(node, where, _MOVERS.get(node.op, "told"))
            name = node.input(0)

    def computed(self, name: str) -> bool:
        """Whether a value comes of more than an input and its shape."""
        return bool(self.ancestors(name, "beside the GRU", followed=True))

    # From it on ----------------------------------------------------------------------------

    def take(self, head: Head) -> None:
        self.head = head
        for node in head.way:
            chosen = node.op in ("Slice", "Gather", "ReverseSequence")
            verdict: Verdict = "choice" if chosen else _MOVERS.get(node.op, "computed")
            self.put(node, "after the GRU", verdict)
        for node in head.after:
            self.put(node, "after the GRU", "shown" if node.op in ENDS else "shape")

    def closed(self) -> tuple[Operation, ...]:
        """With all other nodes of the graph: behind what is shown, or beside it."""
        self._graph.patience -= len(self._graph.nodes)
        if self._graph.patience < 0:
            uncounted = Operation("other operations", count=len(self._graph.nodes))
            return (*self._said.values(), uncounted)
        rest = [n for n in self._graph.nodes if id(n) not in self._said and n not in self._nodes]
        behind = self._behind([n for n in self._nodes[-1].outputs if n])
        scored = self._behind([self.head.scores]) if self.head else behind
        plain = self._is_plain([node for node in rest if id(node) in behind])
        for node in rest:
            after: Where = "after the GRU" if id(node) in scored else "beside the GRU"
            verdict = "shape" if id(node) in self._aside else _MOVERS.get(node.op, "told")
            if id(node) in scored and (
                moves.turned(self._graph, node) is not None
                or (self.head and moves.exchanged(self._graph, node, scored))
            ):
                verdict = "told"  # scores in another order are other symbols'
            if verdict == "told" and all(map(self._graph.constant, node.outputs)):
                verdict = "constant"
            heads = self.head and id(node) in behind and node.op in ("MatMul", "Gemm")
            reason = _HEAD if heads and id(node) not in scored else ""
            if plain and id(node) in scored:
                self.put(node, after, verdict, "no predictions are shown", "note")
            else:
                self.put(node, after, verdict, reason)
        return tuple(self._said.values())

    def _is_plain(self, behind: list[Node]) -> bool:
        """Whether a head that is not shown has all that people would expect of one."""
        layers = [node for node in behind if node.op in ("MatMul", "Gemm", "Add")]
        stored = all(any(self._graph.weights(name) is not None for name in node.inputs)
                     for node in layers)  # fmt: skip
        return self.head is None and stored and all(
            node.op in _PLAIN_HEAD or (node.op in _MOVERS
                                       and moves.turned(self._graph, node) is None)
            for node in behind
        )  # fmt: skip

    def _behind(self, names: Iterable[str]) -> set[int]:
        """The nodes that anything of these values gets to, but for shapes."""
        found: set[int] = set()
        names = list(names)
        for name in names:
            for node in self._graph.users.get(name, ()):
                if id(node) not in found and node.op not in ("Shape", "Size", "ArgMax", "TopK"):
                    found.add(id(node))
                    names += node.outputs
        return found

    def _plumbing(self) -> set[int]:
        """The nodes by which shapes and places are computed."""
        names = [name for node in self._graph.nodes if node.op in _PLUMBING
                 and reads(self._graph, node) != "table"
                 for name in node.inputs[_PLUMBING[node.op] :]]  # fmt: skip
        found: set[int] = set()
        for name in names:
            node = self._graph.maker.get(name)
            if node is not None and id(node) not in found and node.op not in ("GRU", "LSTM", "RNN"):
                found.add(id(node))
                names += [] if node.op in ("Shape", "Size") else node.inputs
        return found
