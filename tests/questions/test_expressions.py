"""Expressions over a whole recording against Python itself, a step at a time."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import VOCABULARY, model

from gru_debugger.api import Trace, trace
from gru_debugger.core.reading import Rows
from gru_debugger.errors import ExpressionError, InputError
from gru_debugger.questions.expressions.stretches import stretches

STEPS = 40
TEXT = "".join(np.random.default_rng(3).choice(list(VOCABULARY[:8]), STEPS))
NAN = float("nan")


@pytest.fixture(params=[(1, 1), (2, 2)], ids=["one layer", "two layers, both directions"])
def run(request: pytest.FixtureRequest) -> Trace:
    return trace(model(16, 8, *request.param, seed=5), TEXT)


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven steps at a time, so that each answer is put together of several: of the first three
    in turn, then by threads."""
    monkeypatch.setattr("gru_debugger.questions.expressions._LONG", 0)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 7)


class World:
    """The names of the language at one step, for Python's own eval: no array of many steps."""

    def __init__(self, run: Trace, t: int) -> None:
        self.run, self.t = run, t

    def names(self) -> dict[str, Any]:
        run, t = self.run, self.t
        found: dict[str, Any] = {"step": t, "character": run.characters[t - 1]}
        for layer, way in run.model.places:
            values = run.step(t, layer, way).values
            end = f"_l{layer}" + ("_reverse" if way == "reverse" else "")
            ours = {name: v.astype(float) for name, v in values.items()}
            found |= {name + end: v for name, v in ours.items()}
            if layer == 0 and way == "forward":
                found |= ours
        p, vocabulary = found["probabilities"], run.model.vocabulary
        assert vocabulary is not None
        last = t == run.steps
        found["next_character"] = None if last else run.characters[t]
        found["predicted"] = vocabulary[int(np.argmax(p))]
        right = NAN if last else p[vocabulary.index(run.characters[t])]
        found["surprise"], found["rank"] = -np.log2(right), NAN if last else (p > right).sum() + 1
        found["probability"] = lambda c: p[vocabulary.index(c)]
        found["ends_with"] = run.text[:t].endswith
        found |= {
            "mean": np.mean, "norm": np.linalg.norm, "argmax": np.argmax, "any": np.any,
            "all": np.all, "sum": np.sum, "max": np.max, "min": np.min, "abs": np.abs,
        }  # fmt: skip
        return found


def close(found: Any, expected: Any) -> None:
    """A product of one row or of many may round the last digit otherwise."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-7, equal_nan=True)


CONDITIONS = [
    "z[9] < 0.5",
    "0.2 < z[9] <= 0.8",
    "max(abs(h - h_prev)) > 0.9",
    "any(take > 0.3) or any(keep[2:9] > 0.5)",
    'character == "a" and max(abs(h - h_prev)) > 0.5',
    'character in " ab" or step >= 35',
    'character not in ["a", "c"]',
    "not (z[3] < 0.5) and r[3] > 0.4",
    "argmax(z) == 9",
    "sum(z > 0.9) >= 3",
    "mean(r < 0.5) > 0.5",
    "any(z < 0.02)",
    "all(h[2:6] < 0.9)",
    "norm(h[:4]) > 1.5",
    "z[9] * 2 - r[1] / 4 + 1 > 1.2",
    "-min(h) > max(h)",
    "predicted == character",
    'probability("a") > 0.2',
    'ends_with("ab")',
    "logits[2] > logits[3]",
    "step / 7 > 4",
    "+h[0] != h[1]",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions(run: Trace, condition: str) -> None:
    expected = [t for t in range(1, STEPS + 1) if eval(condition, World(run, t).names())]
    found = run.where(condition)
    assert found.dtype == np.int64
    assert found.tolist() == expected
    assert np.array_equal(run.evaluate(condition), np.isin(np.arange(1, STEPS + 1), expected))


def test_most_of_them_hold_somewhere_and_not_everywhere() -> None:
    run = trace(model(16, 8, seed=5), TEXT)
    telling = [0 < len(run.where(condition)) < STEPS for condition in CONDITIONS]
    assert sum(telling) >= len(CONDITIONS) - 8


EXPRESSIONS = [
    "z[9]", "h", "h[2:5]", "abs(h - h_prev)", "max(abs(h - h_prev))", "surprise", "rank", "step",
    "argmax(z)", "probabilities", "sum_n[3] / 2", "z < 0.5", 'probability("c")', "x", "take[1]",
    "h[2:5] * z[0]", "(h - h_prev)[4]", "input_r[15]", "hidden_n", "keep[0:2]", "logits[1:3]",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_values(run: Trace, expression: str) -> None:
    expected = np.array([eval(expression, World(run, t).names()) for t in range(1, STEPS + 1)])
    found = run.evaluate(expression)
    assert found.shape == expected.shape
    np.testing.assert_allclose(
        found.astype(float), expected.astype(float), rtol=2e-6, atol=2e-6, equal_nan=True
    )


@pytest.mark.parametrize("expression", ["character", "next_character", "predicted"])
def test_texts(run: Trace, expression: str) -> None:
    expected = [World(run, t).names()[expression] or "" for t in range(1, STEPS + 1)]
    assert run.evaluate(expression).tolist() == expected


PLACES = [(1, 1, ""), (2, 2, "_l1"), (2, 2, "_l0_reverse"), (2, 2, "_l1_reverse")]


@pytest.mark.parametrize(("layers", "directions", "end"), PLACES)
def test_a_step_before_is_the_one_that_was_read_before(
    layers: int, directions: int, end: str
) -> None:
    network = model(16, 8, layers, directions, seed=5)
    h0 = np.random.default_rng(0).standard_normal((layers * directions, 16)).astype(np.float32) / 3
    run = trace(network, TEXT, h0)
    backwards = end.endswith("reverse")

    def earlier(name: str, by: int) -> Any:
        values = np.array(run.column(name + end))
        moved = np.full_like(values, NAN)
        if backwards:
            moved[:-by] = values[by:]
        else:
            moved[by:] = values[:-by]
        return moved

    assert np.array_equal(run.evaluate(f"previous(h{end})"), run.column(f"h_prev{end}"))
    for by in (1, 2, 9):  # farther than a stretch is long
        nested = "previous(" * by + f"z{end}[3]" + ")" * by
        close(run.evaluate(nested), earlier("z", by)[:, 3])
        old = "previous(" * by + f"h{end}" + ")" * by
        expected = earlier("h", by)
        edge = STEPS - by if backwards else by - 1
        expected[edge] = run.column(f"h_prev{end}")[-1 if backwards else 0]
        np.testing.assert_array_equal(run.evaluate(old), expected)
    z = run.column(f"z{end}").astype(float)
    close(run.evaluate(f"changed(z{end})"), np.abs(z - earlier("z", 1)))


@pytest.mark.parametrize(
    "condition",
    [
        "surprise < 1e9", "surprise != 0", "rank >= 1", 'next_character != "?"',
        "next_character == next_character", 'next_character in "abcdefgh \\t\\n"',
        'next_character not in "?"', "surprise == surprise",
    ],
)  # fmt: skip
def test_no_comparison_holds_with_what_is_not_there(condition: str) -> None:
    run = trace(model(16, 8), TEXT)
    assert run.where(condition).tolist() == list(range(1, STEPS))


@pytest.mark.parametrize("condition", ["previous(z[1]) != 5", "previous(step) > 0"])
def test_no_comparison_holds_before_the_first_step(condition: str) -> None:
    assert trace(model(16, 8), TEXT).where(condition).tolist() == list(range(2, STEPS + 1))


def test_not_of_a_comparison_that_does_not_hold() -> None:
    run = trace(model(16, 8), TEXT)
    assert run.where("not (surprise >= 0)").tolist() == [STEPS]


def test_the_reference() -> None:
    run = trace(model(16, 8), TEXT)
    edited = run.what_if("z[9] = 1 at 5")
    apart = edited.evaluate("max(abs(h - reference(h)))")
    expected = np.abs(edited.column("h").astype(float) - run.column("h")).max(axis=1)
    np.testing.assert_array_equal(apart, expected)
    assert edited.where("z[9] != reference(z[9])")[0] == 5
    assert edited.where("previous(z[9]) != reference(previous(z[9]))")[0] == 6


def test_a_minus_may_be_written_as_the_window_writes_it() -> None:
    """But in a text it is a symbol."""
    network = model(16, 2)
    object.__setattr__(network, "vocabulary", ("a", "−"))
    network.__dict__.pop("index_of", None)
    run = trace(network, "a−a")
    plain = run.evaluate("leap: max(h) - 1 > -0.5")
    assert np.array_equal(run.evaluate("leap: max(h) − 1 > −0.5"), plain)
    assert run.where("character == '−' and h[0] > −2").tolist() == [2]
    with pytest.raises(ExpressionError, match="“foo”, character 6: "):
        run.where("−1 < foo")


def test_a_lane_has_a_name() -> None:
    run = trace(model(16, 8), TEXT)
    assert np.array_equal(run.where("leap: z[9] < 0.5"), run.where("z[9] < 0.5"))
    with pytest.raises(ExpressionError, match=re.escape("“q”, character 7:")):
        run.where("leap: q[9] < 0.5")


def test_symbols_of_several_characters() -> None:
    vocabulary = ("<pad>", "a", "b")
    network = model(16, 3)
    object.__setattr__(network, "vocabulary", vocabulary)
    network.__dict__.pop("index_of", None)
    run = trace(network, "ab<pad>ab")
    assert run.where('character == "<pad>"').tolist() == [3]
    assert run.where('character in "<pad>"').tolist() == [1, 4]  # a text stands for its characters
    assert run.where('ends_with("d>a")').tolist() == [4]
    assert run.where('ends_with("b<pad>")').tolist() == [3]


ERRORS = {
    "z < 0.5": "character 1: a value for each of 16 units; write any(z < 0.5), all(z < 0.5) or "
    "z[9] < 0.5.",
    "abs(h) > 1": "write any(abs(h) > 1), all(abs(h) > 1) or abs(h[9]) > 1.",
    "z": "character 1: a number where a truth is wanted; compare it, z[9] < 0.5.",
    "not z[9]": "character 5: a number where a truth is wanted",
    "z[9] = 1": "character 6: write == for “equals”.",
    "z[9] < 0.5 && r[1] > 1": "character 12: write and.",
    "z[9] <": "character 7: it ends too early",
    "z[9] < 0.5)": "character 11: it can't be read from here on",
    "z[16] < 1": "character 1: there are units 0 to 15.",
    "z[3:3] < 1": "there are units 0 to 15",
    "z[-1] < 1": "character 3: a unit is a whole number, counted from 0.",
    "z[0:4:2] < 1": "units follow one another",
    "z[True] < 1": "a unit is a whole number",
    "q[1] > 2": "no quantity is called “q”",
    "surprize > 3": "did you mean “surprise”?",
    "z_l1[3] > 0": "this model has no “z_l1”; its layers end in _l0.",
    'character < "a"': "texts have no order",
    'z[9] < "a"': "a number can't be compared with a text",
    'z[9] == "é" and q > 1': "a number can't be compared with a text",
    '"é" == q': "“q”, character 8",
    "reference(h[9]) > 1": "there is no reference run",
    "foo(z)": "“foo” is no function here; there are abs, all,",
    "max(z[9]) > 1": "one value a step already",
    "max(z, r) > 1": "max takes one argument, max(z).",
    "any(z)": "character 5: a number where a truth is wanted",
    "(z - r[0:3])[1] > 1": "16 values can't be taken with the 3 of “r[0:3]”",
    "z[9] in [1, 2]": "a list holds texts alone",
    "z[9] ** 2 > 1": "there are + - * / only",
    "z[9] is 1": "write == or !=",
    "max(h) > 1e999": "this number is too large",
    'probability("Q") > 1': "the model's vocabulary has no such symbol",
    "probability(character) > 1": "write a text in quotation marks",
    'ends_with("")': "an empty text ends everywhere",
    "lambda: 1": "this is not part of the language",
    "z.shape": "this is not part of the language",
    '__import__("os").system("x")': "is no function here",
    "f'{z}' == character": "this is not part of the language",
    "": "the expression is empty",
    "leap:": "the expression is empty",
    "(" * 300: "can't be read",
    "-" * 900 + "1 > 0": "has too many parts",
    "z[9]" * 300: "has more than 1000 characters",
    "z[9] < 1 or " * 70 + "1 > 0": "has too many parts",
}


@pytest.mark.parametrize("expression", ERRORS)
def test_errors_name_the_place_and_the_mend(expression: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(ERRORS[expression])) as told:
        trace(model(16, 8), TEXT).where(expression)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["predicted", "surprise", "rank", 'probability("a")'])
@pytest.mark.parametrize(
    "make",
    [
        lambda: trace(model(16, 8, output=False), TEXT),
        lambda: trace(model(16, 8), Rows(np.ones((5, 8)))),
    ],
    ids=["no output layer", "rows"],
)
def test_no_prediction(name: str, make: Callable[[], Trace]) -> None:
    with pytest.raises(ExpressionError, match=r"no output layer|predicts no next character"):
        make().evaluate(name)


WORDS = st.sampled_from([
    "z", "h[9]", "r[0:3]", "h_prev", "character", "surprise", "step", "predicted", "(", ")", "[",
    "]", " and ", " or ", "not ", " in ", "<", ">=", "==", "!=", "+", "-", "*", "/", "0.5", "1e9",
    '"a"', '["a"]', "max(", "previous(", "any(", "changed(", "ends_with(", ",", ":", "\n", "#",
])  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60) | st.lists(WORDS, max_size=14).map("".join))
def test_any_text_is_a_value_or_one_clear_line(text: str) -> None:
    run = trace(model(16, 8), TEXT[:9])
    try:
        found = run.evaluate(text)
    except InputError as fault:
        said = str(fault)
        assert len(said.splitlines()) == 1, said
        assert len(said) < 400
    else:
        assert len(found) == 9


def test_memory_is_that_of_a_stretch_and_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    run = trace(model(64, 8), TEXT * 500)
    run.where("max(changed(h)) > 0.5")
    tracemalloc.start()
    run.where("max(changed(h)) > 0.5 and mean(z) > 0.1")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(list(stretches(run))) > 1
    assert peak < 60 << 20  # all quantities of all steps would take 87 MB
