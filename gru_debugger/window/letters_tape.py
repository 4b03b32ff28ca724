"""The letters that were written on, each above its probability, on a tape that scrolls to all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.model import printable
from gru_debugger.numerals import grouped, percent
from gru_debugger.questions.as_text import as_text
from gru_debugger.questions.generation import Letter
from gru_debugger.window.flat_table import FlatTable, Index
from gru_debugger.window.input_line import TAB

_ROWS = ("letter", "probability when written")
_WIDE, _HIGH = 38, 13  # pixels of a letter, of each of its rows
_PIXELS = 12, 10  # of their letters
_MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class _Letters(FlatTable):
    """A column a letter; `first` is the step of the first."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.letters: Sequence[Letter] = ()
        self.first = 1
        self._count = 0  # of them, those that are shown

    def show(self, letters: Sequence[Letter], first: int) -> None:
        """Those that there are, or more of the same."""
        count = len(letters)
        if letters is self.letters and count > self._count:
            self.beginInsertColumns(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertColumns()
        elif letters is not self.letters:
            self.beginResetModel()
            self.letters, self.first, self._count = letters, first, count
            self.endResetModel()

    @property
    def size(self) -> tuple[int, int]:
        return len(_ROWS), self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        at, (symbol, probability) = index.column(), self.letters[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return percent(probability) if index.row() else fonts.glyph(symbol)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            exact = percent(probability, 2)
            return f"step {grouped(self.first + at)}: {printable(symbol)}, {_ROWS[1]} {exact}"
        if role == Qt.ItemDataRole.FontRole:
            return fonts.font(fonts.MONO, _PIXELS[index.row()])
        return Qt.AlignmentFlag.AlignCenter if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        across = orientation == Qt.Orientation.Horizontal
        return grouped(self.first + section) if across else _ROWS[section]


class LettersTape(QTableView):
    """The last is in sight; the wheel, the bar below and the arrows lead to the others.

    A click goes to a letter's step; `copy` is what Ctrl+C does.
    """

    def __init__(self, go: Callable[[int], object], copy: Callable[[], object]) -> None:
        super().__init__()
        self._go, self._copy = go, copy
        self._model = _Letters(self)
        self.setModel(self._model)
        self.setObjectName("tape")
        self.setAccessibleName("letters written, with their probabilities")
        self.setFocusPolicy(TAB)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        bar = self.horizontalScrollBar()
        bar.rangeChanged.connect(lambda: bar.setValue(bar.maximum()))
        for header, size in ((self.horizontalHeader(), _WIDE), (self.verticalHeader(), _HIGH)):
            header.hide()
            header.setMinimumSectionSize(size)
            header.setDefaultSectionSize(size)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def show_letters(self, letters: Sequence[Letter], first: int) -> None:
        self._model.show(letters, first)

    def tsv(self) -> str:
        """All of them: the step, the letter and its probability."""
        lines = ["step\tletter\tprobability"]
        for step, (symbol, probability) in enumerate(self._model.letters, self._model.first):
            lines.append(f"{step}\t{printable(symbol)}\t{as_text(probability)}")
        return "\n".join(lines) + "\n"

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All others are the line's, Enter among them."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self._go(self._model.first + index.column())
