"""“Why?”: its rows add up to the value, multiply to it, and lead to where they stand."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest
from samples import VOCABULARY, model

from gru_debugger.api import Trace, trace
from gru_debugger.core.activations import USUAL, Activation, Activations
from gru_debugger.core.address import Target
from gru_debugger.core.edits import Place
from gru_debugger.questions.asked import NUMBERED, SELECTABLE
from gru_debugger.questions.causes import Value
from gru_debugger.questions.why import Group, Row, Why, Writers

STEPS = 9
ODD = Activations(Activation("hard_sigmoid"), Activation("softsign"), clip=0.5)


def random_run(seed: int) -> Trace:
    """Both variants, layers, directions, inputs, activations; every other one has edits."""
    random = np.random.default_rng(seed)
    hidden, layers, directions = (int(random.integers(1, most)) for most in (20, 4, 3))
    network = model(hidden, 8, layers, directions, "before" if seed % 2 else "after",
                    embedding=5 if seed % 4 > 1 else None, seed=seed,
                    activations=ODD if seed % 3 == 1 else USUAL)  # fmt: skip
    if directions == 1 and seed % 7 < 3:
        network = replace(network, backwards=True)
    text = "".join(random.choice(list(VOCABULARY[:8]), STEPS))
    run = trace(network, text, random.uniform(-1, 1, (layers * directions, hidden)))
    return run.what_if("z[0] = 0.99 from 3 to 6", "h[0] = 0.5 at 2") if seed % 2 else run


def value_of(run: Trace, quantity: str, place: Place, unit: int, t: int) -> float:
    """Read of the run by itself."""
    return float(run.step(t, *place).values[quantity][unit])


def expected(run: Trace, quantity: str, place: Place, unit: int, t: int) -> float:
    """What the first group's total is: the sum before an activation, the value itself else."""
    name = f"sum_{quantity}" if quantity in ("r", "z", "n") else quantity
    if quantity == "h":
        return sum(value_of(run, part, place, unit, t) for part in ("take", "keep"))
    return value_of(run, name, place, unit, t)


@pytest.mark.parametrize("seed", range(16))
def test_rows_make_up_the_value(seed: int) -> None:
    run = random_run(seed)
    hidden = run.model.hidden_size
    for place in run.model.places:
        for quantity in SELECTABLE:
            for unit, t in [(0, 1), (0, 5), (hidden - 1, STEPS)]:
                why = Why(Value(run, quantity, place, unit, t))
                whole = expected(run, quantity, place, unit, t)
                first, near = why.groups[0], 1e-5 * max(1, abs(whole))
                assert first.total == pytest.approx(whole, abs=near)
                for room in (3, 8, 40):
                    values = [row.value for row in first.rows(room)]
                    product = quantity in ("take", "keep", "reset_product")
                    made = prod(values) if product else sum(values)
                    assert made == pytest.approx(whole, abs=near), (quantity, room)
                for group in why.groups[1:]:
                    _check_second(run, group, place, unit, t)
                for row in why.links().values():
                    _check_link(run, row, quantity, place, t)


def _check_second(run: Trace, group: Group, place: Place, unit: int, t: int) -> None:
    """Who wrote a state: up to it, one after the other; of a candidate, all of its hidden part."""
    if not isinstance(group, Writers):
        hidden = value_of(run, "hidden_n", place, unit, t)
        assert sum(row.value for row in group.rows(40)) == pytest.approx(hidden, abs=1e-5)
        return
    for room in (3, 5, 9):
        *written, whole = group.rows(room)
        assert len(written) < room
        at = 0.0
        for row in written:
            assert row.begin == pytest.approx(at, abs=1e-9)
            at += row.value
            if row.product:
                assert prod(row.product) == pytest.approx(row.value)
        assert at == pytest.approx(value_of(run, "h", place, unit, t), abs=1e-5)
        assert whole.value == value_of(run, "h", place, unit, t)


def _check_link(run: Trace, row: Row, quantity: str, place: Place, t: int) -> None:
    """What a row shows stands where it leads: the first of what was multiplied, or the value."""
    there = row.target
    assert there is not None
    assert there.quantity is not None
    assert there.place is not None
    assert there.unit is not None
    if row.begin or (row.product and "_{" not in row.name and quantity == "h"):
        return  # a step that wrote, told above
    if there.step == 0:
        found = float(run.h0[run.model.places.index(there.place)][there.unit])
    else:
        found = value_of(run, there.quantity, there.place, there.unit, there.step)
    shown = row.value if row.product is None else row.product[0]
    if there.quantity == "z" and row.name.startswith("1 −"):
        found = 1 - found
    elif there.quantity.startswith("input_"):
        return  # what is read leads to the part that it is in
    assert shown == pytest.approx(found, abs=1e-6), row


def test_numbers_count_links_in_the_order_of_the_rows() -> None:
    run = trace(model(64, 8, seed=3), "abcabcabc")
    for quantity in SELECTABLE:
        why = Why(Value(run, quantity, (0, "forward"), 5, 7))
        shown = [row for group in why.groups for row in group.rows(NUMBERED)]
        numbers = [row.number for row in shown if row.number]
        assert numbers == list(range(1, len(numbers) + 1))
        assert set(numbers) <= set(why.links())
        assert list(why.links()) == list(range(1, len(why.links()) + 1))
        assert all((row.target is None) == (row.number == 0) for row in shown[:NUMBERED])


def test_what_is_read_leads_to_the_part_that_it_is_in() -> None:
    """And from there nowhere: nothing in the run is its cause."""
    for embedding in (None, 4):
        run = trace(model(6, 8, embedding=embedding, seed=3), "abcabcabc")
        for quantity, leads in (("z", 1), ("sum_r", 1), ("input_z", 0)):
            rows = Why(Value(run, quantity, (0, "forward"), 5, 7)).groups[0].rows(40)
            read = [row for row in rows if row.read or row.name.startswith("x_")]
            assert len(read) == (embedding or 1)
            part = Target(7, f"input_{quantity[-1]}", (0, "forward"), 5)
            assert all(row.target == (part if leads else None) for row in read)


def test_numbers_stay_where_there_is_less_room() -> None:
    """A window that is lower shows fewer rows, and Alt+5 leads to the same."""
    run = trace(model(64, 8, seed=3), "abcabcabc")
    for quantity in ("z", "h", "n"):
        why = Why(Value(run, quantity, (0, "forward"), 5, 9))
        links = why.links()
        for room in range(3, 12):
            for row in why.groups[-1].rows(room):
                assert not row.number or links[row.number].target == row.target


def test_further_down_the_list_there_are_no_numbers() -> None:
    every = Why(Value(trace(model(1024, 8), "abc"), "z", (0, "forward"), 5, 2)).all
    assert len(every) == 1026
    rows = [row for first in range(0, 1026, 19) for row in every.between(first, first + 19)]
    assert [row.term.value for row in rows if row.term] == [term.value for term in every.terms]
    assert [row.number for row in rows if row.number] == list(range(1, 10))
