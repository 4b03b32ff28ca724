"""A choice that drops down: framed once, its rows as high as a menu's."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QStyledItemDelegate


class Combo(QComboBox):
    """Qt's own rows would not hear of the style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))
