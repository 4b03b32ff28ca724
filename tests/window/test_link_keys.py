"""The links of panes by keyboard: in docks Tab, arrows and Enter, in the overview a digit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import focus_by_tab, press
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.core.cell import Notation, Reset
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.curves import CurvesPane
from gru_debugger.panes.gradients import GradientsPane
from gru_debugger.panes.whole_run.pane import WholeRunPane
from gru_debugger.questions.overview_in_words import Goal
from gru_debugger.window import pane_view
from gru_debugger.window.pane_view import PaneView

OpenWindow = Callable[..., MainWindow]


def seen(view: PaneView) -> object:
    QApplication.processEvents()
    return view.viewport().grab().toImage()


def curves_of(window: MainWindow, qtbot: QtBot) -> tuple[PaneView, CurvesPane]:
    press(window, "B")
    view = window.views["curves"]
    pane = view.pane
    assert isinstance(pane, CurvesPane)
    qtbot.waitUntil(lambda: pane.run.complete)
    seen(view)
    focus_by_tab(window, view)
    return view, pane


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_all_links_of_the_curves_are_followed_by_keys(
    open_window: OpenWindow, qtbot: QtBot, reset: Reset, notation: Notation
) -> None:
    window = open_window(recording(model(reset=reset), 40), 5, 3)
    window.session.look(notation=notation)
    view, pane = curves_of(window, qtbot)
    goals, session = pane.of_resets().links, window.session
    assert len(pane.links) == len(goals) >= 3
    for i, (kind, at) in enumerate(goals):
        press(window, "Home", *["Down"] * i)
        assert pane.chosen() == (pane.links[i].rect, pane.links[i].words)
        press(window, "Return")
        assert (session.position if kind == "step" else session.unit) == at
        assert view.hasFocus(), "to go on from there"
        session.go_to(5)
        session.select_unit(3)
        seen(view)
    press(window, "Alt+Left")
    assert session.trail.past or session.position == 5


def test_the_chosen_link_is_framed_and_let_go(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(), 40), 5, 3, size=(1600, 1400))  # all is in sight
    view, pane = curves_of(window, qtbot)
    calm = seen(view)
    assert pane.chosen() is None
    press(window, "Down")
    assert seen(view) != calm
    press(window, "Right", "Left", "Up")
    assert pane.chosen() == (pane.links[0].rect, pane.links[0].words)
    press(window, "Escape")
    assert pane.chosen() is None
    assert seen(view) == calm
    assert view.hasFocus(), "the first Esc lets go of the link alone"
    press(window, "End")
    assert pane.chosen() == (pane.links[-1].rect, pane.links[-1].words)
    press(window, "Shift+Tab")
    assert not view.hasFocus()
    assert pane.chosen() is None
    focus_by_tab(window, view)
    press(window, "Up", "Escape", "Escape")
    assert window.centre.shown.hasFocus()


def test_a_link_that_is_chosen_comes_into_sight_and_is_announced(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()
    monkeypatch.setattr(pane_view, "announce", lambda view, words: told.append(words))
    window = open_window(recording(model(), 40), 5, 3, size=(1366, 700))
    view, pane = curves_of(window, qtbot)
    bar = view.verticalScrollBar()
    assert bar.maximum(), "it has no room for all"
    press(window, "End")
    rect, words = pane.links[-1].rect, pane.links[-1].words
    assert told == [words]
    assert words
    assert view.viewport().rect().contains(
        view.mapFromScene(rect).boundingRect().adjusted(2, 2, -2, -2)
    )
    there = bar.value()
    press(window, *["Up"] * (len(pane.links) + 20))
    assert bar.value() < there, "beyond the first link the keys scroll"


def test_influence_in_words(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(), 60), 50, 3)
    press(window, "I")
    view, session = window.views["gradients"], window.session
    pane = view.pane
    assert isinstance(pane, GradientsPane)
    qtbot.waitUntil(lambda: bool(pane._rows))
    focus_by_tab(window, view)
    press(window, "Return")
    assert session.view.of_selected, "without a link as before"
    qtbot.waitUntil(lambda: bool(pane._rows))
    press(window, "Home", "Return")
    assert not session.view.of_selected
    qtbot.waitUntil(lambda: bool(pane._rows))
    press(window, "Home", "Down", "Down")
    row, chosen = pane._rows[0], pane.chosen()
    assert chosen is not None
    assert chosen[1] == pane.trace.character_in_words(row.step)
    press(window, "Return")
    assert session.position == row.step
    press(window, "Alt+Left")
    assert session.position == 50


# The overview ------------------------------------------------------------------------------------


def overview_of(window: MainWindow, qtbot: QtBot) -> WholeRunPane:
    press(window, "Ctrl+3")
    pane = window.views["overview"].pane
    assert isinstance(pane, WholeRunPane)
    qtbot.waitUntil(lambda: all(panel.goals for panel in (pane.surprise, pane.panels[2])))
    return pane


def test_a_digit_goes_to_what_an_answer_names_and_on(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(recording(model(), 60), 5, 3)
    pane, session = overview_of(window, qtbot), window.session
    pane.panels[0].goals = (Goal("unit", 4), Goal("unit", 7), Goal("unit", 7))
    for digit, panel in enumerate(pane.all, 1):
        goals = list(dict.fromkeys(panel.goals))
        if any(goal.kind == "try" for goal in goals):
            continue
        session.go_to(5)
        session.select_unit(next(u for u in range(16) if ("unit", u) not in goals))
        for goal in [*goals, *goals[:1]]:
            press(window, str(digit))
            assert (session.unit if goal.kind == "unit" else session.position) == goal.number
        assert pane.key_of(panel) == str(digit)
    before = session.where
    press(window, "8", "9")
    assert session.where == before


def test_digits_are_of_the_overview_alone_and_chords_keep_theirs(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(recording(model(), 60), 5, 3)
    pane, session = overview_of(window, qtbot), window.session
    strip = window.docks["strip"].isVisible()
    press(window, "Ctrl+K", "1")
    assert window.docks["strip"].isVisible() != strip
    press(window, "Ctrl+K", "1")
    goal = pane.surprise.goals[0]
    press(window, "Ctrl+1", "7")
    assert session.position == 5 != goal.number
    press(window, "Ctrl+3", "7")
    assert session.position == goal.number


def test_caps_say_so_but_not_on_paper(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(), 60), 5, 3)
    pane = overview_of(window, qtbot)
    shown = seen(window.views["overview"])
    pane.interactive = False
    pane.renew_background()
    assert seen(window.views["overview"]) != shown
