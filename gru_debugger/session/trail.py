"""Where questions have led: moments of one text, to go back to and forth again."""

from __future__ import annotations

from gru_debugger.session.history import Where

_LONGEST = 200  # moments; the oldest are forgotten


class Trail:
    def __init__(self) -> None:
        self._past: list[Where] = []
        self._future: list[Where] = []

    def leave(self, here: Where) -> None:
        """For somewhere new: what was ahead is forgotten."""
        self._past = [*self._past, here][-_LONGEST:]
        self._future = []

    @property
    def past(self) -> list[Where]:
        """Where one has been, the newest last."""
        return self._past

    def can_go(self, by: int) -> bool:
        """-1: back; 1: forth again."""
        return bool(self._past if by < 0 else self._future)

    def go(self, by: int, here: Where) -> Where:
        source, other = (self._past, self._future)[::-by]
        other.append(here)
        return source.pop()
