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
        self._halting: Sequence[tuple[LaneRun, int]] = ()  # at how many of its hits each
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
        count, them = len(marks.stops), "it" if len(marks.stops) == 1 else "them"
        self._session.mark(replace(marks, stops=()))
        self.answered.emit(f"{counted(count, 'stop')} removed; Ctrl+Z brings {them} back.")

    def run(self, by: int) -> None:
        """To the next stop (1) or the one before (-1): a step with one, or where an armed lane
        holds."""
        session = self._session
        if not session.marks.halting:
            self.answered.emit("No stop is set; F9 sets one at this step.")
            return
        armed = [(run, lane.every) for run, lane in self._lanes() if lane.armed]
        self._look(armed, by, "No stop", session.marks.next_stop(session.position, by))

    def go_to_interesting(self, by: int) -> None:
        """To the next step (1) where a lane's condition holds, or to the one before (-1)."""
        trace = self._session.trace
        if trace is None:
            return
        lanes = [(run, 1) for run, _ in self._lanes()]
        if lanes:
            self._look(lanes, by, "No lane holds")
            return
        from gru_debugger.questions.expressions import condition

        self._wanted = wanted = interesting(trace)
        self._start([condition(wanted, trace)], by, f"Nowhere {wanted}")

    def deeds(self) -> list[tuple[str, Callable[[], None]]]:
        """To the next step where a lane's condition holds, in words: one for each."""
        title = "Go to the next step where {}".format
        return [
            (title(one_line(run.expression, _SHOWN)), partial(self._seek, run))
            for run, _ in self._lanes()
        ]

    def _seek(self, run: LaneRun) -> None:
        self._look([(run, 1)], 1, f"Nowhere {run.expression}")

    def _lanes(self) -> list[tuple[LaneRun, Lane]]:
        """Those that are conditions."""
        session = self._session
        lanes = zip(session.lanes.runs, session.marks.lanes, strict=True)
        return [(run, lane) for run, lane in lanes if run.is_truth]

    def _look(
        self, lanes: Sequence[tuple[LaneRun, int]], by: int, none: str, until: int | None = None
    ) -> None:
        """For where one of these lanes holds, at each so many of its hits, `until` a stop."""
        self._wanted, self._halting = "", lanes
        conditions = [EveryNth(run, every) if every > 1 else _term(run) for run, every in lanes]
        self._start(conditions, by, none, until)

    def _start(
        self, conditions: Sequence[Condition], by: int, none: str, until: int | None = None
    ) -> None:
        trace, position = self._session.trace, self._session.position
        if trace is None:
            return
        self._none = f"{none} {'after' if by > 0 else 'before'} step {grouped(position)}."
        self._search.start(trace, conditions, position, by, until)
        if self._search.running:
            self.answered.emit("Looking on; any step of yours ends it.")

    def _halt(self, step: int | None) -> None:
        if step is None:
            self.answered.emit(self._none)
            return
        self._session.go_to(step)
        self.answered.emit(f"Step {grouped(step)}: {self._why(step)}.")

    def _why(self, step: int) -> str:
        """What of that which was looked for holds there, and how many times it has."""
        if self._wanted:
            return self._wanted
        stops, said = self._session.marks.stops, list[str]()
        if step in stops:
            said.append(f"stop {grouped(stops.index(step) + 1)} of {grouped(len(stops))}")
        for run, every in self._halting:
            row = step - 1, step
            if run.halts(*row, every)[0] if every > 1 else run.values(*row)[0]:
                nth = f", {grouped(int(run.holds[:step].sum()))} of {grouped(run.count)}"
                said.append(f"{run.expression}{nth if run.known == run.trace.steps else ''}")
        return "; ".join(said)


def _term(run: LaneRun) -> Condition:
    assert run.term is not None
    return run.term
