"""Small graphs composed at random around a GRU: exact, told with the grade inside, or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judged import Run, judged
from onnx import TensorProto, helper, numpy_helper
from onnx_graphs import SYMBOLS, built, oracle, saved, uniform
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

WIDE, STEPS = 4, 12
PLACES = np.random.default_rng(5).integers(0, len(SYMBOLS), STEPS)
TEXT = "".join(SYMBOLS[i] for i in PLACES)


@dataclass
class Graph:
    """Nodes one behind the other; `to` adds one, and answers with the name of what it gives."""

    nodes: list[Any] = field(default_factory=list)
    stored: dict[str, Any] = field(default_factory=dict)

    def to(self, op: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> str:
        names = [self.constant(i) if isinstance(i, np.ndarray) else i for i in inputs]
        name = f"{op}{len(self.nodes)}"
        outs = [name, *(f"{name}/{k}" for k in range(1, outputs))]
        self.nodes.append(helper.make_node(op, names, outs, name=name, **attributes))
        return name

    def constant(self, array: np.ndarray) -> str:
        name = f"stored{len(self.stored)}"
        self.stored[name] = array
        return name

    def slice(self, x: str, start: int, end: int, axis: int, step: int) -> str:
        bounds = [np.array([n]) for n in (start, end, axis, step)]
        return self.to("Slice", x, *bounds)


def number(x: float) -> np.ndarray:
    return np.float32(x).reshape(1)


def whole(n: int) -> np.ndarray:
    return np.array([n])


FAR = -(2**62)
# Of indices (steps, 1).
ON_INDICES: dict[str, Any] = {
    "identity": lambda g, i: g.to("Identity", i),
    "int32": lambda g, i: g.to("Cast", g.to("Cast", i, to=TensorProto.INT32), to=7),
    "as floats": lambda g, i: g.to("Cast", g.to("Cast", i, to=1), to=7),
    "turned": lambda g, i: g.slice(i, -1, FAR, 0, -1),
    "exchanged": lambda g, i: g.to("Transpose", i, perm=[1, 0]),
    "in a row": lambda g, i: g.to("Reshape", i, np.array([-1, 1])),
    "added": lambda g, i: g.to("Mod", g.to("Add", i, whole(1)), whole(len(SYMBOLS))),
    "clipped": lambda g, i: g.to("Min", i, whole(3)),
    "bool": lambda g, i: g.to("Cast", g.to("Cast", i, to=9), to=7),
    "looked up": lambda g, i: g.to("Gather", np.array([2, 0, 1, 5, 3, 4]), i),
    "masked": lambda g, i: g.to("Where", g.to("Equal", i, whole(2)), whole(0), i),
}
# Of x (steps, 1, 4), in a row.
ON_X: dict[str, Any] = {
    "identity": lambda g, x: g.to("Identity", x),
    "dropout": lambda g, x: g.to("Dropout", x),
    "there and back": lambda g, x: g.to("Transpose", g.to("Transpose", x, perm=[2, 1, 0]),
                                        perm=[2, 1, 0]),
    "texts first": lambda g, x: g.to("Transpose", g.to("Transpose", x, perm=[1, 0, 2]),
                                     perm=[1, 0, 2]),
    "flat": lambda g, x: g.to("Reshape", g.to("Reshape", x, np.array([-1, WIDE])),
                              np.array([-1, 1, WIDE])),
    "squeezed": lambda g, x: g.to("Unsqueeze", g.to("Squeeze", x, whole(1)), whole(1)),
    "turned": lambda g, x: g.slice(x, -1, FAR, 0, -1),
    "turned texts": lambda g, x: g.slice(x, -1, FAR, 1, -1),
    "turned twice": lambda g, x: g.slice(g.slice(x, -1, FAR, 0, -1), -1, FAR, 0, -1),
    "features turned": lambda g, x: g.slice(x, -1, FAR, 2, -1),
    "half turned": lambda g, x: g.to("Concat", g.slice(x, 0, 6, 0, 1), g.slice(x, -1, 5, 0, -1),
                                     axis=0),
    "exchanged": lambda g, x: g.to("Reshape", g.to("Transpose", x, perm=[2, 1, 0]),
                                   np.array([-1, 1, WIDE])),
    "two at a time": lambda g, x: g.to("Gather", g.to("Reshape", x, np.array([-1, 1, 2 * WIDE])),
                                       np.array([0, 2, 5, 7]), axis=2),
    "whole": lambda g, x: g.to("Cast", g.to("Cast", g.to("Mul", x, number(9)), to=7), to=1),
    "permuted": lambda g, x: g.to("Gather", x, np.array([1, 0, 3, 2]), axis=2),
    "shifted": lambda g, x: g.to("Concat", np.zeros((1, 1, WIDE), np.float32),
                                 g.slice(x, 0, -1, 0, 1), axis=0),
    "times": lambda g, x: g.to("Mul", x, number(1.7)),
    "plus": lambda g, x: g.to("Add", x, uniform(WIDE)),
    "clipped": lambda g, x: g.to("Clip", x, np.array(-0.1, np.float32),
                                    np.array(0.1, np.float32)),
    "relu": lambda g, x: g.to("Relu", x),
    "softmax": lambda g, x: g.to("Softmax", x, axis=-1),
    "linear": lambda g, x: g.to("MatMul", x, uniform(WIDE, WIDE)),
    "sum": lambda g, x: g.to("CumSum", x, np.array(0)),
    "expanded": lambda g, x: g.to("Expand", g.slice(x, 0, 1, 0, 1), np.array([STEPS, 1, WIDE])),
    "tiled": lambda g, x: g.to("Tile", g.slice(x, 0, 4, 0, 1), np.array([3, 1, 1])),
}  # fmt: skip
H0: dict[str, Any] = {
    "none": lambda g, x: "",
    "zeros": lambda g, x: g.constant(np.zeros((1, 1, WIDE), np.float32)),
    "stored": lambda g, x: g.constant(uniform(1, 1, WIDE)),
    "ones": lambda g, x: g.to("Expand", number(1), np.array([1, 1, WIDE])),
    "scaled": lambda g, x: g.to("Mul", g.constant(uniform(1, 1, WIDE)), number(3)),
    "row": lambda g, x: g.to("Slice", g.to("Expand", uniform(1, WIDE), np.array([2, 1, WIDE])),
                             whole(1), whole(2), whole(0)),
    "of x": lambda g, x: g.to("ReduceMean", x, axes=[0]),
    "first": lambda g, x: g.slice(x, 0, 1, 0, 1),
    "of the shape": lambda g, x: g.to("ConstantOfShape", g.to("Shape", g.slice(x, 0, 1, 0, 1))),
}  # fmt: skip
# Of states (steps, 1, 4) and x.
BETWEEN: dict[str, Any] = {
    "states": lambda g, h, x: h,
    "scaled": lambda g, h, x: g.to("Mul", h, number(0.5)),
    "residual": lambda g, h, x: g.to("Add", h, x),
    "turned": lambda g, h, x: g.slice(h, -1, FAR, 0, -1),
    "x again": lambda g, h, x: x,
}
# Of scores (steps, 1, 6), in a row.
BEHIND: dict[str, Any] = {
    "identity": lambda g, y: g.to("Identity", y),
    "softmax": lambda g, y: g.to("Softmax", y, axis=-1),
    "over time": lambda g, y: g.to("Softmax", y, axis=0),
    "temperature": lambda g, y: g.to("Div", y, number(0.6)),
    "tanh": lambda g, y: g.to("Tanh", y),
    "turned symbols": lambda g, y: g.slice(y, -1, FAR, 2, -1),
    "some": lambda g, y: g.to("Gather", y, np.array([3, 4, 1, 0, 2, 5]), axis=2),
    "halves exchanged": lambda g, y: g.to("Concat", g.slice(y, 3, 6, 2, 1), g.slice(y, 0, 3, 2, 1),
                                          axis=2),
}


@dataclass(frozen=True)
class Plan:
    indices: tuple[str, ...] = ()
    x: tuple[str, ...] = ()
    h0: str = "none"
    direction: str = "forward"
    upper: str = ""  # a second GRU, and what it reads
    states: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def plans() -> st.SearchStrategy[Plan]:
    def some(table: dict[str, Any], most: int) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(list(table)), max_size=most).map(tuple)

    return st.builds(
        Plan, some(ON_INDICES, 2), some(ON_X, 3), st.sampled_from(list(H0)),
        st.sampled_from(["forward", "reverse"]), st.sampled_from(["", *BETWEEN]), some(ON_X, 2),
        some(BEHIND, 2),
    )  # fmt: skip


def composed(plan: Plan) -> onnx.ModelProto:
    g = Graph()
    i = "indices"
    for step in plan.indices:
        i = ON_INDICES[step](g, i)
    if "exchanged" in plan.indices:
        i = g.to("Reshape", i, np.array([-1, 1]))
    x = g.to("Gather", g.constant(uniform(len(SYMBOLS), WIDE) * 2), i)
    for step in plan.x:
        x = ON_X[step](g, x)
    h = states(g, x, 0, H0[plan.h0](g, x), plan.direction)
    if plan.upper:
        h = states(g, BETWEEN[plan.upper](g, h, x), 1, "", plan.direction)
    for step in plan.states:
        h = ON_X[step](g, h)
    y = g.to("Add", g.to("MatMul", h, uniform(WIDE, len(SYMBOLS)) * 2), uniform(len(SYMBOLS)))
    for step in plan.behind:
        y = BEHIND[step](g, y)
    return built(g.nodes, g.stored, 14)


def states(g: Graph, x: str, seed: int, h0: str, direction: str) -> str:
    arrays = (uniform(1, 3 * WIDE, WIDE, seed=seed), uniform(1, 3 * WIDE, WIDE, seed=seed + 9),
              uniform(1, 6 * WIDE, seed=seed))  # fmt: skip
    y = g.to("GRU", x, *arrays, "", h0, outputs=2, hidden_size=WIDE, direction=direction,
             linear_before_reset=seed % 2)  # fmt: skip
    return g.to("Squeeze", y, whole(1))


def settled(plan: Plan) -> str:
    """Exact, told or refused; raises AssertionError for anything else."""
    file = composed(plan)
    try:
        *every, scores = oracle(file, indices=PLACES[:, None])
    except Fail:  # such as steps two at a time, of which there are three
        return "impossible"
    nodes = [node for node in file.graph.node if node.op_type == "GRU"]
    stored = {t.name: numpy_helper.to_array(t) for t in file.graph.initializer}
    own = [(in_torchs_order(stored[node.input[2]][0]), y[:, 0, 0])
           for node, y in zip(nodes, every, strict=True)]  # fmt: skip
    with TemporaryDirectory() as folder:
        run = Run(SYMBOLS, TEXT, own, scores, "turned" in (*plan.indices, *plan.x))
        found = list(judged(saved(Path(folder), file), run).values())
    assert not any(verdict.silent for verdict in found), (plan, found)
    outcomes = {verdict.outcome for verdict in found}
    return "refused" if "refused" in outcomes else "told" if "inside" in outcomes else "exact"


def in_torchs_order(matrix: np.ndarray) -> np.ndarray:
    """Gates r, z, n of ONNX' z, r, h."""
    z, r, n = np.split(matrix, 3)
    return np.concatenate([r, z, n])


@settings(deadline=None, max_examples=40)
@given(plans())
@example(Plan(x=("turned",), behind=("softmax",)))
@example(Plan(states=("turned",)))
@example(Plan(indices=("exchanged", "turned")))
@example(Plan(indices=("turned",), direction="reverse"))
@example(Plan(x=("two at a time",), states=("two at a time", "two at a time")))
@example(Plan(behind=("softmax", "turned symbols")))
@example(Plan(behind=("softmax", "some")))
@example(Plan(behind=("softmax", "halves exchanged")))
def test_exact_or_told_or_refused(plan: Plan) -> None:
    settled(plan)


def test_what_only_moves_numbers_is_exact() -> None:
    """So that the test above does not pass by telling of everything."""
    for plan in (
        Plan(), Plan(indices=("identity", "int32"), x=("dropout", "there and back", "flat")),
        Plan(x=("texts first", "squeezed"), h0="stored", states=("there and back", "flat")),
        Plan(x=("turned",), h0="ones"), Plan(indices=("turned",), h0="row"),
        Plan(x=("turned twice",), h0="of the shape", behind=("softmax",)),
        Plan(direction="reverse", h0="zeros", behind=("identity",)),
    ):  # fmt: skip
        assert settled(plan) == "exact", plan
