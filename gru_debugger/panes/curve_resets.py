"""What the reset gate does: the selected unit's candidate with r = 1, as it is and with r = 0; all
units' in this step; and how often over the text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.axis import UnitAxis
from gru_debugger.core.cell import Array
from gru_debugger.core.trace import Step
from gru_debugger.numerals import brief, two
from gru_debugger.panes import in_words
from gru_debugger.panes.equations import short
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.rows import numbered
from gru_debugger.panes.symbols import Symbol, placed_short, product_in_short
from gru_debugger.questions.reset_use import ResetUse

Places = NDArray[np.float64]

PITCH = 19  # pixels from one of the three rows to the next
_NAME, _BAR, _VALUE = 56, 56, 46  # pixels of a row's name, its bar, and its value behind that
_REACH = 110  # alpha of the line from r = 0 to r = 1
_MARK = 7.0  # pixels of a square, dot or ring where units have room
ROOM = 9  # pixels a unit with which each has marks of its own


@dataclass(frozen=True, eq=False)
class Opened:
    """n of a step: of the selected unit in words (`told`) by r set to 1, left and set to 0, and of
    all units with r = 1 and r = 0 (units,)."""

    told: dict[str, dict[str, float]]
    open: Array
    shut: Array


ROWS = ("1", "", "0")  # what r is set to; "": as it is


def formula(pane: Pane) -> str:
    """“n = tanh(input + r · hidden)”, as this model computes it."""
    r, n = short(pane, "r"), short(pane, "n")
    hidden = f"{r} · hidden"
    if pane.model.reset == "before":
        hidden = f"W_{{hn}}({product_in_short(pane.session.notation)}) + b_{{hn}}"
    return f"{n} = {pane.activations.applied('candidate', f'input + {hidden}')}"


def symbols_of(pane: Pane, x: float, baseline: float, pixels: float) -> list[Symbol]:
    """Those of the formula, where it is drawn there."""
    r, product = short(pane, "r"), product_in_short(pane.session.notation)
    called = {short(pane, "n"): "n", "input": "input_n", "hidden": "hidden_n", r: "r"}
    if pane.model.reset == "before":
        hidden = f"W_{{hn}}({product})"
        called |= {product: "reset_product", hidden: "hidden_n", f"{hidden} + b_{{hn}}": "hidden_n",
                   "W_{hn}": "W_hn"}  # fmt: skip
    return placed_short(pane, formula(pane), called, x, baseline, pixels)


def sum_in_words(pane: Pane, values: dict[str, float], row: str) -> str:
    """“0.00 + 0.16 · −3.08”: what the candidate's sum is made of, where that makes it."""
    if hand := by_hand(pane):
        return phrases.told("{name} set by hand", name=in_words.name(pane.session, hand))
    hidden = two(values["hidden_n"])
    if pane.model.reset == "after":
        hidden = f"{row or two(values['r'])} · {hidden}"
    return f"{two(values['input_n'])} + {hidden}"


def by_hand(pane: Pane) -> str:
    """What was set by hand so that the gate can't do anything; empty: nothing was."""
    frame = pane.session.frame
    hand = frozenset() if frame is None else frame.by_hand(pane.session.unit)
    blocking = ("n", "reset_product") if pane.model.reset == "after" else ("n", "hidden_n")
    return next((name for name in blocking if name in hand), "")


def paint_rows(p: QPainter, pane: Pane, rect: QRectF, opened: Opened) -> None:
    theme = pane.theme
    low, high = pane.axis_of("state")
    bar = QRectF(rect.right() - _BAR - _VALUE, rect.top(), _BAR, rect.height())
    zero = bar.left() + bar.width() * (0 - low) / (high - low)
    p.fillRect(QRectF(rect.left() - 4, rect.top() + PITCH, rect.width() + 8, PITCH), theme.chip)
    p.fillRect(QRectF(zero - 0.5, rect.top() + 2, 1, rect.height() - 4), theme.ticks)
    words = {row: sum_in_words(pane, opened.told[row], row) for row in ROWS}
    room = bar.left() - 8 - rect.left() - _NAME
    pixels = min(fonts.fitting(one, room, fonts.MONO, 12)[1] for one in words.values())
    for i, row in enumerate(ROWS):
        values, baseline = opened.told[row], rect.top() + i * PITCH + 14
        _paint_name(p, pane, rect.left(), baseline, row)
        shown = fonts.fitting(words[row], room, fonts.MONO, pixels)[0]
        fonts.text(p, bar.left() - 8, baseline, shown, theme.muted if row else theme.text,
                   fonts.MONO, pixels, align="right")  # fmt: skip
        n = min(max(values["n"], low), high)
        end = bar.left() + bar.width() * (n - low) / (high - low)
        box = QRectF(min(zero, end), baseline - 10, max(1.0, abs(end - zero)), 10)
        p.setPen(QPen(theme.take, 1))
        p.setBrush(Qt.BrushStyle.NoBrush if row else theme.take)
        p.drawRect(box)
        color, weight = (theme.text, 400) if row else (theme.take_text, 600)
        fonts.text(p, rect.right(), baseline, two(values["n"]), color, fonts.MONO, 12, weight,
                   align="right")  # fmt: skip


def _paint_name(p: QPainter, pane: Pane, left: float, baseline: float, row: str) -> None:
    theme = pane.theme
    if row:
        mathematics.draw(p, left, baseline, f"{short(pane, 'r')} = {row}", theme.muted, 14)
    else:
        fonts.text(p, left, baseline, phrases.told("as it is"), theme.text, fonts.SANS, 12, 600)


# All units -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitsChart:
    """Charts over the units, one above the other, the selected one in its band."""

    pane: Pane
    axis: UnitAxis
    dots: QRectF
    bars: QRectF

    def legend(self) -> list[tuple[str, str]]:
        """What marks mean, from the right; where no unit has room for them, lines."""
        r, n = short(self.pane, "r"), short(self.pane, "n")
        if (self.axis.slots.pitch >= ROOM).any():
            return [("open", f"{r} = 1"), ("n", n), ("shut", f"{r} = 0")]
        return [("here", n), ("reach", f"{r} = 0 to 1")]

    def y(self, value: float) -> float:
        low, high = self.pane.axis_of("state")
        share = (min(max(value, low), high) - low) / (high - low)
        return self.dots.bottom() - self.dots.height() * share

    def paint_standing(self, p: QPainter, use: ResetUse | None) -> None:
        theme, dots = self.pane.theme, self.dots
        low, high = self.pane.axis_of("state")
        for value in (low, 0.0, high):
            y = self.y(value)
            color = theme.ticks if value == 0 else theme.grid
            p.fillRect(QRectF(dots.left(), y - 0.5, dots.width(), 1), color)
            words, pixels = fonts.fitting(brief(value, 2), 22, fonts.TICKS, 10)
            fonts.text(p, dots.left() - 5, y + 3.5, words, theme.ticks, fonts.TICKS, pixels,
                       align="right")  # fmt: skip
        if self.axis.shows(unit := self.pane.session.unit):
            left, right = (dots.left() + at for at in (self.axis.left(unit), self.axis.right(unit)))
            band = QRectF(left, dots.top() - 3, max(3.0, right - left),
                          self.bars.bottom() - dots.top() + 3)  # fmt: skip
            p.fillRect(band, theme.fill)
        self._paint_numbers(p)
        self._paint_bars(p, use)

    def _paint_numbers(self, p: QPainter) -> None:
        theme, baseline = self.pane.theme, self.dots.bottom() + 15
        selected = self.pane.session.unit
        pill = self.dots.left() + self.axis.center(selected) if self.axis.shows(selected) else -1e9
        for place in numbered(self.axis):
            unit = self.axis.unit(place)
            x = self.dots.left() + self.axis.center(unit)
            if abs(x - pill) >= 15:
                fonts.text(p, x, baseline, str(unit), theme.ticks, fonts.TICKS, 10, align="center")
        if pill > 0:
            wide = max(18.0, fonts.width(str(selected), fonts.MONO, 11, 600) + 8)
            pill = min(max(pill, self.dots.left() - 4 + wide / 2), self.dots.right() + 8 - wide / 2)
            box = QRectF(pill - wide / 2, baseline - 12, wide, 16)
            fonts.tile(p, box, theme.pill, str(selected), theme.pill_text, fonts.MONO, 11, 600)

    def _paint_bars(self, p: QPainter, use: ResetUse | None) -> None:
        """In what share of the steps each unit's gate is used; of units on a pixel the most."""
        theme, bars = self.pane.theme, self.bars
        p.fillRect(QRectF(bars.left(), bars.bottom(), bars.width(), 1), theme.ticks)
        for y, words in ((bars.top() + 7, phrases.told("all")), (bars.bottom() + 2, "0")):
            fonts.text(p, bars.left() - 5, y, words, theme.ticks, fonts.TICKS, 10, align="right")
        if use is None or not use.known:
            return
        shares = (use.used / use.known)[self.axis.visible]
        starts = self.axis.pool_starts()
        shares = shares if starts is None else np.maximum.reduceat(shares, starts)
        lefts, wides = self.axis.bars()
        for left, wide, share in zip(lefts.tolist(), wides.tolist(), shares.tolist(), strict=True):
            if share:
                high = max(1.0, share * bars.height())
                p.fillRect(QRectF(bars.left() + left, bars.bottom() - high, wide, high), theme.r)

    def paint_step(self, p: QPainter, step: Step, opened: Opened) -> None:
        """A line from r = 0 to r = 1, and where n is: marks where units have room for them."""
        here = (step.values["n"], opened.open, opened.shut)
        values = np.nan_to_num(np.stack(here)[:, self.axis.visible])
        low, high = self.pane.axis_of("state")
        ys = self.dots.bottom() - self.dots.height() * (np.clip(values, low, high) - low) / (
            high - low
        )
        slots = self.axis.slots
        xs = self.dots.left() + slots.left + slots.width / 2
        starts = slots.start  # of units that share a pixel, the farthest ones
        lines = [getattr(np, which).reduceat(rows, starts) for which in ("minimum", "maximum")
                 for rows in (getattr(ys, which[:3])(axis=0), ys[0])]  # fmt: skip
        reached, at_low, beyond, at_high = lines
        line = QColor(self.pane.theme.take)
        self._paint_lines(p, xs, at_low - 0.8, at_high + 0.8, QPen(line, 1.6))
        line.setAlpha(_REACH)
        self._paint_lines(p, xs, reached, beyond, QPen(line, 1.4 if self.axis.pitch >= 2 else 1))
        for i in np.flatnonzero(slots.pitch >= ROOM).tolist():
            self._paint_marks(p, *(QPointF(xs[i], row[starts[i]]) for row in ys))

    @staticmethod
    def _paint_lines(
        p: QPainter, xs: Places, tops: Places, bottoms: Places, pen: QPen
    ) -> None:
        p.setPen(pen)
        p.drawLines([QLineF(x, a, x, b) for x, a, b in zip(
            xs.tolist(), tops.tolist(), bottoms.tolist(), strict=True)])  # fmt: skip

    def _paint_marks(self, p: QPainter, here: QPointF, open_: QPointF, shut: QPointF) -> None:
        paint_mark(p, self.pane, "open", open_)
        paint_mark(p, self.pane, "shut", shut)
        paint_mark(p, self.pane, "n", here)


def paint_mark(p: QPainter, pane: Pane, what: str, at: QPointF) -> None:
    """A square for r = 1, a ring for r = 0, a dot for what is; lines where these have no room."""
    half = _MARK / 2
    if what in ("here", "reach"):
        color = QColor(pane.theme.take)
        color.setAlpha(255 if what == "here" else _REACH)
        high = 2.0 if what == "here" else _MARK
        p.fillRect(QRectF(at.x() - 1, at.y() - high / 2, 2, high), color)
        return
    p.setPen(QPen(pane.theme.take, 1.4))
    p.setBrush(pane.theme.take if what == "n" else Qt.BrushStyle.NoBrush)
    if what == "open":
        p.drawRect(QRectF(at.x() - half, at.y() - half, _MARK, _MARK))
    else:
        half -= 0.6 * (what == "n")
        p.drawEllipse(at, half, half)
