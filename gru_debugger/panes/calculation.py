"""The worked sheet of a step: every number where a person doing it by hand would write it.

Units run down, as in linear algebra: a row of W, times a vector, gives that row. The selected unit
is an amber row through all bands, and added up by hand beside them.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger.charts.heatmap import HeatMap
from gru_debugger.charts.theme import Theme
from gru_debugger.core.quantities import LEVELLED
from gru_debugger.numerals import exact
from gru_debugger.panes import calculation_layout as layout
from gru_debugger.panes import calculation_paint as paint
from gru_debugger.panes import calculation_told as told
from gru_debugger.panes.calculation_ledger import LedgerCard
from gru_debugger.panes.calculation_sheet import Sheets
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Tables
from gru_debugger.questions.calculation import Column, Sheet, rows_around
from gru_debugger.questions.calculation_symbols import Gate
from gru_debugger.session.session import Session


class CalculationPane(Pane):
    """Bands of reset, update, candidate with the blend; a click on a row selects its unit."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.maps = {(gate, side): HeatMap() for gate in paint.GATES for side in "hi"}
        self.rows = range(0)
        self.card = LedgerCard(self)
        self.layout: layout.Layout | None = None
        self.sheets = Sheets(session)

    def sheet(self) -> Sheet | None:
        """Of the step shown, of the rows shown."""
        return self.sheets.of_step(self.rows)

    # Layout --------------------------------------------------------------------------------------

    @property
    def least_width(self) -> int:  # type: ignore[override]
        return layout.least_width(self.sheets.any(range(1))) if self.sheets.there else 0

    def resize(self, width: float, height: float) -> None:
        self.set_size(width, height)
        if self.sheets.there:
            self._lay()
            assert self.layout is not None
            self.least_height = round(self.layout.bottom)
        super().resize(width, height)

    def _lay(self) -> None:
        self.rows = rows_around(self.model.hidden_size, self.session.unit)
        size, of = self.size, self.sheets.any(self.rows)
        self.layout = layout.lay(of, (size.width(), size.height()), self.card.size_of(of))
        self.card.rect = self.layout.ledger

    def arrange(self) -> None:
        self.layout = None
        if not self.trace.recorded:
            return
        self._lay()
        assert self.layout is not None
        cell, rows = self.model.cell(*self.session.where.place), self.rows
        for (gate, side), map_ in self.maps.items():
            at = paint.GATES.index(gate) * cell.hidden_size
            stacked = cell.weight_hh if side == "h" else cell.weight_ih
            weights = stacked[at:][rows.start : rows.stop]
            map_.use_theme(self.theme.name)
            map_.visible = f"W_{side}" in self.layout.slots
            if map_.visible:
                band = self.band_of(gate)
                part = weights if self.layout.bands[band].rows > 1 else weights[self.row :][:1]
                level = max(1e-6, float(np.abs(stacked).max()))
                map_.show_matrix(part, self.map_rect(gate, side), level)

    @property
    def reach(self) -> float:
        """The value of sums and parts that has the whole tint: the same at all steps."""
        return max(self.axis_of(kind)[1] for kind in LEVELLED)

    def band_of(self, gate: Gate) -> int:
        return paint.GATES.index(gate)

    def map_rect(self, gate: Gate, side: str) -> QRectF:
        """Where a gate's weights are drawn."""
        assert self.layout is not None
        left, wide = self.layout.slots[f"W_{side}"]
        place = self.layout.bands[self.band_of(gate)]
        return QRectF(left, place.top, wide, place.bottom - place.top)

    @property
    def row(self) -> int:
        """The selected unit's."""
        return max(0, min(len(self.rows) - 1, self.session.unit - self.rows.start))

    def show_unit(self) -> None:
        """Of many units, others come into sight; folded bands have only the selected one's row."""
        rows = rows_around(self.model.hidden_size, self.session.unit)
        if rows != self.rows or (self.layout and self.layout.folded):
            self.renew()
        else:
            super().show_unit()

    def show_recording(self) -> None:
        if self.layout is None and self.trace.recorded:
            self.renew()

    # Painting ------------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is not None and self.layout is not None:
            paint.background(p, self, self.layout, self.sheets.any(self.rows))

    def paint_standing(self, p: QPainter) -> None:
        if self.session.trace is not None and self.layout is not None:
            paint.selection(p, self, self.layout)

    def paint_overlay(self, p: QPainter) -> None:
        of = self.sheet()
        if of is None or self.layout is None:
            return
        paint.numbers(p, self, self.layout, of)
        self.card.paint(p, of)

    def columns(self, of: Sheet) -> list[tuple[int, str, Column]]:
        """Each column with its band and the place in it; the candidate's n is the blend's."""
        found = []
        for band in of.bands:
            at = 2 if band.gate is None else self.band_of(band.gate)
            found += [(at, layout.slot(column, band.gate), column) for column in band.columns
                      if band.gate or column.slot != "n"]  # fmt: skip
        return found

    def shown_rows(self, band: int) -> list[tuple[int, int]]:
        """Of a band: where each row stands, and which of the sheet's it is."""
        assert self.layout is not None
        rows = self.layout.bands[band].rows
        folded = rows < len(self.rows)
        return [(0, self.row)] if folded else [(i, i) for i in range(rows)]

    # The pointer ---------------------------------------------------------------------------------

    def unit_at(self, at: QPointF) -> int | None:
        """Whose row is there."""
        if self.layout is None:
            return None
        for band, place in enumerate(self.layout.bands):
            if place.top <= at.y() < place.bottom:
                row = int((at.y() - place.top) / place.row)
                return dict(self.shown_rows(band))[row] + self.rows.start
        return None

    def press(self, at: QPointF) -> None:
        unit = self.card.unit_at(at)
        if unit is None and not self.card.covers(at):
            unit = self.unit_at(at)
        if unit is not None:
            self.session.select_unit(unit)

    def hover(self, at: QPointF) -> str:
        of, unit = self.sheet(), self.unit_at(at)
        if of is None or unit is None or self.layout is None or self.card.covers(at):
            return ""
        for band, name, column in self.columns(of):
            row = unit - self.rows.start
            shown = next((i for i, r in self.shown_rows(band) if r == row), None)
            if shown is not None and self.layout.cell(name, band, shown).contains(at):
                return told.tip(self, column, unit, row)
        return self._weight_tip(at, unit, of)

    def _weight_tip(self, at: QPointF, unit: int, of: Sheet) -> str:
        for (gate, side), map_ in self.maps.items():
            if map_.visible and self.map_rect(gate, side).contains(at):
                rect = self.map_rect(gate, side)
                weights = of.cell.weight_hh if side == "h" else of.cell.weight_ih
                weights = weights[self.band_of(gate) * of.cell.hidden_size + unit]
                at_column = int((at.x() - rect.left()) / rect.width() * len(weights))
                weight = float(weights[min(at_column, len(weights) - 1)])
                return f"W_{side}{gate}[{unit}, {at_column}] = {exact(weight)}"
        return ""

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """Where a value stands first."""
        of = self.sheet()
        if of is None or self.layout is None or unit not in self.rows:
            return None
        if not self.session.is_computed(quantity):
            return None
        for band, name, column in self.columns(of):
            named = column.needs == quantity and column.slot in told.OWN.get(quantity, ())
            rows = {r: i for i, r in self.shown_rows(band)}
            if named and unit - self.rows.start in rows:
                return self.layout.cell(name, band, rows[unit - self.rows.start])
        return None

    # Told ----------------------------------------------------------------------------------------

    def words(self) -> str:
        return told.words(self, self.sheet())

    def numbers(self) -> Tables:
        of = self.sheet()
        return {} if of is None else told.tables(self, of)
