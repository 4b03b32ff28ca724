"""The history of the selected unit in its dock: its rows, where they lead, what is copied."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for
from spoken import nameless

from gru_debugger.api import Trace as Asked
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import fixed
from gru_debugger.questions import writing, writing_in_words
from gru_debugger.questions.writes import Bounds
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.history import History

OpenWindow = Callable[..., MainWindow]
STEPS, START, UNIT = 60, 30, 8


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    opened = open_window(recording(model(), STEPS), START, UNIT)
    opened.actions_by_name["history"].trigger()
    return opened


def dock(window: MainWindow) -> History:
    found = window.docks.content("history")
    assert isinstance(found, History)
    return found


def shown(window: MainWindow) -> list[list[str]]:
    rows = dock(window).view.model()
    return [
        [str(rows.index(row, column).data()) for column in range(rows.columnCount())]
        for row in range(rows.rowCount())
    ]


def steps(window: MainWindow) -> list[int]:
    """Those that are listed, without the row of the initial state."""
    return [int(row[0]) for row in shown(window) if row[1] != "h(0)"]


def asked(session: Session, t: int, bounds: Bounds) -> list[int]:
    """Of the whole run, by the question that Python asks."""
    trace = session.trace
    assert trace is not None
    run = Asked(trace.model, trace.text)
    return [w.step for w in run.history(session.unit, t, 0, None, *vars(bounds).values())]


def test_it_is_closed_until_it_is_asked_for(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), STEPS), START, UNIT)
    assert not window.docks["history"].isVisible()
    press(window, "Right")
    assert window.session.written._writes is None, "nothing is looked at that nobody sees"
    window.actions_by_name["history"].trigger()
    assert QApplication.focusWidget() is dock(window).view
    assert nameless(window) == []
    assert window.session.written._writes is not None
    window.docks["history"].close()
    window.session.open(recording(model(5), STEPS), START)
    assert window.session.written._writes is None, "what is open no more is kept no longer"


def test_it_follows_unit_step_and_bounds(window: MainWindow) -> None:
    session, history = window.session, dock(window)
    assert steps(window) == asked(session, STEPS, Bounds())
    left = [row[0] for row in shown(window)[1:] if row[4]]
    assert left == [str(step) for step in asked(session, START, Bounds())], (
        "later ones left nothing"
    )
    session.go_to(START + 7)
    left = [row[0] for row in shown(window)[1:] if row[4]]
    assert left == [str(step) for step in asked(session, START + 7, Bounds())]
    session.select_unit(2)
    assert steps(window) == asked(session, STEPS, Bounds())
    history.written.setValue(0.5)
    history.candidate.setValue(0.3)
    history.kept.setValue(0.6)
    assert steps(window) == asked(session, STEPS, Bounds(0.5, 0.3, 0.6))
    assert any(row[5] for row in shown(window))
    assert session.trace is not None
    session.open(session.trace.what_if("h[2] = 0.75 at 9"), 12)
    assert ["9", "+0.75"] in [[row[0], row[3]] for row in shown(window)]


def on_screen(window: MainWindow) -> QImage:
    """The table as it was painted, piece by piece."""
    view = dock(window).view.viewport()
    at = view.mapTo(window, QPoint(0, 0))
    seen = QApplication.primaryScreen().grabWindow(
        window.winId(), at.x(), at.y(), view.width(), view.height()
    )
    return seen.toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_whatever_is_another_is_painted(window: MainWindow) -> None:
    session, view = window.session, dock(window).view
    dock(window).written.setValue(0.02)  # more rows than there is room for
    moves = (1, 1, 1, -1, -1, 7, -20, 1, STEPS, -1)
    for by in moves:
        before = on_screen(window)
        session.go_to(min(max(1, session.position + by), STEPS))
        QApplication.processEvents()
        painted = on_screen(window)
        assert painted != before
        view.viewport().update()
        QApplication.processEvents()
        assert on_screen(window) == painted, by


def test_a_row_s_numbers_are_the_step_s(window: MainWindow) -> None:
    session = window.session
    trace = session.trace
    assert trace is not None
    row = shown(window)[1]
    step = trace.step(int(row[0]))
    assert row[2] == f"{step.h_prev[UNIT]:.2f} → {step.h[UNIT]:.2f}".replace("-", "−").replace(
        "−0.00", "0.00"
    )
    assert row[3] == f"{step.take[UNIT]:+.2f}".replace("-", "−")


def test_a_click_and_enter_go_there_and_leave_a_trail(window: MainWindow) -> None:
    view, session = dock(window).view, window.session
    first, second = steps(window)[:2]
    view.scrollToTop()
    at = view.visualRect(view.model().index(2, 2)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    assert session.position == second
    view.setFocus()
    view.setCurrentIndex(view.model().index(1, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert session.position == first
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert session.position == 0
    session.go_on_trail(-1)
    window.cell.setFocus()
    press(window, "Alt+Left", "Alt+Left")
    assert session.position == START


def test_the_row_where_we_are_is_current(window: MainWindow) -> None:
    session, view = window.session, dock(window).view
    for t in (STEPS, steps(window)[3], steps(window)[3] + 1):
        session.go_to(t)
        at = view.currentIndex()
        assert steps(window)[at.row() - 1] == max(s for s in steps(window) if s <= t)
    session.go_to(0)
    assert view.currentIndex().row() == 0


def test_the_initial_state_is_the_first_row(open_window: OpenWindow) -> None:
    """With its value and what of it is left here."""
    m = model()
    h0 = np.linspace(-1, 1, m.hidden_size, dtype=np.float32)[None]
    run = Trace(m, text_for(m, STEPS), h0).what_if(f"z[{UNIT}] = 0.9 from 1 to 5")
    window = open_window(run, 3, UNIT)
    window.actions_by_name["history"].trigger()
    left = writing.shares(run, UNIT, 3, 0, "forward")[0]
    value = float(h0[0, UNIT])
    signed = [fixed(number, 2, signed=True) for number in (value, left)]
    assert shown(window)[0] == ["0", "h(0)", "initial state", *signed, ""]
    assert left != 0
    cell = dock(window).view.model().index(0, 1)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "initial state"
    first = dock(window)._rows()[1]
    assert first[:3] == ("0", "initial state", "")
    np.testing.assert_allclose([float(n) for n in first[3:6]], [value, value, left], atol=1e-6)
    assert first[6:] == ("", "", "")
    window.session.go_to(0)
    assert shown(window)[0][4] == signed[0], "all of it"


def test_what_reads_from_the_end_looks_back_to_it(open_window: OpenWindow) -> None:
    back = replace(model(), backwards=True)
    window = open_window(Trace(back, text_for(back, STEPS)).finish(), START, UNIT)
    window.actions_by_name["history"].trigger()
    *rows, initial = shown(window)
    there = steps(window)
    known = [int(row[0]) for row in rows if row[4]]
    assert known == [step for step in there if step >= START]
    view = dock(window).view
    assert there[view.currentIndex().row()] == min(known)
    assert initial[:3] == ["", "h(0)", "initial state"]
    view.setCurrentIndex(view.model().index(len(rows), 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert window.session.position == STEPS, "the step that reads it"


def test_the_head_says_what_w_says_and_how_long_it_is_kept(window: MainWindow) -> None:
    said, trace = dock(window).head.text(), window.session.trace
    assert trace is not None
    z = np.array([trace.step(t).z[UNIT] for t in range(1, STEPS + 1)], np.float64)
    assert said.startswith(f"h[{UNIT}] loses half in {np.log(0.5) / np.log(z).mean():.2f} steps. ")
    place: Place = (0, "forward")
    wrote = writing.last_written(trace, UNIT, START, place)
    assert writing_in_words.last_written(trace, UNIT, START, place, wrote, None) in said
    ended = writing.overwritten_next(trace, UNIT, START, place)
    assert said.endswith(writing_in_words.overwritten_next(trace, UNIT, START, place, ended))


def test_all_of_it_is_copied_and_saved(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, path = dock(window), tmp_path / "h.csv"
    buttons = {b.text(): b for b in history.findChildren(QPushButton)}
    buttons["Copy"].click()
    assert window.status.where.said == f"Copied the history: {len(steps(window)) + 1} rows"
    lines = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert lines[0] == ["step", "character", "old", "new", "wrote", "left", "n", "z", "refused"]
    assert [int(line[0]) for line in lines[1:]] == [0, *steps(window)]
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_: str(path))
    buttons["Save as CSV…"].click()
    with path.open(newline="") as file:
        saved = list(csv.reader(file))
    assert [row[2:] for row in saved] == [line[2:] for line in lines]
    assert saved[1] == ["0", "initial state", "", "0.0", "0.0", "0.0", "", "", ""]
    trace = window.session.trace
    assert trace is not None
    for row in saved[2:]:
        step = trace.step(int(row[0]))
        assert row[1] == step.character
        expected = step.h_prev[UNIT], step.h[UNIT], step.take[UNIT], step.n[UNIT], step.z[UNIT]
        found = [float(row[i]) for i in (2, 3, 4, 6, 7)]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    asked: list[Path] = []
    monkeypatch.setattr(dialogs, "may_overwrite", lambda *words: bool(asked.append(words[-1])))
    history.save(path)
    assert asked == [path]
    history.save(tmp_path)
    assert str(tmp_path) in window.message.messages[0].words


def test_a_long_text_is_looked_through_beside_the_window(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    m = model()
    window = open_window(Trace(m, text_for(m, 30_000)), 1, UNIT)
    window.actions_by_name["history"].trigger()
    assert "so far" in dock(window).note.text()
    writes = window.session.writes
    assert writes is not None
    qtbot.waitUntil(lambda: dock(window).note.text().endswith("of 30,000 steps"))
    assert dock(window).view.model().rowCount() == len(writes.listed()) + 1
