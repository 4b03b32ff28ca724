"""A pane's widget: gives it its size, tells it what changed, and costs nothing while hidden."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
    QTransform,
)
from PySide6.QtWidgets import QScrollBar, QToolTip

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.scene import PictureView
from gru_debugger.charts.theme import Theme
from gru_debugger.panes.pane import NOTCH, Pane
from gru_debugger.panes.units import UnitsPane
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce, tell_changed

_AROUND = 27  # pixels of a chart's name above it, and of its axis below
_ON, _OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff


class PaneView(PictureView):
    """Shows one pane; follows the session's signals only while it can be seen."""

    laid_out = Signal()  # for another size, model or view

    def __init__(self, pane: Pane, session: Session, title: str) -> None:
        super().__init__(pane)
        self.pane = pane
        self.setAccessibleName(title)
        self.setVerticalScrollBarPolicy(_OFF)  # neither comes before the pane is laid out
        if pane.takes_keys:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reached_by_tab = False
        self._stale, self._in_front = True, True
        self._held = False
        self._times = 1.0  # as large as it is laid out
        session.opened.connect(lambda: self._tell(self._fit))
        session.view_changed.connect(lambda: self._tell(self._fit))
        session.position_changed.connect(lambda: self._tell(pane.show_step))
        session.unit_changed.connect(lambda: self._tell(self._show_unit))
        session.zoom_changed.connect(lambda: self._tell(pane.show_zoom))
        session.scroll_changed.connect(lambda: self._tell(pane.show_scroll))
        session.pointed_changed.connect(self._show_pointed)
        if pane.shows_marks:
            for changed in (
                session.marks_changed, session.finding.toggled, session.similar.toggled
            ):  # fmt: skip
                changed.connect(lambda: self._tell(self._fit))
            finding = session.finding
            for known in (session.lanes.advanced, finding.changed, finding.advanced):
                known.connect(lambda: self._tell(pane.show_lanes))
        for more in pane.follows():
            more.connect(lambda: self._tell(pane.show_more))
        session.recording_advanced.connect(self._recorded)
        if pane.shows_whole_run:
            session.whole_run.advanced.connect(lambda: self._tell(pane.show_whole_run))
        self.pointer_moved = self._pointer_moved
        self.before_press = (session.position, session.computation)
        self.pointer_pressed = self._pointer_pressed
        self.pointer_released = self._pointer_released
        self._pulls = False  # whether the pointer has hold of a value
        self.wheel_turned = self._wheel_turned
        self.dragged = self._dragged

    @property
    def in_sight(self) -> bool:
        """Qt calls visible what lies behind another tab."""
        return self.isVisible() and self._in_front and not self._held

    def hold(self, held: bool) -> None:
        """Meanwhile sizes come and go, and nothing is laid out for them."""
        self._held = held
        if self.in_sight and self._stale:
            self._fit()

    def come_to_front(self, front: bool) -> None:
        """Its dock is in front of those that it shares a place with, or no longer."""
        self._in_front = front
        self.pane.come_to_front(front)
        if not front and self.pane.rest():
            self._stale = True
        if self.in_sight and self._stale:
            self._fit()

    def _tell(self, what: Callable[[], None]) -> None:
        if not self.in_sight:
            self._stale = True
            return
        what()
        tell_changed(self)
        if QToolTip.isVisible() and self.underMouse():  # of the step before
            self._show_tip(QPointF(self.viewport().mapFromGlobal(QCursor.pos())))

    def _show_unit(self) -> None:
        """Where there is little room, another value may need another height."""
        before = self.pane.size
        self.pane.show_unit()
        if self.pane.size != before:
            self._fit()
        room = self.height() / self._times
        if isinstance(self.pane, UnitsPane) and self.pane.size.height() > room + 1:
            self._scroll_to(self.pane.rect_of(self.pane.session.told, self.pane.session.unit))

    def _scroll_to(self, rect: QRectF | None) -> None:
        """As far as need be for a value's chart to be in sight, with its axis or its name."""
        if rect is not None:
            bar, high = self.verticalScrollBar(), self.viewport().height()
            rect = self.transform().mapRect(rect)
            top, bottom = round(rect.top()) - _AROUND, round(rect.bottom()) + _AROUND
            bar.setValue(min(top, max(bar.value(), bottom - high)))

    def _recorded(self) -> None:
        """Not told of: what is described has been recorded."""
        if self.in_sight:
            self.pane.show_recording()
        else:
            self._stale = True

    def _show_pointed(self) -> None:
        if self.in_sight:
            self.pane.show_pointed()

    def in_words(self) -> str:
        """Its description, for a screen reader."""
        return self.pane.in_words()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.modifiers() and self.pane.key(event.key()):
            self._show_chosen()
            return
        if self.horizontalScrollBar().maximum() or self.verticalScrollBar().maximum():
            super().keyPressEvent(event)
        else:
            event.ignore()  # which would take arrows all the same

    def _show_chosen(self) -> None:
        """What a key has chosen is in sight, and told."""
        chosen = self.pane.chosen()
        if chosen is not None:
            self._scroll_to(chosen[0])
            announce(self, chosen[1])

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.pane.leave_keys()

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reason = event.reason()
        if reason != Qt.FocusReason.ActiveWindowFocusReason:  # back from another window: as it was
            tab = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
            self.reached_by_tab = reason in tab

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 60)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale and not self._held:
            self._fit()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible() and not self._held:
            self._fit()
        else:
            self._stale = True

    def _fit(self) -> None:
        """Lay the pane out for the view; what has no room in it is reached by scrolling."""
        self._stale = False
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        across = down = False
        for _ in range(2):  # again where a bar down takes the width of one across
            width = (self.width() - down * bars[1].sizeHint().width()) / self._times
            across = self.pane.least_width > width
            height = (self.height() - across * bars[0].sizeHint().height()) / self._times
            self.pane.resize(max(width, self.pane.least_width), height)
            if down or self.pane.size.height() <= height + 1:
                break
            down = True
        self.setHorizontalScrollBarPolicy(_ON if across else _OFF)
        self.setVerticalScrollBarPolicy(_ON if down else _OFF)
        self.laid_out.emit()

    def magnify(self, times: float) -> None:
        """Show the pane so many times as large as it is laid out."""
        self._times = times
        self.setTransform(QTransform.fromScale(times, times))
        self._tell(self._fit)

    def use_theme(self, theme: Theme) -> None:
        self.pane.use_theme(theme)

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """What of a value's place in the pane is in sight, in the viewport's pixels; else None."""
        rect = self.pane.rect_of(quantity, unit) if self.in_sight else None
        if rect is None:
            return None
        seen = self.viewportTransform().mapRect(rect)
        seen = seen.intersected(QRectF(self.viewport().rect()))
        return None if seen.isEmpty() else seen

    def _on_pane(self, at: QPointF) -> QPointF:
        return self.mapToScene(at.toPoint())

    def _pointer_pressed(self, at: QPointF, shift: bool) -> None:
        self.before_press = (self.pane.session.position, self.pane.session.computation)
        self.pane.press(self._on_pane(at))
        self._pulls = shift and self.pane.grab(self._on_pane(at))

    def _pointer_moved(self, at: QPointF, held: bool) -> None:
        if held and self._pulls:
            self.pane.pull(self._on_pane(at))
        elif held:
            self.pane.drag(self._on_pane(at))
        else:
            self._point(self._on_pane(at))
            self._show_tip(at)

    def _pointer_released(self) -> None:
        self.pane.release()
        if self._pulls:
            self._pulls = False
            self.pane.session.let_go.emit()

    def _point(self, at: QPointF | None) -> None:
        """A hand over links; a symbol's chart is framed, and a chart's symbols."""
        quantity = self.pane.pointed_at(at) if at is not None else ("", False)
        self.pane.session.point_at(*quantity)
        if self.pane.point(at):
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        elif self.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor:
            self.viewport().unsetCursor()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def viewportEvent(self, event: QEvent) -> bool:
        """Where the pointer rests Qt asks for a tip; its own answer would end the one shown."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(QPointF(event.pos()))
            return True
        return super().viewportEvent(event)

    @guarded
    def _show_tip(self, at: QPointF) -> None:
        words = self.pane.hover(self._on_pane(at))
        place = self.viewport().mapToGlobal(at.toPoint())
        QToolTip.showText(place, words, self) if words else QToolTip.hideText()

    def _wheel_turned(self, at: QPointF, turns: QPointF, control: bool) -> None:
        """Across: what is shown moves, where it can; else the wheel is the pane's."""
        across, down = turns.x(), turns.y()
        if across and not control and self._move(self.horizontalScrollBar(), across * NOTCH):
            across = 0.0
        if down and not control and (
            self.pane.scroll(self._on_pane(at), down)
            or _scroll(self.verticalScrollBar(), down * NOTCH)
        ):
            down = 0.0
        if across or down:
            self.pane.wheel(self._on_pane(at), down or across, control)

    def _dragged(self, by: QPointF) -> None:
        """With the middle button held."""
        self._move(self.horizontalScrollBar(), by.x())
        _scroll(self.verticalScrollBar(), by.y())

    def _move(self, bar: QScrollBar, pixels: float) -> bool:
        """Along the units, or of a picture that is wider than the view."""
        return self.pane.pan(pixels) or _scroll(bar, pixels)


def _scroll(bar: QScrollBar, pixels: float) -> bool:
    """False where there is nothing to scroll."""
    bar.setValue(bar.value() - round(pixels))
    return bar.maximum() > 0
