"""What is shown: a recording, a position in it, a view, and all that follows from these three.

The lowest room of the session, which those above change (`looking`, `moving`, `playing`): it says
what is there to be seen, and by which signals others hear that it is something else.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from gru_debugger.core.cell import Array, Notation, Range
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.quantities import is_computed
from gru_debugger.core.trace import Step, Trace
from gru_debugger.core.unit_order import UnitOrder
from gru_debugger.questions.asked import Asked, asked_of
from gru_debugger.session.frame import Frame, Frames
from gru_debugger.session.full_axes import FullAxes
from gru_debugger.session.history import Where
from gru_debugger.session.unit_orders import UnitOrders
from gru_debugger.session.view import View


class Shown(QObject):
    """`trace` is None until something is open."""

    position_changed = Signal()  # step or computation
    unit_changed = Signal()  # the selected value: its unit, its quantity
    zoom_changed = Signal()
    scroll_changed = Signal()
    view_changed = Signal()  # whatever else the view holds
    pointed_changed = Signal()  # the quantity that the pointer is at

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trace: Trace | None = None
        self.position = 0
        self.computation = "blend"
        self.view = View()
        self.pointed = ""  # a quantity, or a matrix such as W_ir
        self.pointed_in_formula = False  # at its symbol, not at its chart
        self._frames = Frames()
        self._known = 0, 0  # steps that were recorded, here and beside, when one was told last
        self._axes: dict[Place, dict[Range, tuple[float, float]]] = {}  # and the axes then
        self._unit_orders = UnitOrders()
        self._full_axes = FullAxes(self)
        self._full_axes.advanced.connect(self._tell_axes)

    def _begin(self, trace: Trace, position: int, view: View) -> None:
        """Another recording, at a finished step."""
        self.trace, self.view = trace, view
        self.position = max(0, min(position, trace.steps))
        self.computation = "blend"
        self._frames.clear()
        self._known, self._axes = self._recorded_steps, {self.where.place: self.axes}

    def _go_on(self) -> None:
        """More of it is recorded: what was wanted and missing may be there now."""
        assert self.trace is not None
        wanted = self.position, self.trace.step_beside(self.position)
        before, self._known = self._known, self._recorded_steps
        if any(a < t <= b for a, t, b in zip(before, wanted, self._known, strict=True)):
            self.position_changed.emit()
        self._follow_axes()
        self._tell_axes()
        if self._unit_orders.missing and self.unit_order is not None:
            self.view_changed.emit()

    @property
    def _recorded_steps(self) -> tuple[int, int]:
        """Of what is shown, and of what it is held against."""
        trace = self.trace
        assert trace is not None
        return trace.recorded, trace.beside.recorded if trace.beside else 0

    # The recording -------------------------------------------------------------------------

    @property
    def model(self) -> Model | None:
        return self.trace.model if self.trace else None

    @property
    def steps(self) -> int:
        return self.trace.steps if self.trace else 0

    # The moment ----------------------------------------------------------------------------

    @property
    def where(self) -> Where:
        """The moment that is shown, and the value that is selected in it."""
        place = self.layer, self.direction
        return Where(self.position, self.unit, place, self.view.quantity, self.view.symbol)

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

    def is_computed(self, name: str) -> bool:
        """Whether the computation shown has reached a quantity."""
        if self.trace is None or self.computation == "blend":  # a whole step has them all
            return self.trace is not None
        return is_computed(name, self.computation, self.trace.model.reset)

    # The view ------------------------------------------------------------------------------

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
        """The quantity that heading, sentence, “Why?” and pill are of: the selected one; while that
        is not computed yet, what the computation shown has made."""
        quantity = self.view.quantity if self.view.symbol is None else "probabilities"
        known = self.trace is None or self.is_computed(quantity)
        return quantity if known else self.computation

    @property
    def told_at(self) -> int:
        """Whose of its values: the unit's, or the symbol's."""
        symbol = self.view.symbol
        return self.unit if symbol is None or self.told != "probabilities" else symbol

    @property
    def answered(self) -> Asked:
        """In whose equation the value that is told of stands; of a probability, the one selected
        before."""
        return asked_of(self.view.quantity if self.told == "probabilities" else self.told)

    @property
    def told_where(self) -> Where:
        """The moment that is shown, and the value that is told of in it."""
        here, told = self.where, self.told
        return here if told == "probabilities" else replace(here, quantity=told, symbol=None)

    def point_at(self, quantity: str, in_formula: bool = False) -> None:
        """The pointer is at a quantity's symbol or chart, or ("") at neither."""
        if (quantity, in_formula) != (self.pointed, self.pointed_in_formula):
            self.pointed, self.pointed_in_formula = quantity, in_formula
            self.pointed_changed.emit()

    # The axes ------------------------------------------------------------------------------

    @property
    def unit_order(self) -> UnitOrder | None:
        """Of the units on all axes; None: by index."""
        return None if self.trace is None else self._unit_orders.of(self.trace, self.view)

    def _place(self, unit: int) -> int:
        return unit if (order := self.unit_order) is None else int(order.places[unit])

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
