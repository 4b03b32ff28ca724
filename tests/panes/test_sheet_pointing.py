"""Symbols and numbers of the worked sheet: pointing at one frames the others, there and beside."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from samples import model, recording, session_of

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.quantities import CELL_QUANTITIES, COMPUTATIONS
from gru_debugger.numerals import two
from gru_debugger.panes import calculation_pointing as pointing
from gru_debugger.panes.calculation import CalculationPane
from gru_debugger.panes.cell import CellPane
from gru_debugger.panes.row_by_hand import RowByHandPane
from gru_debugger.panes.symbols import spans
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")
T, UNIT = 7, 3
WAYS = [*product(("after", "before"), ("pytorch", "course"))]
MATRICES = {f"W_{side}{gate}" for side in "ih" for gate in "rzn"}


def pane_of(session: Session, kind: Any = CalculationPane, size: Any = (1259, 737)) -> Any:
    pane = kind(session, THEMES["light"])
    session.position_changed.connect(pane.show_step)
    session.view_changed.connect(pane.renew)
    pane.resize(max(size[0], pane.least_width), size[1])
    return pane


def session_in(reset: str, notation: str, **told: Any) -> Session:
    session = session_of(recording(model(reset=reset, **told)), T, UNIT)  # type: ignore[arg-type]
    session.look(notation=notation)
    return session


def drawn(pane: Any, patch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any], np.ndarray]:
    """Formulas (markup, left, baseline, pixels), words (words, left, right, baseline), pixels."""
    formulas, words = list[Any](), list[Any]()
    draw, text = mathematics.draw, fonts.text

    def spy_draw(p: Any, x: float, y: float, markup: str, color: Any, pixels: float) -> float:
        formulas.append((markup, x, y, pixels))
        return draw(p, x, y, markup, color, pixels)

    def spy_text(p: Any, x: float, y: float, said: str, *rest: Any, **more: Any) -> Any:
        shape = text(p, x, y, said, *rest, **more)
        left = x - {"right": shape.width, "center": shape.width / 2}.get(more.get("align", ""), 0)
        words.append((said, left, left + shape.width, y))
        return shape

    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    with patch.context() as inner:
        inner.setattr(mathematics, "draw", spy_draw)
        inner.setattr(fonts, "text", spy_text)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
    return formulas, words, np.frombuffer(image.constBits(), np.uint32).copy()


def named_and_numbers(pane: Any) -> tuple[list[Any], list[Any]]:
    if isinstance(pane, CalculationPane):
        return pointing.symbols_of(pane), pointing.blocks_of(pane)
    return pane._symbols(), pane._blocks()


@pytest.mark.parametrize(("reset", "notation"), WAYS)
@pytest.mark.parametrize("kind", [CalculationPane, RowByHandPane])
def test_every_symbol_that_is_drawn_can_be_pointed_at(
    kind: Any, reset: str, notation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_in(reset, notation)
    pane = pane_of(session, kind, (380, 500) if kind is RowByHandPane else (1259, 737))
    symbols, _ = named_and_numbers(pane)
    seen = 0
    for markup, x, y, pixels in drawn(pane, monkeypatch)[0]:
        for name, first, end in spans(markup, notation, reset):  # type: ignore[arg-type]
            left, right = (x + mathematics.width(markup[:i], pixels) for i in (first, end))
            middle = QPointF((left + right) / 2, y - 4)
            assert any(one.quantity == name and one.rect.contains(middle) for one in symbols), (
                name, markup)  # fmt: skip
            assert pane.pointed_at(QPointF(left + 1, y - 4))[1], "a symbol, if one within it"
            seen += 1
    assert seen > (40 if kind is CalculationPane else 9)
    session.close()


@pytest.mark.parametrize(("reset", "notation"), WAYS)
@pytest.mark.parametrize("size", [(1259, 737), (1025, 505)])
def test_the_numbers_of_a_quantity_are_its_block(
    reset: str, notation: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_in(reset, notation)
    pane = pane_of(session, size=size)
    symbols, blocks = named_and_numbers(pane)
    merged = set() if notation == "pytorch" else {"hidden_r", "hidden_z"}  # the bias is one
    merged |= {"hidden_n"} if notation == "course" and reset == "before" else set()
    for quantity in CELL_QUANTITIES:
        if quantity == "x":
            continue
        assert any(one.quantity == quantity for one in symbols), quantity
        mine = [one.rect for one in blocks if one.quantity == quantity]
        assert mine, quantity
        for unit in pane.rows:
            place = pane.rect_of(quantity, unit)
            if place is not None:
                assert any(rect.contains(place.center()) for rect in mine), quantity
                assert pane.pointed_at(place.center()) == (quantity, False)
            else:
                assert quantity.startswith("input") or quantity in merged or pane.layout.folded
    there = {one.quantity for one in blocks}
    assert there - {*CELL_QUANTITIES} <= MATRICES
    session.close()


@pytest.mark.parametrize(("reset", "notation"), WAYS)
@pytest.mark.parametrize("hidden", [16, 40])
def test_the_blocks_of_the_row_by_hand_hold_its_numbers(
    reset: str, notation: str, hidden: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_in(reset, notation, hidden=hidden)
    pane = pane_of(session, RowByHandPane, (380, 600))
    step = session.step
    assert step is not None
    _, words, _ = drawn(pane, monkeypatch)
    _, blocks = named_and_numbers(pane)
    for quantity in ("sum_r", "sum_z", "sum_n", "r", "n", "h", "h_prev",
                     *(["hidden_n"] if (reset, notation) != ("before", "course") else [])):
        value = two(float(step.values[quantity][UNIT]))
        within = {
            said.split()[-1] for said, left, right, y in words for one in blocks
            if one.quantity == quantity and one.rect.contains(QPointF(right - 6, y - 4))
            and said.strip()
        }  # fmt: skip
        assert value in within, (quantity, within)
    session.close()


@pytest.mark.parametrize(("reset", "notation"), WAYS)
def test_what_is_pointed_at_is_framed_and_only_while_it_is(
    reset: str, notation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_in(reset, notation)
    for kind in (CalculationPane, RowByHandPane):
        pane = pane_of(session, kind)
        pane.resize(1259, 737)
        before = drawn(pane, monkeypatch)[2]
        for name in ("hidden_z", "h_prev", "W_hn"):
            session.point_at(name)
            assert (drawn(pane, monkeypatch)[2] != before).any(), name
        session.point_at("")
        assert (drawn(pane, monkeypatch)[2] == before).all()
        told = list[str]()
        monkeypatch.setattr(pane, "repaint_step", lambda: told.append("anew"))  # noqa: B023
        pane.show_pointed()
        assert told == ["anew"]
    session.close()


def test_a_symbol_of_the_sheet_is_explained() -> None:
    for reset, notation in WAYS:
        session = session_in(reset, notation)
        pane = pane_of(session)
        (r, *_) = (one for one in pointing.symbols_of(pane) if one.quantity == "r")
        other = "course" if notation == "pytorch" else "PyTorch"
        assert f"{other} writes" in pane.hover(r.rect.center())
        finished = "weighs the finished product" if reset == "after" else "weighs h before"
        assert f"here the reset gate {finished}" in pane.hover(r.rect.center())
        session.close()


def test_inside_a_step_and_before_it_all_can_be_asked() -> None:
    for reset, _ in WAYS[::2]:
        session = session_in(reset, "pytorch")
        pane = pane_of(session)
        for computation in COMPUTATIONS[reset]:  # type: ignore[index]
            session.go_to(T, computation)
            session.point_at("z", True)
            assert pointing.pointed_rects(pane)
        session.go_to(0)
        assert pointing.pointed_rects(pane), "columns and equations stand there already"
        assert not any(one.quantity == "x" for one in pointing.blocks_of(pane))
        session.close()


def test_what_was_found_is_found_anew_where_it_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a pane that stays as notation, step, unit, layer and run change."""
    session = session_in("after", "pytorch", layers=2)
    pane = pane_of(session)
    session.unit_changed.connect(pane.show_unit)
    session.opened.connect(pane.renew)
    other = recording(model(reset="before"), 12)
    for change in (
        lambda: session.look(notation="course"), session.step_forward, session.next_computation,
        lambda: session.select_unit(9), lambda: session.look(layer=1),
        lambda: session.open(other, 4), lambda: session.look(notation="pytorch"),
        lambda: session.go_to(0),
    ):  # fmt: skip
        named_and_numbers(pane)
        change()
        fresh = pane_of(session)
        assert named_and_numbers(pane) == named_and_numbers(fresh)
    session.close()


def test_a_pointer_that_moves_finds_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_in("after", "pytorch")
    pane = pane_of(session)
    named_and_numbers(pane)
    for name in ("_heads", "_columns"):
        monkeypatch.setattr(pointing, name, lambda *_: pytest.fail("known"))
    pane.pointed_at(QPointF(300, 300))
    session.step_forward()
    pane.pointed_at(QPointF(300, 300))
    session.close()


def test_of_two_steps_both_are_framed() -> None:
    session = session_in("after", "pytorch")
    pane = pane_of(session, size=(1259, 900))
    session.look(two_steps=True)
    session.point_at("keep")
    blocks = [one.rect for one in pointing.blocks_of(pane) if one.quantity == "keep"]
    assert len(blocks) == 2
    assert pointing.pointed_rects(pane)[-2:] == blocks
    session.close()


def test_what_the_two_centres_call_a_quantity_is_the_same() -> None:
    """So whoever points in a dock finds it in either."""
    session = session_in("after", "pytorch")
    sheet, cell = pane_of(session), pane_of(session, CellPane, (1260, 770))
    from gru_debugger.panes import pointing as in_cell

    both = [
        {one.quantity for one in named} for named in
        (pointing.symbols_of(sheet), in_cell.symbols_of(cell))
    ]  # fmt: skip
    assert both[0] >= both[1]
    session.close()
