"""A value's name in words: no code names where people read."""

from __future__ import annotations

import pytest
from samples import model

from gru_debugger.core.cell import Notation
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.questions.called import in_text


@pytest.mark.parametrize(
    ("quantity", "notation", "said"),
    [
        ("take", "pytorch", "taken of n₉"),
        ("take", "course", "taken of c̃₉"),
        ("keep", "course", "kept of c₉"),
        ("hidden_r", "pytorch", "hidden part of r₉"),
        ("hidden_r", "course", "hidden part of Γᵣ₉"),
        ("sum_z", "pytorch", "sum z₉"),
        ("z", "course", "update gate 1 − Γᵤ₉"),
        ("h", "pytorch", "new state h₉"),
    ],
)
def test_a_value_has_words_and_a_symbol(quantity: str, notation: Notation, said: str) -> None:
    assert in_text(model(), quantity, 9, notation) == said


@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_no_value_is_called_as_code_calls_it(notation: Notation) -> None:
    for quantity in SELECTABLE:
        assert not set("_[]") & set(in_text(model(), quantity, 255, notation))


def test_the_place_is_told_where_there_are_several() -> None:
    one = model(layers=2, directions=2)
    assert in_text(one, "n", 12, "pytorch", one.places[-1]) == (
        "candidate n₁₂, layer 1, reverse"
    )
    assert in_text(model(), "n", 12, "pytorch", model().places[0]) == "candidate n₁₂"
