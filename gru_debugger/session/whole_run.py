"""The whole run in numbers, found out beside the window while its overview is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject, Signal

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.session.in_slices import InSlices

if TYPE_CHECKING:
    from gru_debugger.questions.overview import Floats, Survey


class Losses:
    """What each unit's silence costs in a run: `bits` (units,), nan where it is not tried yet.

    `wanted`: somebody is to try them; `why`: why nobody can.
    """

    def __init__(self, trace: Trace) -> None:
        self.bits: Floats = np.full(trace.model.hidden_size, np.nan)
        self.tried = 0
        self.wanted, self.why = False, ""

    @property
    def complete(self) -> bool:
        return self.tried == len(self.bits)

    def take(self, found: list[float | None]) -> None:
        """Of the first units, so many."""
        self.tried = len(found)
        self.bits[: self.tried] = [np.nan if one is None else one for one in found]


class WholeRun(InSlices):
    """`survey` and `losses` of the run and place that are shown; None until they are asked for.

    `losses_wanted` asks for a process that tries the units' silence, whose words `take` takes.
    """

    losses_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.survey: Survey | None = None
        self.losses: Losses | None = None
        self._shown = False
        self._kept: WeakKeyDictionary[Trace, dict[Place, Losses]] = WeakKeyDictionary()

    def follow(self, trace: Trace, place: Place, thresholds: Thresholds = USUAL) -> None:
        """From now on of these; called again when more is recorded."""
        from gru_debugger.questions.matters import soon
        from gru_debugger.questions.overview import Survey

        survey = self.survey
        same = survey is not None and (survey.trace, survey.place) == (trace, place)
        if survey is None or not same or not survey.told_by(thresholds):
            self.survey = survey = Survey(trace, place, thresholds)
            self.losses = self._kept.setdefault(trace, {}).setdefault(place, Losses(trace))
        if not survey.complete:
            self._begin()
        if soon(trace):
            self.want_losses()

    def show(self, survey: Survey | None, losses: Losses | None) -> None:
        """What another session knows of the run that is shown here, and no more."""
        self.survey, self.losses, self._shown = survey, losses, True

    def wait(self, trace: Trace, place: Place, thresholds: Thresholds = USUAL) -> None:
        """Find out all of it now: of a long text no losses, which nobody asked for."""
        if self._shown:
            return
        from gru_debugger.questions import matters

        self.follow(trace, place, thresholds)
        self.stop()
        while self._advance():
            pass
        assert self.losses is not None
        if not self.losses.complete and matters.soon(trace) and not self._why:
            self.losses.take(list(matters.losses(trace, place)))

    def want_losses(self) -> None:
        """Once all is recorded; of a run that predicts nothing there are none."""
        losses, survey = self.losses, self.survey
        if losses is None or survey is None or self._why or not survey.trace.complete:
            return
        if not losses.complete and not losses.why:
            losses.wanted = True
            self.losses_wanted.emit()

    @property
    def _why(self) -> str:
        return "" if self.survey is None else self.survey.why_none

    def take(self, losses: Losses, found: list[float | None], why: str = "") -> None:
        """What was found of a run's so far; `why` there is no more."""
        losses.take(found)
        losses.why = why
        if losses is self.losses:
            self.advanced.emit()

    def _advance(self) -> bool:
        return self.survey is not None and self.survey.advance()
