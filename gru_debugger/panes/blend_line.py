"""A unit's blend on a line: from the candidate to the old state, and where the new one lies."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.numerals import brief, percent, two
from gru_debugger.panes.pane import Pane
from gru_debugger.phrases import told
from gru_debugger.session.frame import Frame

_ABOVE, _LINE, _BELOW = 64, 84, 108  # pixels: baselines of the words, and the line between them
_INSET = 24  # pixels that the line is shorter at each end
_APART = 12  # between two names


@dataclass(frozen=True)
class _Name:
    """What a mark at x is called, with its value: in words, then in figures of its colour."""

    words: str
    value: float
    color: QColor
    x: float

    @property
    def width(self) -> float:
        return self._of_words + fonts.width(two(self.value), fonts.MONO, 12, 600)

    @property
    def _of_words(self) -> float:
        return fonts.width(f"{self.words} ", fonts.SANS, 12)

    def within(self, left: float, right: float) -> float:
        """Where it begins: in the middle of its mark, as far as these allow."""
        return max(left, min(self.x - self.width / 2, right - self.width))

    def paint(self, p: QPainter, pane: Pane, x: float, baseline: float) -> None:
        fonts.text(p, x, baseline, self.words, pane.theme.muted, fonts.SANS, 12)
        x += self._of_words
        fonts.text(p, x, baseline, two(self.value), self.color, fonts.MONO, 12, 600)


def paint_standing(p: QPainter, pane: Pane, left: float, right: float) -> None:
    """The line from one end of the axis to the other."""
    left, right = left + _INSET, right - _INSET
    theme, y, end = pane.theme, float(_LINE), brief(pane.axis_of("state")[1])
    for x, words, align in ((left - 8, f"−{end}", "right"), (right + 8, end, "left")):
        fonts.text(p, x, y + 4, words, theme.ticks, fonts.TICKS, 10, align=align)
    middle = QPointF((left + right) / 2, y)
    p.setPen(QPen(theme.outline, 2))
    p.drawLine(QPointF(left, y), QPointF(right, y))
    p.setPen(QPen(theme.ticks, 1))
    p.drawLine(middle - QPointF(0, 4), middle + QPointF(0, 4))


def paint(p: QPainter, pane: Pane, left: float, right: float, frame: Frame) -> None:
    """Each name stands at its mark: of what is blended above, of the new state below."""
    unit, theme, letter = pane.session.unit, pane.theme, pane.letter("h")
    middle, span = (left + right) / 2, pane.axis_of("state")[1]

    def name(words: str, quantity: str, color: QColor) -> _Name:
        value = float(frame.step.values[quantity][unit])
        return _Name(words, value, color, middle + value / span * (middle - left - _INSET))

    n = name(told("candidate"), "n", theme.take_text)
    old = name(told("old {h}", h=letter), "h_prev", theme.keep_text)
    new = name(told("new {h}", h=letter), "h", theme.text)
    _paint_line(p, pane, n.x, old.x, new.x)
    _paint_above(p, pane, left, right, sorted((n, old), key=lambda name: name.x))
    if "h" not in frame.by_hand(unit):  # where that is, z does not say where the new one lies
        aside = _APART + _paint_share(
            p, pane, left, right, new, float(frame.step.values["z"][unit])
        )
        left, right = (left + aside, right) if new.x > middle else (left, right - aside)
    new.paint(p, pane, new.within(left, right), _BELOW)


def _paint_above(p: QPainter, pane: Pane, left: float, right: float, names: list[_Name]) -> None:
    """Beside each other, and equally far from their marks where these are close."""
    one, other = names
    first, second = one.within(left, right), other.within(left, right)
    over = max(0.0, first + one.width + _APART - second)
    first = max(left, min(first - over / 2, right - other.width - _APART - one.width))
    one.paint(p, pane, first, _ABOVE)
    other.paint(p, pane, max(second, first + one.width + _APART), _ABOVE)


def _paint_line(p: QPainter, pane: Pane, n: float, old: float, new: float) -> None:
    theme, y = pane.theme, float(_LINE)
    for x, color in ((n, theme.take), (old, theme.keep)):
        p.setPen(QPen(color, 4))
        p.drawLine(QPointF(x, y), QPointF(new, y))
    p.setPen(Qt.PenStyle.NoPen)
    for x, color in ((n, theme.take), (old, theme.keep)):
        p.setBrush(color)
        p.drawEllipse(QPointF(x, y), 6, 6)
    p.fillRect(QRectF(new - 1.5, y - 10, 3, 20), theme.now)


def _paint_share(
    p: QPainter, pane: Pane, left: float, right: float, new: _Name, z: float
) -> float:
    """At the end from which the new state is farther; how wide it is."""
    theme, letter = pane.theme, pane.letter("h")
    gate, share = pane.symbol("z").replace("_t", ""), _share(z)
    symbol = mathematics.width(gate, 13) + 4
    room = right - left - new.width - _APART - symbol
    long = told("{share} of the way to old {h}", share=share, h=letter)
    words = long if fonts.width(long, fonts.SANS, 12) <= room else share
    wide = symbol + fonts.width(words, fonts.SANS, 12)
    x = left if new.x > (left + right) / 2 else right - wide
    mathematics.draw(p, x, _BELOW, gate, theme.muted, 13)
    fonts.text(p, x + symbol, _BELOW, words, theme.muted, fonts.SANS, 12)
    return wide


def _share(z: float) -> str:
    """How large the gate is, the sign before it."""
    if 0 < z < 0.001:
        return f"< {percent(0.001, 1)}"
    return f"= {percent(z, 0 if z >= 0.01 or z == 0 else 1)}"
