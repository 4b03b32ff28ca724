"""Gradients beside torch's own, of random models of every structure, to 1e-5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from autograd import Graph
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from samples import model, text_for

import gru_debugger
from gru_debugger.core.activations import _FUNCTIONS, Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.questions.influence import Influence, influence
from gru_debugger.questions.influenced import named

STEPS = 12
GATES = [f"{part}{gate}" for gate in "rzn" for part in ("", "sum_", "input_", "hidden_")]
CELL = [*GATES, "reset_product", "take", "keep", "h", "h_prev", "x"]
EDITS = ("z[2] = 0.9 at 5", "h[1] = 0.3 from 4 to 6", "r[0:3] = 1", "n[3] = 0 at 8",
         "hidden_n[4] = 0.2 at 7", "reset_product[5] = 0.1 from 2 to 9")  # fmt: skip


def recorded(steps: int = STEPS, edits: tuple[str, ...] = (), **of: Any) -> Trace:
    network = model(**{"hidden": 6, "scale": 1.0, **of})
    run = Trace(network, text_for(network, steps)).finish()
    return run.what_if(*edits) if edits else run


def assert_close(found: NDArray[Any], wanted: NDArray[Any], what: str) -> None:
    assert found.shape == wanted.shape, what
    far = np.abs(found - wanted).max(initial=0.0)
    assert far <= 1e-5 * max(1.0, np.abs(wanted).max(initial=0.0)), f"{what}: {far}"


def agree(run: Trace, of: str | None, t: int) -> Influence:
    """All total gradients are torch's; returns ours."""
    ours, value = influence(run, t, of), named(run, of, t)
    graph = Graph(run, t)
    theirs = graph.gradients(graph.value(value.quantity, value.place, value.unit))
    for name, wanted in theirs.items():
        assert_close(ours[name], wanted, f"{of} at {t}: {name}")
    paths = {name for name in ours.arrays if name.startswith(("direct", "constant", "plain"))}
    assert ours.arrays.keys() == theirs.keys() | paths
    return ours


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("quantity", CELL)
def test_every_quantity(quantity: str, reset: Any) -> None:
    run = recorded(reset=reset)
    for t in (1, STEPS - 3, STEPS):
        ours = agree(run, f"{quantity}[3]", t)
        last = ours["h_l0"][-1]
        assert last.tolist() == ([0, 0, 0, 1, 0, 0] if quantity == "h" else [0] * 6)
    assert np.abs(ours["h_l0"][-2]).max() > 0 or quantity.startswith(("input", "x"))


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("embedding", [None, 5])
def test_layers_directions_and_outputs(reset: Any, directions: int, embedding: int | None) -> None:
    run = recorded(reset=reset, layers=2, directions=directions, embedding=embedding)
    values = [None, "logits[2]", "probabilities[3]", "h_l1[2]", "n_l0[1]", "x_l1[4]"]
    values.append("h_prev_l1[0]")
    if directions == 2:
        values += ["h_l0_reverse[2]", "sum_z_l1_reverse[3]", "x_l1_reverse[9]"]
    else:
        values.append('probability("c")')
    for of in values:
        for t in (1, 7, STEPS):
            agree(run, of, t)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("name", _FUNCTIONS)
def test_every_activation_with_and_without_clip(name: str, reset: Any) -> None:
    function = _FUNCTIONS[name]
    one = Activation(name, *(None if d is None else 0.3 for d in (function.alpha, function.beta)))
    for functions in (Activations(one), Activations(candidate=one), Activations(one, one, 0.4)):
        agree(recorded(reset=reset, scale=0.3, activations=functions), None, STEPS)


@pytest.mark.parametrize("reset", ["after", "before"])
def test_what_is_set_by_hand_passes_no_gradient_to_what_it_replaced(reset: Any) -> None:
    run = recorded(edits=EDITS, reset=reset)
    for of in (None, "h[3]", "z[2]", "n[3]"):
        for t in (5, 6, 8, STEPS):
            agree(run, of, t)
    ours = influence(recorded(edits=("h = 0 at 6",), reset=reset), STEPS)
    for name, lengths in ours.norms.items():
        assert not lengths[:6].any(), name
        assert lengths[7:].any(), name


def test_rows_of_numbers_and_another_h0() -> None:
    network = model(hidden=6, scale=1.0, output=False)
    random = np.random.default_rng(3)
    rows = Rows(random.standard_normal((STEPS, network.input_size)).astype(np.float32))
    run = Trace(network, rows, random.standard_normal((1, 6))).finish()
    agree(run, "h[2]", STEPS)
    with pytest.raises(InputError, match=r"no output layer.*such as h\[0\]\.$"):
        influence(run, STEPS)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_random_models(data: st.DataObject) -> None:
    draw = data.draw
    network = model(
        hidden=draw(st.integers(1, 9)), symbols=draw(st.integers(2, 9)),
        layers=draw(st.integers(1, 3)), directions=draw(st.integers(1, 2)),
        reset=draw(st.sampled_from(["after", "before"])), bias=draw(st.booleans()),
        embedding=draw(st.none() | st.integers(1, 5)), seed=draw(st.integers(0, 99)),
    )  # fmt: skip
    run = Trace(network, text_for(network, draw(st.integers(1, 9)))).finish()
    place = draw(st.sampled_from(network.places))
    end = f"_l{place[0]}" + "_reverse" * (place[1] == "reverse")
    cell = [name for name in CELL if name != "x"]
    unit = draw(st.integers(0, network.hidden_size - 1))
    of = draw(st.none() | st.sampled_from(cell).map(lambda name: f"{name}{end}[{unit}]"))
    agree(run, of, draw(st.integers(1, run.steps)))


# The three paths --------------------------------------------------------------------------------


def walked(run: Trace, place: Place, begun: NDArray[Any], t: int, path: str) -> NDArray[Any]:
    """The rows of a path from state t on to the initial state, by whole matrices."""
    rows = [np.asarray(begun, float)]
    end = range(t, 0, -1) if place[1] == "forward" else range(t, run.steps + 1)
    w_n = run.model.cell(*place).weight_hh[2 * run.model.hidden_size :].astype(float)
    for step in end:
        q = {name: v.astype(float) for name, v in run.step(step, *place).values.items()}
        slope, r = np.diag(1 - q["n"] ** 2), np.diag(q["r"])
        j = slope @ r @ w_n if run.model.reset == "after" else slope @ w_n @ r
        z = np.diag(q["z"])
        factor = {"direct": z, "constant_gates": z + np.diag(1 - q["z"]) @ j, "plain_rnn": j}[path]
        rows.append(rows[-1] @ factor)
    return np.stack(rows)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("path", ["direct", "constant_gates", "plain_rnn"])
@pytest.mark.parametrize(
    ("of", "name", "begins"),
    [("h_l1[2]", "h_l1", 7), ("n_l1[2]", "h_l1", 6), ("h_l0[1]", "h_l0", 7),
     ("h_l1_reverse[2]", "h_l1_reverse", 7), ("z_l0_reverse[2]", "h_l0_reverse", 8),
     ("logits[1]", "h_l1", 7), ("logits[1]", "h_l1_reverse", 7)],
)  # fmt: skip
def test_paths(of: str, name: str, begins: int, path: str, reset: Any) -> None:
    run = recorded(reset=reset, layers=2, directions=2)
    ours, back = influence(run, 7, of), name.endswith("reverse")
    place: Place = (int(name[3]), "reverse" if back else "forward")
    assert ours.begins(place) == begins
    row = ours.row(begins, place)
    wanted = walked(run, place, ours[name][row], begins, path)
    found = ours[f"{path}_{name}"]
    assert_close(found[row:] if back else found[row::-1], wanted, path)
    assert not (found[:row] if back else found[row + 1 :]).any()
    lengths = np.linalg.norm(found.astype(float), axis=1)
    np.testing.assert_allclose(ours.norms[f"{path}_{name}"], lengths, rtol=1e-5, atol=1e-30)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("edits", [(), EDITS])
@pytest.mark.parametrize("function", ["tanh", "softsign"])
def test_with_gates_held_it_is_torch_s_with_r_and_z_detached(
    function: str, edits: tuple[str, ...], reset: Any
) -> None:
    functions = Activations(candidate=Activation(function))
    run = recorded(edits=edits, reset=reset, layers=2, directions=2, activations=functions)
    for t in (1, 7, STEPS):
        graph = Graph(run, t, held=True)
        for of, places in (
            ("h_l0[1]", ["h_l0"]),
            ("h_l0_reverse[3]", ["h_l0_reverse"]),
            ("h_l1[2]", ["h_l1"]),
            ("logits[1]", ["h_l1", "h_l1_reverse"]),
            ("probabilities[3]", ["h_l1", "h_l1_reverse"]),
        ):
            ours, value = influence(run, t, of), named(run, of, t)
            theirs = graph.gradients(graph.value(value.quantity, value.place, value.unit))
            for name in places:
                assert_close(ours[f"constant_gates_{name}"], theirs[name], f"{of} at {t}")
                assert np.abs(theirs[name]).max() > 0


@pytest.mark.parametrize(("name", "t"), [("sixteen", 34), ("sonnets", 150)])
def test_the_bundled_models_with_r_and_z_detached(name: str, t: int) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    run = gru_debugger.trace(network, network.example.text[:t])
    graph, ours = Graph(run, t, held=True), influence(run, t)
    theirs = graph.gradients(graph.value("logits", (0, "forward"), ours.value.unit))["h_l0"]
    assert_close(ours["constant_gates_h_l0"], theirs, name)
    lengths = np.linalg.norm(theirs, axis=1)
    np.testing.assert_allclose(ours.norms["constant_gates_h_l0"], lengths, rtol=1e-6)


def test_what_the_bundled_models_say() -> None:
    """As measured apart, and as torch's own run from its own states has it."""
    for name, t, shares in (
        ("sixteen", 34, (0.010476, 1.3251e-35, 2.5199e-06, 1.2122e-07)),
        ("sonnets", 150, (0.59786, 0.038253, 0.048982, 1.1672e-07)),
    ):
        network = gru_debugger.load_model(f"bundled:{name}")
        run = gru_debugger.trace(network, network.example.text)
        ours = influence(run, t)
        lengths = [ours.norms[f"{path}h_l0"]
                   for path in ("", "direct_", "constant_gates_", "plain_rnn_")]  # fmt: skip
        told = [rows[t - 33] / lengths[0][t] for rows in lengths]
        np.testing.assert_allclose(told, shares, rtol=1e-4)
        if name == "sixteen":
            graph = Graph(run, t, recorded=False)
            theirs = graph.gradients(graph.value("logits", (0, "forward"), ours.value.unit))
            assert_close(ours["h_l0"], theirs["h_l0"], name)
            likeliest = int(torch.tensor(run.step(t).logits).argmax())
            assert ours.value.unit == likeliest


def test_no_further_back_than_asked() -> None:
    run = recorded()
    whole, part = influence(run, 10), Influence(run, named(run, None, 10), 10, first=6).finish()
    for name, rows in part.arrays.items():
        np.testing.assert_array_equal(rows, whole[name][6:], err_msg=name)


@pytest.mark.parametrize("of", ["h", "h[0:2]", "h[6]", "swoosh[1]", "h_l3[0]", "logits[99]",
                                'probability("?")', "probability(e)", ""])  # fmt: skip
def test_what_is_no_value(of: str) -> None:
    with pytest.raises(InputError, match=r"^[^\n]*\.$"):
        influence(recorded(), 3, of)


@pytest.mark.parametrize("t", [0, STEPS + 1, -1])
def test_no_such_step(t: int) -> None:
    with pytest.raises(InputError, match=r"choose one of these"):
        influence(recorded(), t)


