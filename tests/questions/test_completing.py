"""What is offered while an expression is typed is what the language takes there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import model, recording

from gru_debugger.core.trace import Trace
from gru_debugger.questions.expressions import compile_expression
from gru_debugger.questions.expressions.completing import MOST, completions

RUN = recording(model(), 20).finish()
BOTH = recording(model(layers=2, directions=2, output=False), 20).finish()


def words(before: str, trace: Trace = RUN, unit: int = 9) -> list[str]:
    return [one.word for one in completions(before, trace, unit)]


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("surp", ["surprise"]),
        ("z[9] < 0.05 and surp", ["surprise"]),
        ("leap: ma", ["max("]),
        ("update", ["z"]),
        ("z", ["z"]),
        ("z[", ["9]", "0]", "1]", "2]", "3]", "4]", "5]", "6]"]),
        ("h[1", ["1]", "10]", "11]", "12]", "13]", "14]", "15]"]),
        ("z[99", []),
        ("nothing[", []),
        ('character == "su', []),
        ('character == "su" and surp', ["surprise"]),
        ("1e", []),
        ("z[9] <", []),
        ("", []),
        ("refer", []),
    ],
)
def test_what_fits(before: str, wanted: list[str]) -> None:
    assert words(before) == wanted


def test_a_run_is_offered_what_it_has() -> None:
    assert words("hidden_n_l1", BOTH) == ["hidden_n_l1", "hidden_n_l1_reverse"]
    assert words("surp", BOTH) == words("predic", BOTH) == words("probab", BOTH) == []
    assert words("refer", RUN.with_edits("r = 1").finish()) == ["reference("]


@pytest.mark.parametrize("trace", [RUN, BOTH], ids=["plain", "both ways"])
def test_all_that_is_offered_means_something(trace: Trace) -> None:
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for one in completions(letter, trace):
            if one.word.endswith("("):
                compile_expression(one.about, trace)
            elif one.about:
                compile_expression(one.word, trace)


@given(st.text(max_size=40) | st.from_regex(r"[a-z\[\]()'\"<>=0-9:. ]{0,30}", fullmatch=True))
def test_any_text_has_a_few_or_none(before: str) -> None:
    found = completions(before, RUN)
    assert len(found) <= MOST
    assert all(one.replaces <= len(before) for one in found)
