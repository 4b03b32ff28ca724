"""A list of steps: each row leads to one, with the text around it where that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped
from gru_debugger.window import style
from gru_debugger.window.flat_table import FlatTable, Index

STEP, TEXT = "step", "text"  # heads of the columns that every list has
_AROUND = 24  # characters on either side, where there is room
_PIXELS = 12
_GO = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def around(trace: Trace, t: int) -> tuple[str, str, str]:
    """What is read before step t, at it and after it, as it is drawn in one line."""
    read = trace.characters
    if trace.reading.rows is not None:
        return "", read[t - 1], ""
    pieces = read[max(0, t - 1 - _AROUND) : t - 1], read[t - 1 : t], read[t : t + _AROUND]
    before, here, after = ("".join(map(fonts.glyph, piece)) for piece in pieces)
    return before, here, after


class StepsModel(FlatTable):
    """The step, the text around it, and whatever else is told of each; made when it is seen.

    `heads` name all columns; `cell` is what stands in those beside step and text.
    """

    def __init__(self, view: QWidget, cell: Callable[[int, int], str]) -> None:
        super().__init__(view)
        self._view, self._cell = view, cell
        self.trace: Trace | None = None
        self.heads: tuple[str, ...] = (STEP, TEXT)
        self.steps: Sequence[int] = ()
        self._tips: Sequence[str] = ()
        self._rows = 0  # of them, those that are shown
        self.here = 0  # the step where one is

    def show(
        self,
        trace: Trace | None,
        heads: tuple[str, ...],
        steps: Sequence[int],
        tips: Sequence[str] = (),
    ) -> None:
        """Another list; `tips` say more of the heads."""
        self.beginResetModel()
        self._tips = tips
        self.trace, self.heads, self.steps = trace, heads, steps
        self._rows = len(steps)
        self.endResetModel()

    def grow(self) -> None:
        """There are more steps by now than there were."""
        if len(self.steps) > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, len(self.steps) - 1)
            self._rows = len(self.steps)
            self.endInsertRows()

    def be_at(self, step: int) -> None:
        """One is there now: its row is marked."""
        changed, self.here = step != self.here, step
        if changed and self._rows:
            last = self.index(self._rows - 1, len(self.heads) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.BackgroundRole])

    def words(self, row: int, column: int) -> str:
        step, head = self.steps[row], self.heads[column]
        if head == STEP:
            return grouped(step)
        if head != TEXT:
            return self._cell(row, column)
        assert self.trace is not None
        return "{}[{}]{}".format(*around(self.trace, step))

    @property
    def size(self) -> tuple[int, int]:
        return self._rows, len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        head = self.heads[index.column()]
        if role == Qt.ItemDataRole.DisplayRole and head == TEXT:
            return ""  # it is painted
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(head)
        if role == Qt.ItemDataRole.BackgroundRole and self.steps[index.row()] == self.here:
            return style.theme_of(self._view).chip
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if role == Qt.ItemDataRole.ToolTipRole and section < len(self._tips):
            return self._tips[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(self.heads[section])
        return None


def _aligned(head: str) -> Qt.AlignmentFlag:
    """Numbers at the right; the text around a step has that in its middle."""
    side = Qt.AlignmentFlag.AlignHCenter if head == TEXT else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class StepsView(QTableView):
    """A click or Enter on a row goes to its step; Ctrl+C copies the chosen rows.

    `widths`: pixels of the first columns.
    """

    def __init__(self, name: str, go: Callable[[int], object], widths: Sequence[int]) -> None:
        super().__init__()
        self._go, self._widths = go, widths
        self.setObjectName("numbers")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setStretchLastSection(True)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        for column, width in enumerate(self._widths):
            self.setColumnWidth(column, width)

    def tsv(self, rows: Iterable[int] | None = None) -> str:
        """The heads, and all rows or some, as a screen reader hears them."""
        model, level = self.model(), Qt.Orientation.Horizontal
        chosen = range(model.rowCount()) if rows is None else rows
        columns = range(model.columnCount())
        lines = [[str(model.headerData(column, level)) for column in columns]]
        lines += [[_said(model.index(row, column)) for column in columns] for row in chosen]
        return "".join("\t".join(line) + "\n" for line in lines)

    def choose(self, row: int) -> None:
        """Make a row the current one, in sight: in the middle where it was not, for all rows are
        painted anew then, and not with every key press."""
        alone = QItemSelectionModel.SelectionFlag.ClearAndSelect
        rows = QItemSelectionModel.SelectionFlag.Rows
        index = self.model().index(row, 0)
        if not self.viewport().rect().contains(self.visualRect(index)):
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.selectionModel().setCurrentIndex(index, alone | rows)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _GO:
            if self.currentIndex().isValid():
                self._go(self.currentIndex().row())
        elif event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QApplication.clipboard().setText(self.tsv(rows))
        else:
            super().keyPressEvent(event)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self._go(index.row())


def _said(index: QModelIndex) -> str:
    in_words = index.data(Qt.ItemDataRole.AccessibleTextRole)
    return str(index.data() if in_words is None else in_words)


class Around(QStyledItemDelegate):
    """The text around a step: what it reads in the middle, as a tile."""

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)  # what is behind it
        model, view = index.model(), self.parent()
        assert isinstance(model, StepsModel)
        assert isinstance(view, QWidget)
        if model.trace is None:
            return
        rect = QRectF(option.rect).adjusted(4, 2, -4, -2)
        painter.save()
        try:
            painter.setClipRect(rect)
            words = around(model.trace, model.steps[index.row()])
            _paint_around(painter, rect, words, style.theme_of(view))
        finally:
            painter.restore()


def _paint_around(p: QPainter, rect: QRectF, words: tuple[str, str, str], theme: Theme) -> None:
    before, here, after = words
    shown, pixels = fonts.symbol(here, rect.width() / 3, _PIXELS)
    wide = fonts.width(shown, fonts.MONO, pixels) + 4
    tile = QRectF(rect.center().x() - wide / 2, rect.top(), wide, rect.height())
    fonts.tile(p, tile, theme.text, shown, theme.panel, pixels=pixels)
    p.setFont(fonts.font(fonts.MONO, _PIXELS))
    p.setPen(theme.text)
    beside = QRectF(0, rect.top(), 999, rect.height())  # all of it, to be cut by the clip
    right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
    beside.moveRight(tile.left() - 2)
    p.drawText(beside, right | Qt.AlignmentFlag.AlignVCenter, before)
    beside.moveLeft(tile.right() + 2)
    p.drawText(beside, left | Qt.AlignmentFlag.AlignVCenter, after)
