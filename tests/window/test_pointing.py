"""The pointer over a pane: what it is at is framed in the others, and no longer when it leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.core.cell import Notation, Reset
from gru_debugger.main_window import MainWindow
from gru_debugger.panes import calculation_pointing, pointing, strip_marks
from gru_debugger.window.pane_view import PaneView

OpenWindow = Callable[..., MainWindow]


def seen(view: PaneView) -> object:
    QApplication.processEvents()
    return view.viewport().grab().toImage()


def test_a_symbol_frames_its_chart_and_what_is_beside_it(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(recording(model(), 40), 12, 5)
    window.session.select_value("z", 5)
    cell, unit = window.views["cell"], window.views["unit"]
    before, told = seen(cell), list[str]()
    monkeypatch.setattr(unit.pane, "show_pointed", lambda: told.append(window.session.pointed))
    row = next(r for r in cell.pane.shown_rows() if r.stands_for == ("input_z",))
    cell._pointer_moved(cell.mapFromScene(row.rect.center()).toPointF(), False)
    assert (window.session.pointed, window.session.pointed_in_formula) == ("input_z", False)
    assert told == ["input_z"], "its symbol in the unit's equation is framed"
    symbol = next(s for s in pointing.symbols_of(cell.pane) if s.quantity == "input_z")
    at = QPointF(symbol.rect.left() + 4, symbol.rect.center().y())
    cell._pointer_moved(cell.mapFromScene(at).toPointF(), False)
    assert window.session.pointed_in_formula
    assert seen(cell) != before
    cell.leaveEvent(QEvent(QEvent.Type.Leave))
    assert window.session.pointed == ""
    assert told[-1] == ""
    assert seen(cell) == before


def move(view: PaneView, at: QPointF) -> None:
    view._pointer_moved(QPointF(view.mapFromScene(at)), False)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_x_and_the_character_that_is_read_are_two_sights_of_one(
    open_window: OpenWindow, reset: Reset, notation: Notation
) -> None:
    window = open_window(recording(model(reset=reset), 40), 12, 5)
    window.session.look(notation=notation)
    for centre in ("cell", "calculation"):
        window.session.look(centre=centre)
        shown, text = window.views[centre], window.views["strip"]
        before, read = seen(shown), seen(text)
        tile = strip_marks.tile_now(text.pane)
        move(text, tile.center())
        assert (window.session.pointed, window.session.pointed_in_formula) == ("x", False)
        assert seen(shown) != before, f"x is framed in the {centre}"
        text.leaveEvent(QEvent(QEvent.Type.Leave))
        assert seen(shown) == before
        of = pointing if centre == "cell" else calculation_pointing
        x = next(one for one in of.symbols_of(shown.pane) if one.quantity == "x")
        move(shown, x.rect.center())
        assert (window.session.pointed, window.session.pointed_in_formula) == ("x", True)
        assert text.pane.pointed_rects()[1].contains(tile)
        assert seen(text) != read, "the character's tile is framed"
        shown.leaveEvent(QEvent(QEvent.Type.Leave))
        assert seen(text) == read


def test_a_symbol_of_the_sheet_is_framed_in_the_docks_and_the_other_way_round(
    open_window: OpenWindow,
) -> None:
    window = open_window(recording(model(), 40), 12, 5)
    window.session.look(centre="calculation", all_equations=True)
    press(window, "B")
    sheet, curves = window.views["calculation"], window.views["curves"]
    QApplication.processEvents()
    before, calm = seen(sheet), seen(curves)
    z = next(one for one in calculation_pointing.symbols_of(sheet.pane) if one.quantity == "z")
    move(sheet, z.rect.center())
    assert seen(curves) != calm, "its point on the curve"
    sheet.leaveEvent(QEvent(QEvent.Type.Leave))
    assert seen(curves) == calm
    at = curves.pane.rect_of("z", 5)
    assert at is not None
    move(curves, at.center())
    assert window.session.pointed == "z"
    assert seen(sheet) != before, "its numbers"
    curves.leaveEvent(QEvent(QEvent.Type.Leave))
    assert seen(sheet) == before
    window.docks.show("unit")
    unit = window.views["unit"]
    QApplication.processEvents()
    named = next(one for one in unit.pane._symbols() if one.quantity == "input_r")
    move(unit, named.rect.center())
    assert window.session.pointed == "input_r"
    assert seen(sheet) != before


def test_the_text_is_drawn_anew_only_for_what_it_shows(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(recording(model(), 40), 12, 5)
    text, told = window.views["strip"].pane, list[str]()
    monkeypatch.setattr(text, "repaint_step", lambda: told.append(window.session.pointed))
    for name in ("r", "hidden_z", "", "x"):
        window.session.point_at(name)
    assert told == ["x"]
