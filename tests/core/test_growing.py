"""States that grow beyond all numbers: refused where they do, and what came before stays."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from samples import model, text_for

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.cell import Cell, gru_states, input_part
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError

RELU = Activations(candidate=Activation("relu"))
STEPS = 3000
HIDDEN = 6


def network(**more: Any) -> Model:
    """Its states grow by about a seventh from step to step: h(t) = (n(t) + h(t-1)) / 2."""
    found = deepcopy(model(HIDDEN, 8, activations=RELU))  # the sample is shared
    cell = found.layers[0][0]
    cell.weight_hh[:] = 0
    cell.weight_hh[2 * HIDDEN :] = 1.3 * np.eye(HIDDEN)
    cell.weight_ih[: 2 * HIDDEN] = cell.bias_hh[:] = 0
    cell.bias_ih[:] = np.repeat([50, 0, 1], HIDDEN)  # r, z, n
    return replace(found, **more)


def first_beyond(found: Trace, way: Direction, edit: float | None = None) -> int:
    """In a loop of its own, over all of the text: the step, and its number."""
    cell: Cell = found.model.cell(0, way)
    order = slice(None, None, 1 if way == "forward" else -1)
    with np.errstate(over="ignore", invalid="ignore"):
        parts = input_part(cell, found.inputs(0, 0, found.steps)[order])
        states = gru_states(
            cell, parts, found.h0[0], found.model.reset,
            lambda name, rows: rows if edit is None or name != "z" else np.full_like(rows, edit),
        )  # fmt: skip
    read = int(np.flatnonzero(~np.isfinite(states).all(axis=1))[0])
    return read + 1 if way == "forward" else found.steps - read


def fault_of(run: Trace) -> str:
    with pytest.raises(InputError) as raised:
        run.finish()
    return str(raised.value)


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_recorded_until_then(way: Direction) -> None:
    growing = Trace(network(backwards=way == "reverse"), text_for(network(), STEPS))
    step = first_beyond(growing, way)
    assert 200 < step < STEPS - 200, "not in the first stretch"
    assert (growing.recorded, growing.refusal) == (0, "")
    assert growing.advance(), "nothing is wrong yet"
    said = fault_of(growing)
    assert said.startswith(f"the states of layer 0 grow beyond all numbers at step {step:,}: ")
    assert said.endswith("nothing bounds them with this model's activations; use a shorter text.")
    assert fault_of(growing) == growing.refusal == said, "and ever again"
    if way == "forward":
        assert step - 600 < growing.recorded < step
        assert np.isfinite(growing.states(b=growing.recorded)).all()
        assert growing.step(growing.recorded).number == growing.recorded
        assert all(np.isfinite(limits).all() for limits in growing.axes().values())


def test_by_an_edit() -> None:
    plain = Trace(model(6, 8), text_for(model(6, 8), STEPS)).finish()
    growing = plain.edited(plain.parse_edits("z = 1.1"))
    step = first_beyond(plain, "forward", 1.1)
    assert step > 600
    said = fault_of(growing)
    assert f" at step {step:,}: nothing bounds them with the edits; use a shorter text." in said
    again = growing.edited(growing.parse_edits("z = 1 from 400")).finish()
    assert np.isfinite(again.states()).all(), "what comes of it may be all right"
    assert plain.complete


@pytest.mark.parametrize("edit", ["h = 3e38 at 3", "z[2] = -1e30"])
def test_whatever_is_set(edit: str) -> None:
    """Where states are bounded too: sums of such numbers are none."""
    run = Trace(model(16, 8, scale=9), text_for(model(16, 8), 20)).finish()
    with pytest.raises(InputError, match=r"beyond all numbers at step \d+: .* with the edits; "):
        run.what_if(edit)


def test_in_a_higher_layer() -> None:
    run = Trace(model(6, 8, 2), text_for(model(6, 8), STEPS)).finish()
    growing = run.edited(run.parse_edits("z_l1 = 2"))
    assert "the states of layer 1 grow beyond all numbers at step 1" in fault_of(growing)
