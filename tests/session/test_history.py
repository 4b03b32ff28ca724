"""Undo and redo: what they go back to, what they say, and how little of it is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.session import history as module
from gru_debugger.session.history import History, State, Where
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")

LETTERS = model(4)
RUN = Run(LETTERS, "abc")
HERE = Where(1, 0, (0, "forward"))


def of(texts: list[str]) -> History:
    history = History()
    for text in texts:
        history.add(Trace(LETTERS, text).finish(), HERE)
    return history


def texts(history: History) -> list[object]:
    return [entry.state.run.source for entry in history._entries]


def kept(history: History) -> list[bool]:
    return [entry.trace is not None for entry in history._entries]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (Run(model(5), "xyz"), "model read again"),
        (replace(RUN, model=replace(LETTERS, source=replace(LETTERS.source, path="o"))),
         "another model"),
        (replace(RUN, model=replace(LETTERS, source=replace(LETTERS.source, gru="dec"))),
         "another GRU or layer"),
        (replace(RUN, model=replace(LETTERS, vocabulary=tuple("hgfedcba"))), "another vocabulary"),
        (replace(RUN, source="ab"), "another text"),
        (replace(RUN, source=Rows(np.eye(8))), "other rows"),
        (replace(RUN, unknown=True), "another reading"),
        (replace(RUN, initial=InitialState(np.ones((1, 4)))), "another h(0)"),
        (RUN.edited("z[3] = 1 at 2"), "z[3] = 1 at 2"),
        (RUN.edited("r = 1", "z = 0"), "edits"),
    ],
)  # fmt: skip
def test_a_change_in_words(after: Run, words: str) -> None:
    assert State(after).change_from(State(RUN)) == words


def test_removed_edits_in_words() -> None:
    two = State(RUN.edited("r = 1", "z = 0"))
    assert State(RUN).change_from(two) == "edits removed"
    assert State(RUN.edited("z = 0")).change_from(two) == "r = 1 removed"


def test_there_and_back() -> None:
    history = of(["a", "ab", "abc"])
    assert (history.words(-1), history.words(1)) == ("another text", "")
    assert history.go(-1).state.run.source == "ab"
    assert history.go(-1).state.run.source == "a"
    assert (history.words(-1), history.words(1)) == ("", "another text")
    assert history.go(1).state.run.source == "ab"
    history.add(Trace(LETTERS, "b"), HERE)
    assert texts(history) == ["a", "ab", "b"], "what was undone is gone"
    assert not history.can_go(1)


def test_the_words_are_of_what_goes_or_comes() -> None:
    history = of(["a", "ab"])
    history.add(recording(LETTERS).with_edits("z = 1"), HERE)
    history.add(recording(LETTERS).with_edits("z = 1", "r = 1"), HERE)
    assert history.words(-1) == "r = 1"
    history.go(-1)
    assert (history.words(-1), history.words(1)) == ("another text", "r = 1")


def test_the_same_again_is_no_change() -> None:
    history = of(["a", "ab", "ab"])
    assert texts(history) == ["a", "ab"]
    again, there = Trace(LETTERS, "ab"), Where(2, 3, (0, "forward"))
    history.add(again, there)
    assert texts(history) == ["a", "ab"]
    assert (history._entries[1].trace, history._entries[1].where) == (again, there)


def test_recordings_are_kept_within_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Trace(LETTERS, "ab").bytes_kept
    monkeypatch.setattr(module, "RECORDINGS", 2 * one)
    history = of(["aa", "ab", "ba", "bb", "ac"])
    assert kept(history) == [False, False, True, True, True]
    history.go(-1)
    assert kept(history) == [False, False, True, True, True]
    history.go(-1)
    history.go(-1)
    assert kept(history) == [False, True, True, True, False], "those beside the open one"


def test_a_recording_that_is_there_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Trace(LETTERS, "ab"), Trace(LETTERS, "ba")
    monkeypatch.setattr(module, "RECORDINGS", first.bytes_kept)
    history = History()
    for trace in (first, second, first):
        history.add(trace, HERE)
    assert kept(history) == [True, True, True]


def test_what_was_forgotten_is_recorded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORDINGS", 0)
    text = text_for(LETTERS, 30)
    plain = Trace(LETTERS, text).finish()
    edited = plain.with_edits("z[1] = 1 at 9").finish()
    session = Session()
    for trace in (plain, edited, Trace(LETTERS, "abc").finish()):
        session.open(trace, 9)
    session.undo()
    again = session.trace
    assert again is not None
    assert again is not edited
    assert again.run == edited.run
    np.testing.assert_array_equal(again.finish().states(), edited.states())
    session.undo()
    assert session.trace is again.plain, "of which it was a branch"


def test_old_states_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    history = of(["a", "ab", "abc", "b", "bc"])
    assert texts(history) == ["abc", "b", "bc"]
    assert history.go(-1).state.run.source == "b"
    monkeypatch.setattr(module, "MOST", 2)
    history.add(Trace(LETTERS, "c"), HERE)
    assert texts(history) == ["b", "c"]


def test_heavy_models_go_too(monkeypatch: pytest.MonkeyPatch) -> None:
    models = [model(16, seed=seed) for seed in range(4)]
    monkeypatch.setattr(module, "RUNS", 2 * models[0].bytes_kept + 1000)
    history = History()
    for one in models:
        history.add(recording(one), HERE)
    assert [e.state.run.model for e in history._entries] == models[1:]


def test_what_was_read_has_a_weight_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what is open, which is there anyway."""
    monkeypatch.setattr(module, "RUNS", 2500)
    read = [text_for(LETTERS, 1000, seed) for seed in range(4)]
    assert texts(of(read)) == read[1:]


def test_what_goes_lies_farthest_from_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RUNS", 2500)
    read = ["a", *(text_for(LETTERS, 1000, seed) for seed in range(3))]
    history = of(read)
    for _ in read[1:]:
        history.go(-1)
    assert texts(history) == read[:3]
    assert history.can_go(1)
    assert not history.can_go(-1)


def test_a_step_beyond_the_end_is_the_last() -> None:
    session = Session()
    session.open(recording(LETTERS), 40, 3)
    session.open(recording(model(2)), 9)
    session.go_to(20)
    session.undo()
    assert (session.position, session.unit) == (40, 3)
    session.redo()
    assert (session.position, session.unit) == (20, 1)


def test_what_an_edited_run_is_compared_with_is_recorded_too(qtbot: QtBot) -> None:
    session = Session()
    session.open(Trace(LETTERS, text_for(LETTERS, 5000)).with_edits("r = 1"))
    trace = session.trace
    assert trace is not None
    assert not trace.plain.complete
    qtbot.waitUntil(lambda: trace.complete and trace.plain.complete)
