"""What-if in the window: said in a line, marked while it holds, undone like all else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import click, press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from samples import model, recording
from spoken import name

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.window.what_if import sentence

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


def edits(window: MainWindow) -> tuple[str, ...]:
    assert window.session.trace is not None
    return window.session.trace.run.edits


def say(window: MainWindow, words: str) -> None:
    press(window, "=")
    window.what_if.edit.setText(words)
    press(window, "Return")


def test_the_line_begins_with_the_selected_value(window: MainWindow) -> None:
    press(window, "=")
    edit = window.what_if.edit
    step = window.session.step
    assert step is not None
    assert edit.hasFocus()
    assert edit.text() == f"z[5] = {step.z[5]:.2f} at 12"
    QTest.keyClicks(edit, "1")  # over the number, which is selected
    assert edit.text() == "z[5] = 1 at 12"
    press(window, "Return")
    assert edits(window) == ("z[5] = 1 at 12",)
    assert window.session.step is not None
    assert window.session.step.z[5] == 1
    assert (window.session.position, window.session.unit) == (12, 5)
    assert not window.what_if.isVisible()
    assert window.cell.hasFocus()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("z[9] = 0.5", "z[9] = 0.5 at 12"),
        ("r = 1 from 3 to 7", "r = 1 from 3 to 7"),
        ("0.5 at 14", "z[5] = 0.5 at 14"),
        ("1 from 14", "z[5] = 1 from 14"),
    ],
)
def test_a_whole_sentence_may_be_typed_over_the_number(
    typed: str, said: str, window: MainWindow
) -> None:
    """What stands around that stays where it is not said anew."""
    press(window, "=")
    QTest.keyClicks(window.what_if.edit, typed)
    press(window, "Return")
    assert edits(window) == (said,)
    press(window, "=")
    window.what_if.edit.setText("h[3] = 0")
    press(window, "Return")
    assert edits(window) == (said, "h[3] = 0"), "of all steps, where that is all"


def test_what_cannot_be_set_is_said(window: MainWindow) -> None:
    for view, words in (
        ({"quantity": "keep"}, "keep can't be set, "),
        ({"symbol": 2}, "A probability can't be set, "),
    ):
        window.session.look(quantity="h")
        window.session.look(**view)
        press(window, "=")
        assert window.what_if.fault.text().startswith(words)
        assert window.what_if.fault.text().endswith("this begins an edit of h.")
        press(window, "Esc")
    window.session.look(quantity="h")
    press(window, "=")
    assert not window.what_if.fault.text()


def test_enter_alone_sets_nothing(window: MainWindow) -> None:
    """The number that it begins with is rounded; whoever types that means it."""
    run = window.session.trace
    press(window, "=")
    begun = window.what_if.edit.text()
    press(window, "Return")
    assert not window.what_if.isVisible()
    assert window.session.trace is run
    press(window, "=")
    QTest.keyClicks(window.what_if.edit, window.what_if.edit.selectedText())
    press(window, "Return")
    assert edits(window) == (begun,)


@pytest.mark.parametrize(("button", "there"), [("set", ("r = 1",)), ("give up", ())])
def test_its_buttons_do_what_enter_and_esc_do(
    button: str, there: tuple[str, ...], window: MainWindow
) -> None:
    press(window, "=")
    window.what_if.edit.setText("r = 1")
    (found,) = (b for b in window.what_if.findChildren(QToolButton) if name(b) == button)
    click(found)
    assert edits(window) == there
    assert not window.what_if.isVisible()
    assert window.cell.hasFocus()


def test_of_another_layer_and_quantity(open_window: OpenWindow) -> None:
    window = open_window(recording(model(layers=2, directions=2), 40), 0, 3)
    window.session.look(layer=1, direction="reverse", quantity="n")
    assert sentence(window.session) == ("n_l1_reverse[3] = ", "0", " at 1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("q = 1", "“q” can't be set"),
        ("z[99] = 1", "no units [99]; this model has units 0 to 15"),
        ("z = 1 at 41", "no step 41; this run has steps 1 to 40"),
        ("", "is no edit; write, say,"),
    ],
)
def test_what_is_wrong_stands_in_the_line(words: str, said: str, window: MainWindow) -> None:
    before = window.session.trace
    say(window, words)
    line = window.what_if
    assert said in line.fault.text()
    assert line.isVisible()
    assert line.edit.hasFocus()
    assert line.rect().contains(line.fault.geometry()), "all of it is seen"
    assert window.session.trace is before
    QTest.keyClicks(line.edit, "x")
    assert not line.fault.text()
    press(window, "Escape")
    assert not line.isVisible()
    assert window.cell.hasFocus()


def test_what_was_wrong_is_void_once_something_else_is_open(window: MainWindow) -> None:
    say(window, "z = 1 at 41")
    window.files.recordings.use_text("abc")
    assert not window.what_if.fault.text()


def test_states_beyond_all_numbers_are_refused_in_place(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 200), 12, 5)
    say(window, "z = 1e30")
    assert "grow beyond all numbers" in window.what_if.fault.text()
    assert edits(window) == ()


def test_one_history_of_text_and_edits(window: MainWindow) -> None:
    undo, redo = (window.actions_by_name[name] for name in ("undo", "redo"))
    say(window, "r = 1")
    say(window, "z[5] = 0 at 3")
    window.files.recordings.use_text("abc")
    assert edits(window) == ("r = 1",), "what names a step goes with its text"
    assert undo.text() == "Undo: another text"
    press(window, "Ctrl+Z")
    assert edits(window) == ("r = 1", "z[5] = 0 at 3")
    assert (undo.text(), redo.text()) == ("Undo: z[5] = 0 at 3", "Redo: another text")
    press(window, "Ctrl+Z", "Ctrl+Z")
    assert edits(window) == ()
    assert not window.edit_bar.isVisible()
    press(window, "Ctrl+Y", "Ctrl+Shift+Z")
    assert edits(window) == ("r = 1", "z[5] = 0 at 3")
    window.actions_by_name["remove_edits"].trigger()
    assert undo.text() == "Undo: edits removed"


def test_the_line_keeps_its_own_undo(window: MainWindow) -> None:
    say(window, "r = 1")
    press(window, "=")
    edit = window.what_if.edit
    begun = edit.text()
    QTest.keyClicks(edit, "7")
    press(window, "Ctrl+Z")
    assert edit.text() == begun
    press(window, "Ctrl+Y")
    assert edit.text() == begun.replace(sentence(window.session)[1], "7")
    press(window, "Ctrl+Z", "Ctrl+Z", "Ctrl+Z")
    assert edits(window) == ("r = 1",)


def test_the_text_editor_keeps_its_own_redo(window: MainWindow) -> None:
    say(window, "r = 1")
    press(window, "Ctrl+Z")
    press(window, "Return")
    QTest.keyClicks(window.text.editor, "ab")
    press(window, "Ctrl+Z")
    press(window, "Ctrl+Y")
    assert window.text.editor.toPlainText() == "ab"
    assert edits(window) == ()


def test_a_click_into_the_line_leaves_it_the_keys(window: MainWindow) -> None:
    press(window, "=")
    line = window.what_if
    line.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # no pointer is there to be over it
    click(line.edit)
    assert line.edit.hasFocus()
    line.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    click(window.cell, window.cell.rect().bottomRight() - QPoint(40, 40))
    assert window.cell.hasFocus()
    assert line.isVisible(), "it waits"


def test_an_edit_out_of_range_is_told(window: MainWindow) -> None:
    say(window, "z[5] = 1.5 at 9")
    assert (
        window.message.words.text() == "“z[5] = 1.5 at 9” is outside 0…1, where z lies by itself."
    )


def test_no_doubt_about_the_vocabulary_of_an_edited_run(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    sixteen = load_model("bundled:sixteen")
    assert sixteen.example is not None
    window = open_window(Trace(sixteen, sixteen.example.text).what_if("h = 1"), 12, 5)
    badge = window.status.surprise
    qtbot.waitUntil(lambda: "worse than guessing" in badge.text())
    assert badge.objectName() == "wrong"
    assert "vocabulary" not in badge.toolTip()
    assert not window.message.isVisible()


def test_states_that_grow_so_far_later_are_told_and_undone(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(recording(model(output=False), 12_000), 12, 5)
    seen: list[tuple[str, ...]] = []
    window.session.opened.connect(lambda: seen.append(edits(window)))
    say(window, "z = 1.01")
    said = "the states of layer 0 grow beyond all numbers at step "
    qtbot.waitUntil(lambda: window.message.words.text().startswith(said))
    assert len(window.message.messages) == 1, "what was said of the edit goes with it"
    assert (seen, edits(window)) == ([("z = 1.01",), ()], ())
    assert not window.edit_bar.isVisible()
    assert not window.actions_by_name["undo"].isEnabled()
    assert not window.actions_by_name["redo"].isEnabled()
    assert (window.session.position, window.session.unit) == (12, 5)
