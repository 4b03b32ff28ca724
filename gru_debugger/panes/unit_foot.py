"""At the foot of the unit's pane: who wrote the state that stands here, and when it is gone."""

from __future__ import annotations

from functools import lru_cache, partial

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts, mathematics
from gru_debugger.core.trace import Step
from gru_debugger.panes.links import Link, cap_width, contains, paint_caps, paint_lines
from gru_debugger.panes.named import in_notation
from gru_debugger.panes.pane import Pane
from gru_debugger.questions.open_gate import ASKED_OF, open_gate_briefly
from gru_debugger.questions.writing_in_words import (
    Brief,
    overwritten_briefly,
    written_briefly,
)
from gru_debugger.spans import Span

_LINE, _TOP = 18, 20  # pixels from line to line, and from an entry's top to its first baseline
_APART = 4  # pixels between the pieces of a line
_ASKED = {"W": written_briefly, "⇧W": overwritten_briefly}
_OPEN = ""  # what the gate does has no key


def keys_of(told: str) -> list[str]:
    """What there is to say of a value, the first before the others."""
    return [_OPEN, *_ASKED] if told in ASKED_OF else [*_ASKED]


def entry_height(one_line: bool) -> int:
    return 20 if one_line else 40


class Foot:
    """`keys` are those whose answers there is room for: these alone are looked for."""

    def __init__(self, pane: Pane, left: float) -> None:
        self.pane = pane
        self._left = left
        self.top, self.one_line = 0.0, False
        self.keys: list[str] = []
        self._known: tuple[object, ...] = ()
        self._said: list[tuple[str, Brief]] = []

    def place(self, top: float, count: int, one_line: bool) -> None:
        self.top, self.one_line = top, one_line
        self.keys = keys_of(self.pane.session.told)[:count]
        self._known = ()

    def said(self, step: Step) -> list[tuple[str, Brief]]:
        """Each key's answer; looked for once a step and unit."""
        session = self.pane.session
        known = step, session.unit, session.trace and session.trace.recorded
        if known != self._known:
            self._said = [(key, self._answer(key, step)) for key in self.keys]
            self._known = known
        return self._said

    def _answer(self, key: str, step: Step) -> Brief:
        session, trace = self.pane.session, self.pane.trace
        place = session.layer, session.direction
        if key == _OPEN:
            return open_gate_briefly(trace, session.unit, step, place, session.told)
        return _ASKED[key](trace, session.unit, step.number, place, self.one_line)

    def _baseline(self, i: int) -> float:
        return self.top + _TOP + i * entry_height(self.one_line)

    def _name(self, key: str) -> float:
        return self._left + (cap_width(key) + 8 if key else 0)

    def links(self) -> list[Link]:
        session, step = self.pane.session, self.pane.session.step
        if step is None or not self.keys:
            return []
        found = []
        for i, (key, brief) in enumerate(self.said(step)):
            for span, x, wide, _ in self._laid(key, brief):
                if span.role == "link" and brief.target is not None:
                    rect = QRectF(x, self._baseline(i) - 13, wide, _LINE)
                    found.append(Link(rect, partial(session.follow, brief.target)))
        return found

    def _laid(self, key: str, brief: Brief) -> list[tuple[Span, float, float, int]]:
        """The first line's pieces: left edge, width and pixels of type, fewer where need be."""
        room = self.pane.size.width() - self._left - self._name(key)
        spans = [_in_notation(self.pane, span) for span in brief.first]
        for pixels in (12, 11, 10, 9, 8, 7):
            wide = [_width(span, pixels) for span in spans]
            if sum(wide) + _APART * len(wide) <= room:
                break
        placed, x = [], self._name(key)
        for span, width in zip(spans, wide, strict=True):
            if span.text[0] in ",;:":  # no space before these
                x -= _APART - 1
            placed.append((span, x, width, pixels))
            x += width + _APART
        return placed

    def paint_standing(self, p: QPainter) -> None:
        """The line above, and the keys."""
        if not self.keys:
            return
        right = self.pane.size.width() - self._left
        p.fillRect(QRectF(self._left, self.top, right - self._left, 1), self.pane.theme.border)
        caps = [(self._left, self._baseline(i), key) for i, key in enumerate(self.keys) if key]
        paint_caps(p, self.pane, caps)

    def paint(self, p: QPainter, step: Step, pointer: QPointF | None) -> None:
        if not self.keys:
            return
        theme, lines = self.pane.theme, list[QLineF]()
        for i, (key, brief) in enumerate(self.said(step)):
            baseline = self._baseline(i)
            for span, x, wide, pixels in self._laid(key, brief):
                if span.symbol:
                    mathematics.draw(p, x, baseline, span.text, theme.text, pixels + 2)
                    continue
                weight = 600 if span.role in ("strong", "keep") else 400
                color = self._color(span)
                fonts.text(p, x, baseline, span.text, color, fonts.SANS, pixels, weight)
                if span.role == "link" and brief.target is not None:
                    if contains(QRectF(x, baseline - 13, wide, _LINE), pointer):
                        p.fillRect(QRectF(x, baseline + 3, wide, 1), theme.text)
                    else:
                        lines.append(fonts.line_below(x, baseline + 3, wide))
            if brief.second:
                x, right = self._name(key), self.pane.size.width() - self._left
                words, size = fonts.fitting(brief.second, right - x, fonts.SANS, 12)
                fonts.text(p, x, baseline + _LINE, words, theme.muted, fonts.SANS, size)
        paint_lines(p, self.pane, lines)

    def _color(self, span: Span) -> QColor:
        return self.pane.theme.keep_text if span.role == "keep" else self.pane.theme.text


def _in_notation(pane: Pane, span: Span) -> Span:
    if not span.symbol:
        return span
    return Span(in_notation(pane, span.text), span.role, True)


@lru_cache(512)
def _width(span: Span, pixels: int) -> float:
    if span.symbol:
        return mathematics.width(span.text, pixels + 2)
    weight = 600 if span.role in ("strong", "keep") else 400
    return fonts.width(span.text, fonts.SANS, pixels, weight)
