"""A pinned run is what other texts are held against, step beside step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
ONE = model()
TEXT = text_for(ONE, 30)


def opened(text: str = TEXT) -> Session:
    session = Session()
    session.open(Trace(ONE, text).finish(), 12)
    return session


def beside(session: Session, t: int) -> int | None:
    """The number of the reference's step there."""
    session.go_to(t)
    frame = session.frame
    assert frame is not None
    return None if frame.reference is None else frame.reference.number


def test_another_text_is_held_against_it() -> None:
    session = opened()
    first = session.trace
    session.pin(first)
    assert beside(session, 12) is None, "itself it is held against nothing"
    session.open(Trace(ONE, TEXT[:9] + "ab" + TEXT[9:]).finish(), 12)
    assert first is not None
    assert [beside(session, t) for t in (9, 10, 11, 12, 32)] == [9, None, None, 10, 30]
    assert session.frame is not None
    assert session.frame.reference is not None
    assert np.array_equal(session.frame.reference.h, first.step(30).h)
    other = session.trace
    assert other is not None
    lane = LaneRun(other, "reference(h[3])").values(0, 32)
    there = first.column("h")[:, 3]
    np.testing.assert_array_equal(lane[[8, 11, 31]], there[[8, 9, 29]])
    assert np.isnan(lane[9:11]).all()
    assert LaneRun(other, "reference(character)").values(8, 10).tolist() == [TEXT[8], None]
    assert LaneRun(other, "reference(step) > 9").values(8, 12).tolist() == [False] * 3 + [True]
    session.undo()
    assert session.trace is first
    assert beside(session, 12) is None
    assert other.reference is None, "what is not shown holds nothing"
    session.redo()
    assert beside(session, 32) == 30
    session.pin(None)
    assert beside(session, 32) is None
    assert other.reference is None
    session.close()


def test_edits_go_before_and_swapping_opens_the_other() -> None:
    session = opened()
    first = session.trace
    session.pin(first)
    changed = Trace(ONE, TEXT[:4] + TEXT[8:]).finish()
    session.open(changed, 12)
    assert beside(session, 12) == 16
    session.open(changed.with_edits("r = 1").finish(), 12)
    assert session.trace is not None
    assert session.trace.beside is changed
    session.undo()
    session.go_to(12)
    session.swap()
    assert (session.trace, session.position) == (first, 16)
    assert beside(session, 16) == 12
    session.swap()
    assert (session.trace, session.position) == (changed, 12)
    session.close()


def test_the_same_text_from_another_state_is_held_step_by_step() -> None:
    """And lanes may ask of both."""
    session = opened()
    session.pin(session.trace)
    h0 = np.full((1, ONE.hidden_size), 0.5, np.float32)
    session.open(Trace(ONE, TEXT, h0).finish(), 12)
    assert beside(session, 12) == 12
    assert session.trace is not None
    assert not LaneRun(session.trace, "h[3] - reference(h[3])").fault
    session.close()


def test_a_pinned_run_with_edits_is_held_against_the_run_without() -> None:
    session = opened()
    assert session.trace is not None
    plain, edited = session.trace, session.trace.with_edits("z[3] = 1 at 9").finish()
    session.open(edited, 9)
    session.pin(edited)
    session.open(plain, 9)
    assert session.frame is not None
    assert session.frame.reference is not None
    assert session.frame.reference.z[3] == 1
    assert edited.plain is plain
    session.close()


def test_nothing_of_another_model_is_held_against_it() -> None:
    session = opened()
    session.pin(session.trace)
    session.open(recording(model(seed=1), 30), 12)
    assert beside(session, 12) is None
    assert session.pinned.trace is None
    rows = opened()
    rows.pin(rows.trace)
    rows.open(Trace(replace(ONE), TEXT[:20]).finish(), 5)
    assert rows.pinned.trace is None
    session.close()
    rows.close()


def test_rows_stand_beside_rows_by_their_numbers() -> None:
    rows = np.random.default_rng(0).normal(size=(9, 8)).astype(np.float32)
    session = Session()
    session.open(Trace(ONE, rows[:6]).finish(), 3)
    session.pin(session.trace)
    session.open(Trace(ONE, rows[1:]).finish(), 3)
    assert [beside(session, t) for t in (1, 6, 7)] == [1, 6, None]
    session.close()


def test_a_run_that_was_swapped_for_its_edits_is_held_against_no_edits_any_more() -> None:
    session = opened()
    assert session.trace is not None
    session.open(session.trace.with_edits("r = 1").finish(), 12)
    session.swap()
    pinned = session.trace
    session.pin(pinned)
    session.open(Trace(ONE, TEXT[2:]).finish(), 5)
    session.swap()
    assert session.trace is pinned
    session.pin(None)
    assert beside(session, 9) is None
    session.close()
