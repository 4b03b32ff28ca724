"""Causes as links: Alt+1 to Alt+9, a click, the hand over them, and the trail above the pane."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QPoint, QPointF, Qt
from samples import model, recording
from words import painted

from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import two
from gru_debugger.panes.unit import UnitPane
from gru_debugger.questions import writing
from gru_debugger.session.history import Where

OpenWindow = Callable[..., MainWindow]
STEPS, START, UNIT = 30, 12, 5
PLACE = (0, "forward")


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), STEPS).finish(), START, UNIT)


def pane_of(window: MainWindow) -> UnitPane:
    pane = window.views["unit"].pane
    assert isinstance(pane, UnitPane)
    return pane


def here(window: MainWindow) -> tuple[int, str, int]:
    view = window.session.view
    return window.session.position, view.quantity, view.unit


@pytest.mark.parametrize("quantity", ["z", "n", "h", "take", "reset_product", "hidden_r"])
def test_alt_and_a_number_lead_where_the_row_with_it_does(
    window: MainWindow, quantity: str
) -> None:
    window.session.look(quantity=quantity)
    step = window.session.step
    assert step is not None
    numbered = [row for row in pane_of(window).list.shown(step) if row.number]
    assert numbered
    for row in numbered:
        press(window, f"Alt+{row.number}")
        assert row.target is not None
        assert here(window) == (row.target.step, row.target.quantity, row.target.unit)
        press(window, "Alt+Left")
        assert here(window) == (START, quantity, UNIT)
    assert not window.session.can_go_on_trail(-1)


def test_a_number_that_no_row_has_says_so(window: MainWindow) -> None:
    window.session.look(quantity="take")
    press(window, "Alt+9")
    assert here(window) == (START, "take", UNIT)
    assert window.status.where.said == "“Why?” has no cause 9 here."


def test_of_all_terms_the_numbers_are_those_shown(window: MainWindow) -> None:
    """A candidate's are others than those of its parts."""
    window.session.look(quantity="n", all_terms=True)
    step = window.session.step
    assert step is not None
    row = next(row for row in pane_of(window).list.shown(step) if row.number == 3)
    press(window, "Alt+3")
    assert row.target is not None
    assert here(window) == (row.target.step, row.target.quantity, row.target.unit)


def test_every_link_leads_somewhere_under_a_hand(window: MainWindow) -> None:
    """A click on each, of a state: its parts, who wrote it, and W's and Shift+W's answers."""
    window.session.look(quantity="h")
    view, pane, seen = window.views["unit"], pane_of(window), set()
    for i in range(20):
        links = [*pane.list.links(), *pane.foot.links()]  # anew: there is a trail by and by
        if i >= len(links):
            break
        link = links[i]
        at = QPointF(view.mapFromScene(link.rect.center()))
        view._pointer_moved(at, False)
        assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
        view._pointer_pressed(at, False)
        seen.add(here(window))
        window.session.select_value("h", UNIT)
        window.session.go_to(START)
    assert {(START, "take", UNIT), (START, "keep", UNIT)} < seen
    assert len(seen) >= 4
    view._pointer_moved(QPointF(3, 300), False)
    assert view.viewport().cursor().shape() != Qt.CursorShape.PointingHandCursor


def test_the_foot_tells_what_the_keys_say(window: MainWindow) -> None:
    session, step = window.session, window.session.step
    assert session.trace is not None
    assert step is not None
    (w, written), (shift_w, gone) = pane_of(window).foot.said(step)
    assert (w, shift_w) == ("W", "⇧W")
    found = writing.last_written(session.trace, UNIT, START, PLACE)  # type: ignore[arg-type]
    if found.step == START:
        found = writing.last_written(session.trace, UNIT, START - 1, PLACE)  # type: ignore[arg-type]
        here = session.trace.step(START, *PLACE)  # type: ignore[arg-type]
        words = "".join(span.text for span in written.first)
        assert words.startswith(f"This step wrote{two(float(here.take[UNIT]), True)}; before it")
        assert f" of it was left in old {two(float(here.h_prev[UNIT]))}." in written.second
    assert written.target == found.step
    after = writing.overwritten_next(session.trace, UNIT, START, PLACE)  # type: ignore[arg-type]
    assert gone.target == after.step
    told = window.views["unit"].in_words()
    here = writing.last_written(session.trace, UNIT, START, PLACE)  # type: ignore[arg-type]
    assert ("Last written: here, " if here.step == START else "Last written: step ") in told
    assert f"Overwritten next: step {after.step}, " in told
    session.previous_computation()
    assert "Last written" not in window.views["unit"].in_words()
    assert not pane_of(window).foot.keys, "the state is not computed yet"


def test_of_a_candidate_the_foot_tells_what_it_would_be_with_an_open_gate(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, pane = window.session, pane_of(window)
    assert session.trace is not None
    there = session.trace.what_if(f"r[{UNIT}] = 1 at {START}").step(START)
    for quantity in ("z", "n", "h", "reset_product"):
        session.look(quantity=quantity)
        pane.resize(340, 620)
        said = painted(pane, monkeypatch)
        told = "= 1 it would be" in said
        assert told == (quantity in ("n", "reset_product"))
        if told:
            assert two(float(there.values[quantity][UNIT])) in said
            assert "With r = 1 it would be" in window.views["unit"].in_words()


def test_the_trail_comes_with_the_first_jump_and_leads_back(window: MainWindow) -> None:
    session, pane = window.session, pane_of(window)
    plain = pane.laid
    assert not pane.trail.shown
    press(window, "Alt+1", "Alt+2")
    assert pane.trail.shown
    assert pane.laid.top == plain.top + 28, "the rest stands below it"
    crumbs = [where for where, _, _ in pane.trail._crumbs()]
    assert crumbs == session.trail.past
    assert crumbs[0] == Where(START, UNIT, (0, "forward"), "z")
    first = pane.trail.links()[-2]
    pane.press(first.rect.center())
    assert here(window) == (START, "z", UNIT)
    assert pane.trail.shown, "there is still a way forth"
    back, forth = (rect for rect, _ in pane.trail._buttons())
    pane.press(forth.center())
    assert here(window) == (crumbs[1].position, crumbs[1].quantity, crumbs[1].unit)
    pane.press(back.center())
    assert here(window) == (START, "z", UNIT)
    session.open(recording(model(), STEPS - 1).finish(), 5, UNIT)
    assert not pane.trail.shown
    assert pane.laid.top == plain.top


def test_a_jump_to_another_step_alone_makes_room_for_it_too(window: MainWindow) -> None:
    window.session.follow(START + 3)
    pane = pane_of(window)
    assert pane.laid.top == 28
    assert pane.list.rect.top() == pane.laid.list.top()


def test_a_long_trail_shows_its_end(window: MainWindow) -> None:
    session, pane = window.session, pane_of(window)
    for i in range(12):
        session.follow(START + i + 1)
    crumbs = [where for where, _, _ in pane.trail._crumbs()]
    assert 0 < len(crumbs) < 12
    assert crumbs == session.trail.past[-len(crumbs) :]
    last = pane.trail._crumbs()[-1][1]
    assert last.right() + pane.trail._wide(session.where) < pane.right + 22


def test_all_four_and_its_own(window: MainWindow) -> None:
    pane = pane_of(window)
    ((rect, words),) = pane._switches()
    assert words == "all four"
    assert [line.quantity for line in pane._lines] == ["z"]
    pane.press(rect.center())
    assert window.session.view.all_equations
    assert [line.quantity for line in pane._lines] == ["r", "z", "n", "h"]
    ((rect, words),) = pane._switches()
    pane.press(rect.center())
    assert not window.session.view.all_equations


def test_a_low_pane_gives_up_the_foot_first_and_the_equation_last(window: MainWindow) -> None:
    pane, kept = pane_of(window), []
    for height in range(620, 240, -10):
        pane.resize(340, height)
        laid = pane.laid
        kept.append((laid.entries, laid.place is not None))
    orders = list(dict.fromkeys(kept))
    assert orders == [(2, True), (1, True), (0, True), (0, False)]


# A probability ---------------------------------------------------------------------------------


def test_below_the_last_row_is_the_likeliest_symbols_probability(window: MainWindow) -> None:
    session, step = window.session, window.session.step
    assert step is not None
    press(window, *["Down"] * 20)
    likeliest = int(step.probabilities.argmax())
    assert (session.told, session.told_at) == ("probabilities", likeliest)
    assert session.unit == UNIT
    words = window.views["unit"].in_words()
    assert "Why the probability of " in words
    row = next(row for row in pane_of(window).list.shown(step) if row.number == 1)
    assert row.target is not None
    press(window, "Alt+1")
    assert here(window) == (START, "h", row.target.unit)
    assert session.told == "h"
    press(window, "Alt+Left")
    assert (session.told, session.told_at) == ("probabilities", likeliest)
    press(window, "Up")
    assert (session.told, session.unit) == ("h", UNIT)


def test_a_click_on_a_prediction_asks_why(window: MainWindow) -> None:
    session, view, step = window.session, window.views["prediction"], window.session.step
    assert step is not None
    symbol = int((-step.probabilities).argsort()[1])
    rect = view.pane.rect_of("probabilities", symbol)
    assert rect is not None
    view._pointer_moved(rect.center(), False)
    assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    view._pointer_pressed(rect.center(), False)
    assert (session.told, session.told_at) == ("probabilities", symbol)
    rows = pane_of(window).list.shown(step)
    logits = step.logits.astype(float)
    assert sum(row.value for row in rows) == pytest.approx(
        logits[symbol] - logits.mean(), abs=1e-4
    )
    press(window, "C")
    assert window.session.told == "h"
    session.look(symbol=symbol)
    press(window, "]")
    assert session.view.symbol is None
    session.look(symbol=symbol)
    session.look(quantity=session.view.quantity)
    assert session.view.symbol is None, "another question"
    session.look(symbol=symbol)
    session.previous_computation()
    assert session.told != "probabilities", "it is not computed yet"
    session.look(symbol=10_000)
    assert session.view.symbol is None


def test_without_predictions_the_new_state_is_the_last(open_window: OpenWindow) -> None:
    window = open_window(recording(model(output=False), STEPS).finish(), START, UNIT)
    press(window, *["Down"] * 20)
    assert (window.session.told, window.session.view.symbol) == ("h", None)


def test_a_thousand_units_are_told_in_one_page(open_window: OpenWindow) -> None:
    window = open_window(recording(model(hidden=1024), STEPS), 7, 3)
    pane, step = pane_of(window), window.session.step
    assert step is not None
    rows = pane.list.shown(step)
    assert rows[-1].name.endswith("other terms")
    total = float(step.sum_z[3])
    assert sum(row.value for row in rows) == pytest.approx(total, abs=1e-4)
    at = pane.list.links()[-1].rect.center().toPoint()
    pane.press(QPoint(at).toPointF())
    assert window.session.view.all_terms
