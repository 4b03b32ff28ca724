"""What a row of a column is, and the row of the unit axis; bars and matrices have own files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.theme import Theme
from gru_debugger.numerals import two
from gru_debugger.panes.links import Link
from gru_debugger.panes.slots import AXIS, Slot
from gru_debugger.panes.symbols import Symbol
from gru_debugger.phrases import told
from gru_debugger.session.frame import Frame

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane

CAPTION = 15  # pixels of mathematics
_USUAL = "+0.00"  # no longer than this are most values in boxes
_LONG = 6  # characters: of values below 1, −0.997; what has more is smaller
_OPERATOR = 27  # pixels from a sign's right edge to the chart: the axis' numbers have the rest
_APART = 34  # pixels between numbers on the axis, where not every unit has one


def _chip(right: float, top: float, words: str = _USUAL) -> QRectF:
    wide = fonts.width(words, fonts.MONO, 11) + 12
    return QRectF(right - wide, top, wide, 16)


@cache
def _middle(weight: int) -> tuple[float, float]:
    """Pixels from the usual box's upper right corner back to its middle, down to its baseline."""
    area = _chip(0, 0)
    return -area.center().x(), fonts.centred_baseline(area, (fonts.MONO, 11, weight, False))


def paint_empty_chip(
    p: QPainter, theme: Theme, right: float, top: float, selected: bool = False
) -> None:
    """The box for a selected unit's value, whose right edge is given; it stays as steps go by."""
    fonts.box(p, _chip(right, top), theme.pill if selected else theme.chip)


def paint_chip(
    p: QPainter,
    theme: Theme,
    right: float,
    top: float,
    value: float,
    signed: bool,
    selected: bool = False,
) -> None:
    """A selected unit's value in its box; longer ones bring a box of their own.

    `selected`: it is the selected value itself, not just the unit's.
    """
    words = two(value, signed)
    color, weight = (theme.pill_text, 600) if selected else (theme.text, 400)
    if len(words) > len(_USUAL):
        longest = "0" * max(_LONG, 0 if abs(value) < 1 else len(words))
        words, pixels = fonts.fitting(
            words, fonts.width(longest, fonts.MONO, 11), fonts.MONO, 11, weight
        )
        area = _chip(right, top, longest)
        fonts.box(p, area, theme.pill if selected else theme.chip)
        fonts.centred(p, area, words, color, fonts.MONO, pixels, weight)
        return
    back, down = _middle(weight)  # some fifteen times a step
    fonts.text(p, right - back, top + down, words, color, fonts.MONO, 11, weight, align="center")


def paint_pill(p: QPainter, theme: Theme, left: float, baseline: float, wide: float) -> QColor:
    """Behind the selected quantity's symbol; the symbol's colour on it."""
    fonts.box(p, QRectF(left - 4, baseline - 14, wide + 8, 19), theme.pill, 4)
    return theme.pill_text


def chip_room(largest: float) -> float:
    """Pixels for a chip and the space before it, whatever values up to `largest` it holds."""
    longest = max(_LONG, len(two(-largest)))
    return fonts.width("0" * longest, fonts.MONO, 11) + 18


class Row:
    """One row of one column, in one of its band's slots."""

    shows_initial = False  # h(0) too, at position 0
    computes = ""  # the quantity whose computation this row shows
    shows_value = False  # the selected unit's, in a box above it

    def __init__(self, pane: ColumnsPane, slot: Slot) -> None:
        self.pane = pane
        self.slot = slot
        self.rect = QRectF()
        self.axis = UnitAxis(1, 1)
        self.links: list[Link] = []  # of its caption

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities whose numbers this row shows, a number a unit."""
        return ()

    @property
    def stands_for(self) -> tuple[str, ...]:
        """Whose symbol belongs to its chart, the one it is about first."""
        return self.quantities

    def symbols(self) -> list[Symbol]:
        """Those that its caption and its margin have beside the one it stands for."""
        return []

    def beside(self) -> list[Symbol]:
        """What is seen beside its chart, and of which quantity it is."""
        return []

    @property
    def selects(self) -> tuple[str, ...]:
        """The quantities that a click on its chart selects."""
        return ()

    def selected_at(self, unit: int, y: float, frame: Frame) -> str:
        """Which of these at a height; empty where there is none."""
        return self.selects[0] if self.selects else ""

    @property
    def selected(self) -> bool:
        """Whether it has the selected value, or the one that stands for it."""
        return self.pane.session.told in self.selects

    def place(self, rect: QRectF, axis: UnitAxis) -> None:
        """Take a rectangle whose width is the plot's, below the caption."""
        self.rect, self.axis = rect, axis
        self._chip = self.right, rect.top() - 22  # the right end of the value's box, and its top

    def restyle(self) -> None:
        """Take the theme's colours."""

    def show(self, frame: Frame | None) -> None:
        """Draw a step's values; nothing where there is none."""

    def clear(self) -> None:
        """Draw nothing: folded away, not computed yet, or just laid out anew."""

    def paint_background(self, p: QPainter) -> None:
        """Ticks and lines."""

    def paint_head(self, p: QPainter) -> None:
        """Caption, with the selected quantity's symbol on the pill: stays from step to step."""

    def paint_standing(self, p: QPainter) -> None:
        """What stays from step to step, while a step is shown."""
        if self.shows_value:
            paint_empty_chip(p, self.pane.theme, *self._chip, self.selected)

    def paint_chart(self, p: QPainter) -> None:
        """What is drawn of the values."""

    def paint_overlay(self, p: QPainter, frame: Frame) -> None:
        """Values and marks before it."""

    def hover(self, unit: int, y: float, frame: Frame) -> str:
        return ""

    # What rows paint alike -----------------------------------------------------------------

    def paint_caption(self, p: QPainter, formula: str, note: str = "", operator: str = "") -> float:
        """Formula (the short one where need be) and note, where there is room; their end."""
        theme = self.pane.theme
        baseline = self.baseline
        if operator:
            x, muted = self.rect.left() - _OPERATOR, self.pane.theme.muted
            fonts.text(p, x, baseline + 1, operator, muted, fonts.MATH, 17, align="right")
        x = self.rect.left()
        color = self.caption_color()
        room = self.room_from(x)
        if not mathematics.fits(formula, CAPTION, room):
            formula = self.short_formula()
        pixels = mathematics.size_within(formula, CAPTION, room)
        symbol = self.symbol_on_pill()
        if pixels and symbol and formula.startswith(symbol):
            on_pill = paint_pill(p, theme, x, baseline, mathematics.width(symbol, pixels))
            x += mathematics.draw(p, x, baseline, symbol, on_pill, pixels)
            formula = formula.removeprefix(symbol)
        x += mathematics.draw(p, x, baseline, formula, color, pixels) if pixels else 0.0
        wide = fonts.width(note, fonts.SANS, 12)
        if note and x > self.rect.left() and wide <= self.room_from(x + 10):
            self.paint_note(p, x + 10, note)
            x += 10 + wide
        return x

    def paint_note(self, p: QPainter, x: float, note: str) -> None:
        """What a caption says beside its formula."""
        fonts.text(p, x, self.baseline, note, self.pane.theme.muted, fonts.SANS, 12)

    def symbol_on_pill(self) -> str:
        """Of the selected quantity, where it is this row's; empty: none."""
        return ""

    def short_formula(self) -> str:
        """What stands for the caption's formula where there is little room."""
        return ""

    @property
    def baseline(self) -> float:
        """Of the caption: its indices keep clear of the marks below them."""
        return self.rect.top() - 10

    @property
    def right(self) -> float:
        """Where the chip ends."""
        return self.rect.left() + self.axis.label_width

    def room_from(self, x: float) -> float:
        """Pixels between x and the chip."""
        return self.right - chip_room(self.largest()) - x

    def largest(self) -> float:
        """The largest value that a chip may have to show."""
        return 1.0

    def caption_color(self) -> QColor:
        return self.pane.theme.text

    def paint_chip(self, p: QPainter, value: float, signed: bool) -> None:
        paint_chip(p, self.pane.theme, *self._chip, value, signed, self.selected)

    def paint_tick(self, p: QPainter, y: float, words: str) -> None:
        fonts.text(
            p,
            self.rect.left() - 6,
            y + 3.5,
            words,
            self.pane.theme.ticks,
            fonts.TICKS,
            10,
            align="right",
        )


class AxisRow(Row):
    """The unit numbers, the selected one on its pill."""

    def __init__(self, pane: ColumnsPane) -> None:
        super().__init__(pane, AXIS)

    def paint_background(self, p: QPainter) -> None:
        theme = self.pane.theme
        fonts.text(
            p, self.rect.left() - 13, self.baseline, told("unit"), theme.ticks, fonts.SANS, 11,
            align="right",
        )  # fmt: skip
        if self._all_numbered:  # the pill covers its own number and no other
            self._paint_numbers(p)

    @property
    def baseline(self) -> float:
        return self.rect.top() + 14

    @property
    def _all_numbered(self) -> bool:
        return axis_stride(self.axis, self.axis.pitch) == 1

    def _paint_numbers(self, p: QPainter, taken: float = -1e9) -> None:
        """Every so many numbers, but none within a pill's reach of the x `taken`."""
        axis, color = self.axis, self.pane.theme.ticks
        for place in numbered(axis):
            unit = axis.unit(place)
            x = self.rect.left() + axis.center(unit)
            if abs(x - taken) >= 28:
                fonts.text(p, x, self.baseline, str(unit), color, fonts.TICKS, 10, align="center")

    def paint_standing(self, p: QPainter) -> None:
        """The pill, and what stands beside it."""
        unit = self.pane.session.unit
        shown = self.axis.shows(unit)
        x = self.rect.left() + self.axis.center(unit) if shown else -1e9
        if not self._all_numbered:
            self._paint_numbers(p, x)
        if not shown:
            return
        theme = self.pane.theme
        words = str(unit)
        wide = max(20.0, fonts.width(words, fonts.MONO, 11, 600) + 10)
        # Whole at both ends: right of the ticks, and in the scene.
        left = self.rect.left() - 4
        x = min(max(x, left + wide / 2), left + self.axis.plot_width + 14 - wide / 2)
        pill = QRectF(x - wide / 2, self.rect.top() + 3, wide, 16)
        fonts.tile(p, pill, theme.pill, words, theme.pill_text, fonts.MONO, 11, 600)


def numbered(axis: UnitAxis) -> list[int]:
    """The places that have their units' numbers below them; a lens' own before those beside it."""
    found: list[int] = []
    for part in sorted(axis.parts, key=lambda part: -part.pitch):
        every = axis_stride(axis, part.pitch)
        for place in range(-(-part.first // every) * every, part.end, every):
            x = axis.edge(place)
            if len(axis.parts) == 1 or all(abs(axis.edge(p) - x) >= _APART for p in found):
                found.append(place)
    return found


def axis_stride(axis: UnitAxis, pitch: float) -> int:
    """Label every this many places; each only where a pill over one leaves its neighbours whole."""
    digits = len(str(axis.units - 1))
    each = 7 * digits + 4 if digits > 1 else 15
    for stride in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        if stride * pitch >= (each if stride == 1 else _APART):
            return stride
    return 1024
