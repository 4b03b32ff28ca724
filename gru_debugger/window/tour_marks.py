"""What a stop points at: the rest stands back, values have numbers, the answer a place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.meant import Meant, meant
from gru_debugger.window.centre import Centre
from gru_debugger.window.painting import smoothly
from gru_debugger.window.style import theme_of

_DIM = 178  # of 255
_DISC, _LEAST_DISC = 18.0, 14.0  # pixels

_PARTS = {"n": ("input_n", "reset_product")}  # what such a value is the sum of

Values = Sequence[tuple[str, int]]  # a quantity and a unit each


class TourMarks(QWidget):
    """Lies over the centre, and takes no click. `point` says at what; nothing: it is not there."""

    def __init__(self, window: QWidget, centre: Centre) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._centre = centre
        self.marks: Values = ()
        self.hidden: Values = ()
        self.found: Values = ()
        self.parts: Values = ()
        self.hide()

    def point(self, marks: Values, hidden: Values = (), found: Values = ()) -> None:
        """At values, numbered from 1, at where one will stand, and at one that was asked for,
        which what it is the sum of is lit with."""
        self.marks, self.hidden, self.found = marks, hidden, found
        self.parts = [(part, unit) for name, unit in found for part in _PARTS.get(name, ())]
        self.follow()

    def follow(self) -> None:
        """Over the centre, wherever that is now."""
        centre = self._centre
        self.setGeometry(centre.rect().translated(centre.mapTo(self.window(), QPoint(0, 0))))
        any_meant = bool(self.marks or self.hidden or self.found)
        there = any_meant and isinstance(centre.shown.pane, ColumnsPane)
        self.setVisible(there)
        if there:
            self.raise_()
            self.update()

    def places(self, values: Values) -> list[Meant | None]:
        """Of each where it stands, in this widget's pixels; None: it is not in sight."""
        view = self._centre.shown
        pane = view.pane
        if not isinstance(pane, ColumnsPane):
            return [None] * len(values)
        by = QPointF(view.mapFromScene(0.0, 0.0)) + QPointF(view.mapTo(self._centre, QPoint(0, 0)))
        found = [meant(pane, *value) for value in values]
        return [place and place.translated(by.x(), by.y()) for place in found]

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with smoothly(self) as p:
            self._draw(p)

    def _draw(self, p: QPainter) -> None:
        marks, hidden, found = map(self.places, (self.marks, self.hidden, self.found))
        lit = (*marks, *hidden, *found, *self.places(self.parts))
        self._veil(p, [place for place in lit if place is not None])
        for place in filter(None, hidden):
            self._question(p, place.part)
        for place in filter(None, found):
            self._frame(p, place.part)
        for number, mark in enumerate(marks, 1):
            if mark is not None and mark.bar is not None:
                self._disc(p, number, mark)

    def _veil(self, p: QPainter, meant: Sequence[Meant]) -> None:
        dim = QPainterPath()
        dim.addRect(QRectF(self.rect()))
        for place in meant:
            for area in place.lit:
                lit = QPainterPath()
                lit.addRoundedRect(area, 6, 6)
                dim = dim.subtracted(lit)
        veil = QColor(theme_of(self).side)
        veil.setAlpha(_DIM)
        p.fillPath(dim, veil)

    def _disc(self, p: QPainter, number: int, place: Meant) -> None:
        theme, size = theme_of(self), max(_LEAST_DISC, min(_DISC, place.part.width()))
        fonts.tile(p, place.disc(size), theme.now, str(number), theme.now_text, fonts.SANS, 11, 600,
                   size / 2)  # fmt: skip

    def _frame(self, p: QPainter, part: QRectF) -> None:
        """What was asked for stands there."""
        p.setPen(QPen(theme_of(self).text, 1.6))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(part.adjusted(0, -1, 0, 1), 4, 4)

    def _question(self, p: QPainter, part: QRectF) -> None:
        """Where the answer will stand."""
        theme = theme_of(self)
        wide = max(16.0, part.width())
        frame = QRectF(part.center().x() - wide / 2, part.top(), wide, part.height())
        frame.adjust(1, 1, -1, -1)
        p.setPen(QPen(theme.text, 1.6, Qt.PenStyle.DashLine))
        p.setBrush(theme.panel)
        p.drawRoundedRect(frame, 4, 4)
        fonts.centred(p, frame, "?", theme.text, fonts.SANS, 14, 600)
