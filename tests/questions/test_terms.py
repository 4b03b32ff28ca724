"""Why a value is what it is: terms against a float64 run of their own, and against the sums."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.cell import Reset
from gru_debugger.questions.asked import Asked
from gru_debugger.questions.terms import Gate, asked_word, gate_terms, state_terms

ODD = Activations(Activation("relu"), Activation("softsign"), clip=0.5)


@pytest.mark.parametrize(
    ("asked", "value", "word"),
    [("z", 0.1, "small"), ("z", 0.9, "large"), ("r", 0.5, "near a half"), ("n", -0.9, "negative"),
     ("n", 0.9, "positive"), ("n", 0.1, "near zero"), ("h", -0.4, "negative"),
     ("n", float("nan"), "not a number")],
)  # fmt: skip
def test_words(asked: Asked, value: float, word: str) -> None:
    assert asked_word(value, asked) == word


def test_what_adds_nothing_is_no_leading_cause() -> None:
    m = model(hidden=12)
    terms = gate_terms(m.cell(0, "forward"), recording(m, 4).step(1), 3, "z", "after", "a")
    assert len(terms) == 14
    shown = terms.largest(8)
    assert [term.others for term in shown] == [0, 0, 12], "h(0) is zeros: bias and input alone"
    assert all(term.value for term in shown[:2])
    assert sum(term.value for term in shown) == pytest.approx(terms.total)


@pytest.mark.parametrize("activations", [Activations(), ODD], ids=["usual", "odd"])
@pytest.mark.parametrize("gate", ["r", "z", "n"])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("embedding", [None, 5])
@pytest.mark.parametrize(("layer", "bias"), [(0, True), (1, True), (0, False)])
def test_terms_add_up_to_the_sum(
    layer: int, bias: bool, embedding: int | None, reset: Reset, gate: Gate,
    activations: Activations,
) -> None:  # fmt: skip
    m = model(hidden=7, layers=2, directions=2, reset=reset, embedding=embedding, bias=bias,
              activations=activations)  # fmt: skip
    trace = recording(m, 9)
    name = "a" if layer == 0 and embedding is None else ""
    for t in (1, 5, 9):
        for direction in ("forward", "reverse"):
            shown = trace.step(t, layer, direction)  # type: ignore[arg-type]
            cell = m.cell(layer, direction)  # type: ignore[arg-type]
            x, h, r = (shown.values[q].astype(np.float64) for q in ("x", "h_prev", "r"))
            for unit in range(7):
                terms = gate_terms(cell, shown, unit, gate, reset, name)
                total = float(shown.values[f"sum_{gate}"][unit])
                row = "rzn".index(gate) * 7 + unit
                met = r * h if gate == "n" and reset == "before" else h
                scale = r[unit] if gate == "n" and reset == "after" else 1.0
                oracle = (
                    cell.weight_ih[row].astype(np.float64) @ x
                    + cell.bias_ih[row]
                    + scale * (cell.weight_hh[row].astype(np.float64) @ met + cell.bias_hh[row])
                )
                assert terms.total == pytest.approx(oracle, abs=1e-6)
                assert terms.total == pytest.approx(total, abs=1e-6 * max(1, abs(total)) * 5)
                assert sum(term.value for term in terms) == pytest.approx(terms.total, abs=1e-12)
                for term in terms:
                    if term.met is not None:
                        assert term.factor * term.met == pytest.approx(term.value, abs=1e-9)
                assert len(terms) == 1 + (1 if name else len(shown.x)) + 7
                assert len({term.name for term in terms}) == len(terms)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("edit", ["hidden_n[3] = 0.5", "reset_product[3] = 0.5", "r[3] = 0.5"])
def test_they_add_up_where_a_part_was_set_by_hand(edit: str, reset: Reset) -> None:
    trace = recording(model(hidden=7, reset=reset), 9).what_if(edit)
    step = trace.step(5)
    terms = gate_terms(trace.model.cell(), step, 3, "n", reset, "a", [edit.partition("[")[0]])
    assert terms.total == pytest.approx(float(step.sum_n[3]), abs=1e-5)
    by_hand = [term for term in terms if term.name == "set by hand"]
    product = "reset_product" if reset == "after" else "hidden_n"
    one_term = edit[0] == "h" or (edit[:2], reset) == ("re", "after")
    assert [term.source for term in by_hand] == [(product, 3)] * one_term
    assert all(term.value == float(step.values[product][3]) for term in by_hand)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_the_state_is_what_was_taken_and_kept(direction: str, reset: Reset) -> None:
    trace = recording(model(hidden=7, directions=2, reset=reset), 9)
    for t in (1, 5, 9):
        step = trace.step(t, 0, direction)  # type: ignore[arg-type]
        for unit in range(7):
            terms = state_terms(step, unit)
            found = {term.name: term.value for term in terms}
            for name in ("take", "keep"):
                assert found[name] == pytest.approx(float(step.values[name][unit]), abs=1e-6)
            assert terms.total == pytest.approx(float(step.h[unit]), abs=1e-6)
            assert abs(terms[0].value) >= abs(terms[1].value)


def test_the_scale_is_the_reset_gates() -> None:
    """After the product r scales the weights, which stay those of the matrix."""
    m = model(hidden=7)
    step = recording(m, 9).step(5)
    for term in gate_terms(m.cell(), step, 3, "n", "after", "a"):
        if term.met is not None:
            assert term.scale == float(step.values["r"][3])
            assert term.weight == float(m.cell().weight_hh[14 + 3, int(term.name[3:-1])])


@pytest.mark.parametrize("rows", [1, 2, 5, 8, 9, 10, 100])
def test_the_largest_and_what_the_others_add_up_to(rows: int) -> None:
    m = model(hidden=7)
    terms = gate_terms(m.cell(), recording(m, 9).step(5), 3, "z", "after", "a")
    shown = terms.largest(rows)
    assert len(shown) == min(rows, 9)
    assert sum(term.value for term in shown) == pytest.approx(terms.total, abs=1e-12)
    sizes = [abs(term.value) for term in terms]
    assert sizes == sorted(sizes, reverse=True)
    others = [term.name for term in shown if term.name.endswith("other terms")]
    assert others == ([] if rows >= 9 else [f"{9 - rows + 1} other terms"])


def test_a_thousand_units_are_quick() -> None:
    m = model(hidden=1024)
    step = recording(m, 3).step(2)
    begin = perf_counter()
    for unit in range(50):
        terms = gate_terms(m.cell(), step, unit, "n", "after", "a")
        assert len(terms[300:330]) == 30
    assert (perf_counter() - begin) / 50 < 0.008
