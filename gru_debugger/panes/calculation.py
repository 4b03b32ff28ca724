"""The worked sheet of a step: every number where a person doing it by hand would write it.

Units run down, as in linear algebra: a row of W, times a vector, gives that row. The selected unit
is an amber row through all bands, and added up by hand beside them.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger import phrases
from gru_debugger.charts import fonts
from gru_debugger.charts.heatmap import HeatMap
from gru_debugger.charts.theme import Theme
from gru_debugger.core.quantities import LEVELLED
from gru_debugger.core.trace import Step
from gru_debugger.numerals import exact
from gru_debugger.panes import calculation_layout as layout
from gru_debugger.panes import calculation_paint as paint
from gru_debugger.panes import calculation_pointing as pointing
from gru_debugger.panes import calculation_told as told
from gru_debugger.panes import symbols
from gru_debugger.panes.calculation_ledger import ROWS, LedgerCard
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
        self.maps = {(band, side): HeatMap() for band in range(6) for side in "hi"}
        self._laid = range(0)  # the rows that are laid out
        self.card = LedgerCard(self)
        self.layout: layout.Layout | None = None
        self.sheets, self._earlier = Sheets(session), Sheets(session)
        self.found = {name: symbols.Kept() for name in pointing.KINDS}
        self._behind: tuple[object, Step | None] = (None, None)

    def sheet(self) -> Sheet | None:
        """Of the step shown, of the rows shown."""
        return self.sheets.of_step(self.rows)

    @property
    def rows(self) -> range:
        """The units that are shown: of many those around the selected one."""
        return rows_around(self.model.hidden_size, self.session.unit)

    @property
    def steps(self) -> int:
        """How many are shown: two, where there is one before and it is wanted."""
        return 2 if self.session.view.two_steps and self.earlier() is not None else 1

    def earlier(self) -> Step | None:
        """The step that was read before the one shown; in reverse it stands behind it."""
        session, frame = self.session, self.session.frame
        if frame is None or session.direction == "forward":
            return None if frame is None else frame.before
        key = self.trace, frame.step.number + 1, session.where.place
        if self._behind[0] != key:
            there = key[1] <= self.trace.recorded
            self._behind = key, self.trace.step(key[1], *key[2]) if there else None
        return self._behind[1]

    def shown(self) -> list[tuple[int, Sheet]]:
        """Each sheet, and which of the bands is its first; what is not there yet has none."""
        of, earlier = self.sheet(), self.earlier()
        if of is None:
            return []
        if self.steps == 1 or earlier is None:
            return [(0, of)]
        return [(0, self._earlier.of(earlier, self.rows)), (3, of)]

    def laid(self) -> list[tuple[int, Sheet]]:
        """The same, also before the first step."""
        return self.shown() or [(0, self.sheets.any(self.rows))]

    def is_known(self, of: Sheet, column: Column) -> bool:
        """Whether it is computed by now: of the step before, all."""
        return (not column.needs or self.session.is_computed(column.needs)
                or of.step is not self.session.step)  # fmt: skip

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
        self._laid = self.rows
        size, of = self.size, self.sheets.any(self.rows)
        room = size.width(), size.height()
        for high in ROWS:
            self.card.high = high
            self.layout = layout.lay(of, room, self.card.size_of(of), self.steps)
            if self.layout.ledger is not None:
                break
        assert self.layout is not None
        self.card.rect = self.layout.ledger

    def arrange(self) -> None:
        self.layout = None
        if not self.trace.recorded:
            return
        self._lay()
        assert self.layout is not None
        cell, rows = self.model.cell(*self.session.where.place), self.rows
        for (band, side), map_ in self.maps.items():
            at = band % 3 * cell.hidden_size
            stacked = cell.weight_hh if side == "h" else cell.weight_ih
            weights = stacked[at:][rows.start : rows.stop]
            map_.use_theme(self.theme.name)
            map_.visible = f"W_{side}" in self.layout.slots and band < len(self.layout.bands)
            if map_.visible:
                part = weights if self.layout.bands[band].rows > 1 else weights[self.row :][:1]
                level = max(1e-6, float(np.abs(stacked).max()))
                map_.show_matrix(part, self.map_rect(band, side), level)

    @property
    def reach(self) -> float:
        """The value of sums and parts that has the whole tint: the same at all steps."""
        return max(self.axis_of(kind)[1] for kind in LEVELLED)

    def band_of(self, gate: Gate) -> int:
        return paint.GATES.index(gate)

    def map_rect(self, band: int, side: str) -> QRectF:
        """Where a band's weights are drawn."""
        assert self.layout is not None
        left, wide = self.layout.slots[f"W_{side}"]
        place = self.layout.bands[band]
        return QRectF(left, place.top, wide, place.bottom - place.top)

    @property
    def row(self) -> int:
        """The selected unit's."""
        return max(0, min(len(self.rows) - 1, self.session.unit - self.rows.start))

    def show_step(self) -> None:
        """The first step has none before it."""
        if self.layout is not None and len(self.layout.bands) != 3 * self.steps:
            self.renew()
        else:
            super().show_step()

    def show_unit(self) -> None:
        """Of many units, others come into sight; folded bands have only the selected one's row."""
        if self.rows != self._laid or (self.layout and self.layout.folded):
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
            paint.background(p, self, self.layout)

    def paint_standing(self, p: QPainter) -> None:
        if self.session.trace is not None and self.layout is not None:
            paint.selection(p, self, self.layout)
            self._paint_where(p, self.layout)

    def _paint_where(self, p: QPainter, laid: layout.Layout) -> None:
        """Where the row by hand is, in a window that has no room for it here."""
        unit, left = str(self.session.unit), laid.beside + 8
        words = phrases.told("Row {unit}, by hand: View, Show panes", unit=unit)
        room = fonts.width(words, fonts.SANS, 12) <= self.size.width() - left - 6
        if laid.ledger is None and self.interactive and room:
            y = laid.bands[0].top - layout.HEAD + 17
            fonts.text(p, left, y, words, self.theme.muted, fonts.SANS, 12)

    def paint_overlay(self, p: QPainter) -> None:
        of = self.sheet()
        if of is not None and self.layout is not None:
            paint.numbers(p, self, self.layout)
            self.card.paint(p, of)
        if self.session.pointed:
            symbols.paint_frames(p, self, pointing.pointed_rects(self))

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

    def show_pointed(self) -> None:
        self.repaint_step()

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        return ("", False) if self.session.trace is None else pointing.at(self, at)

    def press(self, at: QPointF) -> None:
        unit = self.card.unit_at(at)
        if unit is None and not self.card.covers(at):
            unit = self.unit_at(at)
        if unit is not None:
            self.session.select_unit(unit)

    def hover(self, at: QPointF) -> str:
        name, is_symbol = self.pointed_at(at)
        if is_symbol:
            return symbols.explained(self, name)
        of, unit = self.sheet(), self.unit_at(at)
        if of is None or unit is None or self.layout is None or self.card.covers(at):
            return ""
        for first, sheet in self.shown():
            for gate, name, column in self.columns(sheet):
                row = unit - self.rows.start
                shown = next((i for i, r in self.shown_rows(first + gate) if r == row), None)
                if shown is not None and self.layout.cell(name, first + gate, shown).contains(at):
                    return told.tip(self, sheet, column, unit)
        return self._weight_tip(at, unit, of)

    def _weight_tip(self, at: QPointF, unit: int, of: Sheet) -> str:
        for (band, side), map_ in self.maps.items():
            if map_.visible and self.map_rect(band, side).contains(at):
                rect, gate = self.map_rect(band, side), paint.GATES[band % 3]
                weights = of.cell.weight_hh if side == "h" else of.cell.weight_ih
                weights = weights[band % 3 * of.cell.hidden_size + unit]
                at_column = int((at.x() - rect.left()) / rect.width() * len(weights))
                weight = float(weights[min(at_column, len(weights) - 1)])
                return f"W_{side}{gate}[{unit}, {at_column}] = {exact(weight)}"
        return ""

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """Where a value stands first."""
        if self.session.trace is None or not self.session.is_computed(quantity):
            return None
        of = self.sheet()
        if of is None or self.layout is None or unit not in self.rows:
            return None
        first = 3 * (self.steps - 1)
        for gate, name, column in self.columns(of):
            band = first + gate
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
