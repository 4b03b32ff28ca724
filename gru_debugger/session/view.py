"""How a recording is looked at: what the window's and a picture's panes show of a step.

A value, never changed: the session holds one and takes another in its place, a picture's job
carries one, the command line says one. No Qt here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from gru_debugger.questions.asked import selectable
from gru_debugger.questions.ordering import BY_INDEX, Ordering
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.session.zoom import ALL, Zoom

if TYPE_CHECKING:
    from gru_debugger.core.cell import Notation
    from gru_debugger.core.model import Direction, Model
    from gru_debugger.core.unit_order import UnitOrder

NOTATIONS: tuple[Notation, ...] = ("pytorch", "course")
FOLDS = ("weights", "parts", "sums")
CENTRES = ("cell", "calculation", "overview")  # the panes that share the window's centre


@dataclass(frozen=True)
class View:
    """The selected value is `quantity`, of SELECTABLE, of `unit` (from 0); “Why?” asks of it.

    `contributions`: matrices show weights times what they meet. `folded`: of FOLDS, the rows that
    are hidden. `all_terms`: “Why?” has the whole pane, for all its terms. `all_equations`: it has
    those of r, z, n and h above it, not the selected value's alone. `scroll`: the leftmost
    position in the strip while the wheel has moved it; None: the strip follows the position.
    `full_axes`: axes reach as far as any value of the whole recording; else as the usual ones.
    `order`: of the units on all axes; zoom counts the places in it. `lens`: where many units share
    an axis, those around the selected one are drawn at full size.
    `centre`: of CENTRES, the pane in the window's centre.
    `symbol`: whose probability “Why?” tells of, as if it were the row below the last; None: of the
    selected value. `all_units`: the memory is that of all units, not of the selected one.
    `of_selected`: influence is that on the selected value, not on the likeliest one's logit.
    `two_steps`: the calculation is that of the step before too. `characters`: of those that a
    surprise is known of, the ones that the overview draws it of. `thresholds`: from where on words
    count, wherever something is told.
    """

    layer: int = 0
    direction: Direction = "forward"
    unit: int = 0
    quantity: str = "z"
    notation: Notation = "pytorch"
    contributions: bool = False
    folded: tuple[str, ...] = ()
    all_terms: bool = False
    zoom: Zoom = ALL
    scroll: int | None = None
    full_axes: bool = False
    order: Ordering = BY_INDEX
    lens: bool = True
    all_equations: bool = False
    all_units: bool = False
    symbol: int | None = None
    centre: str = CENTRES[0]
    of_selected: bool = False
    two_steps: bool = False
    thresholds: Thresholds = USUAL
    characters: Zoom = ALL

    @property
    def row(self) -> str:
        """The quantity whose row has the selected value; "" while a probability is asked about."""
        return self.quantity if self.symbol is None else ""

    @classmethod
    def first_of(cls, model: Model) -> View:
        """What a model shows first: its own example's unit, its first direction."""
        return cls(direction=model.ways[0], unit=model.example.unit if model.example else 0)

    def fitted(self, model: Model) -> View:
        """The same, of what the model has."""
        symbols = 0 if model.output is None else len(model.output.bias)
        return replace(
            self,
            symbol=None if self.symbol is None or self.symbol >= symbols else self.symbol,
            layer=min(self.layer, len(model.layers) - 1),
            direction=self.direction if self.direction in model.ways else model.ways[0],
            unit=max(0, min(self.unit, model.hidden_size - 1)),
            zoom=self.zoom.fitted(model.hidden_size),
        )

    def within(self, steps: int) -> View:
        """The same, of a text of so many."""
        return replace(self, characters=self.characters.fitted(steps - 1))

    def selecting(self, unit: int, model: Model, order: UnitOrder | None = None) -> View:
        """With another unit selected, which comes into sight; `order` is that of the units now."""
        unit = max(0, min(unit, model.hidden_size - 1))
        if unit == self.unit:
            return replace(self, symbol=None) if self.symbol is not None else self
        place = unit if order is None else int(order.places[unit])
        zoom = self.zoom.revealing(place, model.hidden_size)
        return replace(self, unit=unit, zoom=zoom, symbol=None)

    def selecting_quantity(self, by: int, model: Model, likeliest: int | None = None) -> View:
        """With the quantity selected that is so many rows further down; the ends stay.

        Below the last is a probability, where there is a `likeliest` symbol.
        """
        order = selectable(model.reset)
        at = order.index(self.quantity) + by
        if self.symbol is not None:  # above it stands the last
            return self if by > 0 else replace(self, symbol=None)
        if at == len(order) and likeliest is not None:
            return replace(self, symbol=likeliest)
        return replace(self, quantity=order[max(0, min(at, len(order) - 1))])

    def folding(self, rows: str, folded: bool) -> View:
        """With these of FOLDS hidden, or shown."""
        hidden = {*self.folded, rows} if folded else {*self.folded} - {rows}
        return replace(self, folded=tuple(name for name in FOLDS if name in hidden))

    def asked_at(self, position: int) -> View:
        """With an order of units that is asked for at what is shown there."""
        return replace(self, order=self.order.asked(self.quantity, position))

    def on_paper(self) -> View:
        """What a picture shows of it: there is room for all rows, and the strip shows the step."""
        return replace(self, folded=(), scroll=None)

    def differs(self, other: View) -> frozenset[str]:
        """The fields that are not the same."""
        names = (field.name for field in fields(self))
        return frozenset(name for name in names if getattr(self, name) != getattr(other, name))
