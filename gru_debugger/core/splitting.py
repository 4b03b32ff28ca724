"""A text into symbols, some of which are several characters long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class Splitter:
    """At each place the longest symbol that stands there, else one character.

    Not by a pattern of all symbols, nor by one length after the other: a stranger's vocabulary may
    hold tens of thousands, of hundreds of lengths. The length is looked for by halves: beside the
    symbols, those of their beginnings are known that such a search comes by.
    """

    def __init__(self, longer: Iterable[str]) -> None:
        self._lengths: dict[str, list[int]] = {}  # by their first character
        self._longest: dict[str, str] = {}  # the longest symbol that a beginning begins with
        symbols = sorted(set(longer), key=len)
        for symbol in symbols:
            lengths = self._lengths.setdefault(symbol[0], [])
            if len(symbol) not in lengths[-1:]:
                lengths.append(len(symbol))
        for symbol in symbols:
            self._add(symbol)
        self._starts = re.compile(f"[{''.join(map(re.escape, self._lengths))}]")
        self._last: tuple[str, tuple[str, ...]] = ("", ())

    def split(self, text: str) -> tuple[str, ...]:
        """The last text's symbols are kept: one after another asks for them."""
        last, symbols = self._last
        if text != last:
            symbols = tuple(self._split(text))
            self._last = text, symbols
        return symbols

    def _add(self, symbol: str) -> None:
        """One that is no shorter than those that are there."""
        lengths = self._lengths[symbol[0]]
        low, high = 0, len(lengths)
        while low < high:
            middle = (low + high) // 2
            if lengths[middle] > len(symbol):
                high = middle
                continue
            low = middle + 1
            beginning = symbol[: lengths[middle]]
            if beginning not in self._longest:
                whole = beginning == symbol
                self._longest[beginning] = symbol if whole else self._at(beginning, 0)

    def _split(self, text: str) -> Iterator[str]:
        at = 0
        while start := self._starts.search(text, at):
            yield from text[at : start.start()]
            at = start.start()
            symbol = self._at(text, at)
            yield symbol
            at += len(symbol)
        yield from text[at:]

    def _at(self, text: str, at: int) -> str:
        found = text[at]
        lengths = self._lengths[found]
        low, high = 0, len(lengths)
        while low < high:
            middle = (low + high) // 2
            longest = self._longest.get(text[at : at + lengths[middle]])
            if longest is None:
                high = middle
            else:
                found, low = longest, middle + 1
        return found
