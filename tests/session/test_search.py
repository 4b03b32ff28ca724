"""The next step where a condition holds is the one that a look at all of them finds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core import columns
from gru_debugger.core.trace import Trace
from gru_debugger.questions.expressions import condition, where
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.session import search as module
from gru_debugger.session.search import EveryNth, Search

pytestmark = pytest.mark.usefixtures("qapp")
LONG = recording(model(), 3000).finish()


def found(qtbot: QtBot, trace: Trace, text: str, position: int, by: int) -> int | None:
    search, told = Search(), list[int | None]()
    search.found.connect(told.append)
    search.start(trace, [condition(text, trace)], position, by)
    qtbot.waitUntil(lambda: bool(told))
    assert not search.running
    return told[0]


@pytest.mark.parametrize(
    "text", ["surprise > 3", "z[3] < 0.2", "step == 2999", "step < 3", "h[0] > 9"]
)
@pytest.mark.parametrize("position", [0, 1, 2, 64, 65, 700, 2999, 3000])
def test_it_is_the_nearest_of_all(text: str, position: int, qtbot: QtBot) -> None:
    steps = where(text, LONG)
    after, before = steps[steps > position], steps[steps < position]
    assert found(qtbot, LONG, text, position, 1) == (after[0] if len(after) else None)
    assert found(qtbot, LONG, text, position, -1) == (before[-1] if len(before) else None)


@pytest.mark.parametrize("every", [2, 7, 5000])
@pytest.mark.parametrize("position", [0, 700, 3000])
def test_each_so_many_of_the_hits_is_found_both_ways(
    every: int, position: int, qtbot: QtBot
) -> None:
    """Whatever is known of the lane so far: it is counted from the first step on."""
    steps = where("surprise > 3", LONG)[every - 1 :: every]
    for by, wanted in ((1, steps[steps > position][:1]), (-1, steps[steps < position][-1:])):
        search, told = Search(), list[int | None]()
        search.found.connect(told.append)
        search.start(LONG, [EveryNth(LaneRun(LONG, "surprise > 3"), every)], position, by)
        qtbot.waitUntil(lambda told=told: bool(told))
        assert told == (wanted.tolist() or [None])


def test_it_waits_for_what_is_not_recorded_yet(qtbot: QtBot) -> None:
    m = model()
    trace = Trace(m, text_for(m, 9000))
    search, told = Search(), list[int | None]()
    search.found.connect(told.append)
    search.start(trace, [condition("step == 9000", trace)], 0, 1)
    assert search.running
    assert not told
    trace.finish()
    qtbot.waitUntil(lambda: told == [9000])


def test_what_is_given_up_tells_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a long search does not hold the window up: it looks in slices."""
    monkeypatch.setattr(module, "_AT_ONCE", 0.0)
    monkeypatch.setattr(module, "_SLICE", 0.0)
    monkeypatch.setattr(module, "_NEAR", 1)
    monkeypatch.setattr(columns, "stretch_rows", lambda trace: 1)
    search, told = Search(), list[int | None]()
    search.found.connect(told.append)
    looked = list[int]()
    term = condition("h[0] > 9", LONG)
    values: Callable[..., object] = term.values

    def counted(stretch: object) -> object:
        looked.append(1)
        return values(stretch)

    monkeypatch.setattr(type(term), "values", lambda _, stretch: counted(stretch))
    search.start(LONG, [term], 0, 1)
    assert len(looked) == 1
    qtbot.waitUntil(lambda: len(looked) > 2)
    search.stop()
    before = len(looked)
    qtbot.waitUntil(lambda: not search.running)
    assert not told
    assert len(looked) == before
    assert np.isfinite(LONG.column("h")).all()
