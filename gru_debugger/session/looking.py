"""How it is looked at: layer, direction, the selected value, the order of units, the notation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gru_debugger.questions.ordering import By, Ordering
from gru_debugger.session.shown import Shown
from gru_debugger.session.view import View
from gru_debugger.session.zoom import FEWEST_CHARACTERS, SECOND


class Looking(Shown):
    """Another view in the place of the one there is, and the signals of what differs."""

    def look(self, **changes: Any) -> None:
        """Fields of the view that are to be others: ``look(contributions=True)``."""
        if "quantity" in changes or "unit" in changes:
            changes = {"symbol": None, **changes}
        self.show(replace(self.view, **changes))

    def show(self, view: View) -> None:
        """Look at it in another way: signals tell what differs. Of what the model lacks, the
        nearest."""
        if self.model:
            view = view.fitted(self.model).within(self.steps).asked_at(self.position)
        changed, self.view = view.differs(self.view), view
        if changed & {"layer", "direction", "full_axes"} and self.trace is not None:
            self._axes = {self.where.place: self.axes}  # those that `view_changed` tells of
            self._follow_axes()
        selection, scroll = {"unit", "quantity", "symbol"}, {"scroll"}
        zoom = {"zoom", "characters"}
        for signal, fields in (
            (self.view_changed, changed - selection - zoom - scroll),
            (self.zoom_changed, changed & zoom),
            (self.scroll_changed, changed & scroll),
            (self.unit_changed, changed & selection),
        ):
            if fields:
                signal.emit()

    def toggle_notation(self) -> None:
        self.look(notation="course" if self.notation == "pytorch" else "pytorch")

    # The selected value --------------------------------------------------------------------

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

    # The units on the axes -----------------------------------------------------------------

    def order_units(self, by: By) -> None:
        """By the selected quantity here, which later steps do not change, or by no step's."""
        self.look(order=Ordering(by))

    def zoom_by(self, factor: float, around: int | None = None) -> None:
        """Show fewer or more units in all charts; `around`, or the selected one, stays in place."""
        if self.model is not None:
            place = self._place(self.unit if around is None else around)
            self.look(zoom=self.view.zoom.by(factor, place, self.model.hidden_size))

    # The characters in the overview --------------------------------------------------------

    def zoom_characters(self, factor: float, around: int | None = None) -> None:
        """Draw the surprise of fewer or more; a character, the one that this step expects or
        `around` (from 1), stays in place."""
        if self.steps > SECOND:
            at = (self.position + 1 if around is None else around) - SECOND
            count = self.steps - 1
            zoom = self.view.characters.by(factor, at, count, FEWEST_CHARACTERS)
            self.look(characters=zoom)

    def pan_characters(self, way: int) -> None:
        """Half of those drawn further: 1 to later ones, −1 to earlier ones."""
        zoom = self.view.characters
        self.look(characters=zoom.at(zoom.first + way * (zoom.count // 2), self.steps - 1))
