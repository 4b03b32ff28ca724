"""The four equations of a unit, each symbol with its actual number under it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import ink, mathematics
from gru_debugger.core.trace import Step
from gru_debugger.panes.pane import Pane

PITCH = 41  # pixels an equation, where there is room
_SYMBOL, _NUMBER = 13, 11  # pixels of type
_SLOT = 41  # pixels of a number: wide enough for all, so that none moves another
_LEFT = 48


@dataclass(frozen=True)
class Piece:
    """A symbol above a number, or (without one) a sign that stands in both lines."""

    symbol: str
    value: float | None = None

    @property
    def width(self) -> float:
        wide = mathematics.width(self.symbol, _SYMBOL)
        return wide if self.value is None else max(wide, float(_SLOT))


def equations(pane: Pane, step: Step) -> list[tuple[str, list[Piece]]]:
    """(quantity, right-hand side) of r, z, n and h for the selected unit."""
    unit = pane.session.unit

    def value(quantity: str) -> float:
        return float(step.values[quantity][unit])

    rows = [
        (
            gate,
            [
                Piece("= σ("),
                Piece("input", value(f"input_{gate}")),
                Piece("+"),
                Piece("hidden", value(f"hidden_{gate}")),
                Piece(")"),
            ],
        )
        for gate in "rz"
    ]
    scaled = [Piece(short(pane, "r"), value("r")), Piece("·")]
    rows.append(
        (
            "n",
            [
                Piece("= tanh("),
                Piece("input", value("input_n")),
                Piece("+"),
                *(scaled if pane.model.reset == "after" else []),
                Piece("hidden", value("hidden_n")),
                Piece(")"),
            ],
        )
    )
    z, take = short(pane, "z"), f"(1 − {short(pane, 'z')})"
    if pane.session.notation == "course":
        z, take = "(1 − Γ_u)", "Γ_u"
    rows.append(
        (
            "h",
            [
                Piece("="),
                Piece(take, 1 - value("z")),
                Piece("·"),
                Piece(short(pane, "n"), value("n")),
                Piece("+"),
                Piece(z, value("z")),
                Piece("·"),
                Piece(pane.symbol("h_prev"), value("h_prev")),
            ],
        )
    )
    return rows


def short(pane: Pane, quantity: str) -> str:
    """A symbol without its time: this is about one step."""
    symbol = pane.symbol(quantity)
    return symbol if quantity == "h" else symbol.replace("_t", "").replace("^{⟨t⟩}", "")


def paint(
    p: QPainter, pane: Pane, left: float, right: float, top: float, step: Step, pitch: float
) -> float:
    """Paint them below `top`; returns the last line's baseline."""
    theme = pane.theme
    ink.text(p, left, top, "Computation", theme.text, ink.SANS, 14, 600)
    baseline = top + 25
    for quantity, pieces in equations(pane, step):
        known = pane.session.is_computed(quantity)
        value = float(step.values[quantity][pane.session.unit])
        mathematics.draw(p, left, baseline, short(pane, quantity), theme.text, 15)
        color = theme.take_text if quantity == "n" else theme.text
        words = ink.number(value) if known else "…"
        ink.text(p, left, baseline + 17, words, color, ink.MONO, _NUMBER, 600)
        _paint_pieces(p, pane, left + _LEFT, baseline, pieces, known)
        if quantity == "z" and known and pane.session.notation == "course":
            # The course's own gate beside the z that the bars show.
            words = ink.number(1 - value)
            ink.text(p, right, baseline, words, theme.muted, ink.MONO, _NUMBER, align="right")
            x = right - ink.width(words, ink.MONO, _NUMBER) - mathematics.width("Γ_u = ", 13) - 4
            mathematics.draw(p, x, baseline, "Γ_u =", theme.muted, _SYMBOL)
        baseline += pitch
    return baseline - pitch + 17


def _paint_pieces(
    p: QPainter, pane: Pane, x: float, baseline: float, pieces: list[Piece], known: bool
) -> None:
    muted = pane.theme.muted
    for piece in pieces:
        inset = (piece.width - mathematics.width(piece.symbol, _SYMBOL)) / 2
        mathematics.draw(p, x + inset, baseline, piece.symbol, muted, _SYMBOL)
        if piece.value is None:
            mathematics.draw(p, x + inset, baseline + 17, piece.symbol, muted, _SYMBOL)
        else:
            words = ink.number(piece.value) if known else "…"
            ink.text(
                p, x + piece.width / 2, baseline + 17, words, _color(pane, piece.value, known),
                ink.MONO, _NUMBER, align="center",
            )  # fmt: skip
        x += piece.width + 2


def _color(pane: Pane, value: float, known: bool) -> QColor:
    theme = pane.theme
    if not known or value == 0:
        return theme.muted
    return theme.positive if value > 0 else theme.negative
