"""The one state of the window: what is open, where the cursor is, what is selected.

Views read it and call its methods; only here does it change, and each change is announced by one
signal. A concern is a room, which knows those below it alone: what is `shown`, `looking` at it,
`moving` in it, `playing`, and on top of them what is open. Recording goes on beside it
(`recorder`), so that a key press never waits.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gru_debugger.core.model import Direction
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, InputError
from gru_debugger.session import marks_json
from gru_debugger.session.finding import Finding
from gru_debugger.session.history import Entry, History, same_text
from gru_debugger.session.influence import InfluenceHere
from gru_debugger.session.lanes import Lanes
from gru_debugger.session.letters import Letters
from gru_debugger.session.marks import Marks
from gru_debugger.session.pinned import Pinned
from gru_debugger.session.playing import Playing
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.similar import SimilarSteps
from gru_debugger.session.trail import Trail
from gru_debugger.session.whole_run import WholeRun
from gru_debugger.session.written import Written
from gru_debugger.session.zoom import ALL

if TYPE_CHECKING:
    from gru_debugger.questions.finding import Find
    from gru_debugger.questions.writes import Writes

_FIRST = 4  # stretches that are recorded at once: what opens is seen in the first paint,
_NEAR = 256  # where it is among these steps


class Session(Playing):
    """State and the only ways to change it: here those of what is open, and of its marks.

    `edited` is what is open, edits and all: `trace` itself, unless that is the run without them.
    """

    opened = Signal()  # another model, text or recording
    marks_changed = Signal()  # without anything else being opened
    marks_left_out = Signal(str)  # which of them mean nothing in what was opened
    lane_wanted = Signal(object)  # somebody would write a lane: which, or None for a new one
    value_pulled = Signal(str, int, float)  # a quantity of a unit is to be this in the step shown
    let_go = Signal()  # of what was pulled
    recording_advanced = Signal()
    refused = Signal(object)  # an InputError: why what was open can't be recorded to its end

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edited: Trace | None = None
        self.pinned = Pinned()
        self.marks = Marks()
        self.lanes = Lanes(self)
        self.finding = Finding(self)
        self.written = Written(self)
        self.written.advanced.connect(self.lanes.tell_written)
        self.similar = SimilarSteps(self)
        self.whole_run = WholeRun(self)
        self.letters = Letters(self)
        self.influence = InfluenceHere(self)
        self.history = History()
        self.recorder = Recorder(self)
        self.recorder.advanced.connect(self._recorded)
        self.recorder.refused.connect(self._refused)

    # Opening -------------------------------------------------------------------------------

    def open(
        self,
        trace: Trace,
        position: int = 1,
        unit: int | None = None,
        place: tuple[int, Direction] | None = None,
        again: bool = False,
    ) -> None:
        """Show another recording, complete or just begun; of `place` where the model has it.

        `again`: in the history, in the place of the one that was opened last.
        Raises InputError, and shows what was shown, where its first states grow beyond all numbers;
        where later ones do, `refused` tells it, and what was open before is open again.
        """
        _record_first(trace, position)
        self.history.leave(self.where)
        model, before, marks = self.model, self.marks, self._marks_for(trace)
        self._show(trace, position, unit, place, marks)
        self.history.add(trace, self.where, marks, self.pinned.said, again)
        self.opened.emit()
        if trace.model is model and (words := marks.fewer_than(before)):
            self.marks_left_out.emit(words)

    def _marks_for(self, trace: Trace) -> Marks:
        """Those there of the same text; of another one, as the same model reads it, what means
        something there too."""
        if self.trace is None or same_text(self.trace.run, trace.run):
            return self.marks
        if trace.model is not self.model or not self.marks.any:
            return Marks()
        return marks_json.fitting(self.marks, trace, may_be_held=True)[0]

    def write_on(self, trace: Trace, position: int, after: int | None) -> None:
        """Show the text as it goes on now `after` a step; None: further, and undone with that.

        Raises as `open`.
        """
        _record_first(trace, position)
        self.history.leave(self.where)
        marks = self.marks if after is None else self.marks.within(after)
        self._show(trace, position, None, None, marks)
        add = self.history.grow if after is None else self.history.add
        add(trace, self.where, marks, self.pinned.said)
        self.opened.emit()

    def _show(
        self,
        trace: Trace,
        position: int,
        unit: int | None,
        place: tuple[int, Direction] | None,
        marks: Marks,
    ) -> None:
        self.pause()
        zoom = self.view.zoom if trace.model is self.model else ALL
        same = self.edited is not None and same_text(trace.run, self.edited.run)
        characters = self.view.characters if same else ALL
        if self.edited is None or trace.run.plain != self.edited.run.plain:
            self.trail = Trail()  # of other edits it goes on
        self.written.leave()
        self.influence.forget()
        self.edited = trace
        self.pinned.hold(trace)
        layer, direction = place or (self.layer, self.direction)
        view = replace(self.view, layer=layer, direction=direction, zoom=zoom, scroll=None,
                       characters=characters)  # fmt: skip
        unit = self.unit if unit is None else unit
        self._begin(trace, position, view.selecting(unit, trace.model).fitted(trace.model))
        self._set_marks(marks)
        self.finding.follow(trace)
        self.similar.follow(trace)
        self.recorder.start(trace)  # which calls `_recorded`, once at least

    def close(self) -> None:
        """Nothing goes on any more."""
        self.pause()
        self._full_axes.stop()
        self.lanes.stop()
        self.finding.stop()
        self.written.leave()
        self.similar.stop()
        self.influence.forget()
        self.whole_run.stop()
        self.pinned.let_go()
        self.recorder.close()

    # A run and, beside it, a reference ---------------------------------------------------------

    @property
    def swapped(self) -> bool:
        """Whether the run without the edits is shown, and the one with them its reference."""
        return self.trace is not self.edited

    def can_swap(self) -> bool:
        """Whether there is a reference."""
        return self.trace is not None and self.trace.beside is not None

    def pin(self, trace: Trace | None, step: int = 0) -> None:
        """Hold what is shown from now on against this run, or all of it against one step of it;
        None: against nothing. Undo takes it back."""
        self._pin(trace, step, None)

    def _pin(self, trace: Trace | None, step: int, there: int | None) -> None:
        """And go `there`, which undo takes back with it."""
        self.history.leave(self.where)
        if there is not None:
            self._look_at(there)
        self._hold(trace, step)
        if self.edited is not None:
            moved, said = there is not None, self.pinned.said
            self.history.add(self.edited, self.where, self.marks, said, moved=moved)
        self.opened.emit()

    def _look_at(self, step: int) -> None:
        """In sight; whoever does it tells of it."""
        self.view = replace(self.view, scroll=None)
        self.position, self.computation = step, "blend"

    def hold(self, trace: Trace | None, step: int = 0) -> None:
        """The same as a part of what was done last."""
        self._hold(trace, step)
        self.history.bring(self.marks, self.pinned.said)
        self.opened.emit()

    def _hold(self, trace: Trace | None, step: int) -> None:
        self.pinned.pin(trace, self.trace, step)
        self._frames.clear()
        self.lanes.follow_anew()
        if self.trace is not None:
            self._known = self._recorded_steps
            self.finding.follow(self.trace)
            if not self.trace.reference_known:
                self.recorder.start(self.trace)

    def is_pinned_here(self) -> bool:
        """Whether the step that is shown is the one that is pinned."""
        pinned = self.pinned
        return pinned.step == self.position > 0 and pinned.trace is self.trace

    def can_pin_before(self) -> bool:
        """Whether the run that was open before reads something else, by the same model."""
        before, edited = self.history.before, self.edited
        if before is None or edited is None or edited.edits or before.edits:
            return False
        return before.model is edited.model and before is not edited

    def swap(self) -> None:
        """Run and reference change places; step, selection and view stay. Of what is pinned, a
        step or what reads another text, the step is the one beside; raises as `open`."""
        trace, edited = self.trace, self.edited
        if trace is None or edited is None or not self.can_swap():
            return
        if self.pinned.holds(trace):
            self._swap_pinned(trace)
            return
        trace = edited if self.swapped else edited.plain.held_against(edited)
        self._show_here(trace, self.marks)
        self.edited = edited
        self.opened.emit()

    def _show_here(self, trace: Trace, marks: Marks) -> None:
        """A run of the same text, where one is, inside a step too."""
        where, computation, scroll = self.where, self.computation, self.view.scroll
        self._show(trace, where.position, where.unit, where.place, marks)
        self.computation, self.view = computation, replace(self.view, scroll=scroll)

    def _swap_pinned(self, trace: Trace) -> None:
        """Where it is of another run, that is an opening."""
        there, fixed = trace.beside, self.pinned.step
        step = fixed or trace.step_beside(self.position) or self.position
        left = max(1, self.position) if fixed else 0
        assert there is not None
        if there is trace:
            self._pin(trace, left, step)
        else:
            self.pinned.pin(trace, None, left)
            there.held = None  # of one that was pinned while it was shown for the run with edits
            self.open(there, step)

    # Undo and redo -----------------------------------------------------------------------------

    def can_undo(self) -> bool:
        return self.history.can_go(-1)

    def can_redo(self) -> bool:
        return self.history.can_go(1)

    def undo(self) -> None:
        """What was open before: of another text at the step where one was in it.

        Raises as `Trace.of`, `open`.
        """
        self._go(-1)

    def redo(self) -> None:
        self._go(1)

    def _go(self, by: int) -> None:
        if self.history.can_go(by):
            entry = self.history.there(by)
            pinned = self._pinned_in(entry)
            if entry.trace is self.edited:  # what is open stays, and so does where one is in it
                self.history.leave(self.where)
                if self.history.moves(by):
                    self._look_at(entry.where.position)
                state = self.history.go(by).state
                self._set_marks(state.marks)
                self.marks_changed.emit()
                if state.beside != self.pinned.said:
                    self._hold(pinned, state.beside.step if state.beside else 0)
                    self.opened.emit()
                return
            here = self._reads_the_same(entry.state.run)
            _record_first(entry.record(), self.position if here else entry.where.position)
            self.history.leave(self.where)
            self._show_again(self.history.go(by), pinned, here)

    def _reads_the_same(self, run: Run) -> bool:
        edited = self.edited
        return edited is not None and run.model is edited.model and same_text(run, edited.run)

    def _pinned_in(self, entry: Entry) -> Trace | None:
        """What was pinned there, recorded anew where it is gone. Raises as `Trace.of`."""
        beside, here = entry.state.beside, (entry.trace, self.pinned.trace)
        if beside is None:
            return None
        same = (trace for trace in here if trace is not None and trace.run == beside.run)
        return next(same, None) or self.history.recording(beside.run) or Trace.of(beside.run)

    def _show_again(self, entry: Entry, pinned: Trace | None, here: bool = False) -> None:
        """`here`: where one is, so that it is seen what other edits do there."""
        where, state = entry.where, entry.state
        self.pinned.pin(pinned, None, state.beside.step if state.beside else 0)
        if here:
            self._show_here(entry.record(), state.marks)
        else:
            self._show(entry.record(), where.position, where.unit, where.place, state.marks)
        self.opened.emit()

    def mark(self, marks: Marks) -> None:
        """Other stops or lanes, which undo takes back."""
        if self.edited is not None and marks != self.marks:
            self.history.leave(self.where)
            self._set_marks(marks)
            self.history.add(self.edited, self.where, marks, self.pinned.said)
            self.marks_changed.emit()

    def bring(self, marks: Marks) -> None:
        """The stops and lanes that belong to what was just opened."""
        self._set_marks(marks)
        self.history.bring(marks, self.pinned.said)
        self.marks_changed.emit()

    def _set_marks(self, marks: Marks) -> None:
        self.marks = marks
        self.lanes.follow(self.trace, marks.lanes)

    def toggle_stop(self, position: int | None = None) -> None:
        """A stop at a position, or here; none before the first character, where no run halts."""
        position = self.position if position is None else position
        if position:
            self.mark(self.marks.toggled(position))

    def _refused(self, fault: InputError) -> None:
        """What is pinned goes; else, where nothing was open before, what is recorded stays."""
        pinned = self.pinned.trace
        if pinned is not None and pinned.refusal and self.trace and not self.trace.refusal:
            self.hold(None)
            self.recorder.start(self.trace)
            self.refused.emit(fault)
            return
        with suppress(GRUDebuggerError):  # no room for it any more
            before = self.history.refuse()
            if before is not None:
                self._show_again(before, self._pinned_in(before))
        self.refused.emit(fault)

    def _recorded(self) -> None:
        self._go_on()
        self.lanes.go_on()
        self.finding.go_on()
        self.similar.go_on()
        self.recording_advanced.emit()

    @property
    def marked(self) -> Find | None:
        """What has its hits marked in the text: what is looked for, else similar steps."""
        return self.finding.marked or self.similar.marked

    @property
    def writes(self) -> Writes | None:
        """What each step wrote in the selected unit, as far as that is known."""
        if self.trace is None:
            return None
        return self.written.of(self.trace, self.unit, self.where.place, self.position)


def _record_first(trace: Trace, position: int) -> None:
    """What the first paint shows, axes too, and what may soon grow beyond all numbers.

    Raises InputError where it does.
    """
    for each in dict.fromkeys((trace.plain, trace)):
        stretches = max(_FIRST, len(each.model.places))
        for _ in range(0 if each.refusal else stretches):
            if each.may_grow or each.recorded < min(position, _NEAR):
                each.advance()
