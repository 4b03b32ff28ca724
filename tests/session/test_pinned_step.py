"""A pinned step is what all others are held against, of the same run and of the next ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import oracle
import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.session import marks_json
from gru_debugger.session.frame import Frame
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
EDIT = "z_l1_reverse[3] = 0.25 from 5 to 9"


def frame_at(session: Session, t: int) -> Frame:
    session.go_to(t)
    assert session.frame is not None
    return session.frame


def reference(session: Session, t: int) -> tuple[Trace | None, int]:
    """Of which run, and which of its steps stands there."""
    there = frame_at(session, t).reference
    assert session.trace is not None
    return session.trace.beside, 0 if there is None else there.number


def steps_of(run: Trace, edited: bool) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """Every quantity of every step in float64, a step at a time; EDIT set where it is `edited`."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    inputs: list[Any] = [np.eye(run.model.symbols)[run.model.index_of[c]] for c in run.characters]
    for layer, cells in enumerate(run.model.layers):
        for way, cell in zip(run.model.ways, cells, strict=True):
            rows: list[dict[str, Any]] = [{} for _ in inputs]
            h = np.zeros(run.model.hidden_size)
            for t in range(run.steps) if way == "forward" else range(run.steps)[::-1]:
                here = edited and (layer, way) == (1, "reverse") and 5 <= t + 1 <= 9

                def put(name: str, values: Any, here: bool = here) -> Any:
                    if here and name == "z":
                        values[3] = 0.25
                    return values

                rows[t] = oracle.step(cell, inputs[t], h, run.model.reset, put)
                h = rows[t]["h"]
            found[layer, way] = rows
        both = zip(*(found[layer, way] for way in run.model.ways), strict=True)
        inputs = [np.concatenate([step["h"] for step in pair]) for pair in both]
    return found


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("edited", [False, True])
def test_every_step_has_that_one_beside_it(reset: Reset, edited: bool) -> None:
    """Of each layer and direction, with edits too; all its numbers are an independent loop's."""
    m = model(8, layers=2, directions=2, reset=reset)
    run = Trace(m, text_for(m, 11)).finish()
    run = run.with_edits(EDIT).finish() if edited else run
    session, expected = Session(), steps_of(run, edited)
    session.open(run, 7)
    session.pin(run, 7)
    for (layer, way), rows in expected.items():
        session.look(layer=layer, direction=way)
        for t in (1, 7, 11):
            there = frame_at(session, t).reference
            assert there is not None
            assert there.number == 7
            for name, values in rows[6].items():
                np.testing.assert_allclose(there.values[name], values, atol=2e-6, err_msg=name)
    session.close()


def test_swapping_goes_to_that_step_and_pins_the_one_that_was_left() -> None:
    session, run = Session(), recording(model(), 40)
    session.open(run, 12)
    session.pin(run, 34)
    told: list[int] = []
    session.opened.connect(lambda: told.append(session.position))
    session.next_computation()
    session.swap()
    assert (session.position, session.computation, session.pinned.step) == (34, "blend", 13)
    assert told == [34]
    assert reference(session, 20) == (run, 13)
    session.swap()
    assert (session.position, session.pinned.step) == (13, 20)
    session.go_to(0)
    session.swap()
    assert (session.position, session.pinned.step) == (20, 1), "before it there is none to pin"
    for where, pinned in ((0, 20), (20, 13), (13, 34), (13, 0)):
        session.undo()
        assert (session.position, session.pinned.step) == (where, pinned)
    assert not session.can_undo()
    session.go_to(9)
    for where, pinned in ((9, 34), (20, 13)):
        session.redo()
        assert (session.position, session.pinned.step) == (where, pinned)
    session.pin(None)
    assert session.frame is not None
    assert session.frame.reference is None
    assert run.held is None
    session.close()


def test_another_run_is_held_against_it_and_undo_goes_back() -> None:
    m, session = model(), Session()
    first = Trace(m, text_for(m, 30)).finish()
    session.open(first, 12)
    session.pin(first, 12)
    other = Trace(m, text_for(m, 20, seed=1)).finish()
    session.open(other, 9)
    assert reference(session, 9) == (first, 12)
    edited = other.with_edits("r = 1").finish()
    session.open(edited, 9)
    assert reference(session, 9) == (first, 12), "it goes before the run without the edits"
    assert edited.plain is other
    session.undo()
    assert reference(session, 9) == (first, 12)
    assert edited.held is None
    session.swap()
    assert (session.trace, session.position, session.pinned.step) == (first, 12, 9)
    assert reference(session, 30) == (other, 9)
    session.open(recording(model(seed=1), 30), 12)
    assert session.pinned.trace is None, "nothing of another model"
    assert session.pinned.step == 0
    session.close()


def test_run_and_edits_are_swapped_again_once_it_is_dropped() -> None:
    session, plain = Session(), recording(model(), 30)
    edited = plain.with_edits("r = 1").finish()
    session.open(edited, 12)
    session.swap()
    shown = session.trace
    assert shown is not None
    session.pin(shown, 20)
    assert reference(session, 12) == (shown, 20)
    session.swap()
    assert (session.trace, session.edited, session.position) == (shown, edited, 20)
    session.pin(None)
    assert reference(session, 12) == (edited, 12)
    session.swap()
    assert session.trace is edited
    session.close()


def test_lanes_ask_of_it(qtbot: QtBot) -> None:
    """How far each state is from the one there; only lanes that ask are made anew."""
    run, session = recording(model(), 40), Session()
    session.open(run, 12)
    apart = "max(abs(h - reference(h)))"
    session.mark(Marks(lanes=(Lane(apart), Lane("z[3] < 0.4"), Lane("reference(surprise) > 0"))))
    first, other, _ = session.lanes.runs
    assert "no reference" in first.fault
    session.pin(run, 34)
    again, same, truth = session.lanes.runs
    assert same is other
    h = run.column("h").astype(np.float64)
    np.testing.assert_array_equal(again.values(0, 40), np.abs(h - h[33]).max(axis=1))
    np.testing.assert_array_equal(again.values(7, 9), np.abs(h - h[33]).max(axis=1)[7:9])
    qtbot.waitUntil(lambda: truth.known == 40)
    assert truth.count == 40
    before = LaneRun(run, "changed(reference(h[3]))").values(0, 40)
    np.testing.assert_array_equal(before, np.full(40, np.abs(h[33, 3] - h[32, 3])))
    session.pin(None)
    assert "no reference" in session.lanes.runs[0].fault
    session.mark(Marks())
    session.close()


def test_what_is_looked_for_may_ask_of_it(qtbot: QtBot) -> None:
    run, session = recording(model(), 40), Session()
    session.open(run, 12)
    session.finding.show(True)
    session.finding.seek("max(abs(h - reference(h))) == 0")
    assert session.marked is not None
    assert "no reference" in session.marked.doubt
    session.pin(run, 34)
    qtbot.waitUntil(lambda: session.marked is not None and session.marked.complete)
    assert session.marked is not None
    assert session.marked.begins.tolist() == [34]
    session.close()


def test_while_the_rest_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as that step is there; a lane that asks waits for it alone."""
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    m, session = model(), Session()
    run = Trace(m, text_for(m, 40_000))
    session.open(run, 1)
    early, late = run.recorded, 39_000
    assert 1 < early < late
    session.pin(run, early)
    assert reference(session, 1) == (run, early)
    assert not LaneRun(run, "reference(h[3])").waits
    session.pin(run, late)
    assert reference(session, 1) == (run, 0)
    assert LaneRun(run, "reference(h[3])").waits
    marks = Marks(lanes=(Lane("reference(h[3])"),))
    assert marks_json.fitting(marks, run) == (marks, []), "what is waited for is not left out"
    run.finish()
    assert reference(session, 1) == (run, late)
    session.close()


def test_a_run_is_recorded_once_it_is_held_against(qtbot: QtBot) -> None:
    m, session = model(), Session()
    session.open(recording(m, 40), 12)
    told: list[int | None] = []

    def tell() -> None:
        frame = session.frame
        told.append(frame.reference.number if frame and frame.reference else None)

    session.position_changed.connect(tell)
    qtbot.waitUntil(lambda: not session.recorder._timer.isActive())
    session.pin(Trace(m, text_for(m, 300_000)), 299_999)
    assert reference(session, 12)[1] == 0
    qtbot.waitUntil(lambda: told == [299_999])
    session.close()
    assert recording(m, 40).held is None, "a session that has ended holds nothing"


def test_a_run_that_grows_beyond_all_numbers_is_let_go(qtbot: QtBot) -> None:
    m, session = model(), Session()
    run = Trace(m, text_for(m, 20_000)).finish()
    session.open(run, 12)
    with qtbot.waitSignal(session.refused) as refused:
        session.pin(run.with_edits("z = 2 from 15000"), 16_000)
    assert "grow beyond all numbers" in str(refused.args[0])
    assert (session.trace, session.pinned.trace) == (run, None)
    assert reference(session, 12) == (None, 0)
    session.close()
