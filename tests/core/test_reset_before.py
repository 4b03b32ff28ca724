"""Both places of the reset gate beside onnxruntime's GRU, an implementation of its own."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import oracle
import pytest
from grus import Network, Shape, assert_close, distance, model_of
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper

from gru_debugger.core.cell import Cell, Reset
from gru_debugger.core.model import DIRECTIONS, Model
from gru_debugger.core.trace import trace

Array = NDArray[np.float32]
FLOAT = TensorProto.FLOAT

ONE_LAYER = st.builds(
    Shape, hidden=st.integers(1, 8), symbols=st.integers(1, 6), directions=st.integers(1, 2),
    bias=st.booleans(), embedding=st.none() | st.integers(1, 5), seed=st.integers(0, 2**16),
    scale=st.sampled_from([1.0, 3.0]),
)  # fmt: skip


def zrh(rows: Array) -> Array:
    """From PyTorch's order of the gates to ONNX': r z n -> z r h."""
    r, z, n = np.split(rows, 3)
    return np.concatenate([z, r, n])


def onnx_states(cells: tuple[Cell, ...], x: Array, h0: Array, reset: Reset) -> list[Array]:
    """States (steps, hidden) of each direction, of the ONNX operator GRU."""
    hidden = cells[0].hidden_size
    biases = [np.concatenate([zrh(c.bias_ih), zrh(c.bias_hh)]) for c in cells]
    weights = {
        "W": np.stack([zrh(c.weight_ih) for c in cells]),
        "R": np.stack([zrh(c.weight_hh) for c in cells]),
        "B": np.stack(biases),
        "H0": h0[:, None],
    }
    node = helper.make_node(
        "GRU", ["X", "W", "R", "B", "", "H0"], ["Y"], hidden_size=hidden,
        direction="bidirectional" if len(cells) == 2 else "forward",
        linear_before_reset=int(reset == "after"),
    )  # fmt: skip
    graph = helper.make_graph(
        [node], "gru", [helper.make_tensor_value_info("X", FLOAT, [len(x), 1, x.shape[1]])],
        [helper.make_tensor_value_info("Y", FLOAT, [len(x), len(cells), 1, hidden])],
        [helper.make_tensor(n, FLOAT, a.shape, a.ravel()) for n, a in weights.items()],
    )  # fmt: skip
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(built)
    session = onnxruntime.InferenceSession(
        built.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (states,) = session.run(["Y"], {"X": x[:, None]})
    return [states[:, d, 0] for d in range(len(cells))]


def model_and_text(shape: Shape, reset: Reset) -> tuple[Model, str]:
    return model_of(Network(shape), reset), shape.text(40)


@pytest.mark.parametrize("reset", ["before", "after"])
@settings(max_examples=15)
@given(shape=ONE_LAYER)
def test_states_of_onnxruntime(reset: Reset, shape: Shape) -> None:
    model, text = model_and_text(shape, reset)
    h0 = np.random.default_rng(shape.seed).uniform(-1, 1, (shape.directions, shape.hidden))
    recorded = trace(model, text, h0)
    x = recorded.column("x")
    theirs = onnx_states(model.layers[0], x, h0.astype(np.float32), reset)
    # Large weights make a chaotic network: in 40 steps its last digit grows to 6e-5 in one of 350.
    most = 1e-6 if shape.scale == 1 else 1e-3
    for direction, states in zip(DIRECTIONS, theirs, strict=False):
        assert distance(recorded.states(0, direction), states) <= most


@settings(max_examples=15)
@given(ONE_LAYER)
def test_quantities_of_reset_before(shape: Shape) -> None:
    model, text = model_and_text(shape, "before")
    recorded = trace(model, text)
    for direction in DIRECTIONS[: shape.directions]:
        ours = recorded.rows(1, len(text), 0, direction)
        theirs = oracle.step(model.cell(0, direction), ours["x"], ours["h_prev"], "before")
        for name, values in theirs.items():
            assert_close(ours[name], values, name)


def test_the_two_variants_differ() -> None:
    """Nothing above would notice if `reset` were ignored and both oracles were asked the same."""
    shape = Shape(scale=3.0)
    before, after = (trace(*model_and_text(shape, r)).states() for r in ("before", "after"))
    assert distance(before, after) > 0.01
