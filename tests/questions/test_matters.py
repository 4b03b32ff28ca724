"""What a unit's silence costs, against a float64 run that holds its state at 0."""

from __future__ import annotations

import itertools

import numpy as np
import oracle
import pytest
from samples import model, text_for

from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.questions import matters


def bits(m: Model, text: str, silent: int | None) -> float:
    """Of one layer, forward."""
    (cell,) = m.layers[0]
    assert m.output is not None
    symbols = m.require_vocabulary()
    h, total = np.zeros(m.hidden_size), 0.0
    for read, follows in itertools.pairwise(text):
        x = np.eye(len(symbols))[symbols.index(read)]
        h = oracle.step(cell, x, h, m.reset)["h"].copy()
        if silent is not None:
            h[silent] = 0
        scores = m.output.weight.astype(float) @ h + m.output.bias
        e = np.exp(scores - scores.max())
        total -= np.log2(e[symbols.index(follows)] / e.sum())
    return total / (len(text) - 1)


@pytest.mark.parametrize("reset", ["after", "before"])
def test_against_a_float64_run(reset: str) -> None:
    m = model(6, reset=reset, seed=4)  # type: ignore[arg-type]
    text = text_for(m, 50)
    found = list(matters.losses(Trace(m, text), (0, "forward")))
    base = bits(m, text, None)
    expected = [bits(m, text, unit) - base for unit in range(6)]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert max(map(abs, expected)) > 0.01


def test_beside_the_edits_that_are_there() -> None:
    m = model(4, seed=2)
    run = Trace(m, text_for(m, 40)).what_if("h[1] = 0")
    assert list(matters.losses(run, (0, "forward")))[1] == 0


def test_what_predicts_nothing_has_none() -> None:
    m = model(4, output=False)
    assert np.isnan(list(matters.losses(Trace(m, text_for(m, 9)), (0, "forward")))).all()


def test_of_what_is_long_or_wide_it_must_be_asked() -> None:
    small, wide = model(4), model(513)
    assert matters.soon(Trace(small, text_for(small, 2000)))
    assert not matters.soon(Trace(small, text_for(small, 2001)))
    assert not matters.soon(Trace(wide, text_for(wide, 9)))
