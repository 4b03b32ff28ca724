"""Lanes in the window: by keys, typed, seen, armed, run to, told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from keyboard import click, press
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.charts import cuts, fonts
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.lane_places import ARM
from gru_debugger.panes.strip import StripPane
from gru_debugger.questions.expressions import evaluate, where
from gru_debugger.session.marks import MOST, Lane, Marks
from gru_debugger.window.palette import CommandPalette

OpenWindow = Callable[..., MainWindow]
STEPS, START, UNIT = 60, 30, 5
RUN = recording(model(), STEPS).finish()
SMALL = f"z[5] < {np.median(evaluate('z[5]', RUN)):.4f}"  # at half of the steps


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(RUN, START, UNIT)


def strip(window: MainWindow) -> StripPane:
    pane = window.views["strip"].pane
    assert isinstance(pane, StripPane)
    return pane


def said(window: MainWindow) -> str:
    return window.status.where.said


def expressions(window: MainWindow) -> list[str]:
    return [lane.expression for lane in window.session.marks.lanes]


def type_lane(window: MainWindow, words: str) -> None:
    press(window, "Shift+L")
    window.lane_line.edit.setText(words)
    QTest.keyClick(window.lane_line.edit, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_l_makes_a_lane_of_the_selected_value_and_takes_it_away(window: MainWindow) -> None:
    high = window.docks["strip"].height()
    press(window, "L")
    assert expressions(window) == ["z[5]"]
    assert window.docks["strip"].height() > high, "the map keeps its room"
    window.session.look(quantity="h")
    press(window, "]", "L")
    assert expressions(window) == ["z[5]", "h[6]"]
    press(window, "L")
    assert expressions(window) == ["z[5]"]
    press(window, "Ctrl+Z", "Ctrl+Z")
    assert expressions(window) == ["z[5]"]
    press(window, "Ctrl+Z")
    assert expressions(window) == []
    assert window.docks["strip"].height() == high


def test_another_layers_value_has_its_suffix(open_window: OpenWindow) -> None:
    window = open_window(recording(model(layers=2, directions=2), STEPS).finish(), START, UNIT)
    window.session.look(layer=1, direction="reverse")
    press(window, "L")
    assert expressions(window) == ["z_l1_reverse[5]"]


def test_a_typed_lane_or_what_is_wrong_with_it(window: MainWindow) -> None:
    type_lane(window, "z[99] < 0.05")
    assert window.lane_line.isVisible()
    assert "there are units 0 to 15" in window.lane_line.fault.text()
    assert expressions(window) == []
    window.lane_line.edit.setText("leap: surprise > 2")
    QTest.keyClick(window.lane_line.edit, Qt.Key.Key_Return)
    assert not window.lane_line.isVisible()
    assert expressions(window) == ["leap: surprise > 2"]
    assert window.cell.hasFocus()
    press(window, "Right")
    assert window.session.position == START + 1


def test_a_click_on_its_name_writes_a_lane_anew(window: MainWindow) -> None:
    for expression in ("z[1]", "z[2]"):
        type_lane(window, expression)
    pane = strip(window)
    click(window.views["strip"].viewport(), QPoint(20, int(pane.lanes.rect(1).center().y())))
    QApplication.processEvents()
    assert window.lane_line.edit.hasFocus()
    assert window.lane_line.edit.text() == "z[2]"
    assert window.lane_line.edit.selectedText() == "z[2]"
    window.lane_line.edit.setText("z[3] < 0.5")
    window.lane_line.apply()
    assert expressions(window) == ["z[1]", "z[3] < 0.5"]
    window.session.lane_wanted.emit(0)
    window.lane_line.edit.setText("")
    window.lane_line.apply()
    assert expressions(window) == ["z[3] < 0.5"]


def test_a_lane_is_removed_by_its_cross(window: MainWindow) -> None:
    """Where its value stands, while the pointer is beside the columns; never two by one place."""
    lanes = tuple(Lane(expression) for expression in ("z[1]", "z[2]", "z[3]"))
    window.session.mark(Marks(lanes=lanes))
    QApplication.processEvents()
    view, pane = window.views["strip"], strip(window)
    middle = int(pane.lanes.rect(1).center().y())
    chip = QPoint(view.viewport().width() - 20, middle - 6)

    def shown() -> QImage:
        corner = QRect(view.viewport().width() - 54, middle - 16, 54, 20)
        return view.viewport().grab(corner).toImage()

    value = shown()
    for beside in (QPoint(20, middle), chip):
        QTest.mouseMove(view.viewport(), QPoint(int(pane.x(START)), middle))
        assert shown() == value, "it is read among the columns"
        QTest.mouseMove(view.viewport(), beside)
        assert shown() != value
    assert "click to remove" in pane.hover(QPointF(chip))
    assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    for _ in range(2):
        click(view.viewport(), chip)
        assert expressions(window) == ["z[1]", "z[3]"]
    press(window, "Ctrl+Z")
    assert expressions(window) == ["z[1]", "z[2]", "z[3]"]


def test_there_is_an_end_to_the_lanes(window: MainWindow) -> None:
    lanes = tuple(Lane(f"h[{unit}] * 1") for unit in range(MOST))
    window.session.mark(Marks(lanes=lanes))
    type_lane(window, "z[1]")
    assert "12 lanes" in window.lane_line.fault.text()
    assert len(expressions(window)) == MOST
    window.lane_line.close_line()


def test_more_lanes_than_fit_are_scrolled_in_and_the_whole_text_stays(window: MainWindow) -> None:
    """The last one made is in sight; the wheel leads to others, and nothing of the cell folds."""
    view, pane, lacking = window.views["strip"], strip(window), window.units.lacking
    for unit in range(10):
        window.session.mark(window.session.marks.with_lane(Lane(f"h[{unit}]")))
        QApplication.processEvents()
    shown = pane.lanes.shown
    assert 3 <= len(shown) < 10
    assert shown.stop == 10
    assert pane.lanes.rect(9).bottom() < pane.lanes.overview.area.top() < view.height()
    assert view.verticalScrollBar().maximum() == 0
    first = pane.first
    pane.wheel(pane.lanes.rect(9).center(), 1, False)
    assert (pane.lanes.shown, pane.first) == (range(shown.start - 1, 9), first)
    assert pane.lanes.at(pane.lanes.rect(8).center()) == 8
    assert pane.lanes.at(pane.lanes.rect(9).center()) is None
    for _ in range(10):
        pane.wheel(pane.lanes.rect(pane.lanes.shown.start).center(), 1, False)
    assert pane.lanes.shown.start == 0
    assert pane.lanes._values[0] is not None
    assert window.units.lacking == lacking


def test_a_low_window_has_low_lanes_and_folds_nothing_for_them(open_window: OpenWindow) -> None:
    low = open_window(RUN, START, UNIT, size=(1366, 768))
    bare = low.docks["strip"].height()
    for count, expression in enumerate(("h[1]", "z[2]", SMALL, "surprise"), 1):
        low.session.mark(low.session.marks.with_lane(Lane(expression)))
        QApplication.processEvents()
        lanes = strip(low).lanes
        assert low.units.lacking <= {"weights"}, "parts and sums stay"
        assert low.docks["strip"].height() <= bare + 80
        assert lanes.rect(lanes.shown.start).height() == 24
        assert len(lanes.shown) >= min(count, 2)
        assert lanes.overview.area.bottom() <= low.views["strip"].height()
    low.session.mark(Marks())
    QApplication.processEvents()
    assert abs(low.docks["strip"].height() - bare) <= 1


@pytest.mark.parametrize("size", [(1366, 768), (1600, 1000)], ids=str)
def test_its_name_is_large_enough_to_be_read(
    size: tuple[int, int], open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, written = open_window(RUN, START, UNIT, size=size), list[float]()
    window.session.mark(Marks(lanes=(Lane("max(changed(h)) > 0.5"), Lane("a_long_name: rank > 1"))))
    QApplication.processEvents()
    original = fonts.text

    def text(p: Any, x: float, y: float, words: str, color: Any, family: str, size: float,
             *others: Any, **named: Any) -> Any:  # fmt: skip
        if x == 12:
            written.append(size)
        return original(p, x, y, words, color, family, size, *others, **named)

    monkeypatch.setattr(fonts, "text", text)
    window.views["strip"].grab()
    strip(window).renew_background()
    window.views["strip"].grab()
    assert len(written) >= 3
    assert min(written) >= 9


@pytest.mark.parametrize("size", [(1366, 768), (1600, 1000)], ids=str)
def test_low_lanes_say_how_often_they_hold_and_which_are_in_sight(
    size: tuple[int, int], open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(RUN, START, UNIT, size=size)
    said = "surprise", "z[5] < 0.05", "rank > 1", "r[2]", "h[9]", SMALL
    window.session.mark(Marks(lanes=tuple(Lane(one, True, 3) for one in said)))
    QApplication.processEvents()
    pane, lanes = strip(window), strip(window).lanes
    assert {lanes.rect(index).height() for index in lanes.shown} == {24}
    conditions = [run for run in lanes.runs if run.is_truth]
    qtbot.waitUntil(lambda: all(run.known == RUN.steps for run in conditions))
    written: dict[str, tuple[float, float]] = {}
    original = fonts.text

    def text(p: Any, x: float, y: float, words: str, *others: Any, **named: Any) -> Any:
        written[words] = x, y
        return original(p, x, y, words, *others, **named)

    monkeypatch.setattr(fonts, "text", text)
    seen: set[str] = set()
    for start in range(len(said)):
        lanes._show_from(start, len(lanes.shown))
        written.clear()
        lanes.arrange(pane.first, pane.last)
        pane.renew_background()
        pane.repaint_step()
        window.views["strip"].grab()
        for index in lanes.shown:
            if lanes.runs[index].is_truth:
                count = f"{len(where(said[index], RUN))}×"
                assert abs(written[count][1] - lanes.rect(index).center().y()) < 12
                seen.add(count)
        first, last = lanes.shown.start + 1, lanes.shown.stop
        part = f"{first}–{last} of {len(said)}"
        assert (part in written) == (len(lanes.shown) < len(said))
        below = QPointF(20, lanes.bottom + 11)
        assert ("wheel" in pane.hover(below)) == (part in written)
        if 1 in lanes.shown:
            assert "<0.05" in written, "beside a pill, its number whole"
    assert len(seen) >= 2


def test_a_lane_is_dragged_by_its_name(window: MainWindow) -> None:
    """One change to be undone, made when it is let go; a line shows where it would stand."""
    window.session.mark(Marks(lanes=(Lane("h[1]"), Lane("z[2]"), Lane("r[3]"))))
    QApplication.processEvents()  # they are given room
    view, pane = window.views["strip"], strip(window)
    handle = window.windowHandle()
    places = [
        view.viewport().mapTo(window, QPoint(20, int(pane.lanes.rect(i).center().y())))
        for i in range(3)
    ]
    still = view.viewport().grab().toImage()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=places[0])
    for at in (places[1], places[2] + QPoint(0, 3)):
        QTest.mouseMove(handle, at)
        QApplication.processEvents()
    assert view.viewport().grab().toImage() != still
    assert expressions(window) == ["h[1]", "z[2]", "r[3]"]
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=places[2])
    QApplication.processEvents()
    assert expressions(window) == ["z[2]", "r[3]", "h[1]"]
    assert not window.lane_line.isVisible()
    press(window, "Ctrl+Z")
    assert expressions(window) == ["h[1]", "z[2]", "r[3]"]


def test_an_armed_lane_is_a_stop(window: MainWindow, qtbot: QtBot) -> None:
    trace = window.session.trace
    assert trace is not None
    steps = [step for step in where(SMALL, trace).tolist() if step > START]
    assert len(steps) > 1
    assert steps != list(range(START + 1, STEPS + 1))
    type_lane(window, SMALL)
    assert not window.tool_bar.run.isVisible()
    pane = strip(window)
    pane.press(QPointF(ARM, pane.lanes.rect(0).center().y()))
    assert window.session.marks.lanes == (Lane(SMALL, armed=True),)
    assert window.tool_bar.run.isVisible()
    run = window.session.lanes.runs[0]
    qtbot.waitUntil(lambda: run.known == STEPS)
    press(window, "F5")
    qtbot.waitUntil(lambda: window.session.position == steps[0])
    nth = len([s for s in where(SMALL, trace) if s <= steps[0]])
    assert said(window) == f"Step {steps[0]}: {SMALL}, {nth} of {run.count}."
    window.session.go_to(steps[0])
    window.session.toggle_stop(steps[1] - 1)
    press(window, "F5")
    nearest = steps[1] if steps[1] - 1 == steps[0] else steps[1] - 1
    qtbot.waitUntil(lambda: window.session.position == nearest)
    press(window, "Shift+F5")
    qtbot.waitUntil(lambda: window.session.position == steps[0])
    window.session.go_to(steps[-1])
    press(window, "F5")
    if steps[-1] < STEPS:
        qtbot.waitUntil(lambda: said(window) == f"No stop after step {steps[-1]}.")


def test_f5_says_the_lanes_that_it_halts_at(window: MainWindow, qtbot: QtBot) -> None:
    """Not those that hold there too and are not armed; Ctrl+Right looks at all of them."""
    trace, other = window.session.trace, "step > 0"
    assert trace is not None
    hits = where(SMALL, trace).tolist()
    window.session.go_to(0)
    window.session.mark(Marks(lanes=(Lane(SMALL, armed=True), Lane(other))))
    first, every = window.session.lanes.runs
    qtbot.waitUntil(lambda: first.known == every.known == STEPS)
    press(window, "F5")
    qtbot.waitUntil(lambda: window.session.position == hits[0])
    assert said(window) == f"Step {hits[0]}: {SMALL}, 1 of {len(hits)}."
    window.session.go_to(hits[0] - 1)
    press(window, "Ctrl+Right")
    qtbot.waitUntil(lambda: window.session.position == hits[0])
    also = f"{other}, {hits[0]} of {STEPS}"
    assert said(window) == f"Step {hits[0]}: {SMALL}, 1 of {len(hits)}; {also}."


def test_a_lane_halts_at_each_so_many_of_its_hits(window: MainWindow, qtbot: QtBot) -> None:
    """Set in the line, counted from the start of the text; Ctrl+Right goes to every one."""
    trace, pane = window.session.trace, strip(window)
    assert trace is not None
    hits = where(SMALL, trace).tolist()
    window.session.go_to(0)
    press(window, "Shift+L")
    window.lane_line.edit.setText(SMALL)
    window.lane_line.every.setFocus()
    press(window, "Ctrl+A", "3", "Return")
    assert window.session.marks.lanes == (Lane(SMALL, armed=True, every=3),)
    assert not window.lane_line.isVisible()
    for wanted in hits[2:9:3]:
        press(window, "F5")
        qtbot.waitUntil(lambda wanted=wanted: window.session.position == wanted)
    press(window, "Shift+F5")
    qtbot.waitUntil(lambda: window.session.position == hits[5])
    assert said(window).endswith(f"6 of {len(hits)}.")
    assert "runs halt at every 3rd of its hits" in window.views["strip"].in_words()
    assert "3rd" in pane.hover(pane.lanes.arm(0).center())
    press(window, "Ctrl+Right")
    qtbot.waitUntil(lambda: window.session.position == hits[6])
    image = window.views["strip"].viewport().grab().toImage()
    y, red = int(pane.lanes.rect(0).center().y()) - 3, window.theme.error
    shown = range(max(1, pane.first), hits[6])  # nothing is veiled
    drawn = [t for t in shown if QColor(image.pixel(int(pane.x(t) + pane.cell / 2), y)) == red]
    assert drawn == [t for t in hits[2::3] if t in shown]
    press(window, "Ctrl+Z")
    assert window.session.marks.lanes == ()


def test_a_number_has_no_hits(window: MainWindow) -> None:
    press(window, "Shift+L")
    window.lane_line.edit.setText("h[3]")
    window.lane_line.every.setValue(2)
    window.lane_line.apply()
    assert "compare it, h[3] < 0.5" in window.lane_line.fault.text()
    window.lane_line.every.setValue(1)
    window.lane_line.apply()
    assert window.session.marks.lanes == (Lane("h[3]"),)


def test_ctrl_right_goes_to_where_any_lane_holds(window: MainWindow, qtbot: QtBot) -> None:
    window.session.mark(Marks(lanes=(Lane("step == 33"), Lane("h[3]"), Lane("step == 40"))))
    press(window, "Ctrl+Right")
    qtbot.waitUntil(lambda: window.session.position == 33)
    press(window, "Ctrl+Right")
    qtbot.waitUntil(lambda: window.session.position == 40)
    press(window, "Ctrl+Right")
    qtbot.waitUntil(lambda: said(window) == "No lane holds after step 40.")
    press(window, "Ctrl+Left")
    qtbot.waitUntil(lambda: window.session.position == 33)


@pytest.mark.parametrize("armed", [True, False])
def test_ticks_stand_under_the_steps_where_it_holds(
    armed: bool, window: MainWindow, qtbot: QtBot
) -> None:
    trace, pane = window.session.trace, strip(window)
    assert trace is not None
    window.session.mark(Marks(lanes=(Lane(SMALL, armed),)))
    window.session.go_to(STEPS)  # nothing is veiled
    image = window.views["strip"].viewport().grab().toImage()
    color = window.theme.error if armed else window.theme.r
    y = int(pane.lanes.rect(0).center().y()) - 3
    drawn = [
        t
        for t in range(max(1, pane.first), pane.last)
        if QColor(image.pixel(int(pane.x(t) + pane.cell / 2), y)) == color
    ]
    holds = [t for t in where(SMALL, trace).tolist() if pane.first <= t < pane.last]
    assert drawn == holds
    assert drawn


@pytest.mark.parametrize("sign", [1, -1])
def test_a_value_beyond_its_axis_ends_in_an_arrowhead(
    sign: int, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads: list[tuple[float, int]] = []
    monkeypatch.setattr(cuts, "chevron", lambda p, x, y, half, way: heads.append((x, way)))
    said, pane = f"{-sign} / h[{UNIT}]", strip(window)
    window.session.mark(Marks(lanes=(Lane(said),)))
    window.session.go_to(1)
    QApplication.processEvents()
    heads.clear()
    pane.renew_background()
    window.views["strip"].grab()
    values, (low, high) = np.asarray(evaluate(said, RUN)), pane.lanes.runs[0].axis
    beyond = [t for t in range(1, pane.last + 1) if not low <= values[t - 1] <= high]
    assert beyond
    assert {*heads} == {(pane.x(t) + pane.cell / 2, sign) for t in beyond}


def test_the_whole_text_is_a_way_to_go(window: MainWindow) -> None:
    pane = strip(window)
    assert pane.lanes.overview.area.isEmpty()
    press(window, "L")
    area = pane.lanes.overview.area
    pane.press(QPointF(area.left() + area.width() / 2, area.center().y()))
    assert window.session.position == STEPS // 2
    pane.drag(QPointF(area.right() - 1, area.center().y()))
    assert window.session.position == STEPS


def test_lanes_are_told_and_tabled(window: MainWindow, qtbot: QtBot) -> None:
    trace = window.session.trace
    assert trace is not None
    window.session.mark(Marks(lanes=(Lane("z[5]"), Lane("surprise > 2"), Lane("h[0:2]"))))
    qtbot.waitUntil(lambda: window.session.lanes.runs[1].known == STEPS)
    words = window.views["strip"].in_words()
    z = float(trace.step(START).z[5])
    count = len(where("surprise > 2", trace))
    assert f"Lane z[5]: {z:.2f}." in words
    assert f"in {count} step" in words
    table = strip(window).tables()["lanes"]()
    assert table.columns == ("z[5]", "surprise > 2", "h[0]", "h[1]")
    assert table.values[:, 0] == pytest.approx(evaluate("z[5]", trace), abs=1e-6)
    assert table.row == START - 1
    copied = [line.split("\t") for line in table.tsv().splitlines()]
    truths = ["true" if holds else "false" for holds in evaluate("surprise > 2", trace)]
    assert [row[3] for row in copied[1:]] == truths
    assert [table.number(i, 1) for i in range(STEPS)] == truths
    assert [row[2] for row in copied[1:]] == [table.number(i, 0) for i in range(STEPS)]


def test_the_palette_does_all_that_the_mouse_does(window: MainWindow) -> None:
    window.session.mark(Marks(lanes=(Lane("h[3]"), Lane(SMALL))))

    def do(words: str) -> None:
        press(window, "Ctrl+Shift+P")
        palette = QApplication.activePopupWidget()
        assert isinstance(palette, CommandPalette)
        palette.line.setText(words)
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        QApplication.processEvents()
        window.activateWindow()

    do("halt runs at the lane")
    assert window.session.marks.lanes[1].armed
    do("move up the lane")
    assert expressions(window) == [SMALL, "h[3]"]
    do("halt no longer at")
    assert not window.session.marks.lanes[0].armed
    do("halt at every")
    assert window.lane_line.every.hasFocus()
    window.lane_line.close_line()
    do("remove the lane h[3]")
    assert expressions(window) == [SMALL]
    do("write another lane")
    assert window.lane_line.edit.text() == SMALL


def test_what_is_found_out_later_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    """Where a condition holds is known after the lane was first painted: the whole text has it."""
    view = window.views["strip"]
    window.session.mark(Marks(lanes=(Lane("h[3]"),)))
    QApplication.processEvents()  # the first one makes room, and all is painted anew
    window.session.mark(Marks(lanes=(Lane(SMALL),)))
    view.viewport().grab()
    run = window.session.lanes.runs[0]
    qtbot.waitUntil(lambda: run.known == STEPS)
    shown = view.viewport().grab().toImage()
    view.pane.renew()
    assert shown == view.viewport().grab().toImage()


def test_l_makes_a_lane_of_a_probability_that_is_asked_about(open_window: OpenWindow) -> None:
    window = open_window(recording(model(output=True), STEPS).finish(), START, UNIT)
    window.session.look(symbol=2)
    press(window, "L")
    assert expressions(window) == ["probabilities[2]"]
    press(window, "L")
    assert expressions(window) == []
