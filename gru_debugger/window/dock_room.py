"""How much room a dock gets when it is opened, and what it shares a place with where that is short.

Afterwards its size and its place are the user's.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QMargins, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.panes.registry import PaneSpec
from gru_debugger.window.centre import Centre
from gru_debugger.window.layout import ACROSS, DOWN, LEVEL, LOW

_ENOUGH = {ACROSS: 480, DOWN: 300}  # pixels of each of those that stand beside each other
_MORE = 8  # pixels that the style's distances add to what is shown first
_SMALL = 1  # pixels, as which a dock is as small as it can be


class Scrolled(QScrollArea):
    """What it shows never makes the window larger: with less room than that needs, it scrolls.

    Qt's own way to do so (`widgetResizable`) gives words that wrap all the height that they and
    what stands around them wish for, and not only what they need.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(widget)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt asks for all events of its widget."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        widget = self.widget()
        if widget is None:
            return
        room, needs = self.maximumViewportSize(), widget.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        across = needs.width() > room.width()  # a bar across takes of the height, and back
        down = needs.height() > room.height() - bar * across
        across = needs.width() > room.width() - bar * down
        widget.resize(room.shrunkBy(QMargins(0, 0, bar * down, bar * across)).expandedTo(needs))


class DockRoom:
    """Of the docks of a window around its centre."""

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, QDockWidget], centre: Centre
    ) -> None:
        self._window, self._docks, self._centre = window, docks, centre
        self._full: dict[str, int] = {}  # pixels that what is empty now had before

    def along(self, dock: QDockWidget) -> Qt.Orientation:
        """The direction in which docks of its area stand in a row."""
        return ACROSS if self._window.dockWidgetArea(dock) in LEVEL else DOWN

    def is_level(self, dock: QDockWidget) -> bool:
        """Whether it is open above or below the centre."""
        return dock.isVisible() and not dock.isFloating() and self.along(dock) == ACROSS

    def deep(self, spec: PaneSpec) -> int:
        """Pixels that it wishes to reach into the window; 0 for no wish."""
        return spec.deep[self._window.height() < LOW] if spec.deep else 0

    def put_behind(self, dock: QDockWidget, neighbour: QDockWidget | None) -> None:
        """Let it share a place with its neighbour, or where each would have too little beside what
        is open."""
        if neighbour is not None and neighbour.isVisible() and not neighbour.isFloating():
            self._window.tabifyDockWidget(neighbour, dock)
            return
        others, along = self._beside(dock), self.along(dock)
        if not others or self._window.tabifiedDockWidgets(dock):
            return
        room = sum(one.width() if along == ACROSS else one.height() for one in others)
        if room < _ENOUGH[along] * (len(others) + 1):
            self._window.tabifyDockWidget(others[-1], dock)

    def show_first(self, dock: QDockWidget, spec: PaneSpec, content: QWidget) -> None:
        """So high that the centre's picture stays whole, so wide that the content is."""
        deep = self.deep(spec)
        if self.along(dock) == ACROSS:
            self._show_level(dock, deep, spec.deep[1] if spec.deep and spec.stacked else 0)
            return
        there = max((one.width() for one in self._beside(dock)), default=0)
        dock.show()
        if placing := content.layout():
            placing.activate()  # until then it says what it needed before it was shown
        if deep:
            wide = max(deep, content.minimumSizeHint().width() + _MORE, there)
            self._window.resizeDocks([dock], [min(wide, self._window.width() * 2 // 5)], ACROSS)
        if not spec.neighbour:
            self._share(dock)

    def _show_level(self, dock: QDockWidget, deep: int, least: int) -> None:
        """What stands below another dock has `least` pixels, or a third of the centre's, though
        that may have to scroll: it is what was asked for."""
        level = [one for one in self._docks.values() if self.is_level(one)]
        wanted = max(min(deep or self._spare, self._spare), min(least, self._centre.height() // 3))
        heights = [*(one.height() for one in level), wanted]
        dock.show()
        self._window.resizeDocks([*level, dock], heights, DOWN)

    @property
    def _spare(self) -> int:
        """Pixels that the centre can do without."""
        return max(1, int(self._centre.height() - self._centre.shown.pane.lowest) - 2)

    def _share(self, dock: QDockWidget) -> None:
        """All docks at its side of the window are equally high."""
        docks = [*self._beside(dock), dock]
        each = sum(one.height() for one in docks) // len(docks)
        self._window.resizeDocks(docks, [each] * len(docks), DOWN)

    def _beside(self, dock: QDockWidget) -> list[QDockWidget]:
        """What else is open at its side of the window; of those that share a place, the one in
        front, whose size alone is the place's."""
        window, found = self._window, list[QDockWidget]()
        side = window.dockWidgetArea(dock)
        for other in sorted(self._docks.values(), key=lambda one: one.visibleRegion().isEmpty()):
            there = other.isVisible() and not other.isFloating()
            mates = {*window.tabifiedDockWidgets(other)}
            if there and window.dockWidgetArea(other) == side and not mates & {dock, *found}:
                found.append(other)
        return sorted((one for one in found if one is not dock), key=lambda one: (one.y(), one.x()))

    def fill(self, name: str, filled: bool) -> None:
        """What has nothing to show yet is small, and as high as it was once it has."""
        dock = self._docks[name]
        shared = self._beside(dock) or self._window.tabifiedDockWidgets(dock)
        if shared or not self.is_level(dock):
            return
        if not filled:
            self._full.setdefault(name, dock.height())
            self._window.resizeDocks([dock], [_SMALL], DOWN)
        elif name in self._full:
            height = dock.height() + min(self._full.pop(name) - dock.height(), self._spare)
            self._window.resizeDocks([dock], [height], DOWN)
