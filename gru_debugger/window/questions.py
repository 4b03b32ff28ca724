"""What the keys ask of the selected unit: each goes to its answer, and says it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from gru_debugger.core import names
from gru_debugger.core.address import Target
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped, two
from gru_debugger.questions import causes, why, writing, writing_in_words
from gru_debugger.session.session import Session

_COPIES = ("h", "keep", "h_prev")  # which may be no more than what was there before


class Questions(QObject):
    answered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def last_written(self) -> None:
        """Go to the step that wrote most of the selected unit's state."""
        trace, t = self._session.trace, self._session.position
        if trace is None or not self._can_answer(trace, "h"):
            return
        unit, place = self._session.unit, self._place
        found, before = writing.last_written(trace, unit, t, place), None
        if found.step == t:
            earlier = t - 1 if place[1] == "forward" else t + 1
            if 1 <= earlier <= trace.steps:
                before = writing.last_written(trace, unit, earlier, place)
        words = writing_in_words.last_written(trace, unit, t, place, found, before)
        begun = 0 if place[1] == "forward" else t  # the reverse direction's lies at no position
        self._session.follow(begun if found.step is None else found.step)
        self.answered.emit(words)

    def overwritten_next(self) -> None:
        """Go to the first step by which less than half of the selected unit's state is left."""
        trace, t = self._session.trace, self._session.position
        if trace is None or not self._can_answer(trace, "h"):
            return
        unit, place = self._session.unit, self._place
        found = writing.overwritten_next(trace, unit, t, place)
        words = writing_in_words.overwritten_next(trace, unit, t, place, found)
        self._session.follow(t if found.step is None else found.step)
        self.answered.emit(words)

    def strongest_cause(self) -> None:
        """Go to the value that made most of the selected one; what was kept leads to
        the step that wrote it."""
        session, trace = self._session, self._session.trace
        t, unit, quantity = session.position, session.unit, session.view.quantity
        if session.told == "probabilities":
            quantity, unit = session.told, session.told_at
        if trace is None or not self._can_answer(trace, quantity):
            return
        value = causes.Value(trace, quantity, self._place, unit, t, session.step)
        found = value.causes()[0]
        name = f"{names.called(trace.model, quantity, self._place)}[{unit}]"
        words = f"{name} = {two(value.of(quantity))}: its largest term is {found.name}, "
        words += f"{two(found.contribution, True)}"
        target = why.strongest(value)
        if target is None:
            self.answered.emit(f"{words}; nothing in the run is its cause.")
            return
        if quantity in _COPIES and target == Target(value.before, "h", value.place, unit):
            words = f"{name} = {two(value.of(quantity))}: most of it is kept of the old state, "
            self._go_behind(value, f"{words}{two(found.contribution, True)}")
            return
        session.follow_to(target)
        self.answered.emit(f"{words}. Here it is.")

    def _go_behind(self, value: causes.Value, words: str) -> None:
        """To the step that wrote most of the old state, which is only a copy."""
        trace, before, place = value.trace, value.before, value.place
        found = writing.Written(None, value.of("h_prev"), 1.0)
        if before:
            found = writing.last_written(trace, value.unit, before, place)
        begun = 0 if place[1] == "forward" else None  # the reverse direction's has no position
        step = begun if found.step is None else found.step
        if step is not None:
            self._session.follow(step, "h", value.unit)
        by = writing_in_words.written_by(trace, found, before, place)
        self.answered.emit(f"{words}; most of that was written {by}.")

    def changed_most(self) -> None:
        """Select the unit of the layer whose state changed most here; its pane tells why."""
        session, trace = self._session, self._session.trace
        step = session.step
        if trace is None or step is None or not self._can_answer(trace):
            return
        unit = int(np.abs(step.h - step.h_prev).argmax())
        name = names.value(trace.model, "h", self._place, unit)
        values = step.h_prev, step.h, step.keep, step.take
        old, new, kept, took = (two(float(value[unit])) for value in values)
        session.follow(session.position, "h", unit)
        session.go_to(session.position)
        self.answered.emit(
            f"{name} changed most here, from {old} to {new}: {kept} is what was kept of the old "
            f"state, {took} what was taken of the candidate."
        )

    def follow(self, number: int) -> None:
        """Go to one of the causes that the unit's pane numbers."""
        session, trace = self._session, self._session.trace
        if trace is None or not self._can_answer(trace):
            return
        told, unit = session.told, session.told_at
        value = causes.Value(trace, told, self._place, unit, session.position, session.step)
        row = why.Why(value).links(session.view.all_terms).get(number)
        if row is None or row.target is None:
            self.answered.emit(f"“Why?” has no cause {number} here.")
            return
        session.follow_to(row.target)

    @property
    def _place(self) -> Place:
        return self._session.layer, self._session.direction

    def _can_answer(self, trace: Trace, quantity: str = "") -> bool:
        """Of what has been read, recorded and computed; else, that it has not."""
        t = self._session.position
        if 0 < t <= trace.recorded:
            if not quantity or self._session.is_computed(quantity):
                return True
            self.answered.emit("The selected value is not computed yet.")
            return False
        first = f"Before the first {trace.reading.noun} nothing has been written."
        self.answered.emit(f"Step {grouped(t)} is not recorded yet." if t else first)
        return False
