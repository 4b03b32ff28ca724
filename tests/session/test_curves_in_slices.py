"""How much the curves do between two looks at the event queue: counted, not timed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core.cell import Reset, gru_step
from gru_debugger.core.edits import Place
from gru_debugger.questions import reset_use
from gru_debugger.questions.curves import UnitCurves
from gru_debugger.questions.reset_use import ResetUse
from gru_debugger.questions.thresholds import USUAL
from gru_debugger.session import curves, in_slices

pytestmark = pytest.mark.usefixtures("screen")
PLACE: Place = (0, "forward")
PRODUCTS = 1 << 23  # multiplications: a quarter of what a frame of 16 ms has room for
VALUES = 1 << 18  # numbers of each kind, which functions bend at a hundred million a second


class Work:
    """What `gru_step` was asked for: products by the weights' size, numbers by the states'."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.products = self.values = self.met = 0
        def counted(cell: Any, part: Any, h_prev: Any, *rest: Any) -> Any:
            self.products += len(h_prev) * cell.weight_hh.size
            self.values += len(h_prev) * len(cell.weight_hh) // 3
            self.met += h_prev.size
            return gru_step(cell, part, h_prev, *rest)

        patch.setattr("gru_debugger.core.columns.gru_step", counted)

    def of(self, advance: Any) -> tuple[int, int, int]:
        self.products = self.values = self.met = 0
        advance()
        return self.products, self.values, self.met


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("hidden", [16, 256, 1024])
def test_a_stretch_is_a_part_of_a_frame(
    reset: Reset, hidden: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recording(model(hidden, reset=reset), 3000 if hidden < 512 else 40)
    work = Work(monkeypatch)
    for found in (ResetUse(run, PLACE), UnitCurves(run, PLACE, 3)):
        for _ in range(3):
            products, values, met = work.of(found.advance)
            assert 0 < products <= PRODUCTS
            assert values <= VALUES
            assert met <= VALUES
            if found.known == run.steps:
                break


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("hidden", [16, 256, 1024])
def test_another_unit_is_looked_at_at_once_only_where_that_is_little(
    reset: Reset, hidden: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key press has room for four stretches."""
    for steps in (20, 60, 3000 if hidden < 512 else 200):
        run, work = recording(model(hidden, reset=reset), steps), Work(monkeypatch)
        asked = curves.CurvesRun()
        products, *_ = work.of(lambda: asked.follow(run, PLACE, 3))  # noqa: B023
        assert products <= 4 * PRODUCTS
        assert asked.unit is not None
        assert asked.unit.known in (0, steps), "all of it, or none"
        asked.stop()


@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_clock_is_looked_at_behind_every_stretch(
    reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that a stretch takes so many milliseconds of."""
    run = recording(model(reset=reset), 20_000)
    for each, expected in ((5.0, 1), (2.5, 2), (1.5, 3)):
        now, done = [0.0], list[bool]()
        monkeypatch.setattr(in_slices, "perf_counter", lambda: now[0])  # noqa: B023
        asked = curves.CurvesRun()
        asked.follow(run, PLACE, 3)
        advance = asked._advance

        def one() -> bool:
            now[0] += each / 1000  # noqa: B023
            done.append(advance())  # noqa: B023
            return done[-1]  # noqa: B023

        monkeypatch.setattr(asked, "_advance", one)
        asked._look()
        assert len(done) == expected
        asked.stop()


@pytest.mark.parametrize("reset", ["after", "before"])
def test_stretches_add_up_to_the_whole(reset: Reset) -> None:
    run = recording(model(reset=reset), 9000)
    use = ResetUse(run, PLACE)
    pieces = 1
    while use.advance():
        pieces += 1
    assert pieces > 1
    n = run.column("n").astype(np.float64)
    every = reset_use.candidates(run, PLACE, 0, 9000, 1)
    np.testing.assert_array_equal(use.used, (np.abs(n - every) > USUAL.used).sum(axis=0))
    np.testing.assert_allclose(use.effect, np.abs(n - every).sum(axis=0), rtol=1e-6)
