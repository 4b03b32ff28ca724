"""The text strip: the characters, and under each the state it led to (time × unit)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gru_debugger.charts import boxes, fonts, mathematics
from gru_debugger.charts.heatmap import HeatMap
from gru_debugger.charts.theme import Theme, diverging_map
from gru_debugger.numerals import brief, grouped
from gru_debugger.panes import lanes, strip_marks, symbols
from gru_debugger.panes.character_columns import LEFT, CharacterColumns
from gru_debugger.panes.edit_marks import EditMarks
from gru_debugger.panes.hits import Hits
from gru_debugger.panes.lane_places import FEW, HIGH, LOW
from gru_debugger.panes.strip_marks import MAP_TOP, TILE, TILE_TOP, among_stops
from gru_debugger.panes.symbols import Symbol
from gru_debugger.panes.table import Tables
from gru_debugger.session.session import Session

AXIS = 24  # pixels below the map
_X, _SYMBOL = (12.0, TILE_TOP + 19.0), 15  # where x stands, left and baseline; pixels of type
_LEAST, _COMFORTABLE = 110, 126  # pixels, lanes aside


@lru_cache(8)
def _scale_colors(theme: str, rows: int) -> QImage:
    """From the highest value to the lowest, a pixel each."""
    colors, image = diverging_map(theme), QImage(1, rows, QImage.Format.Format_RGB32)
    for i in range(rows):
        image.setPixelColor(0, i, QColor(*map(int, colors[254 - round(i * 254 / rows)])))
    return image


def _fill(p: QPainter, rects: list[QRectF], color: QColor) -> None:
    p.setPen(boxes.NO_PEN)
    p.setBrush(color)
    p.drawRects(rects)


class StripPane(CharacterColumns):
    """Positions 0…T as columns: past, now and future look different."""

    shows_marks = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.map = HeatMap()  # painted on the background
        self.map.use_theme(theme.name)
        self._future = self.add_curtain(self._paint_future)
        self._map = QRectF()
        self._drawn: tuple[object, ...] = ()
        self.marked: list[tuple[float, str, float]] = []  # positions that have their number
        self._framed = False  # whether what is pointed at was, when it was painted
        self._scrubs = True  # what is pressed may be dragged
        self.lanes = lanes.Lanes(self)
        self.hits = Hits(self)
        self.edits = EditMarks(self)

    @property
    def least_height(self) -> int:  # type: ignore[override]
        return _LEAST + self.lanes.room(LOW, FEW)

    def marks_room(self) -> int:
        return self.lanes.room()

    def least_marks_room(self, low: bool, height: int) -> int:
        """Further lanes are scrolled to, and in a low window the map gives way as far as it can:
        no row of the cell folds for them."""
        if low and self.marks_room():
            return max(0, self.least_height - height)
        return self.lanes.room(HIGH, 3)

    def paper_marks_room(self, height: int) -> int:
        """More than a few lanes are low ones there."""
        return max(self.lanes.room(HIGH, 3), _LEAST + self.lanes.room(LOW) - height)

    def use_theme(self, theme: Theme) -> None:
        self.map.use_theme(theme.name)
        super().use_theme(theme)

    # Layout --------------------------------------------------------------------------------

    def map_rect(self) -> QRectF:
        """The same whatever is in sight: a press asks for it many times."""
        return self._map

    def arrange(self) -> None:
        self._drawn = ()
        self.settle_columns()
        room = self.lanes.settle(_LEAST, _COMFORTABLE)
        wide = (self.last - self.first + 1) * self.cell
        self._map = QRectF(LEFT, MAP_TOP, wide, self.size.height() - MAP_TOP - AXIS - room)
        self.lanes.place(self._map)

    def show_step(self) -> None:
        self.turn()
        self._show_map()
        position = self.session.position
        if self.session.direction == "forward":
            self._future.draw_between(self.x(position + 1), self.size.width())
        else:  # read from the end: what comes before is what is not read yet
            self._future.draw_between(0.0, self.x(position))
        self.repaint_step()

    def show_unit(self) -> None:
        if self.lanes.following():
            self._show_map()
        super().show_unit()

    def show_recording(self) -> None:
        if self._drawn and self._drawn[-1] != min(self.trace.recorded, self.last):
            self._show_map()

    def _show_map(self) -> None:
        session, first, last = self.session, self.first, self.last
        layer, direction = session.layer, session.direction
        recorded = min(self.trace.recorded, last)
        order = session.unit_order
        stands_for = self.trace, layer, direction, first, last, self.size.height(), order
        wanted = (*stands_for, *self.lanes.following(), recorded)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self.marked = [*map(self._numbered, range(-(-first // 5) * 5, last + 1, 5))]
        columns = np.zeros((last - first + 1, self.model.hidden_size), np.float32)
        begin = max(first, 0 if direction == "forward" else 1)
        if recorded >= begin:
            behind = int(direction == "reverse")  # its initial state is the last row, not the first
            states = self.trace.all_states(layer, direction, begin - behind, recorded + 1 - behind)
            columns[begin - first : recorded + 1 - first] = states
        rows = columns.T if order is None else columns.T[order.units]
        self.map.show_matrix(rows, self.map_rect(), self.axis_of("state")[1])
        self.lanes.arrange(first, last)
        self.renew_background()
        self._future.renew()

    # Painting ------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is None:
            return
        theme, rect = self.theme, self.map_rect()
        mathematics.draw(p, *_X, self.symbol("x"), theme.muted, _SYMBOL)
        mathematics.draw(p, 12, rect.center().y() + 4, self.symbol("h"), theme.muted, _SYMBOL)
        self._paint_scale(p, rect)
        self.map.paint(p)
        self._paint_lines(p, self.first)
        tiles = self._upright(max(1, self.first), 0.5, TILE_TOP, TILE, self.cell - 1)
        _fill(p, tiles, theme.pale)
        self._paint_characters(p, self.first, self.last, theme.text)
        self.lanes.paint_background(p)
        if self.sceneRect().height() > rect.bottom():
            p.fillRect(QRectF(0, self.sceneRect().bottom() - 1, self.size.width(), 1), theme.border)

    def _paint_scale(self, p: QPainter, rect: QRectF) -> None:
        theme = self.theme
        x = self.size.width() - 32
        colors = _scale_colors(theme.name, max(1, int(rect.height())))
        p.drawImage(QRectF(x, rect.top(), 6, colors.height()), colors)
        top = brief(self.axis_of("state")[1], 3)
        for share, words in ((0.0, top), (0.5, "0"), (1.0, f"−{top}")):
            y = rect.top() + 4 + share * (rect.height() - 4)
            shown, pixels = fonts.fitting(words, 21, fonts.TICKS, 10)
            fonts.text(p, x + 10, y + 3, shown, theme.ticks, fonts.TICKS, pixels)

    def _paint_future(self, p: QPainter, left: float, right: float) -> None:
        """What has not been read yet stands back: no tile, a veil over the states."""
        if self.session.trace is None:
            return
        rect, theme = self.map_rect(), self.theme
        left, right = max(left, rect.left()), min(right, rect.right())
        first = self.first + round((left - LEFT) / self.cell)
        last = self.first + round((right - LEFT) / self.cell) - 1
        p.fillRect(QRectF(left, TILE_TOP, right - left, TILE), theme.panel)
        self._paint_characters(p, first, last, theme.future)
        veil = QColor(theme.panel)
        veil.setAlpha(150)
        p.fillRect(QRectF(left, rect.top(), right - left, self.lanes.bottom - rect.top()), veil)
        self._paint_lines(p, first)

    def _paint_characters(self, p: QPainter, first: int, last: int, color: QColor) -> None:
        characters, room = self.trace.characters, self.cell - 3
        by_size: dict[float, list[tuple[float, str]]] = {}
        x = self.x(max(1, first)) + self.cell / 2
        for t in range(max(1, first), last + 1):
            shown, pixels = fonts.symbol(characters[t - 1], room, 16)
            by_size.setdefault(pixels, []).append((x, shown))
            if self.trace.stand_in(t):
                p.fillRect(self.stand_in_mark(t), color)
            x += self.cell
        for pixels, placed in by_size.items():
            baseline = TILE_TOP + 20 - (16 - pixels) / 3
            fonts.centred_on(p, baseline, placed, color, fonts.MONO, pixels)

    def stand_in_mark(self, t: int) -> QRectF:
        """Below a character that the vocabulary lacks: it was read as another symbol."""
        return QRectF(self.x(t) + 4, TILE_TOP + TILE - 4, self.cell - 8, 2)

    def _paint_lines(self, p: QPainter, first: int) -> None:
        """Between the columns of the map, where its rows are high enough to be told apart."""
        rect = self.map_rect()
        if rect.height() / self.model.hidden_size >= 3:
            lines = self._upright(first + 1, -1, rect.top(), rect.height(), 1)
            _fill(p, lines, self.theme.panel)

    def _upright(self, t: int, left: float, top: float, high: float, wide: float) -> list[QRectF]:
        """The same of each position from t to the last that is shown."""
        first, count = self.x(t) + left, max(0, self.last + 1 - t)
        return [QRectF(first + i * self.cell, top, wide, high) for i in range(count)]

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is not None:
            strip_marks.paint(p, self)
            self.lanes.paint_step(p)
            self._framed = self.session.pointed == "x"
            if self._framed:
                symbols.paint_frames(p, self, self.pointed_rects())

    # Pointed at ----------------------------------------------------------------------------

    def _symbols(self) -> list[Symbol]:
        wide = mathematics.width(self.symbol("x"), _SYMBOL)
        return [Symbol("x", symbols.around(_X[0], _X[1], _X[0] + wide))]

    def _charts(self) -> list[Symbol]:
        """The tile of what is read, which is x in the lowest layer alone."""
        session, tile = self.session, strip_marks.tile_now(self)
        read = session.position and not session.layer and not tile.isEmpty()
        return [Symbol("x", tile.adjusted(-3, -3, 3, 3))] if read else []

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        if self.session.trace is None or at.y() > MAP_TOP:
            return "", False
        return symbols.symbol_or_chart(self._symbols(), self._charts, at)

    def pointed_rects(self) -> list[QRectF]:
        found = self._symbols() + (self._charts() if self.session.pointed_in_formula else [])
        return symbols.named(found, self.session.pointed)

    def show_pointed(self) -> None:
        """Most of what is pointed at has nothing here: then nothing is drawn anew."""
        if self._framed or self.session.pointed == "x":
            self.repaint_step()

    def _numbered(self, t: int) -> tuple[float, str, float]:
        """A position's middle, its number, and half of that one's width."""
        words = grouped(t)
        return self.x(t) + self.cell / 2, words, fonts.width(words, fonts.TICKS, 10) / 2

    def unit_y(self) -> tuple[float, float]:
        rect = self.map_rect()
        pitch = rect.height() / self.model.hidden_size
        center = rect.top() + (self._row(self.session.unit) + 0.5) * pitch
        high = max(pitch, 4.0)
        return center - high / 2, high

    def _row(self, unit: int) -> int:
        """Of the map."""
        order = self.session.unit_order
        return unit if order is None else int(order.places[unit])

    def paint_standing(self, p: QPainter) -> None:
        """The selected unit's number, left of the map."""
        if self.session.trace is None:
            return
        rect, theme = self.map_rect(), self.theme
        top, high = self.unit_y()
        words = str(self.session.unit)
        wide = max(18.0, fonts.width(words, fonts.MONO, 11, 600) + 8)
        pill = QRectF(LEFT - 8 - wide, top + high / 2 - 8, wide, 16)
        order = self.session.unit_order
        ends = (0, self.model.hidden_size - 1) if order is None else order.units[[0, -1]].tolist()
        for y, label in zip((rect.top() + 8, rect.bottom() - 1), map(str, ends), strict=True):
            if abs(y - 4 - pill.center().y()) > 13:
                fonts.text(p, LEFT - 8, y, label, theme.ticks, fonts.TICKS, 10, align="right")
        fonts.tile(p, pill, theme.pill, words, theme.pill_text, fonts.MONO, 11, 600)

    # Told ------------------------------------------------------------------------------------

    def words(self) -> str:
        from gru_debugger.panes import strip_told

        return strip_told.words(self)

    def numbers(self) -> Tables:
        from gru_debugger.panes import strip_told

        return strip_told.numbers(self)

    def hover(self, at: QPointF) -> str:
        from gru_debugger.panes import strip_told

        name, is_symbol = self.pointed_at(at)
        if is_symbol:
            return symbols.explained(self, name)
        return self.lanes.hover(at) or strip_told.hover(self, at)

    # The pointer ---------------------------------------------------------------------------

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """States alone: the unit's part of the position's column, or of the one read before."""
        session = self.session
        if session.trace is None or quantity not in ("h", "h_prev"):
            return None
        if session.frame is None:
            there = quantity == "h" and session.initial is not None
        else:
            there = session.is_computed(quantity)
        at = session.position
        if quantity == "h_prev":
            at += 1 if session.direction == "reverse" else -1
        last = min(self.last, self.trace.recorded)
        if not there or not self.first <= at <= last or not 0 <= unit < self.model.hidden_size:
            return None
        rect = self.map_rect()
        pitch = rect.height() / self.model.hidden_size
        return QRectF(self.x(at), rect.top() + self._row(unit) * pitch, self.cell, pitch)

    def press(self, at: QPointF) -> None:
        """Go there; between a character and the map a stop or none; what a lane has is its own."""
        self._scrubs = not self.lanes.press(at)
        if not self._scrubs:
            return
        position = self.position_at(at)
        self._scrubs = not among_stops(at)
        if position is not None and self._scrubs:
            self.hold()
            self.session.go_to(position)
        elif position:
            self.session.toggle_stop(position)

    def drag(self, at: QPointF) -> None:
        """Scrub, also beyond the ends of the strip; or move a lane."""
        self.lanes.drag(at)
        along = self.lanes.overview.position(at)
        if along is not None:
            self.session.go_to(along)
        if self._scrubs and along is None:
            self.scrub(at)

    def release(self) -> None:
        self.lanes.release()
        super().release()

    def point(self, at: QPointF | None) -> bool:
        return self.lanes.point(at)

    def wheel(self, at: QPointF, turns: float, control: bool) -> None:
        """Over lanes of which not all are in sight, to others; else along the text."""
        if self.lanes.at(at) is not None and self.lanes.more:
            if self.lanes.scroll(-1 if turns > 0 else 1):
                self.lanes.arrange(self.first, self.last)
                self.show_lanes()
                self.repaint_step()
            return
        self.scroll_by(turns)

    def show_lanes(self) -> None:
        if self.lanes.following():  # they may know more than they did
            self.lanes.arrange(self.first, self.last)
        self.renew_background()
        self._future.renew()
