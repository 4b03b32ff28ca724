"""Why a value is what it is: the addends of a gate's sum, or of the new state."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array, Cell, Reset
from gru_debugger.core.trace import Step
from gru_debugger.phrases import several

Gate = Literal["r", "z", "n"]

GATES = "rzn"

# What, set by hand, keeps the old state from being met in sum_n.
_HIDDEN: dict[Reset, frozenset[str]] = {
    "after": frozenset({"hidden_n", "reset_product"}),
    "before": frozenset({"hidden_n"}),
}


class Term(NamedTuple):
    """One addend: a factor times what it meets, or what stands alone (`met` None).

    The factor is a weight, times `scale` where the reset gate scales it. `source` is what it meets,
    or what it is by itself: a quantity of the same step, and whose of its values.
    """

    name: str  # in the mathematics markup, or words
    weight: float
    met: float | None
    value: float
    scale: float = 1.0
    others: int = 0  # how many addends it is the sum of, where it stands for the smaller ones
    source: tuple[str, int] | None = None

    @property
    def factor(self) -> float:
        return self.scale * self.weight


class Addends(NamedTuple):
    """Some of one kind: their values, and what makes the term of the i-th, of this value."""

    values: NDArray[np.float64]
    make: Callable[[int, float], Term]


class Terms(Sequence[Term]):
    """The addends of one sum, the largest first; each is made when it is looked at."""

    def __init__(self, *addends: Addends) -> None:
        self._addends = addends
        self._ends = [*accumulate(len(some.values) for some in addends)]
        self._values = np.concatenate([some.values for some in addends])
        self._order = (-np.abs(self._values)).argsort(kind="stable")

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> Term: ...
    @overload
    def __getitem__(self, at: slice) -> list[Term]: ...
    def __getitem__(self, at: int | slice) -> Term | list[Term]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        return self.of_addend(self.addend(at))

    def addend(self, at: int) -> int:
        """Which of the addends the at-th largest is, in an order that no value changes."""
        return int(self._order[at])

    def of_addend(self, index: int) -> Term:
        kind = bisect_right(self._ends, index)
        some = self._addends[kind]
        index += len(some.values) - self._ends[kind]
        return some.make(index, float(some.values[index]))

    @property
    def total(self) -> float:
        return float(self._values.sum())

    def largest(self, rows: int) -> list[Term]:
        """What `rows` rows can show: the last, where there are more, what the others add up to.
        What adds nothing is no cause: where not all have a row, it is among the others."""
        if rows >= len(self):
            return self[:]
        shown = min(max(0, rows - 1), int(np.count_nonzero(self._values)))
        rest = float(self._values[self._order[shown:]].sum())
        count = len(self) - shown
        name = several(count, "{n} other term", "{n} other terms")
        others = Term(name, rest, None, rest, others=count)
        return [*self[:shown], others]


def asked_word(value: float, asked: str) -> str:
    """How to call a value in a question: small, large, ..."""
    if value != value:
        return "not a number"
    if asked not in ("r", "z", "probabilities"):
        return "negative" if value < -0.33 else "positive" if value > 0.33 else "near zero"
    return "small" if value < 0.33 else "large" if value > 0.67 else "near a half"


def gate_terms(
    cell: Cell,
    step: Step,
    unit: int,
    gate: Gate,
    reset: Reset,
    input_name: str = "",
    by_hand: Collection[str] = (),
) -> Terms:
    """The addends of sum_r, sum_z or sum_n of a unit; they add up to it.

    The biases are one term. `input_name` names a one-hot input's single term; without it each
    input has its own. The candidate's hidden part has gone through the reset gate: after the
    product r scales its weights, before it they meet r ⊙ h. What of that is `by_hand` is one term.
    """
    row = GATES.index(gate) * cell.hidden_size + unit
    bias, inputs = float(cell.bias_ih[row]), inputs_of(cell, step, row, input_name)
    if gate == "n" and not _HIDDEN[reset].isdisjoint(by_hand):
        of = "reset_product" if reset == "after" else "hidden_n"
        value = float(step.values[of][unit])
        return Terms(alone("bias", bias), inputs, alone("set by hand", value, (of, unit)))
    scale = float(step.values["r"][unit]) if gate == "n" and reset == "after" else 1.0
    bias += scale * float(cell.bias_hh[row])
    return Terms(alone("bias", bias), inputs, hidden_of(cell, step, row, reset, scale))


def alone(name: str, value: float, source: tuple[str, int] | None = None) -> Addends:
    """One that is no product."""
    return Addends(
        np.array([value]), lambda _, value: Term(name, value, None, value, source=source)
    )


def weighted(
    weights: NDArray[np.floating[Any]], met: Array, source: str, name: str, scale: float = 1.0
) -> Addends:
    """A weight for each value that it meets; `name` in the markup, with {0} for which it is."""
    values = scale * (weights.astype(np.float64) * met)

    def make(i: int, value: float) -> Term:
        factors = float(weights[i]), float(met[i])
        return Term(name.format(i), *factors, value, scale, source=(source, i))

    return Addends(values, make)


def inputs_of(cell: Cell, step: Step, row: int, input_name: str = "") -> Addends:
    """What x adds by a row of the weights."""
    x = step.values["x"]
    if input_name:
        value = float(cell.weight_ih[row] @ x.astype(np.float64))
        return alone(input_name, value, ("x", int(x.argmax())))
    return weighted(cell.weight_ih[row], x, "x", "x_{{{0}}}")


def hidden_of(cell: Cell, step: Step, row: int, reset: Reset, scale: float = 1.0) -> Addends:
    """What the old state adds by a row of the weights."""
    if reset == "before" and row >= 2 * cell.hidden_size:
        source, name = "reset_product", "r_{{{0}}}h_{{{0}}}"
    else:
        source, name = "h_prev", "h_{{{0}}}"
    return weighted(cell.weight_hh[row], step.values[source], source, name, scale)


def state_terms(step: Step, unit: int) -> Terms:
    """What the new state is made of: what was taken from the candidate, and kept of the old."""
    return Terms(taken(step, unit), kept(step, unit))


def taken(step: Step, unit: int) -> Addends:
    z, n = (float(step.values[q][unit]) for q in ("z", "n"))
    return gated("take", 1 - z, n, ("n", unit))


def kept(step: Step, unit: int) -> Addends:
    z, old = (float(step.values[q][unit]) for q in ("z", "h_prev"))
    return gated("keep", z, old, ("h_prev", unit))


def gated(name: str, gate: float, value: float, source: tuple[str, int]) -> Addends:
    """What a gate leaves of a value."""
    return Addends(
        np.array([gate * value]), lambda _, left: Term(name, gate, value, left, source=source)
    )
