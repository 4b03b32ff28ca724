"""The whole run in numbers, found out beside the window while its overview is seen.

In a thread: a stretch of it is a few large operations, which let go of the interpreter. It knows no
Qt, so nothing of the window can end in it.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.questions.thresholds import USUAL, Thresholds

if TYPE_CHECKING:
    from gru_debugger.questions.overview import Floats, Survey


_LOOK = 0.016  # seconds between two looks at the thread, and of the thread at what is recorded
_TOLD = 0.1, 1.0  # seconds at least between two times that it is told: at first, and later
_TENTH = 0.1  # of the time so far: a picture that is hardly another one is not drawn anew
_PATIENCE = 0.5  # seconds until it is told how long it takes


class _Work(threading.Thread):
    """A daemon, ended between two stretches; it waits for what is not recorded yet, and first for
    the one `before` it, which may be about a stretch of the same survey still."""

    def __init__(self, survey: Survey, before: _Work | None) -> None:
        super().__init__(daemon=True, name="looking through the run")
        self.fault: Exception | None = None
        self.given_up = threading.Event()
        self.survey = survey
        self._before = before

    def run(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            before.join()
        try:
            while not self.given_up.is_set() and not self.survey.done:
                if not self.survey.go_on() and self.given_up.wait(_LOOK):
                    return
        except Exception as fault:
            self.fault = fault


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


class WholeRun(QObject):
    """`survey` and `losses` of the run and place that are shown; None until they are asked for.

    `losses_wanted` asks for a process that tries the units' silence, whose words `take` takes.
    """

    advanced = Signal()  # there is more of it, or all
    losses_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.survey: Survey | None = None
        self.losses: Losses | None = None
        self._shown = False
        self._work: _Work | None = None
        self._ended: _Work | None = None  # the last one that was told to end
        self._begun = 0.0, 0  # when, and with how many steps
        self._told = 0.0
        self._timer = QTimer(self, interval=round(1000 * _LOOK))
        self._timer.timeout.connect(self._look)
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
            self._begin(survey)
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
        if self._ended is not None:
            self._ended.join()
        if self.survey is not None:
            while self.survey.advance():
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

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take at the pace so far; None where that is not known."""
        survey, (begun, first) = self.survey, self._begun
        if survey is None or self._work is None or survey.steps <= first:
            return None
        taken = self._told - begun
        left = taken * (survey.trace.steps - survey.steps) / (survey.steps - first)
        return left if taken > _PATIENCE else None

    def stop(self) -> None:
        """Leave it as it is, but for the stretch that is under way."""
        self._timer.stop()
        if self._work is not None:
            self._work.given_up.set()
            self._ended, self._work = self._work, None

    def _begin(self, survey: Survey) -> None:
        if self._work is not None and self._work.survey is survey:
            return
        self.stop()
        self._begun, self._told = (monotonic(), survey.steps), monotonic()
        self._work = _Work(survey, self._ended)
        self._work.start()
        self._timer.start()

    def _look(self) -> None:
        """What the thread found is known when it is told, so that all that is shown is of the same
        steps."""
        work, now = self._work, monotonic()
        if work is None:
            return
        alive = work.is_alive()
        soonest, latest = _TOLD
        pause = min(latest, max(soonest, _TENTH * (now - self._begun[0])))
        if alive and now - self._told < pause:
            return
        self._told = now
        work.survey.take()
        if not alive:
            self.stop()
        self.advanced.emit()
        if work.fault is not None:
            raise work.fault
