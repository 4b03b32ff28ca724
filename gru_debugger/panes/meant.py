"""Where a value that is spoken of stands in the columns.

Its part of a chart, what is lit around it, and where a number that marks it hides no bar's end.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from gru_debugger.panes.bands import Column
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import GUTTER, ColumnsPane
from gru_debugger.panes.rows import AxisRow, Row

_TICK = 5  # pixels that an axis' lowest label, half of it, stands below its chart
_CHIP = 8  # pixels right of the plot that belong to it


@dataclass(frozen=True)
class Meant:
    """`part`: the unit's part of the chart that shows the value and fewest others.

    `lit`: that chart with its name and axes, and those of the others that draw the value; `bar`:
    from where to where the bar reaches, pixels from the top; None while it is not computed.
    """

    part: QRectF
    lit: tuple[QRectF, ...]
    bar: tuple[float, float] | None

    def translated(self, dx: float, dy: float) -> Meant:
        bar = None if self.bar is None else (self.bar[0] + dy, self.bar[1] + dy)
        lit = tuple(one.translated(dx, dy) for one in self.lit)
        return Meant(self.part.translated(dx, dy), lit, bar)

    def disc(self, size: float) -> QRectF:
        """For a number of so many pixels, in the unit's own column: where more of that is empty;
        where nothing is, at the foot of the bar."""
        part, (top, bottom) = self.part, self.bar or (self.part.bottom(), self.part.bottom())
        above, below = top - part.top(), part.bottom() - bottom
        at = part.top() + 2 if above > max(below, size) else part.bottom() - size - 2
        return QRectF(part.center().x() - size / 2, at, size, size)


def meant(pane: ColumnsPane, quantity: str, unit: int) -> Meant | None:
    """Computed yet or not; None where it is folded or zoomed away."""
    rows = [(column, row) for column in pane.columns() for row in column.shown
            if quantity in row.quantities]  # fmt: skip
    if not rows or not pane.axis.shows(unit):
        return None
    _, row = min(rows, key=lambda found: len(found[1].quantities))
    left, right = pane.axis.left(unit), pane.axis.right(unit)
    part = QRectF(row.rect.left() + left, row.rect.top(), max(1.0, right - left), row.rect.height())
    lit = tuple(_around(pane, *found) for found in rows)
    return Meant(part, lit, _bar(pane, row, quantity, unit))


def _around(pane: ColumnsPane, column: Column, row: Row) -> QRectF:
    """A chart with its name, its axis and the units' numbers, and nothing of its neighbours."""
    below = column.shown[column.shown.index(row) + 1 :][:1]
    bottom = row.rect.bottom() + _TICK
    if below and isinstance(below[0], AxisRow):
        bottom = below[0].rect.bottom()
    named_above = not column.spec.subtitle and row is column.shown[0]
    top = column.top + 4 if named_above else row.rect.top() - row.slot.caption + _TICK
    left, right = column.left - GUTTER, column.left + pane.axis.label_width + _CHIP
    return QRectF(left, top, right - left, bottom - top)


def _bar(pane: ColumnsPane, row: Row, quantity: str, unit: int) -> tuple[float, float] | None:
    frame = pane.session.frame
    if frame is None or not isinstance(row, BarRow) or not pane.session.is_computed(quantity):
        return None
    end = row.chart.y(float(frame.step.values[quantity][unit]))
    low, high = sorted((row.chart.y(0.0), end))
    return low, high
