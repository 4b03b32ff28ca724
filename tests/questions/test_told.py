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
from edges import any_thresholds
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
from gru_debugger.questions.overview import Survey
from gru_debugger.questions.run_sentences import RunCounts, run_sentences
from gru_debugger.questions.step_sentences import share_in_words
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.questions.told import sentences
from gru_debugger.questions.writes import half_life_of

STEPS = 24
EDITS = "r{end}[2] = 0.3 from 4 to 9", "z{end}[1] = 0 at 12", "h{end}[3] = 0.6 at 7"
SHARE = r"(?:(?:less|more) than )?[\d.]+\xa0%"

runs = st.builds(lambda seed: any_run(seed, STEPS, *EDITS), st.integers(0, 40))
edges = any_thresholds()


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


def percents(words: str) -> float:
    """As a share."""
    return float(words.removesuffix("\xa0%")) / 100


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
    kept = counts(step.z, bounds.low, bounds.high)
    assert (int(few), int(many)) == (kept[::-1] if course else kept)
    ends = (1 - bounds.high, 1 - bounds.low) if course else (bounds.low, bounds.high)
    assert (percents(low), percents(high)) == pytest.approx(ends, abs=1e-9), "to the last digit"
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
        rf"than {bounds.little:g}\.", said)  # fmt: skip
    assert int(unit) == change.index(max(change))
    assert (old, new) == (two(float(step.h_prev[int(unit)])), two(float(step.h[int(unit)])))
    assert int(small) == sum(one < bounds.little for one in change)
    near, far = np.float32(bounds.saturated), np.float32(1 - bounds.saturated)
    ends = [sum((one < near, one > far)[i] for one in values)
            for values, order in ((step.z, (1, 0) if course else (0, 1)), (step.r, (0, 1)))
            for i in order]  # fmt: skip
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
@given(run=runs, bounds=edges, data=st.data())
def test_what_is_said_of_the_next_character_is_so(
    run: CoreTrace, bounds: Thresholds, data: Any
) -> None:
    t = data.draw(st.integers(1, STEPS))
    step, vocabulary = run.step(t), run.model.vocabulary
    said = sentences(run, t, thresholds=bounds)
    if not run.predicts_next:
        assert not any("network" in one for one in said)
        return
    p = [float(one) for one in step.probabilities]
    assert vocabulary is not None
    best = vocabulary[p.index(max(p))]
    (words,) = (one for one in said if one.startswith("The network"))
    assert printable(best) in words
    assert share_in_words(max(p)) in words
    grade = "undecided"
    if max(p) > bounds.leaning:
        grade = "almost sure" if max(p) > bounds.sure else "leans"
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


def commas(units: list[int]) -> str:
    return listed(units).replace(" ", ", ")


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
    h = [[float(step.h[unit]) for step in steps] for unit in range(5)]
    dead = [i for i in range(5) if max(map(abs, h[i])) < bounds.dead]
    still = [i for i in range(5)
             if statistics.pstdev(h[i]) < bounds.constant and i not in dead]  # fmt: skip
    c = "c" if course else "h"
    idle = [one for one in said if one.startswith(("Dead", "No unit is dead"))]
    assert idle == [
        f"Dead, |{c}| below {bounds.dead:g} throughout: {commas(dead) or 'none'}; constant, others "
        f"with a standard deviation below {bounds.constant:g}: {commas(still) or 'none'}."
        if dead or still else
        f"No unit is dead (|{c}| below {bounds.dead:g} throughout), none constant (standard "
        f"deviation below {bounds.constant:g})."
    ]  # fmt: skip
    for what, always in (
        ("keep", [i for i in range(5) if all(s.z[i] > np.float32(bounds.high) for s in steps)]),
        ("take", [i for i in range(5) if all(s.z[i] < np.float32(bounds.low) for s in steps)]),
    ):
        told = f"Units that almost always {what}: {commas(always)}."
        assert (told in said) == bool(always)
    lives = [half_life_of(run, unit, *place) for unit in range(5)]
    unit, life = found(r"Unit (\d+) holds longest: it loses half in (.+) steps\.", said)
    assert lives[int(unit)] == pytest.approx(max(lives), rel=1e-6)
    many = lives[int(unit)] >= 9.995
    assert number(life) == pytest.approx(lives[int(unit)], rel=1e-5, abs=0.51 if many else 0.0051)
    assert ("." in life) == (not many)


@settings(max_examples=60, deadline=None)
@given(run=runs, bounds=edges, course=st.booleans(), data=st.data())
def test_a_unit_s_sentences_are_graded_by_the_thresholds(
    run: CoreTrace, bounds: Thresholds, course: bool, data: Any
) -> None:
    place, t = data.draw(st.sampled_from(run.model.places)), data.draw(st.integers(1, STEPS))
    unit, step = data.draw(st.integers(0, 4)), run.step(t, *place)
    notation: Any = "course" if course else "pytorch"
    (words,) = sentences(run, t, unit, "blend", *place, notation, bounds)
    if "set by hand" in words:
        return
    z, old, new = (float(step.values[q][unit]) for q in ("z", "h_prev", "h"))
    assert ("almost fully dropped" in words) == (0 <= z < bounds.low)
    assert ("almost fully kept" in words) == (z >= bounds.low and bounds.high < z <= 1)
    other = 0 <= z < bounds.low and old * new < 0 and min(abs(old), abs(new)) > bounds.little
    assert ("with the other sign" in words) == other
    name, value = found(r"(\S+)\[\d+\] = (\S+): .+", [words])
    assert (name, value) == ("Γu" if course else "z", two(1 - z if course else z))
    (words,) = sentences(run, t, None, "n", *place, notation, bounds)[:1]
    full, many = found(r"The candidate is beyond ±(\S+) in (\d) of 5 units, .+", [words])
    assert number(full) == bounds.full
    assert int(many) == sum(abs(float(one)) > np.float32(bounds.full) for one in step.n)


def test_another_notation_counts_nothing_otherwise() -> None:
    """Also where the two thresholds do not stand at equal distances."""
    run, bounds = recording(model(), 30), Thresholds(low=0.2, high=0.65)
    for t in range(1, 31):
        words = (sentences(run, t, None, "z", notation=n, thresholds=bounds)[0]
                 for n in ("pytorch", "course"))  # fmt: skip
        few, low, many, high = found(r"(\d+) of 16 units keep less than (.+) of their old value, "
                                     r"(\d+) more than (.+);.+", [next(words)])  # fmt: skip
        assert (low, high) == ("20\xa0%", "65\xa0%")
        assert found(r"(\d+) of 16 units replace less than (.+) of their old value, (\d+) more "
                     r"than (.+);.+", [next(words)]) == (many, "35\xa0%", few, "80\xa0%")


@pytest.mark.parametrize(
    "wrong",
    [{"low": 0.3, "high": 0.2}, {"leaning": 0.95}, {"saturated": 0.51}, {"sure": 1.01},
     {"full": 10.5}, {"low": -0.1}, {"low": float("nan")}, {"low": 0.12345}, {"low": True},
     {"low": "0.1"}, {"low": 10**400}],
)  # fmt: skip
def test_thresholds_are_numbers_in_range(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as fault:
        Thresholds(**wrong)
    assert len(str(fault.value).splitlines()) == 1
    with pytest.raises(InputError, match="no threshold is called 'lowest'"):
        Thresholds.of({"lowest": 0.1})


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
    dead, constant = found(r"Dead, \|h\| below 0\.05 throughout: (.+); constant, others with a "
                           r"standard deviation below 0\.05: (.+)\.", said)  # fmt: skip
    h = [run.step(t).h.astype(float) for t in range(1, 41)]
    units = [[step[unit] for step in h] for unit in range(16)]
    silent = [i for i in range(16) if max(map(abs, units[i])) < 0.05]
    assert dead == commas(silent)
    assert constant == commas(
        [i for i in range(16) if statistics.pstdev(units[i]) < 0.05 and i not in silent])
    assert "2, 7" in dead
    assert "5" in constant.split(", ")
    counts = Survey(run, (0, "forward"))
    while counts.advance():
        pass
    assert counts.units is not None
    assert commas(np.flatnonzero(counts.units.constant).tolist()) == constant, "as the overview"
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
        f"The candidate is beyond ±0.95 in {sum(one > 0.95 for one in n)} of 16 units, nearest to "
        f"0 in unit {n.index(min(n))}: {two(float(step.n[n.index(min(n))]))}."
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


def test_nothing_has_no_digits_behind_it() -> None:
    assert share_in_words(0.0) == "0\u00a0%"
    assert share_in_words(0.0004) == "0.04\u00a0%"
