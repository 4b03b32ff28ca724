"""The overview's answers as sentences, which never say other than the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.model import printable
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import apart, brief, counted, fixed, grouped, percent, two
from gru_debugger.questions.overview import Floats, Surprises, Units
from gru_debugger.questions.step_sentences import edge_in_words
from gru_debugger.questions.surprise import Surprise
from gru_debugger.spans import Span

_NAMED = 3  # units at most that are named where several are alike
_HALF = 0.5  # of the steps


class Goal(NamedTuple):
    """What a link leads to: a unit, a step, or that each unit's silence is tried."""

    kind: Literal["unit", "step", "try"]
    number: int = 0


class Answer:
    """A sentence in pieces, and what its links lead to, in their order."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.goals: list[Goal] = []

    def say(self, words: str) -> Answer:
        self.spans.append(Span(words))
        return self

    def link(self, words: str, goal: Goal) -> Answer:
        self.spans.append(Span(words, "link"))
        self.goals.append(goal)
        return self

    def units(self, units: Sequence[int]) -> Answer:
        """Their numbers; of more than a few, how many they are."""
        if len(units) > _NAMED:
            return self.say(f"{grouped(len(units))} units")
        for i, unit in enumerate(units):
            if i:
                self.say("and" if i == len(units) - 1 else ",")
            self.link(str(unit), Goal("unit", unit))
        return self

    @property
    def words(self) -> str:
        """For those who hear it."""
        said = " ".join(span.text for span in self.spans)
        for sign in ",;:":
            said = said.replace(f" {sign}", sign)
        return said


def best(values: Floats) -> list[int]:
    """All that have the largest value."""
    return [int(i) for i in np.flatnonzero(values == values.max())]


def share(part: float) -> str:
    """Whole percents; what is neither nothing nor all is not called so."""
    if 0 < part <= 0.005:  # which is rounded to none
        return f"under {percent(0.01)}"
    return f"over {percent(0.99)}" if 0.995 <= part < 1 else percent(part)


def _one(units: Sequence[int], one: str, many: str) -> str:
    return one if len(units) == 1 else many


def _how_many(holds: NDArray[np.bool_], one: str, many: str) -> str:
    """“no unit takes”, “1 unit takes”, “40 units take”."""
    count = int(holds.sum())
    return f"{counted(count, 'unit') if count else 'no unit'} {one if count < 2 else many}"


def gates(units: Units) -> Answer:
    """Which always keep, which always take."""
    said, top = Answer(), float(units.z_high.max())
    if top:
        first = best(units.z_high)
        said.units(first).say(f"{_one(first, 'keeps', 'keep')} in {share(top)} of the steps;")
    else:
        said.say("no unit keeps in any step;")
    mostly = units.thresholds.mostly
    takes = _how_many(units.z_low > mostly, "takes", "take")
    return said.say(f"{takes} in over {edge_in_words(mostly)}")


def resets(units: Units) -> Answer:
    shut = _how_many(units.r_low > _HALF, "is shut", "are shut")
    opened = _how_many(units.r_high > _HALF, "is open", "are open")
    return Answer().say(f"{shut} in more than half of the steps, {opened}")


def characters(half_life: float) -> str:
    """So many, one alone too: it is seldom a whole number."""
    if half_life >= 10:
        return f"{fixed(half_life, 0)} characters"
    return f"{apart(half_life, 1.0)} characters"


def holds(units: Units) -> Answer:
    first, top = best(units.half_life), float(units.half_life.max())
    said = Answer().units(first)
    if np.isinf(top):
        said.say(f"{_one(first, 'loses', 'lose')} nothing,")
    else:
        said.say(f"{_one(first, 'loses', 'lose')} half in {characters(top)},")
    short = int((units.half_life < 1).sum())
    return said.say(f"{counted(short, 'unit') if short else 'none'} in less than 1")


def still(units: Units) -> Answer:
    dead, constant = units.dead, units.constant
    if dead.all():
        return Answer().say("all units are dead")
    dead_ones, constant_ones = (grouped(int(some.sum())) for some in (dead, constant))
    said = Answer().say(f"{'none' if not dead.any() else dead_ones} dead,")
    said.say(f"{'none' if not constant.any() else constant_ones} constant; calmest is")
    calm = best(np.where(dead, -np.inf, -units.deviation))[0]
    said.units([calm])
    mean, deviation = float(units.mean[calm]), float(units.deviation[calm])
    return said.say(f"around {two(mean)} ± {two(deviation)}")


def full(units: Units, h: str, n: str) -> Answer:
    """`h` and `n` are what they are called."""
    beyond = f"beyond ±{brief(units.thresholds.full)}:"
    return Answer().say(
        f"{beyond} {share(units.h_full)} of all {h}, {share(units.n_full)} of all {n}"
    )


def lost(bits: Floats, tried: int, why: str, wanted: bool) -> Answer:
    """`bits` (units,), nan of those that are not tried yet; `why`: why nobody can try them."""
    said = Answer()
    if why:
        return said.say(why)
    known = np.flatnonzero(~np.isnan(bits))
    if not tried and not wanted:
        return said.say("another run for each unit, which takes a while:").link(
            "try them", Goal("try")
        )
    if tried < len(bits):
        said.say(f"{grouped(tried)} of {grouped(len(bits))} tried{':' if len(known) else '…'}")
    if not len(known):
        return said
    worst, helped = (int(known[at(bits[known])]) for at in (np.argmax, np.argmin))
    if bits[worst] <= 0:
        said.say("no unit is missed,")
    else:
        said.say("without").units([worst]).say(f"{two(bits[worst])} bits a character worse,")
    if bits[helped] >= 0:
        return said.say("none is better silent")
    return said.say("without").units([helped]).say(f"{two(-bits[helped])} better")


def surprised(found: Surprises, trace: Trace) -> Answer:
    told = Surprise(found.mean, found.even, len(found.bits))
    mean, even = told.figures.split(" of ")
    said = Answer().say(f"mean {mean} bits a character, guessing {even}{told.verdict}; most at")
    said.link(
        f"{printable(trace.characters[found.at - 1])}, character {grouped(found.at)}",
        Goal("step", found.at - 1),
    )
    more = "none" if not found.beyond else grouped(found.beyond)
    return said.say(
        f", {two(found.highest)} bits; {more} of {grouped(len(found.bits))} cost more than guessing"
    )
