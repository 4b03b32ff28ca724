"""Symbols and charts: pointing at one frames the other, in both variants and notations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import Notation, Reset
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.panes import pointing, strip_marks, symbols
from gru_debugger.panes.cell import CellPane
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.symbols import spans
from gru_debugger.panes.unit import UnitPane
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")


def pane_of(session: Session, kind: Any = CellPane, size: tuple[int, int] = (1260, 770)) -> Any:
    pane = kind(session, THEMES["light"])
    for changed in (session.position_changed, session.pointed_changed):
        changed.connect(pane.show_step)
    session.view_changed.connect(pane.renew)
    pane.resize(*size)
    return pane


FORMULAS: list[tuple[str, Notation, Reset, set[tuple[str, str]]]] = [
    ("r_t = σ(W_{ir}x_t + b_{ir} + W_{hr}h_{t−1} + b_{hr})", "pytorch", "after", {
        ("r", "r_t"), ("input_r", "W_{ir}x_t + b_{ir}"), ("input_r", "W_{ir}x_t"),
        ("hidden_r", "W_{hr}h_{t−1} + b_{hr}"), ("hidden_r", "W_{hr}h_{t−1}"), ("x", "x_t"),
        ("h_prev", "h_{t−1}"), ("W_ir", "W_{ir}"), ("W_hr", "W_{hr}")}),
    ("n_t = tanh(W_{in}x_t + b_{in} + W_{hn}(r_t ⊙ h_{t−1}) + b_{hn})", "pytorch", "before", {
        ("n", "n_t"), ("input_n", "W_{in}x_t + b_{in}"), ("input_n", "W_{in}x_t"), ("x", "x_t"),
        ("hidden_n", "W_{hn}(r_t ⊙ h_{t−1}) + b_{hn}"), ("hidden_n", "W_{hn}(r_t ⊙ h_{t−1})"),
        ("reset_product", "r_t ⊙ h_{t−1}"), ("r", "r_t"), ("h_prev", "h_{t−1}"),
        ("W_in", "W_{in}"), ("W_hn", "W_{hn}")}),
    ("Γ_u ⊙ c̃^{⟨t⟩} + (1 − Γ_u) ⊙ c^{⟨t−1⟩}", "course", "after", {
        ("take", "Γ_u ⊙ c̃^{⟨t⟩}"), ("keep", "(1 − Γ_u) ⊙ c^{⟨t−1⟩}"), ("z", "Γ_u"),
        ("z", "1 − Γ_u"), ("n", "c̃^{⟨t⟩}"), ("h_prev", "c^{⟨t−1⟩}")}),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "notation", "reset", "expected"), FORMULAS)
def test_the_symbols_of_an_equation(
    formula: str, notation: Notation, reset: Reset, expected: set[tuple[str, str]]
) -> None:
    found = {(name, formula[first:end]) for name, first, end in spans(formula, notation, reset)}
    assert found == expected


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_every_chart_of_the_cell_has_its_symbol_and_each_symbol_its_chart(
    notation: Notation, reset: Reset
) -> None:
    session = session_of(recording(model(reset=reset), 12), 5, 3)
    session.look(notation=notation)
    pane = pane_of(session)
    named = {one.quantity for one in pointing.symbols_of(pane)}
    charts = {name for row in pane.shown_rows() for name in row.stands_for}
    assert named - charts == {"x"}, "x stands in the text, and beside the matrices"
    assert {one.quantity for one in pointing.beside_charts(pane)} >= {"x", "h_prev"}
    assert charts - named <= {"sum_r", "sum_z"}, "only in a gate's own caption"
    session.close()


def test_pointing_at_a_symbol_frames_its_chart() -> None:
    session = session_of(recording(model(), 12), 5, 3)
    pane = pane_of(session)
    named = [one.rect for one in pointing.symbols_of(pane) if one.quantity == "hidden_z"]
    whole = max(named, key=lambda rect: rect.width())  # its end is the bias, no symbol of its own
    session.point_at(*pane.pointed_at(QPointF(whole.right() - 6, whole.center().y())))
    assert (session.pointed, session.pointed_in_formula) == ("hidden_z", True)
    (row,) = (row for row in pane.shown_rows() if row.stands_for == ("hidden_z",))
    rects = pointing.pointed_rects(pane)
    assert rects == [*named, pointing.chart(pane, row)]
    session.close()


def test_of_symbols_within_each_other_the_innermost_is_meant() -> None:
    session = session_of(recording(model(), 12), 5, 3)
    pane = pane_of(session)
    for name in ("x", "h_prev", "W_ir", "r"):
        rect = next(one.rect for one in pointing.symbols_of(pane) if one.quantity == name)
        assert pane.pointed_at(rect.center()) == (name, True)
    session.close()


def test_pointing_at_a_chart_frames_its_symbols_and_not_itself() -> None:
    session = session_of(recording(model(), 12), 5, 3)
    pane = pane_of(session)
    for row in pane.shown_rows():
        if not row.stands_for:
            continue
        session.point_at(*pane.pointed_at(row.rect.center()))
        assert (session.pointed, session.pointed_in_formula) == (row.stands_for[0], False)
        rects = pointing.pointed_rects(pane)
        assert rects == [r for q, r in pointing.symbols_of(pane) if q == session.pointed]
    assert pane.pointed_at(QPointF(0, 0)) == ("", False)
    session.close()


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("told", [{}, {"embedding": 5}, {"layers": 2}], ids=str)
def test_what_weights_meet_is_framed_with_its_symbol(
    notation: Notation, reset: Reset, told: dict[str, int]
) -> None:
    session = session_of(recording(model(reset=reset, **told), 12), 5, 3)
    for layer in range(told.get("layers", 1)):
        session.look(notation=notation, layer=layer, contributions=bool(layer))
        pane = pane_of(session)
        there = pointing.beside_charts(pane)
        product = ["reset_product"] if reset == "before" else ["h_prev"]
        assert [one.quantity for one in there] == ["x", "h_prev"] * 2 + ["x", *product]
        for one in there:
            assert pane.pointed_at(one.rect.center()) == (one.quantity, False)
            session.point_at(one.quantity, True)
            assert one.rect in pointing.pointed_rects(pane)
            session.point_at(one.quantity, False)
            assert one.rect not in pointing.pointed_rects(pane)
            assert pointing.pointed_rects(pane), "its symbols"
        for row in pane.shown_rows():
            for one in row.symbols():
                assert pane.pointed_at(one.rect.center())[1]
                assert row.symbols()[0].rect.right() <= row.rect.right()
    session.close()


def test_a_strip_says_x_of_the_lowest_layer_alone() -> None:
    session = session_of(recording(model(layers=2), 12), 5, 3)
    pane = pane_of(session, StripPane, (1260, 156))
    tile = strip_marks.tile_now(pane).center()
    assert pane.pointed_at(tile) == ("x", False)
    assert pane.pointed_at(QPointF(pane.x(4) + 3, tile.y())) == ("", False), "another character"
    named = pane._symbols()[0].rect.center()
    assert pane.pointed_at(named) == ("x", True)
    assert "input" in pane.hover(named)
    session.look(layer=1)  # which reads the states below
    assert pane.pointed_at(tile) == ("", False)
    session.look(layer=0)
    session.go_to(0)
    assert pane.pointed_at(strip_marks.tile_now(pane).center()) == ("", False)
    session.close()


def pixels(pane: Any) -> np.ndarray:
    from PySide6.QtGui import QImage, QPainter

    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).copy()


@pytest.mark.parametrize("kind", [CellPane, UnitPane])
def test_what_is_pointed_at_elsewhere_is_framed_here(kind: Any) -> None:
    session = session_of(recording(model(), 12), 5, 3)
    session.select_value("z", 3)
    pane = pane_of(session, kind, (340, 700) if kind is UnitPane else (1260, 770))
    before = pixels(pane)
    session.point_at("hidden_z")
    framed = pixels(pane)
    assert (before != framed).any()
    session.point_at("")
    assert (pixels(pane) == before).all()
    session.close()


def test_the_unit_s_equations_are_symbols_too() -> None:
    session = session_of(recording(model(), 12), 5, 3)
    session.look(all_equations=True)
    pane = pane_of(session, UnitPane, (340, 700))
    found = {one.quantity: one for one in pane._symbols()}
    assert {"r", "z", "n", "h", "input_r", "hidden_n", "h_prev"} <= found.keys()
    assert pane.pointed_at(found["hidden_n"].rect.center()) == ("hidden_n", True)
    assert "W_hn h + b_hn" in pane.hover(found["hidden_n"].rect.center())
    session.close()


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_a_symbol_is_explained_in_both_notations_and_variants(
    notation: Notation, reset: Reset
) -> None:
    run = recording(model(reset=reset), 12)
    session = session_of(run, 5, 3)
    session.look(notation=notation)
    pane = pane_of(session)
    told = symbols.explained(pane, "z")
    assert ("the course writes 1 − Γ_u" in told) == (notation == "pytorch")
    assert ("PyTorch writes z_t" in told) == (notation == "course")
    assert "Γu = 1 − z" in told
    assert f"{run.step(5).z[3]:+.6f} in unit 3" in told
    weighs = "weighs the finished product W_hn h" if reset == "after" else "weighs h before"
    assert f"here the reset gate {weighs}" in symbols.explained(pane, "r")
    point = next(one.rect for one in pointing.symbols_of(pane) if one.quantity == "r").center()
    assert "reset gate" in pane.hover(point)
    session.close()


@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_computation_is_marked_in_its_equation(reset: Reset) -> None:
    session = session_of(recording(model(reset=reset), 12), 4, 3)
    pane = pane_of(session)
    assert session.computation == "blend"
    assert pointing.computed_rects(pane) == []
    for computation in COMPUTATIONS[reset][:-1]:
        session.next_computation()
        assert session.computation == computation
        rects = pointing.computed_rects(pane)
        if computation in ("hidden_n", "reset_product"):
            first = min(row.rect.top() for row in pane.shown_rows())
            named = pointing.symbols_of(pane)
            wanted = [r for q, r in named if q == computation and r.bottom() < first]
        else:
            (column,) = (c for c in pane.columns() if c.spec.computes == computation)
            wanted = [rect for rect in rects if rect.left() < column.left + 5]
            assert rects[0].left() == pytest.approx(column.left - 3)
        assert rects
        assert rects == wanted
    session.close()
