"""The bundled tour: what it calls right is right, by arithmetic of this test's own."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from gru_debugger import api
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.formats import load_model
from gru_debugger.lessons.live import Live, in_calculation, in_percent
from gru_debugger.lessons.reading import read
from gru_debugger.lessons.tour import BUNDLED, Asked, Stop
from gru_debugger.numerals import two
from gru_debugger.questions.influence_in_words import times

TOUR = read(BUNDLED)


@cache
def run(name: str) -> api.Trace:
    made = load_model(name)
    assert made.example is not None
    return api.trace(made, made.example.text)


def live(stop: Stop) -> Live:
    return Live(stop, run(stop.model))


def by_heading(words: str) -> Live:
    (stop,) = (stop for stop in TOUR.stops if words in stop.heading)
    return live(stop)


def half_life(name: str, unit: int) -> float:
    """By its definition, a step at a time."""
    trace, logs = run(name), 0.0
    for t in range(1, trace.steps + 1):
        logs += float(np.log(float(trace.step(t).z[unit])))
    return float(np.log(0.5)) / (logs / trace.steps)


def direct(name: str, t: int, back: int, seed: np.ndarray) -> float:
    """What is left of a gradient that passes each step multiplied by z alone."""
    left = seed.astype(np.float64)
    for s in range(t, t - back, -1):
        left = left * run(name).step(s).z
    return float(np.linalg.norm(left) / np.linalg.norm(seed))


def logit_row(name: str, t: int) -> np.ndarray:
    made = run(name).model
    assert made.output is not None
    return np.asarray(made.output.weight[int(run(name).step(t).logits.argmax())])


@pytest.mark.parametrize("stop", TOUR.stops, ids=lambda stop: stop.heading)
def test_one_answer_is_right_and_all_words_are_filled(stop: Stop) -> None:
    there = live(stop)
    if stop is TOUR.stops[-1]:  # what is to be remembered
        assert there.right == 0
        assert len(stop.points) >= 3
    else:
        assert 1 <= there.right <= len(stop.answers)
        assert len({there.words(answer.words, "pytorch") for answer in stop.answers}) > 1
    points = [words for point in stop.points for words in point]
    for words in (stop.say, stop.formula, stop.worked, stop.ask, stop.then, *points):
        for notation in ("pytorch", "course"):
            filled = there.words(words, notation)
            assert not re.search(r"[{}]|\[\d\]|no number", filled)
    for mark in (*stop.marks, *([stop.hidden] if stop.hidden else [])):
        assert re.fullmatch(r"[a-z_]+\[\d+\]", mark)
    said = [there.words(one, "pytorch") for one in (stop.say, stop.formula)]
    assert all(f"[{i}]" in stop.say["pytorch"] + stop.ask["pytorch"]
               for i in range(1, len(stop.marks) + 1)), said  # fmt: skip


def test_what_is_asked_is_not_yet_shown() -> None:
    """Where an answer is to stand, the window has not computed it."""
    from gru_debugger.core.quantities import is_computed

    hiding = [stop for stop in TOUR.stops if stop.hidden]
    assert len(hiding) >= 5
    for stop in hiding:
        name = stop.hidden.partition("[")[0]
        assert not is_computed(name, stop.computation, "after"), stop.heading
        for mark in stop.marks:
            assert is_computed(mark.partition("[")[0], stop.computation, "after"), mark


def test_forgetting_keeping_and_blending() -> None:
    step = run("bundled:sixteen").step(34)
    assert step.h[9] < -0.9 < 0.7 < step.h_prev[9]
    assert by_heading("z is near 0").right == 2
    assert abs(step.h[0] - step.h_prev[0]) < 0.05
    assert by_heading("z is near 1").right == 3
    assert min(step.h_prev[5], step.n[5]) < step.h[5] < max(step.h_prev[5], step.n[5])
    assert by_heading("in between").right == 1


def test_the_worked_line_adds_up() -> None:
    step, there = run("bundled:sixteen").step(34), by_heading("z is near 0")
    z, n, old = (float(values[9]) for values in (step.z, step.n, step.h_prev))
    new = (1 - z) * n + z * old
    assert n < 0 < old
    said = f"= {1 - z:.3f} · (−{-n:.3f}) + {z:.4f} · {old:.3f} = {two(new)}"
    assert there.words(there.stop.worked, "pytorch") == said


def test_who_calculates_with_the_worked_lines_gets_there() -> None:
    """What is printed, worked out as it is printed."""
    found = 0
    for stop in TOUR.stops:
        for notation in ("pytorch", "course"):
            parts = live(stop).words(stop.worked, notation).removeprefix("= ").split(" = ")
            if len(parts) == 2 and re.fullmatch(r"(tanh)?[\d.()−+· ]+", parts[0]):
                written = parts[0].replace("−", "-").replace("·", "*")
                sum_ = eval(written, {"__builtins__": {}, "tanh": np.tanh})
                told = parts[1].replace("−", "-")
                digits = len(told.partition(".")[2])
                assert abs(sum_ - float(told)) <= 0.6 * 10**-digits, (stop.heading, parts)
                found += 1
    assert found >= 8


def test_the_gate_lies_between_0_and_1() -> None:
    there = by_heading("between 0 and 1")
    s = float(run("bundled:sixteen").step(34).sum_z[9])
    assert there.values["z"] == pytest.approx(1 / (1 + np.exp(-s)), abs=1e-6)
    assert there.right == 3
    assert 0 < there.values["z"] < 0.1


def test_where_the_reset_gate_decides() -> None:
    """Step 48: with r = 1 the candidate would be of the other sign, and nearly as large."""
    step, there = run("bundled:sixteen").step(48), by_heading("What the reset gate does")
    assert there.target.step == 48
    letter, old, r = (float(values[9]) for values in (step.input_n, step.hidden_n, step.r))
    assert np.tanh(letter + r * old) == pytest.approx(float(step.n[9]), abs=1e-6)
    assert there.values["open"] == pytest.approx(np.tanh(letter + old), abs=1e-6)
    assert there.values["alone"] == pytest.approx(np.tanh(letter), abs=1e-6)
    assert step.n[9] < -0.9
    assert there.values["open"] > 0.9
    assert there.right == 3
    own = [there.words(answer.words, "pytorch") for answer in there.stop.answers]
    assert two(float(step.n[9])) in own[2], "the same number as in the answer"
    assert there.values["product"] == pytest.approx(r * old, abs=1e-6)
    words = there.words(there.stop.then, "pytorch")
    assert f"tanh({two(letter)} + {two(old)}) = {two(float(np.tanh(letter + old)))}" in words


@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_a_product_that_is_told_is_that_of_what_is_told(notation: str) -> None:
    """The reset gate's stop; and of the forgetting one the share is the z that it is told with."""
    there = by_heading("What the reset gate does")
    words = there.words(there.stop.then, notation)
    found = re.search(r"only ([\d.]+) · ([\d.]+) = ([\d.]+) comes", words)
    assert found is not None
    r, old, product = (float(one) for one in found.groups())
    assert abs(r * old - product) < 0.0006
    there = by_heading("z is near 0")
    z = there.words({notation: "{z}"}, notation)
    assert f"only {z} times the old" in there.words(there.stop.then, notation)


def test_half_lives() -> None:
    there = live(next(stop for stop in TOUR.stops if "remember" in stop.heading))
    assert there.values["half"] == pytest.approx(half_life("bundled:sonnets", 183), rel=1e-4)
    assert there.right == 3
    assert there.values["kept"] == pytest.approx(0.5 ** (1 / there.values["half"]), rel=1e-6)
    z = np.array([run("bundled:sonnets").step(t).z for t in range(1, 417)], dtype=float)
    lives = np.log(0.5) / np.log(z).mean(axis=0)
    assert there.values["short"] == np.count_nonzero(lives < 1)
    assert lives.argmax() == 183


@pytest.mark.parametrize("heading", ["left of a gradient", "for the prediction", "small network"])
def test_gradients_by_the_direct_path(heading: str) -> None:
    there = by_heading(heading)
    name, t = there.stop.model, there.target.step
    one = np.eye(256)[183] if "h[183]" in there.stop.at else None
    seed = one if heading == "left of a gradient" and one is not None else logit_row(name, t)
    for value, asked in there.stop.values.items():
        if isinstance(asked, Asked) and asked.kind == "left" and asked.what == "direct":
            expected = direct(name, t, asked.more["back"], seed)
            assert there.values[value] == pytest.approx(expected, rel=1e-4)


def test_what_is_said_of_gradients() -> None:
    """Each comparison that is made in words."""
    unit, letter, small = (
        by_heading(one).values for one in ("left of a gradient", "for the prediction", "small netw")
    )
    assert unit["direct"] > 0.1 * unit["whole"], "else it must not say “because”"
    assert letter["direct"] / letter["whole"] == pytest.approx(0.1, abs=0.03), "about a tenth"
    assert letter["held"] < 0.2 * letter["whole"], "the rest goes through the gates' own sums"
    text = run("bundled:sonnets").text
    assert text is not None
    assert text[130 - 1 :].startswith(" the remover"), "step 130, the space before it"
    text = run("bundled:sixteen").text
    assert text is not None
    assert text[14 - 1 :].startswith("the wind"), "step 14"
    assert [by_heading(one).target.step - 20 for one in ("left of a gradient", "small netw")] == [
        130, 14
    ]
    last = live(TOUR.stops[-1]).values
    assert all(last[name] == small[name] for name in ("whole", "direct")), "this network's own"
    assert small["held"] < 0.1 * small["whole"]
    z = np.array([run("bundled:sixteen").step(t).z for t in range(1, 116)], dtype=float)
    means = np.exp(np.log(z).mean(axis=0))
    assert means.argmax() == 9
    assert means[9] < 0.1, "no unit holds for long"
    short = by_heading("a unit remember").values["short"]
    assert isinstance(short, float)
    assert short > 0.9 * 256, "few hold"


def test_the_direct_path_of_the_small_network_is_soon_below_the_plain_rnn() -> None:
    stop = by_heading("small network").stop
    for back in (3, 5, 10, 20):
        asked = {kind: Asked("left", kind, {"back": back}) for kind in ("direct", "plain_rnn")}
        found = Live(Stop(**{**vars(stop), "values": asked}), run(stop.model)).values
        assert found["direct"] < found["plain_rnn"]


def test_because_of_z_is_said_only_where_it_is() -> None:
    for stop in TOUR.stops:
        there = live(stop)
        if "because z" in there.words(stop.then, "pytorch"):
            assert there.values["direct"] >= 0.1 * there.values["whole"]


def test_two_right_answers_are_refused() -> None:
    stop = TOUR.stops[0]
    both = (stop.answers[1], stop.answers[1])
    wrong = Live(Stop(**{**vars(stop), "answers": both}), run(stop.model))
    with pytest.raises(InputError, match="2 of its answers are right"):
        _ = wrong.right


def test_what_the_run_lacks_is_told() -> None:
    stop = Stop(**{**vars(TOUR.stops[0]), "at": "", "where": "z[0] > 2"})
    with pytest.raises(InputError, match="holds at no step"):
        _ = Live(stop, run(stop.model)).target
    stop = Stop(**{**vars(TOUR.stops[0]), "values": {"z": "z[99]"}})
    with pytest.raises(InputError):
        _ = Live(stop, run(stop.model)).values


def test_the_first_step_where_a_condition_holds() -> None:
    stop = Stop(**{**vars(TOUR.stops[0]), "at": "", "where": "z[9] < 0.05"})
    trace: Trace = run(stop.model)
    first = next(t for t in range(1, 115) if trace.step(t).z[9] < 0.05)
    assert Live(stop, trace).target.step == first


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.6, "60 %"), (0.038, "3.8 %"), (3e-4, "0.03 %"), (1.2e-7, "one part in 8.3 million"),
     (0.0, "0 %")],
)
def test_small_shares_are_not_called_nothing(share: float, said: str) -> None:
    assert in_percent(share).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(("value", "said"), [(0.9991, "0.999"), (-0.9999, "−0.9999"), (1.0, "1.00"),
                                             (0.77, "0.77"), (0.0009, "0.001")])  # fmt: skip
def test_no_gate_is_said_to_be_at_its_end(value: float, said: str) -> None:
    assert two(value) == said


def test_what_is_negative_stands_in_brackets() -> None:
    assert [in_calculation(value) for value in (-0.5, 0.5, 0.0275, 1e-9)] == [
        "(−0.500)", "0.500", "0.0275", "0.0000"
    ]


def said(notation: str) -> str:
    parts = [(there.stop.headings, there.stop.say, there.stop.ask, there.stop.then,
              *(words for point in there.stop.points for words in point))
             for there in map(live, TOUR.stops)]  # fmt: skip
    stops = zip(map(live, TOUR.stops), parts, strict=True)
    return "\n".join(there.words(one, notation) for there, four in stops for one in four)


@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_a_gate_is_said_to_be_near_0_or_1_and_not_shut_or_open(notation: str) -> None:
    """Which of the two would be “shut” depends on the notation."""
    assert not re.search(r"\b([Ss]hut|[Cc]los(es|ed))\b", said(notation))
    assert not re.search(r"e−\d", said(notation)), "no powers of ten"


def test_the_last_words_name_the_gates_as_they_are_written() -> None:
    """The forum's three questions, answered in either notation."""
    last = live(TOUR.stops[-1])
    for notation, own in (("pytorch", ("z near 1 keeps", "What does r tell?", "z help against")),
                          ("course", ("Γu near 0 keeps", "What does Γr tell?",
                                      "How can Γu lie between 0 and 1?"))):  # fmt: skip
        words = " ".join(last.words(one, notation) for pair in last.stop.points for one in pair)
        words = words.replace("\N{NO-BREAK SPACE}", " ")
        assert all(one in words for one in (*own, "1 − ", "Γu", "Γr", "vanishing gradients"))


def test_the_half_life_of_the_last_steps() -> None:
    there, trace = by_heading("left of a gradient"), run("bundled:sonnets")
    zs = [float(trace.step(t).z[183]) for t in range(118, 151)]
    expected = np.log(0.5) / np.mean(np.log(zs))

    def back(steps: int) -> Live:
        asked = {"x": Asked("half_life", 183, {"back": steps})}
        return Live(Stop(**{**vars(there.stop), "values": asked}), trace)

    assert back(33).values["x"] == pytest.approx(expected, rel=1e-4)
    with pytest.raises(InputError, match="leads to no step"):
        _ = back(151).values


def test_how_many_times_as_much() -> None:
    there = by_heading("left of a gradient")
    ratio = float(there.values["whole"]) / float(there.values["plain"])
    assert ratio > 10
    words = there.words({"pytorch": "{whole/plain} times"}, "pytorch")
    assert words == f"{times(ratio)} times"


def test_panes_are_shown_where_gradients_are_spoken_of() -> None:
    asking = {stop.heading for stop in TOUR.stops[:-1] for value in stop.values.values()
              if isinstance(value, Asked) and value.kind == "left"}  # fmt: skip
    assert {stop.heading for stop in TOUR.stops if "influence" in stop.show} == asking
    shown = [stop for stop in TOUR.stops if "influence" in stop.show]
    assert [stop.of_selected for stop in shown] == [True, False, False]


def test_no_number_is_right_more_often_than_the_others() -> None:
    right = [live(stop).right for stop in TOUR.stops if stop.answers]
    assert [right.count(number) for number in (1, 2, 3)] == [4, 4, 4]


@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_of_gradients_no_paragraph_has_more_than_two_shares(notation: str) -> None:
    for heading in ("left of a gradient", "for the prediction", "small network"):
        stop = by_heading(heading).stop
        assert all(words[notation].count("%}") <= 2 for words in (stop.say, stop.then))
