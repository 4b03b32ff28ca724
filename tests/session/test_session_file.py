"""Session files: what is written is read again; what is wrong is one line that names the field."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples import model, recording, save

from gru_debugger.core.address import Address
from gru_debugger.core.initial_state import initial_state
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, SessionError
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.session import marks_json, opening, session_file
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.pinned_json import Pin
from gru_debugger.session.session_file import Now
from gru_debugger.session.view import View

MARKS = Marks(
    (2, 7),
    (Lane("leap: surprise > 2", True, 3), Lane("h[3:5]")),
    (Bookmark(Address(3, "z[1]"), "here"), Bookmark(Address(9))),
)
VIEW = View(unit=3, quantity="hidden_n", notation="course", folded=("sums",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    save(model(8), tmp_path / "models" / "m.safetensors")
    (tmp_path / "t.txt").write_text("abcabcabc", encoding="utf-8")
    return tmp_path


def run_of(folder: Path) -> Run:
    opened = load_model(folder / "models" / "m.safetensors")
    return Run(opened, read_text(folder / "t.txt"), edits=("r = 1", "z[2] = 0 at 3"))


def written(folder: Path, run: Run, unknown: dict[str, Any] | None = None) -> Path:
    path = folder / "a.grusession"
    path.write_bytes(session_file.to_bytes(path, Now(run, 4, VIEW, MARKS), unknown or {}))
    return path


def test_what_is_written_is_read_again(folder: Path) -> None:
    path = written(folder, run_of(folder), {"unheard of": [{"at": "3", "note": "here"}]})
    content = json.loads(path.read_bytes())
    assert (content["format"], content["version"]) == ("gru-debugger-session", 1)
    assert content["model"]["path"] == "models/m.safetensors"
    assert (content["text_file"], content["at"]) == ("t.txt", "4:hidden_n[3]")
    assert content["lanes"][0] == {
        "expression": "surprise > 2", "name": "leap", "armed": True, "every": 3
    }  # fmt: skip
    found = session_file.read(path)
    assert found.marks == MARKS
    assert found.saved.view == VIEW
    assert found.saved.edits == ("r = 1", "z[2] = 0 at 3")
    assert found.saved.at.step == 4
    assert Path(found.saved.path) == folder / "models" / "m.safetensors"
    assert found.unknown == {"unheard of": [{"at": "3", "note": "here"}]}
    assert found.saved.read_source() == "abcabcabc"


def with_pinned(folder: Path, run: Run, pinned: Run, step: int) -> dict[str, Any] | None:
    """What stands in the file, which is read again as this."""
    path, now = folder / "a.grusession", Now(run, 4, VIEW, pinned=pinned, step=step)
    path.write_bytes(session_file.to_bytes(path, now))
    stands, found = json.loads(path.read_bytes()).get("pinned"), session_file.read(path).pinned
    assert session_file.can_pin(path, now) == (found is not None)
    if found is None:
        return None
    assert found.step == step
    if found.reads is not None:
        again = found.reads.run(pinned.model, found.reads.read_source())
        assert (again.source, again.edits) == (pinned.source, pinned.edits)
        same = again.initial is not None and pinned.initial is not None
        assert same == (pinned.initial is not None)
        if again.initial and pinned.initial:
            assert np.array_equal(again.initial.states, pinned.initial.states)
    kept: dict[str, Any] = stands
    return kept


def test_what_is_pinned_is_read_again(folder: Path) -> None:
    run = run_of(folder)
    assert with_pinned(folder, run, run, 7) == {"step": 7}
    assert with_pinned(folder, run, run, 0) == {"step": 0}
    plain = with_pinned(folder, run, replace(run, edits=()), 3)
    assert plain is not None
    assert (plain["text_file"], plain["edits"]) == ("t.txt", [])
    h0 = initial_state(run.model, np.linspace(-1, 1, 8).reshape(1, 8))
    other = with_pinned(folder, run, Run(run.model, "cab", h0, edits=("r = 0",)), 2)
    assert other is not None
    assert (other["text"], other["edits"]) == ("cab", ["r = 0"])


def test_what_is_pinned_and_in_no_file_is_left_out(folder: Path) -> None:
    """Both texts together are no longer than one may be: the file can be read again."""
    run = run_of(folder)
    rows = Rows(np.zeros((3, 8), np.float32), ("1", "2", "3"), "rows")
    assert with_pinned(folder, run, replace(run, source=rows), 2) is None
    long = replace(run, source="é" * 600_000)
    assert with_pinned(folder, run, long, 2) is not None
    assert with_pinned(folder, long, replace(run, source="é" * 400_001), 2) is None


PINS: list[Any] = [
    3, [], "34", {}, {"step": -1}, {"step": True}, {"step": 1.0}, {"step": 1 << 40}, {"step": "3"},
    {"text": "abc"}, {"step": 1, "text": 3}, {"step": 1, "text": "a", "own_text": True},
    {"step": 1, "text_file": "a\nb"}, {"step": 1, "rows": 3}, {"step": 1, "edits": ["r = 1"]},
    {"step": 1, "text": "a", "edits": 3}, {"step": 1, "text": "a", "initial_state": [0]},
    {"step": 1, "text": "a", "initial_state": {"values": [10**400], "origin": ""}},
]  # fmt: skip


@pytest.mark.parametrize("pinned", PINS)
def test_a_wrong_pin_is_told_and_the_rest_is_read(pinned: Any, folder: Path) -> None:
    path = written(folder, run_of(folder))
    content = json.loads(path.read_bytes()) | {"pinned": pinned}
    path.write_text(json.dumps(content), encoding="utf-8")
    found = session_file.read(path)
    assert found.pinned is None
    assert "“pinned” is not as this version writes it" in " ".join(found.wrong)
    assert found.marks == MARKS


def test_a_folder_that_moves_takes_its_session_along(folder: Path, tmp_path: Path) -> None:
    written(folder, run_of(folder))
    moved = folder.rename(tmp_path.with_name(f"{tmp_path.name} elsewhere"))
    found = session_file.read(moved / "a.grusession")
    assert found.saved.there
    assert Path(found.saved.path) == moved / "models" / "m.safetensors"


def test_the_least_that_a_session_says(folder: Path) -> None:
    least = {"format": "gru-debugger-session", "version": 1,
             "model": {"path": "bundled:sixteen", "sha256": "?"}}  # fmt: skip
    path = folder / "b.grusession"
    path.write_text(json.dumps(least), encoding="utf-8")
    found = session_file.read(path)
    assert (found.saved.path, found.saved.own_text) == ("bundled:sixteen", True)
    assert (found.marks, found.saved.at.step) == (Marks(), 1)


def test_a_lanes_name_of_its_own(folder: Path) -> None:
    path = written(folder, run_of(folder))
    content = json.loads(path.read_bytes())
    content["lanes"] = [{"expression": "z[3] < 0.1", "name": "shut", "every": 3}]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert session_file.read(path).marks.lanes == (Lane("shut: z[3] < 0.1", every=3),)


def test_what_is_in_no_file_is_not_saved(folder: Path) -> None:
    run = run_of(folder)
    gone = replace(run, model=replace(run.model, source=replace(run.model.source, path="gone.pt")))
    with pytest.raises(SessionError, match="in no file that a session could name"):
        session_file.to_bytes(folder / "c", Now(gone, 1, VIEW))
    session_file.to_bytes(folder / "c", Now(replace(run, source="ab" * 60_000), 1, VIEW))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"format": "other"}, "its “format” is not"),
    ({"version": 2}, "by a newer program; this one reads 1"),
    ({"version": "1"}, "“version” is no whole number"),
    ({"version": True}, "“version” is no whole number"),
    ({"model": "m.pt"}, "“model” is no object"),
    ({"model": {"path": "a\nb", "sha256": ""}}, "“model” is no object"),
    ({"text_file": 3}, "“text_file” is no file's name"),
    ({"rows": ["a"]}, "“rows” is no file's name"),
]
LEFT_OUT: list[tuple[dict[str, Any], str]] = [
    ({"at": "here"}, "“at” is left out: it is not as this version writes it"),
    ({"at": 34}, "“at” is left out: it is not as this version writes it"),
    ({"edits": 3}, "“edits” is left out: it is not as this version writes it"),
    ({"edits": "r = 1"}, "“edits” is left out: it is not as this version writes it"),
    ({"view": 3}, "“view” is left out: it is not as this version writes it"),
    ({"stops": [0]}, "stops[0] is left out: it is no step"),
    ({"stops": [2, 1.5]}, "stops[1] is left out: it is no step"),
    ({"stops": ["a"]}, "stops[0] is left out: it is no step"),
    ({"stops": {"a": 1}}, "“stops” is left out: it is no list"),
    ({"lanes": "x"}, "“lanes” is left out: it is no list of at most 12"),
    ({"lanes": [{"expression": "z"}] * 13}, "“lanes” is left out: it is no list of at most 12"),
    ({"lanes": [{"expression": "z"}, {"armed": True}]}, "lanes[1] is left out: it has no"),
    ({"lanes": ["z"]}, "lanes[0] is left out: it has no “expression”"),
    ({"bookmarks": {}}, "“bookmarks” is left out: it is no list of at most 1,000"),
    ({"bookmarks": [{"at": "3"}] * 1001}, "“bookmarks” is left out: it is no list"),
    ({"bookmarks": [{"at": "3"}, {"note": "n"}]}, "bookmarks[1] is left out: it has no “at”"),
    ({"lanes": [{"expression": "z", "every": 0}]}, "lanes[0] is left out: its “every” is no"),
    ({"lanes": [{"expression": "z", "every": True}]}, "lanes[0] is left out: its “every” is no"),
]


@pytest.mark.parametrize(("changes", "words"), LEFT_OUT)
def test_what_is_wrong_is_left_out_and_the_rest_is_read(
    changes: dict[str, Any], words: str, folder: Path
) -> None:
    path = written(folder, run_of(folder))
    before = session_file.read(path)
    content = json.loads(path.read_bytes()) | changes
    path.write_text(json.dumps(content), encoding="utf-8")
    found, (changed,) = session_file.read(path), changes
    assert [words in told for told in found.wrong] == [True]
    for name in {"edits", "view", "at"} - {changed}:
        assert getattr(found.saved, name) == getattr(before.saved, name)
    for name in {"stops", "lanes", "bookmarks"} - {changed}:
        assert getattr(found.marks, name) == getattr(before.marks, name)


def test_stops_beyond_the_text_are_told() -> None:
    fits, wrong = marks_json.fitting(Marks((3, 9999)), RUN)
    assert (fits.stops, wrong) == ((3,), [f"1 stop left out: what is read has {RUN.steps} steps"])


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_what_is_wrong_names_the_field(
    changes: dict[str, Any], words: str, folder: Path
) -> None:
    path = written(folder, run_of(folder))
    content = json.loads(path.read_bytes()) | changes
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SessionError) as fault:
        session_file.read(path)
    assert words in str(fault.value)
    assert str(path) in str(fault.value)


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000, b"[1]", b"\xff\xfe", b"null"])
def test_what_is_no_json_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.grusession"
    path.write_bytes(data)
    with pytest.raises(SessionError, match=r"a\.grusession: (not JSON|no session)"):
        session_file.read(path)


def test_a_huge_one_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.grusession"
    path.write_bytes(b" " * (session_file.LARGEST + 1))
    with pytest.raises(SessionError):
        session_file.read(path)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=8), v, max_size=4)
)
WORDS = st.sampled_from(["z[1] < 0.5", "h", "r = 1", "q = 3", "3:z[1]", "9:z[99]", "-", "a: h[2]"])
INSIDE = st.sampled_from(["expression", "name", "armed", "every", "at", "note", "unit", "zoom"])
STATE = st.fixed_dictionaries({"values": VALUES | st.just([[0.5] * 8]), "origin": SCALARS})
PIN = st.fixed_dictionaries(
    {"step": st.integers(-1, 50) | SCALARS},
    optional={
        "text": st.sampled_from(["abc", "", "?", "the cat"]) | SCALARS, "own_text": SCALARS,
        "initial_state": STATE | SCALARS, "edits": st.lists(WORDS | SCALARS, max_size=2) | SCALARS,
        "replace_unknown": SCALARS, "rows": SCALARS, "unheard of": VALUES,
    },
)  # fmt: skip
ENTRIES = st.lists(WORDS | st.dictionaries(INSIDE, WORDS | SCALARS, max_size=4), max_size=4)
FIELDS = sorted(session_file._KNOWN | {"unheard of"})
RUN = recording(model(8))


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES | ENTRIES | WORDS | PIN, max_size=6))
@example({"pinned": {"step": 3, "text": "abc", "edits": ["r = 1"]}})
@example({"pinned": {"step": 2, "text": "?", "unheard of": 3}})
def test_whatever_a_stranger_writes_is_read_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]
) -> None:
    """And what is read can be looked at, and written again."""
    content = {"format": "gru-debugger-session", "version": 1,
               "model": {"path": "m.pt", "sha256": ""}} | changes  # fmt: skip
    path = tmp_path_factory.getbasetemp() / "stranger.grusession"
    path.write_text(json.dumps(content), encoding="utf-8")
    said = ""
    try:
        found = session_file.read(path)
    except SessionError as fault:
        said = str(fault)
    if said:
        assert len(said.splitlines()) == 1
        return
    marks, wrong = marks_json.fitting(found.marks, RUN)
    assert all(len(words.splitlines()) == 1 for words in (*wrong, *found.wrong))
    assert marks_json.fitting(marks, RUN) == (marks, [])
    edits, left_out = opening.fit_edits(found.saved.edits, RUN.model, RUN.text)
    assert len(edits) + len(left_out) == len(found.saved.edits)
    view = found.saved.view.fitted(RUN.model)
    opened = load_model("bundled:sixteen")
    pinned = pinned_run(found.pinned)
    now = Now(Run(opened, "the cat"), 3, view, marks, pinned=pinned, step=1 if pinned else 0)
    path.write_bytes(session_file.to_bytes(path, now, found.unknown))
    again = session_file.read(path)
    assert (again.marks, again.saved.view) == (marks, view)
    kept = {key: value for key, value in found.unknown.items() if key != "pinned" or pinned}
    assert again.unknown == kept
    assert (again.pinned is None) == (pinned is None)


def pinned_run(pin: Pin | None) -> Run | None:
    """What would be pinned, where a model can read that; else one line says why not."""
    if pin is None or pin.reads is None or pin.reads.rows or pin.reads.text_file:
        return None
    said = ""
    try:
        return Trace.of(pin.reads.run(RUN.model, pin.reads.read_source())).run
    except GRUDebuggerError as fault:
        said = str(fault)
    assert len(said.splitlines()) == 1
    return None


def test_what_is_nested_too_deeply_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.grusession"
    deep = "[" * 101 + "]" * 101
    path.write_text(
        '{"format": "gru-debugger-session", "version": 1, "model": {"path": "m.pt", "sha256": ""},'
        f' "unheard of": {deep}}}', encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(SessionError, match="nested too deeply"):
        session_file.read(path)


def test_what_is_unknown_inside_is_kept_too(folder: Path) -> None:
    path = written(folder, run_of(folder))
    content = json.loads(path.read_bytes())
    content["view"]["tilt"] = content["model"]["author"] = 3
    content["pinned"] = {"step": 2, "hue": 3}
    content["tour"] = [1]
    path.write_text(json.dumps(content), encoding="utf-8")
    found = session_file.read(path)
    run = run_of(folder)
    now = Now(run, 4, VIEW, pinned=run, step=2)
    again = json.loads(session_file.to_bytes(path, now, found.unknown))
    assert again["pinned"] == {"step": 2, "hue": 3}
    assert (again["view"]["tilt"], again["model"]["author"], again["tour"]) == (3, 3, [1])
    assert again["view"]["unit"] == 3
