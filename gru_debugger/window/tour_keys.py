"""The keys that are a tour's while one is under way, before the window's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit

from gru_debugger.window.combo import Combo

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow
    from gru_debugger.window.tour import Tours

_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_TYPING = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, Combo)


class TourKeys(QObject):
    """The pages, with Shift those of the card; Esc; S and the digits while it asks; R while the
    window stands elsewhere. Of what else the window is told, its size: the card's follows."""

    def __init__(self, tours: Tours, window: MainWindow) -> None:
        super().__init__(tours)
        self._tours, self._window = tours, window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:  # of the window
            self._tours.give_room_again()
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        if self._tours.live is None or isinstance(QApplication.focusWidget(), _TYPING):
            return False
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain == Qt.KeyboardModifier.ShiftModifier and event.key() in _PAGES:
            if event.type() == QEvent.Type.KeyPress:
                self._tours.scroll(_PAGES[Qt.Key(event.key())])
            event.accept()
            return True
        if plain == Qt.KeyboardModifier.ShiftModifier and event.key() == Qt.Key.Key_S:
            plain = Qt.KeyboardModifier.NoModifier  # as the card writes it
        if plain != Qt.KeyboardModifier.NoModifier or not self._means(event):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._press(event)
        return True

    def _means(self, event: QKeyEvent) -> bool:
        key, tours = event.key(), self._tours
        if key == Qt.Key.Key_Escape:
            return not self._window.message.messages and not self._open_line()
        if key == Qt.Key.Key_R:
            return bool(tours.away())
        return key in _PAGES or (tours.asked and (key in _DIGITS or key == Qt.Key.Key_S))

    def _open_line(self) -> bool:
        return any(line.isVisible() for line in self._window.line_place.lines)

    def _press(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._tours.leave()
        elif key in _PAGES:
            self._tours.move(_PAGES[Qt.Key(key)])
        elif key == Qt.Key.Key_R:
            self._tours.come_back()
        else:
            self._tours.answer(0 if key == Qt.Key.Key_S else _DIGITS.index(Qt.Key(key)) + 1)
