"""Where the keyboard is: one ring for all controls, and the order in which Tab visits them.

A style sheet would have to know every kind of control; this ring lies over the window, around
whatever has the focus, and moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QDockWidget, QMenuBar, QWidget
from shiboken6 import isValid

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.window.pane_view import PaneView
from gru_debugger.window.style import theme_of

WIDE = 2  # pixels of the line
_OUT = 4  # pixels that the ring is larger than what it surrounds
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class FocusRing(QWidget):
    """Lies over one window; ink between two lines of the ground, so that it is seen on any.

    Around a pane, which is large, it is calmer.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._widget: QWidget | None = None
        self._watched: list[QWidget] = []
        self.hide()

    def surround(self, widget: QWidget | None) -> None:
        """Lie around a widget of the window; None: around none."""
        for watched in filter(isValid, self._watched):  # a dialog takes its controls with it
            watched.removeEventFilter(self)
        self._widget, self._watched = widget, []
        while widget is not None and widget is not self.window():
            self._watched.append(widget)  # one that it is in may move, too
            widget.installEventFilter(self)
            widget = widget.parentWidget()
        self._place()

    def _place(self) -> None:
        widget = self._widget
        if widget is None or not isValid(widget) or not widget.isVisible():
            self.hide()
            return
        rect = QRect(widget.mapTo(self.window(), QPoint(0, 0)), widget.size())
        out = 0 if isinstance(widget, PaneView) else _OUT
        self.setGeometry(rect.adjusted(-out, -out, out, out) & self.window().rect())
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED:
            self._place()
        return False

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of(self)
        rect = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        ink = theme.muted if isinstance(self._widget, PaneView) else theme.text
        for color, wide in ((theme.panel, WIDE + 2), (ink, WIDE)):
            p.setPen(QPen(color, wide))
            p.drawRoundedRect(rect, 7, 7)
        p.end()


class FocusRings(QObject):
    """Follows the focus through a window and its dialogs.

    A pane that a click gave the focus has none: that is the usual state, and stays calm.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._ring: FocusRing | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._moved)  # as a method: until the window is gone

    def _moved(self, _: QWidget | None, widget: QWidget | None) -> None:
        self.follow(widget)

    def follow(self, widget: QWidget | None) -> None:
        """Surround what has the focus, where that is to be seen."""
        if self._ring is not None and isValid(self._ring):
            self._ring.surround(None)
        self._ring = None
        if widget is not None and self._is_ours(widget) and _wants_ring(widget):
            self._ring = _ring_of(widget.window())
            self._ring.surround(widget)

    def _is_ours(self, widget: QWidget) -> bool:
        parent: QWidget | None = widget
        while parent is not None and parent is not self._window:
            parent = parent.parentWidget()
        return parent is not None


def _wants_ring(widget: QWidget) -> bool:
    """Menus, and what else pops up, mark their own current entry."""
    if widget.window().windowType() == Qt.WindowType.Popup or isinstance(widget, QMenuBar):
        return False
    return not isinstance(widget, PaneView) or widget.reached_by_tab


def _ring_of(window: QWidget) -> FocusRing:
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return window.findChild(FocusRing, options=direct) or FocusRing(window)


class TabOrder(QObject):
    """Tab visits what stands above, then the docks from top to bottom, wherever they are now."""

    def __init__(self, window: QWidget, above: Sequence[QWidget], last: QWidget) -> None:
        super().__init__(window)
        self._window, self._above, self._last = window, above, last
        self._docks = window.findChildren(QDockWidget)
        self._settled = QTimer(self, singleShot=True, interval=0)
        self._settled.timeout.connect(self._order)
        for dock in self._docks:
            for changed in (dock.dockLocationChanged, dock.visibilityChanged):
                changed.connect(lambda *_: self.settle())

    def settle(self) -> None:
        """Something has come or moved: order all anew once events have been seen."""
        self._settled.start()

    def _order(self) -> None:
        """What floats is a window of its own, and keeps its own order."""
        window = self._window
        places = {d: d.mapTo(window, QPoint(0, 0)) for d in self._docks if d.window() is window}
        docks = sorted(places, key=lambda dock: (places[dock].y(), places[dock].x()))
        found = [stop for part in (*self._above, *docks, self._last) for stop in stops(part)]
        for before, after in pairwise(found):
            QWidget.setTabOrder(before, after)


def stops(part: QWidget) -> list[QWidget]:
    """What Tab reaches in it: not what pops up, nor a control's own parts."""
    found: list[QWidget] = []
    for widget in (part, *part.findChildren(QWidget)):
        reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        inside = widget.parentWidget() in found or widget.window() is not part.window()
        if reached and not inside:
            found.append(widget)
    return found
