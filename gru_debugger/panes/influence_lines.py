"""The influence's first lane: lengths of gradients on a logarithmic axis, named on the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gru_debugger.charts import fonts
from gru_debugger.numerals import power

if TYPE_CHECKING:
    from gru_debugger.panes.influence import InfluencePane
    from gru_debugger.questions.influence_in_words import Shares

MOST = 9  # decades that the axis has at most
_FEWEST = 2
_FILL = 26  # alpha of what the update gate gives: between all paths and a plain RNN
_LABEL = 16  # pixels of a name's height
_DASHES = [5.0, 3.0]

Points = list[QPointF]

# In the order in which they are painted: path, name, colour of the line and of its name, pixels.
LINES = (
    ("plain_rnn_", "as a plain RNN: z = 0 at the same states", "take", "take_text", 2.0),
    ("direct_", "direct path: products of z", "keep", "keep_text", 2.0),
    ("", "this GRU, all paths", "h", "text", 2.2),
)


def paint(p: QPainter, pane: InfluencePane, rect: QRectF, shares: Shares) -> None:
    positions = range(pane.first, pane.last + 1)
    shown = {path: pane.values(shares.shares(path), positions) for path, *_ in LINES}
    low, high = decades(list(shown.values()))
    _paint_axis(p, pane, rect, low, high)
    pixels = rect.height() / (high - low)

    def points(values: NDArray[np.float64]) -> Points:
        xs = [pane.x(t) + pane.cell / 2 for t in positions]
        return [QPointF(x, rect.bottom() - (np.log10(v) - low) * pixels)
                for x, v in zip(xs, values, strict=True) if v > 0]  # fmt: skip

    lines = {path: points(values) for path, values in shown.items()}
    p.save()
    p.setClipRect(rect.adjusted(0, -2, 0, 1), Qt.ClipOperation.IntersectClip)
    _fill(p, pane, lines[""], lines["plain_rnn_"], rect)
    for path, _, color, _, wide in LINES:
        _line(p, lines[path], pane.theme.role(color), wide, dashed=path == "plain_rnn_")
    p.restore()
    _paint_names(p, pane, rect, lines)


def decades(shown: Sequence[NDArray[np.float64]]) -> tuple[int, int]:
    """Lowest and highest power of ten on the axis: all that is seen, but not more than MOST."""
    there = np.concatenate([values[values > 0] for values in shown] or [np.ones(1)])
    if not len(there):
        return -_FEWEST, 0
    high = max(0, int(np.ceil(np.log10(there.max()) - 1e-9)))
    low = int(np.floor(np.log10(there.min()) + 1e-9))
    return max(min(low, high - _FEWEST), high - MOST), high


def _paint_axis(p: QPainter, pane: InfluencePane, rect: QRectF, low: int, high: int) -> None:
    theme, count = pane.theme, high - low
    every = next(n for n in (1, 2, 3, 5) if count / n * 14 <= rect.height() or n == 5)
    for tick in range(high, low - 1, -1):
        if tick % every:
            continue
        y = rect.bottom() - (tick - low) * rect.height() / count
        p.fillRect(QRectF(rect.left(), y, rect.width(), 1), theme.ticks if not tick else theme.grid)
        words = "1" if not tick else "10" if tick == 1 else power(10.0**tick)
        fonts.text(p, rect.left() - 8, y + 4, words, theme.ticks, fonts.TICKS, 10, align="right")


def _fill(
    p: QPainter, pane: InfluencePane, above: Points, below: Points, rect: QRectF
) -> None:
    """What the gates give: from a plain RNN up to all paths."""
    if not above:
        return
    color = QColor(pane.theme.keep)
    color.setAlpha(_FILL)
    first = [QPointF(point.x(), rect.bottom()) for point in above if not below
             or point.x() < below[0].x()]  # fmt: skip
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    p.drawPolygon(QPolygonF([*above, *reversed([*first, *below])]))


def _line(p: QPainter, points: Points, color: QColor, wide: float, dashed: bool) -> None:
    if not points:
        return
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    pen = QPen(color, wide)
    if dashed:
        pen.setDashPattern(_DASHES)
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPath(path)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    for point in points:
        p.drawEllipse(point, 1.8, 1.8)


def _paint_names(
    p: QPainter, pane: InfluencePane, rect: QRectF, lines: dict[str, Points]
) -> None:
    """Each beside its own line, where it covers the others least."""
    taken: list[QRectF] = []
    for path, name, _, color, _ in reversed(LINES):
        inside = [point for point in lines[path] if rect.top() - 1 <= point.y() <= rect.bottom()]
        if not inside:
            continue
        wide = fonts.width(name, fonts.SANS, 11, 600) + 10
        others = [point for points in lines.values() for point in points]
        box = _place(rect, inside, wide, others, taken)
        if box is None:
            continue
        taken.append(box)
        p.fillRect(box.adjusted(2, 1, -2, -1), pane.theme.panel)
        words = pane.theme.role(color)
        fonts.centred(p, box, name, words, fonts.SANS, 11, 600)


def _place(
    rect: QRectF, points: Points, wide: float, others: Points, taken: list[QRectF]
) -> QRectF | None:
    """A box above or below one of its line's points, inside the lane, on no other name."""
    best, least = None, float("inf")
    middle = (points[0].x() + points[-1].x()) / 2
    for point in points:
        for top in (point.y() - _LABEL - 4, point.y() + 4):
            left = min(max(point.x() - wide / 2, rect.left() + 2), rect.right() - wide - 2)
            box = QRectF(left, top, wide, _LABEL)
            if box.top() < rect.top() - 2 or box.bottom() > rect.bottom() + 1:
                continue
            if any(box.intersects(other) for other in taken):
                continue
            covered = sum(box.adjusted(-3, -3, 3, 3).contains(other) for other in others)
            cost = covered + abs(point.x() - middle) / max(1.0, rect.width())
            if cost < least:
                best, least = box, cost
    return best
