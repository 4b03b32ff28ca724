"""What is found is what a look at everything finds: by str.find, by the expression, by hand."""

from __future__ import annotations

import string
from bisect import bisect_left, bisect_right
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import model, recording, text_for

from gru_debugger.core import columns
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.questions import finding
from gru_debugger.questions.expressions import where
from gru_debugger.questions.finding import ConditionFind, Find, PatternFind, TextFind, understood

RUN = recording(model(), 700).finish()


def done(find: Find) -> Find:
    while find.advance():
        pass
    assert find.complete
    return find


def by_hand(text: str, words: str) -> list[tuple[int, int]]:
    """First and last character of each, from 1; none overlaps the one before."""
    found, at = list[tuple[int, int]](), text.find(words)
    while at >= 0:
        found.append((at + 1, at + len(words)))
        at = text.find(words, at + len(words))
    return found


def spans(find: Find) -> list[tuple[int, int]]:
    return list(zip(find.begins.tolist(), find.ends.tolist(), strict=True))


@pytest.mark.parametrize("slice_", [1, 2, 7, 1 << 14])
@pytest.mark.parametrize("words", ["a", "aa", "ab", "aba", "abab", "bbbbb", "aab" * 9])
def test_text_is_found_as_by_hand(words: str, slice_: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_CHARACTERS", slice_)
    random = np.random.default_rng(len(words))
    text = "".join(random.choice(["a", "b"], 400)) + "aab" * 20
    trace = Trace(model(), text)
    find = TextFind(trace, words)
    known = find.known
    while find.advance():
        wanted = [span for span in by_hand(text, words) if span[0] <= find.known]
        assert spans(find)[: len(wanted)] == wanted, "of what is looked through all is known"
        assert known < find.known <= trace.steps or len(words) > slice_
        known = find.known
    assert spans(find) == by_hand(text, words)
    assert not trace.recorded, "text needs no recording"


@pytest.mark.parametrize("slice_", [1, 1 << 14])
def test_symbols_of_several_characters_are_hit_whole(
    slice_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_CHARACTERS", slice_)
    symbols = replace(model(), vocabulary=("<pad>", "a", "ad", "<", "d", "bab", " ", "p"))
    trace = Trace(symbols, "ad<pad>bab<pad><pad>a d" * 30)
    starts = np.cumsum([0, *map(len, trace.characters)]).tolist()
    for words in ("ad", "<pad>", "d", "d>b", "><", " ", "p", "b"):
        wanted = dict[int, int]()
        for first, last in by_hand(trace.text, words):
            step = bisect_right(starts, first - 1)
            wanted.setdefault(step, bisect_right(starts, last - 1))
        assert spans(done(TextFind(trace, words))) == list(wanted.items())
        assert wanted


@pytest.mark.parametrize("text", ["z[3] < 0.2", "surprise > 3", "h[0] > 9", 'ends_with("ab")'])
@pytest.mark.parametrize("rows", [1, 64, 100_000])
def test_a_condition_is_found_where_it_holds(
    text: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "stretch_rows", lambda _: rows)
    find = done(understood(text, RUN))
    steps = where(text, RUN).tolist()
    assert spans(find) == [(step, step) for step in steps]


def test_a_condition_is_looked_for_as_far_as_is_recorded() -> None:
    trace = Trace(model(), text_for(model(), 9000))
    find = understood("step > 0", trace)
    while find.advance():
        pass
    assert find.known == find.count == trace.recorded < 9000
    trace.finish()
    assert done(find).count == 9000


@pytest.mark.parametrize(
    ("words", "kind", "meant"),
    [
        ("the", TextFind, "the"), ("h", TextFind, "h"), ("h[0]", TextFind, "h[0]"),
        (" ", TextFind, " "), ('"the "', TextFind, "the "), ("'a\"b'", TextFind, 'a"b'),
        (r'"a\nb"', TextFind, "a\nb"), (r"a\nb", TextFind, r"a\nb"), ('"', TextFind, '"'),
        ('"z[1] > 0"', TextFind, "z[1] > 0"), ("z[99] > 0", TextFind, "z[99] > 0"),
        ("/a+/", PatternFind, "a+"), ("/", TextFind, "/"), ("/a", TextFind, "/a"),
        ('"/a/"', TextFind, "/a/"), ("///", PatternFind, "/"),
        ("z[1] > 0", ConditionFind, ""), (' character == "a" ', ConditionFind, ""),
        ('"a" == character', ConditionFind, ""), ("low: z[1] < 0.1", ConditionFind, ""),
        ('"a" == "b"', ConditionFind, ""),
    ],
)  # fmt: skip
def test_what_is_meant(words: str, kind: type[Find], meant: str) -> None:
    find = understood(words, RUN)
    assert type(find) is kind
    assert getattr(find, "words", getattr(find, "pattern", "")) == meant


def test_what_looks_like_a_condition_has_a_reason_why_it_is_none() -> None:
    assert "there are units 0 to 15" in understood("z[99] < 0.1", RUN).doubt
    assert "write == for" in understood("max(h) = ", RUN).doubt
    assert understood("the cat", RUN).doubt == ""
    assert understood('"z[99] < 0.1"', RUN).doubt == ""


@pytest.mark.parametrize(
    ("words", "fault"),
    [('""', "nothing between the quotation marks"), ("//", "nothing between the slashes"),
     (r'"\x"', "a backslash is written twice")],
)  # fmt: skip
def test_what_means_nothing_is_told(words: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        understood(words, RUN)


def test_rows_have_conditions_alone() -> None:
    trace = Trace(model(), np.eye(8, dtype=np.float32)[[1, 2, 1]]).finish()
    assert spans(done(understood("step == 2", trace))) == [(2, 2)]
    for words in ("1", "/1/", '"1"'):
        with pytest.raises(InputError, match="write a condition"):
            understood(words, trace)
    with pytest.raises(InputError, match="there are units 0 to 15"):
        understood("h[77] > 0", trace)


def test_a_run_to_compare_with_is_not_waited_for() -> None:
    plain = Trace(model(), text_for(model(), 30_000))
    edited = plain.with_edits("r = 1")
    with pytest.raises(InputError, match="not recorded to its end yet"):
        understood("h[0] > reference(h[0])", edited)
    assert not plain.complete
    assert isinstance(understood("reference", edited), TextFind)
    plain.finish()
    edited.finish()
    assert done(understood("h[0] > reference(h[0])", edited)).count


@given(st.lists(st.integers(1, 60), unique=True, max_size=12), st.integers(0, 61))
def test_the_hit_beside_and_the_one_here(begins: list[int], position: int) -> None:
    begins = sorted(begins)
    following = [*begins[1:], 99][: len(begins)]
    ends = [min(begin + 2, after - 1) for begin, after in zip(begins, following, strict=True)]
    trace = recording(model(), 60)
    find = PatternFind(trace, "x")
    find.add_characters([b - 1 for b in begins], ends)
    after = begins[bisect_right(begins, position) :]
    before = begins[: bisect_left(begins, position)]
    assert find.beside(position, 1) == (after[0] if after else None), "more may follow"
    assert find.beside(position, -1) is None or position <= 1, "more may come before"
    find.looked_up_to(60)
    around = (begins[0], begins[-1]) if begins else (None, None)
    assert find.beside(position, 1) == (after[0] if after else around[0])
    assert find.beside(position, -1) == (before[-1] if before else around[1])
    here = [i for i, (b, e) in enumerate(zip(begins, ends, strict=True), 1) if b <= position <= e]
    assert find.nth(position) == (here[0] if here else 0)
    seen = [
        (b, e) for b, e in zip(begins, ends, strict=True) if e >= position and b <= position + 9
    ]
    assert find.within(position, position + 9) == seen


PIECES = ["z", "h[3]", "<", "==", '"', "'", "/", "\\", "(", ")", "max", "and", "a", "the ", "0.5",
          "reference(", "\x00", "\ud800", "é", "😀", "[", "]", ":", "not", "ends_with"]  # fmt: skip
ANYTHING = st.one_of(
    st.text(max_size=60),
    st.text(string.printable, max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
)


@settings(max_examples=300)
@given(ANYTHING)
def test_whatever_is_typed_has_hits_or_one_line(words: str) -> None:
    find = None
    try:
        find = understood(words, RUN) if words else None
    except InputError as told:
        fault = str(told)
    else:
        fault = "" if find else "nothing is looked for"
    assert "\n" not in fault
    assert bool(fault) == (find is None)
    if find is None or isinstance(find, PatternFind):
        return
    pieces = 0
    while find.advance():
        pieces += 1
    assert pieces <= 1 + RUN.steps // min(columns.stretch_rows(RUN), 1 << 14)
    assert find.complete
    assert "\n" not in find.doubt
    if isinstance(find, TextFind):
        assert spans(find) == by_hand(RUN.text, find.words)
