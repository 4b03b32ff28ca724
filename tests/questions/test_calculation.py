"""The worked sheet and a unit's row by hand, against loops in float64, and as they are printed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import model as random_model
from samples import recording, text_for

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.cell import Reset
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.questions.by_hand import Products, Rounding, inexact, ledger, rests
from gru_debugger.questions.calculation import Sheet, rows_around, sheet
from gru_debugger.questions.calculation_symbols import WRITINGS, Writing

T = 7


@cache
def model(**told: Any) -> Model:
    """With two biases a gate that differ, so that they can't stand for each other."""
    m = random_model(**told)
    layers = tuple(
        tuple(replace(cell, bias_ih=np.roll(cell.bias_ih, 1) - 0.25) for cell in row)
        for row in m.layers
    )
    return replace(m, layers=layers)


KINDS: dict[str, dict[str, Any]] = {
    "plain": {}, "before": {"reset": "before"}, "layers": {"layers": 2, "directions": 2},
    "layers before": {"layers": 2, "directions": 2, "reset": "before"},
    "embedding": {"embedding": 5}, "no bias": {"bias": False}, "one unit": {"hidden": 1},
}  # fmt: skip
CASES = [(kind, place) for kind, told in KINDS.items() for place in model(**told).places]


def by_loops(m: Model, trace: Trace, t: int, layer: int, way: Direction) -> dict[str, Any]:
    """What each column must hold, from weights and states alone: by gate, by slot."""
    cell, step, size = m.cell(layer, way), trace.step(t, layer, way), m.hidden_size
    q = oracle.step(cell, step.x, step.h_prev, m.reset)
    found: dict[str, Any] = {}
    for number, gate in enumerate("rzn"):
        met = q["reset_product"] if m.reset == "before" and gate == "n" else q["h_prev"]
        at = range(number * size, (number + 1) * size)
        found[gate] = {
            "old": met,
            "W_h h": [sum(float(w) * v for w, v in zip(cell.weight_hh[i], met, strict=True))
                      for i in at],
            "W_i x": [sum(float(w) * v for w, v in zip(cell.weight_ih[i], q["x"], strict=True))
                      for i in at],
            "b_h": [float(cell.bias_hh[i]) for i in at],
            "b_i": [float(cell.bias_ih[i]) for i in at],
            "b": [float(cell.bias_hh[i]) + float(cell.bias_ih[i]) for i in at],
            "hidden": q[f"hidden_{gate}"], "a": q[f"sum_{gate}"], "result": q[gate], "r": q["r"],
            "product": q["reset_product"], "r ⊙ old": q["reset_product"],
            "old again": q["h_prev"],
        }  # fmt: skip
    found["blend"] = {
        "n": q["n"], "1 − z": 1 - q["z"], "take": q["take"], "z": q["z"], "old": q["h_prev"],
        "keep": q["keep"], "new": q["h"],
    }  # fmt: skip
    return found


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize(("kind", "place"), CASES)
def test_each_column_is_what_loops_make(
    kind: str, place: tuple[int, Direction], writing: Writing
) -> None:
    m = model(**KINDS[kind])
    trace = recording(m)
    expected = by_loops(m, trace, T, *place)
    made = sheet(trace, T, place, writing=writing)
    for band in made.bands:
        assert len({column.slot for column in band.columns}) == len(band.columns)
        for column in band.columns:
            wanted = expected[band.gate or "blend"][column.slot]
            np.testing.assert_allclose(column.values, wanted, atol=2e-5, err_msg=column.slot)
            assert not column.by_hand.any()


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("reset", ["after", "before"])
def test_a_band_reads_as_its_equation(reset: Reset, writing: Writing) -> None:
    """From left to right, each sign done with what was reached: nothing is left out or twice."""
    made = sheet(recording(model(reset=reset)), T, writing=writing)
    for band in made.gates:
        reached = np.zeros(16)
        for column in band.columns[1:]:
            if column.sign == "+":
                reached = reached + column.values
            elif column.sign == "⊙":
                reached = reached * column.values
            elif column.sign == "=" and column.slot != "W_h h":
                np.testing.assert_allclose(column.values, reached, atol=1e-5)
                reached = column.values
            else:
                reached = column.values
        slots = {column.slot for column in band.columns}
        assert ("b" in slots) != {"b_h", "b_i"}.issubset(slots)
    one = {band.gate: band.column("b") is not None for band in made.gates}
    merged = {"pytorch": set(), "course": {"r", "z"} | ({"n"} if reset == "before" else set()),
              "keras": {"r", "z", "n"} if reset == "before" else set()}  # fmt: skip
    assert {gate for gate, is_one in one.items() if is_one} == merged[writing]


def test_how_they_are_written() -> None:
    def equations(reset: Reset, writing: Writing) -> list[str]:
        made = sheet(recording(model(reset=reset)), T, writing=writing)
        return [band.equation for band in made.bands]

    assert equations("after", "pytorch") == [
        "r_t = σ(W_{hr}h_{t−1} + b_{hr} + W_{ir}x_t + b_{ir})",
        "z_t = σ(W_{hz}h_{t−1} + b_{hz} + W_{iz}x_t + b_{iz})",
        "n_t = tanh(r_t ⊙ (W_{hn}h_{t−1} + b_{hn}) + W_{in}x_t + b_{in})",
        "h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}",
    ]
    assert equations("before", "course") == [
        "Γ_r = σ(W_{hr}c^{⟨t−1⟩} + W_{ir}x^{⟨t⟩} + b_r)",
        "1 − Γ_u = σ(W_{hz}c^{⟨t−1⟩} + W_{iz}x^{⟨t⟩} + b_z)",
        "c̃^{⟨t⟩} = tanh(W_{hn}(Γ_r ⊙ c) + W_{in}x^{⟨t⟩} + b_n)",
        "c^{⟨t⟩} = Γ_u ⊙ c̃^{⟨t⟩} + (1 − Γ_u) ⊙ c^{⟨t−1⟩}",
    ]
    assert equations("after", "keras") == [
        "z_t = σ(h_{t−1}U_z + b_{1z} + x_tK_z + b_{0z})",
        "r_t = σ(h_{t−1}U_r + b_{1r} + x_tK_r + b_{0r})",
        "h̃_t = tanh(r_t ⊙ (h_{t−1}U_h + b_{1h}) + x_tK_h + b_{0h})",
        "h_t = (1 − z_t) ⊙ h̃_t + z_t ⊙ h_{t−1}",
    ]
    back = sheet(recording(model(layers=2, directions=2)), T, (1, "reverse"))
    assert "h_{t+1}" in back.bands[0].equation
    assert "t−1" not in "".join(c.symbol for band in back.bands for c in band.columns)


def test_other_activations_and_rows() -> None:
    functions = Activations(Activation("hard_sigmoid"), Activation("relu"))
    m = model(activations=functions)
    rows = np.random.default_rng(3).standard_normal((9, 8)).astype(np.float32)
    made = sheet(Trace(m, Rows(rows)).finish(), T)
    assert not made.one_hot
    gate, candidate = made.gates[0].column("result"), made.gates[2].column("result")
    assert gate
    assert candidate
    assert (gate.sign, candidate.sign) == ("hard σ", "relu")
    sums = [band.column("a").values for band in made.gates]  # type: ignore[union-attr]
    hard = [min(1, max(0, 0.2 * a + 0.5)) for a in sums[0]]
    np.testing.assert_allclose(gate.values, hard, atol=1e-6)
    np.testing.assert_allclose(candidate.values, [max(0, a) for a in sums[2]], atol=1e-6)
    assert "relu(" in made.gates[2].equation


def test_what_was_set_by_hand_is_told_of_its_units_alone() -> None:
    trace = recording(model()).what_if("r[3] = 0.5 at 7", "hidden_n[4:6] = 2", "h[0] = 1 at 7")
    made = sheet(trace, T)
    told = {
        (column.needs, column.slot, unit)
        for band in made.bands for column in band.columns for unit in np.flatnonzero(column.by_hand)
    }  # fmt: skip
    assert told == {
        ("r", "r", 3), ("r", "result", 3), ("h", "new", 0),
        ("hidden_n", "hidden", 4), ("hidden_n", "hidden", 5),
    }  # fmt: skip
    assert made.by_hand(4) == {"hidden_n"}
    assert made.by_hand(9) == frozenset()
    line = next(line for line in ledger(made, 4).lines if line.slot == "hidden")
    assert (line.values[2], line.by_hand) == (2, (False, False, True))


def test_two_in_a_row_hand_the_state_over() -> None:
    trace = recording(model())
    new, old = sheet(trace, T - 1).blend.column("new"), sheet(trace, T).gates[0].column("old")
    assert new
    assert old
    assert np.array_equal(new.values, old.values)


# A row by hand -------------------------------------------------------------------------------


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("kind", [*KINDS, "many"])
def test_the_products_and_their_sum(kind: str, writing: Writing) -> None:
    m = model(**KINDS[kind]) if kind in KINDS else model(hidden=128)
    trace, place, unit = recording(m), m.places[-1], m.hidden_size - 1
    expected = by_loops(m, trace, T, *place)
    made = sheet(trace, T, place, [unit], writing)
    found = ledger(made, unit)
    assert found.gates == (("z", "r", "n") if writing == "keras" else ("r", "z", "n"))
    for column, gate in enumerate(found.gates):
        weights = m.cell(*place).weight_hh["rzn".index(gate) * m.hidden_size + unit]
        for row, i in enumerate(found.hidden.index):
            met = expected[gate]["old"][i]
            assert found.hidden.met[row, column] == pytest.approx(met, abs=1e-6)
            value = float(weights[i]) * met
            assert found.hidden.values[row, column] == pytest.approx(value, abs=1e-5)
        total = math.fsum(found.hidden.values[:, column]) + found.hidden.others[column]
        assert total == pytest.approx(expected[gate]["W_h h"][unit], abs=1e-4)
        for line in found.lines:
            value_there = line.values[column]
            if value_there is not None:
                slot = "b" if line.slot == "b_i" and line.symbols[column] in (
                    "b_r", "b_z", "b_n", "b_h") else line.slot  # fmt: skip
                assert value_there == pytest.approx(expected[gate][slot][unit], abs=1e-4), line.slot
    assert (found.inputs is None) == (kind not in ("layers", "layers before", "embedding"))


def test_of_many_the_largest_of_each_gate_stand_there_and_the_rest_is_told() -> None:
    made = sheet(recording(model(hidden=128)), T, rows=[5])
    all_, found = ledger(made, 5, None), ledger(made, 5)
    assert (len(all_.hidden.index), all_.hidden.count, all_.hidden.left_out) == (128, 0, "")
    assert (len(found.hidden.index), found.hidden.count) == (12, 116)
    assert found.hidden.left_out == "116 other terms"
    assert [*found.hidden.index] == sorted(found.hidden.index)
    for column in range(3):
        largest = np.argsort(-np.abs(all_.hidden.values[:, column]))[:4]
        assert {*largest} <= {*found.hidden.index}
        left = np.delete(all_.hidden.values[:, column], found.hidden.index)
        assert found.hidden.others[column] == pytest.approx(math.fsum(left))
        assert found.hidden.largest[:, column].sum() == 3


def number(words: str) -> Decimal:
    return Decimal(words.replace("−", "-").replace(",", "") or "0")


def check_as_printed(made: Sheet, unit: int, digits: int) -> None:
    found = ledger(made, unit)
    rounding = Rounding.of(found.magnitude, digits)
    if rounding.digits is None:
        return
    printed: Callable[[float], Decimal] = lambda value: number(rounding.printed(value))  # noqa: E731
    lines = {line.slot: line for line in found.lines}
    parts: list[tuple[Products, Any]] = [(found.hidden, lines["W_h h"].values)]
    if found.inputs:
        parts.append((found.inputs, lines["W_i x"].values))
    for products, sums in parts:
        said = rests(rounding, products, sums)
        for column, total in enumerate(sums):
            others = [products.others[column]] * bool(products.count)
            addends = [*products.values[:, column], *others]
            assert sum(map(printed, addends)) + number(said[column]) == printed(total)
    unit_of_last = Decimal(1).scaleb(-rounding.digits)
    for column in range(3):
        values = {ln.slot: ln.values[column] for ln in found.lines if ln.values[column] is not None}
        hidden = next(values[slot] for slot in ("product", "hidden", "W_h h") if slot in values)
        added = sum(printed(v) for v in (hidden, values["W_i x"], values["b_i"]) if v is not None)
        assert abs(added - printed(values["a"] or 0.0)) <= unit_of_last


@given(
    st.integers(0, 400), st.sampled_from(WRITINGS), st.sampled_from(["after", "before"]),
    st.sampled_from([0.001, 1.5, 40.0]), st.sampled_from([None, 5]), st.sampled_from([2, 3]),
)  # fmt: skip
def test_what_is_printed_adds_up_as_printed(
    seed: int, writing: Writing, reset: Reset, scale: float, embedding: int | None, digits: int
) -> None:
    m = model(hidden=20, reset=reset, scale=scale, embedding=embedding, seed=seed % 7)
    made = sheet(recording(m), 1 + seed % 40, writing=writing)
    check_as_printed(made, seed % 20, digits)


@given(
    st.integers(0, 400), st.sampled_from(["after", "before"]), st.sampled_from([0.001, 1.5, 40.0])
)
def test_a_sum_that_does_not_add_up_as_printed_is_told(
    seed: int, reset: Reset, scale: float
) -> None:
    made = sheet(recording(model(reset=reset, scale=scale, seed=seed % 7)), 1 + seed % 40)
    found = ledger(made, seed % 16)
    rounding = Rounding.of(found.magnitude, 2).finer(found.product, 4)
    lines = {line.slot: line for line in found.lines}
    for at in range(3):
        said = {
            slot: number(rounding.printed(value))
            for slot, line in lines.items() if (value := line.values[at]) is not None
        }  # fmt: skip
        sums = {"a": said.get("product", said.get("hidden", said["W_h h"])) + said["W_i x"]
                + said["b_i"]}  # fmt: skip
        if "hidden" in said:
            sums["hidden"] = said["W_h h"] + said["b_h"]
        if "product" in said:
            exactly = said["r"] * said["hidden"]
            sums["product"] = number(rounding.printed(float(exactly)))
        off = {slot for slot, come in sums.items() if come != said[slot]}
        assert inexact(rounding, found)[at] == off


def test_small_products_have_more_decimals() -> None:
    made = sheet(recording(model(hidden=300, scale=0.05)), 20)
    found = ledger(made, 7)
    rounding = Rounding.of(found.magnitude, 2).finer(found.product, 4)
    assert rounding.digits == 4
    largest = float(np.abs(found.hidden.values).max())
    assert 0 < largest < 0.01
    assert rounding.decimal(largest) != 0
    assert Rounding(None).finer(0.001, 4).digits is None


@given(st.floats(-1e7, 1e7, allow_nan=False), st.integers(0, 8))
def test_a_decimal_is_what_is_printed(value: float, digits: int) -> None:
    rounding = Rounding(digits)
    assert number(rounding.printed(value)) == rounding.decimal(value)


@pytest.mark.parametrize(
    ("largest", "digits"),
    [(0, 2), (1, 2), (13.2, 2), (999, 2), (1234, 1), (99999, 0), (0.5, 2), (0.05, 3), (1e-9, 8),
     (2e7, None), (math.inf, None), (math.nan, None)],
)  # fmt: skip
def test_so_many_decimals(largest: float, digits: int | None) -> None:
    assert Rounding.of(largest, 2).digits == digits


@pytest.mark.parametrize("units", [1, 16, 17, 128, 1024])
def test_the_rows_shown_hold_the_unit_and_stay_while_it_moves(units: int) -> None:
    shown = [rows_around(units, unit) for unit in range(units)]
    assert all(unit in rows and 0 <= rows[0] <= rows[-1] < units for unit, rows in enumerate(shown))
    assert {len(rows) for rows in shown} == {min(16, units)}
    assert len({rows.start for rows in shown}) <= max(1, units // 8)


def test_a_text_s_own_step_is_refused_where_it_is_not_there() -> None:
    m = model()
    trace = Trace(m, text_for(m, 5)).finish()
    with pytest.raises(Exception, match="no step 6"):
        sheet(trace, 6)
