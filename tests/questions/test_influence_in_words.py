"""The sentences of a value's gradients never say what the numbers do not."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from edges import any_thresholds
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import model, recording, text_for

import gru_debugger
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import MINUS
from gru_debugger.phrases import in_text
from gru_debugger.questions.influence import Influence, influence
from gru_debugger.questions.influence_in_words import (
    Shares,
    carried_by,
    held,
    left,
    of_value,
    sentences,
    spoken,
    times,
)
from gru_debugger.questions.thresholds import USUAL, Thresholds

BACK = re.compile(
    r"^(?:(One|\d+) steps? back|At the initial state) "
    r"(?:(?:nothing|(?P<left>\S+\s?%|\S+)) of the gradient is left|"
    r"the gradient is (?P<times>\S+) times as strong)\."
)
MANY = re.compile(r"it would be (\S+(?: [mb]illion)?) times (less|more)\.")
HELD = re.compile(
    r"With (.+) held constant (?:(?:nothing|(?P<left>\S+\s?%|\S+)) of the gradient is left|"
    r"nothing is left|the gradient is (?P<times>\S+) times as strong)\."
)
DIRECT = re.compile(r"(\S+) ?%? is kept directly,( because z is near 1,)?")
AFTER = re.compile(r"Directly kept is [^.]*?[^ ]* after (one step|\d+ steps)\.")
CARRY = re.compile(r"kept directly,[^.]*? (nearly all|most) in units? ([\d, ]+?)\.")
SPOKE = re.compile(r"([Mm]ost (?:for|against) it)(?: speaks)? .+? of step ([\d,]+) \((\S+)\)")
WORDS = {"million": 1e6, "billion": 1e9}


def number(said: str) -> float:
    value, _, word = said.replace(MINUS, "-").replace("\u00a0", " ").replace(",", "").partition(" ")
    return float(value.rstrip("%")) * WORDS.get(word, 0.01 if "%" in said else 1.0)


def said(run: Trace, t: int, of: str | None = None, place: Any = (0, "forward")) -> str:
    return words_of(influence(run, t, of), place)


def words_of(found: Influence, place: Any, bounds: Thresholds = USUAL) -> str:
    said = sentences(Shares(found, place, bounds))
    return " ".join(span.text for span in [*said, *spoken(found)])


def test_what_the_bundled_models_say() -> None:
    sixteen = gru_debugger.load_model("bundled:sixteen")
    assert said(gru_debugger.trace(sixteen, sixteen.example.text), 34) == (
        "33 steps back 1.0\u00a0% of the gradient is left. As a plain RNN it would be 86,000 times "
        "less. Directly kept is 0.2\u00a0% after 3 steps. The gates pass the rest. Most for it "
        "speaks “h” of step 32 (+6.48), most against it space of step 31 (−0.81)."
    )
    few = said(gru_debugger.trace(sixteen, sixteen.example.text), 5)
    assert few.startswith("4 steps back the gradient is 3.9 times as strong.")
    assert "after one step. Gates and candidate pass the rest. Most for it" in few
    sonnets = gru_debugger.load_model("bundled:sonnets")
    assert said(gru_debugger.trace(sonnets, sonnets.example.text), 150).startswith(
        "33 steps back 60\u00a0% of the gradient is left. As a plain RNN it would be 5.1 million "
        "times less. 3.8\u00a0% is kept directly, nearly all in units 183, 241, 179. The gates pass"
    ), "z is not told as the reason: a fifteenth of the whole comes directly"


def held_is_true(shares: Shares, share: float) -> bool:
    """Whether what is told of held gates is this share."""
    constant = HELD.search(in_text(held(shares)))
    told = constant and (constant["left"] or constant["times"])
    if not constant or not told:
        return constant is not None and not share
    if (constant["times"] is None) != (share <= 1):
        return False
    return number(told) == pytest.approx(share, rel=0.5, abs=6e-4)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_sentences_never_contradict_the_numbers(data: st.DataObject) -> None:
    draw = data.draw
    network = model(
        hidden=draw(st.integers(1, 8)), reset=draw(st.sampled_from(["after", "before"])),
        directions=draw(st.integers(1, 2)), seed=draw(st.integers(0, 200)),
        scale=draw(st.sampled_from([0.05, 0.5, 1.5, 4.0])),
    )  # fmt: skip
    run = Trace(network, text_for(network, draw(st.integers(1, 45)))).finish()
    place = draw(st.sampled_from(network.places))
    t = draw(st.integers(1, run.steps))
    end = "_l0" + "_reverse" * (place[1] == "reverse")
    of = draw(st.none() | st.sampled_from([f"h{end}[0]", f"z{end}[0]", f"sum_n{end}[0]"]))
    found = influence(run, t, of)
    bounds = draw(st.just(USUAL) | any_thresholds())
    words = words_of(found, place, bounds)
    shares = Shares(found, place)
    if words.startswith(("No earlier state", "Of all earlier states only the initial")):
        assert not shares.rows
        assert words.startswith("No") == (not shares.is_initial(shares.begin) or not shares.start)
        return
    back = BACK.match(words)
    assert back, words
    n = int(back[1]) if back[1] and back[1] != "One" else 1
    assert (back[1] is None) == (shares.step(n) in (0, run.steps + 1)), "and it is called so"
    assert n == shares.rows[-1].back == min(33, shares.most)
    name = shares.name
    row = found.row(shares.step(n), place)
    paths = "", "direct_", "constant_gates_", "plain_rnn_"
    lengths = {path: found.norms[f"{path}{name}"][row] for path in paths}
    start = np.linalg.norm(found[name][found.row(found.begins(place), place)].astype(float))
    whole = lengths[""] / start
    assert (back["times"] is not None) == (whole > 1) or whole == pytest.approx(1)
    if part_of := back["left"] or back["times"]:
        assert number(part_of) == pytest.approx(whole, rel=0.5, abs=6e-4)
    many = MANY.search(words)
    if many:
        ratio = lengths[""] / lengths["plain_rnn_"]
        assert number(many[1]) == pytest.approx(ratio if many[2] == "less" else 1 / ratio, rel=0.06)
    after = AFTER.search(words)
    if after:  # the last of the steps that it tells of where so much is left, or the first
        there = 1 if after[1] == "one step" else int(after[1].split()[0])
        told = {one.back: one.direct for one in shares.rows}
        assert told[there] >= bounds.kept or there == min(told)
        assert all(share < bounds.kept for back, share in told.items() if back > there)
    carry = CARRY.search(words)
    if carry:
        squares = found[f"direct_{name}"][row].astype(float) ** 2
        part = squares[[int(one) for one in carry[2].split(", ")]].sum() / squares.sum()
        assert (carry[1] == "nearly all") == (part >= bounds.carried) or part == pytest.approx(
            bounds.carried, abs=1e-6)  # fmt: skip
    direct = DIRECT.search(words)
    if direct and direct[2]:
        assert lengths["direct_"] >= 0.999 * bounds.direct * lengths[""]
        unit = int(re.search(r"in units? ([\d,]+?)[,.]? ", words + " ")[1].replace(",", ""))  # type: ignore[index]
        z = [run.step(step, *place).z[unit] for step in (
            range(shares.step(n) + 1, shares.begin + 1) if place[1] == "forward"
            else range(shares.begin, shares.step(n)))]  # fmt: skip
        assert np.prod(np.float64(z)) ** (1 / n) >= bounds.high - 1e-5
    for who, step, value in SPOKE.findall(words):
        spoke = found["attribution"]
        assert number(value) == pytest.approx(spoke[int(step) - 1], rel=0.1, abs=6e-3)
        assert spoke[int(step) - 1] == (spoke.max() if "for" in who else spoke.min())
    assert held_is_true(shares, lengths["constant_gates_"] / start) or not lengths[""]
    if "The gates pass the rest" in words:
        assert lengths["constant_gates_"] < 1.001 * bounds.direct * lengths[""]
    if "comes through the candidate" in words:
        assert lengths["constant_gates_"] > 0.499 * lengths[""]


def test_what_would_be_left_with_the_gates_held() -> None:
    sixteen = gru_debugger.load_model("bundled:sixteen")
    run = gru_debugger.trace(sixteen, sixteen.example.text)
    shares = Shares(influence(run, 34), (0, "forward"))
    assert in_text(held(shares)) == "With r and z held constant 3e−6 of the gradient is left."
    assert in_text(held(shares, "course")).startswith("With Γr and Γu held constant 3e−6")
    assert not held(Shares(influence(run, 1, "z[3]"), (0, "forward"))), "that begins with h(0)"
    away = run.what_if("h = 0 at 20")
    assert not held(Shares(influence(away, 34), (0, "forward"))), "of nothing, nothing is told"
    silent = run.what_if("z = 0", "r = 0")
    only = in_text(held(Shares(influence(silent, 34, "h[3]"), (0, "forward"))))
    assert only in ("", "With r and z held constant nothing is left.")


def test_z_near_one_is_told_where_it_is_the_reason() -> None:
    run = Trace(model(hidden=6, scale=1.0), "abab" * 10).finish()
    kept = run.what_if("z[3] = 0.97")
    words = said(kept, 40, "h[3]")
    assert "is kept directly, because z is near 1, nearly all in unit 3." in words
    found = influence(kept, 40, "h[3]")
    course = " ".join(span.text for span in sentences(Shares(found, (0, "forward")), "course"))
    assert "because Γu is near 0," in course
    assert "because z" not in said(run.what_if("z[3] = 0.5"), 40, "h[3]")


def test_which_units_carry_it() -> None:
    run = gru_debugger.trace(gru_debugger.load_model("bundled:sixteen"), "the man said the wind")
    found = influence(run, 20)
    words = carried_by(Shares(found, (0, "forward")))
    squares = found["h_l0"][1].astype(float) ** 2
    named = [int(unit) for unit in re.findall(r"\d+", words)][1:]
    assert words.startswith("19 steps back ")
    assert named == np.argsort(-squares)[: len(named)].tolist()
    part = squares[named].sum() / squares.sum()
    assert ("nearly all of it, by all paths, in" in words) == (part >= 0.9)
    assert carried_by(Shares(influence(run, 1), (0, "forward"))).startswith("At the initial state")
    assert carried_by(Shares(influence(run, 1, "z[3]"), (0, "forward"))) == ""


@pytest.mark.parametrize("directions", [1, 2])
def test_the_first_step_s_value_is_moved_by_the_initial_state(directions: int) -> None:
    run = recording(model(directions=directions, seed=3), 6)
    for end, t, before, place in (("", 1, 0, (0, "forward")), ("_reverse", 6, 7, (0, "reverse"))):
        if place not in run.model.places:
            continue
        found = influence(run, t, f"h_l0{end}[0]")
        shares = Shares(found, place)
        assert [(row.back, row.step) for row in shares.rows] == [(1, before)]
        length = float(np.linalg.norm(found[f"h_l0{end}"][found.row(before, place)]))
        assert shares.rows[0].whole == pytest.approx(length, rel=1e-5)
        assert length > 0
        assert in_text(sentences(shares)).startswith(
            f"At the initial state {left(length)} of the gradient is left.")  # fmt: skip
        only = Shares(influence(run, t, f"z_l0{end}[0]"), place)
        assert in_text(sentences(only)) == "Of all earlier states only the initial one moves it."


@pytest.mark.parametrize(("share", "words"), [
    (0.5979, "60\u00a0%"), (0.0104, "1.0\u00a0%"), (0.0018, "0.2\u00a0%"), (3e-10, "3e−10"),
    (0, "0"), (2.67, "267\u00a0%"),
    (12.3, "12 times"), (312, "310 times"), (12_300, "1e4 times"), (1e9, "1e9 times"),
])  # fmt: skip
def test_shares(share: float, words: str) -> None:
    assert left(share) == words


@pytest.mark.parametrize(("ratio", "words"), [
    (86_424, "86,000"), (5.12e6, "5.1 million"), (2.43e9, "2.4 billion"), (1.34, "1.3"),
    (12.3, "12"), (3e16, "3.0e16"), (999_600, "1 million"), (9.96, "10"),
])  # fmt: skip
def test_times(ratio: float, words: str) -> None:
    assert times(ratio) == words


def test_what_it_is_of() -> None:
    run = gru_debugger.trace(gru_debugger.load_model("bundled:sixteen"), "the cat")
    symbols = run.model.vocabulary
    for of, words in ((None, "the logit of space"), ("h[9]", "h[9]"),
                      ('probability("e")', "the probability of “e”")):  # fmt: skip
        assert of_value(influence(run, 7, of).value, symbols) == words
