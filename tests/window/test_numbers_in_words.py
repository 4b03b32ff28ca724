"""Wherever the program says a number, on any widget, pane, dialog or line, it is set as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from faults import faults
from PySide6.QtCore import QAbstractItemModel, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QInputDialog,
    QWidget,
)
from samples import model, recording, save
from words import painted

from gru_debugger.cli import main
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.registry import pane_specs
from gru_debugger.window import dialogs

STEPS, SYMBOLS = 21_000, 12_000


@cache
def large() -> Model:
    """So many symbols and such a text that all that is counted has more than four digits."""
    return replace(
        model(16, SYMBOLS, layers=2),
        vocabulary=tuple(chr(0x4E00 + i) for i in range(SYMBOLS)),
    )


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    random = np.random.default_rng(0)
    vocabulary = np.array(large().vocabulary)
    trace = Trace(large(), "".join(vocabulary[random.integers(0, SYMBOLS, STEPS)]))
    return open_window(trace.finish(), 12_345, 5)


@pytest.mark.parametrize(
    "words",
    ["-0.5", "a = -1", "4e-07", "25%", "25 %", "−0.00", "-0", "step 12345", "of 1000000 steps"],
)
def test_faults_are_seen(words: str) -> None:
    assert faults(words)


@pytest.mark.parametrize(
    "words",
    ["−0.50", "1-4", "4e−7", "25\u00a0%", "0.123456", "12,345", "9f8e12345a", "step-0034", "−0.01"],
)
def test_numbers_as_they_should_be_have_none(words: str) -> None:
    assert not faults(words)


def of_widget(widget: QWidget) -> Iterator[str]:
    """All that a widget and what is in it says to anybody."""
    for part in (widget, *widget.findChildren(QWidget)):
        if isinstance(part, QComboBox):
            yield from (part.itemText(i) for i in range(part.count()))
        if isinstance(part, QAbstractItemView) and isinstance(part.model(), QAbstractItemModel):
            yield from of_table(part.model())
        text = getattr(part, "text", None)
        yield from (str(text()) if callable(text) else "", part.toolTip(), part.windowTitle())
        yield from (part.accessibleName(), part.accessibleDescription(), part.statusTip())
    for action in widget.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def of_table(table: QAbstractItemModel) -> Iterator[str]:
    """Its heads and the ends of its columns."""
    rows, columns = table.rowCount(), table.columnCount()
    for column in range(columns):
        yield str(table.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in {*range(min(rows, 20)), *range(max(0, rows - 20), rows)}:
            yield str(table.data(table.index(row, column)) or "")
    yield str(table.headerData(rows - 1, Qt.Orientation.Vertical) or "")


def wrong(said: Iterator[str]) -> dict[str, list[str]]:
    words = set(said)
    assert len(words) > 1
    return {word: found for word in words if (found := faults(word))}


def test_on_the_windows_widgets(window: MainWindow) -> None:
    assert not wrong(of_widget(window))


@pytest.mark.parametrize("state", ["finished", "halfway", "first", "course", "contributions"])
def test_on_the_panes(state: str, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    session = window.session
    if state == "halfway":
        session.go_to(12_346, "n")
    elif state == "first":
        session.go_to(0)
    elif state == "course":
        session.look(notation="course")
    elif state == "contributions":
        session.look(contributions=True)

    def said() -> Iterator[str]:
        for spec in pane_specs().values():
            pane = spec.make(session, window.theme)
            pane.resize(*spec.size)
            yield from painted(pane, monkeypatch)
            yield pane.in_words()
            for x in range(5, spec.size[0], 37):
                for y in range(3, spec.size[1], 11):
                    yield pane.hover(QPointF(x, y))
            pane.rest()  # nothing is looked for any more, of what is let go of
            pane.clear()

    # Formulas are in a markup of their own, in which “_{12}” is an index.
    assert not wrong(word for word in said() if "_{" not in word)


def test_in_dialogs(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def look(dialog: QDialog) -> bool:
        said.extend(of_widget(dialog))
        dialog.deleteLater()
        return False

    def unit(parent: QWidget, title: str, words: str, *numbers: int) -> tuple[int, bool]:
        said.extend((title, words))
        return 0, False

    monkeypatch.setattr(dialogs, "ask", look)
    monkeypatch.setattr(QInputDialog, "getInt", unit)
    window.exporter.ask()
    window.initial.ask()
    window.files.recordings.ask_vocabulary()
    window.files.recordings.use_text("no symbol of this is known" * 500)
    window.ask_unit()
    window.show_shortcuts()
    window.show_about()
    titles = "Export pictures", "Another vocabulary", "Select a unit", "Keyboard shortcuts"
    assert set(titles) <= set(said), "the dialogs came"
    typed = {f"1-{STEPS}", "12345"}  # steps as they are typed
    assert not wrong(word for word in said if word not in typed)


def test_in_what_info_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(large(), tmp_path / "large.safetensors")
    assert main(["info", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(f"{SYMBOLS:,}" in line for line in lines)
    # The list of the vocabulary's own symbols may hold what it likes.
    told = (line.replace(str(path), "") for line in lines if "sha256" not in line.lower())
    assert not wrong(told)


def test_small_numbers_lose_their_sign_with_their_digits(
    open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model all of whose numbers are next to nothing."""
    m = model(16, scale=1e-8)
    window = open_window(recording(m), 7, 3)
    for spec in pane_specs().values():
        pane = spec.make(window.session, window.theme)
        pane.resize(*spec.size)
        assert not wrong(iter([*painted(pane, monkeypatch), pane.in_words(), ""])), spec.name
        pane.rest()
        pane.clear()
