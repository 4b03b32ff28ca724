"""The one state of the window: what is open, where the cursor is, what is selected.

Views read it and call its methods; only here does it change, and each change is announced by
one signal. Recording goes on beside it (`recorder`), so that a key press never waits.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.address import Target
from gru_debugger.core.cell import Array, Notation, Range
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.quantities import COMPUTATIONS, is_computed
from gru_debugger.core.trace import Step, Trace
from gru_debugger.core.unit_order import UnitOrder
from gru_debugger.errors import GRUDebuggerError, InputError
from gru_debugger.questions.asked import ASKED, Asked, asked_of
from gru_debugger.questions.ordering import By, Ordering
from gru_debugger.session.finding import Finding
from gru_debugger.session.frame import Frame, Frames
from gru_debugger.session.full_axes import FullAxes
from gru_debugger.session.history import Entry, History, Where, same_text
from gru_debugger.session.lanes import Lanes
from gru_debugger.session.marks import Marks
from gru_debugger.session.pinned import Pinned
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.similar import SimilarSteps
from gru_debugger.session.trail import Trail
from gru_debugger.session.unit_orders import UnitOrders
from gru_debugger.session.view import View
from gru_debugger.session.written import Written
from gru_debugger.session.zoom import ALL

if TYPE_CHECKING:
    from gru_debugger.questions.finding import Find
    from gru_debugger.questions.writes import Writes

SPEEDS = (1, 2, 5, 10, 20, 50)  # characters a second

_FIRST = 4  # stretches that are recorded at once: what opens is seen in the first paint,
_NEAR = 256  # where it is among these steps


class Session(QObject):
    """State and the only ways to change it. `trace` is None until something is open.

    `edited` is what is open, edits and all: `trace` itself, unless that is the run without them.
    """

    opened = Signal()  # another model, text or recording
    position_changed = Signal()  # step or computation
    unit_changed = Signal()  # the selected value: its unit, its quantity
    zoom_changed = Signal()
    scroll_changed = Signal()
    view_changed = Signal()  # whatever else the view holds
    marks_changed = Signal()  # without anything else being opened
    lane_wanted = Signal(object)  # somebody would write a lane: which, or None for a new one
    value_pulled = Signal(str, int, float)  # a quantity of a unit is to be this in the step shown
    let_go = Signal()  # of what was pulled
    recording_advanced = Signal()
    refused = Signal(object)  # an InputError: why what was open can't be recorded to its end
    playing_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trace: Trace | None = None
        self.edited: Trace | None = None
        self.pinned = Pinned()
        self.position = 0
        self.computation = "blend"
        self.view = View()
        self.marks = Marks()
        self.lanes = Lanes(self)
        self.finding = Finding(self)
        self.written = Written(self)
        self.written.advanced.connect(self.lanes.tell_written)
        self.similar = SimilarSteps(self)
        self.speed = 5
        self._frames = Frames()
        self.history = History()
        self.trail = Trail()
        self.recorder = Recorder(self)
        self.recorder.advanced.connect(self._recorded)
        self.recorder.refused.connect(self._refused)
        self._known = 0  # steps that were recorded when the window was told last
        self._axes: dict[Place, dict[Range, tuple[float, float]]] = {}  # and the axes then
        self._unit_orders = UnitOrders()
        self._full_axes = FullAxes(self)
        self._full_axes.advanced.connect(self._tell_axes)
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)

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
        marks = self.marks if self.trace and same_text(self.trace.run, trace.run) else Marks()
        self._show(trace, position, unit, place, marks)
        self.history.add(trace, self.where, marks, again)
        self.opened.emit()

    def write_on(self, trace: Trace, position: int, after: int | None) -> None:
        """Show the text as it goes on now `after` a step; None: further, and undone with that.

        Raises as `open`.
        """
        _record_first(trace, position)
        self.history.leave(self.where)
        marks = self.marks if after is None else self.marks.within(after)
        self._show(trace, position, None, None, marks)
        (self.history.grow if after is None else self.history.add)(trace, self.where, marks)
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
        if self.edited is None or trace.run.plain != self.edited.run.plain:
            self.trail = Trail()  # of other edits it goes on
        self.written.leave()
        self.trace = self.edited = trace
        self.pinned.hold(trace)
        layer, direction = place or (self.layer, self.direction)
        view = replace(self.view, layer=layer, direction=direction, zoom=zoom, scroll=None)
        unit = self.unit if unit is None else unit
        self.view = view.selecting(unit, trace.model).fitted(trace.model)
        self.position = max(0, min(position, trace.steps))
        self.computation = "blend"
        self._frames.clear()
        self._known, self._axes = trace.recorded, {self.where.place: self.axes}
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
        self.recorder.close()

    # A run and, beside it, a reference ---------------------------------------------------------

    @property
    def swapped(self) -> bool:
        """Whether the run without the edits is shown, and the one with them its reference."""
        return self.trace is not self.edited

    def can_swap(self) -> bool:
        """Whether there is a reference."""
        return self.edited is not None and self.edited.beside is not None

    def pin(self, trace: Trace | None) -> None:
        """Hold what is shown from now on against this run; None: against none."""
        self.pinned.pin(trace, self.edited)
        self._frames.clear()
        self.opened.emit()

    def can_pin_before(self) -> bool:
        """Whether the run that was open before reads something else, by the same model."""
        before, edited = self.history.before, self.edited
        if before is None or edited is None or edited.edits or before.edits:
            return False
        return before.model is edited.model and before is not edited

    def swap(self) -> None:
        """Run and reference change places; step, selection and view stay. Of a pinned one, which
        reads another text, that is an opening; raises as `open`."""
        edited = self.edited
        if edited is None or not self.can_swap():
            return
        if not edited.edits:
            there, step = edited.reference, edited.step_beside(self.position) or self.position
            assert there is not None
            self.pinned.pin(edited, None)
            self.open(there, step)
            return
        trace = edited if self.swapped else edited.plain.held_against(edited)
        where, computation, scroll = self.where, self.computation, self.view.scroll
        self._show(trace, where.position, where.unit, where.place, self.marks)
        self.edited, self.computation = edited, computation
        self.view = replace(self.view, scroll=scroll)
        self.opened.emit()

    # Undo and redo -----------------------------------------------------------------------------

    @property
    def where(self) -> Where:
        """The moment that is shown, and the value that is selected in it."""
        place = self.layer, self.direction
        return Where(self.position, self.unit, place, self.view.quantity, self.view.symbol)

    def can_undo(self) -> bool:
        return self.history.can_go(-1)

    def can_redo(self) -> bool:
        return self.history.can_go(1)

    def undo(self) -> None:
        """What was open before, at the step where one was in it. Raises as `Trace.of`, `open`."""
        self._go(-1)

    def redo(self) -> None:
        self._go(1)

    def _go(self, by: int) -> None:
        if self.history.can_go(by):
            entry = self.history.there(by)
            if entry.trace is self.edited:  # what is open stays, and so does where one is in it
                self.history.leave(self.where)
                self._set_marks(self.history.go(by).state.marks)
                self.marks_changed.emit()
                return
            _record_first(entry.record(), entry.where.position)
            self.history.leave(self.where)
            self._show_again(self.history.go(by))

    def _show_again(self, entry: Entry) -> None:
        where = entry.where
        marks = entry.state.marks
        self._show(entry.record(), where.position, where.unit, where.place, marks)
        self.opened.emit()

    def mark(self, marks: Marks) -> None:
        """Other stops or lanes, which undo takes back."""
        if self.edited is not None and marks != self.marks:
            self.history.leave(self.where)
            self._set_marks(marks)
            self.history.add(self.edited, self.where, marks)
            self.marks_changed.emit()

    def bring(self, marks: Marks) -> None:
        """The stops and lanes that belong to what was just opened."""
        self._set_marks(marks)
        self.history.bring(marks)
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
        """Where nothing was open before, what is recorded stays."""
        with suppress(GRUDebuggerError):  # no room for it any more
            before = self.history.refuse()
            if before is not None:
                self._show_again(before)
        self.refused.emit(fault)

    def _recorded(self) -> None:
        trace = self.trace
        assert trace is not None
        was_missing = self._known < self.position
        self._known = trace.recorded
        if was_missing and self._known >= self.position:
            self.position_changed.emit()
        self._follow_axes()
        self._tell_axes()
        if self._unit_orders.missing and self.unit_order is not None:
            self.view_changed.emit()
        self.lanes.go_on()
        self.finding.go_on()
        self.similar.go_on()
        self.recording_advanced.emit()

    @property
    def axes(self) -> dict[Range, tuple[float, float]]:
        """Lowest and highest value that each kind of axis shows, of the layer and direction."""
        assert self.trace is not None
        return self.trace.axes_so_far(self.layer, self.direction, self.view.full_axes)

    def _follow_axes(self) -> None:
        """Look further for full axes, where they are wanted."""
        if self.trace is None or not self.view.full_axes:
            self._full_axes.stop()
        else:
            self._full_axes.follow(self.trace, self.where.place)

    def _tell_axes(self) -> None:
        axes, place = self.axes, self.where.place
        if axes != self._axes.get(place):
            self._axes[place] = axes
            self.view_changed.emit()

    @property
    def model(self) -> Model | None:
        return self.trace.model if self.trace else None

    @property
    def marked(self) -> Find | None:
        """What has its hits marked in the text: what is looked for, else similar steps."""
        return self.finding.marked or self.similar.marked

    # What is shown -------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The step at the position, of the layer and direction shown; None where there is none."""
        if self.trace is None:
            return None
        return self._frames.at(self.trace, self.position, (self.layer, self.direction))

    @property
    def step(self) -> Step | None:
        frame = self.frame
        return None if frame is None else frame.step

    @property
    def initial(self) -> Array | None:
        """h(0) (hidden,) of the layer shown, where it is the state at the position: before step 1.

        The reverse direction starts behind the last step, and has none here.
        """
        if self.trace is None or self.position or self.direction == "reverse":
            return None
        h0: Array = self.trace.h0[self.trace.model.places.index((self.layer, "forward"))]
        return h0

    @property
    def writes(self) -> Writes | None:
        """What each step wrote in the selected unit, as far as that is known."""
        if self.trace is None:
            return None
        return self.written.of(self.trace, self.unit, self.where.place, self.position)

    def is_computed(self, name: str) -> bool:
        """Whether the computation shown has reached a quantity."""
        if self.trace is None or self.computation == "blend":  # a whole step has them all
            return self.trace is not None
        return is_computed(name, self.computation, self.trace.model.reset)

    # Moving --------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        return self.trace.steps if self.trace else 0

    def can_step_forward(self) -> bool:
        return self.position < self.steps

    def can_step_backward(self) -> bool:
        return self.position > 0

    def go_to(self, position: int, computation: str = "blend") -> None:
        position = max(0, min(position, self.steps))
        if (position, computation) != (self.position, self.computation):
            if position != self.position:
                self.view = replace(self.view, scroll=None)
            self.position, self.computation = position, computation
            self.position_changed.emit()

    def step_forward(self, count: int = 1) -> None:
        self.go_to(self.position + count)

    def step_backward(self, count: int = 1) -> None:
        self.go_to(self.position - count)

    def can_compute_forward(self) -> bool:
        return self.can_step_forward() or self.computation != "blend"

    def next_computation(self) -> None:
        """The next of the six; from a finished step, the first of the step that follows."""
        if self.model is None or not self.can_compute_forward():
            return
        order = COMPUTATIONS[self.model.reset]
        if self.computation == "blend":
            self.go_to(self.position + 1, order[0])
        else:
            self.go_to(self.position, order[order.index(self.computation) + 1])

    def previous_computation(self) -> None:
        if self.model is None or self.position == 0:
            return
        order = COMPUTATIONS[self.model.reset]
        at = order.index(self.computation)
        if at == 0:
            self.go_to(self.position - 1)
        else:
            self.go_to(self.position, order[at - 1])

    def follow(
        self,
        position: int,
        quantity: str = "",
        unit: int | None = None,
        place: Place | None = None,
    ) -> None:
        """Go where a question leads, to a value there; the trail leads back."""
        here = self.where
        there = Where(
            position,
            here.unit if unit is None else unit,
            here.place if place is None else place,
            quantity or here.quantity,
            None if quantity else here.symbol,
        )
        if there != here:
            self.trail.leave(here)
            self._be_at(there)

    def follow_to(self, target: Target) -> None:
        """The same, to where an address points."""
        self.follow(target.step, target.quantity or "", target.unit, target.place)

    def _be_at(self, where: Where) -> None:
        self.look(layer=where.place[0], direction=where.place[1])
        self.select_value(where.quantity, where.unit)
        self.look(symbol=where.symbol)
        self.go_to(where.position)

    def can_go_on_trail(self, by: int) -> bool:
        return self.trail.can_go(by)

    def go_on_trail(self, by: int) -> None:
        """Back to where a question was asked (-1), or forth again (1)."""
        if self.trail.can_go(by):
            self._be_at(self.trail.go(by, self.where))

    def go_back(self, moments: int) -> None:
        """So far back on the trail."""
        for _ in range(moments):
            self.go_on_trail(-1)

    # Playing -------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        return self._player.isActive()

    def toggle_playing(self) -> None:
        if self.playing:
            self.pause()
        elif self.can_step_forward():
            self._player.start(1000 // self.speed)
            self.playing_changed.emit()

    def pause(self) -> None:
        if self.playing:
            self._player.stop()
            self.playing_changed.emit()

    def _play_on(self) -> None:
        self.step_forward()
        if not self.can_step_forward():
            self.pause()

    def set_speed(self, characters_a_second: int) -> None:
        self.speed = characters_a_second
        if self.playing:
            self._player.setInterval(1000 // characters_a_second)
        self.playing_changed.emit()

    def change_speed(self, by: int) -> None:
        """To the next faster or slower of `SPEEDS`."""
        at = SPEEDS.index(self.speed) + by
        self.set_speed(SPEEDS[min(max(0, at), len(SPEEDS) - 1)])

    # Selecting and looking -----------------------------------------------------------------

    def look(self, **changes: Any) -> None:
        """Fields of the view that are to be others: ``look(contributions=True)``."""
        if "quantity" in changes or "unit" in changes:
            changes = {"symbol": None, **changes}
        self.show(replace(self.view, **changes))

    def show(self, view: View) -> None:
        """Look at it in another way: signals tell what differs. Of what the model lacks, the
        nearest."""
        view = view.fitted(self.model).asked_at(self.position) if self.model else view
        changed, self.view = view.differs(self.view), view
        if changed & {"layer", "direction", "full_axes"} and self.trace is not None:
            self._axes = {self.where.place: self.axes}  # those that `view_changed` tells of
            self._follow_axes()
        selection, zoom, scroll = {"unit", "quantity", "symbol"}, {"zoom"}, {"scroll"}
        for signal, fields in (
            (self.view_changed, changed - selection - zoom - scroll),
            (self.zoom_changed, changed & zoom),
            (self.scroll_changed, changed & scroll),
            (self.unit_changed, changed & selection),
        ):
            if fields:
                signal.emit()

    def select_unit(self, unit: int) -> None:
        """It comes into sight."""
        if self.model is not None:
            self.show(self.view.selecting(unit, self.model, self.unit_order))

    def select_beside(self, by: int) -> None:
        """The unit that stands so many places further right."""
        if self.model is not None:
            order, place = self.unit_order, self._place(self.unit) + by
            place = max(0, min(place, self.model.hidden_size - 1))
            self.select_unit(place if order is None else int(order.units[place]))

    @property
    def unit_order(self) -> UnitOrder | None:
        """Of the units on all axes; None: by index."""
        return None if self.trace is None else self._unit_orders.of(self.trace, self.view)

    def _place(self, unit: int) -> int:
        return unit if (order := self.unit_order) is None else int(order.places[unit])

    def order_units(self, by: By) -> None:
        """By the selected quantity here, which later steps do not change, or by no step's."""
        self.look(order=Ordering(by))

    def select_quantity(self, by: int) -> None:
        """The one whose row is so much further down in the cell."""
        if self.model is not None:
            self.show(self.view.selecting_quantity(by, self.model, self._likeliest))

    @property
    def _likeliest(self) -> int | None:
        """The symbol that is likeliest next, where more than one is predicted here."""
        step = self.step
        found = None if step is None else step.values.get("probabilities")
        if found is None or len(found) < 2 or not self.is_computed("probabilities"):
            return None
        return int(found.argmax())

    def select_value(self, quantity: str, unit: int) -> None:
        """Quantity and unit at once."""
        if self.model is not None:
            view = self.view.selecting(unit, self.model, self.unit_order)
            self.show(replace(view, quantity=quantity, symbol=None))

    def zoom_by(self, factor: float, around: int | None = None) -> None:
        """Show fewer or more units in all charts; `around`, or the selected one, stays in place."""
        if self.model is not None:
            place = self._place(self.unit if around is None else around)
            self.look(zoom=self.view.zoom.by(factor, place, self.model.hidden_size))

    def toggle_notation(self) -> None:
        self.look(notation="course" if self.notation == "pytorch" else "pytorch")

    @property
    def unit(self) -> int:
        return self.view.unit

    @property
    def layer(self) -> int:
        return self.view.layer

    @property
    def direction(self) -> Direction:
        return self.view.direction

    @property
    def notation(self) -> Notation:
        return self.view.notation

    @property
    def told(self) -> str:
        """The quantity that the unit's pane tells of: the selected one; while that is not computed
        yet, the last of the equations' that is."""
        quantity = self.view.quantity if self.view.symbol is None else "probabilities"
        return quantity if self.is_computed(quantity) else self.answered

    @property
    def told_at(self) -> int:
        """Whose of its values: the unit's, or the symbol's."""
        symbol = self.view.symbol
        return self.unit if symbol is None or self.told != "probabilities" else symbol

    @property
    def answered(self) -> Asked:
        """The quantity that “Why?” tells of: in whose equation the selected one stands; while that
        is not computed yet, the last that is."""
        known = [q for q in ASKED if self.is_computed(q)]
        wanted = asked_of(self.view.quantity)
        return wanted if wanted in known or not known else known[-1]


def _record_first(trace: Trace, position: int) -> None:
    """What the first paint shows, axes too, and what may soon grow beyond all numbers.

    Raises InputError where it does.
    """
    for each in dict.fromkeys((trace.plain, trace)):
        stretches = max(_FIRST, len(each.model.places))
        for _ in range(0 if each.refusal else stretches):
            if each.may_grow or each.recorded < min(position, _NEAR):
                each.advance()
