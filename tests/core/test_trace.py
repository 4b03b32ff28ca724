"""The recording: its three ways of being read agree, and what it refuses it refuses in words."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from grus import SHAPES, Network, Shape, assert_close, distance, model_of
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_debugger.core import engine
from gru_debugger.core.cell import Reset
from gru_debugger.core.model import DIRECTIONS, Model
from gru_debugger.core.quantities import CELL_QUANTITIES, suffix
from gru_debugger.core.trace import Trace, trace
from gru_debugger.errors import InputError, TextError, VocabularyError

DEEP = Shape(layers=2, directions=2)
TEXT = DEEP.text(12)


@pytest.fixture(scope="module")
def deep() -> Trace:
    return trace(model_of(Network(DEEP)), TEXT)


# Three ways to read ---------------------------------------------------------------------------


@settings(max_examples=20)
@given(SHAPES, st.integers(1, 20), st.sampled_from(["after", "before"]))
def test_step_column_and_rows_agree(shape: Shape, length: int, reset: Reset) -> None:
    recorded = trace(model_of(Network(shape), reset), shape.text(length))
    for layer in range(shape.layers):
        for direction in DIRECTIONS[: shape.directions]:
            rows = recorded.rows(1, length, layer, direction)
            end = suffix(layer, direction == "reverse")
            for name in CELL_QUANTITIES:
                column = recorded.column(name + end)
                assert_close(column, rows[name], name)
                for t in range(1, length + 1):
                    one = getattr(recorded.step(t, layer, direction), name)
                    assert_close(one, column[t - 1], name)


def test_a_bare_name_is_layer_0_forward(deep: Trace) -> None:
    for name in CELL_QUANTITIES:
        assert np.array_equal(deep.column(name), deep.column(f"{name}_l0"))


def test_shapes(deep: Trace) -> None:
    step = deep.step(3, layer=1)
    assert (step.number, step.character) == (3, TEXT[2])
    assert step.x.shape == (10,)
    assert step.z.shape == (5,)
    assert step.logits.shape == step.probabilities.shape == (6,)
    assert deep.column("x_l1").shape == (12, 10)
    assert deep.column("probabilities").sum(1) == pytest.approx(np.ones(12), abs=1e-6)


def test_a_step_says_what_it_lacks(deep: Trace) -> None:
    silent = trace(replace(deep.model, output=None), TEXT).step(1)
    assert silent.get("logits") is None
    with pytest.raises(AttributeError, match="this step has no quantity 'logits'"):
        _ = silent.logits
    assert np.array_equal(copy.copy(silent).z, silent.z)


# Positions ------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(SHAPES, st.integers(2, 20), st.sampled_from(["after", "before"]))
def test_h_prev_is_bitwise_the_h_before(shape: Shape, length: int, reset: Reset) -> None:
    recorded = trace(model_of(Network(shape), reset), shape.text(length))
    for layer in range(shape.layers):
        for direction in DIRECTIONS[: shape.directions]:
            steps = [recorded.step(t, layer, direction) for t in range(1, length + 1)]
            if direction == "reverse":
                steps.reverse()
            for before, after in pairwise(steps):
                assert before.h.tobytes() == after.h_prev.tobytes()
                assert (
                    before.h.tobytes() == recorded.state(before.number, layer, direction).tobytes()
                )


def test_the_initial_state_comes_first_and_in_reverse_last(deep: Trace) -> None:
    h0 = np.random.default_rng(1).uniform(-1, 1, (4, 5)).astype(np.float32)
    recorded = trace(deep.model, TEXT, h0)
    assert np.array_equal(recorded.state(0), h0[0])
    assert np.array_equal(recorded.step(1, 0).h_prev, h0[0])
    assert np.array_equal(recorded.step(12, 0, "reverse").h_prev, h0[1])
    assert np.array_equal(recorded.state(13, 0, "reverse"), h0[1])
    assert np.array_equal(recorded.step(1, 1).h_prev, h0[2])
    assert np.array_equal(recorded.step(12, 1, "reverse").h_prev, h0[3])
    assert not deep.step(1).h_prev.any()


def test_torch_shaped_initial_states_are_taken(deep: Trace) -> None:
    h0 = np.ones((4, 5), np.float32)
    same = [trace(deep.model, TEXT, given).states() for given in (h0, h0[:, None], h0.tolist())]
    assert all(np.array_equal(same[0], other) for other in same)


def test_the_reverse_direction_is_the_forward_one_of_the_reversed_text() -> None:
    model = model_of(Network(Shape(directions=2)))
    turned = replace(model, layers=(model.layers[0][1:],), output=None)
    reverse = trace(model, TEXT).states(0, "reverse")
    assert distance(reverse, trace(turned, TEXT[::-1]).states()[::-1]) <= 1e-6


def test_a_layer_reads_forward_then_reverse(deep: Trace) -> None:
    both = np.concatenate([deep.column("h"), deep.column("h_l0_reverse")], axis=1)
    assert np.array_equal(deep.column("x_l1"), both)
    assert np.array_equal(deep.column("x_l1_reverse"), both)


# Recording bit by bit -------------------------------------------------------------------------


@pytest.mark.parametrize("directions", [1, 2])
def test_recording_in_stretches_changes_nothing(directions: int) -> None:
    model = model_of(Network(Shape(layers=2, directions=directions)))
    text = Shape().text(2000)
    growing = Trace(model, text)
    counts = [growing.recorded]
    while growing.advance():
        counts.append(growing.recorded)
    assert counts == sorted(counts)
    assert len(counts) >= 4
    # In reverse nothing is final before all is.
    assert counts[1] == (engine.stretch(model) if directions == 1 else 0)
    assert growing.complete
    assert not growing.advance()
    whole = trace(model, text)
    for name in ("h_l0", "h_l1"):
        assert np.array_equal(growing.column(name), whole.column(name))


def test_a_step_not_recorded_yet_is_refused() -> None:
    growing = Trace(model_of(Network(Shape())), Shape().text(1000))
    with pytest.raises(InputError, match=r"^step 1 is not recorded yet: 0 steps are\.$"):
        growing.step(1)
    growing.advance()
    first = engine.stretch(growing.model)
    assert growing.step(first).number == first
    said = rf"^step {first + 1} is not recorded yet: {first} steps are\.$"
    with pytest.raises(InputError, match=said):
        growing.step(first + 1)


def test_a_long_text() -> None:
    shape = Shape(hidden=8)
    network = Network(shape)
    text = shape.text(20_000)
    recorded = trace(model_of(network), text)
    assert distance(recorded.states(), network.gru(network.inputs(text))[0]) <= 1e-6


def test_column_finishes_the_recording() -> None:
    growing = Trace(model_of(Network(Shape())), Shape().text(600))
    assert len(growing.column("h")) == 600
    assert growing.complete


# Ranges ---------------------------------------------------------------------------------------


# Refusals -------------------------------------------------------------------------------------

REFUSALS: dict[str, tuple[Any, type[Exception], str]] = {
    "empty text": (
        lambda m: trace(m, ""),
        InputError, "the text is empty: give at least one character.",
    ),
    "unknown character": (
        lambda m: trace(m, "abX"),
        TextError, "character “X” at position 3 of the text is not in the model's vocabulary "
        "(6 symbols: abcdef); change the text or the vocabulary.",
    ),
    "unknown newline": (
        lambda m: trace(m, "\n"),
        TextError, "character newline at position 1 of the text is not in the model's vocabulary "
        "(6 symbols: abcdef); change the text or the vocabulary.",
    ),
    "step 0": (
        lambda m: trace(m, TEXT).step(0),
        InputError, "no step 0: the text has steps 1 to 12; choose one of these.",
    ),
    "step 13": (
        lambda m: trace(m, TEXT).step(13),
        InputError, "no step 13: the text has steps 1 to 12; choose one of these.",
    ),
    "layer": (
        lambda m: trace(m, TEXT).step(1, layer=2),
        InputError, "layer 2 is outside the model: it has layers 0 to 1.",
    ),
    "direction": (
        lambda m: trace(m, TEXT).step(1, direction="backwards"),
        InputError, "direction “backwards” is not in the model: it has forward and reverse.",
    ),
    "quantity": (
        lambda m: trace(m, TEXT).column("q"),
        InputError, "no quantity is called “q” in this model; “z”, say, or “h_l0”.",
    ),
    "quantity of a layer that is not there": (
        lambda m: trace(m, TEXT).column("z_l2"),
        InputError,
        "this model has no “z_l2”; its layers end in _l0, _l0_reverse, _l1, _l1_reverse.",
    ),
    "no output layer": (
        lambda m: trace(replace(m, output=None), TEXT).column("logits"),
        InputError, "the model has no output layer, so no “logits”.",
    ),
    "shape of h0": (
        lambda m: trace(m, TEXT, np.zeros((2, 5))),
        InputError, "the initial state has shape (2, 5); this model needs (4, 5).",
    ),
    "turned h0": (
        lambda m: trace(m, TEXT, np.zeros((5, 4))),
        InputError, "the initial state has shape (5, 4); this model needs (4, 5).",
    ),
    "h0 without shape": (
        lambda m: trace(m, TEXT, 0.5),
        InputError, "the initial state has shape (); this model needs (4, 5).",
    ),
    "h0 of words": (
        lambda m: trace(m, TEXT, "zeros"),
        InputError, "the initial state is not an array of numbers; give one of shape (4, 5).",
    ),
    "h0 not a number": (
        lambda m: trace(m, TEXT, np.full((4, 5), np.nan)),
        InputError, "the initial state holds an infinite value, or one that is not a number.",
    ),
    "no vocabulary": (
        lambda m: trace(replace(m, vocabulary=None), TEXT),
        VocabularyError, "Network: the file holds no vocabulary; give its 6 symbols in index order "
        "as a JSON list: --vocabulary FILE, or Network.vocab.json beside it.",
    ),
    "no vocabulary, and rows are likelier": (
        lambda m: trace(replace(m, vocabulary=None, output=None, embedding=None), TEXT),
        VocabularyError, "Network: the file holds no vocabulary; step over rows of numbers, --rows "
        "FILE, or give its 6 symbols in index order as a JSON list: --vocabulary FILE, or "
        "Network.vocab.json beside it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal(case: str, deep: Trace) -> None:
    call, kind, message = REFUSALS[case]
    with pytest.raises(kind) as refusal:
        call(deep.model)
    assert type(refusal.value) is kind
    assert str(refusal.value) == message


def test_too_long_a_text_is_refused_before_memory_is_taken(monkeypatch: Any, deep: Trace) -> None:
    monkeypatch.setattr("gru_debugger.core.recording.MEMORY_LIMIT", 1 << 30)
    model: Model = deep.model
    monkeypatch.setattr(np, "zeros", lambda *_: pytest.fail("allocated first"))
    with pytest.raises(InputError) as refusal:
        Trace(model, "a" * 20_000_000, np.ones((4, 5)))
    assert str(refusal.value) == (
        "recording 20,000,000 characters needs 1.5 GiB, more than 1 GiB: use a shorter text."
    )


def test_nobody_writes_into_a_recording() -> None:
    """Neither by what a step gives, nor by the array that was read."""
    m = model_of(Network(Shape()))
    rows = np.random.default_rng(0).standard_normal((9, 6)).astype(np.float32)
    run = trace(m, rows)
    before = {name: values.copy() for name, values in run.step(4).values.items()}
    for values in run.step(4).values.values():
        values[:] = 7
    for values in (run.column("h"), run.column("z")):
        with pytest.raises(ValueError, match="read-only"):
            values[:] = 7
    rows[:] = 7
    for name, values in run.step(4).values.items():
        assert np.array_equal(values, before[name]), name
    h0 = np.zeros((1, 5), np.float32)
    begun = trace(m, rows, h0)
    h0[:] = 7
    assert not begun.h0.any()
