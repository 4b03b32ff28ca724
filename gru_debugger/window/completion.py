"""Below a line in which an expression is typed: what its last word may become."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidgetItem, QVBoxLayout

from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.what_fits import what_fits

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace
    from gru_debugger.questions.expressions import completing

_WIDE = 380  # pixels
_AHEAD = ("gru_debugger.questions.expressions", "gru_debugger.questions.finding",
          "gru_debugger.questions.expressions.completing", "difflib")  # fmt: skip
_TAKES = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Completion(QFrame):
    """Tab or Enter takes what is marked, Up and Down mark another, Esc closes it.

    What is a whole word already is offered to be left alone: Enter is the line's own then. A child
    of the window that never has the focus: the line keeps it.

    `sure`: an expression is meant, and the first is marked. Else Enter is the line's own until
    somebody marks one, and Tab takes the first.
    """

    def __init__(self, edit: QLineEdit, session: Session, sure: bool = True) -> None:
        super().__init__(edit)
        self._sure, self._ready = sure, False  # whether the first is meant where none is marked
        self._seen = False
        self.setObjectName("palette")
        self.list = what_fits()
        self._edit, self._session = edit, session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self.hide()
        edit.textEdited.connect(self._offer)
        edit.installEventFilter(self)
        self.list.itemClicked.connect(self._take_by_mouse)

    def _offer(self) -> None:
        """What fits, where the cursor is; nothing where the word is whole and the only one."""
        session, edit = self._session, self._edit
        before = edit.text()[: edit.cursorPosition()]
        found = self._fitting(before, session.trace) if session.trace else []
        whole = bool(found) and before.endswith(found[0].word)
        if not found[whole:]:
            self.hide()
            return
        self.list.clear()
        for one in found:
            item = QTreeWidgetItem([one.word, one.about])
            item.setData(0, Qt.ItemDataRole.UserRole, one)
            self.list.addTopLevelItem(item)
        self._ready = not whole
        if self._ready and self._sure:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        self._place(len(found))

    def _fitting(self, before: str, trace: Trace) -> list[completing.Completion]:
        from gru_debugger.questions.expressions.completing import completions
        from gru_debugger.questions.finding import names_offered

        return (completions if self._sure else names_offered)(before, trace, self._session.unit)

    def _place(self, rows: int) -> None:
        window, edit = self._edit.window(), self._edit
        if self.parentWidget() is not window:
            self.setParent(window)
        row = self.list.sizeHintForRow(0)
        below = edit.mapTo(window, QPoint(0, edit.height() + 2))
        room = max(row, window.height() - below.y() - 8)
        self.setGeometry(below.x(), below.y(), _WIDE, min(rows * row + 16, room))
        self.show()
        self.raise_()

    def _take(self) -> None:
        item = self.list.currentItem() or self.list.topLevelItem(0)
        self.hide()
        if item is not None:
            one, edit = item.data(0, Qt.ItemDataRole.UserRole), self._edit
            at = edit.cursorPosition()
            edit.setSelection(at - one.replaces, one.replaces)
            edit.insert(one.word)

    def _take_by_mouse(self) -> None:
        """The click gives the stepping keys back first; what is typed goes on."""
        self._take()
        QTimer.singleShot(0, self._edit, self._edit.setFocus)

    def _import_ahead(self, names: Sequence[str]) -> None:
        """What the first letter would wait for, a part between two events."""
        if names:
            import_module(names[0])
            QTimer.singleShot(0, self, partial(self._import_ahead, names[1:]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, partial(self._import_ahead, _AHEAD))
        if self.isHidden():
            return False
        if event.type() == QEvent.Type.FocusOut and not self.underMouse():
            self.hide()
        return isinstance(event, QKeyEvent) and self._key(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Whether the key was its own."""
        key = Qt.Key(event.key())
        takes = (key in _TAKES and self._marked) or (key == Qt.Key.Key_Tab and self._ready)
        mine = key == Qt.Key.Key_Escape or key in _MOVES or takes
        if mine and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif mine and event.type() == QEvent.Type.KeyPress:
            self._act(key)
        elif event.type() == QEvent.Type.KeyPress and (not event.text() or key in _TAKES):
            self.hide()  # the cursor moves, or the line acts
        return mine

    @property
    def _marked(self) -> bool:
        return self.list.currentItem() is not None

    def _act(self, key: Qt.Key) -> None:
        if key in _MOVES:
            self._mark(_MOVES[key])
        elif key in _TAKES:
            self._take()
        else:
            self.hide()

    def _mark(self, by: int) -> None:
        """The next one, from the last to the first."""
        now = self.list.currentIndex().row() if self._marked else -(by > 0)
        index = self.list.model().index((now + by) % self.list.topLevelItemCount(), 0)
        self.list.setCurrentIndex(index)
        announce(self._edit, f"{index.data()}, {index.siblingAtColumn(1).data()}")
