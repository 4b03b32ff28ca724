"""What was open is offered at the next start, and comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keyboard import press
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot
from samples import model, save

from gru_debugger.core.trace import Trace
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.session.opening import Wish
from gru_debugger.session.session import Session
from gru_debugger.window import last_opened, tour_before

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
    last_opened.keep(tour_before.now(Session()), settings)
    assert last_opened.kept(settings) is None


@pytest.mark.parametrize("stop", [0, 9])
def test_of_a_tour_what_was_open_before_it(
    open_window: OpenWindow, path: Path, qtbot: QtBot, stop: int
) -> None:
    """Of either of its models; the notation is the user's."""
    window = open_window(Trace(load_model(path), "abcabcabc").what_if("r = 1"), 7, 5)
    window.settings.setValue("tour", ["bundled:gates", stop])
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.session.model is not None
    assert window.session.model.source.path != str(path)
    window.session.look(notation="course")
    found = last_opened.kept(closed(window))
    assert found is not None
    assert (found.path, found.at.step, found.edits) == (str(path), 7, ("r = 1",))
    assert (found.view.unit, found.view.notation) == (5, "course")


def test_of_a_tour_from_the_demonstration_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    demonstration = load_model("bundled:sixteen")
    assert demonstration.example is not None
    window = open_window(Trace(demonstration, demonstration.example.text).finish(), 34, 9)
    window.settings.setValue("tour", ["bundled:gates", 9])
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert last_opened.kept(closed(window)) is None


def test_what_the_user_opened_in_a_tour(open_window: OpenWindow, path: Path, qtbot: QtBot) -> None:
    window = open_window(Trace(load_model(path), "abcabcabc").finish(), 7, 5)
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    window.files.recordings.open_model(load_model("bundled:sonnets"), "", Wish("Shall I"))
    found = last_opened.kept(closed(window))
    assert found is not None
    assert found.path == "bundled:sonnets"
