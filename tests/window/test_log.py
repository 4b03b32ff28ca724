"""The log in the window: it follows stops and lanes, leads to its steps, is copied and saved."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from keyboard import click, press
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.questions.expressions import evaluate, where
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.log import LogList
from gru_debugger.window.steps_view import StepsModel

OpenWindow = Callable[..., MainWindow]
HOLDS = "leap: max(changed(h)) > 1"
MARKS = Marks((3, 41), (Lane("z[2]"), Lane(HOLDS, armed=True), Lane("predicted")))


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window(recording(model(), 60), 12)
    window.actions_by_name["log"].trigger()
    return window


def log_of(window: MainWindow) -> LogList:
    found = window.docks.content("log")
    assert isinstance(found, LogList)
    return found


def listed(window: MainWindow) -> StepsModel:
    table = log_of(window).view.model()
    assert isinstance(table, StepsModel)
    return table


def steps(marks: Marks, trace: Trace) -> list[int]:
    found = set(marks.stops)
    for lane in marks.lanes:
        found |= set(where(lane.expression, trace).tolist()) if lane.armed else set()
    return sorted(found)


def collected(window: MainWindow, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: listed(window).rowCount() == count)


def test_it_follows_stops_lanes_and_text(window: MainWindow, qtbot: QtBot) -> None:
    session, trace = window.session, recording(model(), 60)
    assert "No stop is set" in log_of(window).note.text()
    session.mark(MARKS)
    wanted = steps(MARKS, trace)
    collected(window, qtbot, len(wanted))
    assert list(listed(window).steps) == wanted
    assert listed(window).heads == ("step", "text", "z[2]", "leap", "predicted")
    assert log_of(window).note.text() == f"{len(wanted)} steps of 60 where a run would halt"
    session.mark(replace(MARKS, stops=()))
    collected(window, qtbot, len(steps(session.marks, trace)))
    session.undo()
    collected(window, qtbot, len(wanted))
    session.open(trace.with_edits("h = 0").finish(), 12)
    collected(window, qtbot, len(steps(MARKS, session.trace or trace)))
    window.docks["log"].close()
    assert log_of(window).rows.log is None


def test_enter_and_a_click_go_there(window: MainWindow, qtbot: QtBot) -> None:
    window.session.mark(MARKS)
    wanted = steps(MARKS, recording(model(), 60))
    collected(window, qtbot, len(wanted))
    view = log_of(window).view
    window.actions_by_name["log"].trigger()
    assert view.hasFocus()
    view.choose(1)
    press(view, "Down", "Return")
    assert window.session.position == wanted[2] == listed(window).here
    click(view.viewport(), view.visualRect(listed(window).index(0, 0)).center())
    assert window.session.position == wanted[0]
    press(window, "Alt+Left", "Alt+Left")
    assert window.session.position == 12


def test_it_is_copied_and_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(model(), 60)
    window.session.mark(MARKS)
    wanted = steps(MARKS, trace)
    collected(window, qtbot, len(wanted))
    log_of(window).copy_all.click()
    head, *lines = (line.split("\t") for line in QApplication.clipboard().text().splitlines())
    assert head == ["step", "character", "z[2]", HOLDS, "predicted"]
    assert [int(line[0]) for line in lines] == wanted
    z = evaluate("z[2]", trace)
    assert [float(line[2]) for line in lines] == pytest.approx([z[t - 1] for t in wanted], abs=1e-6)
    assert window.status.where.said == f"Copied the log: {len(wanted)} steps"
    path = tmp_path / "log.csv"
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_: str(path))
    log_of(window).save_all.click()
    with path.open(newline="") as file:
        saved = list(csv.reader(file))
    assert [row[1] for row in saved[1:]] == [trace.characters[t - 1] for t in wanted]
    assert [row[2:4] for row in saved] == [head[2:4], *(line[2:4] for line in lines)]
    asked: list[Path] = []
    monkeypatch.setattr(dialogs, "may_overwrite", lambda *words: bool(asked.append(words[-1])))
    log_of(window).save(path)
    assert asked == [path]
    log_of(window).save(tmp_path)
    assert str(tmp_path) in window.message.messages[0].words


def test_of_a_long_text_the_first_and_it_says_so(open_window: OpenWindow, qtbot: QtBot) -> None:
    m = model()
    window = open_window(Trace(m, text_for(m, 300_000)), 1)
    window.actions_by_name["log"].trigger()
    window.session.mark(Marks(lanes=(Lane("step > 0", armed=True),)))
    collected(window, qtbot, 10_000)
    assert log_of(window).note.text().startswith("The first 10,000 steps")
    assert "left out" in log_of(window).note.text()


def test_an_empty_one_takes_little_room(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.docks["log"]
    QApplication.processEvents()
    cell = window.cell.height()
    assert dock.height() < 100
    window.session.mark(MARKS)
    collected(window, qtbot, len(steps(MARKS, recording(model(), 60))))
    qtbot.waitUntil(lambda: dock.height() > 150)
    assert window.cell.hasFocus(), "the keys stay where they were"
    window.session.mark(Marks())
    qtbot.waitUntil(lambda: dock.height() < 100)
    assert window.cell.height() == cell


def right_ink(image: QImage) -> int:
    """The last column of pixels that differs from what lies at the left edge."""
    ground = image.pixel(1, image.height() // 2)
    return max(
        x
        for x in range(image.width())
        for y in range(3, image.height() - 3)
        if image.pixel(x, y) != ground
    )


def test_its_headings_stand_above_their_columns(window: MainWindow, qtbot: QtBot) -> None:
    window.session.mark(MARKS)
    collected(window, qtbot, len(steps(MARKS, recording(model(), 60))))
    view = log_of(window).view
    qtbot.waitUntil(lambda: view.viewport().height() > 100)  # it was empty
    heads = view.horizontalHeader()
    for column in (0, 2):
        left, wide = heads.sectionViewportPosition(column), heads.sectionSize(column)
        head = heads.viewport().grab(QRect(left, 0, wide, heads.height())).toImage()
        cell = view.visualRect(view.model().index(0, column))
        number = view.viewport().grab(cell).toImage()
        assert abs(right_ink(head) - right_ink(number)) <= 2, column
