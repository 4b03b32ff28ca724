"""The equations of one GRU cell and the quantities they yield: read it beside a textbook.

Rows of every weight and bias are stacked r, z, n, as PyTorch stacks them. All functions take one
step (vectors) or many (matrices, a row a step). Symbols and equations are written in the small
mathematics markup that `charts.mathematics` paints: ``_{}`` lowers, ``^{}`` raises, letters are
italic, digits and the names of functions upright.

Source: the documentation of ``torch.nn.GRU`` (reset after the matrix product) and
Cho et al. 2014, arXiv:1406.1078v3 (reset before it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.activations import USUAL, Activations, Role

Array = NDArray[np.float32]
Reset = Literal["after", "before"]
Notation = Literal["pytorch", "course"]
Range = Literal["gate", "state", "input", "hidden", "sum", "x", "logit", "probability"]

# Puts what an edit sets in the place of a computed quantity: its name and values -> its values.
Overwrite = Callable[[str, Array], Array]

EDITABLE = ("r", "z", "n", "h", "hidden_n", "reset_product")


@dataclass(frozen=True, eq=False)
class Cell:
    """The weights of one layer in one direction, float32.

    weight_ih (3·hidden, input), weight_hh (3·hidden, hidden), bias_ih and bias_hh (3·hidden,);
    a model without biases has zeros. `activations` are its σ and tanh, or what it has instead.
    """

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array
    activations: Activations = field(default=USUAL, kw_only=True)

    def __repr__(self) -> str:
        return f"<Cell weight_ih {self.weight_ih.shape}, weight_hh {self.weight_hh.shape}>"

    @property
    def arrays(self) -> dict[str, Array]:
        return {k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)}

    @property
    def hidden_size(self) -> int:
        return int(self.weight_hh.shape[1])

    @property
    def input_size(self) -> int:
        return int(self.weight_ih.shape[1])

    def of_units(self, units: slice, blocks: slice = slice(None)) -> Cell:
        """The part that computes these units alone: their rows of every weight and bias.

        `blocks`, of r, z and n: of these alone, for `one_gate` and `input_part`.
        """
        if units == blocks == slice(None):
            return self
        rows = np.arange(3 * self.hidden_size).reshape(3, -1)[blocks, units].ravel()
        first, end = int(rows[0]), int(rows[-1]) + 1
        taken: Any = slice(first, end) if end - first == len(rows) else rows  # a view, if it can be
        mine: dict[str, Any] = {name: array[taken] for name, array in self.arrays.items()}
        return replace(self, **mine)


def input_part(cell: Cell, x: Array) -> Array:
    """W_i x + b_i of the three gates side by side: (..., 3·hidden); of a part, of its rows."""
    return x @ cell.weight_ih.T + cell.bias_ih


def hidden_part(cell: Cell, h_prev: Array) -> Array:
    """W_h h(t-1) + b_h of the same: of n only where the reset gate acts after the product."""
    return h_prev @ cell.weight_hh.T + cell.bias_hh


class Gates(NamedTuple):
    """Of a step: what of the hidden part needs no gate, the sums of r, then z, and both gates."""

    hidden: Array
    sums: Array
    r: Array
    z: Array


class Computed(NamedTuple):
    """All that a step computes of its input part and h(t-1)."""

    gates: Gates
    hidden_n: Array
    reset_product: Array
    sum_n: Array
    n: Array
    take: Array
    keep: Array
    h: Array


def as_computed(name: str, values: Array) -> Array:
    """The `Overwrite` of a run without edits."""
    return values


def gates_of(cell: Cell, reset: Reset) -> Callable[[Array, Array, Overwrite], Gates]:
    """The first half of `stepper`, which takes the same."""
    size = len(cell.bias_hh) // 3
    rows = 2 * size if reset == "before" else 3 * size
    w, b = cell.weight_hh[:rows].T, cell.bias_hh[:rows]
    sigmoid = cell.activations.bend_gates

    def gates(part: Array, h_prev: Array, edited: Overwrite) -> Gates:
        hidden = h_prev @ w + b
        sums, rz = _gate(part[..., : 2 * size], hidden[..., : 2 * size], sigmoid)
        return Gates(hidden, sums, edited("r", rz[..., :size]), edited("z", rz[..., size:]))

    return gates


def one_gate(
    cell: Cell, name: str, part: Array, h_prev: Array, edited: Overwrite
) -> dict[str, Array]:
    """What `stepper` computes of ``r`` or ``z`` alone, by the names of the quantities.

    `cell` is the part of this gate (`Cell.of_units`), and so is its input part.
    """
    hidden = hidden_part(cell, h_prev)
    sums, values = _gate(part, hidden, cell.activations.bend_gates)
    return {f"hidden_{name}": hidden, f"sum_{name}": sums, name: edited(name, values)}


def one_candidate(
    cell: Cell, part: Array, h_prev: Array, r: Array, edited: Overwrite
) -> dict[str, Array]:
    """The same of n, where the reset gate acts after the product: all of CANDIDATE."""
    hidden, tanh = hidden_part(cell, h_prev), cell.activations.bend_candidate
    return dict(zip(CANDIDATE, candidate(part, hidden, r, tanh, edited), strict=True))


CANDIDATE = ("hidden_n", "reset_product", "sum_n", "n")


def candidate(
    part: Array, hidden: Array, r: Array, tanh: Callable[[Array], Array], edited: Overwrite
) -> tuple[Array, Array, Array, Array]:
    """The quantities of CANDIDATE, reset after; `hidden` and `r` as they are made."""
    hidden_n = edited("hidden_n", hidden)
    reset_product = edited("reset_product", r * hidden_n)
    sum_n = part + reset_product
    return hidden_n, reset_product, sum_n, edited("n", tanh(sum_n))


def _gate(part: Array, hidden: Array, sigmoid: Callable[[Array], Array]) -> tuple[Array, Array]:
    """The sums of a gate, or of several side by side, and the gates."""
    sums = part + hidden
    return sums, sigmoid(sums)


def _taken(z: Array, n: Array) -> Array:
    taken: Array = (1 - z) * n
    return taken


def kept(z: Array, h_prev: Array) -> Array:
    """What a unit keeps of its own old state: all of ``keep``, of which z alone is computed."""
    product: Array = z * h_prev
    return product


def take_and_z(cell: Cell, part: Array, h_prev: Array, edited: Overwrite) -> tuple[Array, Array]:
    """These two alone of what `stepper` computes, reset after, which takes the same.

    Of few units at many steps: gathering their old states for `keep` takes a tenth of the time.
    """
    size = len(cell.bias_hh) // 3
    hidden, _, r, z = gates_of(cell, "after")(part, h_prev, edited)
    tanh = cell.activations.bend_candidate
    n = candidate(part[..., 2 * size :], hidden[..., 2 * size :], r, tanh, edited)[-1]
    return _taken(z, n), z


def stepper(
    cell: Cell, reset: Reset, own: slice = slice(None)
) -> Callable[[Array, Array, Overwrite], Computed]:
    """The equations of one step, for a cell: the only place where they stand as arithmetic.

    What it returns takes the input part (..., 3·units), h(t-1) (..., hidden) and what edits set
    in the place of the quantities in EDITABLE. `own`: the units of h(t-1) that the cell computes,
    where it is a part of one (`Cell.of_units`); reset before needs them all.
    """
    size = len(cell.bias_hh) // 3
    w_n, b_n = cell.weight_hh[2 * size :].T, cell.bias_hh[2 * size :]
    tanh, gates_at = cell.activations.bend_candidate, gates_of(cell, reset)

    def step(part: Array, h_prev: Array, edited: Overwrite) -> Computed:
        gates = gates_at(part, h_prev, edited)
        hidden, _, r, z = gates
        h_own, part_n = h_prev[..., own], part[..., 2 * size :]
        if reset == "after":
            made = candidate(part_n, hidden[..., 2 * size :], r, tanh, edited)
            hidden_n, reset_product, sum_n, n = made
        else:
            reset_product = edited("reset_product", r * h_own)
            hidden_n = edited("hidden_n", reset_product @ w_n + b_n)
            sum_n = part_n + hidden_n
            n = edited("n", tanh(sum_n))
        take, keep = _taken(z, n), kept(z, h_own)
        h = edited("h", take + keep)
        return Computed(gates, hidden_n, reset_product, sum_n, n, take, keep, h)

    return step


def gru_step(
    cell: Cell,
    part: Array,
    h_prev: Array,
    reset: Reset,
    edited: Overwrite = as_computed,
    own: slice = slice(None),
) -> dict[str, Array]:
    """Every quantity of a step from its input part (..., 3·hidden) and h(t-1) (..., hidden)."""
    step = stepper(cell, reset, own)(part, h_prev, edited)
    return {
        "h_prev": h_prev[..., own],
        **named_gates(part, step.gates),
        "input_n": part[..., 2 * step.n.shape[-1] :], "hidden_n": step.hidden_n,
        "reset_product": step.reset_product, "sum_n": step.sum_n, "n": step.n,
        "take": step.take, "keep": step.keep, "h": step.h,
    }  # fmt: skip


def named_gates(part: Array, gates: Gates) -> dict[str, Array]:
    """The quantities of both gates by their names."""
    size = gates.r.shape[-1]
    first, second = slice(size), slice(size, 2 * size)
    return {
        "input_r": part[..., first], "hidden_r": gates.hidden[..., first],
        "sum_r": gates.sums[..., first], "r": gates.r,
        "input_z": part[..., second], "hidden_z": gates.hidden[..., second],
        "sum_z": gates.sums[..., second], "z": gates.z,
    }  # fmt: skip


def gru_states(
    cell: Cell, parts: Array, h0: Array, reset: Reset, edited: Overwrite = as_computed
) -> Array:
    """States after each step: parts (steps, 3·hidden) and h(0) (hidden,) -> (steps, hidden).

    `edited` sets the same in each of these steps.
    """
    step = stepper(cell, reset)
    states = np.empty((len(parts), cell.hidden_size), np.float32)
    h = h0
    for t, part in enumerate(parts):
        states[t] = h = step(part, h, edited).h
    return states


@dataclass(frozen=True)
class Quantity:
    """A vector of one step; the equations are empty where the symbol says all."""

    name: str
    words: str
    computation: str  # the one that yields it; "" for what is there when the step begins
    range: Range
    pytorch: str
    course: str
    equation: str = ""
    equation_before: str = ""
    role: Role | None = None  # whose activation the words name, or is applied in the equation

    def symbol(self, notation: Notation) -> str:
        return self.pytorch if notation == "pytorch" else self.course

    def described(self, activations: Activations = USUAL) -> str:
        """In words: “update gate”, “sum, before σ”."""
        return self.words.format(activations.of_role(self.role).symbol if self.role else "")

    def defined_by(self, reset: Reset, activations: Activations = USUAL) -> str:
        """Its equation, with the activation applied where there is one."""
        equation = (self.equation_before if reset == "before" else "") or self.equation
        if self.role is None or self.range == "sum":
            return equation
        return activations.applied(self.role, equation)


def _gate_rows(gate: str, words: str, course: str) -> list[Quantity]:
    return [
        Quantity(f"input_{gate}", "input part", gate, "input",
                 f"W_{{i{gate}}}x_t + b_{{i{gate}}}", f"W_{{i{gate}}}x^{{⟨t⟩}} + b_{{i{gate}}}"),
        Quantity(f"hidden_{gate}", "hidden part", gate, "hidden",
                 f"W_{{h{gate}}}h_{{t−1}} + b_{{h{gate}}}",
                 f"W_{{h{gate}}}c^{{⟨t−1⟩}} + b_{{h{gate}}}"),
        Quantity(f"sum_{gate}", "sum, before {}", gate, "sum",
                 f"a_{gate}", f"a_{gate}", f"input_{gate} + hidden_{gate}", role="gate"),
        Quantity(gate, words, gate, "gate", f"{gate}_t", course, f"a_{gate}", role="gate"),
    ]  # fmt: skip


_ROWS = [
    Quantity("x", "input", "", "x", "x_t", "x^{⟨t⟩}"),
    Quantity("h_prev", "old state", "", "state", "h_{t−1}", "c^{⟨t−1⟩}"),
    *_gate_rows("r", "reset gate", "Γ_r"),
    *_gate_rows("z", "update gate", "1 − Γ_u"),
    Quantity("input_n", "input part", "n", "input", "W_{in}x_t + b_{in}", "W_{in}x^{⟨t⟩} + b_{in}"),
    Quantity("hidden_n", "hidden part", "hidden_n", "hidden",
             "W_{hn}h_{t−1} + b_{hn}", "W_{hn}c^{⟨t−1⟩} + b_{hn}", "",
             "W_{hn}(r ⊙ h) + b_{hn}"),
    Quantity("reset_product", "product with the reset gate", "reset_product", "sum",
             "r_t ⊙ (W_{hn}h_{t−1} + b_{hn})", "Γ_r ⊙ (W_{hn}c^{⟨t−1⟩} + b_{hn})",
             "r ⊙ hidden_n", "r ⊙ h_prev"),
    Quantity("sum_n", "sum, before {}", "n", "sum", "a_n", "a_n",
             "input_n + reset_product", "input_n + hidden_n", "candidate"),
    Quantity("n", "candidate", "n", "state", "n_t", "c̃^{⟨t⟩}", "a_n", role="candidate"),
    Quantity("take", "taken from the candidate", "blend", "state",
             "(1 − z_t) ⊙ n_t", "Γ_u ⊙ c̃^{⟨t⟩}"),
    Quantity("keep", "kept from the old state", "blend", "state",
             "z_t ⊙ h_{t−1}", "(1 − Γ_u) ⊙ c^{⟨t−1⟩}"),
    Quantity("h", "new state", "blend", "state", "h_t", "c^{⟨t⟩}", "take + keep"),
    Quantity("logits", "scores of the next character", "blend", "logit",
             "W_{out}h_t + b_{out}", "W_{y}c^{⟨t⟩} + b_{y}"),
    Quantity("probabilities", "next character", "blend", "probability",
             "softmax(logits)", "ŷ^{⟨t⟩}"),
]  # fmt: skip

QUANTITIES: dict[str, Quantity] = {q.name: q for q in _ROWS}

# Where the reset gate acts before the matrix product, two symbols read otherwise.
BEFORE_SYMBOLS = {
    ("hidden_n", "pytorch"): "W_{hn}(r_t ⊙ h_{t−1}) + b_{hn}",
    ("hidden_n", "course"): "W_{hn}(Γ_r ⊙ c^{⟨t−1⟩}) + b_{hn}",
    ("reset_product", "pytorch"): "r_t ⊙ h_{t−1}",
    ("reset_product", "course"): "Γ_r ⊙ c^{⟨t−1⟩}",
}
