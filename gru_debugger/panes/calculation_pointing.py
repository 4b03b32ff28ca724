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


KINDS = "heads", "columns", "numbers by hand", "symbols by hand"  # that are found once


def symbols_of(pane: CalculationPane) -> list[Symbol]:
    """Those of the bands' equations, of the columns and matrices, and of the row by hand."""
    of_ = pane.layout
    if of_ is None:
        return []
    by_hand = pane.found["symbols by hand"].of(
        _of_step(pane), lambda: ledger_pointing.symbols_of(pane, pane.card, pane.sheet())
    )
    heads = pane.found["heads"].of(_of_run(pane), lambda: _heads(pane, of_))
    return [*by_hand, *heads, *_beside_what_is_read(pane, of_)]


def _of_run(pane: CalculationPane) -> tuple[object, ...]:
    """What columns and equations depend on: no step's numbers."""
    session = pane.session
    return pane.layout, pane.trace, session.notation, session.where.place


def _of_step(pane: CalculationPane) -> tuple[object, ...]:
    """What else the row by hand depends on."""
    session = pane.session
    return pane.layout, pane.sheet(), pane.card.rect, session.unit, session.computation


def _heads(pane: CalculationPane, of_: layout.Layout) -> list[Symbol]:
    """The same at every step."""
    found = list[Symbol]()
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
    for side in ("h" if of.one_hot else "hi") if band.gate else "":
        if f"W_{side}" in of_.slots:
            symbol = f"W_{{{side}{band.gate}}}"
            where = paint.symbol_place(of_, f"W_{side}", symbol, top)
            yield from symbols.placed(pane, symbol, *where)


def _beside_what_is_read(pane: CalculationPane, of_: layout.Layout) -> Iterator[Symbol]:
    """The matrices of a one-hot input, whose symbols go where the tile is not."""
    for first, of in pane.shown():
        for gate in paint.GATES if of.one_hot and "W_i" in of_.slots else ():
            symbol, at = f"W_{{i{gate}}}", first + pane.band_of(gate)
            yield from symbols.placed(pane, symbol, *paint.beside_read(pane, of, at, symbol))


def blocks_of(pane: CalculationPane) -> list[Symbol]:
    """The numbers of each quantity, the maps, and the tile of the character that is read."""
    of_ = pane.layout
    if of_ is None:
        return []
    by_hand = pane.found["numbers by hand"].of(
        _of_step(pane), lambda: ledger_pointing.blocks_of(pane, pane.card, pane.sheet())
    )
    columns = pane.found["columns"].of(_of_run(pane), lambda: _columns(pane, of_))
    tiles = [
        Symbol("x", paint.read_place(pane, of, first + gate)[2])
        for first, of in pane.shown() if of.one_hot and "W_i" in of_.slots for gate in range(3)
    ]  # fmt: skip
    return [*by_hand, *tiles, *columns]


def _columns(pane: CalculationPane, of_: layout.Layout) -> list[Symbol]:
    found = list[Symbol]()
    for first, of in pane.laid():
        for gate, name, column in pane.columns(of):
            (left, wide), place = of_.slots[name], of_.bands[first + gate]
            rect = QRectF(left, place.top, wide, place.bottom - place.top)
            own = paint.GATES[gate] if column in of.gates[gate].columns else None
            found += [Symbol(quantity, rect)] if (quantity := column.stands_for(own)) else []
        found += [
            Symbol(f"W_{side}{paint.GATES[gate]}", pane.map_rect(first + gate, side))
            for gate in range(3) for side in "hi" if f"W_{side}" in of_.slots
        ]  # fmt: skip
    return found


def at(pane: CalculationPane, point: QPointF) -> tuple[str, bool]:
    """Whose symbol (True) or numbers are there."""
    return symbols.symbol_or_chart(symbols_of(pane), lambda: blocks_of(pane), point)


def pointed_rects(pane: CalculationPane) -> list[QRectF]:
    both = [*symbols_of(pane), *blocks_of(pane)]
    return symbols.named(both, pane.session.pointed)
