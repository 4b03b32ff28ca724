"""The status bar while a text is being recorded."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.initial_state import SYMBOLS
from gru_debugger.core.trace import Trace
from gru_debugger.session.recorder import Progress, Recorder
from gru_debugger.session.session import Session
from gru_debugger.window.painted_words import SEPARATOR, Line
from gru_debugger.window.status import StatusBar


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, screen: object) -> Session:
    """Of a text whose recording goes on only where the test says so."""
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    return Session()


def words(bar: StatusBar) -> str:
    return bar.where.accessibleName() or bar.where.text()


def test_the_share_and_the_time_left(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    told = SimpleNamespace(now=None)
    monkeypatch.setattr(Recorder, "progress", property(lambda self: told.now))
    bar = StatusBar(session)
    small = model()
    session.open(Trace(small, text_for(small, 5000)))
    assert "recording" not in words(bar)
    told.now = Progress(0.434, 12.2)
    session.recording_advanced.emit()
    assert "recording 43\u00a0%, 12\u00a0s left" in words(bar)
    told.now = None
    session.recording_advanced.emit()
    assert "recording" not in words(bar)


def test_h0_is_named_in_the_notation(session: Session) -> None:
    bar = StatusBar(session)
    session.open(recording(model(), 12))
    for notation in ("course", "pytorch"):
        session.toggle_notation()
        assert f"{SYMBOLS[notation]}: zeros" in words(bar)
        keeps = {"course": "1 − Γu", "pytorch": "z"}[notation]
        assert f"· {keeps} keeps the old" in bar.variant.text()


def test_a_step_that_is_not_there_yet(session: Session) -> None:
    bar = StatusBar(session)
    small = model()
    trace = Trace(small, text_for(small, 5000))
    session.open(trace)
    assert "not recorded yet" not in words(bar)
    session.go_to(5000)
    assert words(bar).startswith("step 5,000 of 5,000, not recorded yet")
    trace.finish()
    session.recorder.advanced.emit()
    assert "not recorded yet" not in words(bar)


def test_closing_the_window_ends_the_recording(qtbot: QtBot, screen: object) -> None:
    from PySide6.QtCore import QSettings

    from gru_debugger.main_window import MainWindow

    session = Session()
    window = MainWindow(session, QSettings())
    qtbot.addWidget(window)
    session.open(recording(model(), 12))
    small = model(64)
    session.open(Trace(small, text_for(small, 1000) * 1000))
    window.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "recording"]
    assert not session.trace.complete if session.trace else False


def test_a_step_paints_what_it_changes_alone(session: Session, qtbot: QtBot) -> None:
    line = Line()
    qtbot.addWidget(line)
    line.resize(600, 24)
    painted: list[int] = []

    class Seen(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                painted.append(event.rect().width())
            return False

    seen = Seen()
    line.set_text(SEPARATOR.join(("step 41 of 90", "16 units", "float32")))
    line.show()
    QApplication.processEvents()
    line.installEventFilter(seen)
    for words in (("step 42 of 90", "16 units", "float32"), ("step 42 of 90", "8 units", "float32"),
                  ("step 100 of 900", "8 units", "float32")):  # fmt: skip
        line.set_text(SEPARATOR.join(words))
        assert line.accessibleName() == SEPARATOR.join(words)
        QApplication.processEvents()
    short, *whole = painted
    assert short < 200
    assert whole == [600, 600]
