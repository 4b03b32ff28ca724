"""What the word that is being typed may become: names, functions and units that a run has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gru_debugger.core import names
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.columns import OUTPUTS
from gru_debugger.core.quantities import CELL_QUANTITIES
from gru_debugger.questions.expressions.functions import FUNCTIONS
from gru_debugger.questions.expressions.lookup import ABOUT, PREDICTIONS
from gru_debugger.questions.predictions import none_because

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

MOST = 8
_MEANT = 3  # letters from which on a name is found by what it is about, too
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*$", re.ASCII)
_UNIT = re.compile(r"(?<!\w)(?P<name>[A-Za-z_]\w*)\[(?P<typed>\d*)$", re.ASCII)
_TEXT = re.compile(r"""(["']).*?\1""")
_BETWEEN = ("and", "or", "not", "in")


@dataclass(frozen=True)
class Completion:
    """`word` in the place of the last `replaces` characters; `about` says what it is."""

    word: str
    about: str
    replaces: int


def completions(before: str, trace: Trace, unit: int = 0) -> list[Completion]:
    """What the end of `before` may become, the likeliest first; `unit` is the selected one.

    Of what stands as a whole already, that itself is the first.
    """
    plain = _TEXT.sub("", before)
    if '"' in plain or "'" in plain:  # inside a text
        return []
    if found := _UNIT.search(plain):
        return _units(found["name"], found["typed"], trace, unit)[:MOST]
    word = _WORD.search(plain)
    return _words(word[0], trace)[:MOST] if word else []


def _units(name: str, typed: str, trace: Trace, unit: int) -> list[Completion]:
    known = names.split(name, trace.model)
    if known is None:
        return []
    count = names.width(trace.model, *known)
    first = [] if known[0] in OUTPUTS or known[0] == "x" else [unit]
    units = dict.fromkeys([*first, *range(count)])
    fitting = [one for one in units if one < count and str(one).startswith(typed)]
    return [
        Completion(f"{one}]", "the selected unit" if [one] == first else f"of {name}", len(typed))
        for one in fitting[:MOST]
    ]


def _words(typed: str, trace: Trace) -> list[Completion]:
    known = {word: about for word, about in _known(trace) if _fit(typed, word, about) is not None}
    ranked = sorted(known, key=lambda word: _fit(typed, word, known[word]) or 0)
    return [Completion(word, known[word], len(typed)) for word in ranked]


def _fit(typed: str, word: str, about: str) -> int | None:
    """0 for the whole word, 1 for its beginning, 2 for a word of what it is about."""
    if typed == word:
        return 0
    if word.casefold().startswith(typed.casefold()):
        return 1
    meant = any(said.startswith(typed.casefold()) for said in about.casefold().split())
    return 2 if len(typed) >= _MEANT and meant else None


def _known(trace: Trace) -> Iterator[tuple[str, str]]:
    """Each word and what it is about, the quantities in the order of computation."""
    model = trace.model
    several = len(model.places) > 1
    for place in model.places:
        where = f", {model.place_in_words(*place)}" if several else ""
        for name in CELL_QUANTITIES:
            about = QUANTITIES[name].described(model.cell(*place).activations)
            yield names.called(model, name, place), about + where
    if model.output is not None:
        yield from ((name, QUANTITIES[name].words) for name in OUTPUTS)
    predicts = not none_because(trace)
    yield from ((n, about) for n, about in ABOUT.items() if predicts or n not in PREDICTIONS)
    for name, function in FUNCTIONS.items():
        if (name != "reference" or trace.reference) and (name != "probability" or predicts):
            yield f"{name}(", f"{name}({function.example})"
    yield from ((word, "") for word in _BETWEEN)
