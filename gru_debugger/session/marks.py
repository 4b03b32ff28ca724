"""What a user has put on the steps of a text: the stops. A value, as the view is one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from gru_debugger.numerals import grouped


@dataclass(frozen=True)
class Marks:
    """`stops`: positions from 1, in their order, at which a run halts."""

    stops: tuple[int, ...] = ()

    def toggled(self, position: int) -> Marks:
        """With a stop there, or without the one that is there."""
        return Marks(tuple(sorted({position} ^ {*self.stops})))

    def within(self, steps: int) -> Marks:
        """Those that a text of so many steps has."""
        return Marks(self.stops[: bisect_right(self.stops, steps)])

    def next_stop(self, position: int, by: int) -> int | None:
        """After a position (1), or before it (-1); never there."""
        if by > 0:
            at = bisect_right(self.stops, position)
            return self.stops[at] if at < len(self.stops) else None
        at = bisect_left(self.stops, position)
        return self.stops[at - 1] if at else None

    def change_from(self, before: Marks) -> str:
        """What was changed, in a menu's words; empty where nothing was."""
        new, gone = {*self.stops} - {*before.stops}, {*before.stops} - {*self.stops}
        if new:
            return f"stop at step {grouped(min(new))}" if len(new) == 1 else "stops"
        if gone:
            one = len(gone) == 1
            return f"stop at step {grouped(min(gone))} removed" if one else "stops removed"
        return ""
