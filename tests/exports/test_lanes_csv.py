"""Lanes as CSV hold what `evaluate` says of their expressions, to the last digit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.errors import ExistingFileError
from gru_debugger.exports import lanes_csv
from gru_debugger.questions.expressions import evaluate
from gru_debugger.questions.lane_runs import LaneRun

EXPRESSIONS = (
    "z[5]", 'leap: character == "a" or surprise > 3', "h[4:6]", "changed(h[0:2])", "predicted",
    "surprise",
)  # fmt: skip


def runs_of(trace: Trace) -> list[LaneRun]:
    return [LaneRun(trace, expression) for expression in EXPRESSIONS]


def test_a_file_holds_every_step_of_every_lane(tmp_path: Path) -> None:
    trace = recording(model(), 300).finish()
    path = tmp_path / "lanes.csv"
    assert all(lanes_csv.write(runs_of(trace), path))
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == [
        "step", "character", "z[5]", 'leap: character == "a" or surprise > 3', "h[4]", "h[5]",
        "changed(h[0:2]) [0]", "changed(h[0:2]) [1]", "predicted", "surprise",
    ]  # fmt: skip
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    assert columns["step"] == tuple(map(str, range(1, 301)))
    assert "".join(columns["character"]) == trace.text
    for unit in (4, 5):
        found = np.array(columns[f"h[{unit}]"], np.float32)
        np.testing.assert_array_equal(found, evaluate("h", trace)[:, unit])
    wanted = ["true" if holds else "false" for holds in evaluate(EXPRESSIONS[1], trace)]
    assert list(columns[head[3]]) == wanted
    assert list(columns["predicted"]) == evaluate("predicted", trace).tolist()
    assert columns["surprise"][-1] == "", "nothing follows the last character"
    np.testing.assert_array_equal(
        np.array(columns["surprise"][:-1], float), evaluate("surprise", trace)[:-1]
    )


def test_it_waits_for_what_is_not_recorded_and_is_all_or_nothing(tmp_path: Path) -> None:
    m = model()
    trace = Trace(m, text_for(m, 9000))
    path = tmp_path / "lanes.csv"
    writing = lanes_csv.write(runs_of(trace), path)
    assert not next(writing)
    trace.advance()
    assert next(writing)
    writing.close()
    assert list(tmp_path.iterdir()) == []
    trace.finish()
    for _ in lanes_csv.write(runs_of(trace), path):
        assert not path.exists()
    with path.open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.reader(file)) == 9001
    with pytest.raises(ExistingFileError):
        next(lanes_csv.write(runs_of(trace), path))


def test_a_part_is_lines_of_the_whole() -> None:
    trace = recording(model(), 40).finish()
    runs = runs_of(trace)
    both = lanes_csv.lines(runs, 0, 13) + lanes_csv.lines(runs, 13, 40)
    parts, whole = (
        list(csv.reader(io.StringIO(words))) for words in (both, lanes_csv.lines(runs, 0, 40))
    )
    for part, line in zip(parts, whole, strict=True):
        for cell, other in zip(part, line, strict=True):  # BLAS rounds by how many steps there are
            assert cell == other or abs(float(cell) - float(other)) < 1e-6
