"""A pane's numbers as CSV and JSON: read back, they are the trace's and those of its tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.charts.theme import THEMES
from gru_debugger.cli import main
from gru_debugger.core.trace import Trace
from gru_debugger.exports import snapshots
from gru_debugger.exports.jobs import PANES, SnapshotJob
from gru_debugger.exports.pane_numbers import Numbers
from gru_debugger.exports.tables import csv as csv_format
from gru_debugger.exports.tables import json as json_format
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import make_pane, pane_specs
from gru_debugger.panes.table import Table, Tables
from gru_debugger.session.session import Session
from gru_debugger.session.view import View

pytestmark = pytest.mark.usefixtures("screen")

STEP, UNIT = 7, 2
Written = Callable[..., tuple[list[dict[str, str]], dict[str, Any]]]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The lines of the CSV file and what the JSON file holds."""

    def write(run: Trace, t: int, pane: str) -> tuple[list[dict[str, str]], dict[str, Any]]:
        job = SnapshotJob(run.model, run, range(t, t + 1), tmp_path, pane,
                          View(unit=UNIT), ("csv", "json"), force=True)  # fmt: skip
        snapshots.export(job, lambda done: None)
        with job.path(t, "csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        return lines, json.loads(job.path(t, "json").read_bytes())

    return write


@pytest.mark.parametrize("pane", PANES[1:])
@pytest.mark.parametrize("t", [0, STEP])
def test_both_hold_what_the_pane_s_tables_say(pane: str, t: int, written: Written) -> None:
    run = recording(model(reset="before"), 12)
    lines, found = written(run, t, pane)
    session = Session()
    session.open(run, t)
    session.look(unit=UNIT)
    shown = make_pane(pane, session, THEMES["light"])
    size = pane_specs()[pane].size
    assert size is not None
    shown.interactive = False
    shown.resize(*size)
    tables = {title: make() for title, make in shown.tables().items()}
    assert [one["table"] for one in found["tables"]] == list(tables)
    if t:
        assert tables
    for one in found["tables"]:
        table = tables[one["table"]]
        assert (one["pane"], tuple(one["columns"])) == (pane, table.columns)
        assert (tuple(one["heads"]), one["note"]) == (table.heads, table.note)
        own = [line for line in lines if line["table"] == one["table"]]
        assert one["rows"] == [_row(table, i) for i in range(table.rows)]
        assert [line["value"] for line in own] == [n for n in _numbers(table) if n]
        names = {" ".join(filter(None, table.name(i))) for i in range(table.rows)}
        assert {line["row"] for line in own} <= names
    assert {(line["step"], line["pane"]) for line in lines} <= {(str(t), pane)}
    assert {line["table"] for line in lines} <= tables.keys()


def _numbers(table: Table) -> list[str]:
    """Each as the dock says it."""
    return [table.number(i, k) for i in range(table.rows) for k in range(len(table.columns))]


def _row(table: Table, i: int) -> dict[str, Any]:
    words = [table.number(i, k) for k in range(len(table.columns))]
    return {"name": [*table.name(i)], "values": [float(w) if w else None for w in words]}


def test_they_are_the_trace_s_numbers(written: Written) -> None:
    run = recording(model(), 12)
    lines, found = written(run, STEP, "blend")
    step = run.step(STEP)
    (table,) = found["tables"]
    for name in ("h_prev", "take", "keep", "h"):
        at = table["columns"].index(name)
        column = [row["values"][at] for row in table["rows"]]
        np.testing.assert_array_equal(np.float32(column), step.values[name])
        own = {line["row"]: line["value"] for line in lines if line["column"] == name}
        assert own == {str(unit): str(value) for unit, value in enumerate(step.values[name])}
    assert (found["step"], found["character"]) == (STEP, run.characters[STEP - 1])
    assert found["model"] == run.model.info()
    assert {line["character"] for line in lines} == {run.characters[STEP - 1]}


def test_of_the_window_they_are_those_of_all_its_panes(written: Written) -> None:
    run = recording(model(), 12)
    lines, found = written(run, STEP, "window")
    panes = ["strip", "cell", "unit", "prediction"]
    assert list(dict.fromkeys(one["pane"] for one in found["tables"])) == panes
    assert list(dict.fromkeys(line["pane"] for line in lines)) == panes


class _Odd(Pane):
    def numbers(self) -> Tables:
        values = np.array([[1, 0.5, np.inf], [0, np.nan, 2]], np.float32)
        known = np.array([[True, True, True], [True, True, False]])
        table = Table(("a", "b"), lambda i: ("x,\n\"", str(i)), ("is", "one", "two"), values,
                      known, truths=frozenset({0}))  # fmt: skip
        return {"odd": lambda: table}


def test_what_is_no_number_and_what_no_encoding_knows() -> None:
    run = recording(model(4), 12)
    session = Session()
    session.open(run, 1)
    numbers = Numbers(run, 1, {"odd": _Odd(session, THEMES["light"])})
    (table,) = json.loads(json_format.render(numbers))["tables"]
    assert [row["values"] for row in table["rows"]] == [[True, 0.5, None], [False, None, None]]
    lines = list(csv.reader(csv_format.render(numbers).decode().splitlines(keepends=True)))
    assert [line[4:] for line in lines[1:]] == [
        ['x,\n" 0', "is", "true"], ['x,\n" 0', "one", "0.5"], ['x,\n" 0', "two", "inf"],
        ['x,\n" 1', "is", "false"], ['x,\n" 1', "one", "nan"],
    ]  # fmt: skip


def test_the_command_writes_a_file_a_step(tmp_path: Path) -> None:
    words = ["export", "bundled:sixteen", "--steps", "33-34", "--pane", "unit", "--format", "csv",
             "--format", "json", "-o", str(tmp_path)]  # fmt: skip
    assert main(words) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"sixteen-step-{step}.{ending}" for step in ("0033", "0034") for ending in ("csv", "json")
    ]
    assert main(words) == 1
