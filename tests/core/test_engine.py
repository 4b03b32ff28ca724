"""The compiled engine against numpy's, and both against float64."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

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


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Two threads, whatever the size; what second ones were begun with."""
    begun = list[object]()

    def thread(target: Callable[..., object], args: tuple[object, ...], daemon: bool) -> Thread:
        begun.append(target)
        return Thread(target=target, args=args, daemon=daemon)

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(engine, "_LARGE", 1)
    monkeypatch.setattr(engine, "_ALONE", 0)
    monkeypatch.setattr(engine, "_HELPER", engine._Helper())
    monkeypatch.setattr(engine, "Thread", thread)
    return begun


@pytest.mark.skipif(not COMPILED, reason="no compiler was there at installation")
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("hidden", [5, 64, 65, 700])
def test_two_threads_give_the_same_bits(hidden: int, reset: Reset, helped: list[object]) -> None:
    cell = model(hidden, 8, seed=1, reset=reset).cell()
    parts = input_part(cell, np.random.default_rng(0).standard_normal((60, 8)).astype(np.float32))
    h = np.zeros(hidden, np.float32)
    with pytest.MonkeyPatch.context() as one:
        one.setattr(engine, "_LARGE", hidden + 1)
        alone = engine.states(cell, parts, h, reset)
    assert not helped
    for _ in range(20):
        np.testing.assert_array_equal(engine.states(cell, parts, h, reset), alone)
    assert len(helped) == 20


@pytest.mark.skipif(not COMPILED, reason="no compiler was there at installation")
@pytest.mark.usefixtures("helped")
def test_nobody_waits_for_a_thread_that_gets_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = model(70, 8).cell()
    parts, h = np.ones((9, 210), np.float32), np.zeros(70, np.float32)
    expected = engine.states(cell, parts, h, "after")
    monkeypatch.setattr(engine, "Thread", lambda **_: Thread(target=lambda: None))
    np.testing.assert_array_equal(engine.states(cell, parts, h, "after"), expected)


@pytest.mark.usefixtures("helped")
def test_a_thread_that_came_too_late_is_left_out_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = SimpleNamespace(
        gru_team_size=lambda: 8, gru_help=id, gru_end=id, gru_late=lambda team: True
    )
    monkeypatch.setattr(engine, "_ALONE", 3)
    for _ in range(2):
        shared = list[bool]()
        for _ in range(4):
            with engine._HELPER.at_work(late, 64) as team:  # type: ignore[arg-type]
                shared.append(team is not None)
        assert shared == [True, False, False, False]


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
