"""A unit's sums over the text, and what the reset gates do: found out beside the window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.curves import UnitCurves
from gru_debugger.questions.reset_use import ResetUse
from gru_debugger.questions.thresholds import USUAL
from gru_debugger.session.in_slices import InSlices


class CurvesRun(InSlices):
    """Of the unit that is shown, then of all; None until it is asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.unit: UnitCurves | None = None
        self.use: ResetUse | None = None

    def follow(
        self, trace: Trace, place: Place, unit: int, wait: bool = False, more: float = USUAL.used
    ) -> None:
        """From now on of these; called again when more is recorded. `wait`: find out all of it;
        `more`: a gate that changes a candidate by more than that is used.

        A short text is looked through at once: nothing flickers when a unit is chosen.
        """
        use = self.use
        if use is None or (use.trace, use.place, use.more) != (trace, place, more):
            self.use = ResetUse(trace, place, more)
            self.unit = None
        if self.unit is None or self.unit.unit != unit:
            self.unit = UnitCurves(trace, place, unit, more)
            while self.unit.short and self.unit.advance():
                pass
        while wait and self._advance():
            pass
        if not self.complete:
            self._begin()

    def forget(self) -> None:
        """Let go of what was open: its recording is free."""
        self.stop()
        self.unit = self.use = None

    @property
    def complete(self) -> bool:
        return bool(self.unit and self.unit.complete and self.use and self.use.complete)

    def _advance(self) -> bool:
        unit, use = self.unit, self.use
        return bool(unit and unit.advance()) or bool(use and use.advance())
