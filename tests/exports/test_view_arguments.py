"""A view and its words on the command line are the same thing said twice."""

from __future__ import annotations

import argparse
from typing import get_args

import pytest
from edges import any_thresholds
from hypothesis import given
from hypothesis import strategies as st
from samples import model

from gru_debugger.core.cell import Notation
from gru_debugger.core.model import Direction
from gru_debugger.errors import InputError
from gru_debugger.exports import view_arguments
from gru_debugger.questions.asked import Asked
from gru_debugger.questions.ordering import BY_INDEX, Ordering
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.session.view import FOLDS, View
from gru_debugger.session.zoom import Zoom

VIEWS = st.builds(
    View,
    layer=st.integers(0, 1),
    direction=st.sampled_from(get_args(Direction)),
    unit=st.integers(0, 15),
    quantity=st.sampled_from(get_args(Asked)),
    notation=st.sampled_from(get_args(Notation)),
    contributions=st.booleans(),
    folded=st.sets(st.sampled_from(FOLDS)).map(lambda names: tuple(sorted(names))),
    all_terms=st.booleans(),
    all_equations=st.booleans(),
    zoom=st.builds(Zoom, st.integers(0, 15), st.integers(0, 16)).map(lambda zoom: zoom.fitted(16)),
    scroll=st.none() | st.integers(0, 99),
    full_axes=st.booleans(),
    order=st.sampled_from(
        [BY_INDEX, Ordering("likeness"), Ordering("value", "z", 34), Ordering("change", "h", 0)]
    ),
    lens=st.booleans(),
    all_units=st.booleans(),
    of_selected=st.booleans(),
    two_steps=st.booleans(),
    symbol=st.none() | st.integers(0, 3),
    thresholds=st.just(USUAL) | any_thresholds(),
    characters=st.builds(Zoom, st.integers(0, 80), st.integers(0, 99)).map(lambda z: z.fitted(99)),
)


def read(words: list[str]) -> View:
    parser = argparse.ArgumentParser()
    view_arguments.add(parser)
    return view_arguments.view_of(parser.parse_args(words), model(layers=2, directions=2))


@given(VIEWS)
def test_there_and_back(view: View) -> None:
    words = view_arguments.arguments_of(view)
    assert read(words) == view.on_paper()
    assert view_arguments.arguments_of(read(words)) == words


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("lowest=0.1", "no threshold is called 'lowest'"), ("low", "NAME=VALUE"),
        ("low=x", "NAME=VALUE"), ("low=2", "from 0 to 1"), ("low=nan", "from 0 to 1"),
        ("low=0.12345", "4 digits"), ("saturated=0.6", "from 0 to 0.5"),
    ],
)  # fmt: skip
def test_a_threshold_that_is_none_is_told(
    said: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read(["--threshold", said])
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "why"),
    [("1-5", "no step expects the first character; begin with 2"), ("7-3", "write 3-7"),
     ("x", "the first and the last character")],
)  # fmt: skip
def test_characters_that_are_none_are_told(
    said: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read(["--characters", said])
    assert why in capsys.readouterr().err


def test_thresholds_are_told_that_are_out_of_order() -> None:
    assert read(["--threshold", "low=0.95", "--threshold", "high=0.97"]).thresholds.low == 0.95
    with pytest.raises(InputError, match="low is larger than high"):
        read(["--threshold", "low=0.95"])


def test_nothing_said_is_what_the_model_shows_first() -> None:
    assert read([]) == View.first_of(model(layers=2, directions=2))


@pytest.mark.parametrize("field", View.__dataclass_fields__)
def test_every_field_is_said(field: str) -> None:
    """A new one too; but a picture folds nothing, and its strip shows the step."""
    others = View(
        1, "reverse", 3, "n", "course", True, FOLDS, True, Zoom(2, 5), 7, True,
        Ordering("value", "h", 3), False, True, True, 5, "overview", True, True,
        Thresholds(low=0.05), Zoom(8, 21),
    )  # fmt: skip
    assert getattr(others, field) != getattr(View(), field), "say what else it may be"
    back = read(view_arguments.arguments_of(others))
    assert (getattr(back, field) == getattr(others, field)) is (field not in ("folded", "scroll"))
