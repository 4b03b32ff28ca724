"""The ready edits: each sets what it says, and no more."""

from __future__ import annotations

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core.edits import Place
from gru_debugger.questions import ready_edits

T, UNIT = 9, 3


@pytest.mark.parametrize("place", [(0, "forward"), (1, "reverse")])
def test_each_sets_what_it_says(place: Place) -> None:
    run = recording(model(layers=2, directions=2), 20)
    here = run.step(T, *place)

    def column(sentence: str, name: str) -> np.ndarray:
        edited = run.with_edits(sentence).finish()
        return np.stack([edited.step(t, *place).values[name] for t in range(1, 21)])

    assert (column(ready_edits.gate_open(run, place), "r") == 1).all()
    h = column(ready_edits.no_memory(run, place), "h")
    assert h == pytest.approx(column(ready_edits.no_memory(run, place), "n"), abs=1e-6)
    assert (column(ready_edits.silenced(run, place, UNIT), "h")[:, UNIT] == 0).all()
    kept = column(ready_edits.not_forgotten(run, place, UNIT, T), "h")
    assert kept[T - 1, UNIT] == pytest.approx(here.h_prev[UNIT], abs=1e-6)
    assert kept[T - 1, UNIT] != pytest.approx(here.h[UNIT], abs=1e-3)


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_a_frozen_candidate_is_exactly_the_one_there(way: str) -> None:
    """At its own step nothing changes; all that is read later has it too, and nothing before."""
    place: Place = (0, "reverse") if way == "reverse" else (0, "forward")
    run = recording(model(directions=2), 20)
    edited = run.with_edits(ready_edits.frozen(run, place, UNIT, T)).finish()
    here = run.step(T, *place)
    assert edited.step(T, *place).h == pytest.approx(here.h, abs=1e-6)
    steps = [t for t in range(1, 21) if edited.step(t, *place).n[UNIT] == here.n[UNIT]]
    assert steps == list(range(T, 21) if way == "forward" else range(1, T + 1))
