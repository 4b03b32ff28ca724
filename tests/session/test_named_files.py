"""What a session may read unasked came along with it; it may come from a stranger."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from samples import model, save

from gru_debugger.core.run import Run
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.session import saved, session_file
from gru_debugger.session.session_file import Now
from gru_debugger.session.view import View


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "t.txt"
    path.write_text("abcabcabc", encoding="utf-8")
    return path


def test_a_text_from_elsewhere_stands_in_the_session_itself(tmp_path: Path, text: Path) -> None:
    """Unless it is long, or the session is this program's own."""
    opened = load_model(save(model(8), tmp_path / "m.safetensors"))
    run = Run(opened, read_text(text), edits=("r = 1",))
    path = tmp_path / "elsewhere" / "a.grusession"

    def content(now: Now, *more: Any) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(session_file.to_bytes(path, now, *more))
        return made

    other = replace(run, edits=())
    embedded = content(Now(run, 4, View(), pinned=other))
    for holder in (embedded, embedded["pinned"]):
        assert (holder["text"], holder["called"]) == ("abcabcabc", "t.txt")
        assert "text_file" not in holder
    assert content(Now(run, 4, View()), {}, 8)["text_file"] == "../t.txt"
    assert content(Now(run, 4, View()), {}, 9, saved.any_file)["text_file"] == "../t.txt"


def test_what_did_not_come_along_is_strange(tmp_path: Path, text: Path) -> None:
    """Wherever a name leads by itself, by “..”, by a link, or as an array of an archive."""
    home = tmp_path / "given"
    (home / "in").mkdir(parents=True)
    (home / "in" / "t.txt").write_text("abc", encoding="utf-8")
    (home / "link.txt").symlink_to(text)
    (home / "loop").symlink_to(home / "loop")
    (home / "out").symlink_to(tmp_path)
    (home / "link.npz").symlink_to(text)
    path = home / "a.grusession"
    along = "in/t.txt", "./in/t.txt", "in/../in/t.txt", "in/a.npz:rows", "gone", "loop"
    not_along = (
        str(text), "../t.txt", "in/../../t.txt", "link.txt", "out/t.txt",
        "link.npz:rows", "/dev/zero", "/dev/stdin", "bundled:/../../../t.txt",
    )  # fmt: skip
    least = {"format": "gru-debugger-session", "version": 1,
             "model": {"path": "bundled:sixteen", "sha256": "?"}}  # fmt: skip
    for name, is_strange in (*((n, False) for n in along), *((n, True) for n in not_along)):
        for field in ("text_file", "rows"):
            for said in ({field: name}, {"pinned": {"step": 1, field: name}}):
                path.write_text(json.dumps(least | said), encoding="utf-8")
                found = session_file.read(path)
                strange = session_file.strange(found, path)
                assert bool(strange) == is_strange, (name, said)
                left = session_file.without(found, strange)
                assert session_file.strange(left, path) == ()
                assert left.saved.own_text or not is_strange
                assert (left.pinned is None) == (is_strange or "pinned" not in said)
