"""What a user has put on the steps of a text: stops, lanes, bookmarks. A value, as a view."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gru_debugger.errors import one_line
from gru_debugger.numerals import counted, grouped, ordinal
from gru_debugger.session.bookmarks import Bookmark, Bookmarks, change, ordered

if TYPE_CHECKING:
    from gru_debugger.core.address import Address

MOST = 12  # lanes
RAREST = 9999  # hits from one stop of a lane to the next
_LONGEST = 40  # characters of an expression in a menu


@dataclass(frozen=True)
class Lane:
    """An expression over the steps; an `armed` one is a stop wherever it holds.

    `every`: of the steps where it holds, counted from the start of the text, only each so many
    is one.
    """

    expression: str
    armed: bool = False
    every: int = 1

    @property
    def where(self) -> str:
        """Where it halts, or would, in words that stand behind “halt”."""
        return "here" if self.every == 1 else f"at every {ordinal(self.every)} of its hits"


@dataclass(frozen=True)
class Marks:
    """`stops`: positions from 1, in their order, at which a run halts. `lanes`: from the top.
    `bookmarks`: in the text's order.
    """

    stops: tuple[int, ...] = ()
    lanes: tuple[Lane, ...] = ()
    bookmarks: Bookmarks = ()

    # Stops -----------------------------------------------------------------------------------

    def toggled(self, position: int) -> Marks:
        """With a stop there, or without the one that is there."""
        return replace(self, stops=tuple(sorted({position} ^ {*self.stops})))

    def within(self, steps: int) -> Marks:
        """With those stops and bookmarks alone that a text of so many steps has."""
        kept = tuple(one for one in self.bookmarks if one.at.step <= steps)
        stops = self.stops[: bisect_right(self.stops, steps)]
        return replace(self, stops=stops, bookmarks=kept)

    def next_stop(self, position: int, by: int) -> int | None:
        """After a position (1), or before it (-1); never there."""
        if by > 0:
            at = bisect_right(self.stops, position)
            return self.stops[at] if at < len(self.stops) else None
        at = bisect_left(self.stops, position)
        return self.stops[at - 1] if at else None

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self != Marks()

    @property
    def halting(self) -> bool:
        """Whether there is anything that a run halts at."""
        return bool(self.stops) or any(lane.armed for lane in self.lanes)

    # Lanes -----------------------------------------------------------------------------------

    def find(self, expression: str) -> int | None:
        """The lane of an expression."""
        said = [lane.expression for lane in self.lanes]
        return said.index(expression) if expression in said else None

    def with_lane(self, lane: Lane, at: int | None = None) -> Marks:
        """Below the others, or in the place of one; the same expression stands there once."""
        lanes = list(self.lanes)
        if at is None:
            lanes.append(lane)
        else:
            lanes[at] = lane
        kept = [
            one for i, one in enumerate(lanes)
            if one is lane or one.expression != lane.expression or i == at
        ]  # fmt: skip
        return replace(self, lanes=tuple(kept))

    def without_lane(self, at: int) -> Marks:
        return replace(self, lanes=self.lanes[:at] + self.lanes[at + 1 :])

    def armed(self, at: int) -> Marks:
        """With a lane armed, or no longer."""
        lane = self.lanes[at]
        return self.with_lane(replace(lane, armed=not lane.armed), at)

    def moved(self, at: int, by: int) -> Marks:
        """With a lane so much further down; the others make room."""
        lanes = list(self.lanes)
        lanes.insert(max(0, min(at + by, len(lanes) - 1)), lanes.pop(at))
        return replace(self, lanes=tuple(lanes))

    # Bookmarks -------------------------------------------------------------------------------

    def bookmark(self, at: Address) -> Bookmark | None:
        return next((one for one in self.bookmarks if one.at == at), None)

    def with_bookmark(self, bookmark: Bookmark) -> Marks:
        """In the place of the one that is there."""
        return replace(self, bookmarks=ordered([*self.bookmarks, bookmark]))

    def without_bookmark(self, at: Address) -> Marks:
        return replace(self, bookmarks=tuple(one for one in self.bookmarks if one.at != at))

    # In words --------------------------------------------------------------------------------

    @property
    def in_words(self) -> list[str]:
        """2 lanes and 1 stop; none where there are none."""
        put = {"lane": self.lanes, "stop": self.stops, "bookmark": self.bookmarks}
        said = [counted(len(of), one) for one, of in put.items() if of]
        return [" and ".join(filter(None, (", ".join(said[:-1]), said[-1])))] if said else []

    def fewer_than(self, before: Marks) -> str:
        """How many of these there were before mean nothing now; empty where none."""
        both = {"stop": (self.stops, before.stops), "lane": (self.lanes, before.lanes),
                "bookmark": (self.bookmarks, before.bookmarks)}  # fmt: skip
        gone = {what: len(old) - len(new) for what, (new, old) in both.items()}
        words = " and ".join(counted(count, what) for what, count in gone.items() if count > 0)
        mean, them = ("means nothing here and is", "it") if sum(gone.values()) == 1 else (
            "mean nothing here and are", "them")  # fmt: skip
        return words and f"{words} {mean} left out; Ctrl+Z brings {them} back."

    def change_from(self, before: Marks) -> str:
        """What was changed, in a menu's words; empty where nothing was."""
        stops = _stops(self.stops, before.stops)
        return stops or _lanes(self.lanes, before.lanes) or change(self.bookmarks, before.bookmarks)


def _stops(now: tuple[int, ...], before: tuple[int, ...]) -> str:
    new, gone = {*now} - {*before}, {*before} - {*now}
    if new:
        return f"stop at step {grouped(min(new))}" if len(new) == 1 else "stops"
    if gone:
        return f"stop at step {grouped(min(gone))} removed" if len(gone) == 1 else "stops removed"
    return ""


def _lanes(now: tuple[Lane, ...], before: tuple[Lane, ...]) -> str:
    old = {lane.expression: lane for lane in before}
    new = {lane.expression: lane for lane in now}
    for expression, lane in new.items():
        said = one_line(expression, _LONGEST)
        if expression not in old:
            return f"lane {said}"
        if lane.every != old[expression].every:
            return f"every {ordinal(lane.every)} hit of lane {said}"
        if lane != old[expression]:
            return f"lane {said} {'armed' if lane.armed else 'no longer armed'}"
    gone = [expression for expression in old if expression not in new]
    if gone:
        return f"lane {one_line(gone[0], _LONGEST)} removed" if len(gone) == 1 else "lanes removed"
    return "order of the lanes" if now != before else ""
