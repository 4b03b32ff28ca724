"""A text into symbols: the longest that stands there, however many there are to be tried."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from gru_debugger.core.model import printable
from gru_debugger.core.splitting import Splitter

SYMBOLS = st.sets(st.text("ab<]^-\\\\\n", min_size=2, max_size=4), min_size=1, max_size=8)


@given(SYMBOLS, st.text("ab<]^-\\\\\n", max_size=30))
def test_as_a_pattern_of_them_all_would(symbols: set[str], text: str) -> None:
    longest_first = sorted(symbols, key=len, reverse=True)
    pattern = re.compile("|".join([*map(re.escape, longest_first), "."]), re.DOTALL)
    assert list(Splitter(symbols).split(text)) == pattern.findall(text)


@given(st.sets(st.text("ab", min_size=2, max_size=12), min_size=1, max_size=30),
       st.text("ab", max_size=60))  # fmt: skip
def test_as_a_pattern_would_where_most_begin_alike(symbols: set[str], text: str) -> None:
    pattern = re.compile("|".join([*sorted(symbols, key=len, reverse=True), "."]))
    assert list(Splitter(symbols).split(text)) == pattern.findall(text)


def test_many_symbols_take_no_longer() -> None:
    def seconds(count: int) -> float:
        splitter = Splitter(f"<{i}>" for i in range(count))
        begun = time.process_time()
        assert splitter.split("<7x" * 3000)[:3] == ("<", "7", "x")
        return time.process_time() - begun

    few, many = (min(seconds(count) for _ in range(3)) for count in (100, 10_000))
    assert many < 10 * few + 0.02


def test_many_lengths_take_no_longer() -> None:
    """Symbols that begin as the text does at each place, and none of which stands there."""

    def seconds(count: int) -> float:
        splitter = Splitter("a" * length + "b" for length in range(256 - count, 256))
        begun = time.process_time()
        assert list(splitter.split("a" * 10_000)) == ["a"] * 10_000
        return time.process_time() - begun

    few, many = (min(seconds(count) for _ in range(3)) for count in (8, 250))
    assert many < 8 * few + 0.02


def test_a_text_is_split_once() -> None:
    model = replace(samples.model(symbols=2), vocabulary=("a", "aab"))
    text = "aaab" * 3
    symbols = model.split(text)
    assert model.covers(text)
    assert list(model.indices(text)) == [0, 1] * 3
    assert model.split(text) is symbols
    assert model.split("aab") == ("aab",)
    assert model.split(text) == symbols


@pytest.mark.parametrize(
    ("symbol", "said"),
    [("e", "“e”"), (" ", "space"), ("\x07", "U+0007"), ("<s>", "“<s>”"),
     ("a\x1b[0m", "“a\\x1b[0m”"), ("ab\u202e\ud800", "“ab\\u202e\\ud800”"), ("a\n", "“a\\n”")],
)  # fmt: skip
def test_a_symbol_is_told_whole(symbol: str, said: str) -> None:
    assert printable(symbol) == said
