"""Numbers beside dots: few, never over each other, those of dots side by side in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gru_debugger.charts import fonts

MOST = 8
_JOINED = 3  # numbers in one
_NEAR = 14  # pixels between dots that share one
_HIGH, _OFF, _PIXELS = 13.0, 6.0, 10


@dataclass
class Label:
    """`rect` around the words; `units` whose dots it stands beside."""

    rect: QRectF
    units: list[int]
    at: QPointF

    def parts(self) -> list[tuple[str, int | None]]:
        """Words, each with the unit that it is."""
        found: list[tuple[str, int | None]] = []
        for unit in self.units:
            found += [(" · ", None)] * bool(found) + [(str(unit), unit)]
        return found

    @property
    def words(self) -> str:
        return "".join(words for words, _ in self.parts())

    @property
    def baseline(self) -> float:
        return self.rect.bottom() - 3


class _Taken:
    """Many rectangles, asked all at once: `QRectF.intersects` of each takes much longer."""

    def __init__(self, rects: Iterable[QRectF]) -> None:
        edges = [(one.left(), one.top(), one.right(), one.bottom()) for one in rects]
        self._edges = np.array(edges, float).reshape(-1, 4).T

    def meets(self, rect: QRectF, others: Iterable[QRectF]) -> bool:
        """Any of them, or of the `others`."""
        if any(rect.intersects(other) for other in others):
            return True
        left, top, right, bottom = self._edges
        there = (left < rect.right()) & (right > rect.left())
        return bool((there & (top < rect.bottom()) & (bottom > rect.top())).any())


def placed(
    first: Sequence[int], dots: dict[int, QPointF], bounds: QRectF, taken: Iterable[QRectF] = ()
) -> list[Label]:
    """For the units in their order, as long as there is room within `bounds` and beside `taken`;
    for the first one in any case."""
    labels, full = list[Label](), _Taken(taken)
    for unit in first:
        at = dots.get(unit)
        if at is None or any(unit in label.units for label in labels):
            continue
        near = next((label for label in labels if _close(label.at, at)), None)
        if near is not None:
            _join(near, unit, bounds, full, [one.rect for one in labels if one is not near])
        elif len(labels) < MOST:
            rect = _free(str(unit), at, bounds, full, [one.rect for one in labels])
            if rect is None and not labels and unit == first[0]:
                rect = _free(str(unit), at, bounds, _Taken(()), [])
            if rect is not None:
                labels.append(Label(rect, [unit], at))
    return labels


def _close(a: QPointF, b: QPointF) -> bool:
    return abs(a.x() - b.x()) < _NEAR and abs(a.y() - b.y()) < _NEAR


def _join(
    label: Label, unit: int, bounds: QRectF, full: _Taken, others: list[QRectF]
) -> None:
    if len(label.units) < _JOINED and label.rect.right() > label.at.x():  # else over its dot
        wide = _width(f"{label.words} · {unit}")
        rect = QRectF(label.rect.topLeft(), label.rect.bottomRight())
        rect.setWidth(wide)
        if bounds.contains(rect) and not full.meets(rect, others):
            label.rect = rect
            label.units.append(unit)


def _width(words: str) -> float:
    return fonts.width(words, fonts.MONO, _PIXELS) + 4


def _free(
    words: str, at: QPointF, bounds: QRectF, full: _Taken, others: list[QRectF]
) -> QRectF | None:
    """Right of the dot, left of it, above or below."""
    wide, x, y = _width(words), at.x(), at.y()
    for left, top in (
        (x + _OFF, y - _HIGH / 2), (x - _OFF - wide, y - _HIGH / 2),
        (x - wide / 2, y - _OFF - _HIGH), (x - wide / 2, y + _OFF),
        (x + _OFF, y - _OFF - _HIGH), (x - _OFF - wide, y - _OFF - _HIGH),
    ):  # fmt: skip
        rect = QRectF(left, top, wide, _HIGH)
        if bounds.contains(rect) and not full.meets(rect, others):
            return rect
    return None
