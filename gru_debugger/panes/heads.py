"""A column's head: its name, its equation, the keys of its colours, the selected unit's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger.charts import fonts, legend, mathematics
from gru_debugger.panes import symbols
from gru_debugger.panes.rows import (
    chip_room,
    paint_chip,
    paint_empty_chip,
    paint_pill,
)
from gru_debugger.panes.symbols import Symbol
from gru_debugger.phrases import told

if TYPE_CHECKING:
    from gru_debugger.panes.bands import Column, Equation
    from gru_debugger.panes.columns import ColumnsPane

_TITLE, _EQUATION, _NOTE = 15, 16, 13  # pixels of type
_BESIDE = 16  # pixels between an equation and what explains it
_EASY = 13  # pixels of an equation from which it is read at a glance
_OWN_LINE = 18  # pixels of a line of its own
_NARROW = 30  # pixels of a head that has room for its name alone


def height(pane: ColumnsPane, band: list[Column]) -> float:
    """The same for the columns of a band; without a second line where none has one."""
    more = legend.LINE * max(len(_legend(pane, column).lines) - 1 for column in band)
    more += _OWN_LINE if not band[0].spec.subtitle and _own_line(pane) else 0
    return more + max(column.spec.head if _two_lines(pane, column) else _NARROW for column in band)


def line(pane: ColumnsPane, band: list[Column]) -> float:
    """Pixels of a band's names alone, with their values."""
    below = any(column.spec.chip for column in band) and not _chip_above(pane)
    return _NARROW + (_OWN_LINE if below else 0)


def _legend(pane: ColumnsPane, column: Column) -> legend.Legend:
    """The column's keys, the first line of them beside the value where that has no room above."""
    keys, room = column.spec.keys(pane) if column.spec.keys else (), float(pane.axis.label_width)
    return legend.laid(keys, _room_below(pane), room)


def _two_lines(pane: ColumnsPane, column: Column) -> bool:
    words, room = _equation(pane, column), float(pane.axis.width)
    return not column.spec.subtitle or mathematics.fits(words, _EQUATION, room)


def _equation(pane: ColumnsPane, column: Column) -> str:
    return "".join(formula for formula, _ in _pieces(pane, column))


def _pieces(pane: ColumnsPane, column: Column) -> Equation:
    return [(pane.in_time(formula), color) for formula, color in column.spec.equation(pane)]


def _note(pane: ColumnsPane, column: Column) -> str:
    return column.spec.note(pane) if column.spec.note else ""


def _title_width(column: Column) -> float:
    return fonts.width(told(column.spec.title), fonts.SANS, _TITLE, 600)


def _chip_above(pane: ColumnsPane) -> bool:
    """Whether the values have room beside all names; else they stand beside the keys."""
    titles = [_title_width(column) for column in pane.columns() if column.spec.chip]
    return max(titles, default=0.0) + _chip_room(pane) <= pane.axis.label_width


def _own_line(pane: ColumnsPane) -> bool:
    """Whether equations that stand beside a name could be read more easily below it."""
    below = _room_below(pane)
    for column in pane.columns():
        if not column.spec.subtitle:
            words, beside = _equation(pane, column), _room_beside(pane, column)
            size = mathematics.size_within(words, _EQUATION, beside)
            if size < min(_EASY, mathematics.size_within(words, _EQUATION, below)):
                return True
    return False


def _room_below(pane: ColumnsPane) -> float:
    """The values stand there where they have no room above."""
    return pane.axis.label_width - (0 if _chip_above(pane) else _chip_room(pane))


def _room_beside(pane: ColumnsPane, column: Column) -> float:
    taken = _title_width(column) + 10 + (_chip_room(pane) if _chip_above(pane) else 0)
    return pane.axis.label_width - taken


def _subtitles(pane: ColumnsPane) -> bool:
    """Whether all of them have room: none stands alone."""
    return all(
        _title_width(column) + 14 + fonts.width(told(column.spec.subtitle), fonts.SANS, 12)
        <= pane.axis.width
        for column in pane.columns()
        if column.spec.subtitle
    )


def _chip_room(pane: ColumnsPane) -> float:
    return chip_room(pane.axis_of("state")[1])


def _equation_place(pane: ColumnsPane, column: Column) -> tuple[float, float, float]:
    """Left edge, baseline and room of an equation."""
    x, top = column.left, column.top
    if column.spec.subtitle:
        return x, top + 45, float(pane.axis.width)
    if _own_line(pane):
        return x, top + 43, _room_below(pane)
    return x + _title_width(column) + 10, top + 23, _room_beside(pane, column)


def paint_equation(p: QPainter, pane: ColumnsPane, column: Column, on_pill: bool) -> None:
    """With the selected quantity's symbol on the pill, where it stands in it by itself."""
    if not column.folded:
        _paint_equation(p, pane, column, *_equation_place(pane, column), on_pill)


def paint(p: QPainter, pane: ColumnsPane, column: Column) -> None:
    spec, x, theme, title = column.spec, column.left, pane.theme, _title_width(column)
    baseline = column.top + 23
    fonts.text(p, x, baseline, told(spec.title), theme.text, fonts.SANS, _TITLE, 600)
    if spec.subtitle and _subtitles(pane):
        subtitle = told(spec.subtitle)
        fonts.text(p, x + title + 14, baseline, subtitle, theme.muted, fonts.SANS, 12)
    paint_keys(p, pane, column)


def paint_keys(p: QPainter, pane: ColumnsPane, column: Column, passing: bool = False) -> None:
    """What its colours and marks are; `passing`: those that not every step has."""
    if column.spec.subtitle or column.folded:
        return
    below = column.top + 43 + (_OWN_LINE if _own_line(pane) else 0)
    keys = _legend(pane, column)
    legend.paint(p, column.left, below, pane.theme.muted, keys, passing)


def _paint_equation(
    p: QPainter,
    pane: ColumnsPane,
    column: Column,
    x: float,
    baseline: float,
    room: float,
    on_pill: bool,
) -> None:
    """Smaller where there is less room; what explains it stands beside it, if it can."""
    theme, note, end = pane.theme, _note(pane, column), x + room
    pixels = _pixels(pane, column, room)
    if not pixels:
        return
    selected = pane.symbol(pane.session.told) if on_pill else ""
    for formula, role in _pieces(pane, column):
        color = theme.role(role)
        if formula == selected:
            color = paint_pill(p, theme, x, baseline, mathematics.width(formula, pixels))
        x += mathematics.draw(p, x, baseline, formula, color, pixels)
    if note and x + _BESIDE + mathematics.width(note, _NOTE) <= end:
        mathematics.draw(p, x + _BESIDE, baseline, note, theme.muted, _NOTE)


def _pixels(pane: ColumnsPane, column: Column, room: float) -> float:
    return mathematics.size_within(_equation(pane, column), _EQUATION, room)


def placed_symbols(pane: ColumnsPane, column: Column) -> list[Symbol]:
    """Those of its equation, where they stand."""
    x, baseline, room = _equation_place(pane, column)
    pixels = 0 if column.folded else _pixels(pane, column, room)
    return symbols.placed(pane, _equation(pane, column), x, baseline, pixels) if pixels else []


def equation_rect(pane: ColumnsPane, column: Column) -> QRectF:
    """Where all of it stands; empty where it has no room."""
    x, baseline, room = _equation_place(pane, column)
    pixels = 0 if column.folded else _pixels(pane, column, room)
    wide = mathematics.width(_equation(pane, column), pixels) if pixels else 0.0
    return symbols.around(x, baseline, x + wide) if pixels else QRectF()


def hover(pane: ColumnsPane, at: QPointF) -> str:
    """What explains an equation, for who points at it."""
    for column in pane.columns():
        over = column.left <= at.x() <= column.left + pane.axis.width
        if over and column.top <= at.y() <= column.top + column.head:
            return mathematics.plain(_note(pane, column))
    return ""


def value_top(pane: ColumnsPane) -> int:
    """Pixels above the selected unit's value, in a column's upper right corner."""
    return 11 if _chip_above(pane) else 31


def paint_empty_value(p: QPainter, pane: ColumnsPane, column: Column) -> None:
    """The box that the value stands in."""
    right, selected = column.left + pane.axis.label_width, _is_selected(pane, column)
    paint_empty_chip(p, pane.theme, right, column.value, selected)


def _is_selected(pane: ColumnsPane, column: Column) -> bool:
    return column.spec.chip == pane.session.told


def paint_value(p: QPainter, pane: ColumnsPane, column: Column, value: float) -> None:
    right = column.left + pane.axis.label_width
    selected = _is_selected(pane, column)
    paint_chip(p, pane.theme, right, column.value, value, signed=True, selected=selected)
