"""The influence's first lane: lengths of gradients on a logarithmic axis, named on the line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gru_debugger.charts import fonts
from gru_debugger.core.cell import Notation
from gru_debugger.numerals import power
from gru_debugger.panes.line_names import Pairs, along, place
from gru_debugger.phrases import told

if TYPE_CHECKING:
    from gru_debugger.panes.influence import InfluencePane
    from gru_debugger.questions.influence_in_words import Shares

MOST = 9  # decades that the axis has at most
_FEWEST = 2
_FILL = 26  # alpha of what the update gate gives: between all paths and a plain RNN
_BELOW = "↓"  # behind the name of a line that is too low to be seen
_UNNAMED, _CROWDED = 40.0, 5.0  # what speaks against no name at all; against places, at most
SAMPLE = 20  # pixels of the line before its name

Points = list[QPointF]

# In the order in which they are painted: path, colour of the line and of its name, pixels, dashes.
LINES = (
    ("plain_rnn_", "take", "take_text", 2.0, (5.0, 3.0)),
    ("direct_", "keep", "keep_text", 2.0, ()),
    ("", "h", "text", 2.2, ()),
    ("constant_gates_", "r", "muted", 2.0, (1.0, 2.0)),  # seen where it is another one's, too
)


def names(notation: Notation) -> dict[str, str]:
    """What stands beside each path's line."""
    course = notation == "course"
    return {
        "": told("this GRU, all paths"),
        "direct_": told("direct path: products of {z}", z="1 − Γu" if course else "z"),
        "constant_gates_": told("with {r} and {z} held constant",
                                r="Γr" if course else "r", z="Γu" if course else "z"),
        "plain_rnn_": told(
            "as a plain RNN: {none} at the same states", none="Γu = 1" if course else "z = 0"
        ),
    }  # fmt: skip


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
    above = {path: _above(line, rect.bottom()) for path, line in lines.items()}
    _fill(p, pane, list(chain(*above[""])), list(chain(*above["plain_rnn_"])), rect)
    for path, color, _, wide, dashes in LINES:
        _line(p, above[path], _pen(pane.theme.role(color), wide, dashes))
        for point in lines[path]:
            if point.y() <= rect.bottom() + 1:
                p.drawEllipse(point, 1.8, 1.8)
    _paint_names(p, pane, rect, lines)


def _above(points: Points, floor: float) -> list[Points]:
    """The pieces of a line above the lane's lower edge, cut off there: a clip is not in an SVG."""
    pieces: list[Points] = [[]]
    for before, point in zip([points[0], *points] if points else [], points, strict=False):
        is_above = point.y() <= floor
        if is_above != (before.y() <= floor):
            share = (floor - before.y()) / (point.y() - before.y())
            pieces[-1].append(before + (point - before) * share)
        if is_above:
            pieces[-1].append(point)
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


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
    ends = (below[0].x(), below[-1].x()) if below else (np.inf, np.inf)
    floor = [QPointF(point.x(), rect.bottom()) for point in above]  # where a plain RNN is lower
    first = [point for point in floor if point.x() < ends[0]]
    last = [point for point in floor if point.x() > ends[1]]
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # lines cover its edges
    p.drawPolygon(QPolygonF([*above, *reversed([*first, *below, *last])]))
    p.setRenderHint(QPainter.RenderHint.Antialiasing)


def _line(p: QPainter, pieces: Sequence[Points], pen: QPen) -> None:
    """And its colour for the points on it."""
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    for piece in pieces:
        path = QPainterPath(piece[0])
        for point in piece[1:]:
            path.lineTo(point)
        p.drawPath(path)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(pen.color())


def _pen(color: QColor, wide: float, dashes: Sequence[float]) -> QPen:
    pen = QPen(color, wide)
    if dashes:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # round dots would take twice as long
        pen.setDashPattern(dashes)
    return pen


def _paint_names(
    p: QPainter, pane: InfluencePane, rect: QRectF, lines: dict[str, Points]
) -> None:
    """Each beside its own line, where it covers the others least; of one that is all below the
    axis, at its lower edge."""
    strokes = {stroke[0]: stroke for stroke in LINES}
    for path, (name, box) in _named(pane, rect, lines).items():
        _, line, color, thick, dashes = strokes[path]
        p.fillRect(box.adjusted(2, 1, -2, -1), pane.theme.panel)
        _paint_sample(p, box, pane.theme.role(line), thick, dashes)
        words = pane.theme.role(color)
        fonts.centred(p, box.adjusted(SAMPLE, 0, 0, 0), name, words, fonts.SANS, 11, 600)


def _named(
    pane: InfluencePane, rect: QRectF, lines: dict[str, Points]
) -> dict[str, tuple[str, QRectF]]:
    """Each path's name and its place. What is placed first may take the only room of another one:
    where it is crowded, the other way round may be better."""
    drawn = {path: _as_array(points) for path, points in lines.items()}
    whole = {path: along(points, rect.bottom() + 9) for path, points in drawn.items()}
    step = QRectF(pane.x(pane.session.position) - 2, rect.top(), pane.cell + 4, rect.height())
    every = names(pane.session.notation)
    found: list[tuple[float, dict[str, tuple[str, QRectF]]]] = []
    for order in (list(every), list(every)[::-1]):
        against, placed = 0.0, dict[str, tuple[str, QRectF]]()
        for path in order:
            name, points = every[path], drawn[path]
            inside = points[:, 1] <= rect.bottom()
            if not inside.any():
                name, inside = f"{name} {_BELOW}", inside | True
                points = points * (1, 0) + (0, rect.bottom())
            wide = fonts.width(name, fonts.SANS, 11, 600) + 10 + SAMPLE
            others = [pairs for other, pairs in whole.items() if other != path]
            taken = [box for _, box in placed.values()]
            one = place(rect, points[inside], wide, whole[path], others, taken, step)
            against += _UNNAMED if one is None else one[1]
            if one is not None:
                placed[path] = name, one[0]
        found.append((against, placed))
        if against <= _CROWDED:
            break
    return min(found, key=lambda one: one[0])[1]


def _paint_sample(
    p: QPainter, box: QRectF, color: QColor, wide: float, dashes: Sequence[float]
) -> None:
    """A bit of the line before its name, where two lines are as near."""
    x, y = box.left() + 5, box.center().y() + 0.5
    pen = _pen(color, wide, dashes)
    pen.setDashOffset(dashes[0] / 2 if dashes else 0)  # with a gap in its middle
    p.setPen(pen)
    p.drawLine(QPointF(x, y), QPointF(x + SAMPLE - 4, y))


def _as_array(points: Points) -> Pairs:
    return np.array([(point.x(), point.y()) for point in points]).reshape(-1, 2)
