"""Writing on in the window: a line above the picture, by keys and by its buttons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import click, press
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot
from samples import model, recording
from spoken import name

from gru_debugger import trace
from gru_debugger.core.model import printable
from gru_debugger.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]
HERE = 12


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(scale=0.5)), HERE)


def text(window: MainWindow) -> str:
    assert window.session.trace is not None
    return window.session.trace.text


def begin(window: MainWindow, **values: float) -> None:
    press(window, "G")
    line = window.letters_line
    for what, value in values.items():
        getattr(line, what).setValue(value)
    assert line.isVisible()


def done(window: MainWindow, qtbot: QtBot, count: int) -> None:
    letters = window.letters_line.letters
    qtbot.waitUntil(lambda: len(letters.letters) == count and not letters.left)


def expected(window: MainWindow, count: int, temperature: float, seed: int | None = None) -> str:
    begun = text(window)[:HERE]
    return begun + trace(model(scale=0.5), begun).generate(count, temperature, seed)


def test_enter_writes_a_letter_and_ctrl_enter_all(window: MainWindow, qtbot: QtBot) -> None:
    before = text(window)
    wanted = expected(window, 9, 1.2, 4)
    begin(window, temperature=1.2, seed=4, count=6)
    for pressed, count in (("Return", 1), ("Enter", 2), ("Return", 3), ("Ctrl+Return", 9)):
        press(window, pressed)
        done(window, qtbot, count)
        assert text(window) == wanted[: HERE + count]
    assert window.session.position == HERE + 9
    press(window, "Ctrl+Z")
    assert (text(window), window.session.position) == (before, HERE)
    assert not window.letters_line.tape.isVisible()
    press(window, "Escape")
    assert not window.letters_line.isVisible()
    assert window.cell.hasFocus()


def test_all_letters_are_on_a_tape_with_their_probabilities(
    window: MainWindow, qtbot: QtBot
) -> None:
    """Against the predictions of the text that they made, which is run once more."""
    copy = window.actions_by_name["copy_letters"]
    assert not copy.isEnabled()
    begin(window, count=30)
    press(window, "Ctrl+Return")
    done(window, qtbot, 30)
    tape, line = window.letters_line.tape, window.letters_line
    run, symbols = trace(model(scale=0.5), text(window)), model(scale=0.5).vocabulary
    assert symbols is not None
    rows = tape.tsv().splitlines()
    assert len(rows) == 31
    for row, t in zip(rows[1:], range(HERE + 1, HERE + 31), strict=True):
        step, shown, probability = row.split("\t")
        before = run.step(t - 1).probabilities
        assert before is not None
        assert (int(step), shown) == (t, printable(run.text[t - 1]))
        assert abs(float(probability) - before[symbols.index(run.text[t - 1])]) < 1e-5
    bar = tape.horizontalScrollBar()
    assert 0 < bar.value() == bar.maximum(), "the last is in sight"
    first = tape.model().index(0, 0)
    tape.scrollTo(first)
    click(tape.viewport(), tape.visualRect(first).center())
    assert window.session.position == HERE + 1
    tape.setFocus()
    press(window, "Ctrl+C")
    assert QApplication.clipboard().text() == tape.tsv()
    assert window.status.where.said == "Copied 30 letters"
    QApplication.clipboard().clear()
    copy.trigger()
    assert QApplication.clipboard().text() == tape.tsv()
    press(window, "Return")
    done(window, qtbot, 1)
    assert line.tape.model().columnCount() == 1, "from where one has gone"


def test_in_a_narrow_window_they_have_lines_of_their_own_and_keep_their_names(
    window: MainWindow, qtbot: QtBot
) -> None:
    begin(window)
    press(window, "Return")
    done(window, qtbot, 1)
    line = window.letters_line
    for width, likened, high in ((1366, False, 40), (1000, False, 80), (1366, True, 80)):
        window.resize(width, 800)
        window.docks["similar"].setVisible(likened)
        QApplication.processEvents()
        assert high - 40 < line.height() <= high
        for box, words in ((line.temperature, "temperature"), (line.seed, "seed")):
            (label,) = (each for each in line.findChildren(QLabel) if each.buddy() is box)
            assert label.isVisible()
            assert label.text() == words
            assert label.width() >= label.sizeHint().width()
            assert label.y() + label.height() / 2 == pytest.approx(
                box.geometry().center().y(), abs=2
            )
        assert line.tape.width() > 5 * line.tape.columnWidth(0)
        for button in (line.one, line.all):
            assert button.width() >= button.sizeHint().width(), "it is read"


def test_the_likeliest_leaves_nothing_to_chance(window: MainWindow, qtbot: QtBot) -> None:
    wanted = expected(window, 8, 0)
    begin(window, count=8)
    line = window.letters_line
    line.way.setCurrentIndex(1)
    assert not line.temperature.isEnabled()
    assert not line.seed.isEnabled()
    (button,) = (b for b in line.findChildren(QToolButton) if name(b) == "write all at once")
    click(button)
    done(window, qtbot, 8)
    assert text(window) == wanted


def test_many_can_be_given_up_and_a_key_steps_meanwhile(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, count=99_999)
    line = window.letters_line
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: len(line.letters.letters) > 0)
    assert line.all.text() == "Cancel"
    assert line.said.text().endswith(" of 99,999")
    window.cell.setFocus()
    here = window.session.position
    press(window, "Left")
    assert window.session.position == here - 1
    click(line.all)
    assert line.all.text() == "All at once"
    assert HERE < window.session.steps < HERE + 99_999


def test_esc_ends_it_with_what_is_written(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, count=99_999)
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: len(window.letters_line.letters.letters) > 0)
    window.cell.setFocus()
    press(window, "Escape")
    assert not window.letters_line.isVisible()
    assert not window.letters_line.letters.left
    assert window.session.steps > HERE


def test_what_is_wrong_stands_below(window: MainWindow) -> None:
    press(window, "Home")
    begin(window)
    press(window, "Return")
    assert "before the first character" in window.letters_line.fault.text()


def test_a_model_that_predicts_none_says_why(window: MainWindow, screen: object) -> None:
    action = window.actions_by_name["write_on"]
    begin(window)
    window.session.open(recording(model(output=False)))
    assert not action.isEnabled()
    assert "no output layer" in action.text()
    assert not window.letters_line.isVisible()
    window.session.open(recording(model(directions=2)))
    assert "reads from the end of the text" in action.toolTip()
