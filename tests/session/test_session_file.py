"""Session files: what is written is read again; what is wrong is one line that names the field."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import model, recording, save

from gru_debugger.core.address import Address
from gru_debugger.core.run import Run
from gru_debugger.errors import SessionError
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.session import marks_json, opening, session_file
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.session.marks import Lane, Marks
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
    ({"at": "here"}, "“at” is not as this version writes it"),
    ({"edits": 3}, "“edits” is not as this version writes it"),
    ({"view": 3}, "“view” is not as this version writes it"),
    ({"stops": [0]}, "“stops” is no list of steps"),
    ({"stops": [1.5]}, "“stops” is no list of steps"),
    ({"stops": {"a": 1}}, "“stops” is no list of steps"),
    ({"lanes": [{"expression": "z"}] * 13}, "“lanes” is no list of at most 12"),
    ({"lanes": [{"expression": "z"}, {"armed": True}]}, "lanes[1] has no “expression”"),
    ({"lanes": ["z"]}, "lanes[0] has no “expression”"),
    ({"bookmarks": {}}, "“bookmarks” is no list of at most 1,000"),
    ({"bookmarks": [{"at": "3"}] * 1001}, "“bookmarks” is no list of at most 1,000"),
    ({"bookmarks": [{"at": "3"}, {"note": "n"}]}, "bookmarks[1] has no “at”"),
    ({"lanes": [{"expression": "z", "every": 0}]}, "lanes[0]: “every” is no whole number from 1"),
    ({"lanes": [{"expression": "z", "every": True}]}, "lanes[0]: “every” is no whole number"),
]


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
ENTRIES = st.lists(WORDS | st.dictionaries(INSIDE, WORDS | SCALARS, max_size=4), max_size=4)
FIELDS = sorted(session_file._KNOWN | {"unheard of"})
RUN = recording(model(8))


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES | ENTRIES | WORDS, max_size=6))
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
    now = Now(Run(opened, "the cat"), 3, view, marks)
    path.write_bytes(session_file.to_bytes(path, now, found.unknown))
    again = session_file.read(path)
    assert (again.marks, again.unknown, again.saved.view) == (marks, found.unknown, view)


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
    content["tour"] = [1]
    path.write_text(json.dumps(content), encoding="utf-8")
    found = session_file.read(path)
    again = json.loads(session_file.to_bytes(path, Now(run_of(folder), 4, VIEW), found.unknown))
    assert (again["view"]["tilt"], again["model"]["author"], again["tour"]) == (3, 3, [1])
    assert again["view"]["unit"] == 3
