"""Why a value is what it is: the addends of a gate's sum, or of the new state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gru_debugger.core.cell import Cell, Reset
from gru_debugger.core.trace import Step
from gru_debugger.numerals import grouped

Gate = Literal["r", "z", "n"]

GATES = "rzn"


@dataclass(frozen=True)
class Term:
    """One addend of a gate's sum: weight times what it meets, or a bias (`met` None)."""

    name: str
    weight: float
    met: float | None
    value: float


def gate_word(value: float, gate: Gate) -> str:
    """How to call a gate's value in a question: small, large, ..."""
    if gate == "n":
        return "negative" if value < -0.33 else "positive" if value > 0.33 else "near zero"
    return "small" if value < 0.33 else "large" if value > 0.67 else "near a half"


def gate_terms(
    cell: Cell,
    step: Step,
    unit: int,
    gate: Gate,
    reset: Reset,
    input_name: str = "",
    most: int | None = None,
) -> list[Term]:
    """The addends of sum_r, sum_z or sum_n of a unit, the largest first; they add up to it.

    The biases are one term. `input_name` names a one-hot input's single term; without it each
    input has its own. With the reset gate after the product, r scales the candidate's hidden part.
    `most`: only so many, and one more for what the others add up to.
    """
    row = GATES.index(gate) * cell.hidden_size + unit
    x, h = step.values["x"], step.values["h_prev"]
    scale = np.float32(1)
    if gate == "n":
        if reset == "before":
            h = step.values["reset_product"]
        else:
            scale = step.values["r"][unit]
    bias = cell.bias_ih[row] + scale * cell.bias_hh[row]
    inputs = cell.weight_ih[row] * x
    if input_name:
        inputs = inputs.sum(keepdims=True)
    hidden = scale * cell.weight_hh[row]
    values = np.concatenate([[bias], inputs, hidden * h])

    def term(i: int) -> Term:
        value = float(values[i])
        if i == 0:
            return Term("bias", value, None, value)
        if i <= len(inputs):
            if input_name:
                return Term(input_name, value, None, value)
            return Term(f"x_{{{i - 1}}}", float(cell.weight_ih[row, i - 1]), float(x[i - 1]), value)
        i -= 1 + len(inputs)
        return Term(f"h_{{{i}}}", float(hidden[i]), float(h[i]), value)

    order = np.argsort(-np.abs(values), kind="stable").tolist()
    if most is None or most >= len(order):
        return [term(i) for i in order]
    rest = float(values[order[most:]].sum())
    others = Term(f"{grouped(len(order) - most)} other terms", rest, None, rest)
    return [*(term(i) for i in order[:most]), others]
