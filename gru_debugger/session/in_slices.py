"""Work beside the window: a few milliseconds of it between two events."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

_SLICE = 0.004  # seconds between two looks at the event queue
_PAUSE = 20  # milliseconds before the first, in which what a key changed is painted
_TOLD = 0.1  # seconds between two times that it is told


class InSlices(QObject):
    """Goes on from `_begin` until `_advance` says that there is no more, or `stop`.

    A base and no part: a part that calls its owner back would be a ring that the collector ends,
    in whatever thread it runs.
    """

    advanced = Signal()  # there is more of it, or all

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def stop(self) -> None:
        self._timer.stop()

    def _begin(self) -> None:
        """The first is told of after a while too: what begins with a key press is not drawn twice
        by it."""
        if not self._timer.isActive():
            self._told = perf_counter()
            self._timer.start(_PAUSE)

    def _advance(self) -> bool:
        """A little more; False: there is none now."""
        raise NotImplementedError

    def _look(self) -> None:
        self._timer.setInterval(0)
        end = perf_counter() + _SLICE
        while more := self._advance():
            if perf_counter() > end:
                break
        if not more:
            self._timer.stop()
        if not more or perf_counter() - self._told > _TOLD:
            self._told = perf_counter()
            self.advanced.emit()
