"""A unit's history as a table: a row a step that wrote its state, or was refused, and one of the
state before them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from gru_debugger.charts import fonts
from gru_debugger.errors import one_line
from gru_debugger.numerals import fixed, grouped, two
from gru_debugger.questions.writes import Bounds, Write, Writes
from gru_debugger.window import style
from gru_debugger.window.flat_table import FlatTable, Index

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
_LEFT = HEADS.index("left")
_SIDES = [  # numbers at the right, words at the left
    Qt.AlignmentFlag.AlignVCenter
    | (Qt.AlignmentFlag.AlignLeft if column in (1, 5) else Qt.AlignmentFlag.AlignRight)
    for column in range(len(HEADS))
]
_Role = Qt.ItemDataRole
_TOLD = {
    _Role.DisplayRole, _Role.AccessibleTextRole, _Role.BackgroundRole, _Role.ForegroundRole
}  # fmt: skip


class HistoryModel(FlatTable):
    """Puts a row into words when it is seen. `steps` (rows,): which steps they are of, the initial
    state among them where `Writes.start` says."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._writes: Writes | None = None
        self._t = 0
        self.steps: NDArray[np.int64] = np.zeros(0, np.int64)
        self._refused: NDArray[np.bool_] = np.zeros(0, bool)
        self._left: NDArray[np.float64] = np.zeros(0)
        self._initial: Write | None = None
        self._known: tuple[object, ...] = ()  # what is in it: how much of whose writes
        self._seen: dict[int, tuple[Write, Sequence[str]]] = {}  # the row asked for last

    def show(self, writes: Writes | None, bounds: Bounds, t: int) -> None:
        """The history as it is known, seen from step t; where its steps are the same, they stay."""
        before, known = self.row_at(self._t), (writes, writes.known if writes else 0, bounds)
        self._t, self._seen = t, {}
        if writes is not None:
            self._left, self._initial = writes.left(t), writes.initial(t)
        if known != self._known:
            self._known, before = known, None
            self._take(writes, bounds)
        if len(self.steps):
            self._tell(before, self.row_at(t))

    def _take(self, writes: Writes | None, bounds: Bounds) -> None:
        """Another unit, more of it, or other rows of it."""
        none = np.zeros(0, np.int64)
        steps = none if writes is None else _with_start(writes, writes.listed(bounds))
        same = writes is self._writes and np.array_equal(steps, self.steps)
        if not same:
            self.beginResetModel()
        self._writes, self.steps = writes, steps
        if writes is not None:
            self._refused = writes.refused(bounds)
        if not same:
            self.endResetModel()

    def _tell(self, before: int | None, now: int | None) -> None:
        """What stands in these rows, and in those between, and what is left, everywhere in sight.

        No more: to paint all of a table takes longer than all charts do.
        """
        view, last = self._view, len(self.steps) - 1
        bottom = view.rowAt(view.viewport().height())
        sight = max(0, view.rowAt(0)), bottom if bottom >= 0 else last
        rows = (0, last) if before is None or now is None else sorted((before, now))
        for (first, end), (left, right) in ((sight, (_LEFT, _LEFT)), (rows, (0, len(HEADS) - 1))):
            self.dataChanged.emit(self.index(first, left), self.index(end, right))

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

    @property
    def size(self) -> tuple[int, int]:
        return len(self.steps), len(HEADS)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """Of each cell in sight seven roles are asked at every key press: the usual ones first."""
        if role == _Role.TextAlignmentRole:
            return _SIDES[index.column()]
        if role not in _TOLD:
            return None
        write, words = self._row(index.row())
        if role == _Role.DisplayRole:
            return words[index.column()]
        if role == _Role.AccessibleTextRole and index.column() == 1 and self._writes:
            initial = write is self._initial
            return INITIAL if initial else self._writes.trace.character_in_words(write.step)
        if role == _Role.BackgroundRole and write.step == self._t:
            return style.theme_of(self._view).chip
        if role == _Role.ForegroundRole and np.isnan(write.left):
            return style.theme_of(self._view).future  # read later
        return None

    def _row(self, row: int) -> tuple[Write, Sequence[str]]:
        """Itself and in words; its cells are asked for one after the other."""
        if row not in self._seen:
            write = self.write(row)
            words = self._of_initial if write is self._initial else self._words
            self._seen = {row: (write, words(write))}
        return self._seen[row]

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
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return HEADS[section]
        if orientation == Qt.Orientation.Horizontal and role == _Role.ToolTipRole:
            return _TIPS[section]
        if role == _Role.TextAlignmentRole:
            return _SIDES[section]
        return None


def _with_start(writes: Writes, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    ends = [writes.start], steps
    return np.concatenate(ends if writes.start == 0 else ends[::-1])


def step_of(initial: Write) -> str:
    """Its number; behind the last step there is none."""
    return "" if initial.step else "0"

