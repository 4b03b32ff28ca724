"""The command palette: the best match first, ticks, units, steps and panes; all by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyboard import click, press
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.actions import ACTIONS
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.view import FOLDS
from gru_debugger.window.palette import CommandPalette
from gru_debugger.window.palette_entries import Entry, _abbreviates, best, fit

START, UNIT, STEPS = 12, 5, 40


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(), STEPS), START, UNIT)


def palette_of(window: MainWindow, typed: str = "") -> CommandPalette:
    press(window, "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    palette.line.setText(typed)
    return palette


def shown(palette: CommandPalette) -> list[str]:
    tree = palette.list
    return [tree.topLevelItem(i).text(0) for i in range(tree.topLevelItemCount())]


# What fits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("quit", "Quit", "Quit now"),
        ("hide the s", "Hide the sums", "Hide the weights"),
        ("open", "Open model…", "Reopen a model"),
        ("char", "Next character", "Discharge"),
        ("text open", "Open text…", "Context reopened"),
        ("nex", "Next character", "Annex"),
        ("nc", "Next character", "Nice"),
        ("UNIT", "Unit", "Select unit…"),
    ],
)
def test_the_better_match_stands_first(typed: str, better: str, worse: str) -> None:
    entries = [Entry(worse, lambda: None), Entry(better, lambda: None)]
    assert best(typed, entries)[0].title == better


@pytest.mark.parametrize("typed", ["xyz", "no such command", "nextt", "etx", "9"])
def test_what_does_not_fit_is_left_out(typed: str) -> None:
    assert fit(typed, "Next character") is None


@pytest.mark.parametrize("row", ACTIONS, ids=lambda row: row.name)
def test_a_name_typed_in_full_comes_first(row: object) -> None:
    entries = [Entry(a.title, lambda: None) for a in ACTIONS]
    assert best(row.title.lower(), entries)[0].title == row.title  # type: ignore[attr-defined]


def test_long_and_odd_input_is_answered_at_once() -> None:
    for typed in ("a" * 5000, "a " * 2000, "(.*)+[" * 50, "\\", "ab" * 9, "…"):
        assert fit(typed, "Next character") in (None, 1, 5)


# The window's ------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", FOLDS)
def test_hide_the_s_hides_the_sums(rows: str, window: MainWindow) -> None:
    palette_of(window, f"hide the {rows[0]}")
    press(QApplication.activePopupWidget(), "Return")
    assert window.session.view.folded == (rows,)


def test_switches_have_their_tick(window: MainWindow) -> None:
    window.session.look(folded=("sums",))
    window.docks["prediction"].close()
    palette = palette_of(window)
    ticks, blank = {}, palette._no_tick.cacheKey()
    for i in range(palette.list.topLevelItemCount()):
        item = palette.list.topLevelItem(i)
        ticks[item.text(0)] = item.icon(0).cacheKey() != blank
    assert ticks["Hide the sums"]
    assert not ticks["Hide the parts"]
    assert ticks["Show the pane: Unit"]
    assert not ticks["Show the pane: Next character"]
    assert not ticks["Quit"]
    palette.close()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("frozen", "What if this unit's candidate were frozen as it is here"),
        ("arm", "Arm: halt runs at the lane z[1] < 0.5"),
    ],
)
def test_it_is_found_by_the_word_for_it(typed: str, found: str, window: MainWindow) -> None:
    window.session.mark(Marks((), (Lane("z[1] < 0.5"),)))
    assert shown(palette_of(window, typed))[0] == found


def test_a_click_runs_what_it_is_on(window: MainWindow) -> None:
    palette = palette_of(window, "10")
    item = palette.list.topLevelItem(1)
    assert item.text(0) == "Select unit 10"
    click(palette.list.viewport(), palette.list.visualItemRect(item).center())
    assert (window.session.position, window.session.unit) == (START, 10)


def test_no_match_is_said_in_words(window: MainWindow) -> None:
    palette = palette_of(window, "unit 99")
    assert not palette.list.isVisible()
    assert palette.empty.isVisible()
    assert "“unit 99”" in palette.empty.text()
    assert "0 to 15" in palette.empty.text()
    press(palette, "Return")
    assert palette.isVisible(), "there is nothing to run: the line stays"
    palette.line.setText("unit 9")
    assert palette.list.isVisible()
    assert not palette.empty.isVisible()
    palette.close()


@pytest.mark.parametrize(
    ("typed", "position", "unit"),
    [
        ("unit 9", START, 9),
        ("9", 9, UNIT),
        ("u 9", START, 9),
        ("select unit 9", START, 9),
        ("step 34", 34, UNIT),
        ("34", 34, UNIT),
        ("go to step 34", 34, UNIT),
        ("step 0", 0, UNIT),
        ("0", 0, UNIT),
    ],
)
def test_units_and_steps_are_found(
    typed: str, position: int, unit: int, window: MainWindow
) -> None:
    palette_of(window, typed)
    press(QApplication.activePopupWidget(), "Return")
    assert (window.session.position, window.session.unit) == (position, unit)
    assert QApplication.focusWidget() is window.cell


def test_a_number_alone_is_a_step_or_a_unit(window: MainWindow) -> None:
    character = recording(model(), STEPS).character_in_words(10)
    palette = palette_of(window, "10")
    assert shown(palette)[:3] == [f"Go to step 10: {character}", "Select unit 10",
                                  "10 characters forward"]  # fmt: skip
    palette.line.setText("41")
    assert shown(palette) == []
    palette.close()


@pytest.mark.parametrize("typed", ["1234", "1,234", "step 1234", "step 1,234"])
def test_large_numbers_are_found(typed: str, open_window: Callable[..., MainWindow]) -> None:
    window = open_window(recording(model(), 1500), START)
    palette_of(window, typed)
    press(QApplication.activePopupWidget(), "Return")
    assert window.session.position == 1234


def test_panes_are_shown_hidden_and_gone_to(window: MainWindow) -> None:
    dock = window.docks["prediction"]
    palette_of(window, "show the pane: next")
    press(QApplication.activePopupWidget(), "Return")
    assert dock.isHidden()
    palette_of(window, "pane next char")
    press(QApplication.activePopupWidget(), "Down", "Return")
    assert dock.isVisible()


def test_what_was_used_last_stands_first(window: MainWindow) -> None:
    for typed in ("hide the sums", "course", "unit 3"):
        palette_of(window, typed)
        press(QApplication.activePopupWidget(), "Return")
    palette = palette_of(window)
    assert shown(palette)[:3] == ["Course notation", "Hide the sums", "Open model…"]
    palette.close()


def test_what_can_not_be_done_now_is_not_marked(window: MainWindow) -> None:
    palette = palette_of(window, "undo")
    assert shown(palette) == ["Undo"]
    press(palette, "Return")
    assert palette.isVisible()
    palette.close()


# Keys --------------------------------------------------------------------------------------


def test_the_line_and_the_list_keep_their_keys(window: MainWindow) -> None:
    palette = palette_of(window)
    for key in ("n", "e", "Space", "Left", "Right", "Home", "End", "Down", "Down", "Up"):
        press(palette, key)
    assert window.session.position == START
    assert palette.line.text() == "ne "
    assert palette.list.currentIndex().row() == 1
    press(palette, "Up", "Up")
    assert palette.list.currentIndex().row() == 0
    palette.line.setText("next unit")
    press(palette, "Return")
    assert window.session.unit == UNIT + 1
    assert QApplication.focusWidget() is window.cell
    press(window, "Right")
    assert window.session.position == START + 1


def test_pages_move_in_the_list(window: MainWindow) -> None:
    palette = palette_of(window)
    press(palette, "PgDown")
    row = palette.list.currentIndex().row()
    assert row > 5
    press(palette, "PgUp")
    assert palette.list.currentIndex().row() < row
    palette.close()


def test_escape_leaves_everything(window: MainWindow) -> None:
    palette_of(window, "quit")
    press(QApplication.activePopupWidget(), "Escape")
    assert QApplication.activePopupWidget() is None
    press(window, "Right")
    assert window.session.position == START + 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1600, 1000), (640, 420)])
def test_one_frame_around_it(
    size: tuple[int, int], theme: str, open_window: Callable[..., MainWindow]
) -> None:
    """The outermost pixels are the frame's, right inside it is no second margin."""
    window = open_window(recording(model(), STEPS), size=size, theme=theme)
    palette = palette_of(window, "hide the s")
    image = palette.grab().toImage()
    last = image.width() - 1, image.height() - 1
    for x, y in ((0, 0), (last[0], 0), (0, last[1]), last):
        assert image.pixelColor(x, y) == window.theme.muted
    assert image.pixelColor(1, 1) == window.theme.panel
    assert palette.width() <= window.width()
    assert palette.height() <= window.height()
    palette.close()


@given(st.text("ab(", max_size=4), st.text("ab ( ", max_size=10))
def test_abbreviations_are_told_as_a_pattern_would(letters: str, title: str) -> None:
    follows = r"(?:|.*?\b)".join(re.escape(letter) for letter in letters)
    found = re.match(rf"(?:|.*?\b){follows}", title)
    assert _abbreviates(letters, title) == (len(letters) > 1 and found is not None)


def test_no_title_takes_long() -> None:
    """A file's name may be one, and what is typed may fit it in many ways, but for its end."""
    begun = process_time()
    assert fit("a" * 18 + "b", "a " * 120) is None
    assert process_time() - begun < 0.1
