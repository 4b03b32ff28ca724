"""Who still speaks, in words and as a table, for who hears the program or wants the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.numerals import grouped, percent
from gru_debugger.panes.table import Table, Tables
from gru_debugger.phrases import told

if TYPE_CHECKING:
    from gru_debugger.panes.memory import MemoryPane

BEFORE = "before"  # what the row of what stood there already is called
_TOLD = 4  # writers, the loudest first


def tip(pane: MemoryPane, step: int, writer: int | None) -> str:
    """Of the state after a step, what another, or None of those shown, wrote."""
    row = pane.row(writer)
    part = percent(float(pane.parts[row, step - pane.shown.start]), 1)
    return told("{part} of {whose} after {step}\n{writer}", part=part, whose=_whose(pane),
                step=_called(pane, step), writer=_writer(pane, row))  # fmt: skip


def words(pane: MemoryPane) -> list[str]:
    """Who speaks in the present state."""
    if pane.now is None:
        return []
    column = pane.parts[:, pane.now - pane.shown.start]
    rows = [int(row) for row in np.argsort(-column, kind="stable")[:_TOLD] if column[row] > 0]
    said = [f"{percent(float(column[row]))} {_writer(pane, row)}" for row in rows]
    if not said:
        return [told("Of the state of {whose} nothing stands there", whose=_whose(pane))]
    return [told("Of the state of {whose} {parts}", whose=_whose(pane), parts=", ".join(said))]


def tables(pane: MemoryPane) -> Tables:
    """The parts, a writer a row and a state a column; none where nothing is recorded."""
    return {"parts": lambda: _table(pane)} if pane.shown else {}


def _table(pane: MemoryPane) -> Table:
    now, shown = pane.now, pane.shown

    def name(row: int) -> tuple[str, str]:
        step = _step(pane, row)
        return (BEFORE, "") if step is None else (str(step), pane.trace.character_in_words(step))

    return Table(
        ("written at", pane.trace.reading.noun),
        name,
        tuple(f"after {step}" for step in shown),
        pane.parts.astype(np.float32),
        row=None if now is None else pane.row(now),
        column=None if now is None else now - shown.start,
    )


def _step(pane: MemoryPane, row: int) -> int | None:
    """Who wrote a row; None: it stood there before."""
    return None if row == pane.row(None) else row + pane.shown.start - pane.forward


def _whose(pane: MemoryPane) -> str:
    return told("all units") if pane.session.view.all_units else pane.of_unit()


def _called(pane: MemoryPane, step: int) -> str:
    character = pane.trace.character_in_words(step)
    return told("step {t}, {character}", t=grouped(step), character=character)


def _writer(pane: MemoryPane, row: int) -> str:
    step = _step(pane, row)
    if step is not None:
        return told("was written at {step}", step=_called(pane, step))
    edge = pane.shown[0] if pane.forward else pane.shown[-1]
    return told("stood there before step {t} was read", t=grouped(edge))
