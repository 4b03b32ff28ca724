"""The symbols in an equation: which quantity each stands for, where it is, and what it means.

A symbol and its chart are two sights of one quantity: who points at one sees the other framed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import mathematics
from gru_debugger.core.cell import QUANTITIES, Notation, Reset
from gru_debugger.core.quantities import symbol
from gru_debugger.numerals import exact
from gru_debugger.panes.pane import Pane
from gru_debugger.phrases import told

_ABOVE, _BELOW, _BESIDE = 14, 5, 3  # pixels of a symbol around its baseline and its ends
_LIGHT = 34  # of 255: how far a frame is filled
_SAME = ("logits", "probabilities")  # of the output, which no cell has an equation of
_MATRICES = tuple(f"W_{{{side}{gate}}}" for side in "ih" for gate in "rzn")


class Symbol(NamedTuple):
    """A quantity's symbol where it stands; of a matrix `quantity` is its name, W_ir."""

    quantity: str
    rect: QRectF


class Kept:
    """Symbols that were found, as long as they are asked for of the same: a pointer that moves asks
    all the time."""

    def __init__(self) -> None:
        self._of: object = None
        self._found: list[Symbol] = []

    def of(self, key: object, find: Callable[[], list[Symbol]]) -> list[Symbol]:
        if self._of != key:
            self._of, self._found = key, find()
        return self._found


@lru_cache(256)
def spans(formula: str, notation: Notation, reset: Reset) -> tuple[tuple[str, int, int], ...]:
    """(quantity, first, end) of each symbol in the markup, the shorter ones first: those within."""
    found = [
        (name, at, at + len(markup))
        for markup, name in _symbols(notation, reset)
        for at in _places(formula, markup)
    ]
    return tuple(sorted(found, key=lambda one: one[2] - one[1]))


@lru_cache(8)
def _symbols(notation: Notation, reset: Reset) -> tuple[tuple[str, str], ...]:
    """(markup, quantity): a part without its bias stands for it too, Γ_u for z."""
    known = {markup: markup.replace("{", "").replace("}", "") for markup in _MATRICES}
    for name in QUANTITIES:
        if name not in _SAME:
            whole = symbol(name, notation, reset)
            known.setdefault(whole, name)
            known.setdefault(whole.partition(" + b_")[0], name)
    if notation == "course":
        known["Γ_u"] = "z"
    if reset == "before":
        product = product_in_short(notation)
        known |= {product: "reset_product", f"W_{{hn}}({product})": "hidden_n",
                  f"W_{{hn}}({product}) + b_{{hn}}": "hidden_n"}  # fmt: skip
    return tuple(known.items())


def product_in_short(notation: Notation) -> str:
    """The reset gate's, before the matrix product: as the worked sheet has it, without its time."""
    return "Γ_r ⊙ c" if notation == "course" else "r ⊙ h"


def _places(formula: str, markup: str) -> Iterator[int]:
    at = formula.find(markup)
    while at >= 0:
        if not formula.startswith(("_", "^"), at + len(markup)):  # else a longer symbol's beginning
            yield at
        at = formula.find(markup, at + 1)


def placed(pane: Pane, formula: str, x: float, baseline: float, pixels: float) -> list[Symbol]:
    """The symbols of a formula that is drawn there; of one without room, 0 pixels, none."""
    if not pixels:
        return []
    forward = formula.replace("t+1", "t−1")  # in the reverse direction: as long
    return [
        Symbol(name, around(x + mathematics.width(formula[:first], pixels), baseline,
                            x + mathematics.width(formula[:end], pixels)))
        for name, first, end in spans(forward, pane.session.notation, pane.model.reset)
    ]  # fmt: skip


def placed_short(
    pane: Pane, formula: str, called: Mapping[str, str], x: float, baseline: float, pixels: float
) -> list[Symbol]:
    """The same of a formula about one step, which leaves out the time: `called` says what each of
    its words and letters is."""
    if not pixels:
        return []
    found = []
    for markup, name in called.items():
        alone = rf"(?<![\w̃])(?:{re.escape(markup)})(?![\w^̃])"
        for match in re.finditer(alone, formula):
            left, right = (x + mathematics.width(formula[:i], pixels) for i in match.span())
            found.append(Symbol(name, around(left, baseline, right)))
    return found


def around(left: float, baseline: float, right: float) -> QRectF:
    """What a symbol takes, and a little more."""
    return QRectF(left - _BESIDE, baseline - _ABOVE, right - left + 2 * _BESIDE, _ABOVE + _BELOW)


def at_point(symbols: Iterable[Symbol], at: QPointF) -> str:
    """Whose symbol is there; of those within others the innermost."""
    there = [one for one in symbols if one.rect.contains(at)]
    return min(there, key=lambda one: one.rect.width()).quantity if there else ""


def symbol_or_chart(
    symbols: Iterable[Symbol], charts: Callable[[], Iterable[Symbol]], at: QPointF
) -> tuple[str, bool]:
    """Whose symbol (True) is there, or whose chart or numbers."""
    if name := at_point(symbols, at):
        return name, True
    return at_point(charts(), at), False


def named(symbols: Iterable[Symbol], quantity: str) -> list[QRectF]:
    """Where those of a quantity are, each place once."""
    rects = [one.rect for one in symbols if one.quantity == quantity]
    return [rect for i, rect in enumerate(rects) if rect not in rects[:i]]


def paint_frames(p: QPainter, pane: Pane, rects: Iterable[QRectF]) -> None:
    light = QColor(pane.theme.outline)
    light.setAlpha(_LIGHT)
    p.setPen(QPen(pane.theme.outline, 1.5))
    p.setBrush(light)
    for rect in rects:
        p.drawRoundedRect(rect, 3, 3)


def underline(p: QPainter, pane: Pane, rect: QRectF) -> None:
    """Below what is being computed."""
    p.fillRect(QRectF(rect.left() + _BESIDE, rect.bottom() - 1, rect.width() - 2 * _BESIDE, 2),
               pane.theme.now)  # fmt: skip


# In words ----------------------------------------------------------------------------------------

_AFTER = (
    "here the reset gate weighs the finished product W_hn h + b_hn; in the other variant "
    "it weighs h before the product"
)
_BEFORE = (
    "here the reset gate weighs h before the product with W_hn; in the other variant "
    "(PyTorch's own) it weighs the finished product"
)


def explained(pane: Pane, quantity: str) -> str:
    """For a tool tip: its name, the selected unit's value, how the other notation writes it, and
    what the two variants of the reset gate make of it."""
    if quantity.startswith("W_"):
        gate = told(QUANTITIES[quantity[-1]].words)
        if quantity[2] == "i":
            return told("{matrix}: the weights of what is read in the {gate}", matrix=quantity,
                        gate=gate)  # fmt: skip
        return told("{matrix}: the weights of the old state in the {gate}", matrix=quantity,
                    gate=gate)  # fmt: skip
    here, notation, reset = QUANTITIES[quantity], pane.session.notation, pane.model.reset
    said = [f"{_plain(pane, quantity, notation)}: {told(here.described(pane.activations))}"]
    step = pane.session.step
    if step is not None and pane.session.is_computed(quantity) and quantity != "x":
        unit = pane.session.unit
        said[0] = told("{name}, {value} in unit {unit}", name=said[0], unit=str(unit),
                       value=exact(float(step.values[quantity][unit])))  # fmt: skip
    other: Notation = "course" if notation == "pytorch" else "pytorch"
    theirs = _plain(pane, quantity, other)
    if theirs != _plain(pane, quantity, notation):
        template = "the course writes {name}" if other == "course" else "PyTorch writes {name}"
        said.append(told(template, name=theirs))
    if quantity == "z":
        said.append(told("z is what is kept of the old state, Γu = 1 − z what is replaced"))
    if quantity in ("r", "reset_product", "hidden_n"):
        said.append(told(_AFTER if reset == "after" else _BEFORE))
    return "\n".join(said)


def _plain(pane: Pane, quantity: str, notation: Notation) -> str:
    return mathematics.plain(pane.in_time(symbol(quantity, notation, pane.model.reset)))
