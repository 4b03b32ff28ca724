"""From where on words say more than the number beside them: in one place, and adjustable.

All that is told in words asks these: the sentences, the overview, the curves, the influence, the
history and the ready-made stops. What a word says by itself (half of it, worse than guessing) is no
threshold, and what is counted here is told with its number beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from gru_debugger.errors import InputError
from gru_debugger.numerals import brief

DIGITS = 4  # behind the point, at most: all of them are told wherever a threshold is
ORDERED = ("low", "high"), ("leaning", "sure")  # of which none is larger than the other
SHARE, HALF, LARGEST = 1.0, 0.5, 10.0  # what a threshold is at most: states may be beyond 1


def _is(
    usual: float, group: str, title: str, meaning: str, most: float = SHARE, course: str = ""
) -> Any:
    told = MappingProxyType({"group": group, "title": title, "meaning": meaning, "most": most,
                             "course": course or meaning})  # fmt: skip
    return field(default=usual, metadata=told)


@dataclass(frozen=True)
class Thresholds:
    """Each with what it is usually, and what it means: metadata `group`, `title`, `meaning`,
    `course` (the same in that notation) and `most`, from 0 to which it goes. A gate is meant as
    PyTorch writes it: the course's Γu = 1 − z is told by the same ones, turned round, so that
    another notation counts nothing otherwise.

    Raises InputError for a number that is out of range or has more than four digits behind the
    point, and where an order is turned round.
    """

    low: float = _is(
        0.1, "Gates", "almost shut", "a gate below this lets little pass, keeps little")
    high: float = _is(
        0.9, "Gates", "almost open", "a gate above this lets almost all pass; z is near 1",
        course="a gate above this lets almost all pass; 1 − Γu is near 1")
    saturated: float = _is(
        0.01, "Gates", "saturated", "so near to 0 or 1 a gate hardly learns, which is no fault",
        HALF)
    mostly: float = _is(
        0.9, "Gates", "mostly", "a unit takes in more than this share of the steps")
    full: float = _is(
        0.95, "Candidates and states", "full", "beyond ± this a candidate or a state is full",
        LARGEST)
    little: float = _is(
        0.05, "Candidates and states", "little", "a change by less is hardly one", LARGEST)
    dead: float = _is(
        0.05, "Candidates and states", "dead", "a unit whose h is never further from 0 is dead",
        LARGEST, "a unit whose c is never further from 0 is dead")
    constant: float = _is(
        0.05, "Candidates and states", "constant",
        "a unit whose h has a smaller standard deviation hardly moves", LARGEST,
        "a unit whose c has a smaller standard deviation hardly moves")
    used: float = _is(
        0.1, "Candidates and states", "reset gate used",
        "it changes a candidate by more than this", LARGEST)
    wrote: float = _is(
        0.1, "History of a state", "wrote", "a step that put more than this into the state",
        LARGEST)
    strong: float = _is(
        0.9, "History of a state", "strong", "a candidate beyond ± this would have changed it",
        LARGEST)
    refused: float = _is(
        0.9, "History of a state", "refused", "z above this kept a strong candidate out",
        course="1 − Γu above this kept a strong candidate out")
    sure: float = _is(
        0.9, "Next character", "almost sure", "the likeliest has more than this")
    leaning: float = _is(
        0.5, "Next character", "leans to it", "the likeliest has more than this; else undecided")
    direct: float = _is(
        0.1, "Influence", "directly",
        "so much of the whole must be kept by z alone to be told as the reason",
        course="so much of the whole must be kept by 1 − Γu alone to be told as the reason")
    kept: float = _is(
        0.001, "Influence", "kept", "less of the gradient than this is nothing that is kept")
    carried: float = _is(
        0.9, "Influence", "nearly all", "units that have more than this of it carry nearly all")

    def __post_init__(self) -> None:
        for one in fields(self):
            check(one.name, getattr(self, one.name))
        for small, large in ORDERED:
            if getattr(self, small) > getattr(self, large):
                raise InputError(f"{small} is larger than {large}; give them in order.")

    @classmethod
    def of(cls, given: Mapping[str, float]) -> Thresholds:
        """The usual ones with these in their place. Raises InputError as above, and for a name
        that none has."""
        for name in given:
            named(name)
        return cls(**given)

    @property
    def unusual(self) -> dict[str, float]:
        """Those that are not as usual, by their names."""
        every = ((one.name, one.default) for one in fields(self))
        return {name: value for name, usual in every if (value := getattr(self, name)) != usual}

    def on_gate(self, turned: bool = False) -> tuple[float, float]:
        """`low` and `high`; of 1 − the gate, where it is told `turned` round."""
        if not turned:
            return self.low, self.high
        return round(1 - self.high, DIGITS), round(1 - self.low, DIGITS)


def named(name: str) -> None:
    """Raises InputError for a name that none has."""
    names = [one.name for one in fields(Thresholds)]
    if name not in names:
        raise InputError(f"no threshold is called {name!r:.40}: {', '.join(names)} are.")


def most(name: str) -> float:
    """What the threshold of this name is at most."""
    return next(float(one.metadata["most"]) for one in fields(Thresholds) if one.name == name)


def check(name: str, value: float) -> None:
    """Raises InputError for a value that the threshold of this name can't have."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= most(name):
        said = brief(value) if isinstance(value, float) else repr(value)[:40]
        raise InputError(f"{name} is {said}: give a number from 0 to {brief(most(name))}.")
    if round(value, DIGITS) != value:
        raise InputError(
            f"{name} is {brief(value)}: give it with {DIGITS} digits behind the point at most."
        )


def from_json(said: Any) -> Thresholds:
    """What a session file says of them: of each that is no number in its range, what is usual, and
    so of all where they are not in order."""
    given = {name: value for name, value in said.items() if _is_right(name, value)}
    try:
        return Thresholds(**given)
    except InputError:
        return USUAL


def _is_right(name: str, value: Any) -> bool:
    try:
        named(name)
        check(name, value)
    except InputError:
        return False
    return True


USUAL = Thresholds()
