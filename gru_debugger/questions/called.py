"""What a unit's value is called in words: the unit pane's title, and where there is only text."""

from __future__ import annotations

from gru_debugger.core.cell import Notation
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Model
from gru_debugger.phrases import told

_WORDS = {
    "r": "Reset gate", "z": "Update gate", "n": "Candidate", "h": "New state",
    "h_prev": "Old state", "take": "Taken of", "keep": "Kept of", "reset_product": "Product with",
    "probabilities": "Probability",
}  # fmt: skip
_PARTS = {"input": "Input part of", "hidden": "Hidden part of", "sum": "Sum"}
_WHOSE = {"take": "n", "keep": "h", "reset_product": "r", "h_prev": "h"}  # whose symbol follows
_LETTERS: dict[Notation, dict[str, str]] = {
    "pytorch": {"r": "r", "z": "z", "n": "n", "h": "h"},
    "course": {"r": "Γᵣ", "z": "1 − Γᵤ", "n": "c̃", "h": "c"},
}
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def words(quantity: str) -> str:
    """A title's, before the symbol that `whose` gives."""
    return told(_WORDS.get(quantity) or _PARTS[quantity.rpartition("_")[0]])


def whose(quantity: str) -> str:
    """The quantity whose symbol stands behind the words."""
    part, _, gate = quantity.rpartition("_")
    return _WHOSE.get(quantity, gate if part in ("input", "hidden") else quantity)


def in_text(
    model: Model, quantity: str, unit: int, notation: Notation, place: Place | None = None
) -> str:
    """“taken of n₉”, “hidden part of Γᵣ₂₅₅, layer 1”: of any value of the cell; `place` is told
    where there are several."""
    of = whose(quantity).removeprefix("sum_")
    name = f"{words(quantity)} {_LETTERS[notation][of]}{str(unit).translate(_BELOW)}"
    name = name[0].lower() + name[1:]
    if place is None or len(model.places) == 1:
        return name
    return f"{name}, {model.place_in_words(*place)}"
