"""The whole text as one bar below the lanes: what is in view, where runs halt, hits, the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger.charts import boxes, fonts
from gru_debugger.numerals import grouped

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane

HIGH, BELOW = 14, 7  # pixels of it, and below it
DOT = 3.5  # the radius of a stop
_POOLED = 1 << 13  # stretches of a long text, of each of which one place stands for all


class Overview:
    """`area` is where it is, empty where there is none; a click or drag goes there."""

    def __init__(self, pane: StripPane) -> None:
        self._pane = pane
        self.area = QRectF()

    @property
    def wanted(self) -> bool:
        """The whole text is shown where there is something to be seen in it."""
        session = self._pane.session
        marks, found = session.marks, session.finding.shown or session.similar.marked is not None
        return bool(marks.lanes or marks.stops or marks.bookmarks) or found

    def place(self, left: float) -> None:
        """As wide as the window lets it be."""
        size = self._pane.size
        area = QRectF(left, size.height() - BELOW - HIGH, size.width() - left - 50, HIGH)
        self.area = area if self.wanted else QRectF()

    def position(self, point: QPointF) -> int | None:
        """Of a point in it."""
        if not self.area.contains(point):
            return None
        share = (point.x() - self.area.left()) / self.area.width()
        return round(share * self._pane.session.steps)

    def paint(self, p: QPainter) -> None:
        if self.area.isEmpty():
            return
        theme = self._pane.theme
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.pale)
        p.drawRoundedRect(self.area, 3, 3)
        self._paint_sight(p)
        self._paint_lanes(p)
        self._pane.hits.paint_overview(p, self.area)
        self._pane.edits.paint_overview(p, self.area)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.error)
        for x in self._pooled(np.array(self._pane.session.marks.stops, np.int64)):
            p.drawEllipse(QPointF(x + 0.5, self.area.center().y()), DOT, DOT)
        self._paint_bookmarks(p)
        self._paint_ends(p)

    def _paint_sight(self, p: QPainter) -> None:
        """What of the text is in view above."""
        pane, area, theme = self._pane, self.area, self._pane.theme
        left, right = self._x(pane.first), self._x(pane.last + 1)
        left = min(left, area.right() - 4)
        p.setPen(QPen(theme.ticks, 1))
        p.setBrush(theme.panel)
        p.drawRoundedRect(
            QRectF(left, area.top() + 0.5, max(4.0, right - left), HIGH - 1), 3, 3
        )

    def _paint_lanes(self, p: QPainter) -> None:
        """Where conditions hold; of armed ones, above the others, where they halt a run."""
        pane, theme = self._pane, self._pane.theme
        both = zip(pane.lanes.runs, pane.session.marks.lanes, strict=True)
        for run, lane in sorted(both, key=lambda one: one[1].armed):
            color = theme.error if lane.armed else theme.r
            holds = run.halts(0, run.known, lane.every if lane.armed else 1)
            p.setPen(boxes.NO_PEN)
            p.setBrush(color)
            top = self.area.top() + 4
            p.drawRects([QRectF(x, top, 1.5, 6) for x in self._pooled(places(holds))])

    def _paint_bookmarks(self, p: QPainter) -> None:
        """From its upper edge, as hits stand on the lower one."""
        there = np.array([one.at.step for one in self._pane.session.marks.bookmarks], np.int64)
        for x in self._pooled(np.maximum(there, 1)):
            p.fillRect(QRectF(x - 0.5, self.area.top(), 2, 5), self._pane.theme.text)

    def _paint_ends(self, p: QPainter) -> None:
        """The numbers of the first and the last step."""
        area, color = self.area, self._pane.theme.ticks
        y = area.center().y() + 4
        fonts.text(p, area.left() - 6, y, "1", color, fonts.TICKS, 10, align="right")
        shown, pixels = fonts.fitting(grouped(self._pane.session.steps), 41, fonts.TICKS, 10)
        fonts.text(p, area.right() + 7, y, shown, color, fonts.TICKS, pixels)  # right of the cursor

    def paint_step(self, p: QPainter) -> None:
        """Where one is."""
        session, area = self._pane.session, self.area
        if not area.isEmpty() and session.position:
            x = area.left() + (session.position - 0.5) / max(1, session.steps) * area.width()
            p.fillRect(QRectF(x - 1.5, area.top() - 2, 3, HIGH + 4), self._pane.theme.now)

    def _pooled(self, positions: NDArray[np.int64]) -> list[float]:
        """Where they are drawn, in their order, once for all that share a pixel. Not by np.unique,
        whose first call imports for half a frame."""
        share = (positions - 0.5) / max(1, self._pane.session.steps)
        pixels = (share * self.area.width()).astype(np.int64)
        own: list[int] = pixels[np.diff(pixels, prepend=-1) != 0].tolist()
        return [self.area.left() + x for x in own]

    def _x(self, position: float) -> float:
        steps = max(1, self._pane.session.steps)
        return self.area.left() + min(max(position - 1, 0), steps) / steps * self.area.width()


def places(holds: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions where a condition holds; of a long text the first of each of many stretches."""
    every = -(-len(holds) // _POOLED)
    if every <= 1:
        return np.flatnonzero(holds) + 1
    return np.flatnonzero(np.logical_or.reduceat(holds, range(0, len(holds), every))) * every + 1
