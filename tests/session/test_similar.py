"""Similar steps beside the window, against an exhaustive search in plain Python."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for
from searched import searched

from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.questions import similarity
from gru_debugger.session.session import Session
from gru_debugger.session.similar import BEST, MOST

STEPS, HERE = 60, 31
MODELS = {
    "reset after": model(7, seed=2),
    "reset before, both directions, two layers": model(6, 8, 2, 2, reset="before", seed=3),
}


def answered(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.similar.answer is not None)


@pytest.mark.parametrize("most", [None, 1, 3])
@pytest.mark.parametrize("kind", MODELS)
def test_it_is_the_exhaustive_search(
    kind: str, most: int | None, qtbot: QtBot, qapp: object
) -> None:
    m: Model = MODELS[kind]
    run = recording(m, STEPS)
    session, similar = session_of(run, HERE), None
    for place in m.places:
        session.look(layer=place[0], direction=place[1])
        session.similar.ask(0.55, most)
        answered(session, qtbot)
        every = range(m.hidden_size)
        _, on = searched(run, HERE, every, place, 0.55)
        h = run.step(HERE, *place).h
        chosen = sorted(on, key=lambda unit: -abs(h[unit]))[:most] if most else every
        ranked, on = searched(run, HERE, sorted(chosen), place, 0.55)
        answer = session.similar.answer
        assert answer is not None
        similar = answer.similar
        assert similar is not None
        found = list(zip(similar.steps.tolist(), similar.scores.tolist(), strict=True))
        assert found == ranked[:MOST]
        assert similar.units.tolist() == on
        assert answer.total == len(ranked)


def test_it_follows_neither_step_nor_selection_and_goes_with_the_text(
    qtbot: QtBot, qapp: object
) -> None:
    session = session_of(recording(model(), STEPS), HERE)
    session.similar.ask(0.8, None)
    answered(session, qtbot)
    before = session.similar.answer
    session.go_to(3)
    session.select_unit(4)
    assert session.similar.answer is before
    assert session.similar.asked is not None
    assert session.similar.asked.t == HERE
    session.open(recording(model(seed=1)))
    assert session.similar.answer is session.similar.asked is None


def test_what_is_written_on_or_edited_is_looked_through_anew(qtbot: QtBot, qapp: object) -> None:
    run = recording(model(), STEPS)
    session = session_of(run, HERE)
    session.similar.show(True)
    session.similar.ask(0.7, 3)
    place = session.where.place
    for other in (run.continued(HERE + 4, ("a", "b", "c")).finish(), run.with_edits("z[2] = 1")):
        answered(session, qtbot)
        session.open(other)
        assert session.similar.asked is not None
        assert session.similar.asked.trace is other
        assert session.similar.answer is None, "that was of another recording"
        answered(session, qtbot)
        similar = session.similar.found
        assert similar is not None
        found = list(zip(similar.steps.tolist(), similar.scores.tolist(), strict=True))
        h = other.step(HERE).h
        on = searched(other, HERE, range(len(h)), place, 0.7)[1]
        units = sorted(sorted(on, key=lambda unit: -abs(h[unit]))[:3])
        assert found == searched(other, HERE, units, place, 0.7)[0][:BEST]
    session.open(run.continued(HERE - 1, ("b", "a")))
    assert session.similar.asked is None, "another text at that step"


def test_hits_are_marked_only_while_they_are_shown(qtbot: QtBot, qapp: object) -> None:
    session = session_of(recording(model(), STEPS), HERE)
    session.similar.ask(0.8, None)
    answered(session, qtbot)
    assert session.marked is None
    with qtbot.waitSignal(session.similar.toggled):
        session.similar.show(True)
    answer = session.similar.answer
    assert session.marked is not None
    assert answer is not None
    assert answer.similar is not None
    assert session.marked.begins.tolist() == sorted(answer.similar.steps[:BEST].tolist())
    session.finding.seek("a")
    session.finding.show(True)
    assert session.marked is session.finding.find, "what is looked for stands before"
    session.finding.show(False)
    session.similar.show(False)
    assert session.marked is None


def test_it_waits_for_the_recording_and_says_so(qtbot: QtBot, qapp: object) -> None:
    m = model()
    session = Session()
    session.open(Trace(m, text_for(m, 500_000)), 10)
    assert session.trace is not None
    assert not session.trace.complete
    session.similar.ask(0.8, None)
    assert "recorded to its end" in session.similar.in_words()
    answered(session, qtbot)
    assert session.similar.in_words().endswith(" that have units in common with it")
    assert session.similar.answer is not None
    assert session.similar.answer.similar is not None
    assert len(session.similar.answer.similar.steps) == MOST < session.similar.answer.total
    session.close()


@pytest.mark.parametrize(
    ("position", "quantile", "says"), [(0, 0.8, "before the first"), (7, 0.99, "none of these")]
)
def test_what_can_not_be_answered_is_told(
    position: int, quantile: float, says: str, qtbot: QtBot, qapp: object
) -> None:
    session = session_of(recording(model(3, seed=4), STEPS), position)
    session.similar.ask(quantile, None)
    answered(session, qtbot)
    assert says in session.similar.in_words()


def test_asking_again_gives_the_first_up(qtbot: QtBot, qapp: object) -> None:
    session = session_of(recording(model(), STEPS), HERE)
    session.similar.ask(0.8, None)
    session.go_to(9)
    session.similar.ask(0.8, None)
    answered(session, qtbot)
    answer = session.similar.answer
    assert answer is not None
    assert answer.similar is not None
    wanted = similarity.similar(recording(model(), STEPS), 9, limit=MOST)
    assert answer.similar.steps.tolist() == wanted.steps.tolist()
    qtbot.waitUntil(lambda: not any(t.name == "similar steps" for t in threading.enumerate()))
