"""What the gradients of a value say, in sentences, and the table that these come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Notation
from gru_debugger.core.edits import Place
from gru_debugger.core.model import printable
from gru_debugger.numerals import brief, fixed, grouped, percent, power, two
from gru_debugger.phrases import phrase, told
from gru_debugger.questions.influence import PATHS, Influence
from gru_debugger.questions.influenced import Value
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.spans import Span

STEPS_BACK = (1, 3, 10, 33)  # of which the table tells; the sentence tells of the last one
MANY = 9.995  # times what it begins with: from here on it is told as so many times
_UNITS = 3  # are named at most
_MILLIONS = 1e15  # times less; more is written as a power of ten


@dataclass(frozen=True)
class Row:
    """So many steps back: the shares of the gradient where it begins that are left there.

    `step` is whose state that is, 0 or steps + 1 the initial one.
    """

    back: int
    step: int
    whole: float
    direct: float
    constant_gates: float
    plain_rnn: float


class Shares:
    """The gradients of one of the value's own places, as shares of what they begin with."""

    def __init__(self, found: Influence, place: Place, thresholds: Thresholds = USUAL) -> None:
        self.found, self.place, self.thresholds = found, place, thresholds
        self.name = f"h_l{place[0]}" + "_reverse" * (place[1] == "reverse")
        self.begin = found.begins(place)

    @cached_property
    def most(self) -> int:
        """States of steps that there are before the one where it begins; before the first step's
        there is the initial one."""
        found = self.found
        if self.place[1] == "forward":
            there = self.begin - max(1, found.first)
        else:
            there = found.last - self.begin
        before = self.step(1)
        known = self.is_initial(before) and 0 <= self._k(before) < self._count
        return 1 if not there and known else max(0, there)

    def is_initial(self, step: int) -> bool:
        """Whether a state is the one that the direction begins with."""
        return step == (0 if self.place[1] == "forward" else self.found.trace.steps + 1)

    @property
    def rows(self) -> list[Row]:
        """Of STEPS_BACK, and of the first step where there are not as many."""
        backs = [back for back in STEPS_BACK if back <= self.most]
        if self.most < STEPS_BACK[-1] and self.most and self.most not in backs:
            backs.append(self.most)
        return [self.row(back) for back in backs] if self.start else []

    @property
    def start(self) -> float:
        """The length of the gradient that it begins with; 0: nothing moves it."""
        return self._length("", self.begin) if 0 <= self._k(self.begin) < self._count else 0.0

    def row(self, back: int) -> Row:
        step = self.step(back)
        paths = ("", *(f"{path}_" for path in PATHS))
        return Row(back, step, *(self._length(path, step) / self.start for path in paths))

    def step(self, back: int) -> int:
        """Whose state stands so many steps back."""
        return self.begin - back if self.place[1] == "forward" else self.begin + back

    def shares(self, path: str = "") -> NDArray[np.float64]:
        """Of all states, in the order of the arrays."""
        lengths = self.found.norms[f"{path}{self.name}"]
        return lengths / self.start if self.start else lengths

    def gradient(self, step: int, path: str = "") -> NDArray[np.float64]:
        """By the h of a step (hidden,)."""
        gradients = self.found[f"{path}{self.name}"]
        return np.asarray(gradients[self._k(step)], float)

    def _k(self, step: int) -> int:
        return self.found.row(step, self.place)

    @property
    def _count(self) -> int:
        return len(self.found.norms[self.name])

    def _length(self, path: str, step: int) -> float:
        return float(self.found.norms[f"{path}{self.name}"][self._k(step)])


def of_value(value: Value, symbols: tuple[str, ...] | None = None) -> str:
    """“the logit of “e””, “h[9]”."""
    if not value.is_output or symbols is None or value.unit >= len(symbols):
        return str(value)
    symbol = printable(symbols[value.unit])
    if value.quantity == "logits":
        return told("the logit of {symbol}", symbol=symbol)
    return told("the probability of {symbol}", symbol=symbol)


def left(share: float) -> str:
    """A share of the gradient: 60 %, 1.0 %, 3e−7, 12 times."""
    if share >= MANY:
        many = fixed(_two_digits(share), 0) if share < 9950 else power(share)
        return told("{many} times", many=many)
    if share >= 0.0995:
        return percent(share)
    return percent(share, 1) if share >= 0.0005 else power(share) if share else "0"


def _more(share: float) -> str:
    """More than all can't be left: 3.5 times."""
    if share >= MANY:
        return left(share)
    return told("{many} times", many=fixed(share, 1 if share >= 1.05 else 2))


def times(ratio: float) -> str:
    """86,000; 5.1 million; 3e16: with two digits."""
    if ratio >= _MILLIONS:
        return power(ratio, 1)
    if ratio >= 999_500:
        if ratio < 999.5e6:
            return told("{n} million", n=brief(_two_digits(ratio / 1e6), 9))
        return told("{n} billion", n=brief(_two_digits(ratio / 1e9), 9))
    return fixed(_two_digits(ratio), 0 if ratio >= 9.95 else 1)


def _two_digits(value: float) -> float:
    return float(np.format_float_scientific(value, precision=1, unique=False))


def _back(shares: Shares, row: Row) -> str:
    if shares.is_initial(row.step):
        return told("At the initial state")
    steps = row.back
    return told("One step back") if steps == 1 else told("{n} steps back", n=grouped(steps))


def _units(units: list[int]) -> str:
    if len(units) == 1:
        return told("unit {unit}", unit=grouped(units[0]))
    return told("units {units}", units=", ".join(map(grouped, units)))


def sentences(shares: Shares, notation: Notation = "pytorch") -> list[Span]:
    """How much is left, as a plain RNN, what is kept directly and by which units."""
    rows = shares.rows
    if not rows:
        if shares.start and shares.is_initial(shares.begin):
            return phrase("Of all earlier states only the initial one moves it.")
        return phrase("No earlier state moves it.")
    last = rows[-1]
    if not last.whole:
        return _left(shares, last)
    return [*_left(shares, last), *_plain(last), *_direct(shares, rows, notation),
            *_rest(last, shares.thresholds.direct)]  # fmt: skip


def _left(shares: Shares, row: Row) -> list[Span]:
    back = _back(shares, row)
    if not row.whole:
        said = phrase("{back} nothing of the gradient is left.", back=back)
    elif row.whole <= 1:
        said = phrase("{back} {share} of the gradient is left.", back=back, share=left(row.whole))
    else:
        said = phrase("{back} the gradient is {times} as strong.", back=back,
                      times=_more(row.whole))  # fmt: skip
    return [span._replace(role="strong") for span in said]


def _plain(row: Row) -> list[Span]:
    """Beside the whole: how many times less, or more, at the same states."""
    if not row.plain_rnn:
        nothing = Span(told("nothing would be."), "take")
        return phrase("As a plain RNN {nothing}", nothing=nothing)
    ratio = row.whole / row.plain_rnn
    if ratio >= 1.05:
        words = told("{times} times less.", times=times(ratio))
    elif ratio <= 1 / 1.05:
        words = told("{times} times more.", times=times(1 / ratio))
    else:
        words = told("as much.")
    return phrase("As a plain RNN it would be {as_much}", as_much=Span(words, "take"))


def _direct(shares: Shares, rows: list[Row], notation: Notation) -> list[Span]:
    """What z alone carries; that z is near 1 is the reason only where that is much of the whole."""
    last, edges = rows[-1], shares.thresholds
    kept = next((row for row in reversed(rows) if row.direct >= edges.kept), rows[0])
    share = left(kept.direct)
    if kept is not last:
        words = told("{share} after one step.", share=share)
        if kept.back > 1:
            words = told("{share} after {n} steps.", share=share, n=grouped(kept.back))
        return phrase("Directly kept is {share}", share=Span(words, "keep"))
    units, all_of_it = _carriers(shares.gradient(last.step, "direct_"), edges.carried)
    words = told("{share} is kept directly,", share=share)
    if last.direct >= edges.direct * last.whole and near_one(shares, units[0], last.back):
        words = told("{share} is kept directly, because z is near 1,", share=share)
        if notation == "course":
            words = told("{share} is kept directly, because Γu is near 0,", share=share)
    named, directly = _units(units), Span(words, "keep")
    if all_of_it:
        return phrase("{directly} nearly all in {units}.", directly=directly, units=named)
    return phrase("{directly} most in {units}.", directly=directly, units=named)


def carried_by(shares: Shares) -> str:
    """Which units have the largest part of what is left, so many steps back; "" of nothing."""
    rows = [row for row in shares.rows if row.whole]
    if not rows:
        return ""
    units, all_of_it = _carriers(shares.gradient(rows[-1].step), shares.thresholds.carried)
    back, named = _back(shares, rows[-1]), _units(units)
    if all_of_it:
        return told("{back} nearly all of it, by all paths, in {units}.", back=back, units=named)
    return told("{back} most of it, by all paths, in {units}.", back=back, units=named)


def near_one(shares: Shares, unit: int, back: int) -> bool:
    """Whether a unit's z was, in the geometric mean, over these steps."""
    before = abs(float(shares.gradient(shares.begin)[unit]))
    after = abs(float(shares.gradient(shares.step(back), "direct_")[unit]))
    return before > 0 and bool((after / before) ** (1 / back) >= shares.thresholds.high)


def _carriers(gradient: NDArray[np.float64], nearly_all: float) -> tuple[list[int], bool]:
    """The units with the largest part, as few as have nearly all, and whether they have that."""
    squares = gradient**2
    order = np.argsort(-squares, kind="stable")[:_UNITS]
    part = np.cumsum(squares[order]) / squares.sum()
    enough = int(np.searchsorted(part, nearly_all)) + 1
    return order[:enough].tolist(), bool(part[-1] >= nearly_all)


def _rest(row: Row, direct: float) -> list[Span]:
    """By which way the others come: by both, where neither has half of the whole."""
    if row.direct >= 0.5 * row.whole:
        return []
    if row.constant_gates < direct * row.whole:
        return phrase("The gates pass the rest.")
    if row.constant_gates >= 0.5 * row.whole:
        return phrase("The rest comes through the candidate.")
    return phrase("Gates and candidate pass the rest.")


def held(shares: Shares, notation: Notation = "pytorch") -> list[Span]:
    """What would be left without the ways through the gates; a sentence behind the others."""
    rows = shares.rows
    if not rows or not rows[-1].whole:
        return []
    share = rows[-1].constant_gates
    r, z = ("Γr", "Γu") if notation == "course" else ("r", "z")
    if not share:
        return phrase("With {r} and {z} held constant nothing is left.", r=r, z=z)
    if share <= 1:
        return phrase("With {r} and {z} held constant {share} of the gradient is left.",
                      r=r, z=z, share=left(share))  # fmt: skip
    return phrase("With {r} and {z} held constant the gradient is {times} as strong.",
                  r=r, z=z, times=_more(share))  # fmt: skip


def spoken(found: Influence) -> list[Span]:
    """Which character spoke most for it, and which against it; a sentence behind the others."""
    trace, values = found.trace, found["attribution"]
    high, low = values.max(initial=0), values.min(initial=0)

    def of(index: int) -> tuple[str, str, str]:
        step = found.first + index + 1
        value = two(float(values[index]), signed=True)
        return trace.character_in_words(step), grouped(step), value

    most, s, v = of(int(values.argmax()))
    least, t, w = of(int(values.argmin()))
    if high > 0 > low:
        return phrase("Most for it speaks {most} of step {s} ({v}), "
                      "most against it {least} of step {t} ({w}).",
                      most=most, s=s, v=v, least=least, t=t, w=w)  # fmt: skip
    if high > 0:
        return phrase("Most for it speaks {most} of step {s} ({v}).", most=most, s=s, v=v)
    if low < 0:
        return phrase("Most against it speaks {least} of step {t} ({w}).", least=least, t=t, w=w)
    return []
