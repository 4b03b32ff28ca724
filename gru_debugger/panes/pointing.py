"""What is pointed at in columns of charts: a symbol of their equations, or a chart.

Also which part of an equation a step that halts is computing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger.panes import heads, symbols
from gru_debugger.panes.rows import Row
from gru_debugger.panes.symbols import Symbol

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane

_PARTS = "hidden_n", "reset_product"  # computations that are part of an equation


def symbols_of(pane: ColumnsPane) -> list[Symbol]:
    """Those of all heads, then those that rows have beside their charts."""
    return _of_heads(pane) + [one for row in pane.shown_rows() for one in row.symbols()]


def _of_heads(pane: ColumnsPane) -> list[Symbol]:
    """They stay until the pane is laid out again; the pointer asks for them wherever it moves."""
    if pane.head_symbols is None:
        pane.head_symbols = [
            one for column in pane.columns() for one in heads.placed_symbols(pane, column)
        ]
    return pane.head_symbols


def beside_charts(pane: ColumnsPane) -> list[Symbol]:
    """What weights meet, where it is seen beside them."""
    return [one for row in pane.shown_rows() for one in row.beside()]


def chart(pane: ColumnsPane, row: Row) -> QRectF:
    """A chart with the caption above it."""
    place = QRectF(row.rect.left(), row.rect.top(), pane.axis.plot_width, row.rect.height())
    return place.adjusted(-3, -row.slot.caption + 4, 3, 2)


def at(pane: ColumnsPane, point: QPointF) -> tuple[str, bool]:
    """Whose symbol (True) or chart is there."""
    if pane.session.trace is None:
        return "", False
    if name := symbols.at_point(symbols_of(pane), point):
        return name, True
    rows = (row for row in pane.shown_rows() if row.stands_for)
    row = next((row for row in rows if chart(pane, row).contains(point)), None)
    if row is None:
        return symbols.at_point(beside_charts(pane), point), False
    return row.stands_for[0], False


def explained(pane: ColumnsPane, point: QPointF) -> str:
    """What the symbol there means; empty where none is."""
    name, in_formula = at(pane, point)
    return symbols.explained(pane, name) if in_formula else ""


def paint(p: QPainter, pane: ColumnsPane) -> None:
    """Frames around what is pointed at, and a line below what is being computed."""
    session = pane.session
    if session.pointed:
        symbols.paint_frames(p, pane, pointed_rects(pane))
    if session.computation != "blend":
        for rect in computed_rects(pane):
            symbols.underline(p, pane, rect)


def pointed_rects(pane: ColumnsPane) -> list[QRectF]:
    """The symbols of what is pointed at; its charts too, where that is a symbol."""
    name = pane.session.pointed
    found = symbols.named(symbols_of(pane), name)
    if pane.session.pointed_in_formula:
        found += [chart(pane, row) for row in pane.shown_rows() if name in row.stands_for]
        found += symbols.named(beside_charts(pane), name)
    return found


def computed_rects(pane: ColumnsPane) -> list[QRectF]:
    """Of a gate or the candidate its whole equation, else the part that is computed."""
    computed = pane.session.computation
    if computed in _PARTS:
        return symbols.named(_of_heads(pane), computed)
    whole = (heads.equation_rect(pane, column) for column in pane.columns()
             if column.spec.computes == computed)  # fmt: skip
    return [rect for rect in whole if not rect.isEmpty()]
