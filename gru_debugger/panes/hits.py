"""Hits of what is looked for: a line under their characters, ticks in the whole text below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gru_debugger.charts import boxes

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
        top, left = area.bottom() - _TALL, area.left()
        xs = pooled(self.find, area.width())
        p.setPen(boxes.NO_PEN)
        p.setBrush(self._pane.theme.text)
        p.drawRects([QRectF(left + x, top, _TICK, _TALL) for x in xs])


def pooled(find: Find, width: float) -> list[int]:
    """The pixels of an overview in which hits begin, each once.

    Hits are in order: where each pixel's begin is looked up, so that many take no longer than few.
    """
    edges = np.arange(int(width) + 2) * (max(1, find.trace.steps) / width)
    before = np.searchsorted(find.begins, np.ceil(edges + 0.5).astype(np.int64))
    pixels: list[int] = np.flatnonzero(np.diff(before)).tolist()
    return pixels
