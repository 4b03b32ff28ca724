"""A view is a value: it fits the model that is open, and tells in what it differs."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from samples import model

from gru_debugger.core.model import Example
from gru_debugger.session.view import FOLDS, View
from gru_debugger.session.zoom import Zoom


def test_it_is_a_value() -> None:
    assert View(unit=3) == View(unit=3) != View(unit=4)
    with pytest.raises(FrozenInstanceError):
        View().unit = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        (View(1, "reverse", 7), View(1, "reverse", 7)),
        (View(9, "reverse", 99), View(1, "reverse", 15)),
        (View(0, "forward", -3), View()),
    ],
)
def test_what_the_model_lacks_becomes_the_nearest(given: View, fits: View) -> None:
    assert given.fitted(model(layers=2, directions=2)) == fits
    assert View(1, "reverse", 7).fitted(model(4)) == View(0, "forward", 3)
    assert View(zoom=Zoom(12, 9)).fitted(model(16)) == View(zoom=Zoom(7, 9))


def test_a_selected_unit_comes_into_sight() -> None:
    """But where one has moved away from it, it stays so until another is selected."""
    away = View(unit=3, zoom=Zoom(7, 8))
    assert away.selecting(3, model()) == away
    assert away.selecting(8, model()) == View(unit=8, zoom=Zoom(7, 8))
    assert away.selecting(99, model()) == View(unit=15, zoom=Zoom(8, 8))


def test_what_a_model_shows_first() -> None:
    assert View.first_of(model()) == View()
    example = Example("abc", step=2, unit=5)
    assert View.first_of(replace(model(), example=example)) == View(unit=5)


def test_folding() -> None:
    """However it came to be folded, it is the same view."""
    one, other = View(), View()
    for rows in FOLDS:
        one = one.folding(rows, True)
    for rows in reversed(FOLDS):
        other = other.folding(rows, True)
    assert one == other == View(folded=FOLDS)
    assert one.folding("parts", False).folded == ("weights", "sums")
    assert View().folding("parts", False) == View()
    assert replace(one, unit=3, scroll=9).on_paper() == View(unit=3)


def test_what_differs() -> None:
    assert View().differs(View()) == set()
    assert View(unit=3, notation="course").differs(View(unit=4)) == {"unit", "notation"}
