"""The cell view: aligned units, bars as high as the numbers, nothing over another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import limits as contract
import numpy as np
import oracle
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from samples import model, recording, session_of
from words import one_by_one, painted

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.cuts import cut_units
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import QUANTITIES, Notation
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import CELL_QUANTITIES
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.numerals import brief, exact, two
from gru_debugger.panes import slots
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.blend import NewStateRow
from gru_debugger.panes.cell import CellPane
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.panes.rows import AxisRow, Row
from gru_debugger.panes.slots import Slot
from gru_debugger.panes.weights import WeightRow
from gru_debugger.questions.ordering import Ordering
from gru_debugger.session.zoom import ALL, Zoom

pytestmark = pytest.mark.usefixtures("screen")

STEPS = 20
# The cell view in a window of 1600 × 1000, of 1366 × 768, 1024 wide, and at 200 % on 1366 × 768.
SIZES = [(1260, 770), (1066, 540), (724, 540), (640, 400)]


@dataclass(frozen=True)
class Case:
    hidden: int = 16
    more: dict[str, Any] = field(default_factory=dict)
    layer: int = 0
    direction: str = "forward"
    view: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [f"{k}-{v}" for k, v in {**self.more, **self.view}.items()]
        return " ".join([str(self.hidden), *words, f"layer-{self.layer}", self.direction])

    def model(self) -> Model:
        return model(self.hidden, **self.more)


DEEP = {"layers": 2, "directions": 2}
CASES = [
    Case(),
    Case(1),
    Case(16, {"reset": "before"}),
    Case(128),
    Case(128, {"reset": "before"}),
    Case(1024),
    Case(16, DEEP, 0, "reverse"),
    Case(16, DEEP, 1, "forward"),
    Case(48, {**DEEP, "reset": "before"}, 1, "reverse"),
    Case(16, {"embedding": 5}),
    Case(16, {"output": False}),
    Case(16, {"bias": False}),
    Case(16, {"symbols": 29}),
    Case(16, view={"order": Ordering("change", "h", 7)}),
    Case(128, {"reset": "before"}, view={"order": Ordering("likeness")}),
    Case(128, view={"lens": False}),
    Case(1024, view={"lens": False}),
    Case(1024, view={"order": Ordering("value", "z", 5), "zoom": Zoom(300, 400)}),
]


def trace_of(case: Case) -> Trace:
    return recording(case.model(), STEPS)


def pane_of(case: Case, size: tuple[int, int] = (1260, 770), name: str = "cell") -> ColumnsPane:
    session = session_of(trace_of(case), 7, min(9, case.hidden - 1))
    session.look(layer=case.layer, direction=case.direction, **case.view)  # type: ignore[arg-type]
    pane = pane_specs()[name].make(session, THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    pane.resize(*size)
    return pane


def columns(pane: ColumnsPane) -> list[Any]:
    return list(pane.columns())


def rows(pane: ColumnsPane) -> list[Row]:
    return pane.shown_rows()


def bar_rows(pane: ColumnsPane) -> list[BarRow]:
    return [row for row in rows(pane) if isinstance(row, BarRow)]


def weight_rows(pane: ColumnsPane) -> list[WeightRow]:
    return [row for row in rows(pane) if isinstance(row, WeightRow)]


def series(row: BarRow) -> Iterator[tuple[str, np.ndarray]]:
    for name, drawn in row.chart._series.items():
        yield name, drawn.rectangles()


def paint(pane: ColumnsPane, scale: int = 1) -> QImage:
    size = pane.sceneRect().size().toSize() * scale
    image = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    return image


every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@every_case
@every_size
def test_nothing_overlaps_and_nothing_leaves_the_scene(size: tuple[int, int], case: Case) -> None:
    pane = pane_of(case, size)
    scene = pane.sceneRect()
    assert (scene.width(), pane.size.height()) >= (size[0], size[1])
    for column in columns(pane):
        below = column.top + column.head
        assert [row for row in column.shown if isinstance(row, BarRow)]
        assert isinstance(column.shown[-1], AxisRow)
        for row in column.shown:
            assert row.rect.top() - row.slot.caption >= below - 1
            assert row.rect.height() >= min(row.slot.least, 20)
            assert row.rect.left() - 24 >= 0
            assert row.rect.right() <= scene.width()
            below = row.rect.bottom()
        assert below <= scene.height()
    for band in pane._bands:
        lefts = [column.left for column in band.columns]
        assert all(b - a >= pane.axis.width for a, b in itertools.pairwise(lefts))
        places: dict[Slot, set[tuple[float, float]]] = {}
        for row in (row for column in band.columns for row in column.shown):
            places.setdefault(row.slot, set()).add((row.rect.top(), row.rect.height()))
        assert {len(found) for found in places.values()} == {1}, "the eye goes straight across"


@every_case
@every_size
def test_units_stand_straight_under_each_other(size: tuple[int, int], case: Case) -> None:
    """One unit has one x in all rows of a column, and in the column of the band below."""
    pane = pane_of(case, size)
    for above, below in zip(*(band.columns for band in pane._bands), strict=True):
        assert above.left == below.left
    for column in columns(pane):
        middles = []
        for row in column.shown:
            assert row.rect.left() == column.left
            assert row.axis == pane.axis
            if isinstance(row, BarRow):
                for name, rectangles in series(row):
                    if len(rectangles):
                        middles.append((name, rectangles[:, 0] + rectangles[:, 2] / 2))
                        assert len(rectangles) in (len(middles[0][1]), len(single(row)))
            if isinstance(row, WeightRow):
                image = row.map.rect
                assert (image.left(), image.width()) == (column.left, pane.axis.plot_width)
        for name, middle in middles:
            every = middles[0][1]
            wanted = every if len(middle) == len(every) else every[single(row)]
            np.testing.assert_array_equal(middle, wanted, name)


def single(row: Row) -> np.ndarray:
    """Which bars are of one unit."""
    return np.flatnonzero(row.axis.slots.pitch >= 2)


def nice(largest: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below: written otherwise."""
    return min(f * 10.0**p for p in range(-9, 9) for f in (1, 2, 5) if f * 10.0**p >= largest)


def limits(case: Case, quantity: str) -> tuple[float, float]:
    way: Any = case.direction
    return contract.limits(trace_of(case), quantity, case.layer, way)


def spans(row: BarRow, step: Any) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """From and to, in values, of each series that a row should show."""
    v = {name: value.astype(np.float64) for name, value in step.values.items()}
    zero, q = np.zeros_like(v["h"]), row.quantity
    kind = type(row).__name__
    if kind == "GateRow":
        return {"gate": (zero, v[q]), "rest": (v[q], zero + 1)}
    if kind == "UpdateRow":
        return {"gate": (zero, v["z"]), "rest": (v["z"], zero + 1)}
    if kind == "CandidateRow":
        return {"n": (zero, v["n"])}
    if kind == "OldStateRow":
        return {"h_prev": (zero, v["h_prev"])}
    if kind == "NewStateRow":
        return {"h": (zero, v["h"]), "old": (zero, v["h_prev"])}
    if kind == "BlendRow":
        start = np.where(v["take"] * v["keep"] > 0, v["take"], 0)
        return {"take": (zero, v["take"]), "keep": (start, start + v["keep"])}
    both = {"positive": (zero, v[q].clip(min=0)), "negative": (zero, v[q].clip(max=0))}
    if kind == "ProductRow":
        unscaled = v["h_prev" if row.pane.model.reset == "before" else "hidden_n"]
        both |= {"outline": (zero, unscaled), "unscaled": (zero, unscaled)}
    else:
        assert kind in ("SignedRow", "SumRow")
    return both


# Quantities without a row of their own: two stand in the blend's, one in the candidate's caption,
# and the matrices have the character's row.
ELSEWHERE = {"x", "sum_n", "take", "keep"}


@every_case
@pytest.mark.parametrize("t", [1, 7, STEPS])
def test_bars_are_as_high_as_the_numbers(t: int, case: Case) -> None:
    """Each bar of each row, against step(t) through the contract's axes; envelopes likewise."""
    pane = pane_of(case)
    pane.session.go_to(t)
    pane.show_step()
    step = trace_of(case).step(t, case.layer, case.direction)  # type: ignore[arg-type]
    assert {row.quantity for row in bar_rows(pane)} >= {*CELL_QUANTITIES} - ELSEWHERE
    for row in bar_rows(pane):
        low, high = limits(case, row.quantity)
        wanted = spans(row, step)
        shown = {name for name, rectangles in series(row) if len(rectangles)}
        assert shown >= {name for name in wanted if name not in ("outline", "unscaled", "old")}
        for name, rectangles in series(row):
            if len(rectangles) and name in wanted:
                top, bottom = pixels(row, wanted[name], low, high)
                if len(rectangles) < len(top):  # in the lens alone
                    top, bottom = top[single(row)], bottom[single(row)]
                what = f"{row.quantity}: {name}"
                np.testing.assert_allclose(rectangles[:, 1], top, atol=0.01, err_msg=what)
                drawn = rectangles[:, 1] + rectangles[:, 3]
                np.testing.assert_allclose(drawn, bottom, atol=0.01, err_msg=what)


def pixels(
    row: BarRow, span: tuple[np.ndarray, np.ndarray], low: float, high: float
) -> tuple[np.ndarray, np.ndarray]:
    """Upper and lower edges in the scene, of units or of pools of them."""
    height = row.rect.height() / (high - low)
    units = list(row.axis.visible_units)
    ys = [row.rect.top() + (high - v[units].clip(low, high)) * height for v in span]
    top, bottom = np.minimum(*ys), np.maximum(*ys)
    if row.axis.pooled:
        starts = row.axis.pool_starts()
        top, bottom = np.minimum.reduceat(top, starts), np.maximum.reduceat(bottom, starts)
    return top, bottom


def test_marks_of_new_and_old_state() -> None:
    pane = pane_of(Case())
    (row,) = (row for row in bar_rows(pane) if type(row).__name__ == "BlendRow")
    step = trace_of(Case()).step(7)
    marks = dict(series(row))["new"]
    np.testing.assert_allclose(
        marks[:, 1] + marks[:, 3] / 2,
        row.rect.center().y() - step.h * row.rect.height() / 2,
        atol=0.01,
    )


@pytest.mark.parametrize("name", ["cell", "product"])
def test_chips_have_a_sign_where_an_axis_has_two(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = pane_of(Case(), pane_specs()[name].size, name)
    step, unit = trace_of(Case()).step(7), pane.session.unit
    assert step.n[unit] > 0, "else it has one anyway"
    words = painted(pane, monkeypatch)
    for row in bar_rows(pane):
        value = float(step.values[row.quantity][unit])
        assert two(value, signed=row.quantity not in oracle.AXES["gate"]) in words, row.quantity


@every_case
def test_axes_stay_from_step_to_step(case: Case) -> None:
    pane = pane_of(case)

    def axes() -> list[tuple[Any, ...]]:
        return [(r.rect, r.chart.low, r.chart.high, r.axis) for r in bar_rows(pane)]

    before = axes()
    for t in (1, STEPS, 3, 0):
        pane.session.go_to(t)
        pane.show_step()
        assert axes() == before


def test_a_wide_initial_state_widens_the_axes_of_states() -> None:
    trace = Trace(model(), "abc", h0=np.full((1, 16), 1.7, np.float32)).finish()
    pane = CellPane(session_of(trace), THEMES["light"])
    pane.resize(1260, 770)
    for row in bar_rows(pane):
        if row.quantity in ("n", "h", "h_prev"):
            assert row.chart.high >= 1.69
            assert row.chart.low == -row.chart.high


# Contributions -----------------------------------------------------------------------------


def weights_of(case: Case, gate: str, side: str) -> np.ndarray:
    cell = case.model().cell(case.layer, case.direction)  # type: ignore[arg-type]
    stacked = cell.weight_ih if side == "i" else cell.weight_hh
    return np.split(stacked, 3)["rzn".index(gate)].T


def met_by(step: Any, gate: str, side: str, reset: str) -> np.ndarray:
    if side == "i":
        return step.x
    return step.r * step.h_prev if (gate, reset) == ("n", "before") else step.h_prev


def colour_indices(matrix: np.ndarray, row: WeightRow, level: float) -> np.ndarray:
    """Of the 255 colours, by blocks of the largest magnitude where there are more than pixels."""
    matrix = matrix[:, list(row.axis.visible_units)]
    if row.axis.order is not None and row.side == "h":
        matrix = matrix[row.axis.order.units]
    if len(row.axis.parts) > 1:  # a column a pixel
        slots = [list(row.axis.visible_units).index(row.axis.unit_at(x + 0.5))
                 for x in range(row.axis.plot_width)]  # fmt: skip
        assert row.axis.pooled or len({*slots}) == matrix.shape[1]
        matrix = matrix[:, slots]
    high, wide = int(row.rect.height()), row.axis.plot_width
    high, wide = min(high, len(matrix)), min(wide, matrix.shape[1])
    blocks = [
        [block.flat[np.abs(block).argmax()] for block in np.array_split(band, wide, axis=1)]
        for band in np.array_split(matrix, high)
    ] if (high, wide) != matrix.shape else matrix  # fmt: skip
    return np.clip(np.array(blocks) / level, -1, 1) * 127 + 127


@pytest.mark.parametrize("case", [c for c in CASES if c.hidden <= 128], ids=str)
@pytest.mark.parametrize("contributions", [False, True])
def test_the_maps_colours(contributions: bool, case: Case) -> None:
    pane = pane_of(case)
    pane.session.look(contributions=contributions)
    pane.renew()
    step = trace_of(case).step(7, case.layer, case.direction)  # type: ignore[arg-type]
    assert len(weight_rows(pane)) == 6
    for row in weight_rows(pane):
        matrix = weights_of(case, row.gate, row.side)
        gates = [weights_of(case, gate, row.side) for gate in "rzn"]
        level = nice(max(float(np.abs(gate).max()) for gate in gates))
        if contributions:
            matrix = matrix * met_by(step, row.gate, row.side, pane.model.reset)[:, None]
        if len(matrix) > row.rect.height():
            continue  # which rows share a pixel is test_heatmap's
        drawn = row.map.indices().astype(float)
        np.testing.assert_allclose(drawn, colour_indices(matrix, row, level), atol=0.51)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_contributions_add_up_to_the_bars(case: Case) -> None:
    """Each column of a map, and the bias, is the bar under it."""
    step = trace_of(case).step(7, case.layer, case.direction)  # type: ignore[arg-type]
    cell = case.model().cell(case.layer, case.direction)  # type: ignore[arg-type]
    pane = pane_of(case)
    for row in weight_rows(pane):
        matrix = row.matrix().astype(np.float64) * row.vector(step).astype(np.float64)[:, None]
        bias = cell.bias_ih if row.side == "i" else cell.bias_hh
        sums = matrix.sum(axis=0) + np.split(bias, 3)["rzn".index(row.gate)]
        side = "input" if row.side == "i" else "hidden"
        np.testing.assert_allclose(sums, step.values[f"{side}_{row.gate}"], atol=2e-5)


# What changed most -------------------------------------------------------------------------


@pytest.mark.parametrize("history", [[], [0, STEPS, 3], [12, 13, 14], [11, 12]])
@pytest.mark.parametrize("case", [Case(), Case(128, {"reset": "before"}), Case(1)], ids=str)
def test_most_changed_is_since_the_step_before(case: Case, history: list[int]) -> None:
    pane = pane_of(case)
    for t in [*history, 12]:
        pane.session.go_to(t)
        pane.show_step()
    trace = trace_of(case)
    for row in bar_rows(pane):
        low, high = limits(case, row.quantity)
        q = row.quantity
        change = np.abs(trace.step(12).values[q] - trace.step(11).values[q])
        ranked = sorted(range(case.hidden), key=lambda unit: -change[unit])[:3]
        assert set(row.changed) == {u for u in ranked if change[u] > 0.05 * (high - low)}, q
    assert any(row.changed for row in bar_rows(pane))


def test_nothing_has_changed_at_the_first_step() -> None:
    pane = pane_of(Case())
    pane.session.go_to(1)
    pane.show_step()
    assert not any(row.changed for row in bar_rows(pane))


# Inside a step -----------------------------------------------------------------------------

HALTS = {
    "after": ("r", "z", "hidden_n", "reset_product", "n", "blend"),
    "before": ("r", "z", "reset_product", "hidden_n", "n", "blend"),
}


def computed_at(reset: str, halt: int) -> set[str]:
    """What the table says that is there when so many computations are done."""
    done = ("", *HALTS[reset][: halt + 1])
    return {name for name, quantity in QUANTITIES.items() if quantity.computation in done}


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("halt", range(6))
def test_inside_a_step_only_what_is_computed_is_drawn(halt: int, reset: str) -> None:
    pane = pane_of(Case(16, {"reset": reset}))
    pane.session.go_to(8, HALTS[reset][halt])
    pane.show_step()
    computed = computed_at(reset, halt)
    for row in bar_rows(pane):
        drawn = any(len(rectangles) for _, rectangles in series(row))
        assert drawn == (row.quantity in computed), row.quantity
    paint(pane)


@pytest.mark.parametrize("halt", range(5))
def test_rows_not_yet_computed_stand_back(halt: int) -> None:
    """Their charts are paler than when they are computed; their captions stay readable."""
    pane = pane_of(Case(view={"quantity": "h_prev"}))  # whose pill stays there
    finished = paint(pane)
    pane.session.go_to(7, HALTS["after"][halt])
    pane.show_step()
    halted = paint(pane)
    computed = computed_at("after", halt)
    for row in bar_rows(pane):
        chart = QRectF(row.rect.left(), row.rect.top() + 3, 40, row.rect.height() - 6).toRect()
        darker = darkest(halted, chart) - darkest(finished, chart)
        assert (darker > 60) == (row.quantity not in computed), row.quantity
        caption = QRectF(row.rect.left(), row.rect.top() - 20, 40, 16).toRect()
        if row.slot.caption >= 20:
            assert halted.copy(caption) == finished.copy(caption), row.quantity


@pytest.mark.parametrize("width", [474, 567])  # the least there is; beside a dock at 1366
@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_each_row_keeps_a_name_beside_a_dock(reset: str, notation: str, width: int) -> None:
    pane = pane_of(Case(16, {"reset": reset}, view={"notation": notation}), (width, 540))
    image = paint(pane)
    named = [row for row in bar_rows(pane) if row.slot.caption >= 20]
    assert {"sum_r", "n", "reset_product"} <= {row.quantity for row in named}
    for row in named:
        left, top = row.rect.left(), row.rect.top()
        caption = QRectF(left, top - 20, row.room_from(left), 14).toRect()
        assert darkest(image, caption) < 120, row.quantity


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("hidden", [16, 64])
def test_marks_in_the_blend_have_a_halo(name: str, hidden: int) -> None:
    """Ink on plum, or white on teal, would not be seen."""
    pane = pane_specs()["blend"].make(session_of(recording(model(hidden)), 7), THEMES[name])
    assert isinstance(pane, ColumnsPane)
    pane.resize(1260, 200)
    (row,) = [row for row in bar_rows(pane) if row.quantity == "h" and "take" in dict(series(row))]
    drawn = dict(series(row))
    for mark in ("new",) if hidden == 16 else ("new", "old"):
        inner, outer = drawn[mark], drawn[f"{mark} halo"]
        assert len(inner) == hidden
        assert np.allclose(outer[:, 1], inner[:, 1] - 1)
        assert np.allclose(outer[:, 3], inner[:, 3] + 2)
        assert np.all(outer[:, 0] <= inner[:, 0])
        assert row.chart[mark].z > row.chart[f"{mark} halo"].z
        for bar in ("take", "keep"):
            assert row.chart[f"{mark} halo"].z > row.chart[bar].z


def darkest(image: QImage, area: Any) -> int:
    xs, ys = range(area.left(), area.right()), range(area.top(), area.bottom())
    return min(image.pixelColor(x, y).lightness() for x in xs for y in ys)


@pytest.mark.parametrize("place", [(0, "forward"), (1, "forward"), (0, "reverse")])
def test_before_the_first_character_the_initial_state_is_all_there_is(
    place: tuple[int, Any],
) -> None:
    layer, direction = place
    m = model(**DEEP)
    h0 = np.random.default_rng(1).uniform(-0.9, 0.9, (4, 16)).astype(np.float32)
    session = session_of(Trace(m, "\t\n\n", h0).finish(), 0)
    session.look(layer=layer, direction=direction)
    pane = pane_specs()["cell"].make(session, THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    pane.resize(1260, 770)
    drawn = {(row.quantity, name) for row in bar_rows(pane) for name, r in series(row) if len(r)}
    if direction == "reverse":  # it starts behind the last character
        assert not drawn
        return
    assert drawn == {("h", "h")}
    (new,) = [row for row in bar_rows(pane) if isinstance(row, NewStateRow)]
    height = new.rect.height() / 2
    bars = dict(series(new))["h"]
    assert np.allclose(np.abs(bars[:, 3]), np.abs(h0[2 * layer]) * height, atol=1.0)
    center = QPointF(new.rect.left() + pane.axis.center(5), new.rect.center().y())
    assert pane.hover(center) == f"h(0)[5] = {exact(h0[2 * layer, 5])}"
    paint(pane)


# Everything at once ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "size"),
    [
        *((case, SIZES[0]) for case in CASES),
        *((case, size) for case in CASES[:6:2] for size in SIZES[1:]),
    ],
    ids=str,
)
def test_everything_paints(size: tuple[int, int], case: Case) -> None:
    """Any size, both notations, contributions, folds, dark, twice as large: nothing raises."""
    pane = pane_of(case, size)
    paint(pane, 2)
    pane.session.toggle_notation()
    pane.session.look(contributions=True)
    pane.session.look(folded=("sums",))
    pane.use_theme(THEMES["dark"])
    paint(pane)
    if case.hidden > 8:
        pane.session.zoom_by(3)
        pane.renew()
        paint(pane)


@pytest.mark.parametrize("name", ["reset", "update", "candidate", "product", "blend"])
@pytest.mark.parametrize("case", [CASES[0], CASES[2], CASES[5], CASES[8]], ids=str)
def test_the_parts_on_their_own(case: Case, name: str) -> None:
    pane = pane_of(case, pane_specs()[name].size, name)
    assert bar_rows(pane)
    for row in bar_rows(pane):
        low, high = limits(case, row.quantity)
        step = trace_of(case).step(7, case.layer, case.direction)  # type: ignore[arg-type]
        for series_name, rectangles in series(row):
            span = spans(row, step).get(series_name)
            if len(rectangles) and span is not None:
                top, _ = pixels(row, span, low, high)
                top = top if len(rectangles) == len(top) else top[single(row)]
                np.testing.assert_allclose(rectangles[:, 1], top, atol=0.01)
        assert row.rect.bottom() <= pane.sceneRect().height()
    paint(pane)


@pytest.mark.parametrize("fold", ["weights", "parts", "sums"])
def test_rows_fold(fold: str) -> None:
    pane = pane_of(Case())
    before = rows(pane)
    pane.session.look(folded=(fold,))
    pane.renew()
    assert {row.slot.fold for row in before} - {row.slot.fold for row in rows(pane)} == {fold}
    gone = [row for row in before if row not in rows(pane)]
    for row in gone:
        if isinstance(row, WeightRow):
            assert not row.map.visible
        elif isinstance(row, BarRow):
            assert not any(len(rectangles) for _, rectangles in series(row))
    pane.session.look(folded=())
    pane.renew()
    assert rows(pane) == before


def test_full_axes_cut_no_bar() -> None:
    """Of the bundled model, whose usual axes cut some."""
    bundled = load_model("bundled:sixteen")
    assert bundled.example is not None
    run = Trace(bundled, bundled.example.text).finish()
    while run.look_further():
        pass
    pane = pane_specs()["cell"].make(session_of(run), THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    cut = {}
    for full in (False, True):
        pane.session.look(full_axes=full)
        pane.resize(1260, 770)
        cut[full] = 0
        for t in range(1, run.steps + 1):
            step = run.step(t)
            cut[full] += sum(
                len(cut_units(row.chart, step.values[row.quantity])) for row in bar_rows(pane)
            )
    assert cut[False] > 50
    assert cut[True] == 0


def test_zooming_in_all_charts_at_once() -> None:
    pane = pane_of(Case(1024))
    assert all(row.axis.pooled for row in bar_rows(pane))
    pane.session.zoom_by(64)
    pane.renew()
    axis = pane.axis
    assert isinstance(axis, UnitAxis)
    assert not axis.pooled
    assert axis.first <= pane.session.unit < axis.end
    for row in bar_rows(pane):
        assert row.axis == axis
        drawn = [len(rectangles) for _, rectangles in series(row) if len(rectangles)]
        assert set(drawn) <= {axis.end - axis.first}
    pane.session.look(zoom=ALL)
    pane.renew()
    assert all(row.axis.shown == 1024 for row in bar_rows(pane))


# The pointer -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [Case(), Case(128)], ids=str)
def test_a_click_selects_the_unit_under_it(case: Case) -> None:
    pane = pane_of(case)
    for row in rows(pane):
        for unit in (0, 5, 15):
            y = row.rect.center().y()
            pane.press(QPointF(row.rect.left() + pane.axis.center(unit), y))
            assert pane.session.unit == unit


def test_hovering_tells_index_and_value() -> None:
    pane = pane_of(Case())
    step, before = trace_of(Case()).step(7), trace_of(Case()).step(6)
    for row in bar_rows(pane):
        words = pane.hover(QPointF(row.rect.left() + pane.axis.center(5), row.rect.center().y()))
        name = "h" if type(row).__name__ == "BlendRow" else row.quantity
        assert words.startswith(f"{name}[5] = ")
        assert f"{exact(float(step.values[name][5]))}" in words
        if name != "h":
            change = float(step.values[name][5]) - float(before.values[name][5])
            assert f"{exact(change)} since step 6" in words


def test_what_stands_beside_the_weights_is_clear_of_the_selected_unit_s_tick() -> None:
    pane = pane_of(Case())
    beside = [row for row in weight_rows(pane) if row.side == "h"]
    assert beside
    for row in beside:
        left, _ = row._beside_at
        wide = mathematics.width(row._beside(), 11)
        assert left >= 0
        assert left + wide <= row.rect.left() - 20, "the tick is 4 pixels beside the map there"


def test_hovering_a_weight_tells_what_it_joins() -> None:
    pane = pane_of(Case())
    m = Case().model()
    for row in weight_rows(pane):
        matrix = weights_of(Case(), row.gate, row.side)
        source = 3
        y = row.rect.top() + (source + 0.5) * row.rect.height() / len(matrix)
        words = pane.hover(QPointF(row.rect.left() + pane.axis.center(5), y))
        assert f"W_{row.side}{row.gate}[5, {source}] = {exact(matrix[source, 5])}" in words
        joined = f"from character “{m.require_vocabulary()[source]}” to unit 5"
        assert (joined if row.side == "i" else "from unit 3 to unit 5") in words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_the_blends_equation_has_its_bars_colours(
    notation: Notation, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = CellPane(session_of(recording(model(), 12), 7), THEMES[theme])
    pane.session.look(notation=notation)
    pane.resize(1260, 770)
    drawn: dict[str, str] = {}
    original = mathematics.draw

    def spy(p: Any, x: float, y: float, markup: str, color: QColor, pixels: float) -> float:
        drawn[markup] = color.name()
        return original(p, x, y, markup, color, pixels)

    monkeypatch.setattr(mathematics, "draw", spy)
    painted(pane, monkeypatch)
    colors = THEMES[theme]
    assert drawn[pane.symbol("take")] == colors.take_text.name()
    assert drawn[pane.symbol("keep")] == colors.keep_text.name()
    assert drawn[f"{pane.symbol('h')} = "] == colors.text.name()


@pytest.mark.parametrize("gate", ["r", "z"])
def test_the_courses_one_bias_is_explained(gate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = CellPane(session_of(recording(model(), 12), 7), THEMES["light"])
    pane.resize(1260, 770)
    words, head = f"b_{gate} = b_{{i{gate}}} + b_{{h{gate}}}", QPointF()
    for column in pane.columns():
        if f"sum_{gate}" in [row.computes for row in column.rows]:
            head = QPointF(column.left + 40, column.top + 40)
    assert words not in painted(pane, monkeypatch)
    assert pane.hover(head) == ""
    pane.session.look(notation="course")
    pane.resize(1260, 770)
    assert words in painted(pane, monkeypatch)
    assert pane.hover(head).splitlines()[-1] == f"b_{gate} = b_i{gate} + b_h{gate}"
    pane.resize(900, 770)
    assert words not in painted(pane, monkeypatch), "no room: pointing at it tells"
    assert pane.hover(QPointF(pane.columns()[0].left + 40, 10)) == "b_r = b_ir + b_hr"


@pytest.mark.parametrize(("hidden", "zoom"), [(1, 1), (3, 1), (6, 1), (16, 9)])
def test_few_units_leave_no_words_out(
    hidden: int, zoom: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bars grow into the room, all six matrices keep their scales, equations their size."""
    pane = pane_of(Case(hidden, {"symbols": 29}))
    pane.session.zoom_by(zoom)
    pane.renew()
    assert pane.axis.plot_width >= min(0.9 * pane.axis.width, 64 * pane.axis.shown)
    ends = {brief(pane.weight_level(side)) for side in ("i", "h")}
    scales: list[str] = []
    sizes: list[float] = []
    text, draw = fonts.text, mathematics.draw

    def see_text(p: Any, x: float, y: float, words: str, *more: Any, **named: Any) -> fonts.Shape:
        if words.startswith("−") and words[1:] in ends and more[2:3] == (10,):
            scales.append(words)
        return text(p, x, y, words, *more, **named)

    def see_formula(p: Any, x: float, y: float, words: str, color: Any, pixels: float) -> float:
        if words.startswith(pane.symbol("h") + " = "):
            sizes.append(pixels)
        return draw(p, x, y, words, color, pixels)

    monkeypatch.setattr(fonts, "text", see_text)
    one_by_one(monkeypatch)
    monkeypatch.setattr(mathematics, "draw", see_formula)
    for row in weight_rows(pane):
        before = len(scales)
        paint_row(row)
        assert len(scales) == before + 1, row.formula()
    paint(pane)
    assert sizes == [16]


def test_where_a_scale_has_no_room_a_short_one_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of small weights, whose level is a longer number, beside the chip of what is read."""
    pane = pane_of(Case(1024, {"scale": 0.05}))
    ends = {brief(pane.weight_level(side)) for side in ("i", "h")}
    said: list[str] = []
    text = fonts.text

    def see_text(p: Any, x: float, y: float, words: str, *more: Any, **named: Any) -> fonts.Shape:
        if words[1:] in ends and more[2:3] == (10,):
            said.append(words[0])
        return text(p, x, y, words, *more, **named)

    monkeypatch.setattr(fonts, "text", see_text)
    for row in weight_rows(pane):
        before = len(said)
        paint_row(row)
        assert len(said) == before + 1, row.formula()
    assert {*said} == {"−", "±"}


def paint_row(row: Row) -> None:
    image = QImage(row.pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    row.paint_background(painter)
    painter.end()


def test_the_blends_equation_can_be_read_on_a_projector(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a window of 1366 × 768, beside the matrices: below its name, where that is larger.

    In a higher one, where a column has more rows than its neighbours.
    """
    pane = pane_of(Case())
    gates = pane._bands[0]
    common = set.intersection(*({row.slot for row in column.rows} for column in gates.columns))
    more = [slot for slot in gates.slots if slot not in common]
    pane.resize(1055, 549 + slots.fixed(more) + slots.least(more))
    sizes: list[float] = []
    draw = mathematics.draw

    def see(p: Any, x: float, y: float, words: str, color: Any, pixels: float) -> float:
        if words.startswith(pane.symbol("h") + " = "):
            sizes.append(pixels)
        return draw(p, x, y, words, color, pixels)

    monkeypatch.setattr(mathematics, "draw", see)
    paint(pane)
    assert len(sizes) == 1
    assert sizes[0] >= 13
    assert weight_rows(pane)


@pytest.mark.parametrize("width", range(500, 1400, 25))
def test_columns_have_subtitles_together(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = pane_of(Case(), (width, 700))
    words = painted(pane, monkeypatch)
    told = [column.spec.subtitle in words for column in pane.columns() if column.spec.subtitle]
    assert told in ([True] * 3, [False] * 3)
    assert any(told) == (width >= 1150)


def test_a_bar_that_is_cut_ends_in_an_arrowhead() -> None:
    """In the picture itself: the ground's colour in the bar's end, where its tip would be."""
    case = Case(16, {"scale": 3.0})
    pane, found = pane_of(case), 0
    for t in range(1, STEPS + 1):
        pane.session.go_to(t)
        pane.show_step()
        image, step = paint(pane), trace_of(case).step(t)
        for row in bar_rows(pane):
            low, high = limits(case, row.quantity)
            for unit, value in enumerate(step.values[row.quantity]):
                if row.quantity.startswith(("input", "hidden", "sum")) and not low <= value <= high:
                    end = row.rect.top() + 2.5 if value > high else row.rect.bottom() - 2.5
                    x = row.rect.left() + row.axis.center(unit)
                    ground = image.pixelColor(round(x), round(end))
                    assert min(ground.red(), ground.green(), ground.blue()) > 150, (t, row.quantity)
                    found += 1
    assert found > 3


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
def test_signs_in_the_gutter_keep_clear_of_the_axis_numbers(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In windows of 1366 × 768 and 1600 × 1000."""
    pane = CellPane(session_of(recording(model(), 12), 7, 3), THEMES["light"])
    pane.resize(*size)
    placed: list[tuple[str, QRectF]] = []
    drawn = fonts.text

    def spy(p: QPainter, x: float, y: float, words: str, *more: Any, **named: Any) -> Any:
        shape, align = drawn(p, x, y, words, *more, **named), named.get("align", "left")
        left = x - shape.width * {"left": 0, "center": 0.5, "right": 1}[align]
        high = 17 if words in "+=" else 7  # pixels of letters, about
        if more[1] != fonts.MATH or more[2] == 17:  # of mathematics the gutter's alone
            placed.append((words, QRectF(left, y - high, shape.width, high)))
        return shape

    monkeypatch.setattr(fonts, "text", spy)
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    signs = [rect for words, rect in placed if words in ("+", "=")]
    ticks = [rect for words, rect in placed if re.fullmatch("−?[0-9.]+", words)]
    assert len(signs) == 5
    assert len(ticks) > 20
    for sign in signs:
        assert sign.left() > 0
        assert not any(sign.adjusted(-1, -1, 1, 1).intersects(tick) for tick in ticks)
