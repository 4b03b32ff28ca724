"""Stops: which come next, what undo says of them, and how long they stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.core.address import Address
from gru_debugger.core.trace import Trace
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.session import Session

LETTERS = model(4)


@given(st.sets(st.integers(1, 30)), st.integers(0, 31))
def test_the_next_stop_is_the_nearest(stops: set[int], position: int) -> None:
    marks = Marks(tuple(sorted(stops)))
    after, before = ([s for s in stops if s > position], [s for s in stops if s < position])
    assert marks.next_stop(position, 1) == min(after, default=None)
    assert marks.next_stop(position, -1) == max(before, default=None)


@given(st.lists(st.integers(1, 9)))
def test_toggled_twice_is_as_before(positions: list[int]) -> None:
    marks = Marks()
    for position in positions:
        marks = marks.toggled(position)
    assert list(marks.stops) == sorted(p for p in {*positions} if positions.count(p) % 2)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((), (1200,), "stop at step 1,200"),
        ((3, 9), (9,), "stop at step 3 removed"),
        ((3, 9), (), "stops removed"),
        ((), (3, 9), "stops"),
        ((3,), (3,), ""),
    ],
)
def test_a_change_in_words(before: tuple[int, ...], after: tuple[int, ...], words: str) -> None:
    assert Marks(after).change_from(Marks(before)) == words


def session_at(position: int, text: str = "abcabcabc") -> Session:
    session = Session()
    session.open(Trace(LETTERS, text).finish(), position)
    return session


def test_undo_takes_a_stop_back_and_stays_where_one_is(qtbot: QtBot) -> None:
    session = session_at(4)
    session.toggle_stop()
    session.go_to(7)
    session.toggle_stop(2)
    assert session.marks.stops == (2, 4)
    opened: list[int] = []
    session.opened.connect(lambda: opened.append(1))
    with qtbot.waitSignal(session.marks_changed):
        session.undo()
    assert (session.marks.stops, session.position) == ((4,), 7)
    session.undo()
    assert (session.marks.stops, session.position) == ((), 7)
    assert not session.can_undo()
    session.redo()
    assert (session.marks.stops, opened) == ((4,), [])


def test_stops_are_those_of_a_text(qtbot: QtBot) -> None:
    """Edits and another model leave them; both others have none, and undo brings them back."""
    session = session_at(4)
    session.toggle_stop()
    trace = session.trace
    assert trace is not None
    session.open(trace.with_edits("z = 1").finish(), 4)
    assert session.marks.stops == (4,)
    session.open(Trace(model(5), "abcabcabc").finish(), 4)
    assert session.marks.stops == (4,)
    session.open(recording(LETTERS, 30), 4)
    assert session.marks.stops == ()
    session.undo()
    assert session.marks.stops == (4,)


def test_another_text_keeps_what_means_something_there(qtbot: QtBot) -> None:
    """What is beyond its end goes, in words; undo brings all back."""
    session = session_at(4)
    marks = Marks(
        (2, 6, 9), (Lane("h[3]"), Lane("max(abs(h - reference(h)))", armed=True)),
        (Bookmark(Address(3, "z[1]")), Bookmark(Address(8))),
    )  # fmt: skip
    session.mark(marks)
    told: list[str] = []
    session.marks_left_out.connect(told.append)
    session.open(Trace(LETTERS, "cbacbacbacba").finish(), 1)
    assert (session.marks, told) == (marks, [])
    session.open(Trace(LETTERS, "cabca").finish(), 1)
    assert session.marks == replace(marks, stops=(2,), bookmarks=marks.bookmarks[:1])
    (words,) = told
    assert words == (
        "2 stops and 1 bookmark mean nothing here and are left out; Ctrl+Z brings them back."
    )
    assert [run.expression for run in session.lanes.runs] == ["h[3]", marks.lanes[1].expression]
    session.undo()
    assert session.marks == marks
    session.open(Trace(LETTERS, "cabcacca").finish(), 1)
    assert told[1:] == ["1 stop means nothing here and is left out; Ctrl+Z brings it back."]


def test_there_is_no_stop_before_the_first_step(qtbot: QtBot) -> None:
    session = session_at(0)
    session.toggle_stop()
    assert session.marks.stops == ()
    assert not session.can_undo()
