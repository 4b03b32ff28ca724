"""Panes over the unit axis: which units all their charts show, and how that changes."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from gru_debugger.charts.axis import UnitAxis
from gru_debugger.charts.theme import Theme
from gru_debugger.panes.pane import NOTCH, Pane
from gru_debugger.session.session import Session


class UnitsPane(Pane):
    """Its charts zoom and move together; a unit that is selected comes into sight."""

    lacking: frozenset[str] = frozenset()  # of FOLDS: hidden because there is no room for them

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.axis = UnitAxis(1, 1)
        self._first = self._count = 0.0  # between two units while it is dragged; count 0: all
        self._zoomed_for: object = None
        self._followed = -1

    def lay_axis(self, width: int) -> None:
        """Make the axis of charts that are so many pixels wide."""
        if self._zoomed_for is not self.model:
            self._zoomed_for, self._first, self._count = self.model, 0.0, 0.0
        self.axis = UnitAxis(self.model.hidden_size, width, round(self._first), self._count)
        if self._followed != self.session.unit:
            self._followed = self.session.unit
            self.axis = self.axis.revealing(self._followed)
            self._first = self.axis.first

    def show_unit(self) -> None:
        if self.axis.shows(self.session.unit):
            self._followed = self.session.unit
            self.repaint_step()
        else:
            self.renew()

    # Zooming and moving ----------------------------------------------------------------------

    def zoom(self, factor: float, around: int | None = None) -> None:
        """Show fewer or more units in all charts; `around` stays where it is."""
        axis = self.axis.zoomed(factor, self.session.unit if around is None else around)
        whole = axis.count >= self.model.hidden_size
        self._first, self._count = (0.0, 0.0) if whole else (axis.first, axis.count)
        self.renew()

    def reset_zoom(self) -> None:
        self._first = self._count = 0.0
        self.renew()

    def pan(self, pixels: float) -> bool:
        if not self._count:
            return False
        most = self.model.hidden_size - self._count
        self._first = min(max(0.0, self._first - pixels / self.axis.pitch), most)
        if round(self._first) != self.axis.first:
            self.renew()
        return True

    def pan_by_half(self, way: int) -> None:
        """Half of what is shown further: 1 to the units on the right, −1 on the left."""
        self.pan(-way * self.axis.plot_width / 2)

    def wheel(self, at: QPointF, turns: float, control: bool) -> None:
        if self.session.trace is None:
            return
        if control:
            self.zoom(1.25**turns, self.unit_under(at))
        else:
            self.pan(turns * NOTCH)

    @property
    def lowest(self) -> float:
        """The least height in which it shows something of all."""
        raise NotImplementedError

    def unit_under(self, at: QPointF) -> int | None:
        """The unit whose chart is at a point."""
        raise NotImplementedError
