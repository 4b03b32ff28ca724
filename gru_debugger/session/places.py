"""Where one is in a run, as an address; and the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gru_debugger.core import address, names
from gru_debugger.core.address import Address
from gru_debugger.core.model import Model
from gru_debugger.errors import InputError
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.session.view import View

if TYPE_CHECKING:
    from gru_debugger.session.session import Session


def address_of(model: Model, position: int, view: View) -> Address:
    """The selected value at a position."""
    place = view.layer, view.direction
    return Address(position, names.value(model, view.quantity, place, view.unit))


def here(session: Session) -> Address:
    """What is asked of where one is: the selected value, or a symbol's probability."""
    model, view = session.model, session.view
    assert model is not None
    if view.symbol is None:
        return address_of(model, session.position, view)
    place = view.layer, view.direction
    return Address(session.position, names.value(model, "probabilities", place, view.symbol))


def can_visit(session: Session, there: Address) -> bool:
    """Another model may lack it."""
    try:
        return session.trace is not None and bool(address.find(there, session.trace))
    except InputError:
        return False


def visit(session: Session, there: Address) -> None:
    """Go there; the trail leads back. Raises InputError for what the run lacks."""
    if session.trace is not None:
        found = address.find(there, session.trace)
        quantity = found.quantity if found.quantity in SELECTABLE else ""
        session.follow(found.step, quantity or "", found.unit, found.place)
        if found.symbol is not None:
            session.look(symbol=found.symbol)
        session.go_to(found.step)  # where one is there already, from inside the step
