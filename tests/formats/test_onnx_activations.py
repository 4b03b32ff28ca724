"""ONNX GRUs with other functions than σ and tanh, clipped or not; onnxruntime is the oracle."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grus import distance
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx_graphs import ONE_HOT, TEXT, assert_same, gru, opened, oracle, uniform

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.trace import trace

# Alphas and betas as the node has them: only of the functions that take one.
Function = tuple[str, list[float], list[float]]
BOUNDED: list[Function] = [
    ("Sigmoid", [], []), ("Tanh", [], []), ("Softsign", [], []), ("HardSigmoid", [], []),
    ("HardSigmoid", [1 / 6], [0.5]), ("HardSigmoid", [0.4], [0.3]), ("ScaledTanh", [0.9], [0.7]),
]  # fmt: skip
ANY: list[Function] = [
    *BOUNDED, ("Relu", [], []), ("LeakyRelu", [], []), ("LeakyRelu", [0.3], []), ("Elu", [], []),
    ("Elu", [0.4], []), ("ThresholdedRelu", [0.2], []), ("Softplus", [], []),
    ("Affine", [0.5], [-0.25]),
]  # fmt: skip

# Files are made anew for each example.
few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def attributes(functions: list[Function], clip: float | None) -> dict[str, Any]:
    names, alphas, betas = zip(*functions, strict=True)
    alpha, beta = (list(chain(*values)) for values in (alphas, betas))
    given = {"activations": list(names), "clip": clip, "activation_alpha": alpha,
             "activation_beta": beta}  # fmt: skip
    return {key: value for key, value in given.items() if value not in (None, [])}


def filled(functions: list[Function]) -> list[Function]:
    """With a function's parameters written out where another's follow: they are told apart so."""
    return [(n, a or [0.2], b or [0.5]) if n == "HardSigmoid" else (n, a or [0.01], b)
            if n == "LeakyRelu" else (n, a or [1.0], b) if n == "Elu" else (n, a, b)
            for n, a, b in functions]  # fmt: skip


@few
@given(
    st.lists(st.tuples(st.sampled_from(BOUNDED), st.sampled_from(ANY)), min_size=2, max_size=2),
    st.sampled_from([None, 0.1, 0.5, 2.0]), st.sampled_from(["after", "before"]),
    st.integers(1, 2), st.integers(1, 2),
)  # fmt: skip
def test_a_run(
    tmp_path: Path, functions: list[tuple[Function, Function]], clip: float | None, reset: str,
    layers: int, directions: int,
) -> None:  # fmt: skip
    flat = filled(list(chain(*functions[:directions])))
    file = gru(layers, directions, reset, **attributes(flat, clip))
    theirs = oracle(file, X=ONE_HOT)
    assert_same(opened(tmp_path, file), theirs)


@few
@given(st.sampled_from(ANY), st.sampled_from(ANY), st.sampled_from(["after", "before"]),
       st.sampled_from([None, 0.3]), st.integers(0, 99))  # fmt: skip
def test_one_step(
    tmp_path: Path, gate: Function, candidate: Function, reset: str, clip: float | None, seed: int
) -> None:
    """Any pair, from a state far outside −1..1: each sum is clipped with its biases, r ⊙ h not."""
    h0 = uniform(1, 5, seed=seed) * 20
    functions = attributes(filled([gate, candidate]), clip)
    file = gru(reset=reset, initial=h0, **functions)
    model = opened(tmp_path, file)
    ours = trace(model, TEXT[0])
    theirs = oracle(file, X=ONE_HOT[:1])[0][:, 0, 0]
    largest = max(1.0, *(float(np.abs(a).max()) for a in (h0, theirs)))  # rounding is relative
    assert distance(ours.states(), theirs) <= 1e-6 * largest
    step = ours.step(1)
    np.testing.assert_array_equal(step.sum_r, step.input_r + step.hidden_r)
    limit = np.inf if clip is None else clip
    assert model.cell().activations.clip == clip or clip == pytest.approx(limit)
    bent = model.cell().activations.gate(np.clip(step.sum_r, -np.float32(limit), limit))
    np.testing.assert_allclose(step.r, bent, 1e-6, 1e-6)


def test_parameters_left_out(tmp_path: Path) -> None:
    """onnxruntime's defaults and ours, where ONNX says what they are."""
    for name in ("HardSigmoid", "LeakyRelu", "Elu"):
        file = gru(activations=["Sigmoid", name])
        assert_same(opened(tmp_path, file), oracle(file, X=ONE_HOT))


def test_two_names_do_for_both_directions(tmp_path: Path) -> None:
    model = opened(tmp_path, gru(directions=2, activations=["HardSigmoid", "Relu"]))
    hard = Activations(Activation("hard_sigmoid"), Activation("relu"))
    assert [cell.activations for cell in model.layers[0]] == [hard, hard]


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "hard sigmoid of Keras 2 for 3": (
        attributes([("HardSigmoid", [0.2], [0.5]), ("Tanh", [], [])], None),
        attributes([("HardSigmoid", [1 / 6], [0.5]), ("Tanh", [], [])], None)),
    "clip ignored": ({}, {"clip": 0.5}),
    "alpha and beta exchanged": (
        attributes([("HardSigmoid", [0.5], [0.2]), ("Tanh", [], [])], None),
        attributes([("HardSigmoid", [0.2], [0.5]), ("Tanh", [], [])], None)),
    "gate and candidate exchanged": (
        {"activations": ["Tanh", "Softsign"]}, {"activations": ["Softsign", "Tanh"]}),
    "directions exchanged": (
        {"directions": 2, "activations": ["Sigmoid", "Relu", "Sigmoid", "Tanh"]},
        {"directions": 2, "activations": ["Sigmoid", "Tanh", "Sigmoid", "Relu"]}),
    "parameters given to the wrong function": (
        attributes([("LeakyRelu", [0.1], []), ("Elu", [0.9], [])], None),
        attributes([("LeakyRelu", [0.9], []), ("Elu", [0.1], [])], None)),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_readings_differ(tmp_path: Path, case: str) -> None:
    wrong, right = WRONG[case]
    ours = trace(opened(tmp_path, gru(**wrong)), TEXT).states()
    assert distance(ours, oracle(gru(**right), X=ONE_HOT)[0][:, 0, 0]) > 1e-3
