"""What is pointed at in the worked sheet: a symbol, or the block of numbers that it stands for.

A quantity stands there several times, h(t−1) in each band: all of them are framed together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from gru_debugger.panes import calculation_layout as layout
from gru_debugger.panes import calculation_paint as paint
from gru_debugger.panes import ledger_pointing, symbols
from gru_debugger.panes.symbols import Symbol
from gru_debugger.questions.calculation import Band, Sheet

if TYPE_CHECKING:
    from gru_debugger.panes.calculation import CalculationPane


def symbols_of(pane: CalculationPane) -> list[Symbol]:
    """Those of the bands' equations, of the columns and matrices, and of the row by hand."""
    of_ = pane.layout
    if of_ is None:
        return []
    found = ledger_pointing.symbols_of(pane, pane.card, pane.sheet())
    for first, of in pane.laid():
        for gate, band in enumerate(of.gates):
            found += _of_head(pane, of_, of, first + gate, band, layout.LEFT)
        found += _of_head(pane, of_, of, first + 2, of.blend, of_.slots["1 − z"][0])
    return found


def _of_head(
    pane: CalculationPane, of_: layout.Layout, of: Sheet, at: int, band: Band, left: float
) -> Iterator[Symbol]:
    top = of_.bands[at].top
    yield from symbols.placed(pane, band.equation, *paint.equation_place(band, left, top))
    for column in band.columns[band.gate is None :]:  # the candidate's n is the blend's
        name, quantity = layout.slot(column, band.gate), column.stands_for(band.gate)
        left, wide = of_.slots[name]
        if name == "product":  # of which there is a word alone
            yield Symbol(quantity, symbols.around(left, top - 6, left + wide))
            continue
        x, baseline, pixels = paint.symbol_place(of_, name, column.symbol, top)
        yield from symbols.placed(pane, column.symbol, x, baseline, pixels)
        if quantity:
            yield Symbol(quantity, symbols.around(x, baseline, 2 * left + wide - x))
    for side in "hi" if band.gate else "":
        if f"W_{side}" in of_.slots:
            symbol = f"W_{{{side}{band.gate}}}"
            read = side == "i" and of.one_hot
            where = (paint.beside_read(pane, of, at, symbol) if read
                     else paint.symbol_place(of_, f"W_{side}", symbol, top))  # fmt: skip
            yield from symbols.placed(pane, symbol, *where)


def blocks_of(pane: CalculationPane) -> list[Symbol]:
    """The numbers of each quantity, the maps, and the tile of the character that is read."""
    of_ = pane.layout
    if of_ is None:
        return []
    found = ledger_pointing.blocks_of(pane, pane.card, pane.sheet())
    for first, of in pane.laid():
        for gate, name, column in pane.columns(of):
            (left, wide), place = of_.slots[name], of_.bands[first + gate]
            rect = QRectF(left, place.top, wide, place.bottom - place.top)
            band_gate = paint.GATES[gate] if column in of.gates[gate].columns else None
            found += [Symbol(quantity, rect)] if (quantity := column.stands_for(band_gate)) else []
        for gate in range(3):
            found += _maps(pane, of_, of, first + gate)
    return found


def _maps(pane: CalculationPane, of_: layout.Layout, of: Sheet, at: int) -> Iterator[Symbol]:
    for side in "hi":
        if f"W_{side}" in of_.slots:
            yield Symbol(f"W_{side}{paint.GATES[at % 3]}", pane.map_rect(at, side))
    if of.one_hot and "W_i" in of_.slots and pane.shown():
        yield Symbol("x", paint.read_place(pane, of, at)[2])


def at(pane: CalculationPane, point: QPointF) -> tuple[str, bool]:
    """Whose symbol (True) or numbers are there."""
    return symbols.symbol_or_chart(symbols_of(pane), lambda: blocks_of(pane), point)


def pointed_rects(pane: CalculationPane) -> list[QRectF]:
    both = [*symbols_of(pane), *blocks_of(pane)]
    return symbols.named(both, pane.session.pointed)
