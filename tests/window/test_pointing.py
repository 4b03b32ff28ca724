"""The pointer over a pane: what it is at is framed in the others, and no longer when it leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.panes import pointing
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
