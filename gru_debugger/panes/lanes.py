"""The lanes under the strip's map, on the characters' own columns, and the whole text below them.

What stays while one steps (curves, names) is painted with the strip's background; what is of the
step (its value, where it is) over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gru_debugger.charts import fonts
from gru_debugger.numerals import brief, grouped, two
from gru_debugger.panes import overview
from gru_debugger.session.marks import MOST, Lane

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane
    from gru_debugger.questions.lane_runs import LaneRun

HIGH, LOW = 34, 24  # pixels of a lane, and where there is little room
ABOVE = 5  # pixels between map and lanes
ARM, RADIUS = 54.5, 4.0  # the middle of the dot that arms, from the left
_PILL = 13  # pixels of one with a number in it: at how many hits each it halts
_INSET = 4  # pixels of a lane that its curve leaves free above and below
_GUTTER, _CHIP = 12, 44  # where a name begins; how wide a value's box is
_BLEND = 7  # pixels of what is kept and taken, below a unit's state
_OPERATOR = re.compile(r"(?<=\S)\s*(?=(?:[<>=!]=|[<>]|\band\b|\bor\b|\bin\b))")


class Lanes:
    """Where the lanes of a strip are, and their picture."""

    def __init__(self, pane: StripPane) -> None:
        self._pane = pane
        self.overview = overview.Overview(pane)
        self._area, self._high = QRectF(), HIGH  # the map above, pixels of a lane
        self._values: list[NDArray[Any] | None] = []
        self._begin = 0  # the row, from 0, of the first values

    @property
    def runs(self) -> tuple[LaneRun, ...]:
        return self._pane.session.lanes.runs

    # Room --------------------------------------------------------------------------------------

    def room(self, high: int = HIGH, most: int = MOST) -> int:
        """Pixels that lanes, so many of them at most, and the overview take of a strip."""
        count = len(self._pane.session.marks.lanes)
        lanes = ABOVE + high * min(most, count) if count else 0
        return lanes + (overview.HIGH + overview.BELOW if self.overview.wanted else 0)

    @property
    def high(self) -> int:
        """Pixels of a lane: fewer where the map would have too few."""
        return HIGH if self._pane.size.height() >= self._pane.comfortable else LOW

    def place(self, area: QRectF) -> None:
        """Below a map, which is there until the next `arrange`: a press asks for it many times."""
        self._area, self._high = area, self.high
        self.overview.place(area.left())

    def rect(self, index: int) -> QRectF:
        """A lane's part of the columns."""
        area, high = self._area, self._high
        return QRectF(area.left(), area.bottom() + ABOVE + high * index, area.width(), high)

    def arm(self, index: int) -> QRectF:
        """Of the dot that arms it, or of the pill with a number in its place."""
        middle, every = self.rect(index).center().y(), self._pane.session.marks.lanes[index].every
        if every == 1:
            return QRectF(ARM - RADIUS, middle - RADIUS, 2 * RADIUS, 2 * RADIUS)
        wide = max(float(_PILL), fonts.width(grouped(every), fonts.MONO, 10, 600) + 6)
        return QRectF(ARM + RADIUS + 1 - wide, middle - _PILL / 2, wide, _PILL)

    @property
    def bottom(self) -> float:
        """Of the lowest lane, or of the map."""
        runs = len(self.runs)
        return self.rect(runs - 1).bottom() if runs else self._area.bottom()

    def at(self, point: QPointF) -> int | None:
        """The lane that a point is in, its name and value too."""
        for index in range(len(self.runs)):
            rect = self.rect(index)
            if rect.top() <= point.y() < rect.bottom():
                return index
        return None

    def is_name(self, index: int, point: QPointF) -> bool:
        """Whether a point in the gutter is on its name, not on the dot."""
        return not self.runs[index].is_truth or point.x() < self.arm(index).left() - 3

    # The pointer -------------------------------------------------------------------------------

    def press(self, point: QPointF) -> bool:
        """On the dot: armed or not; on the name: written anew; on the whole text: goes there."""
        session, along = self._pane.session, self.overview.position(point)
        if along is not None:
            session.go_to(along)
            return True
        index = self.at(point)
        if index is None or point.x() >= self._area.left():
            return False
        if self.is_name(index, point):
            session.lane_wanted.emit(index)
        else:
            session.mark(session.marks.armed(index))
        return True

    def hover(self, point: QPointF) -> str:
        """A lane's expression in full, and its value there."""
        index = self.at(point)
        if index is None:
            return ""
        run, pane = self.runs[index], self._pane
        if point.x() < self._area.left():
            if self.is_name(index, point):
                return f"{run.expression}\nclick to write another; nothing removes the lane"
            lane = pane.session.marks.lanes[index]
            halts = f"runs halt {lane.where}"
            return f"armed: {halts}; click to disarm" if lane.armed else f"click: {halts}"
        row = pane.first + int((point.x() - self._area.left()) // pane.cell) - 1 - self._begin
        values = self._values[index] if index < len(self._values) else None
        if run.fault or values is None or not 0 <= row < len(values):
            return f"{run.expression}\n{run.fault}".rstrip()
        said = in_words(values[row]) or ", ".join(two(float(v)) for v in values[row][:16])
        return f"step {grouped(row + self._begin + 1)}: {run.expression}\n{said}"

    # What stays from step to step --------------------------------------------------------------

    def arrange(self, first: int, last: int) -> None:
        """Look up what is in sight: positions `first` to `last`, as far as they are recorded."""
        self._begin = max(first, 1) - 1
        end = min(last, self._pane.trace.recorded)
        self._values = [
            run.values(self._begin, end) if run.term is not None and end > self._begin else None
            for run in self.runs
        ]

    def following(self) -> tuple[int, ...]:
        """The step and the unit, where one of them is another for each."""
        session = self._pane.session
        follows = any(run.follows for run in self.runs)
        return (session.position, session.unit) if follows else ()

    def paint_background(self, p: QPainter) -> None:
        for index, run in enumerate(self.runs):
            rect, values = self.rect(index), self._values[index]
            p.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), self._pane.theme.grid)
            end = (self.arm(index) if run.is_truth else rect).left() - 4
            self._paint_name(p, run, rect, end)
            if run.fault:
                self._paint_fault(p, run, rect)
            elif values is not None and run.is_truth:
                self._paint_condition(p, index, values)
            elif values is not None:
                self._paint_values(p, run, rect, values)
        self.overview.paint(p)

    def _paint_name(self, p: QPainter, run: LaneRun, rect: QRectF, end: float) -> None:
        """A name, or the expression on two lines; as far as `end`."""
        theme = self._pane.theme
        if run.unit is not None and not run.name:
            lines = [f"h[{run.unit[1]}]"] if rect.height() < HIGH else [f"h[{run.unit[1]}]", "kept"]
        elif run.name:
            lines = [run.name]
        elif run.follows:
            lines = [run.bare, f"in h[{self._pane.session.unit}]"][: 1 + (rect.height() >= HIGH)]
        else:
            lines = _OPERATOR.split(run.bare, maxsplit=1)
        if rect.height() < HIGH:
            lines = [" ".join(lines)]
        family = fonts.SANS if lines[0].isidentifier() else fonts.MONO
        y = rect.center().y() + 4 - (len(lines) - 1) * 6
        for line in lines:
            shown, pixels = fonts.fitting(line, end - _GUTTER, family, 11 if run.name else 10)
            fonts.text(p, _GUTTER, y, shown, theme.text, family, pixels)
            y += 12

    def _paint_fault(self, p: QPainter, run: LaneRun, rect: QRectF) -> None:
        room = self._pane.size.width() - rect.left() - 14
        shown, pixels = fonts.fitting(run.fault, room, fonts.SANS, 12)
        color = self._pane.theme.error
        fonts.text(p, rect.left() + 4, rect.center().y() + 4, shown, color, fonts.SANS, pixels)

    def _paint_values(
        self, p: QPainter, run: LaneRun, rect: QRectF, values: NDArray[Any]
    ) -> None:
        if values.dtype == object:
            self._paint_texts(p, rect, values)
        elif run.unit is not None and rect.height() >= LOW:
            self._paint_unit(p, run, rect, values)
        else:
            color = self._pane.theme.take if run.follows else self._pane.theme.r
            self._paint_numbers(p, run, rect.adjusted(0, _INSET, 0, -_INSET), values, color)

    def _paint_condition(self, p: QPainter, index: int, values: NDArray[np.bool_]) -> None:
        """Ticks where it holds: of an armed one those at which a run halts in the stops' colour."""
        pane, lane = self._pane, self._pane.session.marks.lanes[index]
        if lane.armed or pane.interactive:
            self._paint_arm(p, self.arm(index), lane)
        halts = values
        if lane.every > 1:
            halts = self.runs[index].halts(self._begin, self._begin + len(values), lane.every)
        rect, theme = self.rect(index), pane.theme
        high = min(14.0, rect.height() - 8)
        p.setPen(Qt.PenStyle.NoPen)
        for (x, true), halt in zip(self._columns(values), halts, strict=True):
            middle = x + pane.cell / 2
            if true:
                p.setBrush(theme.error if lane.armed and halt else theme.r)
                tick = QRectF(middle - 4, rect.center().y() - high / 2, 8, high)
                p.drawRoundedRect(tick, 2, 2)
            else:
                p.fillRect(QRectF(middle - 4, rect.center().y(), 8, 1), theme.grid)

    def _paint_arm(self, p: QPainter, box: QRectF, lane: Lane) -> None:
        """A dot, or a pill that says at how many hits each; hollow where it is not armed."""
        theme = self._pane.theme
        p.setPen(Qt.PenStyle.NoPen if lane.armed else QPen(theme.ticks, 1.5))
        p.setBrush(theme.error if lane.armed else Qt.BrushStyle.NoBrush)
        inset = 0 if lane.armed else 0.75
        inner, round_by = box.adjusted(inset, inset, -inset, -inset), box.height() / 2 - inset
        p.drawRoundedRect(inner, round_by, round_by)
        if lane.every > 1:
            color = theme.panel if lane.armed else theme.ticks
            fonts.centred(p, box, grouped(lane.every), color, fonts.MONO, 10, 600)

    def _paint_texts(self, p: QPainter, rect: QRectF, values: NDArray[Any]) -> None:
        for x, symbol in self._columns(values):
            if symbol is not None:
                shown, pixels = fonts.symbol(str(symbol), self._pane.cell - 3, 13)
                middle, baseline = x + self._pane.cell / 2, rect.center().y() + 4.5
                color = self._pane.theme.text
                fonts.text(p, middle, baseline, shown, color, fonts.MONO, pixels, align="center")

    def _paint_unit(self, p: QPainter, run: LaneRun, rect: QRectF, values: NDArray[Any]) -> None:
        """The state as a curve; below it what was kept and taken, in the blend's colours."""
        theme, high = self._pane.theme, rect.height() - _BLEND - 5
        self._paint_numbers(
            p, run, QRectF(rect.left(), rect.top() + 3, rect.width(), high), values, theme.h, 105
        )
        kept = run.blend(self._begin, self._begin + len(values))
        top, wide = rect.bottom() - _BLEND - 1, self._pane.cell - 1
        for x, z in self._columns(kept):
            taken = _BLEND * (1 - min(max(float(z), 0.0), 1.0))
            p.fillRect(QRectF(x, top, wide, taken), theme.take)
            p.fillRect(QRectF(x, top + taken, wide, _BLEND - taken), theme.keep)

    def _paint_numbers(
        self,
        p: QPainter,
        run: LaneRun,
        rect: QRectF,
        values: NDArray[Any],
        color: QColor,
        alpha: int = 40,
    ) -> None:
        """Stepped lines, one a unit; of one alone what lies between it and zero is filled."""
        theme, (low, high) = self._pane.theme, run.axis
        scale = rect.height() / (high - low)

        def y(value: float) -> float:
            return rect.bottom() - (min(max(value, low), high) - low) * scale

        zero = y(0.0)
        p.fillRect(QRectF(rect.left(), zero, rect.width(), 1), theme.ticks)
        alone = values.ndim == 1
        fill = QColor(color)
        fill.setAlpha(alpha)
        for series in [values] if alone else values.T:
            path = QPainterPath()
            joined = False
            for x, value in self._columns(series):
                if not np.isfinite(value):
                    joined = False
                    continue
                at = y(float(value))
                if alone:
                    p.fillRect(QRectF(x, min(at, zero), self._pane.cell, abs(zero - at)), fill)
                (path.lineTo if joined else path.moveTo)(x, at)
                path.lineTo(x + self._pane.cell, at)
                joined = True
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(color, 1.5 if alone else 1))
            p.drawPath(path)

    def _columns(self, values: NDArray[Any]) -> Iterator[tuple[float, Any]]:
        """Left edge and value of each step in sight."""
        for row, value in enumerate(values, self._begin):
            yield self._pane.x(row + 1), value

    # What is of the step -----------------------------------------------------------------------

    def paint_step(self, p: QPainter) -> None:
        pane, position = self._pane, self._pane.session.position
        self.overview.paint_step(p)
        if self.runs and pane.first <= position <= pane.last:
            self._paint_now(p, pane.x(position))
        row = position - 1 - self._begin
        for index, run in enumerate(self.runs):
            values = self._values[index] if index < len(self._values) else None
            if values is not None and 0 <= row < len(values):
                self._paint_value(p, run, self.rect(index), values[row])

    def _paint_now(self, p: QPainter, x: float) -> None:
        """From the map's frame down through all lanes."""
        theme, top = self._pane.theme, self._area.bottom() + 2
        veil = QColor(theme.now)
        veil.setAlpha(14 if theme.name == "light" else 20)
        area = QRectF(x, top, self._pane.cell, self.bottom - top)
        p.fillRect(area, veil)
        for edge in (area.left(), area.right() - 1):
            p.fillRect(QRectF(edge, top, 1, area.height()), theme.now)

    def _paint_value(self, p: QPainter, run: LaneRun, rect: QRectF, value: Any) -> None:
        """In a box at the right, and below it how often it holds, or how far its axis reaches."""
        theme, right = self._pane.theme, self._pane.size.width() - 10
        words = in_words(value)
        tall = rect.height() >= HIGH
        top = rect.center().y() - (14 if tall else 8)
        if words:
            own = run.unit is not None and run.unit[1] == self._pane.session.unit
            wide = max(float(_CHIP), fonts.width(words, fonts.MONO, 11) + 10)
            box, fill = QRectF(right - wide, top, wide, 16), theme.chip if own else theme.pale
            fonts.tile(p, box, fill, words, theme.text, fonts.MONO, 11)
        if tall:
            note = self.note(run)
            fonts.text(p, right, top + 26, note, theme.ticks, fonts.MONO, 10, align="right")

    def note(self, run: LaneRun) -> str:
        """How often it holds in what has been looked through, or how far its axis reaches."""
        if run.is_truth:
            more = "…" if run.known < run.trace.steps else ""
            return f"{grouped(run.count)}×{more}"
        if run.term is None or run.term.kind != "number":
            return ""
        low, high = run.axis
        return f"{brief(low, 2)}…{brief(high, 2)}"


def in_words(value: Any) -> str:
    """A lane's value at a step; empty of several."""
    if isinstance(value, np.bool_ | bool):
        return "true" if value else "false"
    if value is None:
        return "–"
    if isinstance(value, str):
        return fonts.glyph(value)
    if np.ndim(value):
        return ""
    return two(float(value)) if np.isfinite(value) else "–"
