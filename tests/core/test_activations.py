"""Each activation beside torch's own, and what they are as words and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from gru_debugger.core.activations import (
    SIGMOID,
    TANH,
    USUAL,
    Activation,
    Activations,
    table_from_json,
    table_to_json,
)

Theirs = Callable[[torch.Tensor], torch.Tensor]

BESIDE: list[tuple[Activation, Theirs]] = [
    (SIGMOID, torch.sigmoid),
    (TANH, torch.tanh),
    (Activation("hard_sigmoid"), lambda a: (0.2 * a + 0.5).clip(0, 1)),
    (Activation("hard_sigmoid", 1 / 6, 0.5), functional.hardsigmoid),
    (Activation("relu"), functional.relu),
    (Activation("leaky_relu"), lambda a: functional.leaky_relu(a, 0.01)),
    (Activation("leaky_relu", 0.2), lambda a: functional.leaky_relu(a, 0.2)),
    (Activation("thresholded_relu", 0.5), lambda a: functional.threshold(a, 0.5, 0)),
    (Activation("thresholded_relu", -0.5), lambda a: functional.threshold(a, -0.5, 0)),
    (Activation("scaled_tanh", 1.7159, 2 / 3), lambda a: 1.7159 * torch.tanh(2 / 3 * a)),
    (Activation("elu"), functional.elu),
    (Activation("elu", 0.3), lambda a: functional.elu(a, 0.3)),
    (Activation("softsign"), functional.softsign),
    (Activation("softplus"), functional.softplus),
    (Activation("affine", -0.5, 0.25), lambda a: -0.5 * a + 0.25),
    (Activation("selu"), functional.selu),
    (Activation("silu"), functional.silu),
]
ALL = pytest.mark.parametrize(
    ("ours", "theirs"), BESIDE, ids=[f"{a.name} {a.alpha} {a.beta}" for a, _ in BESIDE]
)
SUMS = np.concatenate([np.linspace(-9, 9, 1001), [-1e4, -200, -88.5, 88.5, 200, 1e4]])


@ALL
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_values_and_range(ours: Activation, theirs: Theirs, kind: Any) -> None:
    found = ours(SUMS.astype(kind))
    assert found.dtype == kind
    wanted = theirs(torch.from_numpy(SUMS)).numpy()
    allowed = 3e-7 if kind is np.float32 else 1e-7 if ours.name == "softplus" else 1e-13
    assert (np.abs(found - wanted) <= allowed * np.maximum(1, np.abs(wanted))).all()
    low, high = ours.range
    assert low - 1e-6 <= found.min()
    assert found.max() <= high + 1e-6
    assert found.min() < low + 0.02 or low == -math.inf
    assert found.max() > high - 0.02 or high == math.inf


@ALL
def test_json_there_and_back(ours: Activation, theirs: Theirs) -> None:
    one = Activations(ours, ours, 2.5)
    assert Activations.from_json(json.loads(json.dumps(one.to_json()))) == one
    assert ours.definition.startswith(f"{ours.symbol}(a) = ")
    assert "{" not in ours.definition


def test_both_hard_sigmoids_differ() -> None:
    keras_2, keras_3 = Activation("hard_sigmoid", 0.2, 0.5), Activation("hard_sigmoid", 1 / 6, 0.5)
    assert Activation("hard_sigmoid") == keras_2
    assert np.abs(keras_2(SUMS) - keras_3(SUMS)).max() > 0.08
    assert keras_2.definition == "hard σ(a) = clip(0.2a + 0.5, 0, 1)"
    assert keras_3.definition == "hard σ(a) = clip(0.1667a + 0.5, 0, 1)"


def test_clip_limits_what_the_functions_get() -> None:
    clipped = Activations(clip=0.5)
    sums = np.float32([-3, -0.2, 0.2, 3])
    np.testing.assert_array_equal(clipped.bend_gates(sums), SIGMOID(np.clip(sums, -0.5, 0.5)))
    np.testing.assert_array_equal(clipped.bend_candidate(sums), TANH(np.clip(sums, -0.5, 0.5)))
    assert clipped.applied("gate", "a_r") == "σ(clip(a_r))"
    assert clipped.in_words() == "sums clipped at ±0.5"
    assert clipped.bend_gates(sums).dtype == np.float32


def test_words() -> None:
    assert USUAL.in_words() == ""
    assert USUAL.applied("candidate", "a_n") == "tanh(a_n)"
    bent = Activations(Activation("hard_sigmoid"), Activation("affine", 1, -0.5))
    assert bent.in_words() == ("r and z by hard σ(a) = clip(0.2a + 0.5, 0, 1), "
                               "n by affine(a) = 1a − 0.5")  # fmt: skip


def test_tables() -> None:
    relu = Activations(candidate=Activation("relu"))
    assert table_to_json([[USUAL], [USUAL]]) == {"gate": "sigmoid", "candidate": "tanh"}
    assert table_from_json({}, 2, 2) == [[USUAL] * 2] * 2
    mixed = [[USUAL, relu], [relu, USUAL]]
    assert table_from_json(json.loads(json.dumps(table_to_json(mixed))), 2, 2) == mixed
    assert table_from_json([{}, relu.to_json()], 2, 2) == [[USUAL] * 2, [relu] * 2]


@pytest.mark.parametrize(
    "data",
    [
        None, 3, "tanh", [], [[{}]], [{}, {}, {}], [{}, [{}]], {"gates": "sigmoid"},
        {"gate": "swoosh"}, {"gate": 3}, {"gate": None}, {"gate": ["sigmoid"]},
        {"gate": {"name": "sigmoid", "alpha": 1}}, {"gate": {"name": "relu", "gamma": 1}},
        {"gate": {"alpha": 1}}, {"gate": {"name": ["relu"]}}, {"gate": "affine"},
        {"gate": {"name": "elu", "alpha": math.nan}}, {"gate": {"name": "elu", "alpha": "1"}},
        {"gate": {"name": "elu", "alpha": math.inf}}, {"gate": {"name": "elu", "alpha": True}},
        {"gate": {"name": "elu", "alpha": 10**400}}, {"gate": "thresholded_relu"},
        {"clip": 0}, {"clip": -1}, {"clip": math.inf}, {"clip": "3"}, {"clip": math.nan},
    ],
)  # fmt: skip
def test_what_is_no_table(data: Any) -> None:
    with pytest.raises(ValueError, match=r"activation|clip|alpha"):
        table_from_json(data, 2, 2)
