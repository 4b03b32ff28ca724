"""The lanes in words and as a table, for who hears the program or wants the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.numerals import counted, two
from gru_debugger.panes.table import Table, Tables, part, stretch
from gru_debugger.session.marks import Lane
from gru_debugger.session.session import Session

if TYPE_CHECKING:
    from gru_debugger.questions.lane_runs import LaneRun


def words(session: Session) -> list[str]:
    """A sentence a lane: its value at this step, and in how many steps it holds."""
    both = zip(session.lanes.runs, session.marks.lanes, strict=True)
    return [f"Lane {run.expression}: {_told(session, run)}{_halts(lane)}" for run, lane in both]


def _halts(lane: Lane) -> str:
    """Of an armed lane that halts at each so many hits, which; a plain one is seen by its count."""
    return f"; runs halt {lane.where}" if lane.armed and lane.every > 1 else ""


def _told(session: Session, run: LaneRun) -> str:
    t = session.position
    if run.fault:
        return run.fault
    if not 1 <= t <= run.trace.recorded:
        return "nothing at this step"
    value = run.values(t - 1, t)[0]
    if run.is_truth:
        known = "" if run.known < run.trace.steps else f", in {counted(run.count, 'step')} in all"
        return f"{'true' if value else 'false'}{known}"
    if isinstance(value, str) or value is None:
        return value or "nothing"
    several = np.atleast_1d(np.asarray(value, np.float64))
    return ", ".join(two(float(one)) if np.isfinite(one) else "nothing" for one in several)


def tables(session: Session) -> Tables:
    """The numbers and truths of all lanes, a row a step; none without such lanes."""
    shown = [run for run in session.lanes.runs if run.term and run.term.kind in ("number", "truth")]
    return {"lanes": lambda: _table(session, shown)} if shown else {}


def _table(session: Session, runs: Sequence[LaneRun]) -> Table:
    """Of a long text the steps around where we are."""
    trace = runs[0].trace
    columns = [name for run in runs for name in run.heads]
    truths = [run.is_truth for run in runs for _ in run.heads]
    rows = stretch(trace.steps, len(columns), session.position - 1)
    end = min(rows.stop, trace.recorded)
    values = np.full((len(rows), len(columns)), np.nan, np.float32)
    if end > rows.start:
        parts = [run.values(rows.start, end).reshape(end - rows.start, -1) for run in runs]
        values[: end - rows.start] = np.concatenate(parts, axis=1)

    def name(row: int) -> tuple[str, str]:
        return str(rows[row] + 1), trace.character_in_words(rows[row] + 1)

    steps = range(rows.start + 1, rows.stop + 1)
    return Table(
        ("step", trace.reading.noun),
        name,
        tuple(columns),
        values,
        np.isfinite(values),
        part(steps, 1, trace.steps),
        row=session.position - 1 - rows.start if session.position in steps else None,
        truths=frozenset(np.flatnonzero(truths).tolist()),
    )

