"""The one table of a step's named quantities: symbol, equation, range, computation.

Panes, exports and explanations all read it. Symbols and equations are written in the
small mathematics markup that `charts.mathematics` paints: ``_{}`` lowers, ``^{}`` raises,
letters are italic, digits and the names of functions upright.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from gru_debugger.core.activations import USUAL, Activations, Role
from gru_debugger.core.cell import Reset

Notation = Literal["pytorch", "course"]
Range = Literal["gate", "state", "input", "hidden", "sum", "x", "logit", "probability"]

LEVELLED: tuple[Range, ...] = ("input", "hidden", "sum")  # whose axes a run decides

COMPUTATIONS: dict[Reset, tuple[str, ...]] = {
    "after": ("r", "z", "hidden_n", "reset_product", "n", "blend"),
    "before": ("r", "z", "reset_product", "hidden_n", "n", "blend"),
}


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

CELL_QUANTITIES = tuple(name for name in QUANTITIES if name not in ("logits", "probabilities"))

# Where the reset gate acts before the matrix product, two symbols read otherwise.
_BEFORE_SYMBOLS = {
    ("hidden_n", "pytorch"): "W_{hn}(r_t ⊙ h_{t−1}) + b_{hn}",
    ("hidden_n", "course"): "W_{hn}(Γ_r ⊙ c^{⟨t−1⟩}) + b_{hn}",
    ("reset_product", "pytorch"): "r_t ⊙ h_{t−1}",
    ("reset_product", "course"): "Γ_r ⊙ c^{⟨t−1⟩}",
}


def symbol(name: str, notation: Notation, reset: Reset) -> str:
    """The symbol of a quantity as this notation and reset variant write it."""
    before = _BEFORE_SYMBOLS.get((name, notation)) if reset == "before" else None
    return before or QUANTITIES[name].symbol(notation)


def range_of(name: str, reset: Reset) -> Range:
    """Which axis a quantity has; before the matrix product, r ⊙ h is a state's."""
    before = reset == "before" and name == "reset_product"
    return "state" if before else QUANTITIES[name].range


@cache
def is_computed(name: str, computation: str, reset: Reset) -> bool:
    """Whether a step halted after `computation` has the quantity already."""
    order = COMPUTATIONS[reset]
    needed = QUANTITIES[name].computation
    return not needed or order.index(needed) <= order.index(computation)


def computation_in_words(computation: str, reset: Reset) -> str:
    """What one of a step's computations yields: “the product of reset gate and hidden part”."""
    scaled = "hidden part" if reset == "after" else "old state"
    return {
        "r": "the reset gate",
        "z": "the update gate",
        "hidden_n": "the candidate's hidden part",
        "reset_product": f"the product of reset gate and {scaled}",
        "n": "the candidate",
        "blend": "the new state",
    }[computation]


def suffix(layer: int, reverse: bool) -> str:
    """PyTorch's own: ``_l0``, ``_l1_reverse``."""
    return f"_l{layer}" + ("_reverse" if reverse else "")
