"""The numbers of a pane as a table: beside the picture, for who would rather read or copy them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QSignalBlocker,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPlainTextEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.numerals import grouped
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import make_pane, pane_specs
from gru_debugger.panes.table import Table
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.window import style
from gru_debugger.window.combo import Combo
from gru_debugger.window.flat_table import FlatTable, Index
from gru_debugger.window.plain import Label

_LINES = 3  # of the words, whole ones
_HERE = "▸ "  # before the name of the row and the column where we are
Choice = tuple[str, str]  # the pane's name and the table's title

_NOTHING = Table((), lambda _: (), (), np.zeros((0, 0), np.float32))


class _Model(FlatTable):
    """A `Table`, its names as the rows' headers; a number is put into words when it is seen."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.table = _NOTHING
        self._view = view

    def show(self, table: Table) -> None:
        """Another table; where it is of the same size, what is selected stays."""
        same = (table.columns, table.rows) == (self.table.columns, self.table.rows)
        if not same:
            self.beginResetModel()
        self.table = table
        if not same:
            self.endResetModel()
        elif table.rows and table.columns:
            last = self.index(table.rows - 1, len(table.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, table.rows - 1)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(table.columns) - 1)

    @property
    def size(self) -> tuple[int, int]:
        return self.table.rows, len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            # With a true minus: readers pass over a hyphen.
            return self.table.number(index.row(), index.column()).replace("-", "−")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        here = index.row() == self.table.row or index.column() == self.table.column
        if role == Qt.ItemDataRole.BackgroundRole and here:
            return style.theme_of(self._view).chip
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return _HERE * (section == self.table.column) + self.table.columns[section]
        name = "  ".join(filter(None, self.table.name(section)))
        return _HERE * (section == self.table.row) + name


class _View(QTableView):
    """Copies what is selected; what is current stays in sight."""

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self._selected())
        else:
            super().keyPressEvent(event)

    def _selected(self) -> str:
        """Tab-separated, a line a row."""
        model = self.model()
        rows: dict[int, list[str]] = {}
        assert isinstance(model, _Model)
        for index in sorted(self.selectedIndexes(), key=lambda i: (i.row(), i.column())):
            number = model.table.number(index.row(), index.column())
            rows.setdefault(index.row(), []).append(number)
        return "".join("\t".join(row) + "\n" for row in rows.values())


def _told_of(table: Table) -> str:
    """What a row is, and which are there."""
    if not table.rows:
        return "no numbers here"
    return f"row: {', '.join(table.heads)}" + (f" ({table.note})" if table.note else "")


class Numbers(QWidget):
    """The table that is chosen, of any of the window's panes; follows the session while seen."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._specs = {s.name: s for s in pane_specs().values() if s.area != "none"}
        self._centre = View.centre
        self._choice: Choice = (View.centre, "values")
        self._make()
        for changed in (
            session.opened,
            session.position_changed,
            session.unit_changed,
            session.view_changed,
            session.recording_advanced,
            session.whole_run.advanced,
        ):
            changed.connect(self._follow)

    def _make(self) -> None:
        self.box = Combo()
        self.box.setAccessibleName("numbers of")
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.box.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.box.currentIndexChanged.connect(self._choose)
        self.note = Label()
        copy = QToolButton()
        copy.setText("Copy all")
        copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        copy.setToolTip("Tab-separated, with the names of rows and columns (Ctrl+Shift+M)")
        copy.clicked.connect(self.copy)
        self.view = _View()
        self.view.setObjectName("numbers")
        self._model = _Model(self.view)
        self.view.setModel(self._model)
        self.view.horizontalHeader().setDefaultSectionSize(112)
        self.view.verticalHeader().setDefaultSectionSize(22)
        self.view.setAccessibleName("numbers")
        self.view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.view.setTabKeyNavigation(False)
        self.words = QPlainTextEdit()
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.words.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.words.setTabChangesFocus(True)
        line = QHBoxLayout()
        line.addWidget(Label("Numbers of"))
        for widget in (self.box, self.note):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 4, 14, 8)
        layout.addLayout(line)
        layout.addWidget(self.words)
        layout.addWidget(self.view, 1)

    @cached_property
    def _panes(self) -> dict[str, Pane]:
        """Its own ones, for their numbers alone: made when they are wanted first, never drawn."""
        panes = {n: make_pane(n, self._session, self._theme) for n in self._specs}
        for pane in panes.values():
            pane.setParent(self)
        return panes

    @property
    def has_focus(self) -> bool:
        return self.isAncestorOf(QApplication.focusWidget() or self)

    # Which ---------------------------------------------------------------------------------

    def choose_pane(self, name: str) -> None:
        """The first table of a pane, unless one of its tables is chosen already."""
        titles = list(self._panes[name].tables())
        if titles and self._choice[0] != name:
            self._choice = name, titles[0]
            self._follow()

    def _choose(self, index: int) -> None:
        chosen = self.box.itemData(index)
        if chosen is not None:
            self._choice = tuple(chosen)
            self._follow()

    def _choices(self) -> list[Choice]:
        """All tables there are; the chosen one too where it has no numbers at this step."""
        there = [(name, title) for name, p in self._panes.items() for title in p.tables()]
        return there if self._choice in there else [self._choice, *there]

    def _in_words(self, choice: Choice) -> str:
        name, title = choice
        return f"{self._specs[name].title}: {title}"

    # Shown ---------------------------------------------------------------------------------

    def table(self) -> Table:
        """The chosen one, as it is now."""
        name, title = self._choice
        make: Callable[[], Table] | None = self._panes[name].tables().get(title)
        return make() if make is not None else _NOTHING

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_words()
        self._follow_centre()
        self._show()
        self._go_here()

    def _fit_words(self) -> None:
        """Its font is the style sheet's once it is shown."""
        words = self.words
        around = round(words.document().documentMargin()) + 2 * words.viewport().y()
        words.setFixedHeight(_LINES * words.fontMetrics().lineSpacing() + around)

    def _go_here(self) -> None:
        """The reader begins at the selected unit, or at the step."""
        at, here = self.view.currentIndex(), self._model.table
        row, column = here.row, here.column
        there = self._model.index(
            max(0, at.row()) if row is None else row,
            max(0, at.column()) if column is None else column,
        )
        self._go_to(there)

    def _go_to(self, index: QModelIndex) -> None:
        """By itself Qt would add to what is selected while Ctrl, of Ctrl+M, is held."""
        alone = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(index, alone)
        self.view.scrollTo(index)

    def _follow(self) -> None:
        if self.isVisible():
            self._follow_centre()
            self._show()

    def _follow_centre(self) -> None:
        """Where its numbers are read, those of the pane that has come there are read now."""
        before, self._centre = self._centre, self._session.view.centre
        if before == self._choice[0] != self._centre:
            self._choice = self._centre, next(iter(self._panes[self._centre].tables()), "")

    def _show(self) -> None:
        self._show_words()
        table, choices = self.table(), self._choices()
        words = [self._in_words(choice) for choice in choices]
        if words != [self.box.itemText(i) for i in range(self.box.count())]:
            with QSignalBlocker(self.box):
                self.box.clear()
                for said, choice in zip(words, choices, strict=True):
                    self.box.addItem(said, choice)
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(choices.index(self._choice))
        self.note.setText(_told_of(table))
        self.view.setAccessibleName(f"numbers, {self._in_words(self._choice)}")
        at = self.view.currentIndex()
        row, column = max(0, at.row()), max(0, at.column())
        self._model.show(table)
        if not self.view.currentIndex().isValid():
            last = table.rows - 1, len(table.columns) - 1
            self._go_to(self._model.index(min(row, last[0]), min(column, last[1])))

    def _show_words(self) -> None:
        """What the pane's description says, to be read at one's own pace."""
        name = self._choice[0]
        self.words.setAccessibleName(f"{self._specs[name].title} in words")
        said = self._panes[name].in_words()
        if said != self.words.toPlainText():
            self.words.setPlainText(said)

    def copy(self) -> str:
        """All of the chosen table to the clipboard; what was done, in words."""
        table = self.table()
        words = self._in_words(self._choice)
        if not table.rows:
            return f"{words}: no numbers here, nothing was copied"
        QApplication.clipboard().setText(table.tsv())
        return f"Copied {words}: {grouped(table.rows)} rows, {grouped(len(table.columns))} columns"
