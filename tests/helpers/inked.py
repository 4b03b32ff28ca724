"""Where a pane paints what: letters as far as they reach, boxes with words in them, marks, band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from words import one_by_one

from gru_debugger.charts import fonts, mathematics, stamps
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.changes import Changes
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.pane import Pane

Placed = tuple[str, QRectF]

_AIR = 2.0  # pixels around a mark and under a line, of which _crossing lets it lose some


@dataclass
class Inked:
    """Words outside boxes, boxes with their words, marks of what changed, parts of the band."""

    words: list[Placed] = field(default_factory=list)
    boxes: list[Placed] = field(default_factory=list)
    marks: list[Placed] = field(default_factory=list)
    band: list[Placed] = field(default_factory=list)
    lines: list[Placed] = field(default_factory=list)  # below words, with air under them

    def meeting(self) -> list[str]:
        """What lies over letters that it does not belong to, or beside the point."""
        beside = [*self.boxes, *self.marks, *self.band, *self.lines]
        pairs = [
            *((a, b) for i, a, j, b in _crossing(self.words, self.words) if i < j),
            *((a, b) for i, a, j, b in _crossing(self.boxes, self.boxes) if i < j),
            *((a, b) for _, a, _, b in _crossing(self.words, beside)),
            *((a, b) for _, a, _, b in _crossing(self.boxes, self.marks)),
        ]
        return [f"{a[0]!r} and {b[0]!r}" for a, b in pairs if not _belongs(a, b)]

    def outside(self, area: QRectF) -> list[str]:
        area = area.adjusted(-0.5, -0.5, 0.5, 0.5)
        return [name for name, rect in [*self.words, *self.boxes] if not area.contains(rect)]


def _crossing(
    first: list[Placed], second: list[Placed]
) -> Iterator[tuple[int, Placed, int, Placed]]:
    """Each pair, with its places, whose rectangles share more than the rounding of a pixel."""
    (left, top, right, bottom), others = _edges(first)[..., None], _edges(second)
    wide = np.minimum(right, others[2]) - np.maximum(left, others[0])
    high = np.minimum(bottom, others[3]) - np.maximum(top, others[1])
    for i, j in np.argwhere((wide > 0.8) & (high > 0.8)).tolist():
        yield i, first[i], j, second[j]


def _edges(placed: list[Placed]) -> NDArray[np.float64]:
    """Left, top, right and bottom: (4, rectangles)."""
    edges = [(r.left(), r.top(), r.right(), r.bottom()) for _, r in placed]
    return np.array(edges, np.float64).reshape(-1, 4).T


def _belongs(a: Placed, b: Placed) -> bool:
    """A box may cover the word it repeats; a full stop or comma stands close to what it ends."""
    return (a[0] == b[0] and b[1].contains(a[1])) or b[0] in (".", ",")


def inked(pane: Pane, monkeypatch: pytest.MonkeyPatch) -> Inked:
    """Paint a pane and see."""
    found = Inked()
    inside: list[str] = []  # a box's words are its own
    text, tile, draw, underline = fonts.text, fonts.tile, mathematics.draw, fonts.underline

    def see_text(
        p: QPainter, x: float, baseline: float, words: str, color: Any, family: str = fonts.SANS,
        pixels: float = 12, weight: int = 400, italic: bool = False, align: str = "left",
    ) -> fonts.Shape:  # fmt: skip
        used = (family, pixels, weight, italic)
        if not inside and words.strip():
            wide = fonts.width(words, *used)
            left = x - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
            reach = fonts.metrics(used).tightBoundingRect(words)
            found.words.append((words, reach.translated(QPointF(left, baseline))))
        return text(p, x, baseline, words, color, family, pixels, weight, italic, align)

    def see_formula(p: QPainter, x: float, baseline: float, markup: str, *more: Any) -> float:
        """Its letters may touch each other."""
        before = len(found.words)
        wide = draw(p, x, baseline, markup, *more)
        letters, found.words[before:] = found.words[before:], []
        reach = QRectF()
        for _, rect in letters:
            reach = reach.united(rect)
        if letters:
            found.words.append((markup, reach))
        return wide

    def see_tile(p: QPainter, rect: QRectF, fill: Any, words: str, *more: Any) -> None:
        found.boxes.append((words, rect))
        inside.append(words)
        tile(p, rect, fill, words, *more)
        inside.pop()

    def see_line(p: QPainter, x: float, y: float, wide: float, *more: Any) -> None:
        found.lines.append(("its line", QRectF(x, y, wide, 2 + _AIR)))
        underline(p, x, y, wide, *more)

    with monkeypatch.context() as patch:
        patch.setattr(fonts, "underline", see_line)
        patch.setattr(fonts, "text", see_text)
        one_by_one(patch)
        patch.setattr(fonts, "tile", see_tile)
        patch.setattr(mathematics, "draw", see_formula)
        image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
    if isinstance(pane, ColumnsPane):
        found.marks = [("▼", rect) for rect in _marks(pane)]
        found.band = [("the band", rect) for rect in pane.band_parts()]
    return found


def _marks(pane: ColumnsPane) -> list[QRectF]:
    """Wherever there may be one, whatever has changed in this step; with the air they need."""
    rows = [row for row in pane.shown_rows() if isinstance(row, BarRow)]
    units = np.array(pane.axis.visible_units)
    which = np.arange(len(rows)).repeat(len(units))
    tops = Changes(rows).places(which, np.tile(units, len(rows)))
    rects = [QRectF(x - stamps.HALF, y, 2 * stamps.HALF, stamps.HIGH) for x, y in tops]
    return [rect.adjusted(-_AIR, -_AIR, _AIR, _AIR) for rect in rects]
