"""What was open is offered at the next start, and comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from samples import model, save

from gru_debugger.core.trace import Trace
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.session.session import Session
from gru_debugger.window import last_opened

OpenWindow = Callable[..., MainWindow]


def closed(window: MainWindow) -> QSettings:
    window.close()
    return window.settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "t.txt").write_text("abcabcabc", encoding="utf-8")
    return save(model(16), tmp_path / "m.safetensors")


@pytest.fixture
def settings(open_window: OpenWindow, path: Path) -> QSettings:
    """Of a window that was closed on that file with edits, at step 7."""
    trace = Trace(load_model(path), read_text(path.parent / "t.txt")).what_if("r = 1")
    window = open_window(trace, 7, 5)
    window.session.look(notation="course", quantity="n")
    return closed(window)


def start(open_window: OpenWindow, settings: QSettings) -> MainWindow:
    demonstration = load_model("bundled:sixteen")
    assert demonstration.example is not None
    window = open_window(Trace(demonstration, demonstration.example.text).finish(), 34, 9)
    last_opened.offer(window.files, window.session, settings, window.message)
    return window


def test_it_comes_back(open_window: OpenWindow, settings: QSettings, path: Path) -> None:
    window = start(open_window, settings)
    session = window.session
    assert session.model is not None
    assert session.model.source.name == "sixteen.safetensors", "the demonstration, as always"
    assert window.message.words.text() == "Last time m.safetensors was open, at step 7."
    window.message.offer.click()
    window.files.opener.settle()
    trace = session.trace
    assert trace is not None
    assert (trace.model.source.name, trace.text, trace.run.edits) == (
        "m.safetensors",
        "abcabcabc",
        ("r = 1",),
    )
    assert (session.position, session.unit) == (7, 5)
    assert (session.view.notation, session.view.quantity) == ("course", "n")
    assert not window.message.isVisible()
    assert session.can_undo()


def test_a_file_that_changed_is_told(
    open_window: OpenWindow, settings: QSettings, path: Path
) -> None:
    save(model(16, seed=3), path)
    window = start(open_window, settings)
    window.message.offer.click()
    window.files.opener.settle()
    assert (
        window.message.words.text() == "m.safetensors has changed since it was open the last time."
    )


@pytest.mark.parametrize("gone", ["m.safetensors", "t.txt"])
def test_a_file_that_is_gone_is_not_offered(
    gone: str, open_window: OpenWindow, settings: QSettings, path: Path
) -> None:
    (path.parent / gone).unlink()
    assert not start(open_window, settings).message.isVisible()


@pytest.mark.parametrize("words", ["", "{", "[]", '{"model": 3}', "null"])
def test_a_broken_entry_is_silent(words: str, open_window: OpenWindow, settings: QSettings) -> None:
    settings.setValue("last", words)
    assert not start(open_window, settings).message.isVisible()


def test_the_demonstration_itself_is_not_offered(
    open_window: OpenWindow, settings: QSettings
) -> None:
    window = start(open_window, settings)
    window.session.go_to(50)
    closed(window)
    assert last_opened.kept(window.settings) is None


def test_nothing_open_leaves_nothing(settings: QSettings) -> None:
    assert last_opened.kept(settings) is not None
    last_opened.keep(Session(), settings)
    assert last_opened.kept(settings) is None
