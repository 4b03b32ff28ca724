"""What is pointed at in the row by hand: a symbol, or the numbers that it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QRectF

from gru_debugger.charts import fonts, mathematics
from gru_debugger.panes import symbols
from gru_debugger.panes.calculation_ledger import (
    BLEND,
    HIGH,
    MARGIN,
    NAME,
    LedgerCard,
    result_place,
    symbol_place,
)
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.symbols import Symbol
from gru_debugger.questions.by_hand import Line
from gru_debugger.questions.calculation import Band, Sheet


def symbols_of(pane: Pane, card: LedgerCard, of: Sheet | None) -> list[Symbol]:
    """Those above the products, of the lines below them, and of the gates' values."""
    if of is None or card.rect is None:
        return []
    return [*_heads(pane, card, of), *_names(pane, card, of)]


def _heads(pane: Pane, card: LedgerCard, of: Sheet) -> Iterator[Symbol]:
    baseline = card.rows(card.made(of)[0])[0] - 6
    for band, met, weight, _ in zip(of.gates, *card.ends(of), strict=True):
        assert band.gate
        for right, slot in ((met, "old"), (weight, "W_h")):
            symbol = of.symbols(slot, band.gate)
            x, pixels = symbol_place(symbol, right)
            if right:
                yield from symbols.placed(pane, symbol, x, baseline, pixels)


def _names(pane: Pane, card: LedgerCard, of: Sheet) -> Iterator[Symbol]:
    assert card.rect is not None
    left, (_, rounding) = card.rect.left() + MARGIN, card.made(of)
    for line, y in _lines(card, of):
        if line.slot != "result":
            name = of.symbols.of_all(line.slot)
            yield from symbols.placed(pane, name, left + NAME, y + HIGH, 13)
            continue
        for at, (band, end) in enumerate(zip(of.gates, card.ends(of)[2], strict=True)):
            if pane.session.is_computed(str(band.gate)):
                symbol, right, room = result_place(of, line, at, end, rounding)
                x, pixels = symbol_place(symbol, right, room)
                yield from symbols.placed(pane, symbol, x, y + HIGH + 1, pixels)
    if pane.session.is_computed("h"):
        wide = mathematics.width(card.state(of).removesuffix(" ="), 13)
        yield Symbol("h", symbols.around(left, y + card.high + BLEND, left + wide))


def blocks_of(pane: Pane, card: LedgerCard, of: Sheet | None) -> list[Symbol]:
    """What is met, weights and products, a column each; then a number a gate; then the blend's."""
    if of is None or card.rect is None:
        return []
    return [*_products(card, of), *_values(card, of), *_blend(pane, card, of)]


def _products(card: LedgerCard, of: Sheet) -> Iterator[Symbol]:
    """The first column is as wide as numbers are, whatever stands before it."""
    top, bottom = card.rows(card.made(of)[0])
    edges, names = list[float](), list[str]()
    for band, met, weight, product in zip(of.gates, *card.ends(of), strict=True):
        if met:
            edges += [met - (weight - met), met] if not edges else [met]
            names.append(_met(of, band))
        edges += [weight, product]
        names += [f"W_h{band.gate}", f"hidden_{band.gate}"]
    for name, (left, right) in zip(names, pairwise(edges), strict=True):
        yield Symbol(name, QRectF(left, top, right - left, bottom - top))


def _met(of: Sheet, band: Band) -> str:
    return "reset_product" if of.reset == "before" and band.gate == "n" else "h_prev"


def _values(card: LedgerCard, of: Sheet) -> Iterator[Symbol]:
    _, weights, products = card.ends(of)
    for line, y in _lines(card, of):
        for band, left, right in zip(of.gates, weights, products, strict=True):
            column = band.column(line.slot)
            quantity = column.stands_for(band.gate) if column else ""
            if quantity:
                yield Symbol(quantity, QRectF(left, y, right - left, card.high))


def _blend(pane: Pane, card: LedgerCard, of: Sheet) -> Iterator[Symbol]:
    if not pane.session.is_computed("h"):
        return
    assert card.rect is not None
    *_, (_, y) = _lines(card, of)
    x = card.rect.left() + MARGIN + mathematics.width(card.state(of), 13) + 10
    columns = {column.slot: column for column in of.blend.columns}
    for slot, words in card.blend(of, card.made(of)[1]):
        weight = 600 if slot == "new" else 400
        signed = fonts.width(words.split(" ")[0] + " ", fonts.MONO, 11, weight)
        wide = fonts.width(words, fonts.MONO, 11, weight)
        rect = QRectF(x + signed - 2, y + card.high + BLEND - 11, wide - signed - 3, card.high)
        yield Symbol(columns[slot].stands_for(None), rect)
        x += wide


def _lines(card: LedgerCard, of: Sheet) -> Iterator[tuple[Line, float]]:
    """Each line with its upper edge."""
    found, rounding = card.made(of)
    top = card.lines(found, rounding)
    for i, line in enumerate(found.lines):
        yield line, top + i * card.high
