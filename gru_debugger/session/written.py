"""What each step wrote in a unit, found out beside the window: no key press waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.session.in_slices import InSlices

if TYPE_CHECKING:
    from gru_debugger.questions.writes import Writes


class Written(InSlices):
    """Of the unit that was asked for last; `advanced` says that more of its steps are known."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writes: Writes | None = None
        self._t = 1

    def of(self, trace: Trace, unit: int, place: Place, t: int) -> Writes:
        """What is known of it; from now on more, the steps around t first."""
        self._t, found = t, self._writes
        if found is None or (found.trace, found.unit, found.place) != (trace, unit, place):
            from gru_debugger.questions.writes import Writes

            found = self._writes = Writes(trace, unit, place)
            found.advance(t)
        if found.wants_more:
            self._begin()
        return found

    def leave(self) -> None:
        """Another recording is open: this one is kept no longer."""
        self._writes = None
        self.stop()

    def _advance(self) -> bool:
        return self._writes is not None and self._writes.advance(self._t)
