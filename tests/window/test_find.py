"""Ctrl+F: typed, counted, marked in strip and overview, gone through both ways, told."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyboard import click, press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for
from spoken import nameless

from gru_debugger import pattern_look
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.hits import HIGH, pooled
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import HITS
from gru_debugger.questions.expressions import evaluate, where
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window.child import Child

OpenWindow = Callable[..., MainWindow]
STEPS, START = 60, 30
RUN = recording(model(), STEPS).finish()
HITS_OF_A = [match.start() + 1 for match in re.finditer("a", RUN.text)]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(RUN, START, 5)


def strip(window: MainWindow) -> StripPane:
    pane = window.views["strip"].pane
    assert isinstance(pane, StripPane)
    return pane


def said(window: MainWindow) -> str:
    return window.status.where.said


def shown(window: MainWindow) -> tuple[str, str]:
    line = window.find_line
    return line.kind.text(), line.count.text()


def look_for(window: MainWindow, words: str, qtbot: QtBot) -> None:
    """Until all is looked through, or it is told why it can't be."""
    press(window, "Ctrl+F")
    window.find_line.edit.setText(words)
    finding = window.session.finding
    qtbot.waitUntil(
        lambda: bool(finding.fault) or (finding.find is not None and finding.find.complete)
    )


def underlined(window: MainWindow, row: int = 0) -> list[int]:
    """The positions in sight under which there is a line."""
    pane, image = strip(window), window.views["strip"].viewport().grab().toImage()
    return [
        t
        for t in range(pane.first, pane.last + 1)
        if QColor(image.pixel(int(pane.x(t) + pane.cell / 2), HITS + row)) == window.theme.text
    ]


def test_what_is_typed_is_counted_and_marked(window: MainWindow, qtbot: QtBot) -> None:
    position = window.session.position
    assert underlined(window) == []
    press(window, "Ctrl+F")
    assert QApplication.focusWidget() is window.find_line.edit
    press(window, "a")
    qtbot.waitUntil(lambda: shown(window) == ("text", f"{len(HITS_OF_A)} hits"))
    pane = strip(window)
    assert underlined(window) == [t for t in HITS_OF_A if pane.first <= t <= pane.last] != []
    assert window.session.position == position, "typing goes nowhere"
    press(window, "Backspace")
    assert shown(window) == ("", "")
    assert underlined(window) == []


def test_all_characters_of_a_hit_have_the_line_and_the_one_here_a_thicker(
    window: MainWindow, qtbot: QtBot
) -> None:
    pair = RUN.text[40:43]
    look_for(window, f'"{pair}"'.replace("\n", r"\n").replace("\t", r"\t"), qtbot)
    starts = [t + 1 for t in range(STEPS) if RUN.text.startswith(pair, t)]
    assert 41 in starts
    press(window, "Return")
    assert window.session.position == min([t for t in starts if t > START])
    pane = strip(window)
    under = [t for start in starts for t in range(start, start + 3)]
    assert underlined(window) == [t for t in under if pane.first <= t <= pane.last]
    here = window.session.position
    assert underlined(window, HIGH + 1) == [here, here + 1, here + 2]


def test_enter_and_f3_go_on_and_around_and_shift_goes_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    look_for(window, "a", qtbot)
    at = next(i for i, t in enumerate(HITS_OF_A) if t > START)
    count = len(HITS_OF_A)
    for key, by in [("Return", 1), ("F3", 1), ("Enter", 1), ("Shift+F3", -1),
                    ("Shift+Return", -1), ("Shift+Enter", -1), ("Shift+F3", -1)]:  # fmt: skip
        at = at if window.session.position == START else (at + by) % count
        press(window, key)
        assert window.session.position == HITS_OF_A[at], key
        assert shown(window)[1] == f"{at + 1} of {count}"
        assert said(window) == f"“a”: {at + 1} of {count}"
        assert QApplication.focusWidget() is window.find_line.edit
    window.session.go_to(HITS_OF_A[-1])
    press(window, "F3")
    assert window.session.position == HITS_OF_A[0]
    press(window, "Shift+F3")
    assert window.session.position == HITS_OF_A[-1]


def test_the_buttons_do_what_the_keys_do(window: MainWindow, qtbot: QtBot) -> None:
    look_for(window, "a", qtbot)
    back, on, end = window.find_line.findChildren(QToolButton)
    assert nameless(window) == []
    after = [t for t in HITS_OF_A if t > START]
    click(on)
    click(on)
    assert window.session.position == after[1]
    click(back)
    assert window.session.position == after[0]
    click(end)
    assert not window.find_line.isVisible()
    assert QApplication.focusWidget() is window.cell


def test_esc_stays_there_and_alt_left_leads_back(window: MainWindow, qtbot: QtBot) -> None:
    high = window.docks["strip"].height()
    look_for(window, "a", qtbot)
    assert not strip(window).lanes.overview.area.isEmpty()
    press(window, "Return", "Return", "Return", "Escape")
    hit = window.session.position
    assert hit == [t for t in HITS_OF_A if t > START][2]
    assert not window.find_line.isVisible()
    assert QApplication.focusWidget() is window.cell
    assert underlined(window) == []
    assert strip(window).lanes.overview.area.isEmpty()
    assert window.docks["strip"].height() == high
    press(window, "Alt+Left")
    assert window.session.position == START, "where the search began, in one"
    press(window, "Alt+Right")
    assert window.session.position == hit
    press(window, "F3")
    assert window.session.position == [t for t in HITS_OF_A if t > START][3], "it was used"
    press(window, "Ctrl+F")
    assert window.find_line.edit.selectedText() == "a"
    assert underlined(window)
    window.focus_stepping()
    press(window, "Escape")
    assert not window.find_line.isVisible(), "from the stepping view too"


def test_f3_asks_where_nothing_is_looked_for(window: MainWindow) -> None:
    press(window, "F3")
    assert QApplication.focusWidget() is window.find_line.edit
    assert window.session.position == START


def test_searching_is_not_in_the_history(window: MainWindow, qtbot: QtBot) -> None:
    look_for(window, "a", qtbot)
    press(window, "Return", "Escape")
    assert not window.session.can_undo()
    look_for(window, "a", qtbot)
    window.find_line.edit.clear()
    QTest.keyClick(window.find_line.edit, "b")
    press(window, "Ctrl+Z")
    assert window.find_line.edit.text() == "", "the field has its own"


def test_a_condition_is_looked_for(window: MainWindow, qtbot: QtBot) -> None:
    small = f"z[5] < {np.median(evaluate('z[5]', RUN)):.4f}"  # at half of the steps
    steps = where(small, RUN).tolist()
    look_for(window, small, qtbot)
    assert shown(window)[0] == "condition"
    pane = strip(window)
    assert underlined(window) == [t for t in steps if pane.first <= t <= pane.last] != []
    window.session.go_to(0)
    press(window, "F3")
    assert (window.session.position, shown(window)[1]) == (steps[0], f"1 of {len(steps)}")


def test_what_looks_like_a_condition_and_is_nowhere_says_why_it_is_none(
    window: MainWindow, qtbot: QtBot
) -> None:
    look_for(window, "z[99] < 0.4", qtbot)
    fault = window.find_line.fault
    assert shown(window) == ("", ""), "it was not meant as text"
    assert fault.isVisible()
    assert "there are units 0 to 15" in fault.text()
    press(window, "Return")
    assert (window.session.position, said(window)) == (START, "Nowhere: “z[99] < 0.4”")
    look_for(window, "zzz", qtbot)
    assert said(window) == "", "which was said of other words"
    assert shown(window) == ("text", "0 hits")
    assert not fault.isVisible()
    look_for(window, '""', qtbot)
    assert "nothing between" in fault.text()
    press(window, "Return")
    assert "nothing between" in said(window)


PATTERNS = [
    "a",
    "[abc]",
    "a.",
    "(?i)A+",
    "a*",
    "^.",
    "\\n",
    "\\s\\S",
    "(?<=a).",
    "b$",
    "x|a|ab",
    ".",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_regular_expression_is_found_as_python_finds_it(
    pattern: str, window: MainWindow, qtbot: QtBot
) -> None:
    look_for(window, f"/{pattern}/", qtbot)
    assert not window.session.finding.fault
    find = window.session.finding.find
    assert find is not None
    spans = [m.span() for m in re.finditer(pattern, RUN.text) if m.end() > m.start()]
    assert [
        (b - 1, e) for b, e in zip(find.begins.tolist(), find.ends.tolist(), strict=True)
    ] == spans
    assert shown(window)[0] == "regular expression"
    assert re.search(rf"\b{len(spans)}\b", shown(window)[1])


def test_many_hits_of_a_regular_expression_come_in_pieces(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gru_debugger.session.finding._TOLD", 0)
    text = text_for(model(), 400_000)
    window = open_window(Trace(model(), text), 1)
    known = list[int]()
    look_for(window, "//", qtbot)
    finding = window.session.finding
    finding.advanced.connect(lambda: finding.find and known.append(finding.find.known))
    look_for(window, "/a|b./", qtbot)
    find = finding.find
    assert find is not None
    assert find.begins.tolist() == [m.start() + 1 for m in re.finditer("a|b.", text)]
    assert len(set(known)) > 1


@pytest.mark.parametrize(
    ("pattern", "why"), [("[a", "unterminated"), ("(?P<", "missing"), ("a**", "multiple")]
)
def test_what_is_no_regular_expression_is_told(
    pattern: str, why: str, window: MainWindow, qtbot: QtBot
) -> None:
    look_for(window, f"/{pattern}/", qtbot)
    assert why in window.find_line.fault.text()
    assert shown(window) == ("regular expression", ""), "it is not being looked for"
    assert "quotation marks" in window.find_line.fault.text()


ENDLESS, TEXT = "/(a+)+b/", "a" * 50


def test_an_endless_regular_expression_holds_nothing_up_and_is_given_up(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_look, "SECONDS", 1)
    window = open_window(Trace(model(), TEXT).finish(), 3)
    look_for(window, ENDLESS, qtbot)
    assert "given up after 1 second" in window.find_line.fault.text()
    children = window.find_line._patterns.findChildren(Child)
    assert not any(child._process.processId() for child in children)
    press(window, "Return")
    assert "given up" in said(window)
    assert not window.session.finding.waiting


def test_another_key_ends_the_process_at_once(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(Trace(model(), TEXT).finish(), 3)
    press(window, "Ctrl+F")
    window.find_line.edit.setText(ENDLESS)
    patterns = window.find_line._patterns
    qtbot.waitUntil(lambda: patterns._child is not None)
    (child,) = patterns.findChildren(Child)
    qtbot.waitUntil(lambda: child._process.processId() > 0)
    QTest.keyClick(window.find_line.edit, "a")
    assert child._process.processId() == 0
    assert not child.folder.exists()
    look_for(window, "a", qtbot)
    assert shown(window)[1].endswith("of 50")


def test_closing_the_window_ends_the_process(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(Trace(model(), TEXT).finish(), 3)
    press(window, "Ctrl+F")
    window.find_line.edit.setText(ENDLESS)
    patterns = window.find_line._patterns
    qtbot.waitUntil(lambda: patterns._child is not None)
    (child,) = patterns.findChildren(Child)
    qtbot.waitUntil(lambda: child._process.processId() > 0)
    window.close()
    assert child._process.processId() == 0


def test_going_elsewhere_gives_up_a_hit_that_is_waited_for(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(Trace(model(), TEXT).finish(), 3)
    press(window, "Ctrl+F")
    window.find_line.edit.setText(ENDLESS)
    press(window, "Return")
    assert said(window).startswith("Looking on")
    assert window.session.finding.waiting
    press(window, "F10")
    assert not window.session.finding.waiting


def test_the_overview_has_a_tick_for_each_pixel_with_hits(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    text = ("b" * 997 + "a" * 3) * 40
    window = open_window(Trace(model(), text), 0)
    window.session.mark(Marks(lanes=(Lane("step < 2"),)))
    look_for(window, "a", qtbot)
    area = strip(window).lanes.overview.area

    def inked() -> set[int]:
        image, y = window.views["strip"].viewport().grab().toImage(), int(area.bottom()) - 2
        xs = range(int(area.right()) + 3)
        return {x for x in xs if QColor(image.pixel(x, y)) == window.theme.text}

    hits = [t for t, symbol in enumerate(text, 1) if symbol == "a"]
    wanted = {int(area.left() + int((t - 0.5) / len(text) * area.width())) for t in hits}
    assert inked() == {x + i for x in wanted for i in (0, 1)}
    found = window.session.finding.find
    assert found is not None
    assert len(pooled(found, area.width())) == len(wanted)
    assert len(wanted) < len(hits)
    window.find_line.edit.clear()
    assert inked() == set()


def test_a_floating_strip_makes_room_for_the_overview(window: MainWindow, qtbot: QtBot) -> None:
    view = window.views["strip"]
    window.docks["strip"].setFloating(True)
    QApplication.processEvents()
    laid_out = list[float]()
    view.laid_out.connect(lambda: laid_out.append(strip(window).map_rect().height()))
    window.find_line.begin()
    window.find_line.close_line()
    lower, higher = laid_out
    assert lower < higher


def test_hits_are_those_of_what_is_open(window: MainWindow, qtbot: QtBot) -> None:
    look_for(window, "a", qtbot)
    text = text_for(model(), 90, seed=5)
    window.session.open(Trace(model(), text).finish(), 1)
    qtbot.waitUntil(lambda: shown(window)[1].split(" of ")[-1].split()[0] == str(text.count("a")))
    look_for(window, "/a/", qtbot)
    other = text_for(model(), 70, seed=6)
    window.session.open(Trace(model(), other).finish(), 1)
    qtbot.waitUntil(lambda: shown(window)[1].split(" of ")[-1].split()[0] == str(other.count("a")))


@pytest.mark.parametrize("words", ["a", "/a/"])
def test_ctrl_f_takes_up_again_what_was_looked_for_in_another_text(
    words: str, window: MainWindow, qtbot: QtBot
) -> None:
    look_for(window, words, qtbot)
    press(window, "Escape")
    text = text_for(model(), 90, seed=5)
    window.session.open(Trace(model(), text).finish(), 1)
    press(window, "Ctrl+F")
    qtbot.waitUntil(lambda: re.search(rf"\b{text.count('a')}\b(?!…)", shown(window)[1]) is not None)


def test_the_count_and_the_hit_are_told(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()

    def update(event: Any) -> None:
        if event.type() == QAccessible.Event.Announcement:
            told.append(event.message())

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", update)
    look_for(window, "a", qtbot)
    assert told == [f"text, {len(HITS_OF_A)} hits"]
    press(window, "Return")
    nth = HITS_OF_A.index(window.session.position) + 1
    assert f"“a”: {nth} of {len(HITS_OF_A)}" in told
    assert any(f"step {window.session.position} of" in words for words in told)
    assert f"Looked for “a”: {nth} of {len(HITS_OF_A)}." in window.views["strip"].in_words()
    press(window, "Escape")
    assert "Looked for" not in window.views["strip"].in_words()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=30), st.text(string.printable, max_size=30)))
def test_whatever_is_typed_ends_in_hits_or_one_line(
    window: MainWindow, qtbot: QtBot, words: str
) -> None:
    line, finding = window.find_line, window.session.finding
    line.begin()
    line.edit.setText(words)
    if not line.edit.text():
        assert shown(window) == ("", "")
        return
    qtbot.waitUntil(
        lambda: bool(finding.fault) or (finding.find is not None and finding.find.complete)
    )
    QTest.keyClick(line.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(window)[1] != "" or line.fault.text() != "")
    assert "\n" not in line.fault.text()
    below = window.cell.mapTo(window, QPoint()).y()
    assert line.mapTo(window, line.rect().bottomLeft()).y() < below
    click(window.cell, QPoint(300, 300))
