"""Where one is in the text: step and computation, and the trail that questions have left."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from gru_debugger.core.address import Target
from gru_debugger.core.edits import Place
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.session.history import Where
from gru_debugger.session.looking import Looking
from gru_debugger.session.trail import Trail


class Moving(Looking):
    """Only here does the position change in what is open."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trail = Trail()
        self._held: tuple[int, int | None] | None = None  # position and scroll before

    # Steps and computations ----------------------------------------------------------------

    def can_step_forward(self) -> bool:
        return self.position < self.steps

    def can_step_backward(self) -> bool:
        return self.position > 0

    def go_to(self, position: int, computation: str = "blend") -> None:
        position = max(0, min(position, self.steps))
        if (position, computation) != (self.position, self.computation):
            scrolled = self.view.scroll is not None and self._held is None
            if position != self.position and scrolled:
                self.view = replace(self.view, scroll=None)
            self.position, self.computation = position, computation
            self.position_changed.emit()

    def hold_text(self, first: int | None) -> None:
        """While a pointer goes along it the text stays as it is, begun at `first`: else what turns
        would be dragged from under it. None: let go."""
        if first is not None:
            self._held = self._held or (self.position, self.view.scroll)
            self.look(scroll=first)
        elif self._held is not None:
            (position, scroll), self._held = self._held, None
            self.look(scroll=scroll if position == self.position else None)

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

    # The trail -----------------------------------------------------------------------------

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
