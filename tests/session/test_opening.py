"""What is opened, decided without a window: tables of what is open, read and asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from samples import model, text_for

from gru_debugger.core.address import Address
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Example, Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.errors import VocabularyError
from gru_debugger.session import opening
from gru_debugger.session.opening import (
    CHOSEN,
    InputWanted,
    Opening,
    Shown,
    Uncovered,
    VocabularyWanted,
    Wish,
)


def named(m: Model, path: str, **changes: object) -> Model:
    return replace(m, source=replace(m.source, path=path, name=path), **changes)  # type: ignore


LETTERS = named(model(4), "a.pt")
AGAIN = replace(LETTERS)  # the same file, read again
OTHER = named(model(4, seed=1), "b.pt")
FEWER = named(model(3, symbols=4), "c.pt")  # newline, tab, blank and “a”
UNKNOWN = replace(LETTERS, vocabulary=("<unk>", *"abcdefg"))
BUNDLED = named(model(4), "bundled:x", example=Example("abc", 2, 1))
BARE = named(model(4), "d.pt", vocabulary=None)
FEATURES = named(model(4, output=False), "f.pt", vocabulary=None)
DEAF = replace(FEATURES, source=replace(FEATURES.source, no_text="its embedding is missing"))
TEXT = text_for(LETTERS, 12)
ROWS = Rows(np.eye(8, dtype=np.float32))
WIDE = Rows(np.eye(9, dtype=np.float32))
H0 = InitialState(np.ones((1, 4), np.float32))

SHOWN = Shown(Run(LETTERS, TEXT), 7, 2)
STARTED = Shown(Run(LETTERS, TEXT, H0, edits=("r = 1", "z[1] = 0 at 12")), 7, 2)


@pytest.mark.parametrize(
    ("read", "shown", "wish", "decided"),
    [
        (LETTERS, None, Wish("abc"), Opening(Run(LETTERS, "abc"))),
        (LETTERS, SHOWN, Wish("abc"), Opening(Run(LETTERS, "abc"))),
        (OTHER, SHOWN, Wish(), Opening(Run(OTHER, TEXT), 7)),
        (OTHER, None, Wish(ROWS), Opening(Run(OTHER, ROWS))),
        (FEWER, SHOWN, Wish(), Uncovered(FEWER, TEXT, "\n\t a"[2:])),
        (FEWER, SHOWN, Wish("xyz"), Uncovered(FEWER, "xyz")),
        (FEWER, None, Wish("xyz", strict=True), Opening(Run(FEWER, "xyz"))),
        (UNKNOWN, None, Wish("xyz"), Uncovered(UNKNOWN, "xyz")),
        (UNKNOWN, None, Wish("xyz", unknown=True), Opening(Run(UNKNOWN, "xyz", unknown=True))),
        (BUNDLED, None, Wish(), Opening(Run(BUNDLED, "abc"), 2, 1)),
        (BUNDLED, SHOWN, Wish(), Opening(Run(BUNDLED, "abc"), 2, 1)),
        (BUNDLED, SHOWN, Wish("ab"), Opening(Run(BUNDLED, "ab"))),
        (BARE, None, Wish("abc"), VocabularyWanted(BARE, "abc")),
        (BARE, SHOWN, Wish(), VocabularyWanted(BARE, TEXT)),
        (FEATURES, SHOWN, Wish(), InputWanted(FEATURES)),
        (FEATURES, None, Wish(as_text=True), VocabularyWanted(FEATURES, "")),
        (FEATURES, None, Wish("abc"), VocabularyWanted(FEATURES, "abc")),
        (FEATURES, Shown(Run(DEAF, ROWS), 3), Wish(), Opening(Run(FEATURES, ROWS), 3)),
        (FEATURES, Shown(Run(DEAF, WIDE), 3), Wish(), InputWanted(FEATURES)),
        (DEAF, SHOWN, Wish(), InputWanted(DEAF)),
        (LETTERS, None, Wish("abc", H0, edits=("r = 1",), at=Address(2)),
         Opening(Run(LETTERS, "abc", H0, edits=("r = 1",)))),
    ],
)  # fmt: skip
def test_a_model(read: Model, shown: Shown | None, wish: Wish, decided: object) -> None:
    assert opening.of_model(read, shown, wish) == decided


def test_a_model_without_a_text_gets_one() -> None:
    made_up = opening.of_model(LETTERS, None)
    assert isinstance(made_up, Opening)
    assert made_up.made_up
    assert LETTERS.covers(str(made_up.run.source))
    own = opening.of_model(named(LETTERS, "a.pt", example=Example("ab", 2, 1)), None)
    assert isinstance(own, Opening)
    assert (own.run.source, own.position, own.unit, own.made_up) == ("ab", 2, 1, False)


def test_a_text_for_a_model_that_can_not_read_one() -> None:
    with pytest.raises(VocabularyError, match=r"embedding is missing; a text can't be read"):
        opening.of_model(DEAF, SHOWN, Wish("abc"))


BY_HAND = opening.with_vocabulary(LETTERS, tuple("hgfedcba"))


@pytest.mark.parametrize(
    ("read", "shown", "decided"),
    [
        (AGAIN, SHOWN, Opening(Run(AGAIN, TEXT), 7, 2)),
        (FEWER, SHOWN, Uncovered(FEWER, TEXT, " a")),
        (FEATURES, Shown(Run(DEAF, ROWS), 3, 1), Opening(Run(FEATURES, ROWS), 3, 1)),
        (FEATURES, Shown(Run(DEAF, WIDE), 3, 1), InputWanted(FEATURES)),
        (UNKNOWN, Shown(Run(UNKNOWN, "a@", unknown=True), 2, 1),
         Opening(Run(UNKNOWN, "a@", unknown=True), 2, 1)),
        (UNKNOWN, Shown(Run(UNKNOWN, "ab", unknown=True), 2, 1), Opening(Run(UNKNOWN, "ab"), 2, 1)),
        (OTHER, Shown(Run(BY_HAND, "habe"), 2, 1),
         Opening(Run(opening.with_vocabulary(OTHER, tuple("hgfedcba")), "habe"), 2, 1)),
        (BARE, SHOWN,
         Opening(Run(opening.with_vocabulary(BARE, LETTERS.vocabulary or ()), TEXT), 7, 2)),
    ],
)  # fmt: skip
def test_a_model_instead(read: Model, shown: Shown, decided: object) -> None:
    found = opening.instead(read, shown)
    if isinstance(found, Opening) and isinstance(
        decided, Opening
    ):  # models are compared by identity
        assert (found.position, found.unit) == (decided.position, decided.unit)
        assert found.run.model.vocabulary == decided.run.model.vocabulary
        assert found.run.model.source == decided.run.model.source
        assert replace(found.run, model=read) == replace(decided.run, model=read)
    else:
        assert found == decided


def test_a_vocabulary_by_hand_belongs_to_its_gru() -> None:
    source = replace(BY_HAND.source, gru="enc")
    shown = Shown(Run(replace(BY_HAND, source=source), "habe"), 2)
    found = opening.instead(OTHER, shown)
    assert isinstance(found, Uncovered)
    assert found.model.source.vocabulary_from != CHOSEN


@pytest.mark.parametrize(
    ("text", "unknown", "decided"),
    [
        ("ab", False, Opening(Run(LETTERS, "ab"))),
        ("a@", False, Uncovered(LETTERS, "a@")),
        ("a@", True, Uncovered(LETTERS, "a@")),
    ],
)
def test_a_text(text: str, unknown: bool, decided: object) -> None:
    assert opening.of_text(text, SHOWN, unknown) == decided


# What was chosen by hand ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"path": "other.pt"}, False),
        ({"gru": "dec"}, False),
    ],
)
def test_an_initial_state_goes_on_with_its_gru(changes: dict[str, str], kept: bool) -> None:
    found = opening.instead(replace(AGAIN, source=replace(AGAIN.source, **changes)), STARTED)
    assert isinstance(found, Opening)
    assert found.run.initial is (H0 if kept else None)
    assert found.run.edits == (STARTED.run.edits if kept else ())


def test_an_initial_state_of_another_size_does_not() -> None:
    grown = replace(model(8), source=LETTERS.source)
    found = opening.instead(grown, STARTED)
    assert isinstance(found, Opening)
    assert found.run.initial is None


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        (TEXT, ("r = 1", "z[1] = 0 at 12")),
        (TEXT[::-1], ("r = 1",)),  # what names steps means those of its text
        ("ab", ("r = 1",)),
    ],
)
def test_edits_that_name_no_step_stay_for_another_text(text: str, edits: tuple[str, ...]) -> None:
    found = opening.of_text(text, STARTED)
    assert isinstance(found, Opening)
    assert found.run.edits == edits
    assert found.run.initial is H0


def test_edits_that_the_model_lacks_go() -> None:
    shown = Shown(Run(LETTERS, TEXT, edits=("z[3] = 1", "z[1] = 1")), 1)
    found = opening.instead(replace(model(3), source=LETTERS.source), shown)
    assert isinstance(found, Opening)
    assert found.run.edits == ("z[1] = 1",)


def test_edits_and_another_initial_state_keep_the_place() -> None:
    edits = ("n = 0",)
    edited = opening.with_edits(edits, STARTED)
    assert edited == Opening(replace(STARTED.run, edits=edits), 7, 2)
    started = opening.from_state(H0, SHOWN)
    assert started == Opening(Run(LETTERS, TEXT, H0), 7, 2)
