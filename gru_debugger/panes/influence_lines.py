"""The influence's first lane: lengths of gradients on a logarithmic axis, named on the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gru_debugger.charts import fonts
from gru_debugger.core.cell import Notation
from gru_debugger.numerals import power

if TYPE_CHECKING:
    from gru_debugger.panes.influence import InfluencePane
    from gru_debugger.questions.influence_in_words import Shares

MOST = 9  # decades that the axis has at most
_FEWEST = 2
_FILL = 26  # alpha of what the update gate gives: between all paths and a plain RNN
_LABEL, _NEAR = 16, 3  # pixels of a name's height, and within which a point is covered
_DASHES = [5.0, 3.0]

Points = list[QPointF]
Pairs = NDArray[np.float64]  # of x and y

# In the order in which they are painted: path, name, colour of the line and of its name, pixels.
LINES = (
    ("plain_rnn_", "as a plain RNN: {} at the same states", "take", "take_text", 2.0),
    ("direct_", "direct path: products of {}", "keep", "keep_text", 2.0),
    ("", "this GRU, all paths", "h", "text", 2.2),
)

_SYMBOLS: dict[Notation, dict[str, str]] = {
    "pytorch": {"plain_rnn_": "z = 0", "direct_": "z"},
    "course": {"plain_rnn_": "Γu = 1", "direct_": "1 − Γu"},
}


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
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # lines cover its edges
    p.drawPolygon(QPolygonF([*above, *reversed([*first, *below])]))
    p.setRenderHint(QPainter.RenderHint.Antialiasing)


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
    others = np.concatenate([_as_array(points) for points in lines.values()])
    symbols = _SYMBOLS[pane.session.notation]
    for path, called, _, color, _ in reversed(LINES):
        name = called.format(symbols.get(path))
        points = _as_array(lines[path])
        inside = (points[:, 1] >= rect.top() - 1) & (points[:, 1] <= rect.bottom())
        wide = fonts.width(name, fonts.SANS, 11, 600) + 10
        box = _place(rect, points[inside], wide, others, taken)
        if box is None:
            continue
        taken.append(box)
        p.fillRect(box.adjusted(2, 1, -2, -1), pane.theme.panel)
        words = pane.theme.role(color)
        fonts.centred(p, box, name, words, fonts.SANS, 11, 600)


def _as_array(points: Points) -> Pairs:
    return np.array([(point.x(), point.y()) for point in points]).reshape(-1, 2)


def _place(
    rect: QRectF, points: Pairs, wide: float, others: Pairs, taken: list[QRectF]
) -> QRectF | None:
    """A box above or below one of its line's points, inside the lane, on no other name: the one
    that covers the fewest points, near the middle."""
    if not len(points) or wide + 4 > rect.width():
        return None
    x, y = points[:, 0], points[:, 1]
    left = np.tile(np.clip(x - wide / 2, rect.left() + 2, rect.right() - wide - 2), 2)
    top = np.concatenate([y - _LABEL - 4, y + 4])
    free = (top >= rect.top() - 2) & (top + _LABEL <= rect.bottom() + 1)
    for box in taken:
        beside = (left + wide <= box.left()) | (left >= box.right())
        free &= beside | (top + _LABEL <= box.top()) | (top >= box.bottom())
    if not free.any():
        return None
    across, down = others[:, 0] - left[:, None], others[:, 1] - top[:, None]
    near = (across > -_NEAR) & (across < wide + _NEAR) & (down > -_NEAR) & (down < _LABEL + _NEAR)
    off = np.abs(np.tile(x, 2) - (x[0] + x[-1]) / 2) / max(1.0, rect.width())
    best = int(np.argmin(np.where(free, near.sum(axis=1) + off, np.inf)))
    return QRectF(left[best], top[best], wide, _LABEL)
