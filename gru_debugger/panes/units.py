"""Panes over the unit axis: which units all their charts show, and how that changes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.theme import Theme
from gru_debugger.panes.pane import NOTCH, Pane
from gru_debugger.session.session import Session

MANY = 128  # units that call for a lens
_LENS, _BESIDE = 16, 4  # units of one, and more on each side


def lens_of(units: int, place: int) -> range:
    """The places that are shown at full size around a selected one: they stay the same ones while
    the selection moves among the middle of them."""
    if units < MANY:
        return range(0)
    first = place // _LENS * _LENS - _BESIDE
    return range(max(0, first), min(units, first + _LENS + 2 * _BESIDE))


class UnitsPane(Pane):
    """Its charts zoom and move together; a unit that is selected comes into sight."""

    lacking: frozenset[str] = frozenset()  # of FOLDS: hidden because there is no room for them

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.axis = UnitAxis(1, 1)
        self._first = 0.0  # the zoom's, between two units while it is dragged

    def lay_axis(self, width: int) -> None:
        """Make the axis of charts that are so many pixels wide."""
        view, units = self.session.view, self.model.hidden_size
        order = self.session.unit_order
        axis = UnitAxis(units, width, view.zoom.first, view.zoom.count, order)
        lens = lens_of(units, axis.place(view.unit)) if view.lens else range(0)
        self.axis = replace(axis, lens=lens)

    def show_unit(self) -> None:
        if self.session.view.lens and self._left_lens():
            self.renew()
        else:
            super().show_unit()

    def _left_lens(self) -> bool:
        """Whether another stretch of units is to be at full size now."""
        axis = self.axis
        return lens_of(axis.units, axis.place(self.session.view.unit)) != axis.lens

    def show_zoom(self) -> None:
        self.renew()

    # Moving ----------------------------------------------------------------------------------

    def pan(self, pixels: float) -> bool:
        zoom, units = self.session.view.zoom, self.model.hidden_size
        if not zoom.count:
            return False
        if round(self._first) != zoom.first:
            self._first = zoom.first
        first = self._first - pixels / self.axis.pitch
        self._first = min(max(0.0, first), units - zoom.count)
        self.session.look(zoom=zoom.at(round(self._first), units))
        return True

    def pan_by_half(self, way: int) -> None:
        """Half of what is shown further: 1 to the units on the right, −1 on the left."""
        self.pan(-way * self.axis.plot_width / 2)

    def wheel(self, at: QPointF, turns: float, control: bool) -> None:
        if self.session.trace is None:
            return
        if control:
            self.session.zoom_by(1.25**turns, self.unit_under(at))
        else:
            self.pan(turns * NOTCH)

    def unit_under(self, at: QPointF) -> int | None:
        """The unit whose chart is at a point."""
        raise NotImplementedError
