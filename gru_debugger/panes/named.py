"""What a value of a unit is called in the unit's pane: in words, and as a symbol with its index."""

from __future__ import annotations

import re

from gru_debugger.panes.equations import short
from gru_debugger.panes.pane import Pane
from gru_debugger.questions import called


def symbol(pane: Pane, index: int) -> str:
    """One of the vocabulary's; its number where there is none."""
    vocabulary = pane.model.vocabulary
    return vocabulary[index] if vocabulary else str(index)


def words(pane: Pane) -> str:
    """A title's, before the symbol that `whose` gives."""
    return called.words(pane.session.told)


def indexed(pane: Pane, quantity: str, unit: int | None = None) -> str:
    """A value with its unit: z₉."""
    if quantity == "probabilities":  # named by its symbol, which is no mathematics
        return ""
    unit = pane.session.unit if unit is None else unit
    symbol = short(pane, quantity)
    if quantity == "h":
        return f"{pane.letter('h')}_{{{unit}}}"
    found = re.fullmatch(r"(.*)_(\w)", symbol)  # Γ_u
    return f"{found[1]}_{{{found[2]},{unit}}}" if found else f"{symbol}_{{{unit}}}"


def brief(pane: Pane, quantity: str, unit: int) -> str:
    """Any selectable value in little room: input z₉."""
    part, _, gate = quantity.rpartition("_")
    if part in ("input", "hidden"):
        return f"{part} {indexed(pane, gate, unit)}"
    if quantity in ("take", "keep"):
        return f"{quantity}_{{{unit}}}"
    if quantity == "h_prev":
        return f"{pane.letter('h')}_{{{unit},{pane.in_time('t−1')}}}"
    if quantity == "reset_product":
        what = "hidden" if pane.model.reset == "after" else indexed(pane, "h", unit)
        return f"{indexed(pane, 'r', unit)}·{what}"
    return indexed(pane, quantity, unit)


def in_notation(pane: Pane, name: str) -> str:
    """“h_{3}” as the course writes it."""
    if pane.session.notation == "course":
        name = re.sub(r"1 − z_\{(\d+)\}", r"Γ_{u,\1}", name)
        name = re.sub(r"(?<![\w−] )z_\{(\d+)\}", r"1 − Γ_{u,\1}", name)
        name = re.sub(r"r_\{(\d+)\}", r"Γ_{r,\1}", name)
        name = name.replace("n_{", f"{pane.letter('n')}_{{")
    return name.replace("h_", f"{pane.letter('h')}_")
