"""Letters that the model writes on from a step, against what Python's `generate` writes."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for

from gru_debugger import trace
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.session.letters import How, Letters
from gru_debugger.session.session import Session

HERE = 12
HOW = How(1.3, 5)


@pytest.fixture
def session(qapp: object) -> Session:
    return session_of(recording(model(scale=0.5)), HERE, 3)


def text(session: Session) -> str:
    assert session.trace is not None
    return session.trace.text


def expected(session: Session, count: int, how: How = HOW) -> str:
    assert session.trace is not None
    begun = session.trace.text[: session.position]
    return begun + trace(session.trace.model, begun).generate(count, how.temperature, how.seed)


def write(letters: Letters, count: int, qtbot: QtBot, how: How = HOW) -> None:
    letters.write(count, how)
    qtbot.waitUntil(lambda: not letters.left)


def test_one_by_one_and_at_once_are_the_same(session: Session, qtbot: QtBot) -> None:
    letters, wanted = session.letters, expected(session, 24)
    for _ in range(4):
        write(letters, 1, qtbot)
    assert text(session) == wanted[: HERE + 4]
    write(letters, 20, qtbot)
    assert text(session) == wanted
    assert session.position == session.steps == HERE + 24
    assert session.unit == 3
    write(letters, 5, qtbot, How(0, 5))
    assert text(session)[HERE + 24 :] == trace(model(scale=0.5), wanted).generate(5, 0)


def test_each_is_told_with_its_probability(session: Session, qtbot: QtBot) -> None:
    letters = session.letters
    write(letters, 9, qtbot)
    assert session.trace is not None
    index = session.trace.model.index_of
    for t, letter in enumerate(letters.letters, HERE):
        chances = session.trace.finish().step(t).probabilities
        assert letter.symbol == session.trace.characters[t]
        assert letter.probability == pytest.approx(chances[index[letter.symbol]], abs=1e-5)


def test_a_run_of_letters_is_undone_at_once(session: Session, qtbot: QtBot) -> None:
    letters, before = session.letters, text(session)
    session.toggle_stop(5)
    session.toggle_stop(30)
    write(letters, 25, qtbot)
    assert session.marks.stops == (5,), "another character is there now"
    write(letters, 3, qtbot)
    written = text(session)
    assert session.history.words(-1) == "letters written on"
    session.go_to(14)  # from where others follow: a run of their own
    write(letters, 2, qtbot)
    assert text(session)[:14] == written[:14]
    session.undo()
    assert (text(session), session.position) == (written, 14)
    session.undo()
    assert (text(session), session.position, session.marks.stops) == (before, HERE, (5, 30))
    session.redo()
    assert text(session) == written
    write(letters, 1, qtbot)
    session.undo()
    assert text(session) == written, "what is redone is not theirs to go on with"


def test_it_is_seen_to_grow_and_can_be_given_up(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gru_debugger.session.letters._SHOWN", 0.0)
    letters = session.letters
    wanted = expected(session, 10_000)  # more than it gets before it is given up, as a rule
    letters.write(100_000, HOW)
    with qtbot.waitSignal(session.opened):
        pass
    session.go_to(3)
    with qtbot.waitSignal(session.opened):
        pass
    assert session.position == 3, "who steps meanwhile stays where they are"
    letters.cancel()
    assert not letters.left
    assert HERE + 1 < session.steps < HERE + 100_000
    assert text(session)[: len(wanted)] == wanted[: session.steps]
    session.undo()
    assert session.steps == 40


def test_what_others_open_ends_it(session: Session, qtbot: QtBot) -> None:
    letters = session.letters
    letters.write(100_000, HOW)
    other = recording(model(seed=1))
    with qtbot.waitSignal(letters.advanced):
        session.open(other)
    assert not letters.left
    assert not letters.letters
    assert session.trace is other


@pytest.mark.parametrize(("position", "says"), [(0, "before the first character"), (40, "not rec")])
def test_where_there_is_nothing_to_go_on_from(position: int, says: str, qapp: object) -> None:
    m = model()
    session = Session()
    session.open(Trace(m, text_for(m, 200_000)), position)
    session.recorder.stop()
    session.go_to(199_000 if position else 0)
    with pytest.raises(InputError, match=says):
        session.letters.write(1, HOW)


def test_states_beyond_all_numbers_end_it_and_what_was_written_stays(
    session: Session, qtbot: QtBot
) -> None:
    assert session.trace is not None
    session.open(session.trace.with_edits("z = 1.5"), 30)
    letters = session.letters
    with qtbot.waitSignal(letters.failed) as failed:
        letters.write(5000, HOW)
    assert "beyond all numbers" in failed.args[0]
    assert not letters.left
    assert session.steps > 30
