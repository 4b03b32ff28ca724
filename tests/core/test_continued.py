"""A text that goes on otherwise from a step on, against recording it anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from samples import model, text_for

from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.errors import EditError, InputError

STEPS = 40


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("edits", [(), ("r = 1", "z[3] = 0.5 from 4 to 6", "h[2] = 0 at 33")])
@pytest.mark.parametrize("known", [STEPS, 0])
def test_it_is_what_the_text_would_be(
    reset: Reset, layers: int, edits: tuple[str, ...], known: int
) -> None:
    """Whether or not what is shared has been recorded; again, from within the letters."""
    m = model(layers=layers, reset=reset)
    run = Trace(m, text_for(m, STEPS), np.full((layers, 16), 0.25)).with_edits(*edits)
    if known:
        run.finish()
    text = run.text
    for t, letters in ((17, "abab"), (19, " a"), (19, "")):
        run = run.continued(t, letters).finish()
        text = text[:t] + letters
        anew = Trace(m, text, run.initial).with_edits(*edits[:2]).finish()
        assert (run.text, run.steps, run.run) == (text, len(text), anew.run)
        assert (run.plain is run) == (anew.plain is anew)
        for place in m.places:
            plain, as_new = run.plain.finish(), anew.plain.finish()
            # What an upper layer reads is a product of many steps' states at once, which BLAS may
            # round otherwise for another number of them.
            off = 1e-6 if place[0] else 0.0
            assert np.allclose(run.all_states(*place), anew.all_states(*place), 0, off)
            assert np.allclose(plain.states(*place), as_new.states(*place), 0, off)
            assert run.axes(*place) == anew.axes(*place)


def test_edits_of_later_steps_alone_leave_the_plain_run() -> None:
    m = model()
    run = Trace(m, text_for(m, STEPS)).with_edits("h[2] = 0 at 33").continued(20, "ab")
    assert run.plain is run
    with pytest.raises(EditError, match="no step 33; this run has steps 1 to 22"):
        Trace(m, text_for(m, STEPS)).with_edits("h[2] = 0 from 3 to 33").continued(20, "ab")


def test_what_it_was_held_against_is_of_another_text() -> None:
    run = Trace(model(), text_for(model(), STEPS))
    assert run.held_against(run.with_edits("r = 1")).continued(20, "ab").reference is None


def test_symbols_that_would_be_read_as_one_are_told() -> None:
    m = replace(model(), vocabulary=("a", "b", "ab", "c", "d", "e", "f", "g"))
    run = Trace(m, "cab")
    assert run.continued(2, ["a", "c"]).characters == ("c", "ab", "a", "c")
    with pytest.raises(InputError, match="has symbols that are made of others"):
        run.continued(2, ["a", "b"])
