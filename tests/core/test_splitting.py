"""A text into symbols: the longest that stands there, however many there are to be tried."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from gru_debugger.core.splitting import Splitter

SYMBOLS = st.sets(st.text("ab<]^-\\\\\n", min_size=2, max_size=4), min_size=1, max_size=8)


@given(SYMBOLS, st.text("ab<]^-\\\\\n", max_size=30))
def test_as_a_pattern_of_them_all_would(symbols: set[str], text: str) -> None:
    longest_first = sorted(symbols, key=len, reverse=True)
    pattern = re.compile("|".join([*map(re.escape, longest_first), "."]), re.DOTALL)
    assert Splitter(symbols).split(text) == pattern.findall(text)


def test_many_symbols_take_no_longer() -> None:
    def seconds(count: int) -> float:
        splitter = Splitter(f"<{i}>" for i in range(count))
        begun = time.process_time()
        assert splitter.split("<7x" * 3000)[:3] == ["<", "7", "x"]
        return time.process_time() - begun

    few, many = (min(seconds(count) for _ in range(3)) for count in (100, 10_000))
    assert many < 10 * few + 0.02
