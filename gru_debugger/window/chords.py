"""Keys of two, one after the other: after the first the window waits for the second, and says so.

Qt knows such keys too, but would wait unseen, and let a wrong second key go without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QWidget

_HELD = frozenset(
    [
        Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown,
    ]
)  # fmt: skip
_ENDING = (QEvent.Type.FocusOut, QEvent.Type.MouseButtonPress)


class Chords(QObject):
    """`meant` tells what each two do, by “Ctrl+K, T”.

    `waits` says what is waited for, `ended` what came of it, "" where that was done.
    """

    waits = Signal(str)
    ended = Signal(str)

    def __init__(self, window: QWidget, meant: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(window)
        self._meant = meant
        self._first = ""
        self._watched: QWindow | None = None
        for first in {both.split(", ")[0] for both in meant}:
            shortcut = QShortcut(QKeySequence(first), window, autoRepeat=False)
            shortcut.activated.connect(partial(self._begin, first))

    def _begin(self, first: str) -> None:
        self._first, self._watched = first, QGuiApplication.focusWindow()
        if self._watched is not None:
            self._watched.installEventFilter(self)
            self.waits.emit(f"{_said(first)} was pressed and waits for a second key; Esc ends that")

    def _end(self, said: str = "") -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = None
        self.ended.emit(said)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Until the second key has come all are taken, before they can mean anything else."""
        if event.type() in _ENDING:
            self._end()
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        event.accept()
        held = event.key() in _HELD or event.isAutoRepeat()
        if event.type() == QEvent.Type.KeyPress and not held:
            self._second(event.keyCombination())
        return True

    def _second(self, key: QKeyCombination) -> None:
        plain = key.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
        least = plain & ~Qt.KeyboardModifier.ControlModifier  # it may still be held
        taken = [plain, least]
        if Qt.Key.Key_0 <= key.key() <= Qt.Key.Key_9:
            taken.append(Qt.KeyboardModifier.NoModifier)  # where digits need Shift, as in France
        keys = [QKeySequence(QKeyCombination(held, key.key())) for held in taken]
        both = [f"{self._first}, {second.toString()}" for second in keys]
        call = next((self._meant[one] for one in both if one in self._meant), None)
        if key.key() == Qt.Key.Key_Escape:
            self._end(f"{_said(both[0])}: nothing was done")
        elif call is None:
            self._end(f"{_said(both[0])} means nothing; F1 lists the keys")
        else:
            self._end()
            call()


def _said(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
