"""What an edit changed, in words."""

from __future__ import annotations

from dataclasses import dataclass

from gru_debugger.core.cell import Notation
from gru_debugger.numerals import fixed, grouped, two
from gru_debugger.questions import called
from gru_debugger.questions.differing import Comparison, Effect, First

Words = tuple[str, str]  # as they are, and shorter, for where there is little room
_NOTHING = "", ""


@dataclass(frozen=True)
class Told:
    """What differs first, what becomes of the predictions, and both in whole sentences."""

    first: Words = _NOTHING
    bits: Words = _NOTHING
    predictions: Words = _NOTHING
    tip: str = ""


def in_words(
    found: Comparison, swapped: bool = False, notation: Notation = "pytorch"
) -> Told:
    """`swapped`: the run without the edits is shown, so its values stand last, as everywhere."""
    if found.first is None:
        words = "No difference"
        return Told(
            (words, words), tip="Nothing differs from the run without the edits beyond rounding."
        )
    first, tip = _first(found, found.first, swapped, notation)
    if found.effect is None:
        return Told(first, tip=tip)
    effect = found.effect
    bits = _turned(fixed(effect.there, 2), fixed(effect.here, 2), swapped)
    changed = f"{grouped(effect.changed)} of {grouped(effect.steps)} predictions changed"
    return Told(
        first,
        (f"{bits} bits/char", f"{bits} bits"),
        (changed, changed),
        tip + _effect(effect, found.trace.steps),
    )


def _turned(without: str, edited: str, swapped: bool) -> str:
    return f"{edited} → {without}" if swapped else f"{without} → {edited}"


def _first(
    found: Comparison, first: First, swapped: bool, notation: Notation
) -> tuple[Words, str]:
    model = found.trace.model
    name = called.in_text(model, first.quantity, first.unit, notation, first.place)
    here, there = two(first.here), two(first.there)
    character = found.trace.character_in_words(first.step)
    words = f"first: step {grouped(first.step)}, {name} {_turned(there, here, swapped)}"
    what = "The first difference besides what was set"
    what = what if found.follows else "The only difference is what was set"
    return (words, words), (
        f"{what}: at step {grouped(first.step)}, {character}, {name} is {here}, "
        f"without the edits {there}. A click goes there."
    )


def _effect(effect: Effect, steps: int) -> str:
    here, there = fixed(effect.here, 2), fixed(effect.there, 2)
    where = f" in steps {grouped(effect.first)} to {grouped(effect.last)}"
    where = "" if effect.steps >= steps - 1 else where
    return (
        f"\nWhat follows costs {here} bits a character{where}, without the edits {there}; the "
        f"likeliest next character is another one after {grouped(effect.changed)} of "
        f"{grouped(effect.steps)} steps."
    )
