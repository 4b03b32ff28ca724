"""Lanes as CSV: a line a step, a column a lane, or one for each of its units."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gru_debugger.core import columns
from gru_debugger.exports.recording import as_text
from gru_debugger.output import writing
from gru_debugger.questions.as_text import as_text as truth_as_text
from gru_debugger.questions.lane_runs import LaneRun

_AT_ONCE = 4000  # values that are written between two looks at something else


def width(runs: Sequence[LaneRun]) -> int:
    """Values a step."""
    return sum(len(run.heads) for run in runs)


def header(runs: Sequence[LaneRun]) -> str:
    return _lines([["step", "character", *(head for run in runs for head in run.heads)]])


def lines(runs: Sequence[LaneRun], a: int, b: int) -> str:
    """Of steps a + 1 to b: truths as true and false; what is not a number, or no text, is empty."""
    characters = runs[0].trace.characters
    values = [column for run in runs for column in _columns(run, a, b)]
    return _lines(zip(range(a + 1, b + 1), characters[a:b], *values, strict=True))


def _columns(run: LaneRun, a: int, b: int) -> list[list[Any]]:
    values = run.values(a, b).reshape(b - a, -1).T
    if values.dtype == bool:
        return [list(map(truth_as_text, column.tolist())) for column in values]
    if values.dtype == object or values.dtype.kind == "U":
        return [["" if value is None else str(value) for value in column] for column in values]
    return [["" if np.isnan(value) else str(value) for value in column] for column in values]


def _lines(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def write(runs: Sequence[LaneRun], path: Path, force: bool = False) -> Generator[bool, None, None]:
    """Write all steps, all or nothing, a moment's work a time; False: more must be recorded first.

    Closed before its end it leaves no file. Raises OutputError.
    """
    trace, done = runs[0].trace, 0
    each = max(1, min(columns.stretch_rows(trace), _AT_ONCE // width(runs)))
    with writing(path, force) as file, as_text(file, "utf-8") as out:
        out.write(header(runs))
        while done < trace.steps:
            end = min(done + each, trace.recorded)
            if end > done:
                out.write(lines(runs, done, end))
            yield end > done
            done = end
