"""Index ↔ symbol as a table that is edited in place, as fast for 100,000 symbols as for ten."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.numerals import grouped
from gru_debugger.window.flat_table import FlatTable, Index

HEADERS = ("index", "symbol", "which is")
_ROW = 26  # pixels
_NAMES = {"\n": "newline", "\t": "tab", "\r": "carriage return", "\x0b": "vertical tab",
          "\x0c": "form feed", "\x00": "null", "\x1b": "escape"}  # fmt: skip


def code_point(symbol: str) -> str:
    """U+000A newline; of several characters, how many they are."""
    if len(symbol) > 1:
        return f"{len(symbol)} characters"
    name = _NAMES.get(symbol) or unicodedata.name(symbol, "").lower()
    return f"U+{ord(symbol):04X} {name}".rstrip()


def written(symbol: str) -> str:
    r"""As it is typed into a line: what has no sign of its own as JSON does, \n or \u0007."""
    return symbol if symbol.isprintable() else json.dumps(symbol)[1:-1]


def typed(words: str) -> str:
    """What was typed into a line; empty for nothing."""
    if words.startswith("\\") and len(words) > 1:
        try:
            return str(json.loads(f'"{words}"'))
        except ValueError:
            return words
    return words


class SymbolTable(FlatTable):
    """`symbols` in index order; rows up to `needed` are there, and say what is missing."""

    edited = Signal()

    def __init__(self, needed: int, error: QColor, quiet: QColor) -> None:
        super().__init__()
        self.needed = needed
        self.symbols: tuple[str, ...] = ()
        self.doubled: dict[str, int] = {}
        self._error, self._quiet = error, quiet

    def show(self, symbols: tuple[str, ...]) -> None:
        """Rows that stay are only said to have changed: an editor may be open in one of them."""
        same = max(self.needed, len(symbols)) == self.rowCount()
        if not same:
            self.beginResetModel()
        self.symbols = symbols
        self.doubled = {s: n for s, n in Counter(symbols).items() if n > 1}
        if not same:
            self.endResetModel()
        elif self.rowCount():
            last = self.index(self.rowCount() - 1, len(HEADERS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def move(self, row: int, by: int) -> int:
        """Swap a symbol with a neighbour; where it is then."""
        to = row + by
        if not (0 <= row < len(self.symbols) and 0 <= to < len(self.symbols)):
            return row
        changed = list(self.symbols)
        changed[row], changed[to] = changed[to], changed[row]
        self._change(changed)
        return to

    def _change(self, symbols: list[str]) -> None:
        self.show(tuple(symbols))
        self.edited.emit()

    # As Qt asks ----------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        return max(self.needed, len(self.symbols)), len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return HEADERS[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row, column = index.row(), index.column()
        symbol = self.symbols[row] if row < len(self.symbols) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column, symbol)
        if role == Qt.ItemDataRole.EditRole and column == 1:
            return written(symbol or "")
        if role == Qt.ItemDataRole.ForegroundRole:
            wrong = row >= self.needed or symbol in self.doubled
            return self._error if wrong else self._quiet if symbol is None or column != 1 else None
        if role == Qt.ItemDataRole.FontRole and column == 1:
            return fonts.font(fonts.MONO, 14)
        return None

    def _words(self, row: int, column: int, symbol: str | None) -> str:
        if column == 0:
            return grouped(row)
        if symbol is None:
            return "missing" if column == 2 else ""
        if column == 1:
            return fonts.glyph(symbol)
        fault = "too many: " if row >= self.needed else ""
        fault = "there twice: " if symbol in self.doubled else fault
        return fault + code_point(symbol)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        writable = index.column() == 1 and index.row() <= len(self.symbols)
        return flags | Qt.ItemFlag.ItemIsEditable if writable else flags

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        symbol, row = typed(str(value)), index.row()
        if role != Qt.ItemDataRole.EditRole or not symbol or row > len(self.symbols):
            return False
        if symbol != (self.symbols[row] if row < len(self.symbols) else None):
            self._change([*self.symbols[:row], symbol, *self.symbols[row + 1 :]])
        return True


class SymbolView(QTableView):
    """Enter or F2 edits, Alt with an arrow moves a symbol; Tab leaves."""

    def __init__(self, table: SymbolTable) -> None:
        super().__init__()
        self.table = table
        self.setModel(table)
        self.setAccessibleName("symbols by index")
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        down, across = self.verticalHeader(), self.horizontalHeader()
        down.hide()
        # Fixed, so that no row is ever measured.
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(_ROW)
        across.setHighlightSections(False)
        across.setStretchLastSection(True)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setColumnWidth(0, 70)
        self.setColumnWidth(1, 110)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.currentIndex().row()
        steps = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and key in steps:
            self.select(self.table.move(row, steps[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self._edit(min(row, len(self.table.symbols)))
        else:
            super().keyPressEvent(event)

    def _edit(self, row: int) -> None:
        """A symbol, or the first that is missing: those after it come when it is there."""
        self.select(row)
        index = self.table.index(row, 1)
        if index.isValid() and self.state() != QAbstractItemView.State.EditingState:
            self.edit(index)

    def select(self, row: int) -> None:
        self.setCurrentIndex(self.table.index(row, 1))
