"""Columns of rows over one unit axis: the cell view, and each of its parts on its own.

One scene, so that alignment is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import stamps
from gru_debugger.charts.theme import Theme
from gru_debugger.core.axes import round_up
from gru_debugger.core.cell import QUANTITIES, Array, Cell
from gru_debugger.core.initial_state import SYMBOLS
from gru_debugger.core.quantities import is_computed
from gru_debugger.numerals import exact
from gru_debugger.panes import heads, pointing, pull, slots
from gru_debugger.panes.bands import BELOW, Band, Column, PlacedBand, fold_others, placed
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.changes import Changes
from gru_debugger.panes.links import Link, contains
from gru_debugger.panes.rows import AxisRow, Row
from gru_debugger.panes.symbols import Symbol
from gru_debugger.panes.table import Tables
from gru_debugger.panes.units import UnitsPane
from gru_debugger.session.frame import Frame
from gru_debugger.session.session import Session
from gru_debugger.session.view import FOLDS

GUTTER, GAP, LEFT, RIGHT = 38, 24, 24, 12
LEAST = 92  # pixels of a chart, below which not even its name had room
_BAND = 3  # pixels of the selected unit's band, at least


class ColumnsPane(UnitsPane):
    """One or more bands of columns of the session's layer and direction."""

    bands: Sequence[Band] = ()
    foldable = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self._bands: list[PlacedBand] = []
        self._built_for = ""
        self._height = 0.0
        self._shown: list[Row] = []
        self._edges: list[QLineF] = []
        self._edges_of = -1  # the unit
        self._pull: pull.Pull | None = None
        self._changes: Changes | None = None
        self.head_symbols: list[Symbol] | None = None  # of its equations, once they are asked for

    # What the rows ask for -----------------------------------------------------------------

    @property
    def least_width(self) -> float:  # type: ignore[override]
        columns = max(len(band.columns) for band in self.bands)
        return LEFT + RIGHT + columns * (GUTTER + LEAST) + (columns - 1) * GAP

    @property
    def cell(self) -> Cell:
        return self.model.cell(self.session.layer, self.session.direction)

    def weight_level(self, side: Literal["i", "h"]) -> float:
        """The value of the map's deepest colour: one for the three gates' matrices of a side."""
        weights = self.cell.weight_ih if side == "i" else self.cell.weight_hh
        return round_up(float(np.abs(weights).max()), (1, 2, 5))

    # Layout --------------------------------------------------------------------------------

    def use_theme(self, theme: Theme) -> None:
        self.theme = theme
        for row in self._rows():
            row.restyle()
        self.renew()

    def _rows(self) -> list[Row]:
        return [row for band in self._bands for column in band.columns for row in column.rows]

    def _build(self) -> None:
        """Make the rows; again when the reset variant changes, for the candidate's differ."""
        if self._built_for == self.model.reset:
            return
        self._built_for = self.model.reset
        self._bands = [placed(self, band) for band in self.bands]

    def columns(self) -> list[Column]:
        """All of them, with their rows, whether or not they have been laid out yet."""
        self._build()
        return [column for band in self._bands for column in band.columns]

    def shown_rows(self) -> list[Row]:
        """Those that have room and are not folded away, as they were laid out."""
        return self._shown

    def words(self) -> str:
        from gru_debugger.panes import columns_told

        return columns_told.words(self)

    def numbers(self) -> Tables:
        from gru_debugger.panes import columns_told

        return columns_told.numbers(self)

    def resize(self, width: float, height: float) -> None:
        self._height = height
        super().resize(width, height)

    def arrange(self) -> None:
        self._edges_of, self._changes, self.head_symbols = -1, None, None
        self._build()
        for row in self._rows():  # from nothing: what the last model left in an item is gone
            row.clear()
        columns = max(len(band.columns) for band in self._bands)
        width = self.size.width() - LEFT - RIGHT - columns * GUTTER - (columns - 1) * GAP
        self.lay_axis(max(LEAST, int(width / columns)))
        for band in self._bands:
            band.line = heads.line(self, band.columns)
            for column in band.columns:
                column.head = heads.height(self, band.columns)
        heights = iter(self._fit())
        top = 0.0
        for band in self._bands:
            band.top = top
            top = self._place_band(band, [next(heights) for _ in band.shown])
        placed = [column for band in self._bands for column in band.columns]
        self._shown = [row for column in placed for row in column.shown]
        if top > self.size.height() + 0.5:
            self.set_size(self.size.width(), top)

    def _place_band(self, band: PlacedBand, heights: Sequence[float]) -> float:
        y, places = band.top + band.head, {}
        for slot, height in zip(band.shown, heights, strict=True):
            y += slot.caption
            places[slot] = round(y), round(height)
            y = round(y) + round(height)
        step = self.axis.width + GUTTER + GAP
        for i, column in enumerate(band.columns):
            column.left, column.top = LEFT + GUTTER + i * step, band.top
            column.value = band.top + heads.value_top(self)
            column.shown = [row for row in column.rows if row.slot in places]
            for row in column.shown:
                top, height = places[row.slot]
                row.place(QRectF(column.left, top, self.axis.width, height), self.axis)
        return y + BELOW

    def _fit(self) -> list[float]:
        """Heights of all slots that fill the pane's; what finds no room is folded away."""
        folded = set(self.session.view.folded) if self.foldable else set()
        while True:
            for band in self._bands:
                band.fold(False)
                band.shown = [slot for slot in band.slots if slot.fold not in folded]
            shown = [slot for band in self._bands for slot in band.shown]
            room = self._height - sum(band.fixed for band in self._bands)
            hideable = [fold for fold in FOLDS if fold not in folded]
            if room >= slots.least(shown) or not hideable or not self.foldable:
                break
            folded.add(hideable[0])
        self.lacking = frozenset(folded.difference(self.session.view.folded))
        if room < slots.least(shown) and self.interactive:  # a picture for paper grows instead
            fold_others(self._bands, self._height)
            shown = [slot for band in self._bands for slot in band.shown]
            room = self._height - sum(band.fixed for band in self._bands)
        return slots.shared(shown, room)

    @property
    def lowest(self) -> float:
        """Its height where all is folded away that can be."""
        kept = [slot for band in self._bands for slot in band.slots if not slot.fold]
        heads = sum(band.head + BELOW for band in self._bands)
        return heads + slots.fixed(kept) + slots.least(kept)

    # Showing -------------------------------------------------------------------------------

    def show_step(self) -> None:
        frame, bars = self.session.frame, list[BarRow]()
        pending = self._pending()
        for row in self.shown_rows():
            if frame is not None and row in pending:
                row.clear()
                continue
            row.show(frame)
            if frame is not None and isinstance(row, BarRow):
                bars.append(row)
        if self._changes is None or self._changes.rows != tuple(bars):
            self._changes = Changes(bars) if bars else None
        if self._changes is not None and frame is not None:
            self._changes.show(frame)
        super().show_step()

    def show_unit(self) -> None:
        if any(band.folded and band.selected for band in self._bands):
            self.resize(self.size.width(), self._height)
        else:
            super().show_unit()

    def _pending(self) -> set[Row]:
        """The rows whose quantity the computation shown has not reached; none of a whole step."""
        computed = self.session.is_computed
        if computed("h"):
            return set()
        return {row for row in self.shown_rows() if row.computes and not computed(row.computes)}

    def _active(self) -> set[Row]:
        """The rows that show what the computation halted at has just made."""
        at = self.session.computation
        if at == "blend":
            return set()
        made = [row for row in self.shown_rows() if row.computes and self._made(row.computes, at)]
        return set(made)

    def _made(self, name: str, at: str) -> bool:
        return QUANTITIES[name].computation == at and is_computed(name, at, self.model.reset)

    # Painting ------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        rect = self.sceneRect()
        bottoms = [*(band.top for band in self._bands[1:]), rect.height()]
        for band, bottom in zip(self._bands, bottoms, strict=False):
            area = QRectF(0, band.top, rect.width(), bottom - band.top)
            p.fillRect(area, self.theme.role(band.role))
            if band.top:
                p.fillRect(QRectF(0, band.top, rect.width(), 1), self.theme.border)
        for band in self._bands:
            for column in band.columns:
                heads.paint(p, self, column)
                for row in column.shown:
                    row.paint_background(p)

    def paint_standing(self, p: QPainter) -> None:
        """The selected unit's band behind all bars of a column, its number, its values' boxes."""
        for part in self.band_parts():
            p.fillRect(part, self.theme.fill)
        frame, pending = self.session.frame, self._pending()
        for row in self.shown_rows():
            row.paint_head(p)
            if isinstance(row, AxisRow) or (frame is not None and row not in pending):
                row.paint_standing(p)
        for band in self._bands:
            for column in band.columns:
                selected = any(row.selected for row in column.shown)
                heads.paint_equation(p, self, column, selected)
                if self._chip(column, frame) is not None:
                    heads.paint_empty_value(p, self, column)

    def frame_selected(self, p: QPainter, row: Row) -> None:
        """The selected value's part of its chart."""
        if self.axis.shows(self.session.unit):
            part = self._part(row, self.session.unit, 2 * _BAND)
            p.setPen(QPen(self.theme.edge, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(part.adjusted(1, 1, -1, -1), 2, 2)

    def band_parts(self) -> list[QRectF]:
        """Over the bars alone: it must not change the matrices' colours nor cross out words."""
        return [part for row, part in self._selected() if row.slot.fold != "weights"]

    def _selected(self) -> list[tuple[Row, QRectF]]:
        """The selected unit's part of each chart."""
        unit = self.session.unit
        if not self._bands or not self.axis.shows(unit):
            return []
        rows = [row for row in self.shown_rows() if not isinstance(row, AxisRow)]
        return [(row, self._part(row, unit, _BAND)) for row in rows]

    def _part(self, row: Row, unit: int, least: float) -> QRectF:
        """A unit's part of a chart, at least so many pixels wide."""
        left = self.axis.left(unit)
        wide = max(least, self.axis.right(unit) - left)
        return QRectF(row.rect.left() + left, row.rect.top(), wide, row.rect.height())

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """The unit's part of the chart that shows it and fewest others."""
        rows = [row for row in self.shown_rows() if self._draws(row, quantity)]
        if not rows or not self.axis.shows(unit):
            return None
        return self._part(min(rows, key=lambda row: len(row.quantities)), unit, 1)

    def _draws(self, row: Row, quantity: str) -> bool:
        if quantity not in row.quantities:
            return False
        if self.session.frame is None:
            return row.shows_initial and self.session.initial is not None
        return row not in self._pending()

    def paint_overlay(self, p: QPainter) -> None:
        frame = self.session.frame
        for row in self.shown_rows():
            row.paint_chart(p)
        self._paint_edges(p)
        self._paint_rows(p, frame)
        for band in self._bands:
            for column in band.columns:
                vector = self._chip(column, frame)
                if vector is not None:
                    heads.paint_value(p, self, column, float(vector[self.session.unit]))
                if any(isinstance(row, BarRow) and row.differs for row in column.shown):
                    heads.paint_keys(p, self, column, passing=True)
        pointing.paint(p, self)
        if self._changes is not None:
            stamps.tips(p, self._changes.marks, self.theme.now)

    def show_pointed(self) -> None:
        self.repaint_step()

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        return pointing.at(self, at)

    def _chip(self, column: Column, frame: Frame | None) -> Array | None:
        """The quantity whose selected value stands in a column's head."""
        if any(row.shows_initial for row in column.shown) and self.session.initial is not None:
            return self.session.initial
        chip = column.spec.chip
        if frame is None or not chip or not self.session.is_computed(chip):
            return None
        return frame.step.values[chip]

    def _paint_rows(self, p: QPainter, frame: Frame | None) -> None:
        """Values and marks; before the first step the axis is there, and the initial state."""
        pending, active = self._pending(), self._active()
        before = self.session.initial is not None
        for band in self._bands:
            for column in band.columns:
                for row in column.shown:
                    if frame is not None and row not in pending:
                        row.paint_overlay(p, frame)
                        if row in active:
                            self._mark_active(p, row)
                    elif not (isinstance(row, AxisRow) or (before and row.shows_initial)):
                        self._dim(p, row, band.role)

    def _mark_active(self, p: QPainter, row: Row) -> None:
        left, words = row.rect.left() - GUTTER - 6, row.slot.caption - 4
        area = QRectF(left, row.rect.top() - words, 3, row.rect.height() + words)
        p.fillRect(area, self.theme.now)

    def _dim(self, p: QPainter, row: Row, role: str) -> None:
        """Not computed yet: the chart stands back; its words are to be read all the same."""
        veil = QColor(self.theme.role(role))
        veil.setAlpha(170)
        p.fillRect(row.rect, veil)

    def _paint_edges(self, p: QPainter) -> None:
        """The band's edges, over the matrices too; the same ones until they must be others."""
        if self._edges_of != self.session.unit:
            self._edges_of = self.session.unit
            self._edges = [
                QLineF(x, part.top(), x, part.bottom())
                for _, part in self._selected()
                for x in (part.left() + 0.5, part.right() - 0.5)
            ]
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # they lie on whole pixels
        p.setPen(QPen(self.theme.edge, 1))
        p.drawLines(self._edges)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)

    # The pointer ---------------------------------------------------------------------------

    def _at(self, at: QPointF) -> tuple[Row, int] | None:
        for row in self.shown_rows():
            unit = self.axis.unit_at(at.x() - row.rect.left())
            if unit is not None and row.rect.top() - 2 <= at.y() <= row.rect.bottom() + 2:
                return row, unit
        return None

    def _link(self, at: QPointF | None) -> Link | None:
        there = [link for row in self.shown_rows() for link in row.links]
        return next((link for link in there if contains(link.rect, at)), None)

    def point(self, at: QPointF | None) -> bool:
        return self._link(at) is not None

    def hover(self, at: QPointF) -> str:
        if link := self._link(at):
            return link.words
        found, frame, initial = self._at(at), self.session.frame, self.session.initial
        if found is not None and found[0].shows_initial and initial is not None:
            symbol, unit = SYMBOLS[self.session.notation], found[1]
            return f"{symbol}[{unit}] = {exact(float(initial[unit]))}"
        if found is None:
            folded = self._folded(at) is not None
            if folded:
                return phrases.told("Too low for all charts: click for these")
            told = pointing.explained(self, at), heads.hover(self, at)
            return "\n".join(filter(None, told))
        if frame is None or found[0] in self._pending():
            return ""
        return found[0].hover(found[1], at.y(), frame)

    def press(self, at: QPointF) -> None:
        """On a bar: its value is selected; on a matrix, the column's unit; on a link, its deed."""
        if link := self._link(at):
            link.follow()
        else:
            self.drag(at)

    def drag(self, at: QPointF) -> None:
        found, frame = self._at(at), self.session.frame
        if found is None:
            self._unfold(at)
            return
        row, unit = found
        known = frame is not None and row not in self._pending()
        quantity = row.selected_at(unit, at.y(), frame) if known and frame else ""
        if quantity:
            self.session.select_value(quantity, unit)
        else:
            self.session.select_unit(unit)

    def _folded(self, at: QPointF) -> Column | None:
        """The column without a chart whose name is there."""
        for band in self._bands:
            if band.folded and band.top <= at.y() <= band.top + band.line:
                wide = self.axis.width
                return next((c for c in band.columns if c.left <= at.x() <= c.left + wide), None)
        return None

    def _unfold(self, at: QPointF) -> None:
        """What is selected has its chart."""
        column = self._folded(at)
        if column is not None:
            self.session.select_value(column.selects, self.session.unit)

    def grab(self, at: QPointF) -> bool:
        """A bar of what can be set by hand."""
        found = self._at(at)
        known = (
            found is not None and self.session.frame is not None and found[0] not in self._pending()
        )
        self._pull = pull.begun(*found) if found is not None and known else None
        return self._pull is not None

    def pull(self, at: QPointF) -> None:
        held = self._pull
        if held is not None:
            value = held.chart.value(at.y())
            self.session.value_pulled.emit(held.quantity, held.unit, value)

    def unit_under(self, at: QPointF) -> int | None:
        found = self._at(at)
        return None if found is None else found[1]
