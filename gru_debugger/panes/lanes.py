"""The lanes under the strip's map, on the characters' own columns, and the whole text below them.

What stays while one steps (curves, names) is painted with the strip's background; what is of the
step (its value, where it is) over it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts
from gru_debugger.numerals import brief, grouped, two
from gru_debugger.panes.lane_curves import LaneCurves
from gru_debugger.panes.lane_places import HIGH

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane
    from gru_debugger.questions.lane_runs import LaneRun

_GUTTER, _CHIP = 12, 44  # where a name begins; how wide a value's box is
_SPACE = 3  # pixels by which a space's sign in a value's box stands higher
_MOVED = 5  # pixels from which on a name that is pressed is not clicked but dragged
_LETTERS = 8  # of a name that a line has room for
_READABLE = 9  # pixels of its letters, at least: what finds no room then lacks its middle
_CALL = re.compile(r"(?<=\w\()(?=.)")  # behind a function's name
_OPERATOR = re.compile(r"(?<=\S)\s*(?=(?:[<>=!]=|[<>]|\band\b|\bor\b|\bin\b))")
_COMPARED = re.compile(r"[<>=!]")


class Lanes(LaneCurves):
    """The lanes' picture, and what the pointer does in it."""

    def __init__(self, pane: StripPane) -> None:
        super().__init__(pane)
        self._held: tuple[int, float] | None = None  # the lane whose name is pressed, and where
        self._drop: int | None = None  # where it would be put down
        self._cross: int | None = None  # the lane that has ✕ in place of its value
        self._values: list[NDArray[Any] | None] = []

    # The pointer -------------------------------------------------------------------------------

    def press(self, point: QPointF) -> bool:
        """The dot arms, the name is held, ✕ takes the lane away, the whole text goes there."""
        session, along = self._pane.session, self.overview.position(point)
        if along is not None:
            session.go_to(along)
            return True
        index = self.at(point)
        if index is not None and self._on_cross(point):
            self._cross = None  # another click in the same place takes no second one away
            session.mark(session.marks.without_lane(index))
            return True
        if index is None or point.x() >= self._area.left():
            return False
        if self.is_name(index, point):
            self._held = index, point.y()
        else:
            session.mark(session.marks.armed(index))
        return True

    def point(self, point: QPointF | None) -> bool:
        """Beside its columns the pointer brings the lane's ✕ up; whether it is on that."""
        index = None if point is None else self.at(point)
        if point is None or self._area.left() <= point.x() <= self._area.right():
            index = None  # among the columns one reads
        if index != self._cross:
            self._cross = index
            self._pane.repaint_step()
        return point is not None and self._on_cross(point)

    def _on_cross(self, point: QPointF) -> bool:
        return self._cross is not None and self._box(self._cross, _CHIP).contains(point)

    def drag(self, point: QPointF) -> None:
        """A lane that is held by its name would be put down there."""
        if self._held is None:
            return
        _, began = self._held
        moved = self._drop is not None or abs(point.y() - began) >= _MOVED
        drop = self.nearest(point) if moved else None
        if drop != self._drop:
            self._drop = drop
            self._pane.repaint_step()

    def release(self) -> None:
        """Put down where it is now, or, not moved at all, written anew.

        A click gives the stepping keys back first; what is to be typed in comes after.
        """
        held, drop = self._held, self._drop
        self._held = self._drop = None
        session = self._pane.session
        if held is None or held[0] >= len(self.runs):
            return
        if drop is None:
            QTimer.singleShot(0, session, lambda: session.lane_wanted.emit(held[0]))
        elif drop != held[0]:
            session.mark(session.marks.moved(held[0], drop - held[0]))
        else:
            self._pane.repaint_step()

    def hover(self, point: QPointF) -> str:
        """A lane's expression in full, and its value there."""
        index = self.at(point)
        if index is None:
            return "the wheel over the lanes leads to the others" if self.is_part(point) else ""
        run, pane = self.runs[index], self._pane
        if self._on_cross(point):
            return f"{run.expression}\nclick to remove the lane; Ctrl+Z brings it back"
        if point.x() < self._area.left():
            if self.is_name(index, point):
                return f"{run.expression}\nclick to write another, drag to move it"
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
            run.values(self._begin, end)
            if run.term is not None and end > self._begin and index in self.shown
            else None
            for index, run in enumerate(self.runs)
        ]

    def following(self) -> tuple[int, ...]:
        """The step and the unit, where one of them is another for each."""
        session = self._pane.session
        follows = any(run.follows for run in self.runs)
        return (session.position, session.unit) if follows else ()

    def paint_background(self, p: QPainter) -> None:
        for index in self.shown:
            run, rect, values = self.runs[index], self.rect(index), self._values[index]
            p.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), self._pane.theme.grid)
            end = (self.arm(index) if run.is_truth else rect).left() - 4
            self._paint_name(p, run, rect, end)
            if run.fault:
                self._paint_fault(p, run, rect)
            elif values is not None and run.is_truth:
                self._paint_condition(p, index, values)
            elif values is not None:
                self._paint_values(p, run, rect, values)
        self.paint_bar(p)
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
            lines[1:] = [_without_spaces(lines[1], end - _GUTTER)] if lines[1:] else []
            if len(lines) == 1 and len(run.bare) > _LETTERS:
                lines = _CALL.split(run.bare, maxsplit=1)
        family = fonts.SANS if lines[0].isidentifier() else fonts.MONO
        pitch = 12 if rect.height() >= HIGH else 11
        y = rect.center().y() + 4 - (len(lines) - 1) * pitch / 2
        for line in lines:
            size, room = 11 if run.name else 10, end - _GUTTER
            shown, pixels = fonts.fitting(line, room, family, size, smallest=_READABLE)
            fonts.text(p, _GUTTER, y, shown, theme.text, family, pixels)
            y += pitch

    def _paint_fault(self, p: QPainter, run: LaneRun, rect: QRectF) -> None:
        room = self._pane.size.width() - rect.left() - 14
        shown, pixels = fonts.fitting(run.fault, room, fonts.SANS, 12)
        color = self._pane.theme.error
        fonts.text(p, rect.left() + 4, rect.center().y() + 4, shown, color, fonts.SANS, pixels)

    # What is of the step -----------------------------------------------------------------------

    def paint_step(self, p: QPainter) -> None:
        pane, position = self._pane, self._pane.session.position
        self.overview.paint_step(p)
        if self.runs and pane.first <= position <= pane.last:
            self._paint_now(p, pane.x(position))
        row = position - 1 - self._begin
        for index in self.shown:
            values = self._values[index] if index < len(self._values) else None
            if values is not None and 0 <= row < len(values):
                self._paint_value(p, index, values[row])
            if index == self._cross:
                self._paint_cross(p, index)
        self._paint_drop(p)

    def _paint_drop(self, p: QPainter) -> None:
        """A line where the lane that is held would be put down."""
        if self._held is None or self._drop is None or self._drop == self._held[0]:
            return
        rect = self.rect(self._drop)
        y = rect.top() if self._drop < self._held[0] else rect.bottom()
        p.fillRect(QRectF(_GUTTER, y - 1, rect.right() - _GUTTER, 2), self._pane.theme.now)

    def _paint_now(self, p: QPainter, x: float) -> None:
        """From the map's frame down through all lanes."""
        theme, top = self._pane.theme, self._area.bottom() + 2
        veil = QColor(theme.now)
        veil.setAlpha(14 if theme.name == "light" else 20)
        area = QRectF(x, top, self._pane.cell, self.bottom - top)
        p.fillRect(area, veil)
        for edge in (area.left(), area.right() - 1):
            p.fillRect(QRectF(edge, top, 1, area.height()), theme.now)

    def _box(self, index: int, wide: float) -> QRectF:
        """At the right, for its value; below it is room for a note."""
        rect, right = self.rect(index), self._pane.size.width() - 10
        above, high = (14, 16) if rect.height() >= HIGH else (11, 13)
        return QRectF(right - wide, rect.center().y() - above, wide, high)

    def _paint_value(self, p: QPainter, index: int, value: Any) -> None:
        """In a box, and below it how often it holds, or how far its axis reaches."""
        theme, run = self._pane.theme, self.runs[index]
        words = in_words(value) if index != self._cross else ""
        box = self._box(index, max(float(_CHIP), fonts.width(words, fonts.MONO, 11) + 10))
        pixels = 10 if self.rect(index).height() >= HIGH else _READABLE
        if words:
            own = run.unit is not None and run.unit[1] == self._pane.session.unit
            fill = theme.chip if own else theme.pale
            fonts.tile(p, box, fill, "", theme.text, fonts.MONO, 11)
            low = _SPACE if words == fonts.glyph(" ") else 0  # it would stand on the lower edge
            fonts.centred(p, box.translated(0, -low), words, theme.text, fonts.MONO, 11)
        note, y = self.note(run), box.bottom() + pixels
        fonts.text(p, box.right(), y, note, theme.ticks, fonts.MONO, pixels, align="right")

    def _paint_cross(self, p: QPainter, index: int) -> None:
        """Over what is wrong with a lane, too."""
        theme = self._pane.theme
        fonts.tile(p, self._box(index, _CHIP), theme.pale, "✕", theme.text, fonts.SANS, 11)

    def note(self, run: LaneRun) -> str:
        """How often it holds in what has been looked through, or how far its axis reaches."""
        if run.is_truth:
            more = "…" if run.known < run.trace.steps else ""
            return f"{grouped(run.count)}×{more}"
        if run.term is None or run.term.kind != "number":
            return ""
        low, high = run.axis
        return f"{brief(low, 2)}…{brief(high, 2)}"


def _without_spaces(compared: str, room: float) -> str:
    """“< 0.05” as it is where that has room: its number is worth more than the spaces."""
    if fonts.width(compared, fonts.MONO, _READABLE) <= room:
        return compared
    return compared.replace(" ", "") if _COMPARED.match(compared) else compared


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
