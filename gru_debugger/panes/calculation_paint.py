"""How the worked sheet is drawn: heads and maps, the selected row, tinted numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import THEMES, map_color
from gru_debugger.numerals import brief, fixed, grouped, two
from gru_debugger.panes import calculation_layout as layout
from gru_debugger.phrases import told
from gru_debugger.questions.calculation import GATES, Band, Column, Sheet, Tint

if TYPE_CHECKING:
    from gru_debugger.panes.calculation import CalculationPane

__all__ = [
    "GATES", "background", "beside_read", "equation_place", "number", "numbers", "read_place",
    "selection", "symbol_place", "tint",
]  # fmt: skip

_TITLE, _EQUATION, _SYMBOL, _NUMBER, _UNIT = 14, 14, 13, 11.0, 10  # pixels of type
_TINT = {"light": 127, "dark": 84}  # of 255: no tint is full, text stands on all of them
_PILL = 28.0
_DIGIT = 6.6  # pixels of one of a number's characters
_NOTHING = QColor(0, 0, 0, 0)

Written = tuple[float, float, float]  # left edge, baseline and pixels of type


@lru_cache(2048)
def _tinted(theme: str, of: Tint, step: int) -> QColor:
    """One of 64 shares of a colour, either sign."""
    color = QColor(map_color(theme, step / 64) if of == "map" else THEMES[theme].role(of))
    most = _TINT[theme]
    color.setAlpha(most if of == "map" else round(most * abs(step) / 64))
    return color


def tint(theme: str, of: Tint, share: float) -> QColor:
    """Of a share −1..1 of what has the whole tint."""
    return _tinted(theme, of, round(64 * max(-1.0, min(1.0, share))) if share == share else 0)


def number(value: float) -> str:
    """In the room of a column: two decimals, one from ten on."""
    if abs(value) < 9.995:
        return fixed(value, 2)
    return fixed(value, 1) if abs(value) < 999.95 else brief(value, 3)


# What stays ----------------------------------------------------------------------------------


def background(p: QPainter, pane: CalculationPane, of_: layout.Layout) -> None:
    p.setOpacity(0.5)
    for map_ in pane.maps.values():
        if map_.visible:
            map_.paint(p)
    p.setOpacity(1.0)
    for first, of in pane.laid():
        for gate in range(3):
            _paint_head(p, pane, of_, of, first + gate)
            _paint_units(p, pane, of_, first + gate)
        _paint_blend_head(p, pane, of_, of.blend, of_.bands[first + 2])


def _paint_head(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, of: Sheet, at: int
) -> None:
    theme, place, band = pane.theme, of_.bands[at], of.gates[at % 3]
    assert band.gate
    _paint_title(p, pane, band, layout.LEFT, place.top)
    for side in "h" if of.one_hot else "hi":  # the tile of what is read stands beside the other
        if f"W_{side}" in of_.slots:
            _paint_symbol(p, pane, of_, f"W_{side}", f"W_{{{side}{band.gate}}}", place.top)
    present = {layout.slot(column, band.gate): column for column in band.columns}
    before = "W_h" if "W_h" in of_.slots else ""
    for name in of_.slots:
        column = present.get(name)
        if column is not None:
            _paint_symbol(p, pane, of_, name, column.symbol, place.top)
            where = "W_i" if name == "W_i x" and "W_i" in of_.slots else name
            _paint_sign(p, pane, of_, where, _sign(column, before), place.middle)
            before = name
    ends = of_.slots["result"][0]
    for name, (left, wide) in of_.slots.items():
        if name not in present and name not in ("W_h", "W_i") and left < ends:
            p.setPen(QPen(theme.border, 1))
            p.drawLine(round(left), round(place.middle), round(left + wide), round(place.middle))


def _sign(column: Column, before: str) -> str:
    """Before the vector that a matrix meets stands a dot, where there is a matrix."""
    return ("·" if before else "") if column.slot == "old" else column.sign


def _paint_title(
    p: QPainter, pane: CalculationPane, band: Band, left: float, top: float
) -> None:
    x, baseline, pixels = equation_place(band, left, top)
    fonts.text(p, left, baseline, told(band.title), pane.theme.text, fonts.SANS, _TITLE, 600)
    mathematics.draw(p, x, baseline, band.equation, pane.theme.muted, pixels)


def equation_place(band: Band, left: float, top: float) -> Written:
    """Of a band whose rows begin at `top`."""
    x = left + fonts.width(band.title, fonts.SANS, _TITLE, 600) + 14
    return x, top - layout.HEAD + 17, _EQUATION


def _paint_symbol(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, name: str, symbol: str, top: float
) -> None:
    left, wide = of_.slots[name]
    if name == "product":  # what its equation says has no room here
        fonts.text(p, left + wide / 2, top - 6, told("product"), pane.theme.text, fonts.SANS, 11,
                   align="center")  # fmt: skip
        return
    x, baseline, pixels = symbol_place(of_, name, symbol, top)
    mathematics.draw(p, x, baseline, symbol, pane.theme.text, pixels)


def symbol_place(of_: layout.Layout, name: str, symbol: str, top: float) -> Written:
    """Above a column of a band whose rows begin at `top`."""
    left, wide = of_.slots[name]
    pixels = mathematics.size_within(symbol, _SYMBOL, wide + of_.sizes.gap - 4)
    return left + (wide - mathematics.width(symbol, pixels)) / 2, top - 6, pixels


def _paint_sign(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, name: str, sign: str, middle: float
) -> None:
    if not sign:
        return
    muted, x = pane.theme.muted, of_.slots[name][0] - of_.sizes.gap / 2
    if sign in "=+⊙·":
        pixels = 15 if of_.sizes.gap > 12 else 13
        fonts.text(p, x, middle + 5, sign, muted, fonts.MATH, pixels, align="center")
        return
    x = of_.slots[name][0] - of_.sizes.gap / 2 - 7
    fonts.text(p, x, middle - 5, sign, muted, fonts.MATH, 12, align="center")
    fonts.text(p, x, middle + 7, "→", muted, fonts.MATH, 15, align="center")


def _paint_blend_head(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, band: Band, place: layout.BandPlace
) -> None:
    _paint_title(p, pane, band, of_.slots["1 − z"][0], place.top)
    for column in band.columns[1:]:
        name = layout.slot(column, None)
        _paint_symbol(p, pane, of_, name, column.symbol, place.top)
        _paint_sign(p, pane, of_, name, column.sign, place.middle)


def _paint_units(p: QPainter, pane: CalculationPane, of_: layout.Layout, band: int) -> None:
    place, ticks = of_.bands[band], pane.theme.ticks
    for at, row in pane.shown_rows(band):
        y = place.top + (at + 0.5) * place.row + 3.5
        words = str(pane.rows.start + row)
        fonts.text(p, layout.LEFT - 10, y, words, ticks, fonts.TICKS, _UNIT, align="right")


# The selection -------------------------------------------------------------------------------


def selection(p: QPainter, pane: CalculationPane, of_: layout.Layout) -> None:
    """An amber row across each band, in the lowest through the blend to the new state."""
    theme, unit = pane.theme, pane.session.unit
    for band, place in enumerate(of_.bands):
        at = pane.row if place.rows > 1 else 0
        last = "new" if band % 3 == 2 else _last(pane, of_, band % 3)
        left, wide = of_.slots[last]
        row = QRectF(layout.LEFT - 6, place.top + at * place.row, 0, place.row)
        row.setRight(left + wide + 6)
        fill = QColor(theme.fill)
        fill.setAlpha(26)
        p.fillRect(row, fill)
        p.setPen(QPen(theme.edge, 1))
        p.drawLine(row.topLeft(), row.topRight())
        p.drawLine(row.bottomLeft(), row.bottomRight())
        pill = QRectF(layout.LEFT - 7 - _PILL, row.top(), _PILL, place.row + 0.5)
        fonts.tile(p, pill, theme.pill, str(unit), theme.pill_text, fonts.TICKS, _UNIT, 600)


def _last(pane: CalculationPane, of_: layout.Layout, band: int) -> str:
    """How far a gate's band reaches."""
    return "take" if pane.model.reset == "before" and not band and "take" in of_.slots else "result"


# The numbers ---------------------------------------------------------------------------------


def numbers(p: QPainter, pane: CalculationPane, of_: layout.Layout) -> None:
    """Of what is computed by now."""
    for first, of in pane.shown():
        _paint_numbers(p, pane, of_, of, first)
        _paint_read(p, pane, of_, of, first)
        if len(of_.bands) > 3:
            _paint_step(p, pane, of_, of, first)


def _paint_step(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, of: Sheet, first: int
) -> None:
    """Of two, which step it is."""
    left, wide = of_.slots["new"]
    baseline = of_.bands[first].top - layout.HEAD + 17
    t = of.step.number
    words = told("step {t}, {character}", t=grouped(t), character=pane.trace.character_in_words(t))
    fonts.text(p, left + wide, baseline, words, pane.theme.text, fonts.SANS, _TITLE, 600,
               align="right")  # fmt: skip


def _paint_numbers(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, of: Sheet, first: int
) -> None:
    rows = [pane.shown_rows(first + gate) for gate in range(3)]
    reach, chosen = pane.reach, pane.row
    for gate, name, column in pane.columns(of):
        if pane.is_known(of, column):
            own = reach if column.tint == "map" else 1.0
            place, slot = of_.bands[first + gate], of_.slots[name]
            _paint_column(p, pane, column, place, slot, rows[gate], own, chosen)


def _paint_column(
    p: QPainter, pane: CalculationPane, column: Column, place: layout.BandPlace,
    slot: tuple[float, float], rows: Sequence[tuple[int, int]], reach: float, chosen: int,
) -> None:  # fmt: skip
    """Hundreds of numbers a step: what is the same for all of a column is asked once."""
    theme, (left, wide) = pane.theme, slot
    name, ink, faded, of, values = theme.name, theme.text, theme.muted, column.tint, column.values
    by_hand = column.by_hand if column.by_hand.any() else None
    y, high, right, room = place.top + 0.5, place.row, left + wide - 4, int((wide - 2) / _DIGIT)
    for at, row in rows:
        value, top = float(values[row]), y + at * high
        color = tint(name, of, value / reach)
        if color.alpha():
            p.fillRect(QRectF(left, top, wide, high - 1), color)
        words, pixels = two(value) if row == chosen else number(value), _NUMBER
        if len(words) > room:
            words, pixels = fonts.fitting(words, wide - 2, fonts.MONO, _NUMBER)
        fonts.text(p, right, top + high / 2 + 3.5, words, faded if words == "0.00" else ink,
                   fonts.MONO, pixels, align="right")  # fmt: skip
        if by_hand is not None and by_hand[row]:
            p.setPen(QPen(ink, 1))
            p.setBrush(_NOTHING)
            p.drawRect(QRectF(left + 0.5, top, wide - 1, high - 1))


def _paint_read(
    p: QPainter, pane: CalculationPane, of_: layout.Layout, of: Sheet, first: int
) -> None:
    """The one column of W_i that a one-hot input reads, framed, its tile above."""
    if not of.one_hot or "W_i" not in of_.slots:
        return
    theme = pane.theme
    for at, gate in enumerate(GATES):
        rect, middle, box = read_place(pane, of, first + at)
        wide = max(rect.width() / of.cell.input_size, 3.0) + 1
        p.setPen(QPen(theme.now, 1.5))
        p.setBrush(_NOTHING)
        p.drawRect(QRectF(middle - wide / 2, rect.top() - 1, wide, rect.height() + 2))
        shown, pixels = fonts.symbol(of.step.character, box.width() - 2, 11, 600)
        fonts.tile(p, box, theme.now, shown, theme.now_text, fonts.MONO, pixels, 600)
        symbol = f"W_{{i{gate}}}"
        x, y, pixels = beside_read(pane, of, first + at, symbol)
        mathematics.draw(p, x, y, symbol, theme.text, pixels)


def read_place(pane: CalculationPane, of: Sheet, band: int) -> tuple[QRectF, float, QRectF]:
    """The map of W_i, the middle of the column that is read, and the tile above it."""
    rect = pane.map_rect(band, "i")
    middle = rect.left() + (int(of.step.x.argmax()) + 0.5) * rect.width() / of.cell.input_size
    left = max(rect.left(), min(middle - 7, rect.right() - 14))
    return rect, middle, QRectF(left, rect.top() - 16, 14, 14)


def beside_read(pane: CalculationPane, of: Sheet, band: int, symbol: str) -> Written:
    """Where the matrix' symbol stands: on the side of the tile that has more room."""
    rect, middle, box = read_place(pane, of, band)
    before = box.left() - mathematics.width(symbol, _SYMBOL) - 3
    return before if middle > rect.center().x() else box.right() + 3, rect.top() - 6, _SYMBOL
