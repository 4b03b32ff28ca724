"""A unit's history, against loops over the steps as they are shown."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from by_hand import any_run, set_by_hand
from samples import model, text_for

from gru_debugger.api import Trace, trace
from gru_debugger.core.cell import Reset
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace as Growing
from gru_debugger.errors import InputError
from gru_debugger.questions import writes
from gru_debugger.questions.writes import Bounds, Write, Writes

STEPS = 40
BOUNDED = 0.3, 0.6, 0.7
BOUNDS = Bounds(*BOUNDED)
EDITS = ("h{end}[2] = 0.7 at 12", "h{end}[0:4] = -0.05 from 15 to 17",
         "z{end}[2] = 1 from 20 to 23", "n{end} = 0.95 at 21")  # fmt: skip


def by_hand(run: Trace, unit: int, t: int, place: Place, bounds: Bounds) -> list[Write]:
    forward = place[1] == "forward"
    found = []
    for s in range(1, t + 1) if forward else range(t, run.steps + 1):
        step, mine = run.step(s, *place), set_by_hand(run, unit, place, s)
        n, z = float(step.n[unit]), float(step.z[unit])
        wrote = left = float(step.take[unit]) if mine is None else mine
        for u in range(s + 1, t + 1) if forward else range(s - 1, t - 1, -1):
            kept = set_by_hand(run, unit, place, u) is None
            left *= float(run.step(u, *place).z[unit]) if kept else 0.0
        refused = mine is None and abs(n) > bounds.candidate and z > bounds.kept
        if abs(wrote) > bounds.written or refused:
            old, new = float(step.h_prev[unit]), float(step.h[unit])
            found.append(Write(s, run.characters[s - 1], old, new, wrote, left, n, z, refused))
    return found


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_what_is_left_of_the_initial_state(reset: Reset, edited: bool) -> None:
    """A share as `written` has it, of each layer and direction; with the steps' it is the state."""
    network = model(6, layers=2, directions=2, reset=reset)
    h0 = np.random.default_rng(3).uniform(-1, 1, (4, 6)).astype(np.float32)
    run = Trace(network, text_for(network, STEPS), h0)
    run = run.what_if("z = 1", "h_l1[2] = 0.5 at 4", "z_l1_reverse = 0.9") if edited else run
    for layer, way in network.places:
        writes = Writes(run, 2, (layer, way))
        while writes.advance(1):
            pass
        for t in range(1, STEPS + 1):
            found, shares = writes.initial(t), run.written(2, t, layer, way)
            assert found.step == (0 if way == "forward" else STEPS + 1)
            assert found.new == found.wrote == h0[network.places.index((layer, way)), 2]
            assert found.left == pytest.approx(shares[0 if way == "forward" else -1], abs=1e-6)
            state = run.step(t, layer, way).h[2]
            assert found.left + np.nansum(writes.left(t)) == pytest.approx(state, abs=3e-6)
        assert writes.initial(writes.start).left == found.wrote


def test_nothing_is_left_of_a_far_initial_state_and_what_is_not_known_is_not_said() -> None:
    network = model(6)
    run = Trace(network, text_for(network, 20_000), np.full((1, 6), 0.5))
    forgets, holds = (
        Writes(run.what_if(edit), 2, (0, "forward")) for edit in ("z = 0.5", "z[2] = 1")
    )
    for each in (forgets, holds):
        each.advance(19_900)
    assert forgets.initial(19_900).left == 0
    assert np.isnan(holds.initial(19_900).left)
    while holds.advance(19_900):
        pass
    assert holds.initial(19_900).left == 0.5
    nothing = Writes(Trace(network, "abc"), 2, (0, "forward"))
    assert nothing.initial(3).left == 0, "of zeros nothing needs to be known"


def numbers(w: Write) -> list[float]:
    return [w.old, w.new, w.wrote, w.left, w.n, w.z]


def alike(found: list[Write], expected: list[Write]) -> None:
    assert [(w.step, w.character, w.refused) for w in found] == [
        (w.step, w.character, w.refused) for w in expected
    ]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(numbers(one), numbers(other), rtol=0, atol=3e-6)


@pytest.mark.parametrize("seed", range(8))
def test_rows_are_those_of_a_loop(seed: int) -> None:
    run = any_run(seed, STEPS, *EDITS)
    for place in run.model.places:
        for unit, t in [(2, STEPS), (2, 16), (0, 22), (3, 1)]:
            found = run.history(unit, t, *place, *BOUNDED)
            alike(found, by_hand(run, unit, t, place, BOUNDS))


def test_the_usual_bounds_are_the_contract_s() -> None:
    run = any_run(0, STEPS, *EDITS)
    place = run.model.places[0]
    found = run.history(2, STEPS)
    alike(found, by_hand(run, 2, STEPS, place, Bounds(0.1, 0.9, 0.9)))


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_stretches_become_known_nearest_first(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "_ROWS", 8)
    monkeypatch.setattr(writes, "_NEAR", 4)
    network = replace(model(5, 8, seed=1), backwards=way == "reverse")
    run = trace(network, text_for(network, STEPS))
    place = run.model.places[0]
    found = Writes(run, 2, place)
    assert not found.known_around(20)
    assert np.isnan(found.left(20)).all()
    seen = []
    while found.advance(20):
        seen.append(found.known_around(20))
    assert seen[:2] == [range(16, 24), range(8, 24)]
    assert seen[-1] == range(STEPS)
    assert found.complete
    assert not found.wants_more
    shares = run.written(2, 20)
    known = found.left(20)
    if way == "forward":
        np.testing.assert_allclose(known[:20], shares[1:], atol=1e-7)
        assert np.isnan(known[20:]).all()
    else:
        np.testing.assert_allclose(known[19:], shares[:-1], atol=1e-7)
        assert np.isnan(known[:19]).all()


def test_what_is_old_and_gone_is_exactly_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "_NEAR", 4)
    network = model(5, 8, seed=1)
    run = trace(network, text_for(network, STEPS)).what_if("z[2] = 0 at 30")
    found = Writes(run, 2, (0, "forward"))
    while found.advance(31):
        pass
    np.testing.assert_array_equal(found.left(31)[:29], 0)
    np.testing.assert_allclose(found.left(31)[:31], run.written(2, 31)[1:], atol=1e-7)
    np.testing.assert_allclose(found.left(29)[:29], run.written(2, 29)[1:], atol=1e-7)


def test_it_grows_with_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "_ROWS", 8)
    network = model(5, 8, seed=1)
    run = Growing(network, text_for(network, 30_000))
    found = Writes(run, 2, (0, "forward"))
    assert not found.wants_more
    assert not found.advance(1)
    run.advance()
    assert found.wants_more
    while found.advance(1):
        pass
    assert len(found.known_around(1)) == run.recorded // 8 * 8 < run.steps
    assert not found.complete
    run.finish()
    while found.advance(1):
        pass
    assert found.complete


@pytest.mark.parametrize("seed", range(4))
def test_half_lives(seed: int) -> None:
    run = any_run(seed, STEPS, *EDITS)
    for place in run.model.places:
        logs = [math.log(max(float(run.step(s, *place).z[2]), 1e-30)) for s in range(1, STEPS + 1)]
        expected = math.log(0.5) / (sum(logs) / STEPS)
        assert run.half_life(2, *place) == pytest.approx(expected, rel=1e-5)


def test_what_never_loses_and_what_is_never_kept() -> None:
    network = model(5, 8, seed=1)
    run = trace(network, text_for(network, STEPS))
    assert run.what_if("z = 1").half_life(0) == math.inf
    assert run.what_if("z = 1.5").half_life(0) == math.inf
    nothing = math.log(0.5) / math.log(1e-30)
    assert run.what_if("z = 0").half_life(0) == pytest.approx(nothing)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((5, 3), "unit 5 is outside the model"),
        ((0, 41), "no step 41: the text has steps 1 to 40"),
        ((0, 3, 1), "layer 1 is outside the model"),
        ((0, 3, 0, "reverse"), "direction “reverse” is not in the model"),
    ],
)
def test_what_the_run_lacks_is_told(asked: tuple[int, int], says: str) -> None:
    network = model(5, 8, seed=1)
    with pytest.raises(InputError, match=says):
        trace(network, text_for(network, STEPS)).history(*asked)


def test_what_is_in_sight_is_found_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "_ROWS", 8)
    network = model(5, 8, seed=1)
    run = trace(network, text_for(network, STEPS))
    found = Writes(run, 2, (0, "forward"))
    np.testing.assert_allclose(found.shares(2, 20, 20), run.written(2, 20)[3:], atol=1e-7)
    assert not found.complete
