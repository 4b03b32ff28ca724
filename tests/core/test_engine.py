"""The compiled engine against numpy's, and both against float64."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import VOCABULARY, model

from gru_debugger.core import compiled, engine
from gru_debugger.core.cell import Reset, gru_states, input_part
from gru_debugger.core.trace import Trace, trace

COMPILED = compiled.library() is not None


def test_where_a_compiler_is_the_installation_has_the_compiled_engine() -> None:
    compiler = shutil.which("gcc") or shutil.which("clang")
    assert bool(compiler) == COMPILED, "install the program again: make clean, then make test"
    assert compiled.engine_name() == ("compiled code" if compiler else "numpy")


@settings(deadline=None, max_examples=80)
@given(
    hidden=st.integers(1, 200),
    steps=st.integers(0, 40),
    reset=st.sampled_from(["after", "before"]),
    scale=st.sampled_from([0.3, 1.5, 8.0]),
    seed=st.integers(0, 2**16),
)
def test_the_same_states(hidden: int, steps: int, reset: Reset, scale: float, seed: int) -> None:
    cell = model(hidden, 8, seed=seed, reset=reset, scale=scale).cell()
    random = np.random.default_rng(seed)
    parts = input_part(cell, random.standard_normal((steps, 8)).astype(np.float32))
    h = random.uniform(-1, 1, hidden).astype(np.float32)
    found = engine.states(cell, parts, h, reset)
    assert found.shape == (steps, hidden)
    for t in range(steps):  # one step at a time: what rounding becomes in a run is the model's
        exact = gru_states(cell, parts[t : t + 1].astype(float), h.astype(float), reset)[0]
        assert np.abs(found[t] - exact).max() <= 2e-6 * max(1.0, scale)
        h = found[t]


@pytest.mark.parametrize("value", [-1e38, -200.0, -88.0, 0.0, 88.0, 200.0, 1e38])
def test_sums_beyond_the_exponentials_reach(value: float) -> None:
    cell = model(5, 3).cell()
    parts = np.full((2, 15), value, np.float32)
    found = engine.states(cell, parts, np.zeros(5, np.float32), "after")
    assert np.isfinite(found).all()
    with np.errstate(over="ignore"):
        expected = gru_states(cell, parts.astype(float), np.zeros(5), "after")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_what_is_not_a_number_stays_so() -> None:
    cell = model(5, 3).cell()
    parts = np.full((1, 15), np.nan, np.float32)
    assert np.isnan(engine.states(cell, parts, np.zeros(5, np.float32), "after")).all()


@pytest.mark.parametrize("length", [1, 3, 64, 1000])
@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 2)])
def test_whatever_the_stretches(
    length: int, layers: int, directions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = model(24, 8, layers, directions)
    text = "".join(np.random.default_rng(0).choice(list(VOCABULARY[:8]), 200))
    whole = trace(network, text)
    monkeypatch.setattr(engine, "stretch", lambda *_: length)
    pieces = trace(network, text)
    for place in network.places:
        np.testing.assert_allclose(pieces.states(*place), whole.states(*place), rtol=0, atol=1e-6)


@pytest.mark.skipif(not COMPILED, reason="no compiler was there at installation")
def test_the_program_records_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gru_debugger.core.recording.gru_states", None)  # numpy's is not called
    trace(model(24, 8, 2), "ab" * 300)


def test_without_it_numpy_records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    quick = trace(model(24, 8), "ab" * 300)
    monkeypatch.setattr(compiled, "library", lambda: None)
    assert compiled.engine_name() == "numpy"
    plain = Trace(model(24, 8), "ab" * 300).finish()
    np.testing.assert_allclose(plain.states(), quick.states(), rtol=0, atol=1e-6)
