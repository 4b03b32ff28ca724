"""A row that one column has and its neighbours lack: a new quantity, added as CONTRIBUTING says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inked import inked
from keyboard import press
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.core import trace as trace_module
from gru_debugger.core.cell import QUANTITIES, Array, Quantity, Reset, gru_step
from gru_debugger.core.trace import Trace
from gru_debugger.exports.jobs import SnapshotJob
from gru_debugger.exports.snapshots import draw
from gru_debugger.numerals import exact, two
from gru_debugger.panes import cell as cell_module
from gru_debugger.panes import slots
from gru_debugger.panes.bands import Band, in_order
from gru_debugger.panes.bar_rows import BarRow, SignedRow
from gru_debugger.panes.cell import GATES, RESULT, STATES, CellPane
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.panes.rows import Row
from gru_debugger.panes.slots import AXIS, Slot
from gru_debugger.session.view import View

pytestmark = pytest.mark.usefixtures("screen")

TOY = Quantity("toy", "a toy", "blend", "state", "f_t", "f^{⟨t⟩}")
EXTRA = Slot("extra", fold="sums")
SIZES = [(1260, 770), (1066, 540), (724, 540)]


def with_toy(*arguments: Any) -> dict[str, Array]:
    values = gru_step(*arguments)
    return {**values, "toy": (1 - values["z"]) * values["h_prev"]}


@pytest.fixture(params=["after", "before"])
def trace(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Trace:
    """A recording whose steps have one quantity more."""
    monkeypatch.setitem(QUANTITIES, "toy", TOY)
    monkeypatch.setattr(trace_module, "gru_step", with_toy)
    return Trace(model(reset=request.param), recording(model()).text).finish()


def update_with_one_more(pane: ColumnsPane) -> Sequence[Row]:
    rows = list(cell_module.UPDATE.rows(pane))
    return [*rows[:-1], SignedRow(pane, EXTRA, "toy"), rows[-1]]


UPDATE = replace(cell_module.UPDATE, rows=update_with_one_more)


@pytest.fixture
def one_more(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    order = (*GATES[:-1], EXTRA, AXIS)
    columns = (cell_module.RESET, UPDATE, cell_module.CANDIDATE)
    monkeypatch.setattr(CellPane, "bands", (Band(order, columns), STATES))
    return


Make = Callable[[tuple[int, int]], ColumnsPane]


@pytest.fixture
def make(trace: Trace, one_more: None) -> Make:
    def made(size: tuple[int, int]) -> ColumnsPane:
        pane = pane_specs()["cell"].make(session_of(trace, 12, 5), THEMES["light"])
        assert isinstance(pane, ColumnsPane)
        pane.resize(*size)
        return pane

    return made


def added(pane: ColumnsPane) -> BarRow:
    (row,) = [row for row in pane.shown_rows() if row.slot == EXTRA]
    assert isinstance(row, BarRow)
    return row


def painted(pane: ColumnsPane, area: QRectF) -> QImage:
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    return image.copy(area.toRect())


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_its_neighbours_leave_a_gap(size: tuple[int, int], make: Make) -> None:
    """Every slot stands at one height in all columns; nothing is painted where none has a row."""
    pane = make(size)
    if "sums" in pane.lacking:
        assert EXTRA not in [row.slot for row in pane.shown_rows()]
        return
    for band in pane._bands:
        places: dict[Slot, set[tuple[float, float]]] = {}
        for row in (row for column in band.columns for row in column.shown):
            places.setdefault(row.slot, set()).add((row.rect.top(), row.rect.height()))
        assert list(map(len, places.values())) == [1] * len(band.shown)
    gap = added(pane).rect.adjusted(-pane.axis.width - 62, -20, -pane.axis.width - 62, 0)
    image = painted(pane, gap)
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert seen == {pane.theme.panel.rgb()}, "the reset gate's column has nothing there"
    assert pane.hover(gap.center()) == ""
    assert pane.unit_under(gap.center()) is None
    bottoms = [row.rect.bottom() for row in pane.shown_rows()]
    assert max(bottoms) <= pane.sceneRect().height()


def test_its_bars_its_numbers_and_its_words_are_there(make: Make, trace: Trace) -> None:
    pane, step = make((1260, 770)), trace.step(12)
    expected = (1 - step.z) * step.h_prev
    drawn = sum(s.rectangles()[:, 3] for s in added(pane).chart._series.values())
    high = added(pane).chart.high
    heights = np.abs(expected) / (2 * high) * added(pane).rect.height()
    np.testing.assert_allclose(drawn, heights, atol=0.02)
    at = added(pane).rect.topLeft() + QPointF(pane.axis.center(5), 3)
    assert pane.hover(at).startswith(f"toy[5] = {exact(expected[5])}\n")
    assert pane.unit_under(at) == 5
    assert f"a toy {two(expected[5])}" in pane.in_words()
    table = pane.tables()["values"]()
    assert np.array_equal(table.values[:, table.columns.index("toy")], expected)
    pane.press(added(pane).rect.topLeft() + QPointF(pane.axis.center(3), 3))
    assert pane.session.unit == 3


def test_it_waits_for_its_computation_and_is_marked_where_it_changed(make: Make) -> None:
    pane = make((1260, 770))
    assert added(pane).changed
    pane.session.go_to(12, "n")
    pane.show_step()
    assert not any(len(s.rectangles()) for s in added(pane).chart._series.values())
    table = pane.tables()["values"]()
    assert not np.broadcast_to(table.known, table.values.shape)[:, table.columns.index("toy")].any()


def test_nothing_lies_over_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = make((1260, 770))
    found = inked(pane, monkeypatch)
    assert not found.meeting()
    assert not found.outside(pane.sceneRect())


def test_it_folds_with_its_slot(make: Make) -> None:
    pane = make((1260, 770))
    before = [row.rect for row in pane.shown_rows()]
    pane.session.look(folded=("sums",))
    pane.renew()
    assert EXTRA not in [row.slot for row in pane.shown_rows()]
    pane.session.look(folded=())
    pane.renew()
    assert [row.rect for row in pane.shown_rows()] == before


def test_the_lowest_height_counts_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that can't be folded away takes part in the least height; the picture fits it exactly."""
    kept = replace(EXTRA, fold="")
    usual = make((1260, 770)).lowest
    order = (*GATES[:-1], kept, AXIS)

    def rows(pane: ColumnsPane) -> Sequence[Row]:
        return [*cell_module.UPDATE.rows(pane), SignedRow(pane, kept, "toy")]

    columns = (cell_module.RESET, replace(UPDATE, rows=rows), cell_module.CANDIDATE)
    monkeypatch.setattr(CellPane, "bands", (Band(order, columns), STATES))
    pane = make((1260, 770))
    assert pane.lowest == usual + kept.least + kept.caption
    pane.resize(1260, pane.lowest)
    assert pane.sceneRect().height() <= pane.lowest + 1
    assert kept in [row.slot for row in pane.shown_rows()]
    pane.resize(1260, pane.lowest - 8)
    assert pane.sceneRect().height() > pane.lowest - 4


@pytest.mark.parametrize("ending", ["png"])
def test_it_is_in_the_pictures(
    ending: str, make: Make, trace: Trace, tmp_path: Path, one_more: None
) -> None:
    """The window's picture has its bars where the pane has them."""
    job = SnapshotJob(trace.model, trace, range(12, 13), tmp_path, "cell", View(unit=5))
    pane = make(pane_specs()["cell"].size)
    area = added(pane).rect
    assert draw(job).convertToFormat(QImage.Format.Format_RGB32).copy(area.toRect()) == painted(
        pane, area
    )


def test_keys_and_a_window_with_it(
    open_window: Callable[..., Any], trace: Trace, one_more: None
) -> None:
    window = open_window(trace, 12, 5)
    pane = window.units
    assert added(pane).changed
    press(window, "Right", "]", "F11", "Ctrl++", "Ctrl+0", "Ctrl+Shift+W", "Ctrl+M")
    window.session.go_to(14)
    np.testing.assert_array_equal(trace.step(14).toy, (1 - trace.step(14).z) * trace.step(13).h)
    said = pane.in_words()
    assert two(trace.step(14).toy[6]) in said


# The slots themselves ------------------------------------------------------------------------


@pytest.mark.parametrize("room", [300, 420, 500, 900])
def test_heights_fill_the_room(room: int) -> None:
    heights = slots.shared(GATES, room)
    assert sum(heights) == pytest.approx(room)
    assert all(h >= s.least - 1e-9 for h, s in zip(heights, GATES, strict=True))
    assert heights[-1] == AXIS.height, "words grow no higher"


@given(st.integers(2, 9), st.integers(150, 1500))
def test_whole_pixels_fill_no_more_than_the_room(count: int, room: int) -> None:
    """However many rows a column gets."""
    many = (*GATES[:-1], *(Slot(f"extra {i}", 40 + i) for i in range(count)), AXIS)
    heights = slots.shared(many, room)
    taken = sum(map(round, heights))
    assert taken <= max(room, slots.least(many)) + 0.5
    assert abs(taken - max(room, slots.least(many))) <= len(many) / 2
    assert all(round(h) >= s.least - 1 for h, s in zip(heights, many, strict=True))


@pytest.mark.parametrize("high", range(600, 1100, 7))
def test_a_picture_is_no_higher_than_its_view(high: int, make: Make) -> None:
    pane = make((1260, high))
    assert pane.size.height() == high


def test_weights_shrink_first() -> None:
    heights = slots.shared(GATES, sum(slot.height for slot in GATES) - 60)
    for height, slot in zip(heights, GATES, strict=True):
        assert (height < slot.height) == (slot.fold == "weights")


@pytest.mark.parametrize("reset", ["after", "before"])
def test_two_rows_in_one_slot_are_refused(reset: Reset) -> None:
    pane = pane_specs()["cell"].make(session_of(recording(model(reset=reset))), THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    rows = list(cell_module.CANDIDATE.rows(pane))
    assert in_order(rows[::-1], GATES) == rows
    with pytest.raises(ValueError, match="result"):
        in_order([*rows, SignedRow(pane, RESULT, "n")], GATES)
    with pytest.raises(ValueError, match="extra"):
        in_order([*rows, SignedRow(pane, EXTRA, "n")], GATES)
