"""Triangles in the strip where edits begin."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import STOPS
from gru_debugger.session.marks import Lane, Marks

pytestmark = pytest.mark.usefixtures("screen")
BOTH = recording(model(directions=2), 40)
EDITS = "z[3] = 1 at 12", "r = 1 from 20", "h_l0_reverse[2] = 0 from 5 to 9"


def strip(trace: Trace) -> StripPane:
    pane = StripPane(session_of(trace, 30), THEMES["light"])
    pane.session.mark(Marks(stops=(20,), lanes=(Lane("h[3]"),)))
    pane.resize(1600, 260)
    return pane


def image_of(pane: StripPane) -> QImage:
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter)
    painter.end()
    return image


def test_a_triangle_stands_where_an_edit_begins() -> None:
    """In the order in which its direction reads; beside a stop's dot; nowhere else."""
    pane = strip(BOTH.with_edits(*EDITS).finish())
    image, text = image_of(pane), QColor(pane.theme.text)

    def inked(t: int, aside: float = 0) -> bool:
        at = QPointF(pane.x(t) + pane.cell / 2 + aside, STOPS - 1)
        return QColor(image.pixel(at.toPoint())) == text

    assert [t for t in range(1, 41) if inked(t)] == [9, 12]
    assert inked(20, -7)
    area = pane.lanes.overview.area
    x = area.left() + (12 - 0.5) / 40 * area.width()
    assert QColor(image.pixel(QPointF(x, area.top() + 1).toPoint())) == text
    assert "set by hand: z[3] = 1 at 12" in pane.hover(QPointF(pane.x(12) + 3, 20))
    assert "set by hand" not in pane.hover(QPointF(pane.x(13) + 3, 20))
    assert f"Set by hand: {'; '.join(EDITS)}" in pane.in_words()


def test_the_run_without_has_none() -> None:
    pane = strip(BOTH.with_edits(*EDITS).finish())
    pane.session.swap()
    pane.resize(1600, 260)
    assert pane.edits.sentences() == {}
    assert "Set by hand" not in pane.in_words()
