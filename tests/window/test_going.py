"""Ctrl+G: to a step or an address, or one line on why that is nowhere; and the address copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keyboard import press
from PySide6.QtWidgets import QApplication
from samples import model, recording, save

from gru_debugger.main_window import MainWindow
from gru_debugger.questions.expressions import where
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window.palette import CommandPalette

START, UNIT, STEPS = 12, 5, 40


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(layers=2, directions=2), STEPS), START, UNIT)


def going(window: MainWindow, typed: str) -> CommandPalette:
    press(window, "Ctrl+G")
    asked = QApplication.activePopupWidget()
    assert isinstance(asked, CommandPalette)
    asked.line.setText(typed)
    return asked


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("34", "34:z[5]"),
        ("0", "0:z[5]"),
        (" 34: h ", "34:h[5]"),
        ("34:sum_r[9]", "34:sum_r[9]"),
        ("7:n_l1_reverse[15]", "7:n_l1_reverse[15]"),
        ("12:z[9]", "12:z[9]"),
    ],
)
def test_to_a_step_or_an_address_and_back(typed: str, there: str, window: MainWindow) -> None:
    press(going(window, typed), "Return")
    press(window, "F11", "Shift+F11")
    window.actions_by_name["copy_address"].trigger()
    assert QApplication.clipboard().text() == there
    assert window.status.where.said == f"{there} is in the clipboard."
    press(window, "Alt+Left")
    assert (window.session.position, window.session.unit, window.session.layer) == (START, UNIT, 0)


def test_to_a_probability(window: MainWindow) -> None:
    press(going(window, "34:probabilities[3]"), "Return")
    assert (window.session.position, window.session.view.symbol) == (34, 3)
    assert (window.session.told, window.session.told_at) == ("probabilities", 3)
    press(window, "Alt+Left")
    assert (window.session.position, window.session.view.symbol) == (START, None)


def test_inside_a_step_its_number_shows_the_whole(window: MainWindow) -> None:
    press(window, "Shift+F11")
    assert window.session.computation != "blend"
    press(going(window, str(START)), "Return")
    assert window.session.computation == "blend"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "A step from 0 to 40, an address such as 34:z[9], unit 9 or a bookmark."),
        ("41", "41: the text has steps 1 to 40; choose one of these."),
        ("4:q", "4:q: no quantity is called “q” in this model"),
        ("4:z[16]", "there are units 0 to 15"),
        ("z[9]", "“z[9]” is no address; write a step and what to select there"),
        ("4:z[9]\n" * 30, "is no address"),
    ],
)
def test_what_is_nowhere_is_one_line_there(typed: str, words: str, window: MainWindow) -> None:
    asked = going(window, typed)
    press(asked, "Return")
    assert asked.isVisible()
    assert asked.empty.isVisible()
    assert words in asked.empty.text()
    assert len(asked.empty.text().splitlines()) == 1
    assert window.session.position == START
    press(asked, "Escape")
    assert QApplication.focusWidget() is window.cell


def test_the_palette_goes_to_addresses_too(window: MainWindow) -> None:
    press(window, "Ctrl+Shift+P")
    QApplication.activePopupWidget().line.setText("34:h[9]")  # type: ignore[attr-defined]
    press(QApplication.activePopupWidget(), "Return")
    session = window.session
    assert (session.position, session.view.quantity, session.unit) == (34, "h", 9)


# Everything by its name ----------------------------------------------------------------------


def popup() -> CommandPalette:
    found = QApplication.activePopupWidget()
    assert isinstance(found, CommandPalette)
    return found


def titles() -> list[str]:
    tree = popup().list
    return [tree.topLevelItem(i).text(0) for i in range(tree.topLevelItemCount())]


@pytest.mark.parametrize("keys", ["Ctrl+G", "Ctrl+Shift+P"])
def test_stops_and_lanes_are_places(keys: str, window: MainWindow) -> None:
    session, trace = window.session, window.session.trace
    assert trace is not None
    session.mark(Marks((9, 30), (Lane("r[3] > 0.5"), Lane("h[3]"))))
    hits = where("r[3] > 0.5", trace)
    for typed, title, there in (
        ("stop at step 30", f"Stop at step 30: {trace.character_in_words(30)}", 30),
        ("next step where", "Go to the next step where r[3] > 0.5", hits[hits > START][0]),
    ):
        session.go_to(START)
        press(window, keys)
        popup().line.setText(typed)
        assert titles()[0] == title
        press(popup(), "Return")
        assert session.position == there


def test_where_questions_have_led_and_units_are_places(window: MainWindow) -> None:
    session, trace = window.session, window.session.trace
    assert trace is not None
    for there in ("30:h_l1[2]", "7:r[3]", "30:h_l1[2]", "9"):
        press(going(window, there), "Return")
    press(going(window, ""), "Down")
    assert titles() == [
        f"Recent {there}: {trace.character_in_words(int(there.partition(':')[0]))}"
        for there in ("30:h_l1[2]", "7:r[3]", f"{START}:z[{UNIT}]")
    ]
    assert "34:z[9]" in popup().line.placeholderText()
    press(popup(), "Return")
    assert (session.position, session.layer, session.view.quantity, session.unit) == (7, 0, "r", 3)
    press(going(window, "unit 11"), "Return")
    assert (session.position, session.unit) == (7, 11)


def test_recent_files_are_opened_from_the_palette(window: MainWindow, tmp_path: Path) -> None:
    save(model(8), tmp_path / "small.safetensors")
    (tmp_path / "letters.txt").write_text("abcabc", encoding="utf-8")
    window.files.open(str(tmp_path / "small.safetensors"))
    window.files.opener.settle()
    window.files.open_text(tmp_path / "letters.txt")
    window.files.opener.settle()
    window.sessions.path = tmp_path / "work.grusession"
    press(window, "F9", "Ctrl+S")
    (tmp_path / "none.txt").write_text("cba", encoding="utf-8")
    window.files.open_text(tmp_path / "none.txt")
    window.files.opener.settle()
    session = window.session
    for typed, found in (("letters", "abcabc"), ("none", "cba"), ("work", "abcabc")):
        press(window, "Ctrl+Shift+P")
        popup().line.setText(f"open {typed}")
        assert titles()[0].startswith(f"Open {typed}.")
        press(popup(), "Return")
        window.files.opener.settle()
        assert session.trace is not None
        assert session.trace.text == found
    assert session.marks.stops == (1,)
    press(window, "Ctrl+Shift+P")
    popup().line.setText("open small")
    assert titles() == [f"Open small.safetensors ({tmp_path})"]
    popup().line.setText("open sonnets")
    assert titles() == ["Open bundled: sonnets"]
    popup().line.setText("sixteen")
    press(popup(), "Return")
    window.files.opener.settle()
    assert window.windowTitle().startswith("sixteen.safetensors")
