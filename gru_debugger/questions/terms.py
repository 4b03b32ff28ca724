"""Why a value is what it is: the addends of a gate's sum, or of the new state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Cell, Reset
from gru_debugger.core.trace import Step
from gru_debugger.numerals import grouped
from gru_debugger.questions.asked import Asked

Gate = Literal["r", "z", "n"]

GATES = "rzn"


@dataclass(frozen=True)
class Term:
    """One addend: a factor times what it meets, or what stands alone (`met` None).

    The factor is a weight, times `scale` where the reset gate scales it.
    """

    name: str  # in the mathematics markup, or words
    weight: float
    met: float | None
    value: float
    scale: float = 1.0
    others: int = 0  # how many addends it is the sum of, where it stands for the smaller ones

    @property
    def factor(self) -> float:
        return self.scale * self.weight


class Terms(Sequence[Term]):
    """The addends of one sum, the largest first; each is made when it is looked at."""

    def __init__(self, values: NDArray[np.float64], make: Callable[[int, float], Term]) -> None:
        self._values, self._make = values, make
        self._order = np.argsort(-np.abs(values), kind="stable")

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> Term: ...
    @overload
    def __getitem__(self, at: slice) -> list[Term]: ...
    def __getitem__(self, at: int | slice) -> Term | list[Term]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        index = int(self._order[at])
        return self._make(index, float(self._values[index]))

    @property
    def total(self) -> float:
        return float(self._values.sum())

    def largest(self, rows: int) -> list[Term]:
        """What `rows` rows can show: the last, where there are more, what the others add up to."""
        if rows >= len(self):
            return self[:]
        shown = max(0, rows - 1)
        rest = float(self._values[self._order[shown:]].sum())
        count = len(self) - shown
        others = Term(f"{grouped(count)} other terms", rest, None, rest, others=count)
        return [*self[:shown], others]


def asked_word(value: float, asked: Asked) -> str:
    """How to call a value in a question: small, large, ..."""
    if asked in ("n", "h"):
        return "negative" if value < -0.33 else "positive" if value > 0.33 else "near zero"
    return "small" if value < 0.33 else "large" if value > 0.67 else "near a half"


def gate_terms(
    cell: Cell, step: Step, unit: int, gate: Gate, reset: Reset, input_name: str = ""
) -> Terms:
    """The addends of sum_r, sum_z or sum_n of a unit; they add up to it.

    The biases are one term. `input_name` names a one-hot input's single term; without it each
    input has its own. The candidate's hidden part has gone through the reset gate: after the
    product r scales its weights, before it they meet r ⊙ h.
    """
    row = GATES.index(gate) * cell.hidden_size + unit
    x = step.values["x"].astype(np.float64)
    before = gate == "n" and reset == "before"
    h = step.values["reset_product" if before else "h_prev"].astype(np.float64)
    scale = float(step.values["r"][unit]) if gate == "n" and not before else 1.0
    bias = float(cell.bias_ih[row]) + scale * float(cell.bias_hh[row])
    inputs = cell.weight_ih[row] * x
    if input_name:
        inputs = inputs.sum(keepdims=True)
    values = np.concatenate([[bias], inputs, scale * (cell.weight_hh[row] * h)])
    name = "r_{{{0}}}h_{{{0}}}" if before else "h_{{{0}}}"

    def make(i: int, value: float) -> Term:
        if i == 0:
            return Term("bias", value, None, value)
        i -= 1
        if i < len(inputs):
            if input_name:
                return Term(input_name, value, None, value)
            return Term(f"x_{{{i}}}", float(cell.weight_ih[row, i]), float(x[i]), value)
        i -= len(inputs)
        return Term(name.format(i), float(cell.weight_hh[row, i]), float(h[i]), value, scale)

    return Terms(values, make)


def state_terms(step: Step, unit: int) -> Terms:
    """What the new state is made of: what was taken from the candidate, and kept of the old."""
    z, n, old = (float(step.values[q][unit]) for q in ("z", "n", "h_prev"))
    parts = (("take", 1 - z, n), ("keep", z, old))
    return Terms(
        np.array([gate * value for _, gate, value in parts]),
        lambda i, value: Term(parts[i][0], parts[i][2], parts[i][1], value),
    )
