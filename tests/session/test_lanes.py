"""Lanes are looked through beside the window, and one history keeps them."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.axes import MEASURED
from gru_debugger.core.trace import Trace
from gru_debugger.questions.expressions import evaluate, where
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
Z, H, S = Lane("z[3] < 0.4"), Lane("h[2]"), Lane("surprise > 2")


def test_lanes_are_found_out_as_far_as_is_recorded(qtbot: QtBot) -> None:
    m, session = model(), Session()
    session.open(Trace(m, text_for(m, 30_000)), 1)
    session.mark(Marks(lanes=(Z, H)))
    run, trace = session.lanes.runs[0], session.trace
    assert trace is not None
    qtbot.waitUntil(lambda: run.known == trace.steps)
    assert run.count == len(where(Z.expression, trace))
    session.mark(session.marks.with_lane(S))
    assert session.lanes.runs[0] is run, "what is known of a lane is kept"
    session.close()


def test_lanes_stay_with_the_text_and_are_those_of_the_recording(qtbot: QtBot) -> None:
    session = Session()
    session.open(recording(model(), 40), 5)
    session.mark(Marks(lanes=(Z,)))
    before = session.trace
    assert before is not None
    session.open(before.with_edits("z[3] = 0").finish(), 5)
    (run,) = session.lanes.runs
    assert run.trace is session.trace
    qtbot.waitUntil(lambda: run.count == 40)
    session.open(recording(model(5), 40), 5)
    assert [run.fault != "" for run in session.lanes.runs] in ([], [False], [True])
    session.close()


def test_a_lane_armed_moved_and_removed_is_undone() -> None:
    session = Session()
    session.open(recording(model(), 40), 5)
    session.mark(Marks(lanes=(Z, H)))
    session.mark(session.marks.armed(0))
    assert session.history.words(-1) == "lane z[3] < 0.4 armed"
    session.mark(session.marks.with_lane(Lane(Z.expression, True, 3), 0))
    assert session.history.words(-1) == "every 3rd hit of lane z[3] < 0.4"
    session.undo()
    session.mark(session.marks.moved(0, 1))
    assert [lane.expression for lane in session.marks.lanes] == ["h[2]", "z[3] < 0.4"]
    assert session.history.words(-1) == "order of the lanes"
    session.mark(session.marks.without_lane(0))
    assert session.history.words(-1) == "lane h[2] removed"
    for _ in range(3):
        session.undo()
    assert session.marks.lanes == (Z, H)
    assert len(session.lanes.runs) == 2
    session.undo()
    assert session.lanes.runs == ()
    assert session.history.words(1) == "lane z[3] < 0.4"


def test_an_expression_stands_once() -> None:
    marks = Marks(lanes=(Z, H)).with_lane(Lane(Z.expression, armed=True), 1)
    assert marks.lanes == (Lane(Z.expression, armed=True),)
    assert Marks(lanes=(Z,)).with_lane(H).lanes == (Z, H)
    assert Marks(lanes=(Z, H)).moved(0, 9).lanes == (H, Z)
    assert Marks(lanes=(Z, H)).moved(1, -9).lanes == (H, Z)


def test_an_axis_is_measured_beside_the_window(qtbot: QtBot) -> None:
    """Of the first steps, not of all; what it was before is drawn meanwhile."""
    session = Session()
    session.open(recording(model(), 30_000), 1)
    session.mark(Marks(lanes=(Lane("abs(h[2] * step)"), H)))
    run, own = session.lanes.runs
    assert (own.known, own.wants_more) == (0, False)
    qtbot.waitUntil(lambda: not run.wants_more)
    assert MEASURED <= run.known < 30_000
    assert session.trace is not None
    usual = np.quantile(evaluate("abs(h[2] * step)", session.trace)[:MEASURED], 0.98)
    assert run.axis[0] == 0
    assert usual <= run.axis[1] <= 2 * usual
    session.close()


def test_a_lane_of_both_runs_waits_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key waits until the reference is recorded to its end; then the lane is there."""
    one = model()
    edited = Trace(one, text_for(one, 6000)).with_edits("h[3] = 0 at 5900")
    session, told = Session(), list[bool]()
    monkeypatch.setattr(session.recorder, "start", lambda _: None)
    session.open(edited, 5)
    session.mark(Marks(lanes=(Lane("max(abs(h - reference(h)))"),)))
    session.lanes.advanced.connect(lambda: told.append(True))
    (lane,) = session.lanes.runs
    assert "not recorded to its end" in lane.fault
    session.lanes.go_on()
    assert (session.lanes.runs, told) == ((lane,), [])
    edited.finish()
    edited.plain.finish()
    session.lanes.go_on()
    (lane,) = session.lanes.runs
    assert (lane.fault, told) == ("", [True])
    assert lane.values(5899, 5900)[0] > 0
    session.close()
