"""What an edit changed, in words."""

from __future__ import annotations

from gru_debugger.core import names
from gru_debugger.numerals import fixed, grouped, two
from gru_debugger.questions.differing import Comparison, Effect


def in_words(found: Comparison) -> tuple[str, str, str]:
    """What differs first, what becomes of the predictions, and both in whole sentences."""
    first = found.first
    if first is None:
        return (
            "No difference",
            "",
            "Nothing differs from the run without the edits beyond rounding.",
        )
    name = names.value(found.trace.model, first.quantity, first.place, first.unit)
    here, there = two(first.here), two(first.there)
    character = found.trace.character_in_words(first.step)
    tip = (
        f"The first difference: at step {grouped(first.step)}, {character}, {name} is {here}, "
        f"without the edits {there}. A click goes there."
    )
    effect, more = _effect(found.effect, found.trace.steps) if found.effect else ("", "")
    words = f"first: step {grouped(first.step)}, {name} {there} → {here}"
    return words, effect, tip + more


def _effect(effect: Effect, steps: int) -> tuple[str, str]:
    here, there = fixed(effect.here, 2), fixed(effect.there, 2)
    of = f"{grouped(effect.changed)} of {grouped(effect.steps)}"
    where = f" in steps {grouped(effect.first)} to {grouped(effect.last)}"
    where = "" if effect.steps >= steps - 1 else where
    return (
        f"{there} → {here} bits/char · {of} predictions changed",
        f"\nWhat follows costs {here} bits a character{where}, without the edits {there}; the "
        f"likeliest next character is another one after {of} steps.",
    )
