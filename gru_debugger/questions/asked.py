"""What can be selected and asked why it is so: apart, as the command line has no numpy yet."""

from __future__ import annotations

from typing import Literal, cast

Asked = Literal["r", "z", "n", "h"]
NUMBERED = 9  # causes that a key leads to: Alt+1 to Alt+9
ASKED: tuple[Asked, ...] = ("r", "z", "n", "h")

# Quantities of a unit that have a row in the cell, in the order in which they are computed.
SELECTABLE = (
    "input_r", "hidden_r", "sum_r", "r", "input_z", "hidden_z", "sum_z", "z",
    "input_n", "hidden_n", "reset_product", "n", "h_prev", "take", "keep", "h",
)  # fmt: skip


def selectable(reset: str) -> tuple[str, ...]:
    """In the variant's order: before the matrix product, r is multiplied in first."""
    if reset == "after":
        return SELECTABLE
    order, at = list(SELECTABLE), SELECTABLE.index("hidden_n")
    order[at : at + 2] = order[at + 1], order[at]
    return tuple(order)


def asked_of(quantity: str) -> Asked:
    """In whose equation a selectable quantity stands."""
    if quantity in ("h_prev", "take", "keep"):
        return "h"
    return cast(Asked, "n" if quantity == "reset_product" else quantity[-1])
