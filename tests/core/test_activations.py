"""Each activation beside torch's own, and what they are as words and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import oracle
import pytest
import samples
import torch
from torch.nn import functional

from gru_debugger import parity_check
from gru_debugger.core import activations
from gru_debugger.core.activations import (
    SIGMOID,
    TANH,
    USUAL,
    Activation,
    Activations,
    table_from_json,
    table_to_json,
)
from gru_debugger.core.axes import LEVELLED, round_up
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.questions.sentences import unit_sentence

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


def test_each_function_is_checked_here_and_beside_each_recording() -> None:
    names = set(activations._FUNCTIONS)
    assert {ours.name for ours, _ in BESIDE} == names
    assert set(parity_check._FUNCTIONS) == names


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
def test_slopes(ours: Activation, theirs: Theirs) -> None:
    sums = torch.from_numpy(SUMS).requires_grad_()
    wanted = torch.autograd.grad(theirs(sums).sum(), sums)[0].numpy()
    allowed = 1e-7 if ours.name == "softplus" else 1e-13
    np.testing.assert_allclose(ours.slope(SUMS), wanted, atol=allowed)
    assert ours.slope(SUMS.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("role", ["gate", "candidate"])
def test_a_slope_is_zero_where_clip_cuts(role: Any) -> None:
    clipped, sums = Activations(SIGMOID, TANH, 0.5), torch.tensor([-3, -0.2, 0.2, 3.0]).double()
    sums.requires_grad_()
    bend = torch.sigmoid if role == "gate" else torch.tanh
    wanted = torch.autograd.grad(bend(sums.clamp(-0.5, 0.5)).sum(), sums)[0]
    np.testing.assert_allclose(clipped.slope_of(role, sums.detach().numpy()), wanted, atol=1e-15)


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


# In a recording ---------------------------------------------------------------------------------

RELU = Activations(candidate=Activation("relu"))


def recorded(activations: Activations, scale: float = 1.0, length: int = 60, **more: Any) -> Trace:
    model = samples.model(scale=scale, activations=activations, **more)
    return Trace(model, samples.text_for(model, length)).finish()


def test_axes_are_as_wide_as_the_recording_needs() -> None:
    hard = Activations(Activation("hard_sigmoid"), Activation("softsign"), clip=2.0)
    assert {k: v for k, v in recorded(hard).axes().items() if k not in LEVELLED} == {
        "gate": (0.0, 1.0), "state": (-1.0, 1.0)
    }  # fmt: skip
    relu = recorded(RELU)
    rows = relu.rows(1, 60)
    largest = round_up(max(float(np.abs(rows[q]).max()) for q in oracle.AXES["state"]))
    assert largest > 1
    assert relu.axes()["state"] == (-largest, largest)
    assert relu.axes()["gate"] == (0.0, 1.0)
    bent = recorded(Activations(gate=Activation("softplus")), 0.3)
    largest = round_up(max(float(np.abs(bent.rows(1, 60)[q]).max()) for q in oracle.AXES["gate"]))
    assert bent.axes()["gate"] == (0.0, largest)
    signed = recorded(Activations(gate=TANH), 0.3)
    assert signed.axes()["gate"] == (-1.0, 1.0)
    assert recorded(RELU, 0.01).axes()["state"] == (-1.0, 1.0), "widened only"


@pytest.mark.parametrize("directions", [1, 2])
def test_states_beyond_all_numbers_are_refused(directions: int) -> None:
    with pytest.raises(InputError, match=r"^the states of layer 0 grow .* at step \d+: [^\n]*$"):
        recorded(RELU, 300.0, 300, directions=directions)


def test_equations_name_the_function() -> None:
    both = Activations(Activation("hard_sigmoid"), Activation("relu"), clip=3.0)
    table = QUANTITIES
    assert table["r"].defined_by("after") == "σ(a_r)"
    assert table["n"].defined_by("before") == "tanh(a_n)"
    assert table["z"].defined_by("after", both) == "hard σ(clip(a_z))"
    assert table["n"].defined_by("after", both) == "relu(clip(a_n))"
    assert table["sum_n"].defined_by("before", both) == "input_n + hidden_n"
    assert table["sum_r"].described() == "sum, before σ"
    assert table["sum_n"].described(both) == "sum, before relu"
    assert table["r"].described(both) == "reset gate"


def test_variant_in_words() -> None:
    model = samples.model(activations=RELU, layers=2)
    assert model.variant_in_words() == ("reset after · z keeps the old · n by relu(a) = max(a, 0)")
    first = tuple(replace(cell, activations=USUAL) for cell in model.layers[0])
    assert model.variant_in_words(brief=True) == "reset after · z keeps the old · relu"
    assert "· 1 − Γu keeps the old" in model.variant_in_words(notation="course")
    clipped = replace(RELU, gate=Activation("hard_sigmoid"), clip=2.0)
    assert clipped.in_brief() == "hard σ, relu, clip"
    mixed = replace(model, layers=(first, *model.layers[1:]))
    assert mixed.variant_in_words().endswith("· activations by layer")


def test_a_gate_outside_0_to_1_in_words() -> None:
    signed = recorded(Activations(gate=TANH), 1.0)
    z = signed.column("z")
    t, unit = (int(i) for i in np.argwhere((z > -0.8) & (z < -0.2))[0])
    words = " ".join(span.text for span in unit_sentence(signed.step(t + 1), unit))
    assert "% of the old value" in words
    assert "almost fully" not in words
