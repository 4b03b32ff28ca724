"""What all tables of the window have in common: rows and columns, and none below a cell."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class FlatTable(QAbstractTableModel):
    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        raise NotImplementedError

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else self.size[0]

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else self.size[1]
