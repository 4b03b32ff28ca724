"""Who wrote what stands here, against the sum written out, a step and a factor at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from by_hand import set_by_hand
from samples import VOCABULARY, model

from gru_debugger.api import Trace, trace
from gru_debugger.core.activations import USUAL, Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction, Model
from gru_debugger.errors import InputError
from gru_debugger.numerals import two
from gru_debugger.phrases import in_text
from gru_debugger.questions import writing
from gru_debugger.questions.writing_in_words import overwritten_briefly, written_briefly

STEPS = 30
TEXT = "".join(np.random.default_rng(5).choice(list(VOCABULARY[:8]), STEPS))
ODD = Activations(Activation("hard_sigmoid"), Activation("relu"), clip=0.5)
MODELS = {
    "forward": model(6, 8, seed=2),
    "two layers, both directions": model(6, 8, 2, 2, seed=3),
    "reset before": model(6, 8, reset="before", seed=4),
    "from the end only": replace(model(6, 8, seed=5), backwards=True),
    "other activations": model(6, 8, seed=6, activations=ODD),
}
EDITS = {
    "none": (),
    "z and n": ("z[2] = 1 from 4 to 9", "n = 0.5 at 11"),
    "h": ("h[2] = 0.7 at 12", "h[0:4] = -0.25 from 15 to 17", "h[2] = 0 at 16"),
    "z beyond 1": ("z[2] = 1.5 from 20 to 22",),
}


def by_hand(run: Trace, unit: int, t: int, layer: int, way: Direction) -> list[float]:
    """The sum of the contract: oldest first, in the order in which the direction reads."""
    rows = range(1, t + 1) if way == "forward" else range(run.steps, t - 1, -1)
    wrote = [float(run.h0[run.model.places.index((layer, way))][unit])]
    kept = [1.0]
    for s in rows:
        step = run.step(s, layer, way)
        mine = set_by_hand(run, unit, (layer, way), s)
        wrote.append(float(step.take[unit]) if mine is None else mine)
        kept.append(float(step.z[unit]) if mine is None else 0.0)
    shares = []
    for i, value in enumerate(wrote):
        for factor in kept[i + 1 :]:
            value *= factor
        shares.append(value)
    return shares if way == "forward" else shares[::-1]


@pytest.mark.parametrize("edits", EDITS)
@pytest.mark.parametrize("kind", MODELS)
def test_shares_are_the_products_and_sum_to_the_state(kind: str, edits: str) -> None:
    network: Model = MODELS[kind]
    h0 = np.random.default_rng(1).uniform(-1, 1, (len(network.places), 6)).astype(np.float32)
    run = trace(network, TEXT, h0)
    if edits != "none":
        bare = EDITS[edits]
        ends = ["_l1_reverse"] if kind.startswith("two") else [""]
        run = run.what_if(*[s.replace(s[0], s[0] + end, 1) for s in bare for end in (*ends, "")])
    for layer, way in network.places:
        for unit, t in [(2, STEPS), (2, 16), (0, 17), (5, 1), (2, 12)]:
            found = run.written(unit, t, layer, way)
            expected = by_hand(run, unit, t, layer, way)
            assert found.dtype == np.float64
            np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
            assert len(found) == (t + 1 if way == "forward" else STEPS - t + 2)
            state = float(run.step(t, layer, way).h[unit])
            np.testing.assert_allclose(found.sum(), state, rtol=0, atol=2e-6)
            _check_writers(run, expected, unit, t, (layer, way))


def _check_writers(run: Trace, shares: list[float], unit: int, t: int, place: Place) -> None:
    """Every step that wrote more than a little is told, in the order of reading, and none else."""
    forward = place[1] == "forward"
    steps = [0, *range(1, t + 1)] if forward else [*range(t, run.steps + 1), 0]
    by_step = dict(zip(steps, shares, strict=True))
    told, others = writing.writers(run, unit, t, place)
    little = 0.005 * max(map(abs, shares))
    in_order = steps if forward else steps[::-1]
    expected = [s for s in in_order if abs(by_step[s]) > little]
    assert [one.step or 0 for one in told] == expected
    for one in told:
        assert one.share == pytest.approx(by_step[one.step or 0], abs=2e-6)
    left = sum(share for s, share in by_step.items() if s not in expected)
    assert others == pytest.approx(left, abs=2e-6)


@pytest.mark.parametrize("seed", range(12))
def test_of_any_model_they_sum_to_the_state(seed: int) -> None:
    random = np.random.default_rng(seed)
    hidden, layers, directions = (int(random.integers(1, most)) for most in (9, 4, 3))
    network = model(hidden, 8, layers, directions, "before" if seed % 2 else "after",
                    seed=seed, activations=ODD if seed % 3 == 0 else USUAL)  # fmt: skip
    run = trace(network, TEXT, random.uniform(-1, 1, (layers * directions, hidden)))
    first, unit = int(random.integers(1, STEPS)), int(random.integers(hidden))
    sets = random.choice(["r", "z", "n", "h", "hidden_n", "reset_product"], 3)
    run = run.what_if(*(f"{name}[{unit}] = {random.random()} from {first}" for name in sets[:2]),
                      f"{sets[2]} = {random.random()} at {first}")  # fmt: skip
    for place in network.places:
        for t in (1, first, STEPS):
            found = run.written(unit, t, *place)
            np.testing.assert_allclose(found, by_hand(run, unit, t, *place), rtol=0, atol=2e-6)
            state = float(run.step(t, *place).h[unit])
            np.testing.assert_allclose(found.sum(), state, rtol=0, atol=2e-6)


def test_the_first_direction_is_meant_where_none_is_named() -> None:
    run = trace(MODELS["from the end only"], TEXT)
    assert np.array_equal(run.written(1, 4), run.written(1, 4, 0, "reverse"))


@pytest.mark.parametrize(("kind", "t"), [("forward", 25), ("from the end only", 4)])
def test_a_long_way_is_derived_in_stretches(
    kind: str, t: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = trace(MODELS[kind], TEXT).written(3, t)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 1)
    np.testing.assert_allclose(trace(MODELS[kind], TEXT).written(3, t), whole, atol=1e-6)


def test_what_was_nothing_stays_nothing() -> None:
    """Whatever an edit multiplies it by: 0 · ∞ would be no number."""
    run = trace(model(6, 8), "ab" * 2000).what_if("n = 0", "z = 2")
    assert not run.written(0, 4000).any()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((6, 3), "unit 6 is outside the model: it has units 0 to 5."),
        ((-1, 3), "unit -1 is outside the model"),
        ((0, 31), "no step 31: the text has steps 1 to 30; choose one of these."),
        ((0, 0), "no step 0: the text has steps"),
        ((0, 3, 1), "layer 1 is outside the model"),
        ((0, 3, 0, "reverse"), "direction “reverse” is not in the model"),
    ],
)
def test_what_the_run_lacks_is_told(asked: tuple[int, int], says: str) -> None:
    with pytest.raises(InputError, match=says):
        trace(MODELS["forward"], TEXT).written(*asked)


# Last written, overwritten next -------------------------------------------------------------------


def runs(kind: str, edits: str) -> Trace:
    network = MODELS[kind]
    h0 = np.random.default_rng(1).uniform(-1, 1, (len(network.places), 6)).astype(np.float32)
    run = trace(network, TEXT, h0)
    if edits == "none":
        return run
    ends = ["_l1_reverse"] if kind.startswith("two") else [""]
    return run.what_if(*[s.replace(s[0], s[0] + end, 1) for s in EDITS[edits] for end in ends])


def factors(run: Trace, unit: int, place: Place) -> list[float]:
    """What each step keeps of what was there, in the order of the text."""
    found = []
    for t in range(1, run.steps + 1):
        kept = float(run.step(t, *place).z[unit])
        for edit in run.edits:
            mine = edit.place == place and edit.quantity == "h"
            if mine and edit.start <= unit < edit.stop and edit.first <= t <= edit.last:
                kept = 0.0
        found.append(kept)
    return found


@pytest.mark.parametrize("edits", EDITS)
@pytest.mark.parametrize("kind", MODELS)
def test_against_all_shares_and_products(
    kind: str, edits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_SHORT", 3)  # so that a way is several stretches long
    run = runs(kind, edits)
    for place in run.model.places:
        forward = place[1] == "forward"
        for unit in range(6):
            kept = factors(run, unit, place)
            for t in (1, 2, 3, 11, 12, 10, 9, 22, STEPS):  # by steps, which know the one before
                shares = by_hand(run, unit, t, *place)
                shares = shares if forward else shares[::-1]
                found = writing.last_written(run, unit, t, place)
                read = [None, *(range(1, t + 1) if forward else range(run.steps, t - 1, -1))]
                largest = max(map(abs, shares))
                assert found.share == pytest.approx(shares[read.index(found.step)], abs=2e-6)
                assert abs(found.share) == pytest.approx(largest, abs=2e-6)
                behind = range(t + 1, run.steps + 1) if forward else range(t - 1, 0, -1)
                left = np.cumprod([1.0, *(kept[s - 1] for s in behind)])[1:]
                below = [s for s, share in zip(behind, left, strict=True) if share < 0.5]
                ended = writing.overwritten_next(run, unit, t, place)
                assert ended.step == (below[0] if below else None)
                at = behind.index(below[0]) if below else -1
                expected = left[at] if len(left) else 1.0
                assert ended.kept == pytest.approx(expected, abs=2e-6)


def test_the_latest_of_equals_and_a_state_that_was_never_written() -> None:
    run = trace(MODELS["forward"], TEXT).what_if("h[2] = 0.5 from 4 to 7", "z[2] = 1 from 8")
    found = writing.last_written(run, 2, 20, (0, "forward"))
    assert (found.step, found.wrote, found.kept) == (7, 0.5, 1.0)
    kept = trace(MODELS["forward"], TEXT, np.full((1, 6), 0.25)).what_if("z = 1")
    assert writing.last_written(kept, 3, STEPS, (0, "forward")) == writing.Written(None, 0.25, 1.0)
    assert writing.overwritten_next(kept, 3, 1, (0, "forward")) == writing.Overwritten(None, 1.0)


def test_where_nothing_was_ever_written_the_step_itself_wrote_nothing_and_all_is_left() -> None:
    run = trace(MODELS["forward"], TEXT).what_if("z = 1")
    for t in (20, 21):  # looked back from, and from the step before
        assert writing.last_written(run, 3, t, (0, "forward")) == writing.Written(t, 0.0, 1.0)


def test_in_little_room_the_first_step_s_own_writing_is_told_as_its_own() -> None:
    run = trace(MODELS["forward"], TEXT)
    wrote = two(float(run.step(1).take[2]), True)
    one, both = (written_briefly(run, 2, 1, (0, "forward"), line) for line in (True, False))
    assert in_text(one.first) == f"Last written: here, {wrote}."
    assert in_text(both.first).startswith(f"This step wrote {wrote} of h[2] ")
    assert both.second == "before it there was the initial state."


@pytest.mark.parametrize(("kept", "words"), [
    (0.996, "over 99\u00a0%"), (1.0, "100\u00a0%"), (0.9949, "99\u00a0%"),
    (0.004, "under 1\u00a0%"), (0.0, "0\u00a0%"),
])  # fmt: skip
def test_what_is_nearly_all_or_nearly_none_is_not_called_so(kept: float, words: str) -> None:
    """And what an earlier step wrote is no part of the old state, whose other parts may cancel."""
    run = trace(MODELS["forward"], TEXT).what_if(
        "h[2] = 0.8 at 10", f"z[2] = {kept} at 11", "n[2] = 0 at 11", "z[2] = 0 at 12",
        "n[2] = -0.9 at 12")  # fmt: skip
    said = written_briefly(run, 2, 12, (0, "forward"), one_line=False)
    old = two(float(run.step(11).h[2]))
    if kept:
        assert said.second == f"wrote +0.80; {words} of it was left in old {old}."
    after = overwritten_briefly(run, 2, 10, (0, "forward"), one_line=False)
    if kept < 0.5:
        assert after.second == f"{words} of it is kept there."


def test_a_long_way_is_not_walked_for_what_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 1,200 steps those that could still have the largest share."""
    run = trace(MODELS["forward"], TEXT * 40)
    looked: list[int] = []
    plain = writing._wrote_and_kept

    def counted(run: Trace, place: Place, unit: int, a: int, b: int) -> object:
        looked.append(b - a)
        return plain(run, place, unit, a, b)

    monkeypatch.setattr(writing, "_wrote_and_kept", counted)
    for unit in range(6):
        writing.last_written(run, unit, run.steps, (0, "forward"))
        writing.overwritten_next(run, unit, 5, (0, "forward"))
    assert sum(looked) <= 12 * 2 * 2 * 128, "two stretches each, of two blocks"
