"""Hits of what is looked for: a line under their characters, ticks in the whole text below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane
    from gru_debugger.questions.finding import Find

HIGH = 2  # pixels of the line; twice as much under the hit where one is
_INSET = 2.5  # by which it is shorter than its characters: hits side by side are told apart
_TICK, _TALL = 2.0, 5.0  # pixels of a tick, which stands on the overview's lower edge


class Hits:
    """The picture of those that are marked; none where nothing is looked for."""

    def __init__(self, pane: StripPane) -> None:
        self._pane = pane
        self._pooled: tuple[Find | None, float] = (None, 0.0)  # those of which, and how wide
        self._count = 0  # of them that have their pixels
        self._there = np.zeros(0, bool)

    @property
    def find(self) -> Find | None:
        return self._pane.session.marked

    def paint(self, p: QPainter, top: float) -> None:
        """Under the characters in sight, what is still to come too."""
        pane, find = self._pane, self.find
        if find is None:
            return
        here = find.nth(pane.session.position)
        begin = int(find.begins[here - 1]) if here else 0
        for first, last in find.within(pane.first, pane.last):
            left = pane.x(max(first, pane.first)) + _INSET
            right = pane.x(min(last, pane.last) + 1) - _INSET
            high = HIGH * 2 if first == begin else HIGH
            p.fillRect(QRectF(left, top, right - left, high), pane.theme.text)

    def paint_overview(self, p: QPainter, area: QRectF) -> None:
        if self.find is None:
            return
        for x in self.pooled(self.find, area.width()):
            tick = QRectF(area.left() + x, area.bottom() - _TALL, _TICK, _TALL)
            p.fillRect(tick, self._pane.theme.text)

    def pooled(self, find: Find, width: float) -> list[int]:
        """The pixels of the overview in which hits begin, each once; of more hits the new ones."""
        if self._pooled != (find, width):
            self._pooled, self._count = (find, width), 0
            self._there = np.zeros(int(width) + 1, bool)
        share = (find.begins[self._count :] - 0.5) / max(1, find.trace.steps)
        self._there[(share * width).astype(np.int64)] = True
        self._count = find.count
        pixels: list[int] = np.flatnonzero(self._there).tolist()
        return pixels
