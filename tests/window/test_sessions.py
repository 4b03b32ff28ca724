"""Sessions in the window: saved, opened as they were, with what is wrong told and left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from keyboard import press
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from samples import model, save

from gru_debugger.core.address import Address
from gru_debugger.core.trace import Trace
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.session.marks import Lane, Marks

OpenWindow = Callable[..., MainWindow]
MARKS = Marks(
    (2, 7),
    (Lane("surprise > 2", armed=True), Lane("h[3]")),
    (Bookmark(Address(5, "h[2]"), "a leap"),),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "t.txt").write_text("abcabcabc", encoding="utf-8")
    return save(model(8), tmp_path / "m.safetensors")


def edited(window: MainWindow, path: Path) -> Path:
    """A session file, saved with Ctrl+S after another of its name."""
    target = path.with_name("a.grusession")
    session = window.session
    session.mark(MARKS)
    session.look(notation="course", quantity="hidden_n")
    window.docks["prediction"].close()
    window.sessions.path = target
    press(window, "Ctrl+S")
    assert window.status.where.said == f"Saved as {target}"
    return target


@pytest.fixture
def saved(open_window: OpenWindow, path: Path) -> Path:
    trace = Trace(load_model(path), read_text(path.parent / "t.txt")).what_if("r = 1")
    window = open_window(trace.finish(), 4, 3)
    target = edited(window, path)
    window.close()
    return target


def opened(open_window: OpenWindow, target: Path) -> MainWindow:
    demonstration = load_model("bundled:sixteen")
    assert demonstration.example is not None
    window = open_window(Trace(demonstration, demonstration.example.text).finish(), 34, 9)
    window.restore_layout()
    window.sessions.open(target)
    window.files.opener.settle()
    return window


def changed(target: Path, **changes: Any) -> None:
    content = json.loads(target.read_bytes()) | changes
    target.write_text(json.dumps(content), encoding="utf-8")


def messages(window: MainWindow) -> str:
    return window.message.words.text() if window.message.isVisible() else ""


def test_it_comes_back_as_it_was(open_window: OpenWindow, saved: Path) -> None:
    window = opened(open_window, saved)
    session = window.session
    assert session.trace is not None
    assert (session.trace.text, session.trace.run.edits) == ("abcabcabc", ("r = 1",))
    assert (session.position, session.unit, session.marks) == (4, 3, MARKS)
    assert (session.view.notation, session.view.quantity) == ("course", "hidden_n")
    assert [run.fault for run in session.lanes.runs] == ["", ""]
    assert window.docks["prediction"].isHidden()
    press(window, "Ctrl+Z")
    assert session.model is not None
    assert session.model.source.name == "sixteen.safetensors", "one step back, marks and all"
    press(window, "Ctrl+Shift+Z")
    assert session.marks == MARKS


@pytest.mark.parametrize(
    ("at", "view", "selected"),
    [
        ("5:n[3]", {"notation": "course", "unit": 6}, ("n", 3, None, "course")),
        ("5:probabilities[2]", {"unit": 6, "quantity": "r"}, ("r", 6, 2, "pytorch")),
        ("5", {}, ("z", 0, None, "pytorch")),
        ("5:n[99]", {"unit": 6}, ("z", 6, None, "pytorch")),
    ],
)
def test_the_address_says_what_is_selected_the_view_the_rest(
    at: str, view: dict[str, Any], selected: tuple[Any, ...], open_window: OpenWindow, saved: Path
) -> None:
    changed(saved, at=at, view=view)
    window = opened(open_window, saved)
    found = window.session.view
    assert (found.quantity, found.unit, found.symbol, found.notation) == selected
    assert window.session.position == 5, "also where what is selected there means nothing"
    window.session.look(notation="course", unit=1)
    window.sessions.open(saved)
    window.files.opener.settle()
    found = window.session.view
    assert (found.quantity, found.unit, found.symbol, found.notation) == selected


def test_saved_again_it_keeps_what_it_does_not_know(
    open_window: OpenWindow, saved: Path
) -> None:
    changed(saved, unheard_of=[{"at": "3", "note": "n"}])
    window = opened(open_window, saved)
    window.session.toggle_stop(5)
    press(window, "Ctrl+S")
    content = json.loads(saved.read_bytes())
    assert content["stops"] == [2, 5, 7]
    assert content["unheard_of"] == [{"at": "3", "note": "n"}]
    window.files.open_model("bundled:sonnets")
    window.files.opener.settle()
    assert window.sessions.path is None, "another model is not this session"


def test_wrong_lanes_and_edits_are_told_and_left_out(
    open_window: OpenWindow, saved: Path
) -> None:
    changed(saved, lanes=[{"expression": "z[99]"}, {"expression": "h[1]"}],
            edits=["r = 1", "q = 3"], stops=[3, 4000],
            bookmarks=[{"at": "4:h[9]"}, {"at": "here"}, {"at": "2", "note": 3}])  # fmt: skip
    window = opened(open_window, saved)
    session = window.session
    assert session.trace is not None
    assert session.trace.run.edits == ("r = 1",)
    assert session.marks == Marks((3,), (Lane("h[1]"),), (Bookmark(Address(2)),))
    told = []
    while window.message.isVisible():
        told.append(messages(window))
        window.message.dismiss()
    assert told[0].startswith("a.grusession: a bookmark is left out: “here” is no address; ")
    assert told[0].endswith(" (3 more)")
    assert "“q = 3” can't be set in m.safetensors and is left out." in told


def test_a_wrong_place_is_told_and_the_rest_opens(open_window: OpenWindow, saved: Path) -> None:
    changed(saved, at="99:q")
    window = opened(open_window, saved)
    assert "99:q: the text has steps 1 to 9; choose one of these." in messages(window)
    assert (window.session.position, window.session.marks) == (1, MARKS)


APART = Lane("max(abs(h - reference(h))) < 0.5", armed=True)


@pytest.mark.parametrize("other", [False, True])
def test_what_was_pinned_comes_back(open_window: OpenWindow, path: Path, other: bool) -> None:
    """A step of the run with its edits, or of one that reads another text; and lanes that ask."""
    opened_model = load_model(path)
    run = Trace(opened_model, read_text(path.parent / "t.txt")).finish()
    run = run if other else run.what_if("r = 1")
    there = Trace(opened_model, "ccab").what_if("n = 0 at 2") if other else run
    window = open_window(run, 4, 3)
    window.session.pin(there, 3)
    window.session.mark(Marks(lanes=(APART,)))
    window.sessions.path = target = path.with_name("a.grusession")
    press(window, "Ctrl+S")
    assert window.status.where.said == f"Saved as {target}"
    window = opened(open_window, target)
    session = window.session
    assert (session.pinned.step, session.marks.lanes) == (3, (APART,))
    assert session.trace is not None
    assert (session.trace.run.edits, session.trace.own_step) == (run.run.edits, 0 if other else 3)
    assert session.frame is not None
    assert session.frame.reference is not None
    np.testing.assert_array_equal(session.frame.reference.h, there.step(3).h)
    assert window.edit_bar.isVisible()
    press(window, "O")
    assert session.trace.text == ("ccab" if other else "abcabcabc")
    assert session.position == 3


def test_a_run_is_pinned_again(open_window: OpenWindow, saved: Path) -> None:
    """One that is in no file is told to be left out."""
    window = opened(open_window, saved)
    session = window.session
    session.pin(session.edited)
    press(window, "Ctrl+S")
    window = opened(open_window, saved)
    session = window.session
    assert session.trace is not None
    assert (session.pinned.trace, session.pinned.step) == (session.trace, 0)
    session.pin(Trace(session.trace.model, np.zeros((3, 8), np.float32)))
    press(window, "Ctrl+S")
    assert "without the pinned run, which is in no file" in window.status.where.said
    assert opened(open_window, saved).session.pinned.trace is None


@pytest.mark.parametrize(
    ("pinned", "words"),
    [
        ({"step": 10}, "no step 10: the text has steps 1 to 9; choose one of these."),
        ({"step": 1, "text": "xyz"}, "character “x” at position 1"),
        ({"step": 1, "text": "ab", "edits": ["q = 3"]}, "“q"),
        ({"step": 1, "text_file": "gone.txt"}, "gone.txt: no such file"),
        ({"step": 1, "own_text": True}, "brings no text along"),
        ({"step": 1, "text": "ab", "initial_state": {"values": [[1e300] * 8], "origin": ""}},
         "infinite"),
        ({"step": "1"}, "not as this version writes it"),
    ],
)  # fmt: skip
def test_a_wrong_pin_is_told_and_left_out(
    pinned: Any, words: str, open_window: OpenWindow, saved: Path
) -> None:
    changed(saved, pinned=pinned)
    window = opened(open_window, saved)
    assert "what was pinned is left out: " in messages(window)
    assert words in messages(window)
    assert window.session.pinned.trace is None
    assert window.session.marks == MARKS


def test_a_changed_or_missing_model_is_told(
    open_window: OpenWindow, saved: Path, path: Path
) -> None:
    save(model(8, seed=5), path)
    window = opened(open_window, saved)
    assert "has changed since it was open" in messages(window)
    path.unlink()
    window = opened(open_window, saved)
    assert window.session.model is not None
    assert window.session.model.source.name == "sixteen.safetensors", "what was open stays"
    assert str(path) in messages(window)


def test_what_is_no_session_leaves_what_is_open(open_window: OpenWindow, saved: Path) -> None:
    saved.write_bytes(b"nothing")
    window = opened(open_window, saved)
    assert window.session.model is not None
    assert window.session.model.source.name == "sixteen.safetensors"
    assert "not JSON" in messages(window)


def test_a_folder_that_can_t_be_written_is_told(
    open_window: OpenWindow, saved: Path, tmp_path: Path
) -> None:
    window = opened(open_window, saved)
    window.sessions.path = tmp_path / "missing" / "a.grusession"
    press(window, "Ctrl+S")
    assert "missing" in messages(window)
    assert window.session.marks == MARKS


def test_a_dropped_session_is_opened(open_window: OpenWindow, saved: Path, path: Path) -> None:
    window = opened(open_window, path.with_name("none.grusession"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(saved))])
    window.dropEvent(
        QDropEvent(
            QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    window.files.opener.settle()
    assert window.session.marks == MARKS


SAID = st.sampled_from(
    ["z[9] < 0.05", "h", "z[99]", "r = 1", "z[0] = 5 at 3", "2:n[3]", "99:q", ""]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | SAID
INSIDE = st.sampled_from(
    ["expression", "armed", "every", "at", "note", "unit", "symbol", "order", "zoom", "docks"]
)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(INSIDE, v, max_size=4)
)
PINNED = st.fixed_dictionaries(
    {"step": st.integers(0, 9) | SCALARS},
    optional={"text": SAID | st.just("the cat"), "edits": st.lists(SAID, max_size=2)},
)
FIELDS = st.sampled_from(
    ["at", "edits", "view", "lanes", "stops", "bookmarks", "layout", "initial_state", "pinned"]
)


def test_whatever_a_stranger_saved_is_opened_or_told(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = opened(open_window, tmp_path / "none.grusession")
    path = tmp_path / "stranger.grusession"
    whole = {"format": "gru-debugger-session", "version": 1, "text": "the cat",
             "model": {"path": "bundled:sixteen", "sha256": ""}}  # fmt: skip

    @given(st.dictionaries(FIELDS, VALUES | PINNED, max_size=4))
    @example({"pinned": {"step": 3, "text": "the cat", "edits": ["z[0] = 5 at 3"]}})
    @example({"bookmarks": [{"at": "99:q"}], "lanes": [{"expression": "z[99]"}], "edits": ["q"],
              "at": "99:q", "view": {"unit": 10**9, "zoom": {"first": 9, "count": -3}}})
    @settings(max_examples=40)
    def tried(changes: dict[str, Any]) -> None:
        path.write_text(json.dumps(whole | changes), encoding="utf-8")
        window.sessions.open(path)
        window.files.opener.settle()
        QApplication.processEvents()
        assert window.session.trace is not None
        assert all(len(one.words.splitlines()) == 1 for one in window.message.messages)
        window.message.clear()

    tried()
