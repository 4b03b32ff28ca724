"""Lanes leave the window as CSV: one or all to the clipboard, all to a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from keyboard import press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window import dialogs, file_dialog, lane_file
from gru_debugger.window.palette import CommandPalette

OpenWindow = Callable[..., MainWindow]
RUN = recording(model(), 60).finish()
LANES = Marks(lanes=(Lane("h[3]"), Lane("z[5] < 0.5"), Lane("nonsense")))


def clipboard() -> list[list[str]]:
    return list(csv.reader(io.StringIO(QApplication.clipboard().text())))


def test_all_lanes_or_one_are_copied(open_window: OpenWindow) -> None:
    window = open_window(RUN, 5, 0)
    action = window.actions_by_name["copy_lanes"]
    assert not action.isEnabled()
    window.session.mark(LANES)
    action.trigger()
    assert clipboard()[0] == ["step", "character", "h[3]", "z[5] < 0.5"]
    assert len(clipboard()) == 61
    assert window.status.where.said == "2 lanes of 60 steps in the clipboard, as CSV."
    press(window, "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    palette.line.setText("copy as csv the lane z[5]")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert clipboard()[0] == ["step", "character", "z[5] < 0.5"]


def test_what_is_too_much_for_the_clipboard_is_said(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_file, "_MOST", 100)
    window = open_window(RUN, 5, 0)
    QApplication.clipboard().setText("as it was")
    window.session.mark(LANES)
    window.actions_by_name["copy_lanes"].trigger()
    assert QApplication.clipboard().text() == "as it was"
    assert "save the lanes as CSV instead" in window.status.where.said


def test_a_file_is_asked_for_written_and_not_overwritten_unasked(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l.csv"
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_: str(path))
    window = open_window(RUN, 5, 0)
    window.session.mark(LANES)
    window.actions_by_name["save_lanes"].trigger()
    qtbot.waitUntil(lambda: window.status.where.said == f"Saved as {path}")
    with path.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 61
    path.write_text("mine")
    asked: list[Path] = []
    monkeypatch.setattr(dialogs, "may_overwrite", lambda _, title, path: asked.append(path))
    window.actions_by_name["save_lanes"].trigger()
    qtbot.waitUntil(lambda: asked == [path])
    assert path.read_text() == "mine"
    window.lane_file.start(tmp_path / "no" / "folder.csv")
    qtbot.waitUntil(lambda: "folder.csv" in window.message.words.text())


def test_another_run_breaks_it_off(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    m = model()
    window = open_window(recording(m, 60), 5, 0)
    window.session.mark(LANES)
    window.lane_file.start(tmp_path / "l.csv")
    window.session.open(Trace(m, text_for(m, 50)).finish(), 1)
    assert "something else was opened" in window.message.words.text()
    assert list(tmp_path.glob("*.csv")) == []
