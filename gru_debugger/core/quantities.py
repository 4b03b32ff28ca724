"""What is asked of a step's quantities: symbol, range, and which computation yields them."""

from __future__ import annotations

from functools import cache

from gru_debugger.core.cell import BEFORE_SYMBOLS, QUANTITIES, Notation, Range, Reset

LEVELLED: tuple[Range, ...] = ("input", "hidden", "sum")  # whose axes a run decides

COMPUTATIONS: dict[Reset, tuple[str, ...]] = {
    "after": ("r", "z", "hidden_n", "reset_product", "n", "blend"),
    "before": ("r", "z", "reset_product", "hidden_n", "n", "blend"),
}

CELL_QUANTITIES = tuple(name for name in QUANTITIES if name not in ("logits", "probabilities"))


def symbol(name: str, notation: Notation, reset: Reset) -> str:
    """The symbol of a quantity as this notation and reset variant write it."""
    before = BEFORE_SYMBOLS.get((name, notation)) if reset == "before" else None
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
