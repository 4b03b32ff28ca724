"""What a step changes on the strip: where it is, and the marks along the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gru_debugger.charts import boxes, fonts
from gru_debugger.numerals import grouped
from gru_debugger.panes import overview, pinned_mark

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane

TILE_TOP, TILE = 10, 28  # pixels above the characters' tiles, and of one
MAP_TOP = 46
HITS = TILE_TOP + TILE + 1  # the upper edge of the lines under hits
STOPS = 42.0  # the middle of the stops' dots, between the characters and the map
RIBBONS = 1.0  # the upper edge of the bookmarks' ribbons, above the characters
_APART = 4  # pixels between the position's number and the next one, at least
_RIBBON = QPolygonF([QPointF(x, y) for x, y in ((-3, 0), (3, 0), (3, 7), (0, 4.5), (-3, 7))])


def paint(p: QPainter, pane: StripPane) -> None:
    _paint_unit(p, pane)
    _paint_numbers(p, pane)
    pinned_mark.paint(p, pane)
    _paint_now(p, pane)
    pane.hits.paint(p, HITS)
    pane.edits.paint(p, STOPS)
    _paint_stops(p, pane)
    _paint_bookmarks(p, pane)


def _paint_unit(p: QPainter, pane: StripPane) -> None:
    """Lines along its row of the map."""
    rect, (top, high) = pane.map_rect(), pane.unit_y()
    p.setPen(QPen(pane.theme.edge, 1.5))
    for y in (top, top + high):
        p.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def _paint_now(p: QPainter, pane: StripPane) -> None:
    position, theme = pane.session.position, pane.theme
    if not pane.first <= position <= pane.last:
        return
    x, rect = pane.x(position), pane.map_rect()
    if position and not pane.session.is_computed("h"):
        p.fillRect(QRectF(x, rect.top(), pane.cell, rect.height()), theme.panel)
    character = pane.trace.characters[position - 1] if position else "▸"
    shown, pixels = fonts.symbol(character, pane.cell - 3, 16, 600)
    fonts.tile(p, tile_now(pane), theme.now, shown, theme.now_text, fonts.MONO, pixels, 600)
    if position and pane.trace.stand_in(position):
        p.fillRect(pane.stand_in_mark(position), theme.now_text)
    p.setPen(QPen(theme.now, 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(QRectF(x, rect.top() - 2, pane.cell, rect.height() + 4), 2, 2)
    label = _label_now(pane)
    fonts.tile(p, label, theme.now, grouped(position), theme.now_text, fonts.MONO, 11, 600)


def tile_now(pane: StripPane) -> QRectF:
    """That of the character that is read; empty where it is out of sight."""
    position = pane.session.position
    if not pane.first <= position <= pane.last:
        return QRectF()
    return QRectF(pane.x(position), TILE_TOP, pane.cell, TILE)


def _paint_stops(p: QPainter, pane: StripPane) -> None:
    """A dot below each character at which a run halts; what is still to come has no veil."""
    p.setPen(boxes.NO_PEN)
    p.setBrush(pane.theme.error)
    stops = pane.session.marks.stops
    for t in stops[bisect_left(stops, pane.first) : bisect_right(stops, pane.last)]:
        p.drawEllipse(QPointF(pane.x(t) + pane.cell / 2, STOPS), overview.DOT, overview.DOT)


def _paint_bookmarks(p: QPainter, pane: StripPane) -> None:
    """A ribbon above each character with one."""
    p.setPen(boxes.NO_PEN)
    p.setBrush(pane.theme.text)
    for t in dict.fromkeys(one.at.step for one in pane.session.marks.bookmarks):
        if pane.first <= t <= pane.last:
            p.drawPolygon(_RIBBON.translated(pane.x(t) + pane.cell / 2, RIBBONS))


def _label_now(pane: StripPane) -> QRectF:
    """The box of the position's number."""
    position = pane.session.position
    wide = max(pane.cell, fonts.width(grouped(position), fonts.MONO, 11, 600) + 8)
    middle, below = pane.x(position) + pane.cell / 2, pane.lanes.bottom
    return QRectF(middle - wide / 2, below + 4, wide, 17)


def _paint_numbers(p: QPainter, pane: StripPane) -> None:
    """Every fifth position's, but none that the box of the one shown would touch."""
    box = _label_now(pane)
    left, right = box.left() - _APART, box.right() + _APART
    free = [(x, words) for x, words, half in pane.marked if not left - half < x < right + half]
    baseline, color = pane.lanes.bottom + 16, pane.theme.ticks
    fonts.centred_on(p, baseline, free, color, fonts.TICKS, 10)


def among_stops(at: QPointF) -> bool:
    """Where their dots are."""
    return TILE_TOP + TILE <= at.y() < MAP_TOP
