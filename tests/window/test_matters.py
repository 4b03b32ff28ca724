"""Each unit's silence is tried by a process of its own, while the overview is seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from keyboard import press
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.panes.whole_run.pane import WholeRunPane
from gru_debugger.panes.whole_run.ranked import Missing
from gru_debugger.questions import matters
from gru_debugger.questions.overview import Survey

OpenWindow = Callable[..., MainWindow]


def missing(window: MainWindow) -> Missing:
    pane = window.views["overview"].pane
    assert isinstance(pane, WholeRunPane)
    return next(panel for panel in pane.panels if isinstance(panel, Missing))


def test_the_panel_fills(open_window: OpenWindow, qtbot: QtBot) -> None:
    run = recording(model(), 40).with_edits("h[3] = 0 at 9").finish()
    window = open_window(run, 12, 5)
    assert window.session.whole_run.survey is None, "nothing is asked before it is seen"
    press(window, "Ctrl+3")
    whole = window.session.whole_run
    qtbot.waitUntil(lambda: whole.losses is not None and whole.losses.complete)
    assert whole.losses is not None
    expected = list(matters.losses(run, (0, "forward")))
    np.testing.assert_allclose(whole.losses.bits, expected, atol=1e-12)
    panel = missing(window)
    assert len(panel.shown) == 16
    assert str(int(np.argmax(expected))) in panel.answer().words
    kept = whole.losses
    qtbot.waitUntil(lambda: window.matters._process is None)  # it tells before it ends
    press(window, "Ctrl+1", "Ctrl+3")
    assert whole.losses is kept, "not tried once more"
    assert window.matters._process is None


def test_nothing_is_looked_for_that_nobody_sees(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Survey, "go_on", lambda _: False)  # it goes on waiting for more
    window = open_window(recording(model(6), 40), 12, 5)
    timer = window.session.whole_run._timer
    for key, looked in (("Ctrl+3", True), ("Ctrl+1", False), ("Ctrl+3", True)):
        press(window, key)
        assert timer.isActive() is looked


def test_of_a_long_text_it_is_asked_for(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "MOST_STEPS", 30)
    window = open_window(recording(model(6), 40), 12, 5)
    press(window, "Ctrl+3")
    whole = window.session.whole_run
    qtbot.waitUntil(lambda: whole.survey is not None and whole.survey.complete)
    assert whole.losses is not None
    assert not whole.losses.wanted
    panel = missing(window)
    view = window.views["overview"]
    qtbot.waitUntil(lambda: bool(panel.sentence.links))
    (link,) = panel.sentence.links
    view.pane.press(link.rect.center())
    qtbot.waitUntil(lambda: bool(whole.losses and whole.losses.complete))
    assert len(panel.shown) == 6


def test_a_step_costs_one_mark(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(6), 40), 12, 5)
    press(window, "Ctrl+3")
    whole = window.session.whole_run
    qtbot.waitUntil(lambda: bool(whole.losses and whole.losses.complete))
    QApplication.processEvents()
    pane = window.views["overview"].pane
    asked: list[str] = []
    assert isinstance(pane, WholeRunPane)
    pane._fill = lambda: asked.append("fill")  # type: ignore[method-assign]
    press(window, "Right", "Right")
    assert window.session.position == 14
    assert not asked


def test_another_run_ends_what_is_tried(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(16), 200), 12, 5)
    press(window, "Ctrl+3")
    window.session.open(recording(model(6), 40), 3, 2)
    whole = window.session.whole_run
    qtbot.waitUntil(
        lambda: bool(whole.losses and len(whole.losses.bits) == 6 and whole.losses.complete)
    )
    assert len(missing(window).shown) == 6


def test_in_a_low_window_the_last_question_is_two_keys_further(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(recording(model(6), 40), 12, 5, size=(1366, 768))
    press(window, "Ctrl+3")
    view = window.centre.shown
    pane = view.pane
    assert isinstance(pane, WholeRunPane)
    qtbot.waitUntil(lambda: "mean" in pane.surprise.answer().words)
    press(window, "PgDown", "PgDown")
    top = view.verticalScrollBar().value()
    sentence = pane.surprise.sentence.rect
    assert top <= sentence.top()
    assert sentence.bottom() <= top + view.viewport().height()
