"""Similar steps in the window: a list that leads there, and marks in the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import click, press
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording
from searched import searched

from gru_debugger.charts.fonts import glyph
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.strip import StripPane
from gru_debugger.questions import similarity
from gru_debugger.window.dock_room import Scrolled
from gru_debugger.window.similar import SimilarList
from gru_debugger.window.steps_view import StepsModel

OpenWindow = Callable[..., MainWindow]
HERE = 12


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 60), HERE)


def similar_of(window: MainWindow) -> SimilarList:
    found = window.docks.content("similar")
    assert isinstance(found, SimilarList)
    return found


def listed(window: MainWindow) -> StepsModel:
    table = similar_of(window).view.model()
    assert isinstance(table, StepsModel)
    return table


def answered(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.similar.answer is not None)


def expected(t: int, quantile: float = 0.8, limit: int = 20) -> list[int]:
    steps = similarity.similar(recording(model(), 60), t, quantile=quantile, limit=limit).steps
    return [int(step) for step in steps]


@pytest.mark.parametrize("size", [(1366, 768), (1600, 1000)])
@pytest.mark.parametrize("units", [16, 256])
def test_its_dock_opens_as_wide_as_it_needs(
    open_window: OpenWindow, qtbot: QtBot, size: tuple[int, int], units: int
) -> None:
    """Whole numbers of the units that are on, all of them in the tip."""
    window = open_window(recording(model(units), 60), HERE, size=size)
    press(window, "S")
    answered(window, qtbot)
    QApplication.processEvents()
    found, scrolled = similar_of(window), window.docks["similar"].widget()
    assert isinstance(scrolled, Scrolled)
    assert not scrolled.horizontalScrollBar().isVisible()
    assert not scrolled.verticalScrollBar().isVisible()
    answer = window.session.similar.answer
    assert answer is not None
    assert answer.similar is not None
    on = [str(unit) for unit in answer.similar.units]
    head, tip = found.head.text(), found.head.toolTip()
    assert head.split("on, ")[1] == ", ".join(on[:12]) + "\N{NO-BREAK SPACE}…" * (len(on) > 12)
    assert tip.split()[2:] == (", ".join(on).split() if len(on) > 12 else [])


def test_a_key_asks_enter_goes_there_and_the_list_stays(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    assert not window.docks["similar"].isVisible()
    press(window, "S")
    answered(window, qtbot)
    assert similar_of(window).view.hasFocus()
    steps = expected(HERE)
    assert list(listed(window).steps) == steps
    assert f"Like step {HERE}" in similar_of(window).head.text()
    assert window.views["strip"].pane.hits.find is session.similar.marked is not None
    press(similar_of(window).view, "Down", "Return")
    assert session.position == steps[1]
    assert list(listed(window).steps) == steps
    assert listed(window).here == steps[1]
    press(window, "Alt+Left")
    assert session.position == HERE
    press(window, "Escape")
    assert window.cell.hasFocus()
    window.docks["similar"].close()
    assert window.views["strip"].pane.hits.find is None


def test_its_marks_make_room_for_the_whole_text_and_give_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    strip, dock = window.views["strip"].pane, window.docks["strip"]
    assert isinstance(strip, StripPane)
    high = dock.height()
    press(window, "S")
    answered(window, qtbot)
    qtbot.waitUntil(lambda: dock.height() > high)
    assert not strip.lanes.overview.area.isEmpty()
    window.docks["similar"].close()
    qtbot.waitUntil(lambda: dock.height() == high)
    assert strip.lanes.overview.area.isEmpty()


def test_from_here_asks_again_with_what_is_set(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "S")
    answered(window, qtbot)
    session = window.session
    session.go_to(30)
    assert list(listed(window).steps) == expected(HERE)
    similar_of(window).quantile.setValue(0.6)
    click(similar_of(window).again)
    answered(window, qtbot)
    assert list(listed(window).steps) == expected(30, 0.6)
    session.go_to(20)
    similar_of(window).most.setFocus(Qt.FocusReason.TabFocusReason)
    press(similar_of(window).most, "Return")
    answered(window, qtbot)
    assert list(listed(window).steps) == expected(20, 0.6)


def test_the_best_are_listed_and_marked_as_many_as_one_says(
    window: MainWindow, qtbot: QtBot
) -> None:
    """Those of the exhaustive search with that limit; saying so asks nothing anew."""
    press(window, "S")
    answered(window, qtbot)
    session, similar = window.session, similar_of(window)
    run, units = recording(model(), 60), range(16)
    ranked, _ = searched(run, HERE, units, (0, "forward"), 0.8)
    assert len(ranked) > 20
    session.go_to(30)
    for count in (20, 3, len(ranked), 200):
        similar.best.setValue(count)
        best = [step for step, _ in ranked[:count]]
        assert list(listed(window).steps) == best
        assert session.similar.marked is not None
        assert session.similar.marked.count == len(best)
        assert similar.note.text() == f"of {len(ranked)} that have units in common with it"
    similar.best.setFocus(Qt.FocusReason.TabFocusReason)
    press(similar.best, "Return")
    assert session.similar.asked is not None
    assert session.similar.asked.t == HERE


def test_a_row_says_the_text_around_and_is_copied(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "S")
    answered(window, qtbot)
    run, table = recording(model(), 60), listed(window)
    step = table.steps[0]
    score = similarity.similar(run, HERE, limit=1).scores[0]
    words = table.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    around = [run.characters[max(0, step - 25) : step - 1], run.characters[step : step + 24]]
    before, after = ("".join(map(glyph, piece)) for piece in around)
    assert words == f"{before}[{glyph(run.characters[step - 1])}]{after}"
    press(similar_of(window).view, "Ctrl+C")
    head, row, end = QApplication.clipboard().text().split("\n")
    assert (head, end) == ("in common\tstep\ttext", "")
    assert row.split("\t")[:2] == [f"{round(100 * score)}\xa0%", str(step)]
    click(similar_of(window).copy_all)
    lines = QApplication.clipboard().text().splitlines()
    assert [line.split("\t")[1] for line in lines[1:]] == [str(s) for s in table.steps]
    assert "similar steps" in window.status.where.said


def test_a_click_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "S")
    answered(window, qtbot)
    view = similar_of(window).view
    click(view.viewport(), view.visualRect(listed(window).index(2, 1)).center())
    assert window.session.position == expected(HERE)[2]


def test_another_text_empties_it(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "S")
    answered(window, qtbot)
    window.session.open(recording(model(8, seed=1)))
    assert not listed(window).steps
    assert similar_of(window).most.maximum() == 8
    assert not similar_of(window).copy_all.isEnabled()
