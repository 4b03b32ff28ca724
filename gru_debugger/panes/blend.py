"""The blend's three charts: the old state, what is kept and taken, the new state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from gru_debugger.charts import stamps
from gru_debugger.charts.bars import BarChart, Values
from gru_debugger.core.trace import Step
from gru_debugger.numerals import exact
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.phrases import told
from gru_debugger.session.frame import Frame


class _StateRow(BarRow):
    """Charts of the blend carry their names and values in the column's head."""

    shows_value = False

    def paint_caption(self, p: QPainter, formula: str, note: str = "", operator: str = "") -> float:
        return self.rect.left()


class OldStateRow(_StateRow):
    def restyle(self) -> None:
        self.chart.series("h_prev", self.pane.theme.keep)

    def draw(self, frame: Frame) -> None:
        self.chart.show("h_prev", frame.step.values["h_prev"])


class NewStateRow(_StateRow):
    """h, with the old state as its outline; before the first step, h(0)."""

    shows_initial = True

    def restyle(self) -> None:
        theme = self.pane.theme
        self.chart.series("h", theme.h)
        self.chart.series("old", None, theme.ticks, share=18 / 22, z=1)

    def show(self, frame: Frame | None) -> None:
        super().show(frame)
        initial = self.pane.session.initial
        if initial is not None:
            self.chart.show("h", initial)

    def draw(self, frame: Frame) -> None:
        self.chart.show("h", frame.step.values["h"])
        if not self.axis.crowded:
            self.chart.show_some("old", frame.step.values["h_prev"], self.axis.alone)


class BlendRow(_StateRow):
    """take and keep stacked from zero where they have one sign, apart where they have two."""

    @property
    def selects(self) -> tuple[str, ...]:
        return "take", "keep"

    def selected_at(self, unit: int, y: float, frame: Frame) -> str:
        """The part that is drawn there; beside the bars the larger one."""
        take, keep = (float(frame.step.values[name][unit]) for name in ("take", "keep"))
        low, high = sorted((self.chart.y(0.0), self.chart.y(take)))
        if low <= y <= high:
            return "take"
        start = take if take * keep > 0 else 0.0
        low, high = sorted((self.chart.y(start), self.chart.y(start + keep)))
        if low <= y <= high:
            return "keep"
        return "take" if abs(take) > abs(keep) else "keep"

    @property
    def quantities(self) -> tuple[str, ...]:
        return "take", "keep", "h"

    @property
    def stands_for(self) -> tuple[str, ...]:
        return "h", "take", "keep"

    def restyle(self) -> None:
        theme = self.pane.theme
        self.chart.series("take", theme.take)
        self.chart.series("keep", theme.keep)
        # Marks in a halo: ink on plum, or white on teal, would not be seen.
        self.chart.series("old halo", theme.blend, share=10 / 22, z=1)
        self.chart.series("old", theme.muted, share=8 / 22, z=2)
        self.chart.series("new halo", theme.blend, share=20 / 22, z=3)
        self.chart.series("new", theme.now, share=18 / 22, z=4)

    def draw(self, frame: Frame) -> None:
        values = frame.step.values
        take, keep = values["take"], values["keep"]
        start = np.where(np.sign(take) == np.sign(keep), take, np.float32(0))
        self.chart.show("take", take)
        self.chart.show("keep", start + keep, start)
        if self.axis.crowded:
            return
        alone, ringed = self.axis.alone, self.axis.at_least(RING)
        self._mark("new", values["h"], 3.0, alone)
        if ringed is not None:
            others = ~ringed if alone is None else alone & ~ringed
            self._mark("old", values["h_prev"], 2.0, others)

    def _mark(
        self, name: str, values: Values, thickness: float, where: NDArray[np.bool_] | None
    ) -> None:
        self.chart.mark(name, values, thickness, where)
        self.chart.mark(f"{name} halo", values, thickness + 2, where)

    def paint_overlay(self, p: QPainter, frame: Frame) -> None:
        super().paint_overlay(p, frame)
        if self.axis.widest >= RING:
            paint_rings(p, self, self.chart, frame.step)

    def mark_reference(self, there: Values, where: NDArray[np.bool_]) -> None:
        """A hollow mark: the filled one is the new state's, the ring the old one's."""
        theme = self.pane.theme
        self.chart.series("there halo", theme.now, share=17 / 22, z=5)
        self.chart.mark("there halo", there, 4.0, where)
        self.chart.series("there", theme.blend, share=14 / 22, z=6)
        self.chart.mark("there", there, 2.0, where)

    def hover(self, unit: int, y: float, frame: Frame) -> str:
        values = frame.step.values
        named = ("take", "keep", "h", "h_prev")
        take, keep, new, old = (exact(values[name][unit]) for name in named)
        return told("h[{unit}] = take {take} + keep {keep} = {new}\nold h[{unit}] = {old}",
                    unit=str(unit), take=take, keep=keep, new=new, old=old)  # fmt: skip


RING = 12  # pixels a unit from which the old state is a ring


def paint_rings(p: QPainter, row: BlendRow, chart: BarChart, step: Step) -> None:
    """A ring at the old state of each unit."""
    theme, axis = row.pane.theme, row.axis
    ys = chart.ys(step.values["h_prev"][axis.visible]).tolist()
    ringed = [part for part in axis.parts if part.pitch >= RING]
    places = (place for part in ringed for place in range(part.first, part.end))
    left = row.rect.left()
    middles = [(left + axis.center(axis.unit(at)), ys[at - axis.first]) for at in places]
    stamps.rings(p, middles, theme.now, theme.blend)
