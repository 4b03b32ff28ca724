"""In which order the rows of a recording are computed: each after those that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gru_debugger.core.edits import Place

Interval = tuple[int, int]  # rows from, to before, counted from 0


@dataclass(frozen=True)
class Stretch:
    """Rows of one or several places, to be recorded one after another.

    With them `recorded` steps, the first of the text, are there of all places.
    """

    rows: tuple[tuple[Place, Interval], ...]
    recorded: int


def planned(todo: Mapping[Place, Interval], length: int, steps: int) -> Iterator[Stretch]:
    """All rows of `todo`, of each place `length` at a time at most; a run has `steps`.

    `todo` names the places in the order in which they read each other.
    """
    if all(way == "forward" for _, way in todo):
        for a, b in _cut((min(a for a, _ in todo.values()), steps), length):
            rows = ((place, (max(a, first), b)) for place, (first, _) in todo.items())
            yield Stretch(tuple(rows), b)
        return
    # A higher layer reads all directions of the one below, so layers come one after another, and
    # the first step of the reverse direction is its last.
    left = sum(b - a for a, b in todo.values())
    for place, interval in todo.items():
        for a, b in _cut(interval, length, backwards=place[1] == "reverse"):
            left -= b - a
            yield Stretch(((place, (a, b)),), 0 if left else steps)


def _cut(interval: Interval, length: int, backwards: bool = False) -> Iterator[Interval]:
    first, end = interval
    begins = range(first, end, length)
    for a in reversed(begins) if backwards else begins:
        yield a, min(a + length, end)
