"""The bar above the cell: the edits as chips, and the run beside them."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from keyboard import click, focus_by_tab, press
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for
from spoken import name

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import fixed, two
from gru_debugger.questions.differing import Comparison
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window import last_opened, tour_before

OpenWindow = Callable[..., MainWindow]
R, Z, H = "r = 1 from 12", "z[5] = 0 from 3 to 9", "h[2] = 0.25 at 30"


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


def edits(window: MainWindow) -> tuple[str, ...]:
    assert window.session.edited is not None
    return window.session.edited.run.edits


def put(window: MainWindow, *sentences: str) -> None:
    window.files.recordings.set_edits(*sentences)
    QApplication.processEvents()


def chips(window: MainWindow) -> list[str]:
    return [chip.said.text() for chip in window.edit_bar.chips if chip.isVisible()]


def in_force(window: MainWindow) -> list[str]:
    return [c.said.text() for c in window.edit_bar.chips if c.objectName() == "chipNow"]


def test_it_comes_with_the_first_edit_and_goes_with_the_last(window: MainWindow) -> None:
    bar = window.edit_bar
    assert not bar.isVisible()
    put(window, R, Z)
    assert (bar.isVisible(), bar.height(), chips(window)) == (True, 38, [R, Z])
    assert (
        bar.mapTo(window, bar.rect().bottomLeft()).y()
        < window.cell.mapTo(window, window.cell.rect().topLeft()).y()
    )
    click(bar.chips[0].gone)
    assert edits(window) == (Z,)
    click(bar.chips[0].gone)
    assert edits(window) == ()
    assert not bar.isVisible()
    press(window, "Ctrl+Z")
    assert chips(window) == [Z]


def test_what_is_in_force_follows_the_step(window: MainWindow) -> None:
    put(window, R, Z)
    assert in_force(window) == [R]
    window.session.go_to(9)
    assert in_force(window) == [Z]
    window.session.go_to(11)
    assert in_force(window) == []


def test_a_click_says_an_edit_otherwise_in_its_place(window: MainWindow) -> None:
    put(window, R, Z)
    click(window.edit_bar.chips[0].said)
    line = window.what_if.edit
    assert (line.text(), line.selectedText()) == (R, "1")
    line.setText("r = 0.5 from 12")
    press(window, "Return")
    assert edits(window) == ("r = 0.5 from 12", Z)
    click(window.edit_bar.chips[1].said)
    line.clear()
    press(window, "Return")
    assert edits(window) == ("r = 0.5 from 12",), "nothing takes it away"


def test_by_keyboard(window: MainWindow) -> None:
    put(window, R)
    chip = window.edit_bar.chips[0]
    focus_by_tab(window, chip.said)
    assert name(chip.said) == f"say otherwise: {R}"
    press(window, "Tab")
    assert name(chip.gone) == f"remove the edit {R}"
    press(window, "Space")
    assert edits(window) == ()
    assert window.cell.hasFocus(), "the bar is gone, and the keys are the stepping view's"


def test_a_narrow_window_keeps_the_rest_in_a_menu(window: MainWindow) -> None:
    put(window, R, Z, H, "z = 1 at 4")
    window.resize(700, 700)
    QApplication.processEvents()
    bar = window.edit_bar
    shown = len(chips(window))
    assert 0 < shown < 3
    assert bar.more.text() == f"{4 - shown} more"
    assert all(bar.rect().contains(w.geometry()) for w in (bar.chips[shown - 1], bar.more))
    click(bar.more)
    (menu,) = [m for m in bar.findChildren(QMenu) if m.isVisible()]
    assert [action.text() for action in menu.actions()] == [R, Z, H, "z = 1 at 4"][shown:]
    menu.actions()[-2].trigger()
    menu.close()
    QApplication.processEvents()
    assert window.what_if.edit.text() == H


def test_where_not_all_have_room_what_is_in_force_comes_first(window: MainWindow) -> None:
    bar, session = window.edit_bar, window.session
    put(window, "z[9] = 1 at 34", "z[5] = 0 at 35", H)
    bar.setFixedWidth(2000)
    QApplication.processEvents()
    session.go_to(35)
    assert chips(window) == ["z[9] = 1 at 34", "z[5] = 0 at 35", H]
    bar.setFixedWidth(330)
    QApplication.processEvents()
    for t, edit in ((34, "z[9] = 1 at 34"), (35, "z[5] = 0 at 35"), (30, H)):
        session.go_to(t)
        assert chips(window)[0] == edit
        assert in_force(window) == [edit]
    click(bar.chips[0].gone)
    assert edits(window) == ("z[9] = 1 at 34", "z[5] = 0 at 35"), "in the order as they were said"


def test_o_swaps_run_and_reference(window: MainWindow) -> None:
    session = window.session
    put(window, R)
    edited = session.trace
    assert edited is not None
    shown, reference = session.frame, session.frame and session.frame.reference
    assert shown is not None
    assert reference is not None
    session.look(quantity="n")
    session.go_to(12, "hidden_n")
    window.session.step_forward()
    window.session.step_backward()
    press(window, "O")
    frame = session.frame
    assert frame is not None
    assert frame.reference is not None
    assert np.array_equal(frame.step.h, reference.h)
    assert np.array_equal(frame.reference.h, shown.step.h)
    assert (session.position, session.unit, session.view.quantity) == (12, 5, "n")
    assert edits(window) == (R,), "what is open is the same"
    assert (window.edit_bar.title.text(), in_force(window)) == ("Without", [])
    assert not edited.plain.edits
    press(window, "O")
    assert session.trace is edited
    assert window.edit_bar.title.text() == "What if"


def test_an_edit_while_swapped_is_beside_those_there(window: MainWindow) -> None:
    put(window, R)
    press(window, "O", "=")
    window.what_if.edit.setText(Z)
    press(window, "Return")
    assert edits(window) == (R, Z)
    assert not window.session.swapped
    trace = window.session.trace
    assert trace is not None
    assert trace.reference is not None
    assert trace.reference.reference is None, "no run is kept beyond these two"


def test_what_is_kept_while_swapped_has_the_edits(open_window: OpenWindow) -> None:
    bundled = load_model("bundled:sixteen")
    assert bundled.example is not None
    window = open_window(Trace(bundled, bundled.example.text).finish(), 12, 5)
    put(window, R)
    press(window, "O")
    last_opened.keep(tour_before.now(window.session), window.settings)
    assert json.loads(str(window.settings.value("last")))["edits"] == [R]


def test_the_reference_is_dropped_and_brought_back(window: MainWindow) -> None:
    put(window, R, Z)
    press(window, "O", "Ctrl+Shift+O")
    assert edits(window) == ()
    assert window.session.frame is not None
    assert window.session.frame.reference is None
    assert window.status.where.said == "2 edits removed; Ctrl+Z brings them back."
    assert not window.actions_by_name["swap_reference"].isEnabled()
    assert not window.actions_by_name["remove_edits"].isEnabled()
    press(window, "Ctrl+Z")
    assert edits(window) == (R, Z)
    assert window.status.where.said == ""
    press(window, "O")
    assert window.status.where.said == "The run without the edits; O shows the other."
    press(window, "Ctrl+Z")
    assert window.status.where.said == ""
    assert not window.session.swapped


def test_ready_edits_stand_in_the_menu(window: MainWindow) -> None:
    step = window.session.step
    assert step is not None
    for action in ("gate_open", "no_memory", "silenced", "not_forgotten", "gate_open"):
        window.actions_by_name[action].trigger()
    assert edits(window) == ("z = 0", "h[5] = 0", "z[5] = 1 at 12", "r = 1")
    press(window, "Ctrl+Shift+O")
    window.actions_by_name["frozen"].trigger()
    (sentence,) = edits(window)
    assert sentence.startswith("n[5] = ")
    assert sentence.endswith(" from 12")
    window.session.go_to(0)
    assert not window.actions_by_name["frozen"].isEnabled()


def test_it_says_what_changed_first_and_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    bar, session = window.edit_bar, window.session
    put(window, R, "z[7] = 1 at 9")
    qtbot.waitUntil(lambda: bar.first.isVisible() and bar.predictions.isVisible())
    assert session.trace is not None
    take = two(float(session.trace.plain.step(9).take[7]))
    assert bar.first.text() == f"first: step 9, taken of n₇ {take} → 0.00", "not what was set"
    found = Comparison(session.trace, session.trace.plain, 100)
    while found.advance():
        pass
    assert found.effect is not None
    assert f" {fixed(found.effect.here, 2)} bits/char" in bar.bits.text()
    assert bar.predictions.text() == f"{found.effect.changed} of 39 predictions changed"
    press(window, "Ctrl+Shift+N")
    assert bar.first.text() == f"first: step 9, taken of c̃₇ {take} → 0.00"
    assert ", taken of c̃₇ is 0.00" in bar.first.toolTip()
    press(window, "Ctrl+Shift+N")
    click(bar.first)
    assert (session.position, session.unit, session.view.quantity) == (9, 7, "take")
    press(window, "Alt+Left")
    assert (session.position, session.unit) == (12, 5)
    put(window, R)
    qtbot.waitUntil(lambda: bar.first.text().startswith("first: step 12, product with r"))
    put(window, f"h[0] = {session.trace.plain.step(3).h[0]} at 3")
    qtbot.waitUntil(lambda: bar.first.text() == "No difference")
    assert not bar.bits.isVisible()
    assert not bar.predictions.isVisible()


def test_what_is_shown_stands_last_in_the_bar_as_in_the_panes(
    window: MainWindow, qtbot: QtBot
) -> None:
    """With the edits, and once the two runs have changed places."""
    bar, session = window.edit_bar, window.session
    put(window, "z[5] = 1 at 12")
    qtbot.waitUntil(lambda: bar.bits.text() != "")
    for keys in ((), ("O",), ("O",)):
        press(window, *keys)
        assert session.frame is not None
        assert session.frame.reference is not None
        there, here = (two(float(s.take[5])) for s in (session.frame.reference, session.frame.step))
        assert bar.first.accessibleName() == f"first: step 12, taken of n₅ {there} → {here}"
        found = bar._changed
        assert found is not None
        assert found.effect is not None
        bits = [fixed(found.effect.there, 2), fixed(found.effect.here, 2)]
        assert bar.bits.text().startswith(" → ".join(bits[:: -1 if session.swapped else 1]))


@pytest.mark.parametrize("width", [1366, 900, 640])
def test_in_little_room_it_says_so_in_fewer_words(
    window: MainWindow, qtbot: QtBot, width: int
) -> None:
    """At 1366 two edits beside it; at no width is any of it cut."""
    bar = window.edit_bar
    put(window, "z[7] = 1 at 9", R)
    qtbot.waitUntil(lambda: bar.predictions.text() != "")
    window.resize(width, 768)
    QApplication.processEvents()
    if width == 1366:
        assert len(chips(window)) == 2
        assert bar.bits.isVisible()
        assert bar.predictions.isVisible() or bar.left_out.isVisible()
    for part in (bar.first, bar.predictions):
        assert part.text() == part.accessibleName(), "whole, or left out"
    for part in (bar.first, bar.bits, bar.predictions, bar.other, bar.another):
        if part.isVisible():
            assert part.width() >= part.sizeHint().width()
            assert bar.rect().contains(part.geometry())


@pytest.mark.parametrize("width", range(160, 1001, 60))
def test_what_has_no_room_is_an_ellipsis_and_in_the_tip(
    window: MainWindow, qtbot: QtBot, width: int
) -> None:
    """The most telling stays longest."""
    bar = window.edit_bar
    put(window, R)
    qtbot.waitUntil(lambda: bar.predictions.text() != "")
    bar.setFixedWidth(width)
    QApplication.processEvents()
    effect = bar.first, bar.bits, bar.predictions
    shown = [part.isVisible() for part in effect]
    assert shown == sorted(shown, reverse=True)
    assert bar.left_out.isVisible() or all(shown) or width < 300
    assert not (bar.left_out.isVisible() and all(shown))
    for whole in (bar.toolTip(), bar.accessibleDescription(), bar.left_out.toolTip()):
        assert "first difference" in whole
        assert "bits a character" in whole
        assert "likeliest next character" in whole
    for part in (*effect, bar.left_out):
        assert not part.isVisible() or part.geometry().right() <= width


def test_what_is_recorded_later_is_compared_then(open_window: OpenWindow, qtbot: QtBot) -> None:
    one = model()
    window = open_window(Trace(one, text_for(one, 30_000)), 12, 5)
    put(window, "z[7] = 1 at 29990")
    first = "first: step 29,990, taken of n₇ "
    qtbot.waitUntil(lambda: window.edit_bar.first.text().startswith(first))
    assert "in steps " in window.edit_bar.bits.toolTip()


def test_it_makes_the_picture_no_wider(window: MainWindow, qtbot: QtBot) -> None:
    wide = window.cell.width()
    put(window, *(f"z[{i}] = 0.{i} at 12" for i in range(12)))
    qtbot.waitUntil(lambda: window.edit_bar.first.isVisible())
    assert window.cell.width() == wide
    window.resize(700, 700)
    QApplication.processEvents()
    assert window.width() == 700


def test_lanes_of_both_runs_are_swapped_and_not_exported_without_the_other(
    window: MainWindow,
) -> None:
    put(window, R)
    session = window.session
    session.mark(Marks(lanes=(Lane("h[3] - reference(h[3])"), Lane("h[3]"))))
    before = session.lanes.runs[0].values(11, 40)
    press(window, "O")
    run = session.lanes.runs[0]
    assert not run.fault
    assert np.array_equal(run.values(11, 40), -before)
    assert before.any()
    assert window.exporter._marks().lanes == (Lane("h[3]"),)
    press(window, "O")
    assert len(window.exporter._marks().lanes) == 2


def test_a_pinned_run_stands_in_the_bar(window: MainWindow) -> None:
    bar, session = window.edit_bar, window.session
    put(window, R)
    press(window, "Ctrl+Z")
    window.actions_by_name["pin"].trigger()
    assert (bar.title.text(), bar.isVisible()) == ("Pinned", True)
    assert session.trace is not None
    first, text = session.trace, session.trace.text
    assert chips(window) == [" ".join(text.split())]
    assert not bar.other.isVisible()
    window.files.recordings.use_text(text[:5] + text[7:])
    session.go_to(10)
    QApplication.processEvents()
    assert bar.title.text() == "Beside"
    assert session.frame is not None
    assert session.frame.reference is not None
    assert session.frame.reference.number == 12
    assert "pinned run" in window.views["unit"].in_words()
    press(window, "O")
    assert session.trace is first
    assert session.position == 12
    press(window, "O", "Ctrl+Shift+O")
    assert not bar.isVisible()
    assert session.frame is not None
    assert session.frame.reference is None


def test_a_pinned_step_stands_in_the_bar_and_everywhere(
    window: MainWindow, qtbot: QtBot
) -> None:
    bar, session = window.edit_bar, window.session
    action, run = window.actions_by_name["pin_step"], session.trace
    assert run is not None
    press(window, "Home")
    assert not action.isEnabled()
    press(window, "Right", "Right", "P")
    here = f"step 2, {run.character_in_words(2)}"
    assert (bar.title.text(), chips(window), in_force(window)) == ("Beside", [here], [here])
    assert action.isChecked()
    assert not window.actions_by_name["pin"].isChecked()
    press(window, "Shift+Right")
    assert in_force(window) == []
    assert not action.isChecked()
    assert session.frame is not None
    assert session.frame.reference is not None
    assert np.array_equal(session.frame.reference.z, run.step(2).z)
    told = [view.in_words() for view in map(window.views.get, ("unit", "prediction")) if view]
    assert all("at step 2" in words.lower() for words in told)
    strip = window.views["strip"]
    assert f"Held against {here}" in strip.in_words()
    assert f"is {two(float(run.step(2).z[5]))}" in told[0]
    press(window, "O")
    assert (session.position, chips(window)) == (2, [f"step 12, {run.character_in_words(12)}"])
    assert in_force(window) == []
    put(window, R)
    assert chips(window) == [f"step 12, {run.character_in_words(12)} with no edits", R]
    assert bar.upon.isVisible()
    qtbot.waitUntil(lambda: bar.first.accessibleName() != "")
    assert not bar.bits.isVisible(), "the chips have the room"
    assert "Held against step 12" in strip.in_words(), "it is in the same text"
    click(bar.chips[1].gone)
    assert edits(window) == ()
    assert not bar.upon.isVisible()
    put(window, R)
    press(window, "P")
    click(bar.chips[0].said)
    assert session.position == 2
    click(bar.chips[0].gone)
    assert (session.pinned.trace, chips(window)) == (None, [R])
    assert window.status.where.said == "No step is pinned any more; Ctrl+Z brings it back."
    press(window, "Ctrl+Z")
    assert (session.pinned.trace, session.pinned.step) == (session.trace, 2)
    press(window, "Ctrl+Shift+Z", "P", "P", "Ctrl+Shift+O")
    assert not bar.isVisible()


@pytest.mark.parametrize("what", ["step", "run"])
def test_one_press_drops_all_that_stands_beside(window: MainWindow, what: str) -> None:
    """Edits with the run without them, and what is pinned; one undo brings all back."""
    session = window.session
    run = session.trace
    put(window, R, Z)
    session.pin(run, 7 if what == "step" else 0)
    reference = session.frame and session.frame.reference
    assert window.edit_bar.drop.accessibleName() == "remove all edits and pin it no longer"
    press(window, "Ctrl+Shift+O")
    assert (edits(window), session.pinned.trace) == ((), None)
    assert session.frame is not None
    assert session.frame.reference is None
    assert not window.edit_bar.isVisible()
    assert not window.actions_by_name["remove_edits"].isEnabled()
    said = f"2 edits removed, no {what} pinned any more; Ctrl+Z brings them back."
    assert window.status.where.said == said
    press(window, "Ctrl+Z")
    assert edits(window) == (R, Z)
    assert (session.pinned.trace, session.pinned.step) == (run, 7 if what == "step" else 0)
    assert session.frame is not None
    assert session.frame.reference is not None
    assert reference
    assert session.frame.reference.number == reference.number
    assert np.array_equal(session.frame.reference.h, reference.h)
    press(window, "Ctrl+Z")
    assert (edits(window), session.pinned.trace) == ((R, Z), None), "and that it was pinned"
    assert session.history.words(1) == ("step 7 pinned" if what == "step" else "run pinned")
    press(window, "Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert (edits(window), session.pinned.trace) == ((), None)


def test_a_changed_text_is_held_against_the_one_before(window: MainWindow) -> None:
    """Aligned: behind what was taken out, each step stands beside that of the same character."""
    session, action = window.session, window.actions_by_name["pin_before"]
    assert not action.isEnabled(), "nothing was open before"
    assert session.trace is not None
    first, text = session.trace, session.trace.text
    window.files.recordings.use_text(text[:5] + text[7:])
    session.go_to(10)
    assert action.isEnabled()
    action.trigger()
    assert session.frame is not None
    reference = session.frame.reference
    assert reference is not None
    assert (reference.number, reference.character) == (12, session.frame.step.character)
    assert np.array_equal(reference.values["h"], first.step(12).h)
    assert window.edit_bar.isVisible()
    press(window, "Ctrl+Shift+O")
    assert session.frame is not None
    assert session.frame.reference is None
    put(window, R)
    assert not action.isEnabled(), "of edits the run without goes before"
