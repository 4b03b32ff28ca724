"""The charts' axes against their definition: quantiles of whole columns, rounded by a table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import limits
from samples import model, text_for

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.axes import round_up
from gru_debugger.core.cell import Reset
from gru_debugger.core.model import Direction
from gru_debugger.core.quantities import range_of
from gru_debugger.core.trace import Trace, trace
from gru_debugger.formats import load_model


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("length", [30, 2600])
def test_levels(reset: Reset, length: int) -> None:
    network = model(8, 8, 2, 2, reset, scale=2.5)
    run = trace(network, text_for(network, length))
    for layer, way in network.places:
        axes = run.axes(layer, way)
        for name in chain(*oracle.AXES.values()):
            expected = limits(run, name, layer, way)
            assert axes[range_of(name, reset)] == expected, (name, layer, way)


def test_each_direction_has_the_steps_that_it_reads_first() -> None:
    """Loud characters come first, so that the reverse direction, which reads them last, is calm."""
    network = deepcopy(model(8, 8, 1, 2))  # the sample is shared
    for cell in network.layers[0]:
        cell.weight_ih[:, 7] *= 30
    calm = text_for(model(8, 7), 2000)
    loud = (network.vocabulary or ())[7] * 600
    run = trace(network, loud + calm)
    levels = {way: run.axes(0, way)["input"] for way in network.ways}
    assert levels["forward"][1] > 3 * levels["reverse"][1]
    for way in network.ways:
        assert levels[way] == limits(run, "input_z", 0, way)


def test_no_later_step_moves_them() -> None:
    network = model(8, 8)
    text = text_for(network, 2000)
    long = Trace(network, text + text_for(network, 9000))
    seen: list[Any] = []
    while long.advance():
        if long.recorded >= 2000:
            seen.append(long.axes())
    assert len(seen) > 5
    assert all(axes == seen[0] for axes in seen)
    assert seen[0] == trace(network, text).axes()


def test_whoever_asks_first_all_are_told_the_same() -> None:
    """While a recorder's thread measures, the window is not told of axes that nobody measured."""
    recorded = trace(model(128), text_for(model(128), 2000))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: recorded.axes(), range(4)))
    assert answers == [recorded.axes()] * 4
    assert answers[0]["sum"] != (-1, 1)


def seen_through(run: Trace, layer: int = 0, way: Direction | None = None) -> Trace:
    while run.look_further(layer, way):
        pass
    return run


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("rows", [8, 301, 4096])
def test_full_axes_reach_every_value(
    reset: Reset, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes after the first 2,000 steps too, whatever the stretches; louder at both ends."""
    monkeypatch.setattr("gru_debugger.core.axes._stretch_rows", lambda model, place: rows)
    network = deepcopy(model(8, 8, 2, 2, reset, scale=1.5))
    for cell in network.layers[0]:
        cell.weight_ih[:, 7] *= 9
    calm, loud = text_for(model(8, 7), 2100), (network.vocabulary or ())[7] * 40
    run = trace(network, loud + calm + calm + loud)
    for layer, way in network.places:
        usual = run.axes(layer, way)
        assert run.axes(layer, way, full=True) == usual, "nothing is seen yet"
        axes = seen_through(run, layer, way).axes(layer, way, full=True)
        assert run.seen(layer, way) == run.steps
        for name in chain(*oracle.AXES.values()):
            kind = range_of(name, reset)
            expected = limits(run, name, layer, way, 1.0, run.steps)
            assert axes[kind] == expected, (name, layer, way)
            bars = run.column(f"{name}_l{layer}" + ("_reverse" if way == "reverse" else ""))
            assert np.abs(bars).max() <= axes[kind][1] * (1 + 1e-6), "no bar is cut"
        assert layer or axes["input"][1] > usual["input"][1]
        assert run.axes(layer, way) == usual, "the others stay"


def test_full_axes_grow_while_it_is_recorded() -> None:
    network = deepcopy(model(8, 8))
    network.layers[0][0].weight_ih[:, 7] *= 30
    run = Trace(network, text_for(model(8, 7), 3000) + (network.vocabulary or ())[7] * 500)
    reached = []
    while run.advance():
        seen_through(run)
        assert run.seen() == run.recorded
        reached.append(run.axes(full=True)["input"][1])
    reached.append(seen_through(run).axes(full=True)["input"][1])
    assert reached == sorted(reached)
    assert len(set(reached)) > 1
    assert reached[-1] == limits(run, "input_r", share=1.0, first_steps=run.steps)[1]


@pytest.mark.parametrize("hidden", [1, 16, 256, 1024])
def test_a_look_is_short(hidden: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the text: so many multiplications at most, so that no key press waits."""
    network = model(hidden, scale=0.1)
    run = trace(network, text_for(network, 5000 if hidden < 999 else 100))
    asked: list[int] = []
    parts = run.input_parts
    monkeypatch.setattr(run, "input_parts", lambda *a: asked.append(a[3] - a[2]) or parts(*a))
    seen_through(run)
    assert sum(asked) == run.steps
    assert max(asked) * 3 * hidden * (hidden + 8) <= max(1 << 23, 8 * 3 * hidden * (hidden + 8))
    assert max(asked) * hidden <= 1 << 17, "and so much memory"


def test_full_axes_are_the_plain_runs() -> None:
    """An edit changes none; the run without it may not even be recorded yet."""
    network = model(8, 8)
    text = text_for(network, 2600)
    whole = seen_through(trace(network, text)).axes(full=True)
    plain = Trace(network, text)
    edited = plain.edited(plain.parse_edits("hidden_n = 1000")).finish()
    assert not seen_through(edited).settled, "none is recorded for the asking"
    plain.finish()
    assert seen_through(edited).axes(full=True) == whole


def test_full_axes_of_what_nothing_bounds() -> None:
    """Gates and states too, where the activations let them grow."""
    relu = Activations(gate=Activation("relu"), candidate=Activation("relu"))
    network = deepcopy(model(8, 8, scale=0.02, activations=relu))
    network.layers[0][0].weight_ih[:, 7] += 1.5
    text = text_for(model(8, 7), 2000) + (network.vocabulary or ())[7] * 3
    run = seen_through(trace(network, text))
    usual = run.axes()
    for kind, name in (("gate", "z"), ("state", "n")):
        assert np.abs(run.column(name)).max() > usual[kind][1]  # type: ignore[index]
        assert np.abs(run.column(name)).max() <= run.axes(full=True)[kind][1] * (1 + 1e-6)  # type: ignore[index]


def test_the_largest_value_may_be_beyond() -> None:
    run = trace(load_model("bundled:sixteen"), load_model("bundled:sixteen").example.text)
    assert np.abs(run.column("hidden_z")).max() > run.axes()["hidden"][1]


def test_no_weights_no_sums() -> None:
    network = model(4, 8, scale=0, bias=False)
    assert trace(network, text_for(network, 20)).axes()["sum"] == (-1, 1)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0, 1), (1, 1), (1.0001, 1.5), (1.6, 2), (2.1, 3), (3.5, 4), (4.5, 5), (5.5, 6), (6.1, 8),
        (8.1, 10), (9.99, 10), (10, 10), (0.1, 0.1), (0.11, 0.15), (123, 150), (499.9, 500),
        (1e-9, 1e-9), (999.9999999999999, 1000), (1e20, 1e20), (float("inf"), 1), (float("nan"), 1),
    ],
)  # fmt: skip
def test_round_up(value: float, rounded: float) -> None:
    assert round_up(value) == rounded


@given(st.floats(1e-12, 1e12), st.sampled_from([(1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8)]))
def test_round_up_is_the_next(value: float, nice: tuple[float, ...]) -> None:
    rounded = round_up(value, nice)
    assert value <= rounded < value * 2.51
    assert float(f"{rounded:.1e}") == rounded
