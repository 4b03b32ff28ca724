"""In which order the units stand, in words: ``index``, ``likeness``, ``z at 34``,
``changed(z) at 34``. Apart from the computation, as the command line has no numpy yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gru_debugger.errors import InputError
from gru_debugger.questions.asked import SELECTABLE

By = Literal["index", "value", "change", "likeness"]
BY: tuple[By, ...] = ("index", "value", "change", "likeness")

_ASKED = re.compile(
    r"(?:(?P<changed>changed\((?P<of>\w{1,20})\))|(?P<value>\w{1,20})) at (?P<step>\d{1,12})",
    re.ASCII,
)


@dataclass(frozen=True)
class Ordering:
    """`value` and `change` are those of a quantity at a step, where that was asked: so it stays.

    No quantity: the one that is selected when it is asked; step −1: the one that is shown then.
    """

    by: By = "index"
    quantity: str = ""
    step: int = -1

    def asked(self, quantity: str, step: int) -> Ordering:
        """With what is left open filled in."""
        if self.by not in ("value", "change"):
            return Ordering(self.by)
        step = step if self.step < 0 else self.step
        return Ordering(self.by, self.quantity or quantity, step)

    @property
    def in_words(self) -> str:
        """What stands behind “16 units”."""
        return "" if self.by == "index" else f" by {self}"

    def __str__(self) -> str:
        if self.by not in ("value", "change") or not self.quantity:
            return self.by
        value = f"changed({self.quantity})" if self.by == "change" else self.quantity
        return f"{value} at {self.step}"


def parse(words: str) -> Ordering:
    """Raises InputError for what is no order."""
    if words in BY:
        return Ordering(words)
    found = _ASKED.fullmatch(words[:80].strip())
    quantity = found and (found["of"] or found["value"])
    if not found or quantity not in SELECTABLE:
        raise InputError(
            f"“{words[:80]}” is no order of units; write index, likeness, value, change, or of "
            "which step: “z at 34”, “changed(h) at 34”."
        )
    return Ordering("change" if found["changed"] else "value", quantity, int(found["step"]))


BY_INDEX = Ordering()
