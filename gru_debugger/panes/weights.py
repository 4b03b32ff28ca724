"""A gate's weight matrix above its bars: unit on the x axis, what it reads on the y axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.heatmap import HeatMap, columns_on
from gru_debugger.charts.mathematics import size_within
from gru_debugger.charts.theme import map_color
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Step
from gru_debugger.numerals import brief, exact
from gru_debugger.panes import links
from gru_debugger.panes.links import Link
from gru_debugger.panes.rows import CAPTION, Row
from gru_debugger.panes.slots import Slot
from gru_debugger.panes.symbols import Symbol, placed, product_in_short
from gru_debugger.phrases import told
from gru_debugger.session.frame import Frame

if TYPE_CHECKING:
    from gru_debugger.panes.columns import ColumnsPane

GATES = "rzn"
_ROWS = {"one-hot": "character", "embedding": "embedding", "features": "feature"}
_WIDE_TILE = 36  # pixels of the tile of a symbol of several characters
_SHORTEST = 12  # pixels of a scale of colours
_BESIDE = 11  # pixels of type of the symbol beside W_h
_TICK = 4  # pixels of the selected unit's, left of the map of what is met
_FINE = 8  # pixels a unit from which cells are parted by lines


class WeightRow(Row):
    """W_i or W_h of one gate, as weights or as contributions: weights times what they meet."""

    def __init__(self, pane: ColumnsPane, slot: Slot, gate: str, side: Literal["i", "h"]) -> None:
        super().__init__(pane, slot)
        self.gate = gate
        self.side = side
        self.computes = f"{'input' if side == 'i' else 'hidden'}_{gate}"
        self.map = HeatMap()
        self.met = HeatMap()  # the vector that the weights meet, beside them
        self.restyle()

    @property
    def stands_for(self) -> tuple[str, ...]:
        return (f"W_{self.side}{self.gate}",)

    def restyle(self) -> None:
        self.map.use_theme(self.pane.theme.name)
        self.met.use_theme(self.pane.theme.name)

    def clear(self) -> None:
        self.map.visible = self.met.visible = False

    def matrix(self) -> NDArray[np.float32]:
        """(what is read, units): column u holds the weights that feed bar u."""
        cell = self.pane.cell
        weights = cell.weight_ih if self.side == "i" else cell.weight_hh
        size, at = cell.hidden_size, GATES.index(self.gate)
        return weights[at * size : (at + 1) * size].T

    def vector(self, step: Step) -> NDArray[np.float32]:
        """What the weights meet in a step."""
        return step.values[self.met_quantity]

    def one_hot(self) -> bool:
        session = self.pane.session
        return self.side == "i" and session.layer == 0 and self.pane.trace.one_hot

    @property
    def _rows(self) -> slice | NDArray[np.intp]:
        """What is read, from top to bottom: units in the order of the columns."""
        order = self.axis.order if self.side == "h" else None
        return slice(None) if order is None else order.units

    def place(self, rect: QRectF, axis: UnitAxis) -> None:
        super().place(rect, axis)
        self._weights = self.matrix()
        self._level = self.pane.weight_level(self.side)
        self._image = QRectF(rect.left(), rect.top(), axis.plot_width, rect.height())
        # Of units that share a pixel the largest weight stands for all, in contributions too: what
        # the weights of a row meet scales all of them alike.
        self._columns = columns_on(self._weights[self._rows][:, axis.visible], axis)
        self.map.show_matrix(self._columns, self._image, self._level)
        self.map.visible = False  # weights stay from step to step: the background paints them

    def show(self, frame: Frame | None) -> None:
        self.clear()
        if frame is None:
            return
        vector = self.vector(frame.step)[self._rows]
        if self.pane.session.view.contributions:
            self.map.show_matrix(self._columns * vector[:, None], self._image, self._level)
        if not self.one_hot():
            self.met.show_matrix(vector[:, None], self._strip, self._reach())

    @property
    def _strip(self) -> QRectF:
        """Where the vector that the weights meet stands as a map."""
        return QRectF(self.rect.left() - 16, self.rect.top(), 9, self.rect.height())

    @property
    def met_quantity(self) -> str:
        """What the weights meet."""
        if self.side == "i":
            return "x"
        before = self.gate == "n" and self.pane.model.reset == "before"
        return "reset_product" if before else "h_prev"

    def beside(self) -> list[Symbol]:
        """What the weights meet: the tile of what is read, or a map of it."""
        frame = self.pane.session.frame
        if frame is None:
            return []
        place = self._tile(frame.step) if self.one_hot() else self._strip
        return [Symbol(self.met_quantity, place.adjusted(-3, -3, 3, 3))]

    def symbols(self) -> list[Symbol]:
        """Of what the weights meet, where the caption or the margin says it."""
        found, pane = list[Symbol](), self.pane
        if pane.session.view.contributions:
            pixels = size_within(self.formula(), CAPTION, self.room_from(self.rect.left()))
            if pixels:
                left = self.rect.left()
                found += placed(pane, self.formula(), left, self.baseline, pixels)
        if self.side == "h":
            found += placed(pane, self._beside(), *self._beside_at, _BESIDE)
        return found

    def _reach(self) -> float:
        """The value that is drawn in full colour, of the vector that meets the weights."""
        rows = self.pane.trace.reading.rows
        below = self.side == "h" or self.pane.session.layer
        return 1.0 if below or rows is None else rows.largest

    # Painting ------------------------------------------------------------------------------

    def formula(self) -> str:
        name = f"W_{{{self.side}{self.gate}}}"
        if not self.pane.session.view.contributions:
            return name
        return f"{name} · {self.pane.symbol(self.met_quantity)}"

    def _beside(self) -> str:
        """What stands left of W_h."""
        if self.met_quantity == "reset_product":  # which has little room
            return product_in_short(self.pane.session.notation)
        return self.pane.symbol(self.met_quantity)

    @property
    def _beside_at(self) -> tuple[float, float]:
        """Its left edge and its baseline: it ends where the selected unit's tick begins, beside the
        map of what is met."""
        wide = mathematics.width(self._beside(), _BESIDE)
        return self._strip.left() - _TICK - 1 - wide, self.rect.center().y() + 4

    def _reads(self) -> str:
        if self.side == "h":
            return told("row: from unit, column: to unit")
        if self.pane.session.layer:
            return told("row: unit below, column: unit")
        return told("row: {what}, column: unit", what=told(_ROWS[self.pane.trace.input]))

    def paint_background(self, p: QPainter) -> None:
        self.links.clear()
        if not self.pane.session.view.contributions:
            self.map.paint(p)
            self._paint_cell_lines(p)
        shown = self.pane.session.view.contributions
        note = told("contributions to each bar") if shown else self._reads()
        end = self.paint_caption(p, self.formula(), note)
        self._paint_scale(p, end)
        if self.side == "h":
            muted = self.pane.theme.muted
            mathematics.draw(p, *self._beside_at, self._beside(), muted, _BESIDE)

    def paint_note(self, p: QPainter, x: float, note: str) -> None:
        """What its colours are; a click colours all matrices in the other way."""
        super().paint_note(p, x, note)
        wide, shown = fonts.width(note, fonts.SANS, 12), self.pane.session.view.contributions
        links.paint_line(p, self.pane, x, self.baseline + 3, wide, pointed=False)
        words = "Weights alone" if shown else "Contributions: weights times what they meet"
        area = QRectF(x, self.baseline - 12, wide, 17)
        self.links.append(Link(area, self._switch, f"{words} (Ctrl+Shift+W)"))

    def _switch(self) -> None:
        session = self.pane.session
        session.look(contributions=not session.view.contributions)

    def _paint_scale(self, p: QPainter, caption_end: float) -> None:
        """−level … the map's colours … level, right above the matrix; where that has no room, a
        short one and ±level."""
        theme, words = self.pane.theme, brief(self._level)
        right = self.right - (58 if self.one_hot() else 0)
        room, y, ticks = right - caption_end - 6, self.baseline - 9, theme.ticks
        wide = fonts.width(words, fonts.TICKS, 10)
        colours = 52.0
        if 2 * wide + 72 > room:
            words = f"±{words}"
            wide = fonts.width(words, fonts.TICKS, 10)
            colours = min(colours, room - wide - 5)
            if colours < _SHORTEST:
                return
        else:
            fonts.text(p, right - wide - 62, y + 8, "−" + words, ticks, fonts.TICKS, 10,
                       align="right")  # fmt: skip
        fonts.text(p, right, y + 8, words, ticks, fonts.TICKS, 10, align="right")
        end = right - wide - 5
        gradient = QLinearGradient(end - colours, 0, end, 0)
        for i in range(17):
            gradient.setColorAt(i / 16, map_color(theme.name, i / 8 - 1))
        p.fillRect(QRectF(end - colours, y, colours, 8), gradient)

    @property
    def shows_value(self) -> bool:  # type: ignore[override]
        """The one weight that counts."""
        return self.one_hot()

    def paint_chart(self, p: QPainter) -> None:
        for shown in (self.map, self.met):
            if shown.visible:
                shown.paint(p)

    def paint_overlay(self, p: QPainter, frame: Frame) -> None:
        if self.pane.session.view.contributions:
            self._paint_cell_lines(p)
        unit, step = self.pane.session.unit, frame.step
        if self.one_hot():
            index = self._index(step)
            self._paint_active_row(p, index, step)
            self.paint_chip(p, float(self._weights[index, unit]), signed=True)
        elif self.side == "h" and self.axis.pitch >= 2:
            row = self.axis.place(unit)
            y = self.rect.top() + (row + 0.5) * self.rect.height() / len(self._weights)
            p.fillRect(QRectF(self._strip.left() - _TICK, y - 1.5, _TICK, 3), self.pane.theme.edge)

    def _paint_cell_lines(self, p: QPainter) -> None:
        if self.axis.widest < _FINE:
            return
        p.setPen(QPen(self.pane.theme.panel, 1))
        top, bottom, left = self.rect.top(), self.rect.bottom(), self.rect.left()
        fine = [part for part in self.axis.parts if part.pitch >= _FINE]
        places = [place for part in fine for place in range(part.first + 1, part.end)]
        xs = [left + self.axis.edge(place) - 0.5 for place in places]
        p.drawLines([QLineF(x, top, x, bottom) for x in xs])

    def _index(self, step: Step) -> int:
        """The row of what is read."""
        index = self.pane.trace.reading.one_index(step.number)
        assert index is not None
        return index

    def _row_y(self, index: int) -> float:
        """Its middle."""
        return self.rect.top() + (index + 0.5) * self.rect.height() / len(self._weights)

    def _tile(self, step: Step) -> QRectF:
        """Where what is read stands, beside its row."""
        y = min(max(self._row_y(self._index(step)) - 8, self.rect.top()), self.rect.bottom() - 16)
        wide = 18 if len(step.character) == 1 else _WIDE_TILE
        return QRectF(self.rect.left() - 20 - wide, y, wide, 16)

    def _paint_active_row(self, p: QPainter, index: int, step: Step) -> None:
        theme, center = self.pane.theme, self._row_y(index)
        high = max(self.rect.height() / len(self._weights), 5.0)
        p.setPen(QPen(theme.now, 1.5))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(QRectF(self.rect.left(), center - high / 2, self.axis.plot_width, high))
        p.fillRect(QRectF(self.rect.left() - 14, center - 2, 7, 4), theme.now)
        tile = self._tile(step)
        shown, pixels = fonts.symbol(step.character, tile.width() - 3, 12, 600)
        fonts.tile(p, tile, theme.now, shown, theme.now_text, fonts.MONO, pixels, 600)

    def hover(self, unit: int, y: float, frame: Frame) -> str:
        rows = len(self._weights)
        row = min(rows - 1, max(0, int((y - self.rect.top()) / self.rect.height() * rows)))
        row = self.axis.unit(row) if self.side == "h" else row
        weight = float(self._weights[row, unit])
        met = float(self.vector(frame.step)[row])
        words = (
            f"W_{self.side}{self.gate}[{unit}, {row}] = {exact(weight)}\n{self._joined(row, unit)}"
        )
        return f"{words}\n× {exact(met)} = {exact(weight * met)}"

    def _joined(self, row: int, unit: int) -> str:
        return told("from {what} to unit {unit}", what=self.reads(row), unit=str(unit))

    def reads(self, row: int) -> str:
        """What a row of the matrix reads: “character “e””, “unit 3”."""
        if self.side == "h":
            return told("unit {unit}", unit=str(row))
        if self.one_hot():
            character = printable(self.pane.model.require_vocabulary()[row])
            return told("character {character}", character=character)
        if self.pane.session.layer:
            return told("unit of the layer below {unit}", unit=str(row))
        name = self.pane.trace.reading.column(row)
        what = {"embedding": "embedding value", "features": "feature"}[self.pane.trace.input]
        return f"{told(what)} {row}{f' {printable(name)}' if name else ''}"
