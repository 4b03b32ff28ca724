"""The whole run in numbers, against loops over its steps; sentences never say other than these."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from by_hand import any_run
from edges import any_thresholds
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.questions import overview, overview_in_words
from gru_debugger.questions.overview import BINS, Surprises, Survey, Units
from gru_debugger.questions.thresholds import USUAL, Thresholds

OTHERS = Thresholds(low=0.25, high=0.6, full=0.4, dead=0.3, constant=0.2)
EDITS = "z{end}[1] = 1", "h{end}[2] = 0.01", "r{end}[3] = 0 from 2 to 9"


def surveyed(run: Trace, place: Any, bounds: Thresholds = USUAL) -> Survey:
    survey = Survey(run.finish(), place, bounds)
    while survey.advance():
        pass
    assert survey.complete
    return survey


def beyond(values: list[float], bound: float) -> float:
    return sum(abs(value) > bound for value in values) / len(values)


@pytest.mark.parametrize("seed", range(12))
def test_against_a_loop_over_the_steps(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run, bounds = any_run(seed, 37, *EDITS), OTHERS if seed % 2 else USUAL
    lowest, highest = np.float32(bounds.low), np.float32(bounds.high)
    monkeypatch.setattr(overview.columns, "stretch_rows", lambda _: 5)
    for place in run.model.places:
        units = surveyed(run, place, bounds).units
        assert units is not None
        steps = [run.step(t, *place) for t in range(1, run.steps + 1)]
        assert units.steps == len(steps)
        everywhere: dict[str, list[float]] = {"h": [], "n": []}
        for unit in range(run.model.hidden_size):
            r, z, n, h = ([float(step.values[q][unit]) for step in steps] for q in "rznh")
            everywhere["h"] += h
            everywhere["n"] += n
            for gate, low, high in (
                (z, units.z_low, units.z_high), (r, units.r_low, units.r_high)
            ):  # fmt: skip
                shut, opened = (
                    sum(holds) / len(gate)
                    for holds in ([v < lowest for v in gate], [v > highest for v in gate])
                )
                assert (low[unit], high[unit]) == pytest.approx((shut, opened))
            left = sum(np.log(abs(value)) for value in z) / len(z)
            assert units.half_life[unit] == pytest.approx(np.log(0.5) / left if left else np.inf)
            assert units.largest[unit] == pytest.approx(max(map(abs, h)))
            assert units.mean[unit] == pytest.approx(sum(h) / len(h), abs=1e-7)
            spread = sum((value - sum(h) / len(h)) ** 2 for value in h) / len(h)
            assert units.deviation[unit] == pytest.approx(spread**0.5, abs=1e-7)
            assert units.dead[unit] == (max(map(abs, h)) < bounds.dead)
            still = spread**0.5 < bounds.constant and not units.dead[unit]
            assert units.constant[unit] == still
        for name, full, bins in (
            ("h", units.h_full, units.h_bins), ("n", units.n_full, units.n_bins)
        ):  # fmt: skip
            values = everywhere[name]
            assert full == pytest.approx(beyond(values, np.float32(bounds.full)))
            assert bins.sum() == pytest.approx(1)
            for i in range(BINS):
                low, high = (2 * edge / BINS - 1 for edge in (i, i + 1))
                last = i == BINS - 1
                there = sum(low <= v < high or (last and v == 1) for v in values) / len(values)
                assert bins[i] == pytest.approx(there)


@pytest.mark.parametrize("seed", range(6))
def test_surprise_against_a_loop(seed: int) -> None:
    run = recording(model(7, seed=seed), 60)
    survey = surveyed(run, (0, "forward"))
    symbols = run.model.require_vocabulary()
    for t in range(1, run.steps):
        p = run.step(t).probabilities[symbols.index(run.characters[t])]
        assert survey.bits[t - 1] == pytest.approx(-np.log2(p), rel=1e-5)
    found = Surprises(survey.known_bits, survey.even)
    assert found.at == int(np.argmax(survey.bits)) + 2
    assert found.beyond == sum(bits > 3 for bits in survey.bits)
    assert survey.even == 3


def test_what_is_counted_already_serves_other_words() -> None:
    """But not other counts."""
    survey = surveyed(recording(model(), 20), (0, "forward"))
    assert survey.units is not None
    dead = replace(USUAL, dead=0.9, mostly=0.4)
    assert survey.told_by(dead)
    assert survey.units.thresholds == dead
    assert survey.units.dead.sum() == (survey.units.largest < 0.9).sum() > 0
    for other in ({"low": 0.2}, {"high": 0.7}, {"full": 0.5}):
        assert not survey.told_by(replace(dead, **other))
    assert survey.thresholds == dead


def test_a_run_that_predicts_nothing_says_why() -> None:
    survey = surveyed(recording(model(output=False), 20), (0, "forward"))
    assert survey.why_none == "the model has no output layer"
    assert len(survey.bits) == 0


def test_it_grows_with_the_recording() -> None:
    run = Trace(model(300), text_for(model(300), 700))
    survey = Survey(run, (0, "forward"))
    assert survey.units is None
    assert not survey.advance()
    run.advance()
    while survey.advance():
        pass
    assert 0 < survey.steps == run.recorded < run.steps
    assert not survey.complete
    assert len(survey.known_bits) == run.recorded
    run.finish()
    while survey.advance():
        pass
    whole = surveyed(Trace(run.model, run.text), (0, "forward"))
    assert survey.units is not None
    assert whole.units is not None
    np.testing.assert_allclose(survey.units.half_life, whole.units.half_life)


def test_what_the_bundled_models_are_known_for() -> None:
    """The design's own figures."""
    sonnets = load_model("bundled:sonnets")
    assert sonnets.example is not None
    survey = surveyed(Trace(sonnets, sonnets.example.text), (0, "forward"))
    units = survey.units
    assert units is not None
    longest = np.argsort(-units.half_life)[:4]
    assert longest.tolist() == [183, 241, 56, 248]
    assert np.round(units.half_life[longest]).tolist() == [73, 41, 28, 20]
    assert not units.dead.any()
    assert not units.constant.any()
    found = Surprises(survey.known_bits, survey.even)
    assert (round(found.mean, 2), found.at, round(found.highest, 1)) == (2.22, 228, 12.5)


# Sentences -----------------------------------------------------------------------------------

PART = st.one_of(st.sampled_from([0.0, 0.004, 0.5, 0.9, 0.996, 1.0]), st.floats(0, 1))
SIZES = st.integers(1, 6)


@st.composite
def any_units(draw: st.DrawFn) -> Units:
    size = draw(SIZES)

    def of(values: st.SearchStrategy[float]) -> Any:
        return draw(arrays(np.float64, size, elements=values))

    lives = st.one_of(st.sampled_from([0.0, 0.999, 1.0, np.inf]), st.floats(0, 1e5))
    small = st.one_of(st.sampled_from([0.0, 0.049, 0.05]), st.floats(0, 1))
    even = np.full(BINS, 1 / BINS)
    return Units(
        10, of(PART), of(PART), of(PART), of(PART), of(lives), of(small), of(st.floats(-1, 1)),
        of(small), draw(PART), draw(PART), even, even, draw(st.just(USUAL) | any_thresholds()),
    )  # fmt: skip


def check_share(said: str, part: float) -> None:
    """“36 %”, “over 99 %”, “under 1 %”."""
    number = int(re.findall(r"\d+", said)[0]) / 100
    if said.startswith("over"):
        assert number < part + 0.005
        assert part < 1
    elif said.startswith("under"):
        assert 0 < part < number
    else:
        assert abs(part - number) <= 0.005 + 1e-12
        assert (number == 0) == (part == 0)
        assert (number == 1) == (part == 1)


@given(PART)
def test_shares_are_not_called_what_they_are_not(part: float) -> None:
    check_share(overview_in_words.share(part), part)


def count_in(words: str) -> int:
    """“none”, “no unit”, “1 unit”, “4 units”."""
    found = re.match(r"(\d+)", words)
    return int(found[1]) if found else 0


def named(words: str, goals: list[Any], count: int) -> set[int]:
    """The units a sentence begins with: by name, or by their number."""
    if goals:
        return {goal.number for goal in goals}
    assert count > 3
    assert words.startswith(f"{count} units ")
    return set()


@given(any_units())
def test_sentences_of_units(units: Units) -> None:
    told = overview_in_words.gates(units)
    keep, take = told.words.split("; ")
    top = units.z_high.max()
    first = {i for i, value in enumerate(units.z_high) if value == top}
    if top:
        assert named(keep, told.goals, len(first)) in (first, set())
        check_share(re.search(r"in ((over |under )?\d+.%)", keep)[1], top)  # type: ignore[index]
    else:
        assert keep == "no unit keeps in any step"
    bounds = units.thresholds
    assert count_in(take) == sum(value > bounds.mostly for value in units.z_low)
    share = re.search(r" in over ([\d.]+).%", take)
    assert share
    assert float(share[1]) / 100 == pytest.approx(bounds.mostly, abs=1e-9)
    assert f"beyond ±{bounds.full:g}: " in overview_in_words.full(units, "h", "n").words

    shut, opened = overview_in_words.resets(units).words.split(", ")
    assert count_in(shut) == sum(value > 0.5 for value in units.r_low)
    assert count_in(opened) == sum(value > 0.5 for value in units.r_high)

    told = overview_in_words.holds(units)
    longest, short = told.words.rsplit(", ", 1)
    top = units.half_life.max()
    first = {i for i, value in enumerate(units.half_life) if value == top}
    assert named(longest, told.goals, len(first)) in (first, set())
    assert ("nothing" in longest) == np.isinf(top)
    if np.isfinite(top):
        number = float(re.search(r"([\d,.e−]+) characters", longest)[1]  # type: ignore[index]
                       .replace(",", "").replace("−", "-"))  # fmt: skip
        assert number == pytest.approx(top, rel=0.06, abs=0.005)
        assert (number < 1) == (top < 1)
    assert count_in(short) == sum(value < 1 for value in units.half_life)

    told = overview_in_words.still(units)
    dead = [value < bounds.dead for value in units.largest]
    if all(dead):
        assert told.words == "all units are dead"
        return
    assert count_in(told.words) == sum(dead)
    constant = sum(
        d < bounds.constant and not gone for d, gone in zip(units.deviation, dead, strict=True)
    )
    assert count_in(told.words.split(", ")[1]) == constant
    calm = told.goals[0].number
    assert not dead[calm]
    assert all(gone or units.deviation[calm] <= d
               for d, gone in zip(units.deviation, dead, strict=True))  # fmt: skip


BITS = st.one_of(st.just(np.nan), st.just(0.0), st.floats(-3, 3))


@given(arrays(np.float64, SIZES, elements=BITS))
def test_sentences_of_losses(bits: Any) -> None:
    told = overview_in_words.lost(bits, len(bits), "", wanted=True)
    known = [value for value in bits if not np.isnan(value)]
    if not known:
        assert told.words == ""
        return
    worse = [goal.number for goal in told.goals]
    assert ("worse" in told.words) == (max(known) > 0)
    assert (told.words.endswith("better")) == (min(known) < 0)
    if max(known) > 0:
        assert bits[worse[0]] == max(known)
    if min(known) < 0:
        assert bits[worse[-1]] == min(known)


def test_what_is_not_tried_is_not_told() -> None:
    nothing = np.full(4, np.nan)
    asked = overview_in_words.lost(nothing, 0, "", wanted=False)
    assert [goal.kind for goal in asked.goals] == ["try"]
    some = np.array([0.5, -0.25, np.nan, np.nan])
    told = overview_in_words.lost(some, 2, "", wanted=True).words
    assert told == "2 of 4 tried: without 0 0.50 bits worse, 1 0.25 better"
    assert overview_in_words.lost(nothing, 0, "why", wanted=True).words == "why"


@given(arrays(np.float64, st.integers(1, 5), elements=st.floats(0, 20)))
def test_sentences_of_surprise(bits: Any) -> None:
    run = recording(model(), 40)
    told = overview_in_words.surprised(Surprises(bits, 3.0), run)
    (goal,) = told.goals
    assert bits[goal.number - 1] == bits.max()
    character = run.characters[goal.number]
    follows = {" ": "space", "\n": "newline"}.get(character, f"“{character}”")
    assert f"most at step {goal.number}, where {follows} follows, " in told.words
    beyond = sum(value > 3 for value in bits)
    assert f"; {beyond or 'none'} of {len(bits)} cost" in told.words
    assert ("worse than guessing" in told.words) == (bits.mean() - 3 > 1e-4)


def test_a_direction_that_reads_from_the_end_is_known_from_there() -> None:
    m = model(64, directions=2)
    run = Trace(m, text_for(m, 4000))
    place = (0, "reverse")
    while not run.read_so_far(place):  # type: ignore[arg-type]
        run.advance()
    there = run.read_so_far(place)  # type: ignore[arg-type]
    assert 0 < there < run.steps
    survey = Survey(run, place)  # type: ignore[arg-type]
    while survey.advance():
        pass
    units = survey.units
    assert units is not None
    assert units.steps == there
    states = run.states(0, "reverse", run.steps - there, run.steps)
    np.testing.assert_allclose(units.largest, np.abs(states).max(axis=0))
    np.testing.assert_allclose(units.mean, states.mean(axis=0, dtype=float), atol=1e-6)
