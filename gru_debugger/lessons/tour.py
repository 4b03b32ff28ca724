"""What a tour is: stops, one idea each, as plain values. Words may differ by notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FORMAT, VERSION = "gru-debugger-tour", 1
BUNDLED = "bundled:gates"

Notation = Literal["pytorch", "course"]
Words = Mapping[str, str]  # by notation; {name} is a live number, [1] a mark


@dataclass(frozen=True)
class Asked:
    """A number that is no expression of a step: `kind` of `what`, see `live`."""

    kind: str
    what: Any
    more: Mapping[str, Any] = field(default_factory=dict)


Value = str | Asked  # an expression at the stop's step, or what is asked of the run


@dataclass(frozen=True)
class Answer:
    """`right`: whether it is, or a condition on the live run that says so."""

    words: Words
    right: bool | str


@dataclass(frozen=True)
class Stop:
    """Where the window stands, what is said and asked there, and what when it is answered.

    `at`: an address; or `where`: the first step at which that condition holds. `computation`:
    the last one that is shown until the answer; "" where the whole step is. `marks` are values,
    numbered from 1, `hidden` where the answer will stand. `show`: panes that come with the answer.
    """

    headings: Words
    model: str
    text: str | None
    at: str
    where: str
    computation: str
    view: str
    values: Mapping[str, Value]
    say: Words
    formula: Words
    worked: Words
    marks: tuple[str, ...]
    hidden: str
    ask: Words
    answers: tuple[Answer, ...]
    then: Words
    show: tuple[str, ...] = ()
    points: tuple[tuple[Words, Words], ...] = ()  # a heading and its words each

    @property
    def heading(self) -> str:
        """For messages."""
        return self.headings["pytorch"]

    @property
    def of_selected(self) -> bool:
        """Whether the gradients that it speaks of are those of a value that it names."""
        return any(isinstance(value, Asked) and "of" in value.more
                   for value in self.values.values())


@dataclass(frozen=True)
class Tour:
    """`path`: its file, or BUNDLED; `minutes`: how long it takes, 0 where it does not say."""

    path: Path | str
    title: str
    minutes: int
    stops: tuple[Stop, ...]
