"""The selected unit's row by hand: a table that a person adds up downwards."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import fonts, mathematics
from gru_debugger.numerals import MINUS
from gru_debugger.panes.calculation_layout import MAPS_UP_TO
from gru_debugger.panes.calculation_paint import tint
from gru_debugger.panes.pane import Pane
from gru_debugger.phrases import told
from gru_debugger.questions.by_hand import Ledger, Line, Rounding, inexact, ledger, rests
from gru_debugger.questions.calculation import Sheet

_TOP = 56  # pixels above the products
ROWS = (14, 13, 12)  # pixels of a product, and of what is added to them; less where it is low
MARGIN, _END = 12, 32
_DECIMALS, _MOST = 2, 4  # as usual, and of small numbers
SYMBOL = 44  # pixels that one has
NAME, BLEND = 14, 22  # from a line's left to its name, from the last line down to the blend
HIGH = 11  # of a line down to its baseline
_PALE = 95  # of 255


class _Columns(NamedTuple):
    """Pixels of each kind."""

    name: int
    met: int
    weight: int
    product: int


_AFTER = _Columns(30, 40, 41, 44)
_BEFORE = _Columns(28, 37, 36, 40)  # what the candidate meets has a column more
_WITHOUT_MAPS = _Columns(36, 52, 52, 54)  # of many units, whose numbers are small


def _columns(of: Sheet) -> _Columns:
    if of.reset == "before":
        return _BEFORE
    return _AFTER if of.cell.hidden_size <= MAPS_UP_TO else _WITHOUT_MAPS


class LedgerCard:
    """`rect` is where it stands in the pane's scene; None: it has no room."""

    def __init__(self, pane: Pane) -> None:
        self._pane = pane
        self.rect: QRectF | None = None
        self._rows: list[int] = []
        self._room = 0.0  # pixels of a number
        self.high = ROWS[0]  # pixels of a row

    # Layout --------------------------------------------------------------------------------------

    def size_of(self, of: Sheet) -> tuple[float, float]:
        """Pixels that it takes."""
        units = of.cell.hidden_size
        rows = units if units <= 16 else 13
        lines = 10 if of.reset == "after" else 8
        name, met, weight, product = _columns(of)
        wide = 2 * MARGIN + name + met * (1 + (of.reset == "before")) + 3 * (weight + product)
        return float(wide), float(_TOP + (rows + 1) * self.high + lines * self.high + _END)

    def ends(self, of: Sheet) -> Ends:
        """Right edges of what is met, weights, products, of each gate; 0: met is not repeated."""
        assert self.rect is not None
        name, wide_met, weight, product = _columns(of)
        x = self.rect.left() + MARGIN + name
        mets, weights, products = [], [], []
        for at in range(3):
            apart = not at or (of.reset == "before" and at == 2)
            x += wide_met if apart else 0
            mets.append(x if apart else 0.0)
            weights.append(x + weight)
            products.append(x + weight + product)
            x = products[-1]
        return mets, weights, products

    def made(self, of: Sheet) -> tuple[Ledger, Rounding]:
        """The selected unit's row, and how its numbers are printed."""
        found = _ledger(of, self._pane.session.unit)
        rounding = Rounding.of(found.magnitude, _DECIMALS)
        return found, rounding.finer(found.product, _MOST)

    def rows(self, found: Ledger) -> tuple[float, float]:
        """Where the products begin and end."""
        assert self.rect is not None
        top = self.rect.top() + _TOP
        return top, top + len(found.hidden.index) * self.high

    def lines(self, found: Ledger, rounding: Rounding) -> float:
        """Where what is added to them begins."""
        return self.rows(found)[1] + len(_rest(found, rounding)) * self.high + 3

    def covers(self, at: QPointF) -> bool:
        return self.rect is not None and self.rect.contains(at)

    def unit_at(self, at: QPointF) -> int | None:
        """Whose product stands there."""
        if self.rect is None or not self.rect.contains(at):
            return None
        row = int((at.y() - self.rect.top() - _TOP) // self.high)
        return self._rows[row] if 0 <= row < len(self._rows) else None

    # Painting ------------------------------------------------------------------------------------

    def paint(self, p: QPainter, of: Sheet) -> None:
        if self.rect is None:
            return
        found, rounding = self.made(of)
        self._rows = found.hidden.index.tolist()
        self._room = max(_BEFORE.weight, _columns(of).weight - 5)
        self._paint_card(p, of)
        ends = self.ends(of)
        y = self._paint_products(p, of, found, rounding, ends)
        y = self._paint_lines(p, of, found, rounding, ends, y)
        if self._pane.session.is_computed("h"):
            self._paint_blend(p, of, rounding, y)

    def _paint_card(self, p: QPainter, of: Sheet) -> None:
        assert self.rect is not None
        theme, rect, unit = self._pane.theme, self.rect, self._pane.session.unit
        p.setPen(QPen(theme.border, 1))
        p.setBrush(theme.blend)
        p.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        pill = QRectF(rect.left() + MARGIN, rect.top() + 9, max(22, 10 + 8 * len(str(unit))), 20)
        fonts.tile(p, pill, theme.pill, str(unit), theme.pill_text, fonts.SANS, 12, 600)
        baseline = rect.top() + 24
        words = told("Row {unit}, by hand", unit=str(unit))
        fonts.text(p, pill.right() + 12, baseline, words, theme.text, fonts.SANS, 14, 600)
        each = of.cell.hidden_size <= 16
        note = told("term by term") if each else told("the largest terms")
        fonts.text(p, rect.right() - MARGIN, baseline, note, theme.muted, fonts.SANS, 11,
                   align="right")  # fmt: skip

    def _mark(self, p: QPainter, top: float, high: float) -> None:
        """Behind a line of the selected unit: pale, for words in a role's colour stand on it."""
        assert self.rect is not None
        color = QColor(self._pane.theme.chip)
        color.setAlpha(_PALE)
        p.fillRect(QRectF(self.rect.left() + 8, top, self.rect.width() - 16, high), color)

    def _paint_products(
        self, p: QPainter, of: Sheet, found: Ledger, rounding: Rounding, ends: Ends
    ) -> float:
        """Heads and rows; where they end."""
        assert self.rect is not None
        theme, top = self._pane.theme, self.rect.top() + _TOP
        known = [self._pane.session.is_computed(f"hidden_{gate}") for gate in found.gates]
        self._paint_heads(p, of, ends, top - 6)
        products, largest = found.hidden, found.hidden.largest
        reach = max(1.0, float(abs(products.values).max()))
        letter = self._letter(of)
        for row, index in enumerate(self._rows):
            y = top + (row + 0.5) * self.high + 4
            if index == found.unit:
                self._mark(p, y - 11, self.high)
            name = f"{letter}_{{{index}}}"
            mathematics.draw(p, self.rect.left() + MARGIN, y, name, theme.text, 12)
            for at, (met, weight, product) in enumerate(zip(*ends, strict=True)):
                there = known[at] or not at
                if met and (there or of.reset == "after"):
                    words = rounding.printed(float(products.met[row, at]))
                    self._number(p, met, y, words, "keep_text")
                self._number(p, weight, y, rounding.printed(float(products.weights[row, at])))
                if known[at]:
                    value = float(products.values[row, at])
                    self._tint(p, product, y, 0.6 * value / reach)
                    weight_of = 700 if largest[row, at] else 400
                    self._number(p, product, y, rounding.printed(value), weight=weight_of)
        return self._paint_rest(p, found, rounding, ends, known, top + len(self._rows) * self.high)

    def _paint_heads(self, p: QPainter, of: Sheet, ends: Ends, y: float) -> None:
        theme = self._pane.theme
        for band, met, weight, product in zip(of.gates, *ends, strict=True):
            assert band.gate
            if met:
                self._symbol(p, met, y, of.symbols("old", band.gate), "keep_text")
            self._symbol(p, weight, y, of.symbols("W_h", band.gate))
            fonts.text(p, product, y, told("product"), theme.muted, fonts.SANS, 11, align="right")

    def _paint_rest(
        self, p: QPainter, found: Ledger, rounding: Rounding, ends: Ends, known: list[bool],
        y: float,
    ) -> float:  # fmt: skip
        """What the terms that are left out add up to, and what rounding takes."""
        assert self.rect is not None
        for words, numbers in _rest(found, rounding):
            left, muted = self.rect.left() + MARGIN, self._pane.theme.muted
            fonts.text(p, left, y + HIGH, words, muted, fonts.SANS, 11)
            for at, end in enumerate(ends[2]):
                if known[at]:
                    self._number(p, end, y + HIGH, numbers[at], "muted")
            y += self.high
        return y

    def _paint_lines(
        self, p: QPainter, of: Sheet, found: Ledger, rounding: Rounding, ends: Ends, y: float
    ) -> float:
        assert self.rect is not None
        theme, rect = self._pane.theme, self.rect
        p.setPen(QPen(theme.muted, 1))
        p.drawLine(QPointF(rect.left() + 10, y + 2.5), QPointF(rect.right() - 10, y + 2.5))
        y += 3
        for line in found.lines:
            baseline = y + HIGH
            if line.slot == "result":
                self._mark(p, y, self.high + 2)
                baseline += 1
            self._paint_name(p, of, line, baseline)
            for at, end in enumerate(ends[2]):
                about = "≈ " * (line.slot in _about(found, rounding)[at])
                self._paint_value(p, of, line, at, end, baseline, rounding, about)
            y += self.high
        return y

    def _paint_name(self, p: QPainter, of: Sheet, line: Line, y: float) -> None:
        assert self.rect is not None
        theme, x = self._pane.theme, self.rect.left() + MARGIN
        if line.slot == "result":
            functions = ", ".join(line.signs)
            fonts.text(p, x, y, functions, theme.text, fonts.MATH, 13)
            return
        sign = next(filter(None, line.signs))
        fonts.text(p, x, y, sign, theme.muted, fonts.MATH, 13)
        mathematics.draw(p, x + NAME, y, of.symbols.of_all(line.slot), theme.muted, 13)

    def _paint_value(
        self, p: QPainter, of: Sheet, line: Line, at: int, end: float, y: float, rounding: Rounding,
        about: str,
    ) -> None:  # fmt: skip
        value, gate = line.values[at], of.gates[at].gate
        if value is None or not self._pane.session.is_computed(_needs(line.slot, str(gate))):
            return
        if line.slot != "result":
            columns = _columns(of)
            wide = columns.weight + columns.product - 6 if about else 0
            words = about + rounding.printed(value) + "†" * line.by_hand[at]
            self._number(p, end, y, words, room=wide)
            return
        role = {"r": "text", "z": "keep_text", "n": "take_text"}[str(gate)]
        self._number(p, end, y, _shown(line, at, rounding), role, 600)
        symbol, right, room = result_place(of, line, at, end, rounding)
        self._symbol(p, right, y, symbol, role, room)

    def _paint_blend(self, p: QPainter, of: Sheet, rounding: Rounding, y: float) -> None:
        assert self.rect is not None
        theme = self._pane.theme
        x, baseline = self.rect.left() + MARGIN, y + BLEND
        x += mathematics.draw(p, x, baseline, self.state(of), theme.text, 13) + 10
        for slot, words in self.blend(of, rounding):
            color, weight = theme.role(_ROLES[slot]), 600 if slot == "new" else 400
            x += fonts.text(p, x, baseline, words, color, fonts.MONO, 11, weight).width
        if of.blend.columns[-1].by_hand[of.row_of(self._pane.session.unit)]:
            fonts.text(p, x, baseline, told("set by hand"), theme.muted, fonts.SANS, 11)

    def state(self, of: Sheet) -> str:
        """“h_9 =”, what the last line begins with."""
        return f"{self._letter(of)}_{{{self._pane.session.unit}}} ="

    def blend(self, of: Sheet, rounding: Rounding) -> list[tuple[str, str]]:
        """The slot of each of its numbers, and how that is written with the sign before it."""
        row = of.row_of(self._pane.session.unit)
        columns = {column.slot: column for column in of.blend.columns}
        signs = {"1 − z": "", "n": "·", "z": "+", "old": "·", "new": "="}
        if columns["new"].by_hand[row]:
            signs = {"new": ""}
        written = {s: rounding.shown(float(columns[s].values[row])) for s in signs}
        if len(signs) > 1 and rounding.digits is not None:
            take, n, z, old, _ = map(_decimal, written.values())
            if rounding.shown(float(take * n + z * old)) != written["new"]:
                signs["new"] = "≈"
        return [(slot, f"{sign} {written[slot]} ") for slot, sign in signs.items()]

    def _letter(self, of: Sheet) -> str:
        return "c" if of.writing == "course" else "h"

    def _number(
        self, p: QPainter, right: float, y: float, words: str, role: str = "text",
        weight: int = 400, room: float = 0,
    ) -> None:  # fmt: skip
        room = room or self._room
        size = 11 if self._pane.model.reset == "after" else 10
        words, pixels = fonts.fitting(words, room, fonts.MONO, size, weight)
        color = self._pane.theme.role(role)
        fonts.text(p, right - 3, y, words, color, fonts.MONO, pixels, weight, align="right")

    def _symbol(
        self, p: QPainter, right: float, y: float, symbol: str, role: str = "muted",
        room: float = SYMBOL,
    ) -> None:  # fmt: skip
        x, pixels = symbol_place(symbol, right, room)
        mathematics.draw(p, x, y, symbol, self._pane.theme.role(role), pixels)

    def _tint(self, p: QPainter, right: float, y: float, share: float) -> None:
        wide = self._room + 4
        color = tint(self._pane.theme.name, "map", share)
        p.fillRect(QRectF(right - wide + 1, y - 10.5, wide, self.high - 1), color)


def _decimal(words: str) -> Decimal:
    """The very number that is printed."""
    return Decimal(words.replace(MINUS, "-").replace(",", ""))


Ends = tuple[list[float], list[float], list[float]]
_ROLES = {"1 − z": "take_text", "n": "take_text", "z": "keep_text", "old": "keep_text",
          "new": "text"}  # fmt: skip


def symbol_place(symbol: str, right: float, room: float = SYMBOL) -> tuple[float, float]:
    """Left edge and pixels of one that ends there."""
    pixels = mathematics.size_within(symbol, 13, room)
    return right - 3 - mathematics.width(symbol, pixels), pixels


def result_place(
    of: Sheet, line: Line, at: int, end: float, rounding: Rounding
) -> tuple[str, float, float]:
    """What stands before a gate's value that ends there; its right edge, and its room beside the
    value of the gate before."""
    columns, pixels = _columns(of), 11 if of.reset == "after" else 10
    wide = fonts.width(f"{_shown(line, at, rounding)} ", fonts.MONO, pixels, 600)
    return f"{line.symbols[at]} =", end - wide, columns.weight + columns.product - 2 - wide


def _shown(line: Line, at: int, rounding: Rounding) -> str:
    return rounding.shown(line.values[at] or 0.0) + "†" * line.by_hand[at]


@lru_cache(4)
def _rest(found: Ledger, rounding: Rounding) -> list[tuple[str, Sequence[str]]]:
    """Between the products and what is added to them: words, and a number a gate. A line is kept
    for what rounding takes where that is nothing: what is below it stays from step to step."""
    totals = [value or 0.0 for value in found.lines[0].values]
    others = [rounding.printed(float(value)) for value in found.hidden.others]
    rest = rests(rounding, found.hidden, totals)
    both = (found.hidden.left_out, others), (told("rounding") if any(rest) else "", rest)
    return [one for one in both if one[0] or one is both[1]]


@lru_cache(4)
def _about(found: Ledger, rounding: Rounding) -> tuple[frozenset[str], ...]:
    """Of each gate: where a sum as printed is beside what stands before it."""
    return inexact(rounding, found)


@lru_cache(4)
def _ledger(of: Sheet, unit: int) -> Ledger:
    """Looked at for every piece that is painted anew."""
    return ledger(of, unit)


def _needs(slot: str, gate: str) -> str:
    """With which quantity a line is known."""
    return {"W_h h": f"hidden_{gate}", "hidden": f"hidden_{gate}", "b_h": f"hidden_{gate}",
            "r": "reset_product", "product": "reset_product", "result": gate}.get(
                slot, f"sum_{gate}")  # fmt: skip
