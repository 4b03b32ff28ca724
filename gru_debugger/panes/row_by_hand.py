"""The selected unit's row by hand as a pane of its own: for windows whose sheet has no room for it.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger import phrases
from gru_debugger.charts import fonts
from gru_debugger.charts.theme import Theme
from gru_debugger.panes import calculation_told as told
from gru_debugger.panes import ledger_pointing as pointing
from gru_debugger.panes import symbols
from gru_debugger.panes.calculation_ledger import LedgerCard
from gru_debugger.panes.calculation_sheet import Sheets
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.symbols import Symbol
from gru_debugger.panes.table import Tables
from gru_debugger.session.session import Session

_MARGIN = 8


class RowByHandPane(Pane):
    """A click on a product selects the unit whose state it is of."""

    background = "side"

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.sheets = Sheets(session)
        self.card = LedgerCard(self)

    def resize(self, width: float, height: float) -> None:
        if self.sheets.there:
            size = self.card.size_of(self.sheets.any(self._rows))
            self.least_width, self.least_height = (round(v) + 2 * _MARGIN for v in size)
            self.card.rect = QRectF(_MARGIN, _MARGIN, *size)
        super().resize(max(width, self.least_width), height)

    @property
    def _rows(self) -> range:
        return range(self.session.unit, self.session.unit + 1)

    def paint_overlay(self, p: QPainter) -> None:
        of = self.sheets.of_step(self._rows)
        if of is not None:
            self.card.paint(p, of)
            if self.session.pointed:
                symbols.paint_frames(p, self, self.pointed_rects())
        elif self.session.trace is not None:
            words = phrases.told("Before the first step there is nothing to be added up.")
            fonts.text(p, 2 * _MARGIN, 30, words, self.theme.muted, fonts.SANS, 12)

    def _symbols(self) -> list[Symbol]:
        return pointing.symbols_of(self, self.card, self.sheets.of_step(self._rows))

    def _blocks(self) -> list[Symbol]:
        return pointing.blocks_of(self, self.card, self.sheets.of_step(self._rows))

    def show_pointed(self) -> None:
        self.repaint_step()

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        if self.session.trace is None:
            return "", False
        return symbols.symbol_or_chart(self._symbols(), self._blocks, at)

    def pointed_rects(self) -> list[QRectF]:
        return symbols.named([*self._symbols(), *self._blocks()], self.session.pointed)

    def hover(self, at: QPointF) -> str:
        name, is_symbol = self.pointed_at(at)
        return symbols.explained(self, name) if is_symbol else ""

    def press(self, at: QPointF) -> None:
        unit = self.card.unit_at(at)
        if unit is not None:
            self.session.select_unit(unit)

    def words(self) -> str:
        return told.words(self, self.sheets.of_step(self._rows))

    def numbers(self) -> Tables:
        of = self.sheets.of_step(self._rows)
        return {} if of is None else {"row by hand": lambda: told.row_table(self, of)}
