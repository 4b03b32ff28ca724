"""The selected value: a quantity and a unit, by keys and by a click, marked where it stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from samples import model, recording

from gru_debugger.core.cell import Reset
from gru_debugger.core.quantities import COMPUTATIONS, is_computed
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.blend import BlendRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.rows import Row
from gru_debugger.questions.asked import ASKED, SELECTABLE, asked_of, selectable
from gru_debugger.window.what_if import sentence

OpenWindow = Callable[..., MainWindow]
STEPS, START, UNIT = 30, 12, 5


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), STEPS).finish(), START, UNIT)


def cell(window: MainWindow) -> ColumnsPane:
    pane = window.cell.pane
    assert isinstance(pane, ColumnsPane)
    return pane


@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_order_is_that_of_the_computations(reset: Reset) -> None:
    """Nothing comes before what it is computed from, each belongs to its equation."""
    order, computations = selectable(reset), COMPUTATIONS[reset]
    assert sorted(order) == sorted(SELECTABLE)
    first = [
        next((i for i, c in enumerate(computations) if is_computed(q, c, reset)), 0)
        for q in order
        if q != "h_prev" and not q.startswith("input_")  # there from the step's beginning
    ]
    assert first == sorted(first)
    assert {asked_of(q) for q in order} == set(ASKED)
    assert all(asked_of(q) == q[-1] for q in order if q[-2:] in ("_r", "_z", "_n"))


@pytest.mark.parametrize("reset", ["after", "before"])
def test_up_and_down_go_through_all_and_stay_at_the_ends(
    reset: Reset, open_window: OpenWindow
) -> None:
    window = open_window(recording(model(reset=reset), STEPS).finish(), START, UNIT)
    order = selectable(reset)
    for _ in order:
        press(window, "Up")
    seen = [window.session.view.quantity]
    for _ in order:
        press(window, "Down")
        seen.append(window.session.view.quantity)
    assert tuple(seen[:-1]) == order
    assert seen[-1] == order[-1]
    assert window.session.unit == UNIT


def test_a_click_on_a_bar_selects_quantity_and_unit(window: MainWindow) -> None:
    pane = cell(window)
    for row in pane.shown_rows():
        if not row.selects or isinstance(row, BlendRow):
            continue
        at = QPointF(row.rect.left() + row.axis.center(3), row.rect.center().y())
        window.session.select_value("z", 9)
        pane.press(at)
        view = window.session.view
        assert (view.quantity, view.unit) == (row.selects[0], 3)


def test_a_click_on_the_blend_selects_the_part_that_is_drawn_there(window: MainWindow) -> None:
    pane, step = cell(window), window.session.step
    assert step is not None
    (row,) = [row for row in pane.shown_rows() if isinstance(row, BlendRow)]
    take, keep = step.take, step.keep
    units = np.flatnonzero((np.abs(take) > 0.1) & (np.abs(keep) > 0.1)).tolist()
    assert units
    for unit in units:
        x = row.rect.left() + row.axis.center(unit)
        start = float(take[unit]) if take[unit] * keep[unit] > 0 else 0.0
        for quantity, value in (("take", take[unit] / 2), ("keep", start + keep[unit] / 2)):
            pane.press(QPointF(x, row.chart.y(float(value))))
            view = window.session.view
            assert (view.quantity, view.unit) == (quantity, unit)


def test_a_matrix_column_selects_the_unit_alone(window: MainWindow) -> None:
    pane = cell(window)
    row = next(row for row in pane.shown_rows() if row.slot.fold == "weights")
    pane.press(QPointF(row.rect.left() + row.axis.center(2), row.rect.center().y()))
    assert (window.session.view.quantity, window.session.unit) == ("z", 2)


def pills(window: MainWindow) -> list[str]:
    """The quantities whose labels stand on the pill, as painted."""
    pane, image = cell(window), window.cell.viewport().grab().toImage()
    return [
        row.selects[0]
        for row in pane.shown_rows()
        if row.selects and row.shows_value and _on_pill(window, image, row)
    ]


def _on_pill(window: MainWindow, image: QImage, row: Row) -> bool:
    beside = int(row.rect.left()) - 2, int(row.baseline) - 5
    return QColor(image.pixel(*beside)) == window.theme.pill


def test_the_label_stands_on_the_pill(window: MainWindow) -> None:
    assert pills(window) == ["z"]
    for quantity in ("hidden_r", "sum_z", "n", "reset_product"):
        window.session.look(quantity=quantity)
        assert pills(window) == [quantity]
    window.session.look(quantity="keep")
    assert pills(window) == []
    window.session.go_to(0)
    window.session.look(quantity="r")
    assert pills(window) == ["r"]


def test_while_a_probability_is_asked_about_the_pill_is_on_its_tile(window: MainWindow) -> None:
    """Of the cell's values none is selected then, be its label in a row or in a column's head."""

    def amber(name: str) -> int:
        """Pixels; in the cell the units' numbers have pills too, as many as ever."""
        image = window.views[name].viewport().grab().toImage()
        return sum(
            image.pixelColor(x, y) == window.theme.pill
            for x in range(0, image.width(), 2)
            for y in range(0, image.height(), 2)
        )

    session, bare = window.session, set()
    for quantity in ("n", "keep", "h"):
        session.look(quantity=quantity)
        selected = amber("cell")
        assert not amber("prediction")
        session.look(symbol=3)
        bare.add(amber("cell"))
        assert amber("prediction")
        assert max(bare) < selected
        session.look(symbol=None)
        assert amber("cell") == selected
    assert len(bare) == 1


def test_what_is_asked_of_it(window: MainWindow) -> None:
    """Why? tells of its equation, what-if of what can be set, a lane of itself."""
    window.session.look(quantity="input_n")
    assert window.session.answered == "n"
    assert sentence(window.session)[0] == "n[5] = "
    window.session.look(quantity="hidden_n")
    assert sentence(window.session)[0] == "hidden_n[5] = "
    press(window, "L")
    assert [lane.expression for lane in window.session.marks.lanes] == ["hidden_n[5]"]
    window.session.look(quantity="take")
    assert window.session.answered == "h"
    window.session.previous_computation()
    assert window.session.answered != "h", "h is not computed yet"
