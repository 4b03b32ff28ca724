"""Where the lanes of a strip are: all of them, or, where there is little room, some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger.charts import fonts
from gru_debugger.numerals import grouped
from gru_debugger.panes import overview
from gru_debugger.session.marks import MOST

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane
    from gru_debugger.questions.lane_runs import LaneRun

HIGH, LOW = 34, 24  # pixels of a lane, and where there is little room
FEW = 2  # lanes that are in sight at least
ABOVE = 5  # pixels between map and lanes
ARM, RADIUS = 54.5, 4.0  # the middle of the dot that arms, from the left
_PILL = 13  # pixels of one with a number in it: at how many hits each it halts
_PART = 15  # pixels from the lanes to the baseline of which of them are in sight
_BAR = 3  # pixels of what says that there are more lanes


class LanePlaces:
    """`shown`: the lanes in sight. They stand below a map until the next `settle`: a key press asks
    for their places many times."""

    def __init__(self, pane: StripPane) -> None:
        self._pane = pane
        self.overview = overview.Overview(pane)
        self._area, self._high = QRectF(), HIGH  # the map above, pixels of a lane
        self._count = 0  # lanes there are
        self.shown = range(0)

    @property
    def runs(self) -> tuple[LaneRun, ...]:
        return self._pane.session.lanes.runs

    def room(self, high: int = HIGH, most: int = MOST) -> int:
        """Pixels that lanes, so many of them at most, and the overview take of a strip."""
        count = len(self._pane.session.marks.lanes)
        lanes = ABOVE + high * min(most, count) if count else 0
        return lanes + (overview.HIGH + overview.BELOW if self.overview.wanted else 0)

    def settle(self, least: int, comfortable: int) -> int:
        """Choose how high lanes are and how many are in sight: the pixels that they take.

        `least` and `comfortable` are pixels of a strip without them, in which lanes are low and
        high. A lane that is new comes into sight.
        """
        before, self._count = self._count, len(self._pane.session.marks.lanes)
        height = self._pane.size.height()
        self._high = HIGH if height >= comfortable + self.room() else LOW
        fit = int(height - least - self.room(LOW, 0)) // LOW
        count = self._count if self._high == HIGH else min(self._count, max(FEW, fit))
        first = self._count if self._count == before + 1 else self.shown.start
        self._show_from(first, count)
        return self.room(self._high, count)

    def place(self, area: QRectF) -> None:
        """Below a map."""
        self._area = area
        self.overview.place(area.left())

    def _show_from(self, first: int, count: int) -> None:
        first = max(0, min(first, self._count - count))
        self.shown = range(first, first + count)

    @property
    def more(self) -> bool:
        """Whether there are others than those in sight."""
        return len(self.shown) < self._count

    def scroll(self, by: int) -> bool:
        """Further lanes come into sight; False where there are none."""
        before = self.shown
        self._show_from(before.start + by, len(before))
        return self.shown != before

    # Places ------------------------------------------------------------------------------------

    def rect(self, index: int) -> QRectF:
        """A lane's part of the columns."""
        area, row = self._area, index - self.shown.start
        top = area.bottom() + ABOVE + self._high * row
        return QRectF(area.left(), top, area.width(), self._high)

    def arm(self, index: int) -> QRectF:
        """Of the dot that arms it, or of the pill with a number in its place."""
        middle, every = self.rect(index).center().y(), self._pane.session.marks.lanes[index].every
        if every == 1:
            return QRectF(ARM - RADIUS, middle - RADIUS, 2 * RADIUS, 2 * RADIUS)
        wide = max(float(_PILL), fonts.width(grouped(every), fonts.MONO, 10, 600) + 6)
        return QRectF(ARM + RADIUS + 1 - wide, middle - _PILL / 2, wide, _PILL)

    @property
    def bottom(self) -> float:
        """Of the lowest lane in sight, or of the map."""
        return self.rect(self.shown[-1]).bottom() if self.shown else self._area.bottom()

    def at(self, point: QPointF) -> int | None:
        """The lane that a point is in, its name and value too."""
        top = self._area.bottom() + ABOVE
        row = int((point.y() - top) // self._high)
        return self.shown[row] if point.y() >= top and row < len(self.shown) else None

    def nearest(self, point: QPointF) -> int:
        """Of those in sight, wherever a point is."""
        row = int((point.y() - self._area.bottom() - ABOVE) // self._high)
        return self.shown[max(0, min(row, len(self.shown) - 1))]

    def is_name(self, index: int, point: QPointF) -> bool:
        """Whether a point in the gutter is on its name, not on the dot."""
        return not self.runs[index].is_truth or point.x() < self.arm(index).left() - 3

    @property
    def part(self) -> str:
        """Which of how many lanes are in sight: “4–5 of 5”; empty of all."""
        first, last = self.shown.start + 1, self.shown.stop
        return f"{first}–{last} of {self._count}" if self.more else ""

    def is_part(self, point: QPointF) -> bool:
        """Whether a point is on these words, below the names."""
        inside = point.x() < self._area.left() and 0 <= point.y() - self.bottom < _PART + 4
        return self.more and inside

    def paint_bar(self, p: QPainter) -> None:
        """How many lanes there are and which are in sight, where these are not all."""
        if not self.more:
            return
        top, theme = self.rect(self.shown.start).top() + 2, self._pane.theme
        fonts.text(p, 12, self.bottom + _PART, self.part, theme.muted, fonts.SANS, 10)
        high = self.bottom - top - 2
        bar = QRectF(self._pane.size.width() - 2 * _BAR, top, _BAR, high)
        fonts.box(p, bar, theme.pale, _BAR / 2)
        part = QRectF(bar.left(), top + high * self.shown.start / self._count, _BAR,
                      high * len(self.shown) / self._count)  # fmt: skip
        fonts.box(p, part, theme.ticks, _BAR / 2)
