"""Beside an edited run the one without edits: a line on each bar, an outline round what is set."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from samples import model, recording, session_of
from seeing import contrast
from words import painted

from gru_debugger.charts.bars import BarChart
from gru_debugger.charts.cuts import cut_units
from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import two
from gru_debugger.panes import bar_rows
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.blend import BlendRow
from gru_debugger.panes.cell import CellPane
from gru_debugger.panes.terms import TermList
from gru_debugger.panes.unit import UnitPane

pytestmark = pytest.mark.usefixtures("screen")
STEPS, AT = 30, 20
EDITS = "r = 0.9 from 12", "z[3] = 1 at 20", "h[2] = 0.25 at 20", "hidden_n[5] = 2 at 20"


def pane_of(trace: Trace, position: int = AT) -> CellPane:
    pane = CellPane(session_of(trace, position, 3), THEMES["light"])
    pane.resize(1260, 770)
    return pane


def rows_of(pane: CellPane) -> list[BarRow]:
    return [row for row in pane.shown_rows() if isinstance(row, BarRow)]


def marks(row: BarRow, name: str) -> dict[int, tuple[float, float]]:
    """Top and bottom of what a series draws, by unit; what has no height is not seen."""
    if name not in row.chart._series:
        return {}
    at = [(row.axis.unit_at(x + wide / 2 - row.rect.left()), y, y + high)
          for x, y, wide, high in row.chart[name].rectangles().tolist()]  # fmt: skip
    return {unit: (top, bottom) for unit, top, bottom in at if unit is not None}


@pytest.mark.parametrize("reset", ["after", "before"])
def test_a_line_stands_at_the_value_without_the_edits(reset: Reset) -> None:
    plain = recording(model(reset=reset), STEPS).finish()
    edited = plain.with_edits(*EDITS).finish()
    pane = pane_of(edited)
    here, there = edited.step(AT), plain.step(AT)
    lines = 0
    for row in rows_of(pane):
        found = marks(row, "there")
        old, new = (
            row.chart.ys(step.values[row.quantity]) for step in (there, here)
        )
        assert sorted(found) == np.flatnonzero(np.abs(old - new) > 1.2).tolist(), row.quantity
        for unit, (top, bottom) in found.items():
            assert (top + bottom) / 2 == pytest.approx(old[unit])
        halos = marks(row, "there halo")
        high = row.rect.height() >= 40 or isinstance(row, BlendRow)
        assert sorted(halos) == (sorted(found) if high else [])
        lines += len(found)
    assert lines > 30


def test_what_is_set_is_outlined_and_its_caption_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = recording(model(), STEPS).finish()
    pane = pane_of(plain.with_edits(*EDITS).finish())
    outlined = {row.quantity: sorted(marks(row, "by hand")) for row in rows_of(pane)}
    assert outlined.pop("r") == list(range(16))
    assert {q: units for q, units in outlined.items() if units} == {
        "z": [3], "h": [2], "hidden_n": [5]
    }  # fmt: skip
    words = painted(pane, monkeypatch)
    assert words.count("set by hand") == 3, "r, z and hidden_n; the state's symbol is in its head"
    assert "r_t" in words
    assert "r_t = σ(a_r)" not in words


def test_nothing_of_it_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing stays: not at the steps before, not once the edits are gone."""
    plain = recording(model(), STEPS).finish()
    pane = pane_of(plain.with_edits(*EDITS).finish())
    assert any(marks(row, "there") for row in rows_of(pane))
    pane.session.go_to(5)
    pane.show_step()
    assert not any(marks(row, name) for row in rows_of(pane) for name in ("there", "by hand"))
    assert "set by hand" not in painted(pane, monkeypatch)
    pane.session.go_to(AT)
    pane.session.open(plain, AT)
    pane.resize(1260, 770)
    assert not any(marks(row, name) for row in rows_of(pane) for name in ("there", "by hand"))


def test_a_dense_chart_has_both_in_its_lens_alone() -> None:
    plain = recording(model(1024), 6).finish()
    pane = pane_of(plain.with_edits("r = 1").finish(), 4)
    lens = {*pane.axis.lens}
    assert 3 in lens
    for row in rows_of(pane):
        for name in ("there", "by hand"):
            assert {*marks(row, name)} <= lens
    assert {u for row in rows_of(pane) for u in marks(row, "by hand")} == lens
    assert {u for row in rows_of(pane) for u in marks(row, "there")} == lens
    pane.session.look(lens=False)
    pane.renew()
    assert not any(marks(row, name) for row in rows_of(pane) for name in ("there", "by hand"))


def unit_pane(trace: Trace, told: str) -> UnitPane:
    session = session_of(trace, AT, 3)
    session.look(quantity=told)
    pane = UnitPane(session, THEMES["light"])
    pane.resize(340, 780)
    return pane


@pytest.mark.parametrize("told", ["z", "n", "h", "sum_r"])
def test_the_unit_s_pane_has_the_value_without_the_edits(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside its own, and below the numbers of its equation; in words too."""
    plain = recording(model(), STEPS).finish()
    pane = unit_pane(plain.with_edits(*EDITS).finish(), told)
    there = plain.step(AT).values
    said = painted(pane, monkeypatch)
    value = two(float(there[told][3]))
    assert f"{value} →" in said
    assert "ithout the edits the" in pane.in_words()
    assert f" is {value}" in pane.in_words()
    if told != "h":
        assert value in said, "in the equation"
    parts = {"z": ("hidden_z",), "n": ("r", "hidden_n"), "sum_r": ("hidden_r",), "h": ()}[told]
    assert {two(float(there[name][3])) for name in parts} <= {*said}
    pane.session.open(plain, AT)
    pane.resize(340, 780)
    said = painted(pane, monkeypatch)
    assert not [words for words in said if words.endswith("→")]


@pytest.mark.parametrize("every", [False, True])
def test_terms_have_a_line_where_they_were(every: bool) -> None:
    """Against the weights times the state without the edits."""
    plain = recording(model(), STEPS).finish()
    pane = unit_pane(plain.with_edits(*EDITS).finish(), "z")
    pane.session.look(all_terms=every)
    pane.resize(340, 320 if every else 780)
    step = pane.session.step
    assert step is not None
    cell, h = plain.model.cell(0, "forward"), plain.state(AT - 1).astype(float)
    (block,) = pane.list.blocks(step)
    shown = {row.name for row in block.rows if row.name.startswith("h_")}
    assert len(shown) > 5
    for unit in range(16):
        wanted = cell.weight_hh[16 + 3, unit].astype(float) * h[unit]
        if f"h_{{{unit}}}" in shown:
            assert block.there[f"h_{{{unit}}}"] == pytest.approx(wanted, abs=1e-6)
    if every:
        pane.list.scroll(3)
        (block,) = pane.list.blocks(step)
        last = block.rows[-1]
        assert last.term is not None
        assert last.term.source is not None
        unit = last.term.source[1]
        wanted = cell.weight_hh[16 + 3, unit].astype(float) * h[unit]
        assert block.there[last.name] == pytest.approx(wanted, abs=1e-6)
    pane = unit_pane(plain.with_edits(*EDITS).finish(), "n")
    step = pane.session.step
    assert step is not None
    parts = pane.list.blocks(step)[0].there
    there = plain.step(AT).values
    assert parts["r_{3} · hidden"] == pytest.approx(float(there["reset_product"][3]))
    assert parts["read"] == pytest.approx(float(there["input_n"][3]))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_is_set_is_pale_and_hatched(theme: Theme) -> None:
    """Opaque over the bar, 22 % of the gate's grey; its lines are seen on it."""
    pane = pane_of(recording(model(), STEPS).with_edits(*EDITS).finish())
    pane.use_theme(theme)
    (row,) = (row for row in rows_of(pane) if row.quantity == "r")
    series = row.chart["by hand"]
    fill = series._brush.color()
    for of in (QColor.red, QColor.green, QColor.blue):
        assert of(fill) == pytest.approx(0.78 * of(theme.panel) + 0.22 * of(theme.r), abs=0.51)
    assert fill.alpha() == 255
    assert series._hatch is not None
    assert contrast(series._hatch.color(), fill) > 2


def test_terms_have_a_line_where_they_are_off_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the step that is set its terms are still the same; in the next they no longer are."""
    lines: list[float] = []
    monkeypatch.setattr(TermList, "_paint_there", lambda *said: lines.append(said[-1]))
    trace = recording(model(), STEPS).finish().with_edits("z = 1 at 20").finish()
    for position, some in ((AT, False), (AT + 1, True)):
        lines.clear()
        pane = UnitPane(session_of(trace, position, 3), THEMES["light"])
        pane.resize(340, 700)
        painted(pane, monkeypatch)
        assert bool(lines) is some


def test_what_is_set_beyond_its_axis_ends_in_an_arrowhead(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = pane_of(recording(model(), STEPS).finish().with_edits("z[3] = 5 at 20"))
    cut: dict[str, list[tuple[int, bool]]] = {}

    def seen(p: object, chart: BarChart, values: np.ndarray, color: object) -> None:
        (quantity,) = (row.quantity for row in rows_of(pane) if row.chart is chart)
        cut[quantity] = cut_units(chart, values)

    monkeypatch.setattr(bar_rows, "paint_cuts", seen)
    painted(pane, monkeypatch)
    assert cut["z"] == [(3, True)]
