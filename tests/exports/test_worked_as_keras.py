"""`--as-keras`: with weights put where the sheet says that it has them Keras computes the step."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from samples import model, text_for

from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.exports.worked_step import WorkedStep

os.environ.setdefault("KERAS_BACKEND", "torch")
T, UNITS, INPUTS = 7, 5, 8


def said_columns(notes: list[str]) -> list[int]:
    """Of z, r and h̃, as a person reads them."""
    found = re.search(r"columns (\d+) \(z\), (\d+) \(r\) and (\d+) \(h̃\)", " ".join(notes))
    assert found
    return [int(number) for number in found.groups()]


def arrays(worked: WorkedStep, reset: Reset) -> list[Any]:
    """Kernel, recurrent kernel and bias from each unit's row by hand."""
    recurrent = np.full((UNITS, 3 * UNITS), np.nan)
    kernel = np.zeros((INPUTS, 3 * UNITS))
    biases = np.full((2 if reset == "after" else 1, 3 * UNITS), np.nan)
    of = worked.sheet("keras")
    for unit in range(UNITS):
        found, _ = worked.ledger(of, unit)
        columns = said_columns(worked.of_writing(of, unit))
        lines = {line.slot: line for line in found.lines}
        recurrent[:, columns] = found.hidden.weights
        row = re.search(r"is kernel's row (\d+)", " ".join(worked.of_writing(of, unit)))
        assert row
        kernel[int(row[1]), columns] = lines["W_i x"].values  # the only one that is read
        biases[0, columns] = lines["b_i"].values
        if reset == "after":
            biases[1, columns] = lines["b_h"].values
    return [kernel, recurrent, biases if reset == "after" else biases[0]]


@pytest.mark.parametrize("reset", ["after", "before"])
def test_keras_computes_the_same_step(reset: Reset) -> None:
    keras = pytest.importorskip("keras")
    m = model(hidden=UNITS, symbols=INPUTS, reset=reset)
    cell = m.cell()
    two = replace(cell, bias_ih=np.roll(cell.bias_ih, 1) - 0.25)  # that can be told apart
    trace = Trace(replace(m, layers=((two,),)), text_for(m, 9)).finish()
    worked = WorkedStep(trace, T, trace.model.places[0], 0, "keras")
    theirs = keras.layers.GRUCell(UNITS, reset_after=reset == "after")
    theirs.build((None, INPUTS))
    theirs.set_weights(arrays(worked, reset))
    step = trace.step(T)
    made, _ = theirs(step.x[None], [step.h_prev[None]])
    np.testing.assert_allclose(made.detach().numpy()[0], step.h, atol=1e-5)
