"""Garbage is collected in the window's thread alone.

Python looks for cycles in whatever thread makes the next object. Where a widget, a scene or a timer
is in one, it then ends in a thread that is not its own, and Qt crashes soon after.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000  # milliseconds between two looks; nothing is done where there is little


class Collector(QObject):
    """In the place of Python's own, from when it is made, while its parent lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        """As Python would have: the oldest generation that has come to its threshold."""
        counted = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [i for i, (count, most) in enumerate(counted) if count > most]
        if due:
            gc.collect(due[-1])
