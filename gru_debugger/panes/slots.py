"""Named places for the rows of a band: what stands in one slot stands at one height.

A column need not have a row in each of them: where it has none, its neighbours' rows leave a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True)
class Slot:
    """`height` pixels are what it likes, `least` what it can live with, its words not counted."""

    name: str
    height: int = 44
    least: int = 26
    caption: int = 24  # pixels for the words above it
    fold: str = ""  # one of the session's FOLDS: what is hidden together

    @property
    def elastic(self) -> bool:
        return self.height != self.least


AXIS = Slot("axis", 20, 20, caption=0)


def fixed(slots: Iterable[Slot]) -> int:
    """Pixels that their words take."""
    return sum(slot.caption for slot in slots)


def least(slots: Iterable[Slot]) -> int:
    """Pixels below which they are not shown, their words not counted."""
    return sum(slot.least for slot in slots)


def shared(slots: Sequence[Slot], room: float) -> list[float]:
    """Heights that fill `room`: all grow together; where it is short, weights shrink first.

    Rounded to pixels they take no more than that, where all have what they can live with.
    """
    heights = _shared(slots, room)
    if sum(heights) <= room + 0.5 < sum(map(round, heights)):
        ends = [round(end) for end in accumulate(heights)]
        return [float(b - a) for a, b in pairwise((0, *ends))]
    return heights


def _shared(slots: Sequence[Slot], room: float) -> list[float]:
    liked = [float(slot.height) for slot in slots]
    spare = room - sum(liked)
    if spare >= 0:
        total = sum(h for h, slot in zip(liked, slots, strict=True) if slot.elastic) or 1.0
        return [
            h + spare * h / total if slot.elastic else h
            for h, slot in zip(liked, slots, strict=True)
        ]
    for weights in (True, False):
        slack = [
            h - slot.least if (slot.fold == "weights") == weights else 0.0
            for h, slot in zip(liked, slots, strict=True)
        ]
        give = min(-spare, sum(slack))
        if sum(slack):
            liked = [h - give * s / sum(slack) for h, s in zip(liked, slack, strict=True)]
        spare += give
    return liked
