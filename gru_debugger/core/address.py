"""Where to look in a run, as people write it: ``34``, ``34:z``, ``34:z[9]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gru_debugger.core import names
from gru_debugger.core.columns import ALL
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError

_ADDRESS = re.compile(r"(?P<step>\d{1,12})(?::(?P<value>.*\S.*))?", re.ASCII | re.DOTALL)
_LONGEST = 80  # characters
_NO_ROWS = ("x", "sum_n", "logits")  # whose values can't be selected


@dataclass(frozen=True)
class Address:
    """A step, 0 being before the first, and what is to be selected there: ``z[9]``, or nothing.

    `said`: how messages call it, where that is not as it is written.
    """

    step: int
    value: str = ""
    said: str = ""

    def __str__(self) -> str:
        return f"{self.step}:{self.value}" if self.value else str(self.step)


@dataclass(frozen=True)
class Target:
    """An address in a run; None: what is selected stays so. `symbol`: whose probability."""

    step: int
    quantity: str | None = None
    place: Place | None = None
    unit: int | None = None
    symbol: int | None = None


def parse(words: str, said: str = "") -> Address:
    """Raises InputError for what is no address in any run."""
    found = _ADDRESS.fullmatch(words.strip()) if len(words) <= _LONGEST else None
    if found is None:
        raise InputError(
            f"“{words[:_LONGEST]}” is no address; write a step and what to select there: "
            "34, 34:z or 34:z[9]."
        )
    return Address(int(found["step"]), (found["value"] or "").strip(), said)


def find(address: Address, trace: Trace) -> Target:
    """Raises InputError for a step, quantity or unit that the run lacks."""
    said = address.said or str(address)
    if address.step > trace.steps:
        raise InputError(f"{said}: {trace.reading.steps_in_words}; choose one of these.")
    if not address.value:
        return Target(address.step)
    try:
        quantity, place, units = names.find(trace, address.value)
    except InputError as fault:
        raise InputError(f"{said}: {fault}") from None
    if quantity in _NO_ROWS:
        raise InputError(f"{said}: there is no row of {quantity}, so that nothing of it can be "
                         f"selected; write {address.step} for the step alone.")  # fmt: skip
    if units == ALL and quantity == "probabilities":
        raise InputError(f"{said}: a step has one of each symbol; name one by its index, "
                         f"{address.step}:probabilities[0].")  # fmt: skip
    if units == ALL:
        return Target(address.step, quantity, place)
    if units.stop - units.start > 1:
        raise InputError(f"{said}: these are several units; name one, 34:z[9].")
    if quantity == "probabilities":
        return Target(address.step, quantity, place, symbol=units.start)
    return Target(address.step, quantity, place, units.start)
