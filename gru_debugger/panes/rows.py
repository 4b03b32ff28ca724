"""What a row of a column is, and the row of the unit axis; bars and matrices have own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from gru_debugger.charts import ink, mathematics
from gru_debugger.charts.axis import UnitAxis
from gru_debugger.core.trace import Step
from gru_debugger.numerals import two

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane

CAPTION = 15  # pixels of mathematics
_CHIP = 54  # pixels that the selected unit's value takes


class Row:
    """One row of one column. `height` is what it likes, `least` what it can live with."""

    caption = 24
    height = 44
    least = 26
    fold = ""
    shows_initial = False  # h(0) too, at position 0
    computes = ""  # the quantity whose computation this row shows

    def __init__(self, pane: ColumnsPane) -> None:
        self.pane = pane
        self.rect = QRectF()
        self.axis = UnitAxis(1, 1)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities whose numbers this row shows, a number a unit."""
        return ()

    def place(self, rect: QRectF, axis: UnitAxis) -> None:
        """Take a rectangle whose width is the plot's, below the caption."""
        self.rect, self.axis = rect, axis

    def restyle(self) -> None:
        """Take the theme's colours."""

    def show(self, step: Step | None, before: Step | None) -> None:
        """Draw a step's values; nothing where there is none."""

    def clear(self) -> None:
        """Draw nothing: folded away, not computed yet, or just laid out anew."""

    def paint_background(self, p: QPainter) -> None:
        """Caption, ticks and lines."""

    def paint_overlay(self, p: QPainter, step: Step) -> None:
        """Chips and marks."""

    def add_changed(self, path: QPainterPath) -> None:
        """Marks of what changed most."""

    def hover(self, unit: int, y: float, step: Step) -> str:
        return ""

    # What rows paint alike -----------------------------------------------------------------

    def paint_caption(self, p: QPainter, formula: str, note: str = "", operator: str = "") -> float:
        theme = self.pane.theme
        baseline = self.rect.top() - 8
        if operator:
            ink.text(p, self.rect.left() - 22, baseline, operator, theme.muted, ink.MATH, 17)
        x = self.rect.left()
        color = self.caption_color()
        x += mathematics.draw_within(p, x, baseline, formula, color, CAPTION, self.room_from(x))
        if note and ink.width(note, ink.SANS, 12) <= self.room_from(x + 10):
            x += 10 + ink.text(p, x + 10, baseline, note, theme.muted, ink.SANS, 12)
        return x

    def room_from(self, x: float) -> float:
        """Pixels between x and the chip."""
        return self.rect.left() + self.axis.plot_width - _CHIP - x

    def caption_color(self) -> QColor:
        return self.pane.theme.text

    def paint_chip(self, p: QPainter, value: float, signed: bool) -> None:
        words = two(value, signed)
        wide = max(42.0, ink.width(words, ink.MONO, 11) + 12)
        right = self.rect.left() + self.axis.plot_width
        rect = QRectF(right - wide, self.rect.top() - 21, wide, 17)
        theme = self.pane.theme
        ink.tile(p, rect, theme.chip, words, theme.text, ink.MONO, 11)

    def paint_tick(self, p: QPainter, y: float, words: str) -> None:
        ink.text(
            p,
            self.rect.left() - 6,
            y + 3.5,
            words,
            self.pane.theme.ticks,
            ink.MONO,
            10,
            align="right",
        )


class AxisRow(Row):
    """The unit numbers, the selected one on its pill."""

    caption = 0
    height = least = 20

    def paint_background(self, p: QPainter) -> None:
        theme = self.pane.theme
        ink.text(
            p, self.rect.left() - 13, self._baseline(), "unit", theme.ticks, ink.SANS, 11,
            align="right",
        )  # fmt: skip
        if axis_stride(self.axis.pitch) == 1:  # the pill covers its own number and no other
            self._paint_numbers(p, 1)

    def _baseline(self) -> float:
        return self.rect.top() + 14

    def _paint_numbers(self, p: QPainter, every: int, avoiding: float = -1e9) -> None:
        """Every so many numbers, but none within a pill's reach of the x `avoiding`."""
        for unit in range(-(-self.axis.first_unit // every) * every, self.axis.last_unit, every):
            x = self.rect.left() + self.axis.center(unit)
            if abs(x - avoiding) >= 28:
                color = self.pane.theme.ticks
                ink.text(p, x, self._baseline(), str(unit), color, ink.MONO, 10, align="center")

    def paint_marks(self, p: QPainter) -> None:
        """The pill, and what stands beside it."""
        unit = self.pane.session.unit
        shown = self.axis.shows(unit)
        x = self.rect.left() + self.axis.center(unit) if shown else -1e9
        every = axis_stride(self.axis.pitch)
        if every > 1:
            self._paint_numbers(p, every, x)
        if not shown:
            return
        theme = self.pane.theme
        words = str(unit)
        wide = max(20.0, ink.width(words, ink.MONO, 11, 600) + 10)
        pill = QRectF(x - wide / 2, self.rect.top() + 3, wide, 16)
        ink.tile(p, pill, theme.pill, words, theme.pill_text, ink.MONO, 11, 600)


def axis_stride(pitch: float) -> int:
    """Label every this many units."""
    for stride in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        if stride * pitch >= (15 if stride == 1 else 34):
            return stride
    return 1024
