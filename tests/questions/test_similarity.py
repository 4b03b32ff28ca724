"""Similar steps, against an exhaustive search in plain Python."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from samples import VOCABULARY, model
from searched import searched

from gru_debugger.api import Trace, trace
from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.errors import InputError
from gru_debugger.questions import similarity

STEPS = 60
TEXT = "".join(np.random.default_rng(8).choice(list(VOCABULARY[:4]), STEPS))
RELU = Activations(candidate=Activation("relu"))  # many states are exactly 0, and units never move
MODELS = {
    "forward": model(6, 8, seed=2),
    "two layers, both directions": model(5, 8, 2, 2, seed=3),
    "reset before": model(7, 8, reset="before", seed=4),
    "from the end only": replace(model(6, 8, seed=5), backwards=True),
    "relu": model(9, 8, bias=False, seed=6, activations=RELU),
}


def assert_found(run: Trace, t: int, units: Any, place: Place, quantile: float) -> int:
    """The number of steps found."""
    every = range(run.model.hidden_size) if units is None else sorted(set(units))
    ranked, on = searched(run, t, every, place, quantile)
    if not on:
        with pytest.raises(InputError, match=f"none of these units is on at step {t}: "):
            run.similar(t, units, *place, quantile=quantile)
        return 0
    found = run.similar(t, units, *place, quantile=quantile, limit=None)
    assert list(zip(found.steps.tolist(), found.scores.tolist(), strict=True)) == ranked
    assert found.units.tolist() == on
    assert (found.steps.dtype, found.scores.dtype) == (np.int64, np.float64)
    first = run.similar(t, units, *place, quantile=quantile, limit=3)
    assert first.steps.tolist() == found.steps[:3].tolist()
    return len(ranked)


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("kind", MODELS)
def test_it_is_the_exhaustive_search(
    kind: str, edited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "_VALUES", 2 * STEPS)  # two units at a time
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 17)
    network = MODELS[kind]
    run = trace(network, TEXT)
    if edited:  # constant for a while, so that steps are alike to the last bit
        first = "_l0_reverse" if network.ways[0] == "reverse" else "_l0"
        run = run.what_if(f"h{first}[1:4] = 0.4 from 20 to 31", f"z{first}[0] = 1 from 40")
    found = sum(
        assert_found(run, t, units, place, quantile)
        for place in network.places
        for t in (1, 25, 41, STEPS)
        for units in (None, [4, 1, 4, 0], range(2, 5), [3])
        for quantile in (0.5, 0.8, 0.9, 0.97)
    )
    assert found > 500


def test_of_equals_the_nearer_comes_first_then_the_earlier() -> None:
    """At steps where a unit is set, all is the same but what others do."""
    edits = ("h[0] = 0.9 at 10", "h[0] = 0.9 at 20", "h[0] = 0.8 at 30", "h[0] = 0.9 at 5")
    run = trace(model(6, 8, seed=2), TEXT).what_if("h[0] = 0", *edits)
    found = run.similar(10, [0])
    assert found.steps.tolist() == [5, 20, 30]
    assert found.scores.tolist() == [1, 1, 1]


def test_the_other_sign_is_not_as_it_is_here() -> None:
    edits = ("h[0] = 0.9 at 10", "h[0] = -0.9 at 20", "h[0] = 0.9 at 30")
    run = trace(model(6, 8, seed=2), TEXT).what_if("h[0] = 0", *edits)
    assert run.similar(10, [0]).steps.tolist() == [30]
    assert run.similar(20, [0]).steps.tolist() == []


def test_a_unit_that_hardly_ever_moves_is_on_when_it_does() -> None:
    run = trace(MODELS["forward"], TEXT).what_if("h[2] = 0", "h[2] = 0.01 from 12 to 14")
    assert run.similar(13, [2]).steps.tolist() == [12, 14]
    with pytest.raises(InputError, match=r"none .* step 1: each lies between its quantiles 0\.2"):
        run.similar(1, [2])


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some numbers a step and a few units' states, where all are 13 MB."""
    monkeypatch.setattr(similarity, "_VALUES", 1 << 18)
    run = trace(model(64, 8), TEXT * 840)
    tracemalloc.start()
    run.similar(25, limit=None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6e6


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"t": 61}, "no step 61: the text has steps 1 to 60"),
        ({"units": [6]}, "unit 6 is outside the model: it has units 0 to 5."),
        ({"units": [-1]}, "unit -1 is outside the model"),
        ({"units": 3}, r"units 3: give several, such as \[3, 9\] or range\(8\)."),
        ({"units": "ab"}, "unit 'a': give a whole number."),
        ({"units": []}, "none of these units is on at step 5"),
        ({"layer": 1}, "layer 1 is outside the model"),
        ({"direction": "reverse"}, "direction “reverse” is not in the model"),
        ({"quantile": 0.4}, "quantile 0.4: give a number from 0.5 to below 1"),
        ({"quantile": 1}, "quantile 1: give a number from 0.5 to below 1"),
        ({"quantile": float("nan")}, "quantile nan: give a number"),
        ({"quantile": "a"}, "quantile 'a': give a number."),
        ({"limit": 0}, "limit 0: give a whole number from 1, or None for all."),
        ({"limit": 1.5}, "limit 1.5: give a whole number."),
    ],
)
def test_what_can_not_be_asked_is_told(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        trace(MODELS["forward"], TEXT).similar(**({"t": 5} | asked))
