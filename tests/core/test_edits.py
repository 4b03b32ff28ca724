"""What-if: a run with edits against a loop of its own, a step at a time, in float64."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import VOCABULARY, model

from gru_debugger.core import columns
from gru_debugger.core.cell import EDITABLE, Reset
from gru_debugger.core.edits import parse
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace, trace
from gru_debugger.errors import EditError

STEPS, HIDDEN = 12, 4
TEXT = "".join(np.random.default_rng(1).choice(list(VOCABULARY[:8]), STEPS))

Told = tuple[str, int, str, range, float, range]  # quantity, layer, way, units, value, steps


def loop(network: Model, edits: list[Told]) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """Every quantity of every step: by the oracle, with no matrix of more than one row."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    inputs = [np.eye(8)[network.index_of[c]] for c in TEXT]
    for layer, cells in enumerate(network.layers):
        for way, cell in zip(network.ways, cells, strict=True):
            rows: list[dict[str, Any]] = [{} for _ in TEXT]
            h = np.zeros(HIDDEN)
            order = range(STEPS) if way == "forward" else range(STEPS - 1, -1, -1)
            for t in order:
                mine = [e for e in edits if (e[1], e[2]) == (layer, way) and t + 1 in e[5]]
                rows[t] = oracle.step(cell, inputs[t], h, network.reset, setting(mine))
                h = rows[t]["h"]
            found[layer, way] = rows
        inputs = [
            np.concatenate([found[layer, way][t]["h"] for way in network.ways])
            for t in range(STEPS)
        ]
    return found


def setting(edits: list[Told]) -> Any:
    """What the edits of one step do to a quantity."""

    def edited(name: str, values: Any) -> Any:
        for quantity, _, _, units, value, _ in edits:
            if quantity == name:
                values[list(units)] = value
        return values

    return edited


def sentence(edit: Told) -> str:
    quantity, layer, way, units, value, steps = edit
    end = f"_l{layer}" + ("_reverse" if way == "reverse" else "")
    return (
        f"{quantity}{end}[{units.start}:{units.stop}] = {value}"
        f" from {steps.start} to {steps.stop - 1}"
    )


def assert_agrees(run: Trace, edits: list[Told]) -> None:
    expected = loop(run.model, edits)
    for layer, way in run.model.places:
        found = run.rows(1, STEPS, layer, way)
        for name in expected[layer, way][0]:
            wanted = np.stack([row[name] for row in expected[layer, way]])
            bound = 4e-6 * max(1, float(np.abs(wanted).max()))
            alone = columns.column(run, name, (layer, way))
            one = columns.column(run, name, (layer, way), slice(2, 3))
            assert np.abs(found[name] - wanted).max() <= bound, (layer, way, name)
            assert np.abs(alone - wanted).max() <= bound, (layer, way, name, "alone")
            assert np.abs(one - wanted[:, 2:3]).max() <= bound, (layer, way, name, "of a unit")
        assert np.array_equal(run.states(layer, way), found["h"])


KINDS = [(1, 1), (2, 1), (1, 2), (2, 2)]


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize(("layers", "directions"), KINDS)
@pytest.mark.parametrize("quantity", EDITABLE)
def test_each_quantity_in_each_place(
    quantity: str, layers: int, directions: int, reset: Reset
) -> None:
    run = trace(model(HIDDEN, 8, layers, directions, reset), TEXT)
    for layer, way in run.model.places:
        edit = (quantity, layer, way, range(1, 3), 0.75, range(4, 7))
        assert_agrees(run.what_if(sentence(edit)), [edit])


@st.composite
def told(draw: st.DrawFn, layers: int, ways: tuple[str, ...]) -> Told:
    unit, step = draw(st.integers(0, HIDDEN - 1)), draw(st.integers(1, STEPS))
    units = range(unit, draw(st.integers(unit + 1, HIDDEN)))
    steps = range(step, draw(st.integers(step + 1, STEPS + 1)))
    value = draw(st.floats(-2, 2, width=16))
    place = draw(st.integers(0, layers - 1)), draw(st.sampled_from(ways))
    quantity = draw(st.sampled_from(EDITABLE))
    if quantity == "z":  # beyond its range states grow from step to step, and rounding with them
        value = abs(value) / 2
    return (quantity, *place, units, value, steps)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(KINDS), st.sampled_from(["after", "before"]))
def test_any_edits_one_after_another(
    data: st.DataObject, kind: tuple[int, int], reset: Any
) -> None:
    network = model(HIDDEN, 8, *kind, reset)
    edits = data.draw(st.lists(told(kind[0], network.ways), max_size=5))
    run = trace(network, TEXT)
    for edit in edits:
        run = run.what_if(sentence(edit))
    assert_agrees(run, edits)
    assert_agrees(trace(network, TEXT).what_if(*map(sentence, edits)), edits)


@pytest.mark.parametrize(("layers", "directions"), KINDS)
def test_a_run_that_is_still_being_recorded(layers: int, directions: int) -> None:
    run = Trace(model(HIDDEN, 8, layers, directions), TEXT)
    edit = ("z", 0, "forward", range(4), 1.0, range(9, 10))
    assert_agrees(run.what_if(sentence(edit)), [edit])
    assert not run.complete


def test_what_comes_before_is_shared_and_the_reference_stays() -> None:
    run = trace(model(HIDDEN, 8, 2), TEXT)
    before = {name: rows.copy() for name, rows in run.rows(1, STEPS).items()}
    edited = run.what_if("h_l1 = 0 at 7")
    assert edited.reference is run
    assert edited.edits == ("h_l1 = 0 at 7",)
    assert np.array_equal(edited.states(0), run.states(0))
    assert np.array_equal(edited.states(1)[:6], run.states(1)[:6])
    assert not edited.states(1)[6].any()
    assert np.abs(edited.states(1)[7:] - run.states(1)[7:]).max() > 1e-3
    assert all(np.array_equal(rows, run.rows(1, STEPS)[name]) for name, rows in before.items())


def test_edits_of_an_edited_run_are_added_and_later_ones_win() -> None:
    run = trace(model(HIDDEN, 8), TEXT)
    once = run.what_if("z = 0.5")
    twice = once.what_if("z[1] = 1 at 3")
    assert twice.reference is once
    assert twice.edits == ("z = 0.5", "z[1] = 1 at 3")
    assert run.what_if(*twice.edits).run == twice.run, "they are sentences, to be said again"
    assert twice.step(3).z.tolist() == [0.5, 1, 0.5, 0.5]
    assert twice.step(4).z.tolist() == [0.5] * 4


def test_a_number_may_be_written_as_the_window_writes_it() -> None:
    edited = trace(model(HIDDEN, 8), TEXT).what_if("h[1] = −0.5 at 3")
    assert edited.edits == ("h[1] = -0.5 at 3",)
    assert edited.step(3).h[1] == -0.5


def test_axes_do_not_move_with_edits() -> None:
    run = trace(model(HIDDEN, 8), TEXT)
    assert run.what_if("hidden_n = 1000").axes() == run.axes()


def test_only_the_rows_that_can_differ_are_recorded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = trace(model(HIDDEN, 8, 2), TEXT)
    filled = []
    monkeypatch.setattr(
        Trace, "_fill", lambda self, place, a, b, parts: filled.append((place[0], a, b))
    )
    run.what_if("n_l1 = 0 at 10")
    assert filled == [(1, 9, 10), (1, 10, STEPS)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "is no edit; write, say,"),
        ("z[9]", "is no edit"),
        ("z = 1 at 3 and more", "is no edit"),
        ("z = 1 from", "is no edit"),
        ("sum_z = 1", "“sum_z” can't be set; r, z, n, h, hidden_n, reset_product can."),
        ("q = 1", "“q” can't be set"),
        ("z_l1 = 1", "this model has no “z_l1”; its layers end in _l0."),
        ("z[4] = 1", "no units [4]; this model has units 0 to 3."),
        ("z[2:2] = 1", "no units [2:2]"),
        ("z[-1] = 1", "“[-1]” names no units; write [9] or [0:4]."),
        ("z[] = 1", "“[]” names no units"),
        ("z = nan", "“nan” is no finite number"),
        ("z = 1e39", "“1e39” is no finite number"),
        ("z = 1_0", "“1_0” is no finite number"),
        ("z = ١", "“١” is no finite number"),
        ("z = 1 at 0", "no step 0; this run has steps 1 to 12."),
        ("z = 1 at 13", "no step 13"),
        ("z = 1 from 5 to 4", "step 4 comes before 5"),
        ("z" * 300, "an edit has at most 200 characters"),
    ],
)
def test_a_sentence_that_is_none(words: str, says: str) -> None:
    with pytest.raises(EditError, match=re.escape(says)) as told:
        trace(model(HIDDEN, 8), TEXT).what_if(words)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("words", "units", "steps"),
    [
        ("z[2]=1", (2, 3), (1, 12)),
        (" z [ 1 : ] = -.5e-1  from 3", (1, 4), (3, 12)),
        ("z[:2] = 1 from 3 to 3", (0, 2), (3, 3)),
        ("z_l0 = 1 at 12", (0, 4), (12, 12)),
    ],
)
def test_a_sentence_as_people_write_it(
    words: str, units: tuple[int, int], steps: tuple[int, int]
) -> None:
    edit = parse(words, model(HIDDEN, 8), STEPS)
    assert ((edit.start, edit.stop), (edit.first, edit.last)) == (units, steps)


@settings(deadline=None)
@given(st.text(max_size=250) | st.from_regex(r"[rznh]\w*(\[.*\])? = .*", fullmatch=True))
def test_any_text_is_an_edit_or_one_clear_line(words: str) -> None:
    with suppress(EditError):
        parse(words, model(HIDDEN, 8), STEPS)
        return
    with pytest.raises(EditError, match=r"\A.*\Z"):  # no line break: the dot meets none
        parse(words, model(HIDDEN, 8), STEPS)
