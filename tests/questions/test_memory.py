"""Who still speaks, against loops over the steps as they are shown."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import any_run, set_by_hand
from samples import model, text_for

from gru_debugger.api import Trace, trace
from gru_debugger.core.edits import Place
from gru_debugger.errors import InputError

STEPS = 30
EDITS = "h{end}[2] = 0.7 at 12", "h{end}[1:4] = -0.05 from 15 to 17", "z{end}[2] = 1.5 at 20"


def by_hand(run: Trace, first: int, last: int, units: list[int], place: Place) -> np.ndarray:
    forward = place[1] == "forward"
    steps = list(range(first, last + 1))
    found = np.zeros((len(steps) + 1, len(steps)))
    order = steps if forward else steps[::-1]
    for t in steps:
        read = order[: order.index(t) + 1]
        for writer in [None, *read]:
            later = read if writer is None else read[read.index(writer) + 1 :]
            spoken = 0.0
            for unit in units:
                if writer is None:
                    left = abs(float(run.step(order[0], *place).h_prev[unit]))
                else:
                    mine = set_by_hand(run, unit, place, writer)
                    take = float(run.step(writer, *place).take[unit])
                    left = abs(take if mine is None else mine)
                for u in later:
                    free = set_by_hand(run, unit, place, u) is None
                    left *= float(run.step(u, *place).z[unit]) if free else 0.0
                spoken += left
            row = (
                (0 if forward else len(steps)) if writer is None else steps.index(writer) + forward
            )
            found[row, steps.index(t)] = spoken
    return found / found.sum(axis=0)


@pytest.mark.parametrize("seed", range(8))
def test_parts_are_those_of_a_loop(seed: int) -> None:
    run = any_run(seed, STEPS, *EDITS)
    for place in run.model.places:
        for first, last, unit in [(1, 9, 2), (10, 22, 2), (14, 20, None), (30, 30, 4)]:
            found = run.memory(first, last, unit, *place)
            units = [*range(5)] if unit is None else [unit]
            np.testing.assert_allclose(
                found, by_hand(run, first, last, units, place), rtol=0, atol=2e-6
            )
            np.testing.assert_allclose(found.sum(axis=0), 1)


def test_they_are_the_shares_that_python_gives() -> None:
    run = any_run(0, STEPS, *EDITS)
    shares = np.abs(run.written(3, STEPS, *run.model.places[0]))
    np.testing.assert_allclose(
        run.memory(1, STEPS, 3, *run.model.places[0])[:, -1], shares / shares.sum(), atol=1e-6
    )


def test_where_nothing_stands_nobody_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 7)
    network = model(5, 8, seed=1)
    run = trace(network, text_for(network, STEPS)).what_if("h = 0 from 1 to 9")
    found = run.memory(1, STEPS)
    assert not found[:, :9].any()
    np.testing.assert_allclose(found[:, 9:].sum(axis=0), 1)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((0, 3), "no step 0"),
        ((3, 31), "no step 31"),
        ((4, 3), "steps 4 to 3: give 1 to 2,000 steps"),
        ((1, 3, 5), "unit 5 is outside the model"),
        ((1, 3, 0, 1), "layer 1 is outside the model"),
        ((1, 3, 0, 0, "reverse"), "direction “reverse” is not in the model"),
    ],
)
def test_what_the_run_lacks_is_told(asked: tuple[int, int], says: str) -> None:
    network = model(5, 8, seed=1)
    with pytest.raises(InputError, match=says):
        trace(network, text_for(network, STEPS)).memory(*asked)
