"""From where on words say more than the number beside them: in one place, and adjustable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from gru_debugger.errors import InputError
from gru_debugger.numerals import brief


@dataclass(frozen=True)
class Thresholds:
    """A gate below `low` is told as almost shut, above `high` as almost open, within `saturated` of
    0 or 1 as saturated, which is reported and no fault. A candidate or state beyond `full` in
    magnitude is full; a change below `little` is hardly one; a unit whose |h| never exceeds `dead`
    is dead, one whose h has a smaller standard deviation than `constant` is constant. A network
    whose likeliest next character has more than `sure` is almost sure, more than `leaning`, leans
    to it. Raises InputError for what is no share, and where an order is turned round.
    """

    low: float = 0.1
    high: float = 0.9
    saturated: float = 0.01
    full: float = 0.9
    little: float = 0.05
    dead: float = 0.05
    constant: float = 0.05
    sure: float = 0.9
    leaning: float = 0.5

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise InputError(f"{field.name} is {brief(value)}: give a number from 0 to 1.")
        for small, large in (("low", "high"), ("leaning", "sure")):
            if getattr(self, small) > getattr(self, large):
                raise InputError(f"{small} is larger than {large}; give them in order.")


    @classmethod
    def of(cls, given: Mapping[str, float]) -> Thresholds:
        """The usual ones with these in their place. Raises InputError as above, and for a name
        that none has."""
        names = [field.name for field in fields(cls)]
        for name in given:
            if name not in names:
                raise InputError(f"no threshold is called {name!r:.40}: {', '.join(names)} are.")
        return cls(**given)


USUAL = Thresholds()
