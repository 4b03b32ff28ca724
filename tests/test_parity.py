"""The proof in the status bar: true models pass, any that is altered does not."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from grus import SHAPES, Network, Shape, model_of
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_debugger import children, parity, parity_check
from gru_debugger.core.activations import USUAL, Activation, Activations
from gru_debugger.core.cell import Reset
from gru_debugger.core.model import DIRECTIONS
from gru_debugger.core.trace import Trace, trace
from gru_debugger.parity import Parity

DEEP = Shape(hidden=6, layers=2, directions=2)
RESETS = pytest.mark.parametrize("reset", ["after", "before"])


def check(recorded: Trace, limit: int = 5000) -> Parity:
    """The child's work, in this process."""
    with tempfile.TemporaryDirectory() as name:
        steps = parity.write_job(Path(name), recorded, limit)
        found = parity_check.check(parity_check.Job.read(Path(name)))
    assert found.steps == steps
    return found


def recording(shape: Shape, length: int, reset: Reset = "after") -> Trace:
    return trace(model_of(Network(shape), reset), shape.text(length))


# Agreement --------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(SHAPES, st.integers(1, 40), st.sampled_from(["after", "before"]))
def test_every_shape_passes(shape: Shape, length: int, reset: Reset) -> None:
    found = check(recording(shape, length, reset))
    assert found.ok
    assert found.against == ("nn.GRU" if reset == "after" else "float64 run")
    assert found.largest_step <= 3e-7
    assert found.largest_run <= 1e-6


@RESETS
@pytest.mark.parametrize("scale", [3.0, 10.0])
def test_trained_weights_pass_over_a_long_run(reset: Reset, scale: float) -> None:
    assert check(recording(replace(DEEP, scale=scale), 500, reset)).ok


def test_an_initial_state_outside_the_usual_range() -> None:
    model = model_of(Network(DEEP))
    found = check(trace(model, DEEP.text(3), np.full((4, 6), 50.0)))  # later, rounding decides
    assert found.ok
    assert 4e-5 <= found.bound_step <= 5e-4  # as far as torch's own rounding is off


@RESETS
@pytest.mark.parametrize("given", [None, 0.5])
def test_rows_from_an_initial_state_of_their_own(reset: Reset, given: float | None) -> None:
    rng = np.random.default_rng(3)
    model = model_of(Network(DEEP), reset)
    h0 = None if given is None else rng.uniform(-given, given, (4, 6)).astype(np.float32)
    rows = rng.normal(size=(60, model.input_size)).astype(np.float32)
    recorded = trace(model, rows, h0)
    assert check(recorded).ok
    assert recorded.reading.rows is not None
    recorded.reading.rows.values[30, 2] += 1e-2
    assert not check(recorded).ok, "other rows than those that were recorded"
    recorded.reading.rows.values[30, 2] -= 1e-2
    assert check(recorded).ok
    recorded.all_states(1, "forward")[0, 1] += 1e-2
    assert not check(recorded).ok, "another h(0) than the one that was recorded from"


@RESETS
@pytest.mark.parametrize("directions", [1, 2])
def test_a_long_text_is_cut(reset: Reset, directions: int) -> None:
    found = check(recording(replace(DEEP, directions=directions), 100, reset), limit=40)
    assert (found.steps, found.ok) == (40, True)


def test_a_recording_that_is_not_complete() -> None:
    growing = Trace(model_of(Network(Shape())), Shape().text(1200))
    with pytest.raises(ValueError, match="no step is recorded yet"):
        check(growing)
    growing.advance()
    found = check(growing)
    assert (found.steps, found.ok) == (512, True)


def test_a_wide_vocabulary_takes_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "_LARGEST_INPUT", 60)
    assert check(recording(Shape(symbols=6), 50)).steps == 10


# Disagreement -----------------------------------------------------------------------------------


@RESETS
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_one_value_altered_by_a_ten_thousandth(reset: Reset, layer: int, direction: str) -> None:
    recorded = recording(DEEP, 25, reset)
    recorded.states(layer, direction)[20, 3] += 1e-4
    found = check(recorded)
    assert not found.ok
    assert found.largest_step >= 0.9e-4
    assert found.sentence.startswith(f"DIFFERS from {found.against}: ")


@RESETS
@pytest.mark.parametrize("part", ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
def test_other_weights_than_the_models(reset: Reset, part: str) -> None:
    """The recording of one model beside the weights of another: one entry differs by 0.001."""
    recorded = recording(DEEP, 25, reset)
    cell = recorded.model.cell(1, "reverse")
    altered = getattr(cell, part).copy()
    altered[-1 if altered.ndim == 1 else (-1, -1)] += 1e-3
    top = (recorded.model.layers[1][0], replace(cell, **{part: altered}))
    recorded.model = replace(recorded.model, layers=(recorded.model.layers[0], top))
    assert not check(recorded).ok


def test_the_other_variant() -> None:
    recorded = recording(DEEP, 50)
    recorded.model = replace(recorded.model, reset="before")
    assert not check(recorded).ok


def test_a_value_that_is_not_a_number() -> None:
    recorded = recording(DEEP, 20)
    recorded.states()[5, 0] = np.nan
    found = check(recorded)
    assert not found.ok
    assert math.isnan(found.largest_run)


# What is shown ----------------------------------------------------------------------------------

GOOD = Parity(1.2e-7, 4.4e-7, 1e-6, 1e-6, "nn.GRU", 59)


def test_words() -> None:
    assert GOOD.ok
    assert GOOD.badge == "max |Δ| vs nn.GRU 1e−7 · run 4e−7"
    assert GOOD.sentence == (
        "Agrees with nn.GRU: max |Δh| 1.2e−7 one step at a time (bound 1e−6), 4.4e−7 over a run "
        "of 59 steps (bound 1e−6)."
    )
    one = replace(GOOD, largest_step=1e-4, against="float64 run", steps=1)
    assert one.sentence == (
        "DIFFERS from float64 run: max |Δh| 1.0e−4 one step at a time (bound 1e−6), 4.4e−7 over "
        "a run of 1 step (bound 1e−6)."
    )
    wild = replace(GOOD, largest_run=0.5, bound_run=2.0)
    assert wild.sentence.endswith("Float32's rounding alone grows that far with this model.")


# The process ------------------------------------------------------------------------------------


def test_the_child_process(tmp_path: Path) -> None:
    recorded = recording(Shape(), 20)
    parity.write_job(tmp_path, recorded)
    pipe = subprocess.PIPE
    with children.start(parity.command(tmp_path), stdout=pipe, stderr=pipe, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        said = child.stdout.read()
        assert child.stderr.read() == ""
    assert child.returncode == 0
    assert said.count("\n") == 1
    assert Parity(**json.loads(said)["answer"]).ok


def test_the_windows_half_imports_no_torch() -> None:
    code = (
        "import sys, gru_debugger.parity, gru_debugger.live, gru_debugger.core.trace;"
        "print('torch' in sys.modules, 'PySide6' in sys.modules)"
    )
    child = [sys.executable, "-c", code]
    answer = subprocess.run(child, capture_output=True, text=True, check=True)
    assert answer.stdout == "False False\n"


# Other activations ------------------------------------------------------------------------------

HARD = Activations(Activation("hard_sigmoid", 1 / 6, 0.5), Activation("softsign"), clip=0.3)


def bent(recorded: Trace, *rows: Activations) -> Trace:
    """The same text under the same weights with these activations, by layer."""
    model = recorded.model
    layers = tuple(
        tuple(replace(cell, activations=one) for cell in cells)
        for cells, one in zip(model.layers, rows, strict=True)
    )
    return trace(replace(model, layers=layers), recorded.text)


@RESETS
@pytest.mark.parametrize("one", [
    HARD, *(Activations(candidate=Activation(*told)) for told in (
        ("relu",), ("leaky_relu", 0.2), ("thresholded_relu", 0.3), ("scaled_tanh", 1.7, 0.6),
        ("elu", 0.5), ("softplus",), ("affine", 0.5, 0.1), ("selu",), ("silu",))),
], ids=lambda one: one.candidate.name)  # fmt: skip
def test_other_activations_pass(reset: Reset, one: Activations) -> None:
    found = check(bent(recording(DEEP, 60, reset), one, USUAL))
    assert found.ok
    assert found.against == "float64 run"
    assert found.largest_step <= 1e-6


def test_an_activation_that_is_not_the_models_does_not_pass() -> None:
    """Keras 2's for Keras 3's; the clip forgotten; the layers exchanged."""
    right = bent(recording(replace(DEEP, scale=3.0), 60), HARD, USUAL)
    others = [(replace(HARD, gate=Activation("hard_sigmoid", 0.2, 0.5)), USUAL),
              (replace(HARD, clip=None), USUAL), (USUAL, HARD)]  # fmt: skip
    for rows in others:
        told = bent(recording(replace(DEEP, scale=3.0), 60), *rows)
        right.model = told.model  # what the job says, beside states that were computed otherwise
        assert not check(right).ok
