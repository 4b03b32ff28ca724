"""I: the lanes below the text, the tab beside the unit, what they ask; closed they cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from keyboard import press
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording

import gru_debugger
from gru_debugger.charts.theme import THEMES
from gru_debugger.main_window import MainWindow
from gru_debugger.panes import influence_told
from gru_debugger.panes.gradients import GradientsPane
from gru_debugger.panes.influence import InfluencePane
from gru_debugger.panes.strip import StripPane
from gru_debugger.session import influence as here
from gru_debugger.session.session import Session

OpenWindow = Callable[..., MainWindow]


def lanes(window: MainWindow) -> InfluencePane:
    return cast(InfluencePane, window.views["influence"].pane)


def told(window: MainWindow) -> GradientsPane:
    return cast(GradientsPane, window.views["gradients"].pane)


def test_i_opens_it_and_asks_of_the_other_value(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(), 120), 90, 5)
    strip = cast(StripPane, window.views["strip"].pane)
    before = strip.first
    press(window.cell, "I")
    assert window.views["influence"].in_sight
    assert window.views["gradients"].in_sight
    assert window.cell.hasFocus(), "the stepping keys go on stepping"
    pane = lanes(window)
    qtbot.waitUntil(lambda: pane.found is not None and pane.found.complete)
    assert str(pane.found.value).startswith("logits[")
    assert (strip.first, strip.cell) == (pane.first, pane.cell)
    assert strip.first != before
    below = window.docks["influence"].geometry()
    assert below.top() > window.docks["strip"].geometry().bottom() - 1
    assert below.left() == window.docks["strip"].geometry().left()
    assert window.docks["gradients"] in window.tabifiedDockWidgets(window.docks["unit"])
    press(window.cell, "I")
    qtbot.waitUntil(lambda: pane.found is not None and pane.found.complete)
    assert str(pane.found.value) == "z[5]"
    press(window.cell, "Right")
    assert pane.found is not None
    assert (window.session.position, pane.found.step) == (91, 91)
    assert told(window).found is pane.found
    window.docks["influence"].close()
    assert (strip.first, strip.cell) == (before, strip.cell)


def test_closed_it_computes_nothing(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    new = here.InfluenceHere._new

    def counted(self: here.InfluenceHere, *arguments: object) -> object:
        asked.append(1)
        return new(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(here.InfluenceHere, "_new", counted)
    window = open_window(recording(model(), 40), 20, 5)
    press(window.cell, "Right")
    assert not asked
    press(window.cell, "I")
    assert asked
    for name in ("influence", "gradients"):
        window.docks[name].close()
    QApplication.processEvents()
    asked.clear()
    press(window.cell, "Right")
    assert not asked
    assert not window.session.influence._timer.isActive()


def test_what_is_found_beside_the_window_is_drawn_when_it_is_known(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bool] = []

    def watched(pane: GradientsPane) -> None:
        pane.show_step()
        drawn.append(pane.shares is not None and pane.shares.found.complete)

    monkeypatch.setattr(GradientsPane, "show_more", watched)
    window = open_window(recording(model(200), 120), 90, 5)
    press(window.cell, "I")
    qtbot.waitUntil(lambda: bool(drawn) and drawn[-1])
    assert "steps back" in told(window).in_words()


@pytest.mark.parametrize("size", [(1600, 1000), (1366, 768)])
def test_other_panes_stay_whole(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window(recording(model(), 120), 90, 5, size=size)
    press(window.cell, "I")
    QApplication.processEvents()
    assert not window.cell.verticalScrollBar().isVisible()
    assert not window.views["strip"].verticalScrollBar().isVisible()
    assert not window.views["influence"].verticalScrollBar().isVisible()
    assert not window.views["prediction"].verticalScrollBar().isVisible()


@pytest.mark.parametrize(("size", "rows"), [((1600, 1000), 2), ((1366, 768), 1), ((1280, 720), 0)])
@pytest.mark.parametrize("name", ["sixteen", "sonnets"])
def test_the_words_stand_whole_with_a_table_where_there_is_room(
    open_window: OpenWindow, qtbot: QtBot, name: str, size: tuple[int, int], rows: int
) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    window = open_window(gru_debugger.trace(network, network.example.text), 60, 9, size=size)
    press(window.cell, "I")
    view = window.views["gradients"]
    pane = view.pane
    assert isinstance(pane, GradientsPane)
    qtbot.waitUntil(lambda: bool(pane.shares and pane.shares.found.complete))
    QApplication.processEvents()
    assert pane.size.height() <= view.viewport().height() + 1, "nothing is scrolled"
    assert pane._box.bottom() < pane.size.height()
    assert len(pane._rows) >= rows
    foot = pane._box.bottom() + pane._layout.head + len(pane._rows) * 17 + 8 if pane._rows else 0
    assert foot <= pane.size.height() + 1


@pytest.mark.parametrize("name", ["sixteen", "sonnets"])
def test_below_it_and_a_bar_the_overview_is_whole(open_window: OpenWindow, name: str) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    window = open_window(gru_debugger.trace(network, network.example.text), 60, 9)
    press(window, "Ctrl+3")
    press(window.centre.shown, "I")
    heights = [window.centre.shown.height()]
    window.files.recordings.set_edits("z[9] = 0.5 at 60")
    QApplication.processEvents()
    heights.append(window.centre.shown.height())
    assert heights[1] < heights[0], "there is a bar"
    view = window.views["overview"]
    assert view.pane.size.height() <= view.height() + 1
    assert not view.verticalScrollBar().isVisible()


def test_the_table_and_the_choice(qtbot: QtBot, screen: QApplication) -> None:
    network = gru_debugger.load_model("bundled:sixteen")
    session = Session()
    session.open(gru_debugger.trace(network, network.example.text), 34, 9)
    pane = GradientsPane(session, THEMES["light"])
    pane.interactive = False
    pane.resize(340, 320)
    pane.show_step()
    assert [(row.back, row.step) for row in pane._rows] == [(1, 33), (3, 31), (10, 24), (33, 1)]
    assert "33 steps back 1.0\u00a0% of the gradient is left." in pane.in_words()
    row = QPointF(60, pane._box.bottom() + 24 + 9 + 19 * 1.5)
    assert pane.point(row)
    assert pane.hover(row).startswith("step 31")
    pane.press(row)
    assert session.position == 31
    pane.press(pane.choice(True).center())
    assert session.view.of_selected
    assert pane.key(Qt.Key.Key_Return)
    assert not session.view.of_selected
    session.close()


def test_a_session_of_it_stands_as_it_did(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 120), 90, 5)
    press(window.cell, "I")
    QApplication.processEvents()
    said = window.docks.described()
    window.docks.restore()
    assert not window.docks["influence"].isVisible()
    window.docks.take(said)
    QApplication.processEvents()
    strip, below = window.docks["strip"].geometry(), window.docks["influence"].geometry()
    assert below.top() > strip.bottom() - 1
    assert below.width() == strip.width()


def test_the_courses_names(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(), 40), 20, 5)
    press(window.cell, "I", "I")
    for quantity, name in (("z", "1 − Γu[5]"), ("h", "c[5]"), ("r", "Γr[5]")):
        window.session.select_value(quantity, 5)
        for notation, written in (("pytorch", f"{quantity}[5]"), ("course", name)):
            window.session.look(notation=notation)
            question, _ = influence_told.captions(lanes(window))["lines"]
            assert question == f"How strongly does each earlier state still move {written}?"
    window.session.look(notation="pytorch")
    window.session.select_value("h", 5)
    press(window.cell, "Shift+F11")
    assert influence_told.missing(lanes(window)) == "h[5] is not computed yet in this step."
    window.session.look(notation="course")
    assert influence_told.missing(lanes(window)) == "c[5] is not computed yet in this step."
