"""The overview's answers as sentences, which never say other than the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger import phrases
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import apart, brief, fixed, grouped, percent, two
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


Links = list[tuple[str, Goal]]


class Answer:
    """A sentence in pieces, and what its links lead to, in their order."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.goals: list[Goal] = []

    def say(self, template: str, **parts: str | Links) -> Answer:
        """A clause, its places filled with words or with links, which go as they stand in it."""
        goals: dict[str, Goal] = {}
        filled: dict[str, Span | str | list[Span]] = {}
        for name, part in parts.items():
            filled[name] = part if isinstance(part, str) else _linked(part)
            goals |= {} if isinstance(part, str) else dict(part)
        spans = phrases.phrase(template, **filled)
        self.spans += spans
        self.goals += [goals[span.text] for span in spans if span.role == "link"]
        return self

    @property
    def words(self) -> str:
        """For those who hear it."""
        said = " ".join(span.text for span in self.spans)
        for sign in ",;:":
            said = said.replace(f" {sign}", sign)
        return said


def _linked(links: Links) -> list[Span]:
    """“1, 2 and 3”."""
    spans = list[Span]()
    for i, (words, _) in enumerate(links):
        if i:
            spans.append(Span(phrases.told("and") if i == len(links) - 1 else ","))
        spans.append(Span(words, "link"))
    return spans


def _units(units: Sequence[int]) -> str | Links:
    """Their numbers; of more than a few, how many they are."""
    if len(units) > _NAMED:
        return phrases.several(len(units), "{n} unit", "{n} units")
    return [(str(unit), Goal("unit", unit)) for unit in units]


def best(values: Floats) -> list[int]:
    """All that have the largest value."""
    return [int(i) for i in np.flatnonzero(values == values.max())]


def share(part: float) -> str:
    """Whole percents; what is neither nothing nor all is not called so."""
    if 0 < part <= 0.005:  # which is rounded to none
        return phrases.told("under {share}", share=percent(0.01))
    if 0.995 <= part < 1:
        return phrases.told("over {share}", share=percent(0.99))
    return percent(part)


def _how_many(holds: NDArray[np.bool_], none: str, one: str, many: str, **parts: str) -> str:
    """“no unit takes”, “1 unit takes”, “40 units take”."""
    count = int(holds.sum())
    return phrases.several(count, one, many, **parts) if count else phrases.told(none, **parts)


def gates(units: Units) -> Answer:
    """Which always keep, which always take."""
    said, top = Answer(), float(units.z_high.max())
    first, of = best(units.z_high), {"share": share(top)}
    if not top:
        said.say("no unit keeps in any step;")
    elif len(first) == 1:
        said.say("{units} keeps in {share} of the steps;", units=_units(first), **of)
    else:
        said.say("{units} keep in {share} of the steps;", units=_units(first), **of)
    mostly = units.thresholds.mostly
    takes = _how_many(units.z_low > mostly, "no unit takes in over {share}",
                      "{n} unit takes in over {share}", "{n} units take in over {share}",
                      share=edge_in_words(mostly))  # fmt: skip
    return said.say("{takes}", takes=takes)


def resets(units: Units) -> Answer:
    shut = _how_many(units.r_low > _HALF, "no unit is shut in more than half of the steps",
                     "{n} unit is shut in more than half of the steps",
                     "{n} units are shut in more than half of the steps")  # fmt: skip
    opened = _how_many(units.r_high > _HALF, "no unit is open", "{n} unit is open",
                       "{n} units are open")  # fmt: skip
    return Answer().say("{shut}, {opened}", shut=shut, opened=opened)


def characters(half_life: float) -> str:
    """So many, one alone too: it is seldom a whole number."""
    n = fixed(half_life, 0) if half_life >= 10 else apart(half_life, 1.0)
    return phrases.told("{n} characters", n=n)


def holds(units: Units) -> Answer:
    first, top = best(units.half_life), float(units.half_life.max())
    said, named = Answer(), _units(first)
    if np.isinf(top) and len(first) == 1:
        said.say("{units} loses nothing,", units=named)
    elif np.isinf(top):
        said.say("{units} lose nothing,", units=named)
    elif len(first) == 1:
        said.say("{units} loses half in {characters},", units=named, characters=characters(top))
    else:
        said.say("{units} lose half in {characters},", units=named, characters=characters(top))
    short = _how_many(units.half_life < 1, "none in less than 1", "{n} unit in less than 1",
                      "{n} units in less than 1")  # fmt: skip
    return said.say("{short}", short=short)


def still(units: Units) -> Answer:
    dead, constant = units.dead, units.constant
    if dead.all():
        return Answer().say("all units are dead")
    none = phrases.told("none")
    dead_ones, constant_ones = (
        grouped(int(some.sum())) if some.any() else none for some in (dead, constant)
    )
    calm = best(np.where(dead, -np.inf, -units.deviation))[0]
    mean, deviation = float(units.mean[calm]), float(units.deviation[calm])
    return Answer().say(
        "{dead} dead, {constant} constant; calmest is {unit} around {mean} ± {deviation}",
        dead=dead_ones, constant=constant_ones, unit=_units([calm]), mean=two(mean),
        deviation=two(deviation),
    )  # fmt: skip


def full(units: Units, h: str, n: str) -> Answer:
    """`h` and `n` are what they are called."""
    return Answer().say(
        "beyond ±{full}: {h_share} of all {h}, {n_share} of all {n}",
        full=brief(units.thresholds.full), h=h, n=n, h_share=share(units.h_full),
        n_share=share(units.n_full),
    )  # fmt: skip


def lost(bits: Floats, tried: int, why: str, wanted: bool) -> Answer:
    """`bits` (units,), nan of those that are not tried yet; `why`: why nobody can try them."""
    said = Answer()
    if why:
        return said.say("{why}", why=why)
    known = np.flatnonzero(~np.isnan(bits))
    if not tried and not wanted:
        try_them: Links = [(phrases.told("try them"), Goal("try"))]
        return said.say("another run for each unit, which takes a while: {try_them}",
                        try_them=try_them)  # fmt: skip
    if tried < len(bits):
        counts = {"tried": grouped(tried), "units": grouped(len(bits))}
        template = "{tried} of {units} tried:" if len(known) else "{tried} of {units} tried…"
        said.say(template, **counts)
    if not len(known):
        return said
    worst, helped = (int(known[at(bits[known])]) for at in (np.argmax, np.argmin))
    missed: dict[str, str | Links] = {"unit": _units([worst]), "bits": two(bits[worst])}
    better: dict[str, str | Links] = {"unit": _units([helped]), "bits": two(-bits[helped])}
    counting = tried < len(bits)  # beside how many that are; the plot says of what the bits are
    if bits[worst] <= 0:
        said.say("no unit is missed,")
    elif counting:
        said.say("without {unit} {bits} bits worse,", **missed)
    else:
        said.say("without {unit} {bits} bits a character worse,", **missed)
    if bits[helped] >= 0:
        return said.say("none is better silent")
    if counting and bits[worst] > 0:
        return said.say("{unit} {bits} better", **better)
    return said.say("without {unit} {bits} better", **better)


def surprised(found: Surprises, trace: Trace) -> Answer:
    costs = Surprise(found.mean, found.even, len(found.bits))
    mean, even = costs.numbers
    read = printable(trace.characters[found.at - 1])
    words = phrases.told("step {t}, where {next} follows", t=grouped(found.at - 1), next=read)
    there: Links = [(words, Goal("step", found.at - 1))]
    more = grouped(found.beyond) if found.beyond else phrases.told("none")
    return Answer().say(
        "mean {mean} bits a character, guessing {even}{verdict}; most at {there}, {highest} bits; "
        "{more} of {all} cost more than guessing",
        mean=mean, even=even, verdict=costs.verdict, there=there, highest=two(found.highest),
        more=more, all=grouped(len(found.bits)),
    )  # fmt: skip
