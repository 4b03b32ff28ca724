"""The log of stops and lanes, against what `gru-debugger find` prints of the same condition."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from samples import model, recording, save, text_for

from gru_debugger.cli import main
from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.questions import log
from gru_debugger.questions.as_text import as_text
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.questions.log import Log

STEPS = 400
LANES = ("surprise", "h[0:3]", "predicted", "z[1] < 0.5", "leap: max(changed(h))")


def known(trace: Trace, *expressions: str) -> list[LaneRun]:
    runs = [LaneRun(trace, expression) for expression in expressions]
    for run in runs:
        while run.advance():
            pass
    return runs


def collected(found: Log) -> Log:
    while found.advance():
        pass
    return found


@pytest.mark.parametrize("reset", ["after", "before"])
def test_it_is_what_find_prints(
    reset: Reset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    m = model(reset=reset)
    path, text = (
        save(m, tmp_path / "m.safetensors", vocabulary=json.dumps(m.vocabulary)),
        text_for(m, STEPS),
    )
    trace = recording(m, STEPS)
    runs = known(trace, *LANES, "z[3] < 0.3", "rank > 4")
    found = collected(Log(trace, runs, [(runs[5], 1), (runs[6], 1)], (7, 200, 400)))
    where = "z[3] < 0.3 or rank > 4 or step == 7 or step == 200 or step == 400"
    shown = [word for run in runs for word in ("--show", run.bare)]
    assert main(["find", str(path), "--text", text, "--where", where, *shown]) == 0
    heads, *lines = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    of = [heads.index(run.bare) for run in runs]
    assert [int(line[0]) for line in lines] == found.steps
    assert 50 < len(lines) < STEPS
    for line, values in zip(lines, found.values, strict=True):
        for column, value in zip(of, values, strict=True):
            said = line[column].split(" ")
            if isinstance(value, float | list):
                assert [float(number) for number in said] == pytest.approx(
                    np.atleast_1d(value), rel=1e-5, abs=1e-6, nan_ok=True
                )
            else:
                assert line[column] == as_text(value)


def test_each_so_many_hits_and_the_first_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(model(), STEPS)
    (run,) = known(trace, "step > 4")
    assert collected(Log(trace, [run], [(run, 7)], ())).steps == list(range(11, STEPS + 1, 7))
    monkeypatch.setattr(log, "MOST", 9)
    found = collected(Log(trace, [run], [(run, 1)], (2,)))
    assert found.full
    assert found.steps == [2, *range(5, 13)]
    assert len(found.values) == 9


def test_it_looks_as_far_as_is_recorded_and_lanes_are_known() -> None:
    m = model()
    trace = Trace(m, text_for(m, 60_000))
    run = LaneRun(trace, "step > 0")
    found = Log(trace, [], [(run, 1)], (3,))
    assert not found.advance()
    trace.advance()
    assert not found.advance()
    while run.advance():
        pass
    while found.advance():
        pass
    assert 0 < found.known == trace.recorded < trace.steps
    assert not found.complete
    assert len(found.steps) == len(found.values) == min(found.known, log.MOST)
