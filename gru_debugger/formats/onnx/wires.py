"""By which names a graph's own values are had when it is run: its text, its states, its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gru_debugger.errors import ModelError
from gru_debugger.formats.onnx import heads, reading, surroundings
from gru_debugger.formats.onnx import model as models
from gru_debugger.formats.onnx.axes import SHAPING
from gru_debugger.formats.onnx.graph import Graph, Node


@dataclass(frozen=True)
class States:
    """One direction of a layer, whose rows `end` names (``_l0_reverse``), in a value of the graph,
    or in one for each step.

    `last`: of its last step alone, (directions, texts, units), else (steps, directions, texts,
    units); `texts_first`: with the texts in front, as layout 1 has them. `turned`: the first row
    is the last step's.
    """

    end: str
    names: tuple[str, ...]
    direction: int
    last: bool
    texts_first: bool
    turned: bool


@dataclass
class Wires:
    """`x` is the input that holds the text, `h0` the one of the initial states, `lengths` those
    that say how many steps a text has; `others` are not understood. `outputs` the graph has."""

    outputs: list[str]
    x: str = ""
    h0: str = ""
    lengths: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    states: list[States] = field(default_factory=list)
    scores: str = ""

    def wanted(self) -> list[str]:
        """The names of all that is compared."""
        names = [name for states in self.states for name in states.names]
        return list(dict.fromkeys([*names, *filter(None, [self.scores])]))


def find(data: bytes, path: Path, gru: str) -> Wires:
    """Of the GRU of that name in the file. Raises ModelError, and ValueError for damage."""
    model, graph = models.parts(data, path)
    stack = next((s for s in models.stacks(graph, path) if s.prefix == f"{gru}."), None)
    message = model.message(7)
    if stack is None or message is None:
        raise ModelError(f"{path}: no GRU of the name “{gru}” inside.")
    wires = Wires([output.text(1) for output in message.messages(12)])
    _inputs(graph, stack.nodes, wires)
    backwards = f"{stack.prefix}weight_hh_l0" not in stack.tensors
    for layer, node in enumerate(stack.nodes):
        wires.states += _states(graph, node, layer, backwards)
    top = stack.nodes[-1]
    of_step = (h for h in heads.of(graph, top) if not heads.at_no_step(graph, top, h))
    head = next(of_step, None)
    wires.scores = head.scores if head else ""
    return wires


def _inputs(graph: Graph, nodes: list[Node], wires: Wires) -> None:
    """What each of the graph's inputs is for."""
    given = [name for name in graph.inputs if not graph.stored(name)]
    cells = [part for node in nodes for part in node.of_directions]
    texts = _reached(graph, [part.input(0) for part in nodes[0].of_directions], given)
    bases = {reading.of(graph, part).base for part in nodes[0].of_directions}
    h0s = {surroundings.source(graph, cell.input(5), (*SHAPING, "Slice", "Split", "Gather"))
           for cell in cells if cell.input(5)}  # fmt: skip
    lengths = set(_reached(graph, [cell.input(4) for cell in cells if cell.input(4)], given))
    wires.x = next((name for name in texts if len(texts) == 1 or name in bases), "")
    wires.h0 = next((name for name in given if h0s == {name}), "")
    rest = [name for name in given if name not in (wires.x, wires.h0)]
    wires.lengths = [name for name in rest if name in lengths]
    wires.others = [name for name in rest if name not in lengths]


def _reached(graph: Graph, names: Iterable[str], wanted: list[str]) -> list[str]:
    """Those of `wanted` that any of these values is computed from."""
    seen = list(dict.fromkeys(names))
    there = set(seen)
    for name in seen:
        maker = graph.maker.get(name)
        for other in (*maker.inputs, *maker.captured) if maker else ():
            if other and other not in there:
                there.add(other)
                seen.append(other)
    return [name for name in wanted if name in there]


def _states(graph: Graph, node: Node, layer: int, backwards: bool) -> list[States]:
    found = []
    for number, part in enumerate(node.of_directions):
        last = not part.outputs[0]
        names = [(part.outputs[1:2] or [""])[0] if last else part.outputs[0]]
        if part.steps:
            names = [next(filter(None, step.outputs), "") for step in part.steps]
        first, turned = bool(part.integer("layout", 0)), _turned(graph, part)
        both = part.text("direction", "forward") == "bidirectional"
        for direction in range(1 + both):
            end = f"_l{layer}{'_reverse' * bool(direction or number or backwards)}"
            if all(names):
                found.append(States(end, tuple(names), direction, last, first, turned))
    return found


def _turned(graph: Graph, node: Node) -> bool:
    """Whether its states stand in the order of the text turned around."""
    turned = False
    for _ in graph.nodes:
        way = reading.of(graph, node)
        turned ^= way.backwards
        maker = graph.maker.get(way.base)
        if maker is None or maker.op != node.op or maker.parts:
            break
        node = maker
    return turned
