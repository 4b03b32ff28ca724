"""Runs to the next stop and to the next interesting step, both ways, and says where it halted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gru_debugger.core.trace import Trace
from gru_debugger.errors import one_line
from gru_debugger.numerals import counted, grouped
from gru_debugger.questions.predictions import none_because
from gru_debugger.session.marks import Lane
from gru_debugger.session.search import Condition, EveryNth, Search
from gru_debugger.session.session import Session

if TYPE_CHECKING:
    from gru_debugger.questions.lane_runs import LaneRun

_SHOWN = 50  # characters of an expression in the palette


def interesting(trace: Trace) -> str:
    """What a step must meet to be worth a look, where nothing else is asked for."""
    return "max(changed(h)) > 1" if none_because(trace) else "surprise > 3"


class Stops(QObject):
    """`answered` tells where a run halted, or why it stays."""

    answered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._search = Search(self)
        self._search.found.connect(self._halt)
        self._wanted, self._none = "", ""
        for moved in (session.opened, session.position_changed):  # where one goes oneself counts
            moved.connect(self._search.stop)

    def stop(self) -> None:
        """Nothing is looked for any more."""
        self._search.stop()

    def toggle(self) -> None:
        """A stop here, or none."""
        session = self._session
        if not session.position:
            self.answered.emit("Before the first character no run halts: there is no stop.")
            return
        session.toggle_stop()
        here = session.position in session.marks.stops
        words = "A stop" if here else "No stop any more"
        self.answered.emit(f"{words} at step {grouped(session.position)}.")

    def clear(self) -> None:
        marks = self._session.marks
        self._session.mark(replace(marks, stops=()))
        self.answered.emit(f"{counted(len(marks.stops), 'stop')} removed; Ctrl+Z brings them back.")

    def run(self, by: int) -> None:
        """To the next stop (1) or the one before (-1): a step with one, or where an armed lane
        holds."""
        session = self._session
        if not session.marks.halting:
            self.answered.emit("No stop is set; F9 sets one at this step.")
            return
        armed = [_stop(run, lane) for run, lane in self._lanes() if lane.armed]
        until = session.marks.next_stop(session.position, by)
        self._look(armed, by, "No stop", until)

    def go_to_interesting(self, by: int) -> None:
        """To the next step (1) where a lane's condition holds, or to the one before (-1)."""
        trace = self._session.trace
        if trace is None:
            return
        terms = [_stop(run) for run, _ in self._lanes()]
        if terms:
            self._look(terms, by, "No lane holds")
            return
        from gru_debugger.questions.expressions import condition

        wanted = interesting(trace)
        self._look([condition(wanted, trace)], by, f"Nowhere {wanted}", wanted=wanted)

    def deeds(self) -> list[tuple[str, Callable[[], None]]]:
        """To the next step where a lane's condition holds, in words: one for each."""
        title = "Go to the next step where {}".format
        return [
            (title(one_line(run.expression, _SHOWN)), partial(self._seek, run))
            for run, _ in self._lanes()
        ]

    def _seek(self, run: LaneRun) -> None:
        self._look([_stop(run)], 1, f"Nowhere {run.expression}")

    def _lanes(self) -> list[tuple[LaneRun, Lane]]:
        """Those that are conditions."""
        session = self._session
        lanes = zip(session.lanes.runs, session.marks.lanes, strict=True)
        return [(run, lane) for run, lane in lanes if run.is_truth]

    def _look(
        self,
        terms: Sequence[Condition],
        by: int,
        none: str,
        until: int | None = None,
        wanted: str = "",
    ) -> None:
        trace, position = self._session.trace, self._session.position
        if trace is None:
            return
        self._wanted = wanted
        self._none = f"{none} {'after' if by > 0 else 'before'} step {grouped(position)}."
        self._search.start(trace, terms, position, by, until)
        if self._search.running:
            self.answered.emit("Looking on; any step of yours ends it.")

    def _halt(self, step: int | None) -> None:
        if step is None:
            self.answered.emit(self._none)
            return
        self._session.go_to(step)
        self.answered.emit(f"Step {grouped(step)}: {self._why(step)}.")

    def _why(self, step: int) -> str:
        """What holds there, and how many times it has."""
        if self._wanted:
            return self._wanted
        stops, said = self._session.marks.stops, list[str]()
        if step in stops:
            said.append(f"stop {grouped(stops.index(step) + 1)} of {grouped(len(stops))}")
        for run, _ in self._lanes():
            if run.values(step - 1, step)[0]:
                nth = f", {grouped(int(run.holds[:step].sum()))} of {grouped(run.count)}"
                said.append(f"{run.expression}{nth if run.known == run.trace.steps else ''}")
        return "; ".join(said)


def _stop(run: LaneRun, lane: Lane | None = None) -> Condition:
    """Where a lane's condition holds; of a lane that halts at each so many hits, these."""
    assert run.term is not None
    return EveryNth(run, lane.every) if lane is not None and lane.every > 1 else run.term
