"""The command palette: every command, pane, unit and step by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.window import style
from gru_debugger.window.palette_entries import Entry
from gru_debugger.window.plain import Label
from gru_debugger.window.what_fits import what_fits

_WIDTH = 580
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(QDialog):
    """Type a part of a name, Enter runs what is marked.

    `find` gives the entries for what is typed, the best first; `nothing` says why there are none.
    `name` and `example` say what it is for, `height` how much there is of it.
    """

    def __init__(
        self,
        parent: QWidget,
        find: Callable[[str], Sequence[Entry]],
        nothing: Callable[[str], str],
        name: str = "Command palette",
        example: str = "A command, pane, unit or step",
        height: int = 420,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(_WIDTH, height).boundedTo(parent.size()))
        self.line = QLineEdit(placeholderText=example)
        self.line.setAccessibleName(name)
        self.empty = Label(wrap=True)
        self.empty.setObjectName("why")
        self.list = what_fits()
        self.list.setIconSize(QSize(14, 14))
        self._find, self._nothing = find, nothing
        self._entries: Sequence[Entry] = ()
        self._lay_out()
        self._tick = style.icon("tick", style.theme_of(parent).text)
        self._no_tick = style.icon("nothing", style.theme_of(parent).text)
        self.line.textChanged.connect(self._show)
        self.line.returnPressed.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self._show("")
        self.line.setFocus()

    def _lay_out(self) -> None:
        """All inside one frame: a popup has no border of its own."""
        frame = QFrame()
        frame.setObjectName("palette")
        outer, inner = QVBoxLayout(self), QVBoxLayout(frame)
        for layout in (outer, inner):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        outer.addWidget(frame)
        inner.addWidget(self.line)
        inner.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        inner.addWidget(self.list, 1)

    def _show(self, typed: str) -> None:
        self._entries = self._find(typed)
        self.list.clear()
        self.list.addTopLevelItems([self._item(entry) for entry in self._entries])
        first = next((i for i, entry in enumerate(self._entries) if entry.enabled), None)
        if first is not None:
            self.list.setCurrentIndex(self.list.model().index(first, 0))
            self.list.scrollToTop()
        self.list.setVisible(bool(self._entries))
        self.empty.setVisible(not self._entries)
        self.empty.setText("" if self._entries else self._nothing(typed))

    def _item(self, entry: Entry) -> QTreeWidgetItem:
        item = QTreeWidgetItem([entry.title, entry.keys])
        item.setIcon(0, self._tick if entry.ticked else self._no_tick)  # names begin at one place
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if entry.ticked is not None:
            words = f"{entry.title}, {'on' if entry.ticked else 'off'}"
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, words)
        if not entry.enabled:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _run(self) -> None:
        row = self.list.indexOfTopLevelItem(self.list.currentItem())
        if row < 0 or not self._entries[row].enabled:
            return  # nothing fits: the line stays open to be typed on
        entry = self._entries[row]
        self.close()
        entry.run()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and pages move in the list while the line has the focus."""
        if event.key() in _MOVES:
            self.list.keyPressEvent(event)  # not sent: what it leaves alone would come back here
        else:
            super().keyPressEvent(event)
