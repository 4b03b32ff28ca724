"""Where the cell is too low for all charts, what is left of them has its height."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.panes.cell import CellPane
from gru_debugger.panes.rows import AxisRow

pytestmark = pytest.mark.usefixtures("screen")

GATES, STATES = {"r", "z", "n"}, {"h_prev", "h"}


def pane_of(height: int, width: int = 490) -> CellPane:
    pane = CellPane(session_of(recording(model(), 12), 7, 5), THEMES["light"])
    pane.session.unit_changed.connect(pane.show_unit)
    pane.resize(width, height)
    return pane


def drawn(pane: CellPane) -> set[str]:
    return {q for row in pane.shown_rows() for q in row.quantities} & (GATES | STATES)


@pytest.mark.parametrize("height", [196, 210, 240])
def test_the_band_of_the_selected_value_is_whole_and_the_other_a_line(height: int) -> None:
    pane = pane_of(height)
    for quantity, there in (("z", GATES), ("h", STATES), ("n", GATES)):
        pane.session.select_value(quantity, 5)
        assert drawn(pane) == there
        assert pane.size.height() <= height
        for row in pane.shown_rows():
            assert row.rect.height() >= row.slot.least or isinstance(row, AxisRow)
            assert row.rect.bottom() <= height
        assert pane.rect_of("z", 5) is None if there is STATES else pane.rect_of("h", 5) is None


def test_a_click_on_a_name_alone_brings_its_chart() -> None:
    pane = pane_of(200)
    pane.session.select_value("z", 5)
    blend, new = (pane.columns()[i] for i in (4, 5))
    assert "click" in pane.hover(QPointF(blend.left + 20, blend.top + 15))
    pane.press(QPointF(new.left + 20, new.top + 15))
    assert pane.session.view.quantity == "h"
    assert drawn(pane) == STATES


def test_where_both_have_room_nothing_is_a_line_and_where_not_even_one_has_it_scrolls() -> None:
    pane = pane_of(300)
    assert drawn(pane) == GATES | STATES
    pane = pane_of(120)
    pane.session.select_value("h", 5)
    assert drawn(pane) == STATES
    high = pane.size.height()
    assert high > 120
    pane.session.select_value("z", 5)
    assert drawn(pane) == GATES
    assert pane.size.height() < high


def test_a_picture_for_paper_has_both() -> None:
    pane = pane_of(200)
    pane.interactive = False
    pane.resize(490, 200)
    assert drawn(pane) == GATES | STATES
