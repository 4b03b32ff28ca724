"""A quantity as bars: one class a way of drawing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import legend, mathematics
from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.bars import BarChart, Values
from gru_debugger.charts.cuts import paint_cuts
from gru_debugger.charts.legend import Key
from gru_debugger.charts.theme import mixed
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.quantities import range_of
from gru_debugger.numerals import brief, exact, grouped
from gru_debugger.panes.rows import CAPTION, Row
from gru_debugger.panes.slots import Slot
from gru_debugger.phrases import told
from gru_debugger.session.frame import Frame

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane

_APART = 1.2  # pixels of a difference that is seen
_PALE = 0.22  # of a colour on the ground, in what was set by hand
_HIGH = 40  # pixels of a chart in which a reference's line has room for a halo


class BarRow(Row):
    """A quantity as bars. Subclasses choose series and colours."""

    shows_value = True

    def __init__(self, pane: ColumnsPane, slot: Slot, quantity: str, operator: str = "") -> None:
        super().__init__(pane, slot)
        self.quantity = quantity
        self.computes = quantity
        self.operator = operator
        self.chart = BarChart()
        self.changed: list[int] = []  # the units that changed most: the pane tells it
        self.may_be_cut = True  # whether any of its values is beyond the axis, likewise
        self._beside = False  # whether a reference, or what is set by hand, may be drawn
        self.restyle()

    def place(self, rect: QRectF, axis: UnitAxis) -> None:
        super().place(rect, axis)
        self.chart.place(rect, axis, *self.range())

    @property
    def quantities(self) -> tuple[str, ...]:
        return (self.quantity,)

    @property
    def selects(self) -> tuple[str, ...]:
        return (self.quantity,)

    def range(self) -> tuple[float, float]:
        """The fixed value range of the axis."""
        return self.pane.axis_of(range_of(self.quantity, self.pane.model.reset))

    def show(self, frame: Frame | None) -> None:
        if frame is None:
            self.clear()
            return
        self.draw(frame)
        beside = frame.reference is not None or bool(frame.edited)
        if beside or self._beside:
            self._draw_reference(frame)
            self._draw_by_hand(frame)
        self._beside = beside

    def draw(self, frame: Frame) -> None:
        raise NotImplementedError

    def _draw_reference(self, frame: Frame) -> None:
        """A line at the reference's value, where it is off by more than a pixel."""
        there = None if frame.reference is None else frame.reference.values[self.quantity]
        self.differs = False
        if there is None or self.axis.crowded:
            self.chart.empty("there", "there halo")
            return
        where = self.chart.apart(frame.step.values[self.quantity], there, _APART)
        if self.axis.alone is not None:
            where &= self.axis.alone
        self.differs = bool(where[self.axis.visible].any())
        self.mark_reference(there, where)

    def mark_reference(self, there: Values, where: NDArray[np.bool_]) -> None:
        theme = self.pane.theme
        if self.rect.height() >= _HIGH:
            self.chart.series("there halo", theme.panel, share=20 / 22, z=5)
            self.chart.mark("there halo", there, 4.0, where)
        high = self.rect.height() >= _HIGH
        self.chart.series("there", theme.text, share=20 / 22, z=6)
        self.chart.mark("there", there, 2.0 if high else 1.0, where)

    def _draw_by_hand(self, frame: Frame) -> None:
        """What was set, instead of computed: pale, hatched, with an outline."""
        units = frame.edited.get(self.quantity)
        if units is None or self.axis.crowded:
            self.chart.empty("by hand")
            return
        if self.axis.alone is not None:
            units = units & self.axis.alone
        theme = self.pane.theme
        pale = mixed(theme.panel, theme.r, _PALE)
        self.chart.series("by hand", pale, theme.text, share=18 / 22, z=2, hatch=theme.ticks)
        self.chart.show_some("by hand", frame.step.values[self.quantity], units)

    def clear(self) -> None:
        self.chart.hide()
        self.changed = []
        self.differs = False

    def paint_head(self, p: QPainter) -> None:
        """Of what is set by hand the formula would be false: its symbol, and that it is."""
        by_hand = self.by_hand()
        formula = self.pane.symbol(self.quantity) if by_hand else self.formula()
        self.paint_caption(p, formula, by_hand or self.note(), self.operator)

    def paint_background(self, p: QPainter) -> None:
        theme = self.pane.theme
        wide = self.axis.plot_width
        p.setPen(QPen(theme.grid, 1))
        low, high = self.chart.low, self.chart.high
        left = self.rect.left()
        p.drawLines(
            [
                QLineF(left, y, left + wide, y)
                for y in (self.rect.top() + 0.5, self.rect.bottom() - 0.5)
            ]
        )
        zero = round(self.chart.y(0.0)) - 0.5
        p.setPen(QPen(theme.ticks, 1))
        p.drawLine(QLineF(left, zero, left + wide, zero))
        self.paint_tick(p, self.rect.top() + 1, _tick(high))
        if low < 0:
            self.paint_tick(p, self.rect.bottom() - 1, _tick(low))
            if self.rect.height() > 70:
                self.paint_tick(p, zero, "0")
        else:
            self.paint_tick(p, self.rect.bottom(), "0")

    def paint_standing(self, p: QPainter) -> None:
        super().paint_standing(p)
        if self.selected:
            self.pane.frame_selected(p, self)

    def symbol_on_pill(self) -> str:
        if not self.selected:
            return ""
        whole = mathematics.fits(self.formula(), CAPTION, self.room_from(self.rect.left()))
        return self.pane.symbol(self.quantity) if whole else self.short_formula()

    def formula(self) -> str:
        return self.pane.symbol(self.quantity)

    def by_hand(self) -> str:
        """What the caption says where values are set; an outline says which."""
        frame = self.pane.session.frame
        edited = frame is not None and self.quantity in frame.edited
        return told("set by hand") if edited else ""

    def note(self) -> str:
        """What stands beside the formula."""
        return told(QUANTITIES[self.quantity].described(self.pane.activations))

    def keyed(self) -> Sequence[Key]:
        """What its colours mean, where its caption says so."""
        return ()

    def short_formula(self) -> str:
        """In the words of the larger formulas below: input, hidden."""
        part = self.quantity.partition("_")[0]
        return part if part in ("input", "hidden") else self.pane.symbol(self.quantity)

    def largest(self) -> float:
        return self.chart.high

    def paint_chart(self, p: QPainter) -> None:
        self.chart.paint(p)

    def paint_overlay(self, p: QPainter, frame: Frame) -> None:
        if self.shows_value:
            value = float(frame.step.values[self.quantity][self.pane.session.unit])
            self.paint_chip(p, value, signed=self.chart.low < 0)
        if self.may_be_cut:
            paint_cuts(p, self.chart, frame.step.values[self.quantity], self.pane.theme.panel)

    def hover(self, unit: int, y: float, frame: Frame) -> str:
        value, before = float(frame.step.values[self.quantity][unit]), frame.before
        words = f"{self.quantity}[{unit}] = {exact(value)}"
        if before is not None:
            change = value - float(before.values[self.quantity][unit])
            words += "\n" + told("{change} since step {t}", change=exact(change),
                                 t=grouped(before.number))  # fmt: skip
        return words


def _tick(value: float) -> str:
    return brief(value)


class SignedRow(BarRow):
    """Parts and sums: blue above zero, orange below."""

    def restyle(self) -> None:
        theme = self.pane.theme
        self.chart.series("positive", theme.positive)
        self.chart.series("negative", theme.negative)

    def draw(self, frame: Frame) -> None:
        self.chart.show_signs("positive", "negative", frame.step.values[self.quantity])


class ProductRow(SignedRow):
    """r ⊙ the unscaled value, inside the unscaled value's outline."""

    def __init__(self, pane: ColumnsPane, slot: Slot, unscaled: str, operator: str = "") -> None:
        self.unscaled = unscaled
        super().__init__(pane, slot, "reset_product", operator)

    @property
    def quantities(self) -> tuple[str, ...]:
        return self.unscaled, self.quantity

    @property
    def stands_for(self) -> tuple[str, ...]:
        return self.quantity, self.unscaled

    def note(self) -> str:
        return told("grey: unscaled") if self.axis.pooled else told("outline: unscaled")

    def short_formula(self) -> str:
        gate = self.pane.symbol("r")
        last = "hidden" if self.unscaled == "hidden_n" else self.pane.symbol(self.unscaled)
        room = self.room_from(self.rect.left())
        short = f"{gate} ⊙ {last}"
        return short if mathematics.fits(short, CAPTION, room) else f"{gate} ⊙ …"

    def restyle(self) -> None:
        super().restyle()
        self.chart.series("outline", None, self.pane.theme.ticks, share=18 / 22, z=1)
        self.chart.series("unscaled", self.pane.theme.grid, z=-1)

    def draw(self, frame: Frame) -> None:
        super().draw(frame)
        # Outlines of envelopes would hide what they enclose: those stand behind, filled.
        name = "unscaled" if self.axis.pooled else "outline"
        self.chart.show(name, frame.step.values[self.unscaled])


class GateRow(BarRow):
    """r, or any quantity between 0 and 1, over the pale height it could have."""

    def restyle(self) -> None:
        self.chart.series("rest", self.pane.theme.pale)
        self.chart.series("gate", self.pane.theme.r)

    def formula(self) -> str:
        applied = self.pane.activations.applied("gate", f"a_{self.quantity}")
        return f"{super().formula()} = {applied}"

    def draw(self, frame: Frame) -> None:
        values = frame.step.values[self.quantity]
        self.chart.show("gate", values)
        whole = np.ones_like(values) if self.pane.activations.gates_stay else values
        self.chart.show("rest", whole, values)


class UpdateRow(GateRow):
    """z as the split it makes: what is kept, what is taken."""

    def restyle(self) -> None:
        self.chart.series("rest", self.pane.theme.pale_take)
        self.chart.series("gate", self.pane.theme.keep)

    def paint_caption(self, p: QPainter, formula: str, note: str = "", operator: str = "") -> float:
        x = super().paint_caption(p, formula, self.by_hand(), operator) + 12
        room = self.room_from(x)
        laid = legend.laid(self.keyed(), room, room)
        if len(laid.lines) == 1:
            legend.paint(p, x, self.baseline, self.pane.theme.muted, laid)
        return x

    def keyed(self) -> Sequence[Key]:
        theme, pane = self.pane.theme, self.pane
        return (
            Key(told("keep {h}", h=pane.letter("h")), theme.keep),
            Key(told("take {n}", n=pane.letter("n")), theme.pale_take),
        )


class CandidateRow(BarRow):
    def restyle(self) -> None:
        self.chart.series("n", self.pane.theme.take)

    def formula(self) -> str:
        last = "r_t ⊙ hidden" if self.pane.model.reset == "after" else "hidden"
        if self.pane.session.notation == "course":
            last = last.replace("r_t", "Γ_r")
        applied = self.pane.activations.applied("candidate", f"input + {last}")
        return f"{super().formula()} = {applied}"

    def caption_color(self) -> QColor:
        return self.pane.theme.take_text

    def draw(self, frame: Frame) -> None:
        self.chart.show("n", frame.step.values["n"])
