"""A formula on a card, set as the charts set theirs; smaller where it would not have room."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from gru_debugger.charts import mathematics
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.window.painted_words import Painted
from gru_debugger.window.plain import shortened
from gru_debugger.window.style import theme_of

_PIXELS, _HIGH, _BASELINE = 16, 24, 17
_LONGEST = 200  # characters
_RAISED = re.compile(r"([_^])\(([^()]*)\)")  # in braces a tour's values stand


class FormulaLine(Painted):
    """``e^(x)`` raises, ``h_(t−1)`` lowers what stands in the brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, _HIGH)

    def setText(self, words: str) -> None:
        self.set_text(shortened(words, _LONGEST))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        try:
            color, room = theme_of(self).text, float(self.width())
            markup = _RAISED.sub(r"\1{\2}", self._words)
            mathematics.draw_within(p, 0.0, _BASELINE, markup, color, _PIXELS, room)
        finally:
            p.end()
