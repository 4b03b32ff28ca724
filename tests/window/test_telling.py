"""Steps and runs in sentences, from keys; and in another language, where Qt has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from keyboard import press
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.app import application
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.phrases import translate_by
from gru_debugger.questions.told import sentences
from gru_debugger.window import telling

OpenWindow = Callable[..., MainWindow]


def said(window: MainWindow) -> list[str]:
    return [message.words for message in window.message.messages
            if message.topic == "sentences"]  # fmt: skip


def test_a_step_is_told_and_copied(open_window: OpenWindow) -> None:
    run = recording(model(), 40)
    window = open_window(run, 12, 5)
    press(window, "T")
    (words,) = said(window)
    assert "step 12 of 40" in words
    assert words[0] == words[0].upper(), "a sentence"
    for one in sentences(run, 12):
        assert one in words
    window.message.offer.click()
    assert QApplication.clipboard().text() == words
    assert not said(window)


def test_inside_a_step_its_computation_is_told(open_window: OpenWindow) -> None:
    run = recording(model(), 40)
    window = open_window(run, 12, 5)
    press(window, "F11")
    press(window, "T")
    (words,) = said(window)
    assert window.session.computation == "r"
    for one in sentences(run, 13, None, "r"):
        assert one in words
    assert "changes most" not in words


def test_what_was_told_is_told_anew_in_another_notation(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    run = recording(model(), 40)
    window = open_window(run, 12, 5)
    press(window, "T")
    (words,) = said(window)
    press(window, "Ctrl+Shift+N")
    (other,) = said(window)
    assert other != words
    assert "Γ" in other
    window.session.look(notation="pytorch")
    assert said(window) == [words]
    press(window, "Right", "Ctrl+Shift+N")
    assert said(window) == [other], "of the step that it is of, wherever one is"
    press(window, "F11", "Ctrl+Shift+N")
    assert said(window) == [words]


def test_a_run_is_counted_once_and_told_in_both_notations(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    run = recording(model(), 40)
    window = open_window(run, 12, 5)
    press(window, "Shift+T")
    qtbot.waitUntil(lambda: len(said(window)) == 1)
    assert said(window) == [" ".join(sentences(run))]
    press(window, "Ctrl+Shift+N")
    assert said(window) == [" ".join(sentences(run, notation="course"))]
    assert "Γ" in said(window)[0]


def test_a_run_is_told_when_all_of_it_is_known(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_SLICE", "_TOLD"):  # every stretch is told of
        monkeypatch.setattr(f"gru_debugger.session.in_slices.{name}", 0.0)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 500)
    m = model()
    run = Trace(m, text_for(m, 3000)).finish()
    window = open_window(run, 12, 5)
    press(window, "Shift+T")
    press(window, "Shift+T")
    looking = [run for run in window.findChildren(telling._Run) if run._counts is not None]
    assert len(looking) == 1, "the first is given up"
    qtbot.waitUntil(lambda: len(said(window)) == 1)
    assert said(window) == [" ".join(sentences(run))]
    press(window, "T")
    assert len(said(window)) == 1, "of a topic only the newest is shown"
    qtbot.waitUntil(lambda: not window.findChildren(telling._Run))


def test_how_far_it_is_is_told_and_esc_ends_it(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_SLICE", "_TOLD"):  # every stretch is told of
        monkeypatch.setattr(f"gru_debugger.session.in_slices.{name}", 0.0)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 250)
    m = model()
    window = open_window(Trace(m, text_for(m, 25_000)).finish(), 12, 5)
    seen: list[str] = []
    shown = window.message.progress

    def progress(words: str, *cancel: Any) -> None:
        seen.append(words)
        shown(words, *cancel)
        if len(seen) == 3:
            press(window, "Esc")

    monkeypatch.setattr(window.message, "progress", progress)
    press(window, "Shift+T")
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == [f"Counting the whole run: {n}\u00a0% of 25,000 steps; Esc ends it."
                    for n in (1, 2, 3)]  # fmt: skip
    qtbot.waitUntil(lambda: not window.findChildren(telling._Run))
    assert all(message.kind == "notice" for message in window.message.messages)
    assert not said(window)
    assert len(seen) == 3
    press(window, "Shift+T")
    qtbot.waitUntil(lambda: len(said(window)) == 1 and "25,000 steps of" in said(window)[0])
    assert all(message.kind == "notice" for message in window.message.messages)


class Shouting(QTranslator):
    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, *_: object) -> str:
        if context != "sentences":
            return source
        return source.replace("The network leans to", "Das Netz neigt zu").replace(
            "The network is undecided", "Das Netz schwankt"
        ).replace("The network is almost sure of", "Das Netz ist fast sicher bei")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translator = Shouting()
    QCoreApplication.installTranslator(translator)
    translate_by(str)
    application()  # which every window has begun with
    yield
    QCoreApplication.removeTranslator(translator)
    translate_by(str)


@pytest.mark.usefixtures("german")
def test_qt_s_translators_translate_them(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), 12, 5)
    press(window, "T")
    (words,) = said(window)
    assert "Das Netz" in words
    assert "The network" not in words
