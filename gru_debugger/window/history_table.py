"""A unit's history as a table: a row a step that wrote its state, or was refused, and one of the
state before them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QWidget

from gru_debugger.charts import fonts
from gru_debugger.errors import one_line
from gru_debugger.numerals import fixed, grouped, two
from gru_debugger.questions.writes import Bounds, Write, Writes
from gru_debugger.window import style

HEADS = ("step", "read", "old → new", "wrote", "left", "refused n, z")
_TIPS = (
    "",
    "",
    "the state before and after the step",
    "what the step put into the state",
    "what of that stands in the state at the present step",
    "a strong candidate n that z, near 1, kept out",
)
WIDTHS = (54, 40, 105, 52, 52)  # pixels; the last column takes the rest
_LONGEST = 8  # characters of a symbol
INITIAL = "initial state"
Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """Puts a row into words when it is seen. `steps` (rows,): which steps they are of, the initial
    state among them where `Writes.start` says."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._writes: Writes | None = None
        self._t = 0
        self.steps: NDArray[np.int64] = np.zeros(0, np.int64)
        self._refused: NDArray[np.bool_] = np.zeros(0, bool)
        self._left: NDArray[np.float64] = np.zeros(0)
        self._initial: Write | None = None

    def show(self, writes: Writes | None, bounds: Bounds, t: int) -> None:
        """The history as it is known, seen from step t; where its steps are the same, they stay."""
        none = np.zeros(0, np.int64)
        steps = none if writes is None else _with_start(writes, writes.listed(bounds))
        same = writes is self._writes and np.array_equal(steps, self.steps)
        if not same:
            self.beginResetModel()
        self._writes, self._t, self.steps = writes, t, steps
        if writes is not None:
            self._refused, self._left = writes.refused(bounds), writes.left(t)
            self._initial = writes.initial(t)
        if not same:
            self.endResetModel()
        elif len(steps):
            self.dataChanged.emit(self.index(0, 0), self.index(len(steps) - 1, len(HEADS) - 1))

    def write(self, row: int) -> Write:
        assert self._writes is not None
        initial, step = self._initial, int(self.steps[row])
        if initial is not None and step == initial.step:
            return initial
        return self._writes.row(step, self._left, self._refused)

    def row_at(self, t: int) -> int | None:
        """The row of step t, or the nearest of a step that is read before; None: there is none."""
        if self._writes is not None and self._writes.place[1] == "reverse":
            row = int(np.searchsorted(self.steps, t))
            return row if row < len(self.steps) else None
        row = int(np.searchsorted(self.steps, t, "right")) - 1
        return row if row >= 0 else None

    # As Qt asks for it -------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.steps)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            write = self.write(index.row())
            words = self._of_initial if write is self._initial else self._words
            return words(write)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(index.column())
        write = self.write(index.row())
        step, initial = write.step, write is self._initial
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 1 and self._writes:
            return INITIAL if initial else self._writes.trace.character_in_words(step)
        theme = style.theme_of(self._view)
        if role == Qt.ItemDataRole.BackgroundRole and step == self._t:
            return theme.chip
        if role == Qt.ItemDataRole.ForegroundRole and np.isnan(write.left):
            return theme.future  # read later
        return None

    def _of_initial(self, write: Write) -> Sequence[str]:
        left = "" if np.isnan(write.left) else fixed(write.left, 2, signed=True)
        return step_of(write), "h(0)", INITIAL, fixed(write.wrote, 2, signed=True), left, ""

    def _words(self, write: Write) -> Sequence[str]:
        character = one_line(fonts.glyph(write.character), _LONGEST)
        left = "" if np.isnan(write.left) else fixed(write.left, 2, signed=True)
        refused = f"{two(write.n, True)}, {two(write.z)}" if write.refused else ""
        change = f"{two(write.old)} → {two(write.new)}"
        wrote = fixed(write.wrote, 2, signed=True)
        return grouped(write.step), character, change, wrote, left, refused

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        return None


def _with_start(writes: Writes, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    ends = [writes.start], steps
    return np.concatenate(ends if writes.start == 0 else ends[::-1])


def step_of(initial: Write) -> str:
    """Its number; behind the last step there is none."""
    return "" if initial.step else "0"


def _aligned(column: int) -> Qt.AlignmentFlag:
    """Numbers at the right, words at the left."""
    side = Qt.AlignmentFlag.AlignLeft if column in (1, 5) else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
