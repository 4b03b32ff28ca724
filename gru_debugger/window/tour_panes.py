"""The window's panes while a tour is under way: the card has all the height there is at its side,
and what a stop asks for is opened for as long as it is answered. Afterwards all is as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QTabBar

from gru_debugger.panes.curves import CurvesPane
from gru_debugger.window.layout import ACROSS, AREAS, DOWN

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow
    from gru_debugger.window.docks import Kept

_CORNERS = Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner
_WIDE, _WIDEST = 360, 480  # pixels of the card's side
_CHARTS = 1120  # that a wide window's charts keep beside it
_BELOW, _BESIDE = 122, 225  # pixels that the next character needs, and a pane that comes with it
_RESETS = ("n", "r", "reset_product", "hidden_n")  # of which the curves' second half tells


class TourPanes:
    """`begin` arranges them, `show` what an answer opens, `end` puts back what was before: what the
    user has opened meanwhile stays open."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._kept: Kept | None = None
        self._opened: list[str] = []
        self._wide = 0  # pixels of the card's side, as the window has them

    def begin(self) -> None:
        """As at first, so that nothing a stop needs is closed or small."""
        docks = self._window.docks
        self._kept, self._opened = docks.kept(), []
        docks.restore()
        for corner in _CORNERS:
            self._window.setCorner(corner, AREAS["right"])
        docks.show("tour")
        docks.instead = {"unit": "prediction"}  # else what is opened would hide the card
        docks["unit"].close()  # it would tell, and its tab take a line of the words
        self._wide = 0
        self.widen()

    def widen(self) -> None:
        """In a wide window words take fewer lines, and what stands below them has more room; once
        for each of its widths, so that what the user makes of it stays."""
        wide = max(_WIDE, min(_WIDEST, self._window.width() - _CHARTS))
        if wide != self._wide:
            self._wide = wide
            self._window.docks.settle()
            self._window.resizeDocks([self._window.docks["tour"]], [wide], ACROSS)
            self._window.docks.settle()

    def begin_anew(self) -> None:
        """The user has restored the layout: so it is to be afterwards too."""
        if self._kept is not None:
            self.begin()
            self._kept = self._window.docks.at_first

    def end(self) -> None:
        if self._kept is None:
            return
        window, docks = self._window, self._window.docks
        own = [name for name in docks if docks.is_extra(name) and self._is_the_users(name)]
        for corner, area in zip(_CORNERS, ("top", "bottom"), strict=True):
            window.setCorner(corner, AREAS[area])
        docks.instead = {}
        docks.put_back(self._kept)
        self._kept = None
        for name in own:
            docks.show(name)

    def _is_the_users(self, name: str) -> bool:
        shown = self._window.docks[name].isVisible()
        return shown and name != "tour" and name not in self._opened

    def show(self, wanted: tuple[str, ...], needed: int) -> None:
        """These, and none any more that only the stop before wanted; the card has the pixels that
        it needs, as far as there are."""
        docks = self._window.docks
        rest = self._high() - needed
        fit = [name for name in wanted if docks.is_level(name) or rest >= _BESIDE]
        for name in set(self._opened) - set(fit):
            docks[name].close()
            self._opened.remove(name)
        self._show_below(docks["prediction"], rest >= _BELOW)
        for name in fit:
            if docks[name].isHidden() and name not in self._opened:  # else the user has closed it
                docks.show(name)
                self._opened.append(name)
        self._share(rest)
        if "curves" in fit:  # once it has its size
            QTimer.singleShot(0, self._window, self._turn_to_resets)

    def _high(self) -> int:
        """Pixels of the column that the card and what stands below it share."""
        docks, window = self._window.docks, self._window
        side = AREAS["right"]
        column = [dock for name, dock in docks.items()
                  if docks.in_sight(name) and window.dockWidgetArea(dock) == side]  # fmt: skip
        end = window.status.y()
        return end - min((dock.y() for dock in column), default=end)

    def around(self) -> int:
        """Pixels that the card's place is higher than the card: its title, tabs, what parts it."""
        dock, content = self._window.docks["tour"], self._window.docks.content("tour")
        tabs = [bar.height() for bar in self._window.findChildren(QTabBar)
                if not bar.visibleRegion().isEmpty()
                and dock.windowTitle() in map(bar.tabText, range(bar.count()))]  # fmt: skip
        return dock.height() - content.height() + sum(tabs) + 2

    def _below(self) -> list[QDockWidget]:
        """What shares the place below the card; the one in front first."""
        docks = self._window.docks
        below = docks["prediction"]
        mates = [below, *self._window.tabifiedDockWidgets(below)]
        return sorted(mates, key=lambda dock: dock.visibleRegion().isEmpty())

    def _show_below(self, below: QDockWidget, shown: bool) -> None:
        if below.isHidden() is shown and not below.isFloating():
            self._window.docks.show("prediction") if shown else below.close()

    def _share(self, rest: int) -> None:
        docks = self._window.docks
        below = self._below()[0]
        if below.isVisible() and not docks["tour"].isFloating():
            high = self._high()
            self._window.resizeDocks([docks["tour"], below], [high - rest, rest], DOWN)

    def _turn_to_resets(self) -> None:
        """To the half that tells of the selected value, where not both have room."""
        view = self._window.docks.views["curves"]
        if isinstance(view.pane, CurvesPane) and self._window.session.view.quantity in _RESETS:
            view.verticalScrollBar().setValue(round(view.pane.second_half))
