"""A step that halts: heading, sentence, question, trail and pill tell of one value."""

from __future__ import annotations

import pytest
from samples import model, recording, session_of
from words import painted

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import Reset
from gru_debugger.core.quantities import COMPUTATIONS, is_computed
from gru_debugger.numerals import two
from gru_debugger.panes import heads, named
from gru_debugger.panes.cell import CellPane
from gru_debugger.panes.unit import UnitPane
from gru_debugger.questions.asked import selectable

pytestmark = pytest.mark.usefixtures("screen")

INSIDE = [(reset, c) for reset, order in COMPUTATIONS.items() for c in order if c != "blend"]
BEGINS = {"hidden_n": "Hidden part", "reset_product": "Of the", "h_prev": "Old state"}


@pytest.mark.parametrize(("reset", "computation"), INSIDE)
def test_all_tell_of_the_same_value(
    reset: Reset, computation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(recording(model(reset=reset), 12), 5, 3)
    pane, cell = UnitPane(session, THEMES["light"]), CellPane(session, THEMES["light"])
    pane.resize(340, 600)
    cell.resize(1000, 1000)
    session.follow(7)
    session.go_to(7, computation)
    frame = session.frame
    assert frame is not None
    for quantity in selectable(reset):
        session.look(quantity=quantity)
        told = quantity if is_computed(quantity, computation, reset) else computation
        pane.show_unit()
        said = painted(pane, monkeypatch)
        assert f"{two(float(frame.step.values[told][3]))}" in said
        assert named.words(pane) in said
        begins = BEGINS.get(told, f"{told[-1]}_{{3}}")
        assert pane.sentence(frame)[0].text.startswith(begins)
        assert pane.words().partition(". Unit 3: ")[2].startswith(begins.removesuffix("_{3}"))
        assert session.told_where.quantity == told
        rows = [row for row in cell.shown_rows() if row.selected]
        chips = [c.spec.chip for c in cell.columns() if heads._is_selected(cell, c)]
        assert rows or chips
        assert all(told in row.selects for row in rows)
        assert set(chips) <= {told}
