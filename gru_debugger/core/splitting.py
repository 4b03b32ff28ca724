"""A text into symbols, some of which are several characters long."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Splitter:
    """At each place the longest symbol that stands there, else one character.

    By a set, not by a pattern of all symbols: that would try one after the other at each place,
    and a vocabulary may hold tens of thousands.
    """

    def __init__(self, longer: Iterable[str]) -> None:
        self._symbols = frozenset(longer)
        lengths: dict[str, set[int]] = {}
        for symbol in self._symbols:
            lengths.setdefault(symbol[0], set()).add(len(symbol))
        self._lengths = {first: sorted(n, reverse=True) for first, n in lengths.items()}
        self._starts = re.compile(f"[{''.join(map(re.escape, lengths))}]")

    def split(self, text: str) -> list[str]:
        found: list[str] = []
        at = 0
        while start := self._starts.search(text, at):
            found += text[at : start.start()]
            at = start.start()
            symbol = self._at(text, at)
            found.append(symbol)
            at += len(symbol)
        found += text[at:]
        return found

    def _at(self, text: str, at: int) -> str:
        for length in self._lengths[text[at]]:
            if (symbol := text[at : at + length]) in self._symbols:
                return symbol
        return text[at]
