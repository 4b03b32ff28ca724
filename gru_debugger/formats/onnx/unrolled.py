"""A GRU that is called once a step, as torch exports a loop in Python: a node for each step.

Such nodes become one, which reads the whole text, where it is certain that it is the same: the
weights alike in all, each begins with the state that the one before left, each reads the next step
of one text and nothing else, the text has no other steps, and of what they give nothing is used
but all steps in their order, or the last. What is done to each step alike, such as an output
layer, is done to all at once then. Anything else is left as it is.
"""

from __future__ import annotations

import numpy as np

from gru_debugger.formats.onnx.axes import Axes
from gru_debugger.formats.onnx.chains import Chain, find, is_turned
from gru_debugger.formats.onnx.followed import SHAPES, Flow, Origin, Signs
from gru_debugger.formats.onnx.graph import Graph, Node
from gru_debugger.formats.protobuf import Budget, Message

_FARTHEST = 16


def simplify(graph: Graph) -> None:
    """Put one node for each such GRU into `graph`."""
    if not any(node.op == "GRU" and _goes_on(graph, node) for node in graph.nodes):
        return
    flow = Flow(graph)
    chains = find(graph, flow)
    while chains:
        uses = _Uses(graph, flow, chains)
        other = [origin for origin, chain in chains.items() if uses.other(chain)]
        if not other:
            graph.link(_Rewriting(graph, flow, chains, uses).nodes())
            break
        for origin in other:
            del chains[origin]
        for chain in list(chains.values()):  # what reads their states has lost its text
            if chain.reads.kind == "states" and chain.reads not in chains:
                del chains[chain.states]


def _goes_on(graph: Graph, node: Node) -> bool:
    """Whether it may begin with what another one has left."""
    name = node.input(5)
    for _ in range(_FARTHEST):
        maker = graph.maker.get(name)
        if maker is None or maker.op == "GRU":
            return maker is not None
        name = maker.input(0)
    return False


# What becomes of what they give -----------------------------------------------------------------


class _Uses:
    """`collectors`: the nodes that put all steps together, with the axes of what they make;
    `inner`: those that are of use to these, and to the steps, alone; `loose`: what is made of some
    of the steps."""

    def __init__(self, graph: Graph, flow: Flow, chains: dict[Origin, Chain]) -> None:
        self._graph, self._flow, self._chains = graph, flow, chains
        self._steps = {node for chain in chains.values() for node in chain.steps}
        # What one begins with is no state that it leaves.
        self._begin = {chain.steps[0]: chain.steps[0].input(5) for chain in chains.values()}
        self.collectors: dict[Node, Axes] = {}
        self.loose = {name for node in self._steps for name in node.outputs if name}
        for node in graph.nodes:
            if node not in self._steps and not self.loose.isdisjoint(node.inputs):
                self._collect(node)
        self.inner: set[Node] = set()
        for node in reversed(graph.nodes):
            if all(name in flow.signs for name in node.outputs if name) and self._is_inner(node):
                self.inner.add(node)

    def other(self, chain: Chain) -> bool:
        """Whether anything is done with one step alone; with the last it may be."""
        return not all(map(self._is_inner, chain.steps[:-1]))

    def _is_inner(self, node: Node) -> bool:
        return self._graph.outputs.isdisjoint(node.outputs) and all(
            self._is_of_use(name, user) for name in node.outputs if name
            for user in self._graph.users.get(name, ())
        )  # fmt: skip

    def _is_of_use(self, name: str, user: Node) -> bool:
        if user in self._steps:
            return self._begin.get(user) != name
        return user in self.inner or user in self.collectors or user.op in SHAPES

    def _collect(self, node: Node) -> None:
        """Whether it puts all steps together, or makes anything of some."""
        known = [name for name in node.outputs if name in self._flow.signs]
        axes = self._of_all(self._flow.signs[known[0]], known[0]) if known else None
        if axes is not None:
            self.collectors[node] = axes
        else:
            self.loose.update(known)

    def _of_all(self, signs: Signs, name: str) -> Axes | None:
        """The axes of a value that holds what is made of all steps, in their order."""
        chain, width = self._chains.get(_states(signs.of)), signs.of.width
        if chain is None or signs.places.shape[-1:] != (width,):
            return None
        sizes = {"T": len(chain.steps), "B": chain.texts}
        turned = is_turned(signs.places, (sizes["T"], sizes["B"], width))
        if turned is None:
            return None
        long = [label for label in ("BT" if turned else "TB") if sizes[label] > 1]
        shape = signs.places.shape[:-1]
        if [n for n in shape if n > 1] != [sizes[label] for label in long]:
            return (*(f"{name}/{axis}" for axis in range(len(shape))), "H")
        labels = iter(long)
        return (*("1" if n == 1 else next(labels) for n in shape), "H")


def _states(origin: Origin) -> Origin:
    while origin.below is not None:
        origin = origin.below
    return origin


# One node for them ------------------------------------------------------------------------------


class _Rewriting:
    def __init__(
        self, graph: Graph, flow: Flow, chains: dict[Origin, Chain], uses: _Uses
    ) -> None:  # fmt: skip
        self._graph, self._flow, self._chains, self._uses = graph, flow, chains, uses
        self._whole: dict[Origin, str] = {}  # the names of what is made of all steps
        self._makers = {node for origin, nodes in flow.makers.items() for node in nodes
                        if origin.kind != "states"}  # fmt: skip
        self._read = {chain.reads for chain in chains.values()}
        self._names = {*graph.users, *graph.maker, *graph.inputs}

    def nodes(self) -> list[Node]:
        """Those of the graph, with one for the steps where the first of them stood."""
        first = {chain.steps[0]: chain for chain in self._chains.values()}
        gone = {node for chain in self._chains.values() for node in chain.steps}
        gone |= {node for node in self._uses.inner if self._is_done_at_once(node)}
        made: list[Node] = []
        for node in self._graph.nodes:
            if node in first:
                made += self._steps(first[node])
            elif node in self._uses.collectors:
                made += self._collected(node, self._uses.collectors[node])
            elif node not in gone:
                made.append(node)
        return made

    def _is_done_at_once(self, node: Node) -> bool:
        """Whether it looks up what a step reads, or makes anything but a new shape of a state."""
        if node not in self._makers:
            return False
        if self._flow.signs[node.outputs[0]].of in self._read:
            return not self._is_whole(node)
        return not self._uses.loose.isdisjoint(node.outputs)

    def _is_whole(self, node: Node) -> bool:
        """Whether it looks up a whole text, in the order of the input."""
        places = self._flow.signs[node.outputs[0]].places
        base = self._flow.signs[node.input(1)].of.key[0]
        size = self._flow.signs[base].places.size * places.shape[-1]
        return places.size == size and np.array_equal(places.ravel(), np.arange(size))

    def _steps(self, chain: Chain) -> list[Node]:
        first, last = chain.steps[0], chain.steps[-1]
        nodes, text = self._text(chain)
        x, states = self._fresh(first.input(0)), self._fresh(first.outputs[0])
        end = (last.outputs[1:2] or [""])[0] or self._fresh(states)
        self._graph.axes[x], self._whole[chain.states] = chain.axes, states
        nodes.append(_same(text, x))
        nodes.append(Node(
            first.op, first.name, [x, *first.inputs[1:]], [states, end], first.message,
            steps=tuple(chain.steps), times=len(chain.steps)))  # fmt: skip
        if last.outputs[0]:
            nodes.append(_same(end, last.outputs[0]))
            self._graph.axes[last.outputs[0]] = ("1", "1", "B", "H")
        return nodes

    def _text(self, chain: Chain) -> tuple[list[Node], str]:
        """The whole value that is read step by step, and what makes it where nothing does yet."""
        origin = chain.reads
        if origin.kind == "states":
            return [], self._whole[origin]
        if origin.below is None:
            return [], origin.key[0]
        makers = self._flow.makers[origin]
        if whole := [node for node in makers if self._is_whole(node)]:
            return [], whole[0].outputs[0]
        name = self._fresh(makers[0].outputs[0])
        return [self._again(makers, [makers[0].input(0), origin.below.key[0]], name)], name

    def _collected(self, node: Node, axes: Axes) -> list[Node]:
        """What was made of each step, of all at once."""
        name = (node.outputs or [""])[0]
        origin, ways = self._flow.signs[name].of, []
        while origin not in self._whole and origin.below is not None:
            ways.append(origin)
            origin = origin.below
        value = self._fresh(name) if ways else name
        nodes = [_same(self._whole[origin], value, node)]
        self._graph.axes[value] = self._graph.axes[name] = axes
        for way in reversed(ways):
            makers = self._flow.makers[way]
            out = name if way == ways[0] else self._fresh(name)
            inputs = [value if given in self._flow.signs else given for given in makers[0].inputs]
            nodes.append(self._again(makers, inputs, out))
            self._whole[way] = value = out
        return nodes

    def _fresh(self, name: str) -> str:
        """One that no value has yet."""
        while name in self._names:
            name += "'"
        self._names.add(name)
        return name

    def _again(self, nodes: list[Node], inputs: list[str], output: str) -> Node:
        """As each of the nodes does it, in their place."""
        first, times = nodes[0], sum(node in self._uses.inner for node in nodes)
        return Node(first.op, first.name, inputs, [output], first.message, times=times)


def _same(name: str, known_as: str, instead_of: Node | None = None) -> Node:
    title, times = ("", 0) if instead_of is None else (instead_of.name, 1)
    nothing = Message(memoryview(b""), Budget())
    return Node("Identity", title, [name], [known_as], nothing, times=times)
