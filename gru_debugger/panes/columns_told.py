"""The columns of bars and matrices told: in plain words, and as tables of their numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gru_debugger import phrases
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.quantities import COMPUTATIONS, range_of
from gru_debugger.core.trace import Step
from gru_debugger.panes import in_words
from gru_debugger.panes.table import Table, Tables, part, stretch
from gru_debugger.panes.weights import WeightRow

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane


def words(pane: ColumnsPane) -> str:
    """The step, the selected unit's numbers column by column, what changed, all of the result."""
    session = pane.session
    if session.step is None:
        return in_words.sentences(in_words.place(session), in_words.initial(session))
    unit = phrases.told("Unit {unit}", unit=str(session.unit))
    said, later = [in_words.place(session), unit], []
    told: set[str] = set()
    for title, quantities in _columns(pane):
        new = [q for q in dict.fromkeys(quantities) if q not in told]
        told.update(new)
        values = in_words.of_unit(session, new)
        if values:
            said.append(values if values.startswith(title.lower()) else f"{title}: {values}")
        elif new:
            later.append(title)
    if later:
        said.append(phrases.told("Not computed yet: {columns}", columns=", ".join(later)))
    return in_words.sentences(*said, *_result(pane))


def _columns(pane: ColumnsPane) -> list[tuple[str, list[str]]]:
    """Each column's title and quantities."""
    return [
        (phrases.told(column.spec.title), [q for row in column.rows for q in row.quantities])
        for column in pane.columns()
    ]


def _quantities(pane: ColumnsPane) -> list[str]:
    """All of them, in the order of the columns, each once."""
    return list(dict.fromkeys(q for _, quantities in _columns(pane) for q in quantities))


def _result(pane: ColumnsPane) -> list[str]:
    """What the pane's last computed quantity is in all units, and where it changed."""
    session = pane.session
    computed = [q for q in _quantities(pane) if session.is_computed(q)]
    if not computed or session.step is None:
        return []
    order = ("", *COMPUTATIONS[pane.model.reset])
    last = max(reversed(computed), key=lambda q: order.index(QUANTITIES[q].computation))
    low, high = pane.axis_of(range_of(last, pane.model.reset))
    all_units = in_words.of_all(session.step.values[last])
    return [
        in_words.changes(session, last, high - low),
        phrases.told("{quantity} of {units}", quantity=in_words.name(session, last),
                     units=all_units) if all_units else "",
    ]


def numbers(pane: ColumnsPane) -> Tables:
    """The quantities, a row a unit; then the matrices, as weights or as contributions."""
    rows = [row for column in pane.columns() for row in column.rows if isinstance(row, WeightRow)]
    meets = " times what it meets" if pane.session.view.contributions else ""
    matrices = {f"W_{row.side}{row.gate}{meets}": partial(_matrix, pane, row) for row in rows}
    return {"values": partial(_values, pane), **matrices}


def _values(pane: ColumnsPane) -> Table:
    session, quantities = pane.session, _quantities(pane)
    values = np.zeros((pane.model.hidden_size, len(quantities)), np.float32)
    known = np.zeros(len(quantities), bool)
    for i, quantity in enumerate(quantities):
        if quantity == "h" and session.initial is not None:
            values[:, i], known[i] = session.initial, True
        elif session.step is not None and session.is_computed(quantity):
            values[:, i], known[i] = session.step.values[quantity], True
    return Table(
        ("unit",),
        lambda unit: (str(unit),),
        tuple(quantities),
        values,
        known,
        row=session.unit,
    )


def _matrix(pane: ColumnsPane, row: WeightRow) -> Table:
    """As it is drawn: a row what is read, a column the unit that it feeds."""
    matrix, step = row.matrix(), pane.session.step
    rows, units = matrix.shape
    active = _active(pane, row, step)
    shown = stretch(rows, units, active)
    values, known = matrix[shown.start : shown.stop], True
    if pane.session.view.contributions:
        known = step is not None
        met = np.zeros(rows, np.float32) if step is None else row.vector(step)
        values = values * met[shown.start : shown.stop, None]
    return Table(
        ("from",),
        lambda i: (row.reads(shown[i]),),
        tuple(f"unit {unit}" for unit in range(units)),
        values,
        known,
        part(shown, 0, rows - 1),
        row=active - shown.start if row.side == "h" or row.one_hot() else None,
        column=pane.session.unit,
    )


def _active(pane: ColumnsPane, row: WeightRow, step: Step | None) -> int:
    """The row around which a large matrix is cut: the character's, or the selected unit's."""
    if row.one_hot() and step is not None:
        return pane.trace.reading.one_index(step.number) or 0
    return pane.session.unit if row.side == "h" else 0
