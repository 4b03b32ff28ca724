"""Loops that call a GRU once a step, composed as torch's exporters write them: a node for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx_graphs import SYMBOLS, built, uniform

STEPS, WIDE = 5, 4
PLACES = np.array([1, 2, 5, 0, 3])
TEXT = "".join(SYMBOLS[i] for i in PLACES)


@dataclass
class Graph:
    nodes: list[Any] = field(default_factory=list)
    stored: dict[str, Any] = field(default_factory=dict)

    def to(self, op: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Any:
        """The name of what a new node gives, or their names."""
        names = [self.constant(i) if isinstance(i, np.ndarray) else i for i in inputs]
        name = f"{op}{len(self.nodes)}"
        outs = [name, *(f"{name}/{k}" for k in range(1, outputs))]
        self.nodes.append(helper.make_node(op, names, outs, name=name, **attributes))
        return outs if outputs > 1 else name

    def constant(self, array: np.ndarray) -> str:
        name = f"stored{len(self.stored)}"
        self.stored[name] = array
        return name

    def slice(self, x: str, start: int, end: int, axis: int, step: int = 1) -> str:
        return self.to("Slice", x, *(np.array([n]) for n in (start, end, axis, step)))


def same(g: Graph, value: str, t: int) -> str:
    return value


def at(t: int, do: Callable[[Graph, str], str]) -> Callable[[Graph, str, int], str]:
    """Done at one step alone."""
    return lambda g, value, now: do(g, value) if now == t else value


def times(g: Graph, value: str) -> str:
    return g.to("Mul", value, np.float32(0.9).reshape(1))


def plus(g: Graph, value: str) -> str:
    return g.to("Add", value, uniform(WIDE))


def units_turned(g: Graph, value: str) -> str:
    return g.slice(value, -1, -(2**62), 2, -1)


def texts_exchanged(g: Graph, value: str) -> str:
    return g.to("Gather", value, np.array([1, 0]), axis=1)


def halved(g: Graph, value: str) -> str:
    return g.to("Cast", g.to("Cast", value, to=TensorProto.FLOAT16), to=1)


@dataclass(frozen=True)
class Break:
    """What a loop does that is not the plain one; `x`, `h` and `y` of a step in a row of texts."""

    order: Sequence[int] = range(STEPS)
    x: Callable[[Graph, str, int], str] = same
    between: Callable[[Graph, str, int], str] = same  # of the lower layer, for the upper
    h: Callable[[Graph, str, int], str] = same
    back: int = 1  # steps, to the state that is gone on from
    anew: bool = False
    others: str = ""  # stored values that are others in one node
    attributes: dict[str, Any] = field(default_factory=dict)
    lengths: bool = False
    y: Callable[[Graph, str, int], str] = same
    put: Callable[[list[str]], list[str]] = list
    length: int | None = STEPS  # of the text, as the file says
    aside: str = ""  # what else is done with a state
    needs: dict[str, Any] = field(default_factory=dict)


BREAKS = {
    "a step skipped": Break([0, 1, 3, 4]),
    "a step repeated": Break([0, 1, 1, 2, 3, 4]),
    "two steps exchanged": Break([0, 2, 1, 3, 4]),
    "from the end": Break([4, 3, 2, 1, 0]),
    "without the last": Break([0, 1, 2, 3]),
    "without the first": Break([1, 2, 3, 4]),
    "read twice": Break([*range(STEPS), *range(STEPS)]),
    "one symbol": Break([2] * STEPS),
    "a longer text": Break(length=STEPS + 2),
    "a text of any length": Break(length=None),
    "its first two steps": Break([0, 1], length=None),
    "x scaled": Break(x=at(2, times)),
    "every x scaled": Break(x=lambda g, x, t: times(g, x)),
    "x shifted": Break(x=at(1, plus), needs={"reads": "whole"}),
    "x turned": Break(x=at(1, units_turned)),
    "texts of x exchanged": Break(x=at(3, texts_exchanged), needs={"texts": 2}),
    "scaled between layers": Break(between=at(2, times), needs={"layers": 2}),
    "turned between layers": Break(between=at(2, units_turned), needs={"layers": 2}),
    "state scaled": Break(h=at(2, times)),
    "every state scaled": Break(h=lambda g, h, t: times(g, h)),
    "state shifted": Break(h=at(2, plus)),
    "state through tanh": Break(h=at(4, lambda g, h: g.to("Tanh", h))),
    "state rounded": Break(h=at(2, halved)),
    "state turned": Break(h=at(2, units_turned)),
    "texts of a state exchanged": Break(h=at(2, texts_exchanged), needs={"texts": 2}),
    "the state of two steps before": Break(back=2),
    "begun anew": Break(anew=True),
    "another W": Break(others="W"),
    "another R": Break(others="R"),
    "another B": Break(others="B"),
    "another reset": Break(attributes={"linear_before_reset": 0}),
    "clipped": Break(attributes={"clip": 0.3}),
    "other activations": Break(attributes={"activations": ["Sigmoid", "Relu"]}),
    "lengths": Break(lengths=True),
    "an output scaled": Break(y=at(2, times)),
    "an output shifted": Break(y=at(4, plus)),
    "an output turned": Break(y=at(0, units_turned)),
    "another output layer": Break(others="fc", needs={"gives": "scores"}),
    "another output bias": Break(others="fcb", needs={"gives": "scores"}),
    "outputs exchanged": Break(put=lambda y: [y[0], y[2], y[1], *y[3:]]),
    "outputs from the end": Break(put=lambda y: y[::-1]),
    "an output left out": Break(put=lambda y: [*y[:2], *y[3:]]),
    "the last output left out": Break(put=lambda y: y[:-1]),
    "the first output left out": Break(put=lambda y: y[1:]),
    "an output twice": Break(put=lambda y: [*y, y[2]]),
    "an output in place of another": Break(put=lambda y: [y[0], y[0], *y[2:]]),
    "one output alone": Break(put=lambda y: y[2:3]),
    "a state is given": Break(aside="given"),
    "a state is added to all": Break(aside="added"),
    "another GRU begins with a state": Break(aside="begun"),
    "a body knows a state": Break(aside="body"),
}  # fmt: skip


@dataclass(frozen=True)
class Loop:
    """`reads`: looked up as a whole or at each step, or rows; `state`: which output is handed on,
    Y or Y_h; `gives`: the scores of all states, those of each step put together, or the last's."""

    reads: str = "whole"
    takes: str = "Slice"
    texts: int = 1
    first: bool = True  # the texts, in the input
    state: int = 1
    layers: int = 1
    h0: str = ""
    gives: str = "states"
    stacked: bool = False
    turned: bool = False  # the text is turned around, and read from its end
    sized: bool = False  # for any number of texts, whose sizes are computed as dynamo has them
    again: bool = False  # each node has weights of its own, which are alike


class Composed:
    def __init__(self, loop: Loop, broken: Break) -> None:
        self.loop, self.broken, self.g = loop, broken, Graph()
        self.time, self.wide = int(loop.first), len(SYMBOLS) if loop.reads == "rows" else WIDE
        self.parts: list[str] = []
        self.table = self.g.constant(uniform(len(SYMBOLS), WIDE) * 2)
        self.of_layer = [self.weights(layer) for layer in range(loop.layers)]
        self.head = [self.g.constant(a) for a in (uniform(WIDE, 6) * 2, uniform(6))]

    def weights(self, layer: int, other: str = "") -> list[str]:
        wide = WIDE if layer else self.wide
        shapes = {"W": (1, 3 * WIDE, wide), "R": (1, 3 * WIDE, WIDE), "B": (1, 6 * WIDE)}
        return [self.g.constant(uniform(*shape, seed=layer + 9 * (name == other)) * 2)
                for name, shape in shapes.items()]  # fmt: skip

    def file(self) -> onnx.ModelProto:
        g, loop, broken = self.g, self.loop, self.broken
        whole = "X" if loop.reads == "rows" else "indices"
        whole = g.slice(whole, -1, -(2**62), self.time, -1) if loop.turned else whole
        if loop.reads == "whole":
            whole = g.to("Gather", self.table, whole)
        states: list[list[str]] = [[] for _ in range(loop.layers)]
        ys = []
        for number, t in enumerate(broken.order):
            x = self.x(whole, t)
            for layer, before in enumerate(states):
                x = broken.between(g, self.rows(x), number) if layer else broken.x(g, x, number)
                x = self.step(layer, x, before, number)
            ys.append(self.each(x, number))
        names = broken.put(ys)
        if loop.gives == "last":
            return self.declared(self.scores(states[-1][-1]), states[-1])
        y = names[0] if len(names) == 1 else g.to("Concat", *names, axis=1 if loop.stacked else 0)
        y = y if loop.gives == "scores" else self.scores(y)
        return self.declared(self.beside(y, whole, states[-1]), states[-1])

    def x(self, whole: str, t: int) -> str:
        """A step, (1, texts, …)."""
        g, loop = self.g, self.loop
        length = self.broken.length or STEPS
        t = length - 1 - t if loop.turned else t
        if loop.takes == "Slice":
            x = g.slice(whole, t, t + 1, self.time)
        elif loop.takes == "Gather":
            x = g.to("Unsqueeze", g.to("Gather", whole, np.array(t), axis=self.time),
                     np.array([self.time]))  # fmt: skip
        else:
            self.parts = self.parts or g.to("Split", whole, outputs=length, axis=self.time)
            x = self.parts[t]
        x = g.to("Gather", self.table, x) if loop.reads == "each" else x
        return g.to("Transpose", x, perm=[1, 0, 2]) if loop.first else x

    def step(self, layer: int, x: str, before: list[str], number: int) -> str:
        """A node of a layer; Y, the state that it leaves being put behind those before."""
        g, broken, odd = self.g, self.broken, number == 2
        h = self.h0() if number == 0 else before[max(number - broken.back, 0)]
        if number and not self.loop.state:
            h = g.to("Squeeze", h, np.array([0]))
        top = layer == self.loop.layers - 1
        h = broken.h(g, h, number) if number and top else h
        h = "" if odd and broken.anew else h
        other = broken.others if odd else ""
        own = self.loop.again or other in ("W", "R", "B")
        names = self.weights(layer, other) if own else self.of_layer[layer]
        lengths = np.full(self.loop.texts, 1, np.int32) if broken.lengths and odd else ""
        options = {"linear_before_reset": 1} | (broken.attributes if odd else {})
        made = g.to("GRU", x, *names, lengths, h, outputs=2, hidden_size=WIDE, **options)
        before.append(made[self.loop.state])
        return made[0]

    def h0(self) -> str:
        shape = (1, self.loop.texts, WIDE)
        zeros = np.zeros(shape, np.float32)
        stored = np.broadcast_to(uniform(1, 1, WIDE), shape).copy()
        return {"": "", "zeros": zeros, "stored": stored}[self.loop.h0]

    def each(self, y: str, number: int) -> str:
        """What is made of a step before all are put together, (1, texts, …) or (texts, 1, …)."""
        g, loop = self.g, self.loop
        y = self.broken.y(g, self.rows(y), number)
        y = self.scores(y, self.broken.others if number == 2 else "") if loop.gives == "scores" \
            else y  # fmt: skip
        if not loop.stacked:
            return y
        return g.to("Unsqueeze", g.to("Squeeze", y, np.array([0])), np.array([1]))

    def rows(self, y: str) -> str:
        """(1, texts, units), of Y."""
        g = self.g
        if not self.loop.sized:
            return g.to("Squeeze", y, np.array([1]))
        y = g.to("Transpose", y, perm=[0, 2, 1, 3])
        sizes = [g.slice(g.to("Shape", y), k, k + 1, 0) for k in range(4)]
        wide = g.to("Mul", sizes[2], sizes[3])
        return g.to("Reshape", y, g.to("Concat", sizes[0], sizes[1], wide, axis=0))

    def scores(self, h: str, other: str = "") -> str:
        weight, bias = self.head
        weight = self.g.constant(uniform(WIDE, 6, seed=9)) if other == "fc" else weight
        bias = self.g.constant(uniform(6, seed=9)) if other == "fcb" else bias
        return self.g.to("Add", self.g.to("MatMul", h, weight), bias)

    def beside(self, y: str, whole: str, states: list[str]) -> str:
        g, middle = self.g, states[2 % len(states)]
        if self.broken.aside == "added":
            shape = np.array([1, -1, WIDE] if self.loop.texts == 1 else [-1, WIDE])
            y = g.to("Add", y, g.to("ReduceMean", g.to("Reshape", middle, shape), keepdims=0))
        if self.broken.aside == "begun":
            h = middle if self.loop.state else g.to("Squeeze", middle, np.array([0]))
            other = [g.constant(uniform(1, 3 * WIDE, n, seed=5)) for n in (self.wide, WIDE)]
            for t in range(STEPS):
                h = g.to("GRU", self.x(whole, t), *other, "", "", h, outputs=2, hidden_size=WIDE,
                         linear_before_reset=1)[1]  # fmt: skip
        if self.broken.aside == "body":
            known = helper.make_node("Identity", [middle], ["known"])
            given = helper.make_tensor_value_info("known", TensorProto.FLOAT, None)
            body = helper.make_graph([known], "body", [], [given])
            g.to("If", np.array(True), then_branch=body, else_branch=body)
        if self.broken.aside:
            y = g.to("Identity", y)
        return y

    def declared(self, y: str, states: list[str]) -> onnx.ModelProto:
        used = {name for node in self.g.nodes for name in node.input}
        stored = {name: array for name, array in self.g.stored.items() if name in used}
        file = built(self.g.nodes, stored, 14)
        sizes = [None if self.loop.sized else self.loop.texts, self.broken.length]
        sizes = sizes if self.loop.first else sizes[::-1]
        rows = self.loop.reads == "rows"
        name, kind = ("X", TensorProto.FLOAT) if rows else ("indices", TensorProto.INT64)
        shape = [*sizes, len(SYMBOLS)] if rows else sizes
        file.graph.input[0].CopyFrom(helper.make_tensor_value_info(name, kind, shape))
        outputs = [y, states[2 % len(states)]] if self.broken.aside == "given" else [y]
        del file.graph.output[:]
        file.graph.output.extend(helper.make_tensor_value_info(o, TensorProto.FLOAT, None)
                                 for o in outputs)  # fmt: skip
        return file

    def given(self) -> dict[str, np.ndarray]:
        long = np.resize(PLACES, self.broken.length or STEPS)
        indices = np.broadcast_to(long, (self.loop.texts, len(long)))
        indices = np.ascontiguousarray(indices if self.loop.first else indices.T)
        rows = self.loop.reads == "rows"
        return {"X": np.eye(6, dtype=np.float32)[indices]} if rows else {"indices": indices}
