"""The window opens whole and on its screen, its frame included."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

WISHED = QSize(1600, 1000)  # where the screen has room for it


class Placement(QObject):
    """Gives a window its first size, or the one that was kept, and fits it into its screen.

    How wide the frame is the window system tells only once it is there. So the window is fitted
    again with each thing it is told, up to the moment when it is active and the user's to move.
    """

    def __init__(self, window: QWidget, kept: object) -> None:
        super().__init__(window)
        self._window = window
        window.resize(WISHED.boundedTo(window.screen().availableGeometry().size()))
        if isinstance(kept, QByteArray):
            window.restoreGeometry(kept)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Show, QEvent.Type.Move, QEvent.Type.WindowActivate):
            fit(self._window)
        if kind == QEvent.Type.WindowActivate:
            self._window.removeEventFilter(self)
        return False


def fit(window: QWidget) -> None:
    """Make a window as small and move it as far as its screen's free part demands."""
    if window.isMaximized() or window.isFullScreen() or not window.isVisible():
        return
    free, frame = window.screen().availableGeometry(), window.frameGeometry()
    if free.contains(frame):
        return
    around = frame.size() - window.size()
    size = window.size().boundedTo(free.size() - around).expandedTo(window.minimumSizeHint())
    window.resize(size)
    window.move(_inside(QRect(frame.topLeft(), size + around), free))


def _inside(frame: QRect, free: QRect) -> QPoint:
    """Where its upper left corner must be for as much of it as possible to be seen."""
    left = min(frame.left(), free.right() + 1 - frame.width())
    top = min(frame.top(), free.bottom() + 1 - frame.height())
    return QPoint(max(left, free.left()), max(top, free.top()))
