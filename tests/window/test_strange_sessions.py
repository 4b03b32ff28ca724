"""A stranger's session reads its model and what came along, and nothing else unless allowed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog
from samples import model, save

from gru_debugger.core.trace import Trace
from gru_debugger.files import LARGEST_TEXT, read_text
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.window import dialogs
from gru_debugger.window.plain import Box

OpenWindow = Callable[..., MainWindow]
SECRET = "what no one else is to see"  # which the bundled model can read
_watched: list[list[str]] = []
_hooked: list[bool] = []


@pytest.fixture
def touched() -> Iterator[list[str]]:
    """What this process opens, and hands over to others, that is called secret."""

    def told(event: str, arguments: tuple[Any, ...]) -> None:
        if _watched and event in ("open", "subprocess.Popen") and "secret" in str(arguments):
            _watched[-1].append(event)

    if not _hooked:  # there is no way to take it away again
        sys.addaudithook(told)
        _hooked.append(True)
    _watched.append([])
    yield _watched[-1]
    _watched.clear()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Answers by the button of these words; what was asked."""

    def give(button: str) -> list[str]:
        asked: list[str] = []

        def ask(box: QDialog) -> bool:
            assert isinstance(box, Box)
            asked.append(box.text())
            {b.text(): b for b in box.buttons()}[button].click()
            return True

        monkeypatch.setattr(dialogs, "ask", ask)
        return asked

    return give


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Which a stranger gave, beside what is the user's own."""
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    np.save(tmp_path / "secret.npy", np.zeros((5, 28), np.float32))
    os.mkfifo(tmp_path / "secret.fifo")
    given = tmp_path / "given"
    given.mkdir()
    (given / "secret-link.txt").symlink_to(tmp_path / "secret.txt")
    return given


def session_of(folder: Path, **says: Any) -> Path:
    path = folder / "a.grusession"
    content = {"format": "gru-debugger-session", "version": 1, "stops": [3],
               "model": {"path": "bundled:sixteen", "sha256": ""}}  # fmt: skip
    path.write_text(json.dumps(content | says), encoding="utf-8")
    return path


def opened(open_window: OpenWindow, path: Path) -> MainWindow:
    window = open_window(Trace(model(8), "abcabc").finish(), 2)
    window.sessions.open(path)
    window.files.opener.settle()
    return window


def text_of(window: MainWindow) -> str:
    trace = window.session.trace
    assert trace is not None
    return trace.text


HOSTILE: list[dict[str, Any]] = [
    {"text_file": "{home}/secret.txt"}, {"text_file": "../secret.txt"},
    {"text_file": "secret-link.txt"}, {"text_file": "../secret.fifo"}, {"rows": "../secret.npy"},
    {"rows": "{home}/secret.npy:a"},
    {"text_file": "/dev/zero"}, {"pinned": {"step": 1, "text_file": "../secret.txt"}},
    {"text_file": "../secret.txt", "pinned": {"step": 1, "rows": "../secret.npy"}},
]  # fmt: skip


@pytest.mark.parametrize("says", HOSTILE, ids=str)
def test_what_did_not_come_along_is_not_read(
    says: dict[str, Any], open_window: OpenWindow, folder: Path,
    answer: Callable[[str], list[str]], touched: list[str],
) -> None:  # fmt: skip
    """It is named, the rest opens, and Enter and Esc leave it out."""
    words = json.dumps(says).replace("{home}", str(folder.parent))
    path = session_of(folder, **json.loads(words))
    several = "pinned" in says and "text_file" in says
    asked = answer("Leave them out" if several else "Leave it out")
    window = opened(open_window, path)
    (question,) = asked
    assert ("/dev/zero" if "zero" in words else str(folder.parent / "secret.")) in question
    assert touched == []
    demonstration = load_model("bundled:sixteen").example
    assert demonstration is not None
    assert text_of(window) == demonstration.text
    assert (window.session.marks.stops, window.session.pinned.trace) == ((3,), None)


def test_what_is_allowed_is_read(
    open_window: OpenWindow, folder: Path, answer: Callable[[str], list[str]], touched: list[str]
) -> None:
    answer("Read it")
    window = opened(open_window, session_of(folder, text_file="../secret.txt"))
    assert text_of(window) == SECRET
    assert touched, "so it would have been seen"


def test_what_came_along_is_read_unasked_if_it_is_a_file(
    open_window: OpenWindow, folder: Path, answer: Callable[[str], list[str]]
) -> None:
    """A pipe, or more than a text may be, is refused in a line; what was open stays."""
    asked = answer("Read it")
    (folder / "own.txt").write_text("the cat", encoding="utf-8")
    os.mkfifo(folder / "fifo")
    with (folder / "huge").open("wb") as file:
        file.truncate(LARGEST_TEXT + 1)
    assert text_of(opened(open_window, session_of(folder, text_file="own.txt"))) == "the cat"
    for name, words in (("fifo", "not a regular file"), ("huge", "bytes is more than")):
        window = opened(open_window, session_of(folder, text_file=name))
        assert words in window.message.words.text()
        assert text_of(window) == "abcabc"
    assert asked == []


def test_what_this_program_kept_comes_back_unasked(
    open_window: OpenWindow, folder: Path, answer: Callable[[str], list[str]]
) -> None:
    """But no file can claim to be that: opened as a session, the same is asked about."""
    text = folder.parent / "secret.txt"
    (folder / "models").mkdir()
    opened_model = load_model(save(model(8), folder / "models" / "m.safetensors"))
    text.write_text("abcabcabc", encoding="utf-8")
    path = folder / "kept.grusession"
    window = open_window(Trace(opened_model, read_text(text)).finish(), 4)
    path.write_bytes(window.sessions._content(path))
    asked = answer("Leave it out")
    window = open_window(Trace(model(8), "ab").finish(), 1)
    window.sessions._open_kept(path, lambda: None)
    window.files.opener.settle()
    assert (text_of(window), asked) == ("abcabcabc", [])
    opened(open_window, path)
    assert len(asked) == 1
