"""Where edits begin: a triangle below the character, and one in the whole text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from gru_debugger.phrases import told

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane

_DOWN = QPolygonF([QPointF(-4, -2.5), QPointF(4, -2.5), QPointF(0, 2.5)])
_ASIDE = 7  # pixels that it stands beside a stop's dot


class EditMarks:
    def __init__(self, pane: StripPane) -> None:
        self._pane = pane

    def sentences(self) -> dict[int, list[str]]:
        """What begins at a step, in the order in which the direction of it reads, by steps."""
        found: dict[int, list[str]] = {}
        for edit in self._pane.trace.edits:
            begin = edit.first if edit.place[1] == "forward" else edit.last
            found.setdefault(begin, []).append(str(edit))
        return found

    def paint(self, p: QPainter, y: float) -> None:
        """Below the characters in sight."""
        pane, stops = self._pane, self._pane.session.marks.stops
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(pane.theme.text)
        for t in self.sentences():
            if pane.first <= t <= pane.last:
                x = pane.x(t) + pane.cell / 2 - (_ASIDE if t in stops else 0)
                p.drawPolygon(_DOWN.translated(x, y))

    def paint_overview(self, p: QPainter, area: QRectF) -> None:
        steps = np.array([*self.sentences()], np.float64)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._pane.theme.text)
        for x in (steps - 0.5) / max(1, self._pane.session.steps) * area.width() + area.left():
            p.drawPolygon(_DOWN.translated(float(x), area.top() + 2.5))

    def words(self) -> str:
        """All that is set by hand, told."""
        edits = self._pane.trace.edits
        if not edits:
            return ""
        return told("Set by hand: {edits}", edits="; ".join(map(str, edits)))

    def hover(self, t: int) -> str:
        """What is told of a step."""
        edits = self.sentences().get(t, ())
        return "".join(f"\n{told('set by hand: {edit}', edit=said)}" for said in edits)
