"""The equations of a unit, one or all four, each symbol with its actual number under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gru_debugger import phrases
from gru_debugger.charts import fonts, mathematics
from gru_debugger.core.activations import Role
from gru_debugger.core.trace import Step
from gru_debugger.numerals import two
from gru_debugger.panes import beside
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.symbols import Symbol, around
from gru_debugger.questions.asked import ASKED, Asked
from gru_debugger.session.frame import Frame

_SYMBOL, _NUMBER = 13, 11  # pixels of type
_SLOT = 41  # pixels of a number: wide enough for all, so that none moves another
_LEFT = 48
_NUMBERS = 18  # pixels from the symbols' baseline to the numbers'
THERE = 15  # pixels from there to the reference's
_CLOSE, _APART = -1.0, 2.0  # pixels between the pieces of an equation, at least and at most
# In whose equation a computation inside the step is under way, as the cell's rows mark it too.
_ROW_OF = {"r": "r", "z": "z", "hidden_n": "n", "reset_product": "n", "n": "n"}


@dataclass(frozen=True)
class Piece:
    """A symbol above a quantity's number, or (without one) a sign that stands in both lines."""

    symbol: str
    quantity: str = ""

    @property
    def width(self) -> float:
        wide = mathematics.width(self.symbol, _SYMBOL)
        return max(wide, float(_SLOT)) if self.quantity else wide

    @property
    def needs(self) -> str:
        """The quantity that its number is of."""
        return "z" if self.quantity == "1 - z" else self.quantity

    def value(self, step: Step, unit: int) -> float:
        value = float(step.values[self.needs][unit])
        return 1 - value if self.quantity == "1 - z" else value


@dataclass(frozen=True)
class Place:
    """Where the equations stand: `top` is the heading's baseline, `pitch` from one to the next."""

    left: float
    right: float
    top: float
    pitch: float
    count: int = 4
    there: bool = False  # whether there is a line more, of the reference

    def baseline(self, row: int) -> float:
        return self.top + 25 + row * self.pitch

    def rows(self) -> dict[Asked, QRectF]:
        """Where each equation stands, its numbers included."""
        wide = self.right - self.left + 10
        return {
            asked: QRectF(self.left - 10, self.baseline(i) - 14, wide, self.pitch)
            for i, asked in enumerate(ASKED)
        }

    @property
    def bottom(self) -> float:
        return self.baseline(self.count - 1) + _NUMBERS + (THERE if self.there else 0)


@dataclass(frozen=True)
class Line:
    """An equation where it stands: each piece with its left edge, and where the last one ends."""

    quantity: str
    baseline: float
    pieces: list[tuple[Piece, float]]
    end: float


def equations(pane: Pane) -> list[tuple[Asked, list[Piece]]]:
    """(quantity, right-hand side) of r, z, n and h."""
    opening, closing = _around(pane, "gate")
    gates: tuple[Asked, ...] = ("r", "z")
    rows: list[tuple[Asked, list[Piece]]] = [
        (gate, [opening, Piece("input", f"input_{gate}"), Piece("+"),
                Piece("hidden", f"hidden_{gate}"), closing])
        for gate in gates
    ]  # fmt: skip
    opening, closing = _around(pane, "candidate")
    scaled = [Piece(short(pane, "r"), "r"), Piece("·")] if pane.model.reset == "after" else []
    rows.append(("n", [opening, Piece("input", "input_n"), Piece("+"), *scaled,
                       Piece("hidden", "hidden_n"), closing]))  # fmt: skip
    keep, take = short(pane, "z"), f"(1 − {short(pane, 'z')})"
    if pane.session.notation == "course":
        keep, take = "(1 − Γ_u)", "Γ_u"
    rows.append(("h", [Piece("="), Piece(take, "1 - z"), Piece("·"), Piece(short(pane, "n"), "n"),
                       Piece("+"), Piece(keep, "z"), Piece("·"),
                       Piece(pane.symbol("h_prev"), "h_prev")]))  # fmt: skip
    return rows


def own(pane: Pane) -> list[tuple[str, list[Piece]]]:
    """That of the value that is told of, where it has one with numbers to stand under it.

    The new state's are on its line, products are told as factors, parts have a term a weight.
    """
    told = pane.session.told
    if told in ("sum_r", "sum_z"):
        parts = Piece("input", f"input_{told[-1]}"), Piece("hidden", f"hidden_{told[-1]}")
        return [(told, [Piece("="), parts[0], Piece("+"), parts[1]])]
    return [(quantity, row) for quantity, row in equations(pane) if quantity == told != "h"]


def width(pane: Pane) -> float:
    """Pixels of the longest one, its pieces close together."""
    return _LEFT + max(
        sum(piece.width for piece in row) + _CLOSE * (len(row) - 1) for _, row in equations(pane)
    )


def _around(pane: Pane, role: Role) -> tuple[Piece, Piece]:
    """What stands before and after a sum: “= σ(” and “)”."""
    opening, closing = pane.activations.applied(role, "\0").split("\0")
    return Piece(f"= {opening}"), Piece(closing)


def short(pane: Pane, quantity: str) -> str:
    """A symbol without its time: this is about one step."""
    symbol = pane.symbol(quantity)
    return symbol if quantity == "h" else symbol.replace("_t", "").replace("^{⟨t⟩}", "")


def _gap(place: Place, pieces: Sequence[Piece]) -> float:
    """Pixels between the pieces of an equation: fewer where there is less room."""
    room = place.right - place.left - _LEFT - sum(piece.width for piece in pieces)
    return max(_CLOSE, min(_APART, room / (len(pieces) - 1)))


def laid(pane: Pane, place: Place) -> list[Line]:
    """The equations in their place, which stays from step to step."""
    lines = []
    shown = equations(pane) if pane.session.view.all_equations else own(pane)
    for row, (quantity, pieces) in enumerate(shown):
        x, gap = place.left + _LEFT, _gap(place, pieces)
        lefts = []
        for piece in pieces:
            lefts.append((piece, x))
            x += piece.width + gap
        lines.append(Line(quantity, place.baseline(row), lefts, x))
    return lines


def paint_symbols(p: QPainter, pane: Pane, place: Place, lines: Sequence[Line]) -> None:
    """Heading, symbols and signs: what stays from step to step."""
    theme = pane.theme
    head = phrases.told("Computation")
    fonts.text(p, place.left, place.top, head, theme.text, fonts.SANS, 14, 600)
    for line in lines:
        baseline = line.baseline
        mathematics.draw(p, place.left, baseline, short(pane, line.quantity), theme.text, 15)
        for piece, x in line.pieces:
            inset = (piece.width - mathematics.width(piece.symbol, _SYMBOL)) / 2
            mathematics.draw(p, x + inset, baseline, piece.symbol, theme.muted, _SYMBOL)
            if not piece.quantity:
                mathematics.draw(
                    p, x + inset, baseline + _NUMBERS, piece.symbol, theme.muted, _SYMBOL
                )


def paint_standing(p: QPainter, pane: Pane, place: Place, lines: Sequence[Line]) -> None:
    """What can be asked why is underlined."""
    for line in lines:
        if pane.interactive and pane.session.is_computed(line.quantity):
            _paint_asked(p, pane, place, line)


def paint_numbers(
    p: QPainter, pane: Pane, place: Place, lines: Sequence[Line], frame: Frame
) -> None:
    """The numbers of a step under their symbols; dots for what is not computed yet."""
    theme, session, unit, step = pane.theme, pane.session, pane.session.unit, frame.step
    for line in lines:
        quantity, baseline = line.quantity, line.baseline + _NUMBERS
        known = session.is_computed(quantity)
        value = float(step.values[quantity][unit])
        color = theme.take_text if quantity == "n" else theme.text
        words = two(value) if known else "…"
        fonts.text(p, place.left, baseline, words, color, fonts.MONO, _NUMBER, 600)
        if known and (how := _set_by_hand(line, frame, unit)):
            _paint_set(p, pane, place, baseline, how)
        else:
            _paint_pieces(p, pane, line, step)
        if place.there and known and frame.reference is not None:
            _paint_there(p, pane, place, line, step, frame.reference)
        if _ROW_OF.get(session.computation) == quantity:
            p.fillRect(QRectF(place.left - 10, line.baseline - 12, 3, 33), theme.now)
        if quantity == "z" and known and session.notation == "course":
            _paint_course_gate(p, pane, place, line, 1 - value)


def _paint_pieces(p: QPainter, pane: Pane, line: Line, step: Step) -> None:
    """A number under each of an equation's symbols."""
    session, baseline = pane.session, line.baseline + _NUMBERS
    for piece, x in line.pieces:
        if piece.quantity:
            there, value = session.is_computed(piece.needs), piece.value(step, session.unit)
            _paint_number(p, pane, x + piece.width / 2, baseline, value, there)


def _paint_there(
    p: QPainter, pane: Pane, place: Place, line: Line, here: Step, there: Step
) -> None:
    """The reference's numbers below; what is the same to be seen is said to be."""
    unit, muted, baseline = pane.session.unit, pane.theme.muted, line.baseline + _NUMBERS + THERE
    value = two(float(there.values[line.quantity][unit]))
    fonts.text(p, place.left, baseline, value, muted, fonts.MONO, _NUMBER)
    for piece, x in line.pieces:
        if piece.quantity:
            words = two(piece.value(there, unit))
            same = words == two(piece.value(here, unit))
            family = fonts.SANS if same else fonts.MONO
            words = phrases.told("same") if same else words
            words, pixels = fonts.fitting(words, _SLOT - 2, family, _NUMBER)
            middle = x + piece.width / 2
            fonts.text(p, middle, baseline, words, muted, family, pixels, align="center")
    words = beside.which(pane)
    if line.end + 8 + fonts.width(words, fonts.SANS, _NUMBER) <= place.right:
        fonts.text(p, place.right, baseline, words, muted, fonts.SANS, _NUMBER, align="right")


def _set_by_hand(line: Line, frame: Frame, unit: int) -> str:
    """Why the numbers would not add up to what stands before them; empty: they do."""
    by_hand = frame.by_hand(unit)
    if line.quantity in by_hand:
        return phrases.told("set by hand")
    multiplied = {piece.quantity for piece, _ in line.pieces} >= {"r", "hidden_n"}
    if multiplied and "reset_product" in by_hand:
        product = two(float(frame.step.values["reset_product"][unit]))
        return phrases.told("product set by hand: {product}", product=product)
    return ""


def _paint_set(p: QPainter, pane: Pane, place: Place, baseline: float, how: str) -> None:
    """In the place of an equation's numbers and of the signs between them."""
    theme, left = pane.theme, place.left + _LEFT
    area = QRectF(left - 2, baseline - _NUMBER - 1, place.right - left + 8, _NUMBER + 6)
    p.fillRect(area, theme.role(pane.background))
    fonts.text(p, left, baseline, how, theme.text, fonts.SANS, 12, 600)


def symbols(pane: Pane, place: Place, lines: Sequence[Line]) -> list[Symbol]:
    """What can be pointed at: what an equation yields, and what it is made of."""
    found = []
    for line in lines:
        wide = mathematics.width(short(pane, line.quantity), 15)
        found.append(
            Symbol(line.quantity, around(place.left, line.baseline, place.left + wide))
        )
        for piece, x in line.pieces:
            inset = (piece.width - mathematics.width(piece.symbol, _SYMBOL)) / 2
            rect = around(x + inset, line.baseline, x + piece.width - inset)
            found += [Symbol(piece.needs, rect)] if piece.quantity else []
    return found


def places(place: Place, lines: Sequence[Line]) -> dict[str, QRectF]:
    """Where each quantity's number stands: what an equation yields before what it is made of."""
    high = _NUMBER + 4
    found = {
        line.quantity: QRectF(place.left, line.baseline + _NUMBERS - _NUMBER, _LEFT - 4, high)
        for line in lines
    }
    for line in lines:
        top = line.baseline + _NUMBERS - _NUMBER
        for piece, x in line.pieces:
            found.setdefault(piece.quantity, QRectF(x, top, piece.width, high))
    return found


def _paint_asked(p: QPainter, pane: Pane, place: Place, line: Line) -> None:
    """Dots below what can be asked why, a line below what is."""
    wide, y = mathematics.width(short(pane, line.quantity), 15), line.baseline + 5
    chosen = line.quantity == pane.session.answered
    color = pane.theme.edge if chosen else pane.theme.muted
    fonts.underline(p, place.left, y, wide, color, chosen)


def _paint_number(
    p: QPainter, pane: Pane, x: float, baseline: float, value: float, known: bool
) -> None:
    theme = pane.theme
    color = theme.positive_text if value > 0 else theme.negative_text
    if not known or value == 0:
        color = theme.muted
    words, pixels = fonts.fitting(two(value) if known else "…", _SLOT - 2, fonts.MONO, _NUMBER)
    fonts.text(p, x, baseline, words, color, fonts.MONO, pixels, align="center")


def _paint_course_gate(p: QPainter, pane: Pane, place: Place, line: Line, value: float) -> None:
    """The course's own gate beside the z that the bars show, where there is room."""
    words, muted, baseline = two(value), pane.theme.muted, line.baseline
    symbol = mathematics.width("Γ_u =", _SYMBOL)
    x = place.right - fonts.width(words, fonts.MONO, _NUMBER) - symbol - 6
    if x > line.end + 6:
        mathematics.draw(p, x, baseline, "Γ_u =", muted, _SYMBOL)
        fonts.text(p, place.right, baseline, words, muted, fonts.MONO, _NUMBER, align="right")
