"""A unit's blend on a line: from the candidate to the old state, and where the new one lies."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.numerals import brief, percent, two
from gru_debugger.panes.pane import Pane
from gru_debugger.session.frame import Frame

_ABOVE, _LINE, _BELOW = 64, 84, 108  # pixels: baselines of the words, and the line between them
_INSET = 24  # pixels that the line is shorter at each end
_CANDIDATE = "candidate "


def paint_standing(p: QPainter, pane: Pane, left: float, right: float) -> None:
    """The line from one end of the axis to the other, and the words that never change."""
    muted = pane.theme.muted
    fonts.text(p, left, _ABOVE, _CANDIDATE, muted, fonts.SANS, 12)
    fonts.text(p, left, _BELOW, _new(pane), muted, fonts.SANS, 12)
    _paint_axis(p, pane, left + _INSET, right - _INSET)


def _new(pane: Pane) -> str:
    return f"new {pane.letter('h')} "


def _paint_axis(p: QPainter, pane: Pane, left: float, right: float) -> None:
    theme, y, end = pane.theme, float(_LINE), brief(pane.axis_of("state")[1])
    for x, words, align in ((left - 8, f"−{end}", "right"), (right + 8, end, "left")):
        fonts.text(p, x, y + 4, words, theme.ticks, fonts.TICKS, 10, align=align)
    middle = QPointF((left + right) / 2, y)
    p.setPen(QPen(theme.outline, 2))
    p.drawLine(QPointF(left, y), QPointF(right, y))
    p.setPen(QPen(theme.ticks, 1))
    p.drawLine(middle - QPointF(0, 4), middle + QPointF(0, 4))


def paint(p: QPainter, pane: Pane, left: float, right: float, frame: Frame) -> None:
    unit = pane.session.unit
    z, n, old, new = (float(frame.step.values[q][unit]) for q in ("z", "n", "h_prev", "h"))
    _paint_above(p, pane, left, right, n, old)
    _paint_line(p, pane, left + _INSET, right - _INSET, (n, old, new))
    left = _paint_new(p, pane, left, new)
    if "h" not in frame.by_hand(unit):  # where that is, z does not say where the new one lies
        _paint_share(p, pane, left, right, z)


def _paint_above(p: QPainter, pane: Pane, left: float, right: float, n: float, old: float) -> None:
    theme = pane.theme
    left += fonts.width(_CANDIDATE, fonts.SANS, 12)
    fonts.text(p, left, _ABOVE, two(n), theme.take_text, fonts.MONO, 12, 600)
    right -= 6 + fonts.text(
        p, right, _ABOVE, two(old), theme.keep_text, fonts.MONO, 12, 600, align="right"
    ).width
    words = f"old {pane.letter('h')}"
    fonts.text(p, right, _ABOVE, words, theme.muted, fonts.SANS, 12, align="right")


def _paint_line(
    p: QPainter, pane: Pane, left: float, right: float, values: tuple[float, float, float]
) -> None:
    theme, (n, old, new) = pane.theme, values
    span, y = pane.axis_of("state")[1], float(_LINE)

    def at(value: float) -> QPointF:
        return QPointF((left + right) / 2 + value / span * (right - left) / 2, y)

    for value, color in ((n, theme.take), (old, theme.keep)):
        p.setPen(QPen(color, 4))
        p.drawLine(at(value), at(new))
    p.setPen(Qt.PenStyle.NoPen)
    for value, color in ((n, theme.take), (old, theme.keep)):
        p.setBrush(color)
        p.drawEllipse(at(value), 6, 6)
    p.fillRect(QRectF(at(new).x() - 1.5, y - 10, 3, 20), theme.now)


def _paint_new(p: QPainter, pane: Pane, left: float, new: float) -> float:
    """Where it ends."""
    left += fonts.width(_new(pane), fonts.SANS, 12)
    return left + fonts.text(p, left, _BELOW, two(new), pane.theme.text, fonts.MONO, 12, 600).width


def _paint_share(p: QPainter, pane: Pane, left: float, right: float, z: float) -> None:
    theme, letter = pane.theme, pane.letter("h")
    gate, share = pane.symbol("z").replace("_t", ""), _share(z)
    room = right - left - 12 - mathematics.width(gate, 13) - 4
    long = f"{share} of the way to old {letter}"
    words = long if fonts.width(long, fonts.SANS, 12) <= room else share
    drawn = fonts.text(p, right, _BELOW, words, theme.muted, fonts.SANS, 12, align="right")
    right -= drawn.width + 4
    mathematics.draw(p, right - mathematics.width(gate, 13), _BELOW, gate, theme.muted, 13)


def _share(z: float) -> str:
    """How large the gate is, the sign before it."""
    if 0 < z < 0.001:
        return f"< {percent(0.001, 1)}"
    return f"= {percent(z, 0 if z >= 0.01 or z == 0 else 1)}"
