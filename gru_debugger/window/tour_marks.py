"""What a stop points at: the rest stands back, values have numbers, the answer a place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.window.centre import Centre
from gru_debugger.window.style import theme_of

_DIM = 178  # of 255
_DISC = 18  # pixels
_AROUND = 34.0, 22.0, 10.0, 22.0  # pixels of a chart's axis, name and unit numbers around its bars

Values = Sequence[tuple[str, int]]  # a quantity and a unit each


class TourMarks(QWidget):
    """Lies over the centre, and takes no click. `point` says at what; nothing: it is not there."""

    def __init__(self, window: QWidget, centre: Centre) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._centre = centre
        self.marks: Values = ()
        self.hidden: Values = ()
        self.hide()

    def point(self, marks: Values, hidden: Values = ()) -> None:
        """At values, numbered from 1, and at where one will stand."""
        self.marks, self.hidden = marks, hidden
        self.follow()

    def follow(self) -> None:
        """Over the centre, wherever that is now."""
        centre = self._centre
        self.setGeometry(centre.rect().translated(centre.mapTo(self.window(), QPoint(0, 0))))
        there = bool(self.marks or self.hidden) and isinstance(centre.shown.pane, ColumnsPane)
        self.setVisible(there)
        if there:
            self.raise_()
            self.update()

    def places(self, values: Values) -> list[tuple[QRectF, QRectF]]:
        """Of each its part of a chart, and the chart, in this widget's pixels; what is not in
        sight is left out."""
        view = self._centre.shown
        pane = view.pane
        if not isinstance(pane, ColumnsPane):
            return []
        found = [place for value in values if (place := pane.place_of(*value)) is not None]
        by = QPointF(view.mapFromScene(0.0, 0.0)) + QPointF(view.mapTo(self._centre, QPoint(0, 0)))
        return [(part.translated(by), chart.translated(by)) for part, chart in found]

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        try:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(p)
        finally:
            p.end()

    def _draw(self, p: QPainter) -> None:
        theme = theme_of(self)
        marks, hidden = self.places(self.marks), self.places(self.hidden)
        dim = QPainterPath()
        dim.addRect(QRectF(self.rect()))
        for _, chart in (*marks, *hidden):
            left, top, right, bottom = _AROUND
            lit = QPainterPath()
            lit.addRoundedRect(chart.adjusted(-left, -top, right, bottom), 6, 6)
            dim = dim.subtracted(lit)
        veil = QColor(theme.side)
        veil.setAlpha(_DIM)
        p.fillPath(dim, veil)
        for part, _ in hidden:
            self._question(p, part)
        for number, (part, _) in enumerate(marks, 1):
            box = QRectF(part.right() + 3, part.top() + 4, _DISC, _DISC)
            if box.right() > self.width():
                box.moveRight(part.left() - 3)
            fonts.tile(p, box, theme.now, str(number), theme.now_text, fonts.SANS, 11, 600, 9)

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
