"""The steps at which the units are on together as at one step: looked for beside the window.

In a thread: that is a few large operations a unit, which let go of the interpreter. What was found
stays until something else is asked; it follows neither the step nor the selection, but the
recording: what is written on or edited is looked through anew.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.numerals import grouped
from gru_debugger.questions.similarity import Search, Similar

if TYPE_CHECKING:
    from gru_debugger.questions.finding import Known
    from gru_debugger.session.session import Session

BEST, MOST = 20, 200  # of the most similar ones: listed at first, and at most
_LOOK = 16  # milliseconds between two looks at the thread


@dataclass(frozen=True)
class Asked:
    """`most`: only so many of the units that are on at step t, the strongest; None: all units,
    those too that are on elsewhere alone."""

    trace: Trace
    t: int
    place: Place
    quantile: float = 0.8
    most: int | None = None


@dataclass(frozen=True)
class Answer:
    """The best `MOST` of `total` steps; `fault` says why there are none."""

    similar: Similar | None = None
    total: int = 0
    fault: str = ""


class _Work(threading.Thread):
    """A daemon, ended between two units."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(daemon=True, name="similar steps")
        self.given_up = threading.Event()
        self.answer: Answer | None = None
        self.fault: Exception | None = None
        self._asked = asked

    def run(self) -> None:
        try:
            search = self._search(None)
            if self._asked.most is not None:
                search = self._search(search.strongest(self._asked.most))
            self.answer = Answer(search.ranked(MOST), search.found)
        except InputError as fault:
            self.answer = Answer(fault=str(fault))
        except Exception as fault:
            self.fault = fault

    def _search(self, units: list[int] | None) -> Search:
        asked = self._asked
        search = Search(asked.trace, asked.t, units, asked.place, asked.quantile)
        while not self.given_up.is_set() and search.advance():
            pass
        return search


class SimilarSteps(QObject):
    """`asked` is what the answer is of; None where nothing was asked of what is open."""

    changed = Signal()  # something else was asked, or it is answered
    toggled = Signal()  # it is marked in the text, or no longer

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.asked: Asked | None = None
        self.answer: Answer | None = None
        self.marked: Known | None = None
        self.best = BEST  # so many are listed, and marked
        self._shown = False
        self._work: _Work | None = None
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)

    @property
    def _session(self) -> Session:
        """Not kept: a session that only the collector could end might end in another thread."""
        return cast("Session", self.parent())

    def ask(self, quantile: float, most: int | None) -> None:
        """Of the step where one is now, in the layer and direction that are shown."""
        session = self._session
        if session.trace is None:
            return
        self.stop()
        place = session.layer, session.direction
        self.asked = Asked(session.trace, session.position, place, quantile, most)
        self._answer(None)
        if session.position:
            self.go_on()
        else:
            self._answer(Answer(fault="before the first character no unit has been set."))

    def list_best(self, count: int) -> None:
        """So many from now on, of what is found."""
        self.best = count
        self._answer(self.answer)

    @property
    def found(self) -> Similar | None:
        """The best of the answer, as many as are wanted."""
        similar = self.answer.similar if self.answer else None
        if similar is None:
            return None
        return Similar(similar.steps[: self.best], similar.scores[: self.best], similar.units)

    def go_on(self) -> None:
        """More is recorded: quantiles are of all of it."""
        asked = self.asked
        if asked is None or self.answer or self._work or not asked.trace.complete:
            return
        self._work = _Work(asked)
        self._work.start()
        self._timer.start()

    def follow(self, trace: Trace) -> None:
        """What was found is of the recording that was open: asked again of one that comes to that
        step by the same text, while it is looked at, else forgotten."""
        asked = self.asked
        if asked is not None and asked.trace is not trace:
            self.stop()
            again = self._shown and asked.t > 0 and _same_until(asked.t, asked.trace, trace)
            self.asked = replace(asked, trace=trace) if again else None
            self._answer(None)

    def stop(self) -> None:
        self._timer.stop()
        if self._work is not None:
            self._work.given_up.set()
            self._work = None

    def show(self, shown: bool) -> None:
        """Whether what is found is to be marked in the text."""
        self._shown = shown
        self._mark()

    def in_words(self) -> str:
        """How many there are, of which the best are listed, or why it is not answered."""
        asked, answer = self.asked, self.answer
        if asked is None:
            return ""
        if answer is None and not asked.trace.complete:
            return "Once the text is recorded to its end…"
        if answer is None:
            return "Looking…"
        if answer.similar is None:
            return answer.fault
        return f"of {grouped(answer.total)} that have units in common with it"

    def _look(self) -> None:
        work = self._work
        if work is None or work.is_alive():
            return
        self.stop()
        if work.fault is not None:
            raise work.fault
        self._answer(work.answer)

    def _answer(self, answer: Answer | None) -> None:
        self.answer = answer
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        asked, before, self.marked = self.asked, self.marked, None
        found = self.found
        if self._shown and asked is not None and found is not None:
            from gru_debugger.questions.finding import Known

            self.marked = Known(asked.trace, found.steps)
        if before is not None or self.marked is not None:
            self.toggled.emit()


def _same_until(t: int, old: Trace, new: Trace) -> bool:
    """Whether both read the same until step t, edited or written on as they may be."""
    return new.model is old.model and new.characters[:t] == old.characters[:t]
