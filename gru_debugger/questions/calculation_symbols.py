"""How the parts of a step's calculation are written: by PyTorch, by the course, by Keras.

Symbols are in the small mathematics markup. Keras stacks z, r, h and multiplies rows by its
matrices: K and U are its kernel and recurrent_kernel, b_0 and b_1 the rows of its bias.
"""

from __future__ import annotations

import re
from typing import Literal

from gru_debugger.core.activations import Activations
from gru_debugger.core.cell import Reset

Writing = Literal["pytorch", "course", "keras"]
Gate = Literal["r", "z", "n"]

WRITINGS: tuple[Writing, ...] = ("pytorch", "course", "keras")
TITLES = {"r": "Reset gate", "z": "Update gate", "n": "Candidate", "blend": "Blend"}

# {g} is the gate; a slot is a column of the sheet, the same in all bands.
_MATRICES = {
    "W_h": "W_{{h{g}}}", "W_h h": "W_{{h{g}}}{met}", "b_h": "b_{{h{g}}}",
    "W_i": "W_{{i{g}}}", "W_i x": "W_{{i{g}}}{x}", "b_i": "b_{{i{g}}}",
}  # fmt: skip
_KERNELS = {
    "W_h": "U_{g}", "W_h h": "{met}U_{g}", "b_h": "b_{{1{g}}}",
    "W_i": "K_{g}", "W_i x": "{x}K_{g}", "b_i": "b_{{0{g}}}",
}  # fmt: skip
_ALIKE = {"b": "b_{g}", "a": "a_{g}", "hidden": "hidden", "take": "take", "keep": "keep"}
_PYTORCH = {
    "old": "h_{t−1}", "x": "x_t", "r": "r_t", "z": "z_t", "1 − z": "1 − z_t", "n": "n_t",
    "new": "h_t", "r ⊙ old": "r ⊙ h",
}  # fmt: skip
_COURSE = {
    "old": "c^{⟨t−1⟩}", "x": "x^{⟨t⟩}", "r": "Γ_r", "z": "1 − Γ_u", "1 − z": "Γ_u",
    "n": "c̃^{⟨t⟩}", "new": "c^{⟨t⟩}", "r ⊙ old": "Γ_r ⊙ c",
}  # fmt: skip
_VALUES: dict[Writing, dict[str, str]] = {
    "pytorch": _PYTORCH, "course": _COURSE, "keras": {**_PYTORCH, "n": "h̃_t"},
}  # fmt: skip


def order(writing: Writing) -> tuple[Gate, ...]:
    """That of the blocks in the stacked weights, and of the bands."""
    return ("z", "r", "n") if writing == "keras" else ("r", "z", "n")


def merged(writing: Writing, reset: Reset, gate: Gate) -> bool:
    """Whether a gate's two biases are written as one.

    The course's are, but for the one that the reset gate weighs; Keras has a single one where the
    gate acts before the product.
    """
    if writing == "course":
        return not (reset == "after" and gate == "n")
    return writing == "keras" and reset == "before"


class Symbols:
    """Those of one writing, variant and direction."""

    def __init__(self, writing: Writing, reset: Reset, reverse: bool = False) -> None:
        self.writing, self.reset, self._reverse = writing, reset, reverse

    def __call__(self, slot: str, gate: Gate = "n") -> str:
        """What stands above a column; `old` of a candidate behind its reset gate is r ⊙ h."""
        values, before = _VALUES[self.writing], self._met_is_gated(gate)
        if slot in values:
            return self._in_time(values["r ⊙ old" if slot == "old" and before else slot])
        if slot in ("result", "product"):
            return self(gate) if slot == "result" else f"{values['r']} ⊙ hidden"
        shapes = _ALIKE | (_KERNELS if self.writing == "keras" else _MATRICES)
        letter = "h" if self.writing == "keras" and gate == "n" else gate
        met = f"({values['r ⊙ old']})" if before else values["old"]
        return self._in_time(shapes[slot].format(g=letter, met=met, x=values["x"]))

    def of_all(self, slot: str) -> str:
        """The same of all gates at once: W_h h(t−1), b_h."""
        if slot == "b_i" and merged(self.writing, self.reset, "r"):
            slot = "b"
        if slot in ("product", "hidden", "r"):
            return self(slot)
        return re.sub(r"(?<=_\{.)r(?=\})|_r(?!\w)", "", self(slot, "r"))

    def _met_is_gated(self, gate: Gate) -> bool:
        return self.reset == "before" and gate == "n"

    def _in_time(self, symbol: str) -> str:
        return symbol.replace("t−1", "t+1") if self._reverse else symbol

    def equation(self, band: str, activations: Activations) -> str:
        """In the sheet's own order: what the old state says first."""
        if band == "blend":
            old = self("old", "r")
            keep = f"({self('z')})" if self.writing == "course" else self("z")
            take = self("1 − z") if self.writing == "course" else f"({self('1 − z')})"
            return f"{self('new')} = {take} ⊙ {self('n')} + {keep} ⊙ {old}"
        gate: Gate = "r" if band == "r" else "z" if band == "z" else "n"
        inner = " + ".join(self._addends(gate))
        role: Literal["gate", "candidate"] = "candidate" if gate == "n" else "gate"
        return f"{self(gate)} = {activations.applied(role, inner)}"

    def _addends(self, gate: Gate) -> list[str]:
        one = merged(self.writing, self.reset, gate)
        hidden = [self("W_h h", gate), *([] if one else [self("b_h", gate)])]
        if gate == "n" and self.reset == "after":
            hidden = [f"{self('r')} ⊙ ({' + '.join(hidden)})"]
        return [*hidden, self("W_i x", gate), self("b" if one else "b_i", gate)]
