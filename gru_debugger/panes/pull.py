"""A bar that follows the pointer: what it stands for is set by hand."""

from __future__ import annotations

from dataclasses import dataclass

from gru_debugger.charts.bars import BarChart
from gru_debugger.core.cell import EDITABLE
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.rows import Row


@dataclass(frozen=True)
class Pull:
    """One value of the step shown, and the chart that it is pulled in."""

    quantity: str
    unit: int
    chart: BarChart


def begun(row: Row, unit: int) -> Pull | None:
    """On a row's bar, where it shows one quantity that can be set; else None."""
    if isinstance(row, BarRow) and len(row.selects) == 1 and row.selects[0] in EDITABLE:
        return Pull(row.selects[0], unit, row.chart)
    return None
