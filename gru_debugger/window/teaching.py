"""Teaching: the window as large as its screen, all larger in it, playing by computations.

Nothing else is another. What was there before is there again afterwards: size, docks, speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer

from gru_debugger.window.layout import ACROSS, DOWN

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow

_LARGER = 1.25  # at most
_LEAST = (1366, 768)  # pixels, as of a window in which all is there: less than that leaves some out
_SPEED = 1  # computations a second, until somebody chooses another


@dataclass(frozen=True)
class _Before:
    """The window's, when teaching began; `shown`: whether each dock is to be."""

    size: QSize
    geometry: QByteArray
    layout: QByteArray
    shown: dict[str, bool]
    speed: int


def room_for(size: QSize) -> float:
    """How many times as large as usual all can be in such a window with nothing left out."""
    room = min(size.width() / _LEAST[0], size.height() / _LEAST[1])
    return max(1.0, min(_LARGER, math.floor(room * 100) / 100))


class Teaching(QObject):
    """`larger`: how many times as large as usual all is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before: _Before | None = None
        self._returning: _Before | None = None  # until the window has its size again
        self.larger = 1.0

    def toggle(self) -> None:
        if not self.leave():
            self._begin()

    def _begin(self) -> None:
        window, session = self._window, self._window.session
        self._before = _Before(
            window.size(), window.saveGeometry(), window.saveState(), {}, session.speed
        )
        self._return()
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        window.installEventFilter(self)
        self._fill()
        session.play_by(computations=True, speed=_SPEED)

    def _fill(self) -> None:
        """As large as the window has room for, its docks too."""
        window, larger = self._window, room_for(self._window.size())
        times = larger / self.larger
        if times == 1.0:
            return
        self._enlarge(larger)
        docks = window.docks.values()
        there = [dock for dock in docks if dock.isVisible() and not dock.isFloating()]
        window.resizeDocks(there, [round(dock.width() * times) for dock in there], ACROSS)
        window.resizeDocks(there, [round(dock.height() * times) for dock in there], DOWN)

    def leave(self) -> bool:
        """As it was before; False where it is already."""
        before, window = self._before, self._window
        if before is None:
            return False
        shown = {name: dock.isVisible() for name, dock in window.docks.items()}
        self._before, self._returning = None, replace(before, shown=shown)
        window.installEventFilter(self)
        self._enlarge(1.0)
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self._restore(self._returning)
        self._restore_again(self._returning)
        window.session.play_by(computations=False, speed=before.speed)
        return True

    def _enlarge(self, larger: float) -> None:
        self.larger = larger
        self._window.docks.magnify(larger)
        self._window.status.where.magnify(larger)
        self._window.restyle()
        self._window.tool_bar.magnify(larger)

    def _restore(self, before: _Before) -> None:
        """The docks; what was opened or closed meanwhile stays so."""
        with self._window.docks.lent.resting():
            self._window.restoreState(before.layout)
            for name, dock in self._window.docks.items():
                if dock.isVisible() != before.shown[name]:
                    dock.setVisible(before.shown[name])

    def _restore_again(self, before: _Before) -> None:
        """Once bars and window are as high as they were."""

        def restore() -> None:
            if self._before is None:
                for widget in (self._window.status, self._window):
                    placing = widget.layout()
                    assert placing is not None
                    placing.invalidate()  # they have been measured with the larger type
                    placing.activate()
                self._restore(before)

        QTimer.singleShot(0, self, restore)

    def _follow(self) -> None:
        if self._before is not None:
            self._fill()

    def geometry(self) -> QByteArray:
        """The window's usual one, to be kept."""
        before = self._before or self._returning
        return self._window.saveGeometry() if before is None else before.geometry

    def _return(self) -> None:
        self._returning = None
        self._window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window system gives the window the screen's size, and later its old one, when it
        likes; type and docks follow then."""
        back = self._returning
        resized = event.type() == QEvent.Type.Resize
        if resized and self._before is not None:
            QTimer.singleShot(0, self, self._follow)  # once docks have their places in it
        if back is not None and resized and self._window.size() == back.size:
            self._return()
            self._restore_again(back)
        return False
