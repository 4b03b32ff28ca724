"""Where questions have led, above the unit's pane: h₉ 36 a › h₉ 34 t › z₉ 34 t."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.numerals import grouped
from gru_debugger.panes import named
from gru_debugger.panes.links import Link, contains, paint_line
from gru_debugger.panes.named import brief
from gru_debugger.panes.pane import Pane
from gru_debugger.session.history import Where

HEIGHT = 33
_BASELINE = 20
_APART = 18  # pixels between two moments, with the sign there


class TrailLine:
    def __init__(self, pane: Pane, left: float) -> None:
        self.pane = pane
        self._left = left

    @property
    def shown(self) -> bool:
        """There is somewhere to go back to, or forth again."""
        session = self.pane.session
        return self.pane.interactive and any(map(session.can_go_on_trail, (-1, 1)))

    @property
    def known(self) -> tuple[object, ...]:
        """What its standing part shows."""
        session = self.pane.session
        past = session.trail.past
        return len(past), past[-1:], session.can_go_on_trail(1)

    def links(self) -> list[Link]:
        if not self.shown:
            return []
        session, found = self.pane.session, list[Link]()
        for rect, by in self._buttons():
            if session.can_go_on_trail(by):
                words = "Back (Alt+←)" if by < 0 else "Forward (Alt+→)"
                found.append(Link(rect, partial(session.go_on_trail, by), words))
        for where, rect, back in self._crumbs():
            words = f"Back to step {grouped(where.position)}"
            found.append(Link(rect, partial(session.go_back, back), words))
        return found

    def _buttons(self) -> tuple[tuple[QRectF, int], ...]:
        left = self._left + 0.5
        return (QRectF(left, 5.5, 20, 20), -1), (QRectF(left + 23, 5.5, 20, 20), 1)

    def _room(self) -> tuple[float, float]:
        return self._left + 55, self.pane.size.width() - self._left

    def _crumbs(self) -> list[tuple[Where, QRectF, int]]:
        """The moments that find room before the present one, and how many steps back they are."""
        left, right = self._room()
        room = right - left - self._wide(self.pane.session.told_where) - 10
        found: list[tuple[Where, float, int]] = []
        for back, where in enumerate(reversed(self.pane.session.trail.past), 1):
            wide = self._wide(where)
            room -= wide + _APART
            if room < 0:
                break
            found.append((where, wide, back))
        placed, x = [], left
        for where, wide, back in reversed(found):
            placed.append((where, QRectF(x, 5, wide, 22), back))
            x += wide + _APART
        return placed

    def _wide(self, where: Where) -> float:
        symbol = mathematics.width(self._value(where), 13)
        return symbol + 4 + fonts.width(self._place(where), fonts.MONO, 11)

    def _value(self, where: Where) -> str:
        return "p" if where.symbol is not None else brief(self.pane, where.quantity, where.unit)

    def _place(self, where: Where) -> str:
        t, trace = where.position, self.pane.trace
        character = f" {fonts.symbol(trace.characters[t - 1], 40, 11)[0]}" if t else ""
        whose = "" if where.symbol is None else f"{self._whose(where.symbol)} "
        return f"{whose}{grouped(t)}{character}"

    def _whose(self, symbol: int) -> str:
        return fonts.symbol(named.symbol(self.pane, symbol), 40, 11)[0]

    def paint_standing(self, p: QPainter) -> None:
        """The buttons, and where one has been."""
        theme, session = self.pane.theme, self.pane.session
        for (rect, by), arrow in zip(self._buttons(), "‹›", strict=True):
            can = session.can_go_on_trail(by)
            p.setPen(QPen(theme.border, 1))
            p.setBrush(theme.panel)
            p.drawRoundedRect(rect, 4, 4)
            color = theme.text if can else theme.future
            fonts.text(
                p, rect.center().x(), rect.center().y() + 5, arrow, color, fonts.SANS, 15,
                align="center",
            )  # fmt: skip
        for where, rect, _ in self._crumbs():
            self._paint(p, where, rect.left(), False)
            x = rect.right() + _APART / 2
            fonts.text(p, x, _BASELINE, "›", theme.muted, fonts.SANS, 12, align="center")
        p.fillRect(QRectF(0, HEIGHT - 1, self.pane.size.width(), 1), theme.border)

    def paint(self, p: QPainter, pointer: QPointF | None) -> None:
        """The present moment, and a line below what is pointed at."""
        crumbs, here = self._crumbs(), self.pane.session.told_where
        x = crumbs[-1][1].right() + _APART if crumbs else self._room()[0]
        fonts.box(p, QRectF(x, 5, self._wide(here) + 10, 21), self.pane.theme.pill, 4)
        self._paint(p, here, x + 5, True)
        for _, rect, _ in crumbs:
            if contains(rect, pointer):
                paint_line(p, self.pane, rect.left(), _BASELINE + 5, rect.width(), True)

    def _paint(self, p: QPainter, where: Where, x: float, present: bool) -> None:
        theme = self.pane.theme
        color = theme.pill_text if present else theme.muted
        wide = mathematics.draw(
            p, x, _BASELINE, self._value(where), color, 13
        )
        fonts.text(p, x + wide + 4, _BASELINE, self._place(where), color, fonts.MONO, 11)
        if not present:
            paint_line(p, self.pane, x, _BASELINE + 5, self._wide(where), False)
