"""Small pictures of a bundled model's own run: its states over the text, and one blend."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.heatmap import HeatMap
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.trace import Trace
from gru_debugger.window.style import theme_of

_STEPS = 16  # characters shown, the last of them the step
_TILE, _GAP = 27, 1  # pixels


class Thumbnail(QWidget):
    """Of `trace` at `step`; says nothing, for the words beside it say what it is of."""

    def __init__(self, trace: Trace, step: int, height: int = 124) -> None:
        super().__init__()
        self._trace, self._step, self._height = trace, step, height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, self._height)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        try:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.draw(p)
        finally:
            p.end()

    def draw(self, p: QPainter) -> None:
        raise NotImplementedError


class States(Thumbnail):
    """h of the characters up to the step, as the strip shows it."""

    def __init__(self, trace: Trace, step: int) -> None:
        super().__init__(trace, step)
        self._map = HeatMap()
        self._first = max(1, step - _STEPS + 1)
        self._rows = trace.column("h")[self._first - 1 : step]

    def draw(self, p: QPainter) -> None:
        theme, trace = theme_of(self), self._trace
        wide = self.width() / len(self._rows)
        area = QRectF(0, _TILE, self.width(), self.height() - _TILE)
        self._map.use_theme(theme.name)
        self._map.show_matrix(self._rows.T, area, 1.0)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        self._map.paint(p)
        for i in range(len(self._rows)):
            step, last = self._first + i, self._first + i == self._step
            box = QRectF(i * wide, 0, wide - _GAP, _TILE - 2 * _GAP)
            words = fonts.glyph(trace.characters[step - 1])
            fill, ink = (theme.now, theme.now_text) if last else (theme.pale, theme.text)
            fonts.tile(p, box, fill, words, ink, fonts.MONO, 13)
            if i:
                p.fillRect(QRectF(i * wide - _GAP, _TILE, _GAP, area.height()), theme.panel)
        p.setPen(QPen(theme.now, 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(QRectF(self.width() - wide, _TILE, wide - 1, area.height() - 1))


class Blend(Thumbnail):
    """What each unit keeps and takes at the step, with the old state and the new one."""

    def __init__(self, trace: Trace, step: int, unit: int) -> None:
        super().__init__(trace, step)
        self._unit = unit
        self._values = trace.step(step).values

    def draw(self, p: QPainter) -> None:
        theme, values = theme_of(self), self._values
        p.fillRect(self.rect(), theme.blend)
        units = len(values["h"])
        wide, middle = self.width() / units, self.height() / 2
        high = middle - 10

        def y(value: float) -> float:
            return middle - float(value) * high

        p.fillRect(QRectF(self._unit * wide, 0, wide, self.height()), theme.chip)
        for i in range(units):
            take, keep = float(values["take"][i]), float(values["keep"][i])
            left, bar = i * wide + wide * 0.18, wide * 0.64
            start = take if take * keep > 0 else 0.0
            for low, size, color in ((0.0, take, theme.take), (start, keep, theme.keep)):
                p.fillRect(QRectF(left, y(low + size), bar, y(low) - y(low + size)), color)
            new = y(float(values["h"][i]))
            p.fillRect(QRectF(i * wide + 1, new - 1, wide - 2, 2), theme.text)
            p.setPen(QPen(theme.text, 1))
            p.setBrush(theme.panel)
            p.drawEllipse(QRectF(left + bar / 2 - 3, y(float(values["h_prev"][i])) - 3, 6, 6))
        p.setPen(QPen(theme.muted, 1))
        p.drawLine(0, round(middle), self.width(), round(middle))
