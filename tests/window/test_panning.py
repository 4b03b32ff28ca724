"""Zoomed charts move under the wheel, the middle button and keys; the selected unit is in sight."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest
from keyboard import click, press
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from samples import model, recording

from gru_debugger.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]

SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
MIDDLE, LEFT = Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """64 units, of which 8 or so are shown."""
    window = open_window(recording(model(64), 20), 12, 30)
    window.session.zoom_by(9)
    QApplication.processEvents()
    return window


def turn(view: QWidget, x: int, y: int, keys: Qt.KeyboardModifier = NONE) -> None:
    """A wheel event over the middle of a view."""
    area = view.viewport()  # type: ignore[attr-defined]
    at = area.rect().center()
    event = QWheelEvent(
        QPointF(at), QPointF(area.mapToGlobal(at)), QPoint(), QPoint(x, y),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(area, event)
    QApplication.processEvents()


def drag(window: MainWindow, by: int, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
    """From the middle of the chart of z, of the unit in its middle."""
    units = shown(window)
    bar = window.cell.rect_of("z", (units.start + units.stop) // 2)
    assert bar is not None
    at = window.cell.viewport().mapTo(window, bar.center().toPoint())
    handle = window.windowHandle()
    QTest.mousePress(handle, button, keys, at)
    for moved in range(0, by, 4 if by > 0 else -4):
        QTest.mouseMove(handle, at + QPoint(moved, 0))
    QTest.mouseRelease(handle, button, keys, at + QPoint(by, 0))
    QApplication.processEvents()


def shown(window: MainWindow) -> range:
    """The units that every chart shows: all rows of all columns have one axis."""
    pane = window.units
    axes = {row.axis for column in pane.columns() for row in column.shown}  # type: ignore[attr-defined]
    assert axes == {pane.axis}
    return range(pane.axis.first, pane.axis.end)


def until(there: Callable[[], bool], move: Callable[[], None]) -> None:
    """Sixty moves at the most."""
    for _ in range(60):
        if there():
            return
        move()
    assert there()


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        (lambda w: turn(w.cell, 0, -120, SHIFT), lambda w: turn(w.cell, 0, 120, SHIFT)),
        (lambda w: turn(w.cell, -120, 0, SHIFT), lambda w: turn(w.cell, 120, 0, SHIFT)),
        (lambda w: turn(w.cell, -120, 0), lambda w: turn(w.cell, 120, 0)),
        (lambda w: turn(w.cell, 0, -120), lambda w: turn(w.cell, 0, 120)),
        (lambda w: drag(w, -60, MIDDLE, NONE), lambda w: drag(w, 60, MIDDLE, NONE)),
        (lambda w: press(w, "Ctrl+Shift+Right"), lambda w: press(w, "Ctrl+Shift+Left")),
    ],
    ids=["Shift+wheel", "Shift+wheel turned", "across", "wheel", "middle button", "keys"],
)
def test_zoomed_charts_move(
    later: Callable[[MainWindow], None], earlier: Callable[[MainWindow], None], window: MainWindow
) -> None:
    begin = shown(window)
    later(window)
    moved = shown(window)
    assert len(moved) == len(begin)
    assert moved.start > begin.start
    assert window.session.unit == 30, "nothing was selected"
    earlier(window)
    assert shown(window) == begin
    until(lambda: shown(window).stop == 64, lambda: later(window))
    later(window)
    assert shown(window).stop == 64
    until(lambda: shown(window).start == 0, lambda: earlier(window))
    earlier(window)
    assert shown(window).start == 0


def test_where_the_picture_scrolls_down_only_shift_moves_the_charts(window: MainWindow) -> None:
    window.resize(1200, 400)
    QApplication.processEvents()
    bar, begin = window.cell.verticalScrollBar(), shown(window)
    assert bar.maximum() > 0
    turn(window.cell, 0, -120)
    assert bar.value() > 0
    assert shown(window) == begin
    turn(window.cell, 0, 120)
    turn(window.cell, 0, -120, SHIFT)
    assert bar.value() == 0
    assert shown(window).start > begin.start


def test_the_middle_button_holds_what_it_took(window: MainWindow) -> None:
    """The chart follows the pointer, to the unit."""
    begin, pitch = shown(window).start, window.units.axis.pitch
    drag(window, -round(3 * pitch) - 4, MIDDLE, NONE)
    assert shown(window).start == begin + 3


def test_a_plain_drag_selects_and_shift_does_not_move(window: MainWindow) -> None:
    begin = shown(window)
    drag(window, 60, LEFT, NONE)
    assert shown(window) == begin
    assert window.session.unit != 30
    drag(window, 60, LEFT, SHIFT)
    assert shown(window) == begin


def test_small_turns_of_a_touchpad_add_up(window: MainWindow) -> None:
    begin = shown(window).start
    for _ in range(15):
        turn(window.cell, -8, 0)
    together = shown(window).start
    assert together > begin
    for _ in range(15):
        turn(window.cell, 8, 0)
    turn(window.cell, -120, 0)
    assert shown(window).start == together


def test_charts_that_show_all_stay(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 20), 12)
    for move in (lambda: turn(window.cell, -120, 0), lambda: drag(window, 60, MIDDLE, NONE)):
        move()
        assert shown(window) == range(16)


def test_the_wheel_goes_on_scrolling_the_text(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 200), 12)
    strip = window.views["strip"]
    for x, y, keys in ((0, -120, NONE), (-120, 0, NONE), (0, -120, SHIFT)):
        first = strip.pane.first  # type: ignore[attr-defined]
        turn(strip, x, y, keys)
        assert strip.pane.first > first  # type: ignore[attr-defined]


@pytest.fixture
def along(open_window: OpenWindow) -> MainWindow:
    """A long text, and Influence below it."""
    window = open_window(recording(model(), 400), 200)
    press(window.cell, "I")
    QApplication.processEvents()
    return window


def firsts(window: MainWindow) -> tuple[int, int]:
    strip, influence = (window.views[name].pane for name in ("strip", "influence"))
    return strip.first, influence.first  # type: ignore[attr-defined]


def pull(view: QWidget, button: Qt.MouseButton, *xs: int) -> None:
    """Pressed at the first of them, in the view's middle, moved to the others, let go of."""
    area = view.viewport()  # type: ignore[attr-defined]
    places = [area.mapTo(view.window(), QPoint(x, area.rect().center().y())) for x in xs]
    handle = view.window().windowHandle()
    QTest.mousePress(handle, button, NONE, places[0])
    for place in places:
        QTest.mouseMove(handle, place)
    QTest.mouseRelease(handle, button, NONE, places[-1])
    QApplication.processEvents()


@pytest.mark.parametrize("name", ["strip", "influence"])
def test_the_middle_button_moves_the_text_and_the_step_stays(along: MainWindow, name: str) -> None:
    before = firsts(along)
    cell = along.views[name].pane.cell  # type: ignore[attr-defined]
    pull(along.views[name], MIDDLE, 500, 500 + 2 * cell, 500 + 4 * cell)
    assert firsts(along) == (before[0] - 4, before[1] - 4)
    assert along.session.position == 200


@pytest.mark.parametrize("name", ["strip", "influence"])
def test_dragging_along_the_text_scrubs(along: MainWindow, name: str) -> None:
    pane = along.views[name].pane
    cell, left = pane.cell, pane.x(pane.first)  # type: ignore[attr-defined]
    first = pane.first  # type: ignore[attr-defined]
    xs = [int(left + (columns + 0.5) * cell) for columns in (10, 10, 12, 14)]
    pull(along.views[name], LEFT, *xs)
    assert along.session.position == first + 14
    assert along.session.view.scroll is None, "let go of, the text turns to where the step is"
    assert firsts(along)[0] == firsts(along)[1] != first
    press(along.cell, "Left")
    assert along.session.position == first + 13


def test_keys_move_the_text_and_the_step_stays(along: MainWindow) -> None:
    before = firsts(along)
    press(along, "Ctrl+PgUp")
    back = firsts(along)
    assert back[0] == back[1] < before[0]
    press(along, "Ctrl+PgDown")
    assert firsts(along) == before
    press(along, *["Ctrl+PgUp"] * 20)
    assert firsts(along) == (0, 0)
    assert along.status.where.said == "There is no text further back."
    press(along, *["Ctrl+PgDown"] * 20)
    assert along.status.where.said == "There is no text further on."
    assert along.session.position == 200
    along.docks["influence"].close()
    along.docks["strip"].close()
    QApplication.processEvents()
    press(along, "Ctrl+PgUp")
    assert along.views["strip"].in_sight
    assert along.session.position == 200


# The selected unit is in sight -----------------------------------------------------------------


def arrow_of_the_unit_pane(window: MainWindow) -> None:
    pane = window.views["unit"].pane
    for _ in range(12):
        pane.press(pane._arrows()[1].center())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "select",
    [
        lambda w: w.session.select_unit(60),
        lambda w: w.session.select_unit(0),
        lambda w: press(w, *["]"] * 12),
        lambda w: press(w, *["["] * 12),
        arrow_of_the_unit_pane,
        lambda w: w.session.open(recording(model(64), 21), 3, 55),
    ],
    ids=["Ctrl+U", "the first", "]", "[", "arrows", "another text"],
)
def test_a_unit_selected_outside_comes_into_sight(
    select: Callable[[MainWindow], None], window: MainWindow
) -> None:
    begin = shown(window)
    select(window)
    QApplication.processEvents()
    unit = window.session.unit
    assert unit not in begin
    assert unit in shown(window)
    assert len(shown(window)) == len(begin)
    assert window.units.band_parts(), "the amber band is there"  # type: ignore[attr-defined]


def test_selecting_what_is_in_sight_moves_nothing(window: MainWindow) -> None:
    begin = shown(window)
    for unit in begin:
        window.session.select_unit(unit)
        assert shown(window) == begin
    click(window.cell)
    assert shown(window) == begin


def test_moving_away_from_the_selection_is_left_alone(window: MainWindow) -> None:
    """A step, another size or theme does not bring it back; another unit does."""
    for _ in range(20):
        turn(window.cell, 0, -120, SHIFT)
    away = shown(window)
    assert 30 not in away
    press(window, "Right", "Ctrl+Shift+T", "Ctrl+Shift+W")
    window.resize(1500, 900)
    QApplication.processEvents()
    assert shown(window).start == away.start
    window.session.select_unit(31)
    assert 31 in shown(window)


def test_a_thousand_units_move_within_a_frame(open_window: OpenWindow) -> None:
    window = open_window(recording(model(1024), 20), 12, 500)
    window.session.zoom_by(4)
    times = []
    for _ in range(20):
        begin = perf_counter()
        window.units.pan(-40)
        times.append(perf_counter() - begin)
    assert sorted(times)[5] < 0.016


def test_in_a_low_pane_the_wheel_leads_through_the_list_and_then_through_the_pane(
    open_window: OpenWindow,
) -> None:
    """As at 200 % on a small screen; by keys too. Nothing of it is cut for good."""
    window = open_window(recording(model(), 20), 12, 5)
    window.session.look(all_terms=True)
    view = window.views["unit"]
    window.resize(800, 500)
    QApplication.processEvents()
    pane, bar, step = view.pane, view.verticalScrollBar(), window.session.step
    assert bar.maximum() > 0
    assert step is not None
    every = len(pane.list.blocks(step)[0].group.terms)  # type: ignore[attr-defined]
    for _ in range(12):
        turn(view, 0, -120)
    assert pane.list.first + pane.list.room == every  # type: ignore[attr-defined]
    assert bar.value() == bar.maximum()
    for _ in range(12):
        turn(view, 0, 120)
    assert (pane.list.first, bar.value()) == (0, 0)  # type: ignore[attr-defined]
    view.setFocus()
    for _ in range(40):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert pane.list.first + pane.list.room == every  # type: ignore[attr-defined]
    assert bar.value() == bar.maximum()
