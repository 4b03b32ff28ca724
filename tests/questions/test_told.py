"""Runs, steps and computations in sentences: each number read back and counted anew by loops in
float64 over the steps as they are shown, of random models."""

from __future__ import annotations

import math
import re
import statistics
from typing import Any

import numpy as np
import pytest
from by_hand import any_run
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import model, recording

from gru_debugger.api import Trace
from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.core.model import printable
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.core.trace import Trace as CoreTrace
from gru_debugger.errors import InputError
from gru_debugger.numerals import fixed, listed, two
from gru_debugger.questions.run_sentences import RunCounts, run_sentences
from gru_debugger.questions.step_sentences import share_in_words
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.questions.told import sentences
from gru_debugger.questions.writes import half_life_of

STEPS = 24
EDITS = "r{end}[2] = 0.3 from 4 to 9", "z{end}[1] = 0 at 12", "h{end}[3] = 0.6 at 7"
SHARE = r"(?:(?:less|more) than )?[\d.]+\xa0%"

runs = st.builds(lambda seed: any_run(seed, STEPS, *EDITS), st.integers(0, 40))
edges = st.builds(
    lambda low, high, edge: Thresholds(low=low, high=1 - high, saturated=edge),
    st.sampled_from([0.05, 0.1, 0.25]), st.sampled_from([0.05, 0.1, 0.25]),
    st.sampled_from([0.01, 0.02]),
)  # fmt: skip


def found(pattern: str, said: list[str]) -> tuple[str, ...]:
    """The groups of the one sentence that is so."""
    matches = [match for one in said if (match := re.fullmatch(pattern, one))]
    assert len(matches) == 1, (pattern, said)
    return matches[0].groups()


def number(words: str) -> float:
    return float(words.replace("−", "-").replace(",", ""))


def counts(gate: np.ndarray, low: float, high: float) -> tuple[int, int]:
    few = sum(float(one) < float(low) for one in gate.astype(np.float32))
    many = sum(float(one) > float(high) for one in gate.astype(np.float32))
    return few, many


def agree(words: str, share: float) -> None:
    """A share in percent is the one counted, and neither all nor nothing of what is not."""
    assert words == share_in_words(share)
    if re.fullmatch(r"[\d.]+\xa0%", words):
        told = float(words[:-2]) / 100
        assert abs(told - share) <= 0.0051
        assert (told == 0) == (share == 0)
        assert (told == 1) == (share == 1)


@settings(max_examples=40, deadline=None)
@given(run=runs, bounds=edges, course=st.booleans(), data=st.data())
def test_a_step_s_sentences_never_contradict_its_numbers(
    run: CoreTrace, bounds: Thresholds, course: bool, data: Any
) -> None:
    place = data.draw(st.sampled_from(run.model.places))
    t = data.draw(st.integers(1, STEPS))
    step = run.step(t, *place)
    notation = "course" if course else "pytorch"
    said = sentences(run, t, None, None, *place, notation, bounds)  # type: ignore[arg-type]
    update = np.float32(1) - step.z if course else step.z
    verb = "replace" if course else "keep"
    few, low, many, high, mean = found(
        rf"(\d+) of 5 units {verb} less than ({SHARE}) of their old value, (\d+) more than "
        rf"({SHARE}); the mean of (?:z|Γu) is (.+)\.", said)  # fmt: skip
    assert (int(few), int(many)) == counts(update, bounds.low, bounds.high)
    assert (low, high) == (share_in_words(bounds.low), share_in_words(bounds.high))
    assert number(mean) == pytest.approx(sum(map(float, update)) / 5, abs=0.0051)
    few, many, mean = found(
        rf"The reset gate lets less than {SHARE} of the (?:hidden part|old state) pass in (\d+) "
        rf"of 5 units, more than {SHARE} in (\d+); the mean is (.+)\.", said)  # fmt: skip
    assert (int(few), int(many)) == counts(step.r, bounds.low, bounds.high)
    assert number(mean) == pytest.approx(sum(map(float, step.r)) / 5, abs=0.0051)
    letter = "c" if course else "h"
    change = [abs(float(a) - float(b)) for a, b in zip(step.h, step.h_prev, strict=True)]
    unit, old, new, small = found(
        rf"{letter} changes most in unit (\d+), from (\S+) to (\S+); in (\d+) of 5 units by less "
        r"than 0\.05\.", said)  # fmt: skip
    assert int(unit) == change.index(max(change))
    assert (old, new) == (two(float(step.h_prev[int(unit)])), two(float(step.h[int(unit)])))
    assert int(small) == sum(one < 0.05 for one in change)
    ends = [sum((float(one) < bounds.saturated, float(one) > 1 - bounds.saturated)[i] for one in g)
            for g in (update, step.r) for i in (0, 1)]  # fmt: skip
    saturated = [one for one in said if one.startswith("Saturated")]
    assert len(saturated) == any(ends[:2]) + any(ends[2:])
    told = [int(n) for one in saturated
            for n in re.findall(r": (\d+) of the units at 0, (\d+) at 1\.", one)[0]]  # fmt: skip
    assert told == [n for pair in (ends[:2], ends[2:]) if any(pair) for n in pair]
    hand = sum("Set by hand" in one for one in said)
    assert hand == sum(
        e.place == place and e.first <= t <= e.last and e.quantity in "rzh" for e in run.edits
    )


@settings(max_examples=30, deadline=None)
@given(run=runs, data=st.data())
def test_what_is_said_of_the_next_character_is_so(run: CoreTrace, data: Any) -> None:
    t = data.draw(st.integers(1, STEPS))
    step, vocabulary = run.step(t), run.model.vocabulary
    said = sentences(run, t)
    if not run.predicts_next:
        assert not any("network" in one for one in said)
        return
    p = [float(one) for one in step.probabilities]
    assert vocabulary is not None
    best = vocabulary[p.index(max(p))]
    (words,) = (one for one in said if one.startswith("The network"))
    assert printable(best) in words
    assert share_in_words(max(p)) in words
    grade = "almost sure" if max(p) > 0.9 else "leans" if max(p) > 0.5 else "undecided"
    assert grade in words
    if t == STEPS:
        assert not any("goes on" in one for one in said)
        return
    (words,) = (one for one in said if one.startswith("The text goes on"))
    following = run.characters[t]
    share = p[vocabulary.index(following)]
    assert fixed(-math.log2(share), 2) in words
    assert ("with it" in words) == (following == best)
    if following != best:
        assert f"rank {1 + sum(one > share for one in p)} at {share_in_words(share)}" in words


@settings(max_examples=30, deadline=None)
@given(run=runs, bounds=edges, course=st.booleans(), data=st.data())
def test_a_run_s_sentences_never_contradict_its_numbers(
    run: CoreTrace, bounds: Thresholds, course: bool, data: Any
) -> None:
    place: Place = data.draw(st.sampled_from(run.model.places))
    said = sentences(run, None, None, None, *place, "course" if course else "pytorch", bounds)
    steps = [run.step(t, *place) for t in range(1, STEPS + 1)]
    for gate, name in (("z", "Γu" if course else "z"), ("r", "Γr" if course else "r")):
        low, below, high, above, ends, mean = found(
            rf"{name} is below (\S+) in ({SHARE}) of all units and steps, above (\S+) in ({SHARE}),"
            rf" saturated \(within {bounds.saturated:g} of an end\) in ({SHARE}); its mean is "
            r"(.+)\.", said)  # fmt: skip
        values = [float(one) for step in steps for one in step.values[gate]]
        turned = course and gate == "z"
        down, up = (1 - bounds.high, 1 - bounds.low) if turned else (bounds.low, bounds.high)
        assert (number(low), number(high)) == pytest.approx((down, up), abs=1e-4)
        few = sum(one > np.float32(bounds.high) if turned else one < np.float32(bounds.low)
                  for one in values)  # fmt: skip
        many = sum(one < np.float32(bounds.low) if turned else one > np.float32(bounds.high)
                   for one in values)  # fmt: skip
        agree(below, few / len(values))
        agree(above, many / len(values))
        edge = sum(one < np.float32(bounds.saturated) or one > np.float32(1 - bounds.saturated)
                   for one in values)  # fmt: skip
        agree(ends, edge / len(values))
        told = sum(1 - one if turned else one for one in values) / len(values)
        assert number(mean) == pytest.approx(told, abs=0.0051)
    lives = [half_life_of(run, unit, *place) for unit in range(5)]
    unit, life = found(r"Unit (\d+) holds longest: it loses half in (.+) steps\.", said)
    assert lives[int(unit)] == pytest.approx(max(lives), rel=1e-6)
    assert number(life) == pytest.approx(lives[int(unit)], rel=1e-5, abs=0.0051)


def test_where_it_is_most_surprised() -> None:
    run = recording(model(), 60)
    bits, step, character, most = found(
        r"What follows costs (.+) bits a character, guessing 3\.00; most at step (\d+), where (.+) "
        r"follows: (.+) bits\.", sentences(run))  # fmt: skip
    vocabulary = run.model.vocabulary
    assert vocabulary is not None
    costs = [-math.log2(float(run.step(t).probabilities[vocabulary.index(run.characters[t])]))
             for t in range(1, 60)]  # fmt: skip
    assert number(bits) == pytest.approx(sum(costs) / 59, abs=0.0051)
    assert int(step) == costs.index(max(costs)) + 1
    assert character == printable(run.characters[int(step)])
    assert most == fixed(max(costs), 2)


def test_dead_constant_and_holding_units_are_named() -> None:
    run = recording(model(), 40).with_edits("h[2] = 0", "h[5] = 0.7", "z[7] = 1").finish()
    said = sentences(run)
    dead, constant = found(r"Dead, \|h\| below 0\.05 throughout: (.+); constant, with a standard "
                           r"deviation below 0\.05: (.+)\.", said)  # fmt: skip
    h = [run.step(t).h.astype(float) for t in range(1, 41)]
    units = [[step[unit] for step in h] for unit in range(16)]
    assert dead == listed(i for i in range(16) if max(map(abs, units[i])) < 0.05)
    assert constant == listed(i for i in range(16) if statistics.pstdev(units[i]) < 0.05)
    assert "2 7" in dead
    assert "Unit 7 never loses anything it holds." in said
    assert any(re.fullmatch(r"Units that almost always keep: .*\b7\b.*", one) for one in said)


def test_what_is_counted_in_stretches_is_what_is_counted_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = recording(model(), 60)
    whole = sentences(run)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 7)
    assert sentences(run) == whole
    counts = RunCounts(run, (0, "forward"))
    while counts.advance():
        pass
    h = np.stack([run.step(t).h for t in range(1, 61)]).astype(float)
    np.testing.assert_allclose(counts.largest, np.abs(h).max(axis=0), rtol=1e-7)
    np.testing.assert_allclose(counts.deviation, h.std(axis=0), atol=1e-7)
    counts = RunCounts(run, (0, "forward"))
    counts.advance()
    first = run_sentences(counts)
    assert next(one[0].text for one in first) == "The first"


def test_gates_that_are_no_shares_have_no_percents() -> None:
    run = recording(model(activations=Activations(Activation("relu"), Activation("tanh"))), 3)
    low, high = (two(float(of(run.step(2).r))) for of in (np.min, np.max))
    assert sentences(run, 2, None, "r") == [f"The reset gate lies between {low} and {high}."]
    assert not any("pass in" in one or "is below" in one for one in sentences(run))


@pytest.mark.parametrize("reset", ["after", "before"])
def test_each_computation_tells_of_its_own(reset: str) -> None:
    run = recording(model(reset=reset), 12)
    step = run.step(5)
    whole = {c: sentences(run, 5, None, c) for c in COMPUTATIONS[reset]}  # type: ignore[index]
    largest = int(np.abs(step.hidden_n).argmax())
    assert whole["hidden_n"] == [f"The candidate's hidden part is largest in unit {largest}: "
                                 f"{two(float(step.hidden_n[largest]))}."]  # fmt: skip
    before = step.hidden_n if reset == "after" else step.h_prev
    unit = int(np.abs(before.astype(float) - step.reset_product).argmax())
    assert whole["reset_product"][0].endswith(
        f"of unit {unit} most, from {two(float(before[unit]))} to "
        f"{two(float(step.reset_product[unit]))}."
    )
    n = [abs(float(one)) for one in step.n]
    assert whole["n"][0] == (
        f"The candidate is beyond ±0.9 in {sum(one > 0.9 for one in n)} of 16 units, nearest to 0 "
        f"in unit {n.index(min(n))}: {two(float(step.n[n.index(min(n))]))}."
    )
    assert set(whole["r"]) | set(whole["z"]) | set(whole["blend"]) <= {*sentences(run, 5)}


def test_the_same_words_each_time() -> None:
    run = recording(model(), 12)
    assert sentences(run, 5) == sentences(run, 5)
    unit = sentences(run, 5, 3)
    assert len(unit) == 6
    assert unit[1].startswith("z[3] = ")
    assert sentences(run, 5, 3, "z") == [unit[1]]
    assert sentences(run, 5, 3, "z", notation="course")[0].startswith("Γu[3] = ")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"t": 99}, "no step 99"), ({"t": 3, "unit": 16}, "16"), ({"unit": 3}, "give one"),
        ({"t": 3, "computation": "q"}, "no computation 'q'"), ({"layer": 4}, "layer"),
        ({"t": 3, "notation": "latin"}, "no notation 'latin'"), ({"low": 2}, "from 0 to 1"),
        ({"low": 0.5, "high": 0.4}, "in order"), ({"lowest": 0.4}, "no threshold"),
    ],
)  # fmt: skip
def test_what_the_run_lacks_is_told(more: dict[str, Any], why: str) -> None:
    m = model()
    with pytest.raises(InputError, match=why):
        Trace(m, "abcabcabc").sentences(**more)
