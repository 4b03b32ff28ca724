"""The table of a pane's numbers beside the picture: reached, followed and copied by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from keyboard import click, press, tab_chain
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton
from samples import model, recording, text_for
from spoken import name

from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session.recorder import Recorder

OpenWindow = Callable[..., MainWindow]
DISPLAY = Qt.ItemDataRole.DisplayRole


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


def shown(window: MainWindow) -> np.ndarray:
    """The numbers as the table shows them."""
    view = window.numbers.table.view.model()
    return np.array(
        [
            [
                float(str(view.index(row, column).data()).replace("−", "-") or "nan")
                for column in range(view.columnCount())
            ]
            for row in range(view.rowCount())
        ],
        np.float32,
    )


def column_of(window: MainWindow, name: str) -> int:
    model = window.numbers.table.view.model()
    across = Qt.Orientation.Horizontal
    return [model.headerData(i, across, DISPLAY) for i in range(model.columnCount())].index(name)


def choose(window: MainWindow, words: str) -> None:
    window.numbers.table.box.setCurrentIndex(window.numbers.table.box.findText(words))


def test_it_comes_and_goes_with_a_key(window: MainWindow) -> None:
    assert not window.docks["numbers"].isVisible()
    press(window, "Ctrl+M")
    assert window.docks["numbers"].isVisible()
    assert QApplication.focusWidget() is window.numbers.table.view
    assert window.numbers.table.view.currentIndex().isValid()
    press(window, "Ctrl+M")
    assert not window.docks["numbers"].isVisible()
    assert QApplication.focusWidget() is window.cell
    assert not window.cell.reached_by_tab, "no ring: nobody went there by Tab"
    press(window, "Ctrl+M", "Esc")
    assert QApplication.focusWidget() is window.cell
    press(window, "Ctrl+M")
    assert QApplication.focusWidget() is window.numbers.table.view
    assert {window.numbers.table.view, window.numbers.table.box} <= set(tab_chain(window))


def test_it_follows_each_step_and_stays_where_the_reader_is(window: MainWindow) -> None:
    press(window, "Ctrl+M", "Down", "Down", "Right")
    at = window.numbers.table.view.currentIndex()
    assert (at.row(), at.column()) == (7, 1)
    h = column_of(window, "h")
    for key, position in (("F10", 13), ("F10", 14), ("Shift+F10", 13)):
        press(window, key)
        assert window.session.position == position
        step = window.session.step
        assert step is not None
        assert np.array_equal(shown(window)[:, h], step.h)
    at = window.numbers.table.view.currentIndex()
    assert (at.row(), at.column()) == (7, 1)
    press(window, "F11")
    assert np.isnan(shown(window)[:, h]).all()


def test_every_pane_of_the_window_can_be_chosen(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    box = window.numbers.table.box
    listed = [box.itemText(i) for i in range(box.count())]
    assert {words.partition(":")[0] for words in listed} == {
        spec.title for spec in pane_specs().values() if spec.area != "none"
    }
    for words in listed:
        choose(window, words)
        assert box.currentText() == words
        assert window.numbers.table.view.model().rowCount()
    choose(window, "Unit: values")
    press(window, "]")
    window.session.select_unit(9)
    step = window.session.step
    assert step is not None
    assert shown(window)[0, 0] == step.h_prev[9]


def test_a_choice_outlives_a_step_that_has_no_such_numbers(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    choose(window, "Next character: probabilities")
    press(window, "F11")
    assert window.numbers.table.view.model().rowCount() == 0
    assert window.numbers.table.note.text() == "no numbers here"
    press(window, "F10")
    assert window.numbers.table.box.currentText() == "Next character: probabilities"
    assert window.numbers.table.view.model().rowCount() == 8


def test_all_of_it_is_copied_with_names(window: MainWindow) -> None:
    press(window, "Ctrl+Shift+M")
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["unit", "input_r", "hidden_r"]
    assert len(lines) == 17
    step = window.session.step
    assert step is not None
    assert np.float32(lines[6].split("\t")[1]) == step.input_r[5]
    columns = lines[0].count("\t")
    said = f"Copied Cell: values: 16 rows, {columns} columns"
    assert said in window.status.where.said


def test_its_button_copies_all_of_it(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    (button,) = window.numbers.table.findChildren(QToolButton)
    click(button)
    assert QApplication.clipboard().text() == window.numbers.table.table().tsv()


def test_what_is_selected_is_copied(window: MainWindow) -> None:
    press(window, "Ctrl+M", "Shift+Right", "Shift+Down", "Ctrl+C")
    at = window.numbers.table.view.currentIndex()
    assert (at.row(), at.column()) == (6, 1)
    step = window.session.step
    assert step is not None
    expected = "".join(f"{step.input_r[i]!s}\t{step.hidden_r[i]!s}\n" for i in (5, 6))
    assert QApplication.clipboard().text() == expected


def test_the_states_of_a_text_are_there_once_they_are_recorded(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    trace = Trace(model(), text_for(model(), 1000))
    window = open_window(trace, 3)
    press(window, "Ctrl+M")
    choose(window, "Text: states")
    assert np.isnan(shown(window)[-1]).all()
    trace.finish()
    window.session.recorder.advanced.emit()
    assert np.array_equal(shown(window)[1:], trace.states())


def test_what_has_changed_is_told(window: MainWindow) -> None:
    """By all cells and both headers, for the view and for a screen reader that asks it."""
    press(window, "Ctrl+M")
    told: list[tuple[Any, ...]] = []
    numbers = window.numbers.table.view.model()
    last = numbers.rowCount() - 1, numbers.columnCount() - 1
    numbers.dataChanged.connect(
        lambda a, b: told.append((a.row(), a.column(), b.row(), b.column()))
    )
    numbers.headerDataChanged.connect(lambda *which: told.append(which))
    press(window, "F10")
    down, across = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
    assert told == [(0, 0, *last), (down, 0, last[0]), (across, 0, last[1])]


def test_hidden_it_makes_nothing(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(window.cell.pane, "tables", lambda: made.append(1) or {})
    press(window, "Right", "F11", "]")
    assert made == []


def test_a_minus_is_spoken(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    numbers = window.numbers.table.view.model()
    words = [str(numbers.index(row, 0).data()) for row in range(16)]
    assert any(word.startswith("−") for word in words)
    assert not any("-" in word for word in words)


def test_another_model_with_fewer_units(window: MainWindow) -> None:
    press(window, "Ctrl+M", "Ctrl+End")
    window.session.open(recording(model(hidden=4), 10), 3)
    assert window.numbers.table.view.model().rowCount() == 4
    assert window.numbers.table.view.currentIndex().row() == 3


def test_the_layout_is_restored_without_it(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    window.restore_layout()
    assert not window.docks["numbers"].isVisible()


def plain(pane: Pane) -> str:
    """As Qt gives a text back: with spaces for those that do not break."""
    return pane.in_words().replace("\xa0", " ")


def test_what_the_chosen_pane_says_stands_above_it(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    words = window.numbers.table.words
    assert words in tab_chain(window)
    for choice in ("Unit: values", "Text: states", "Cell: W_hr"):
        choose(window, choice)
        pane = window.views[{"U": "unit", "T": "strip", "C": "cell"}[choice[0]]].pane
        assert words.toPlainText() == plain(pane)
        press(window, "F10")
        assert words.toPlainText() == plain(pane)
    assert name(words) == "Cell in words"
    press(window, "Ctrl+Shift+N")
    assert words.toPlainText() == window.cell.pane.in_words()
    press(window, "F11")
    assert "was just computed" in words.toPlainText()
    assert words.isReadOnly()


def marked(window: MainWindow) -> tuple[set[int], set[int]]:
    """Rows and columns whose every cell and whose name are marked."""
    m = window.numbers.table.view.model()
    rows, columns = range(m.rowCount()), range(m.columnCount())
    role = Qt.ItemDataRole.BackgroundRole

    def begins(orientation: Qt.Orientation, i: int) -> bool:
        return str(m.headerData(i, orientation, DISPLAY)).startswith("▸ ")

    def all_of(cells: list[tuple[int, int]]) -> bool:
        return all(m.index(*cell).data(role) == window.theme.chip for cell in cells)

    down = {r for r in rows if all_of([(r, c) for c in columns])}
    across = {c for c in columns if all_of([(r, c) for r in rows])}
    assert down == {r for r in rows if begins(Qt.Orientation.Vertical, r)}
    assert across == {c for c in columns if begins(Qt.Orientation.Horizontal, c)}
    return down, across


def test_it_opens_at_the_selected_unit_and_marks_it(window: MainWindow) -> None:
    press(window, "Ctrl+M")
    assert window.numbers.table.view.currentIndex().row() == 5
    assert marked(window) == ({5}, set())
    press(window, "Ctrl+Up")
    window.session.select_unit(9)
    assert marked(window) == ({9}, set())
    window.set_theme("dark")
    assert marked(window) == ({9}, set())
    choose(window, "Text: states")
    assert marked(window) == ({12}, {9})
    choose(window, "Cell: W_hr")
    assert marked(window) == ({9}, {9})
    press(window, "Ctrl+M")
    window.session.select_unit(14)
    press(window, "Ctrl+M")
    at = window.numbers.table.view.currentIndex()
    assert (at.row(), at.column()) == (14, 14)
    QApplication.processEvents()
    shown = window.numbers.table.view.visualRect(at)
    assert window.numbers.table.view.viewport().rect().contains(shown)


@pytest.mark.parametrize("size", [(1366, 768), (1600, 1000), (2560, 1440)], ids=str)
def test_it_leaves_the_picture_whole_and_cuts_no_line(
    size: tuple[int, int], open_window: OpenWindow
) -> None:
    window = open_window(recording(model(), 40), 12, 5, size=size)
    strip = window.docks["strip"].height()
    press(window, "Ctrl+M")
    QApplication.processEvents()
    cell = window.cell
    assert window.docks["strip"].height() == strip
    assert window.numbers.table.view.viewport().height() >= 4 * 22
    assert cell.pane.size.height() <= cell.height() + 1, "all of the blend is in sight"
    view = window.numbers.table.view
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    words = window.numbers.table.words
    room = words.viewport().height() - words.document().documentMargin()
    assert room == 3 * words.fontMetrics().lineSpacing()
