"""Vocabularies that many models were trained with, by their sizes."""

from __future__ import annotations

import string

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyledItemDelegate

from gru_debugger.numerals import grouped
from gru_debugger.window.combo import Combo

_LOWER, _LETTERS = string.ascii_lowercase, string.ascii_letters


def _range(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


PRESETS: dict[str, str] = {
    "string.printable": string.printable,
    "printable ASCII, 32 to 126": _range(32, 126),
    "newline, then printable ASCII": "\n" + _range(32, 126),
    "all ASCII, 0 to 127": _range(0, 127),
    "all bytes as Latin-1, 0 to 255": _range(0, 255),
    "lower-case letters": _LOWER,
    "lower-case letters, then space": _LOWER + " ",
    "space, then lower-case letters": " " + _LOWER,
    "upper-case letters": string.ascii_uppercase,
    "letters, lower case first": _LETTERS,
    "letters, then space and .,;'": _LETTERS + " .,;'",
    "digits": string.digits,
}


class PresetBox(Combo):
    """Those of the size that is wanted; the others stand below, grey, with their own sizes."""

    def __init__(self, grey: QColor) -> None:
        super().__init__()
        self._grey = grey
        self.setItemDelegate(QStyledItemDelegate(self))  # the box's own paints no colours
        self.setAccessibleName("presets")
        self._size = -1

    def offer(self, size: int) -> None:
        """Offer those with `size` symbols."""
        if size == self._size:
            return
        self._size = size
        fitting = [name for name in PRESETS if len(PRESETS[name]) == size]
        others = [name for name in PRESETS if name not in fitting]
        offered = QStandardItemModel(self)
        offered.appendRow(QStandardItem("Presets" if fitting else f"No preset has {grouped(size)}"))
        for name in [*fitting, *others]:
            words = name if name in fitting else f"{name}: {len(PRESETS[name])}"
            item = QStandardItem(words)
            item.setData(name)
            item.setSizeHint(QSize(0, 24))
            item.setEnabled(name in fitting)
            if name not in fitting:
                item.setForeground(self._grey)  # a style sheet's colour hides the disabled one
            offered.appendRow(item)
        self.setModel(offered)

    def chosen(self) -> str | None:
        """The symbols of the entry that was chosen; None for the box's own name."""
        offered = self.model()
        assert isinstance(offered, QStandardItemModel)
        name = offered.item(self.currentIndex()).data()
        return None if name is None else PRESETS[name]
