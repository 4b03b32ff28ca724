"""“Why is z₉ small?”: the largest terms of a gate's sum."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gru_debugger.charts import ink, mathematics
from gru_debugger.core.terms import Gate, Term, gate_terms, gate_word
from gru_debugger.core.trace import Step
from gru_debugger.numerals import exact, two
from gru_debugger.panes.equations import short
from gru_debugger.panes.pane import Pane

ROW = 19
MOST, FEWEST = 5, 3
_BARS, _REACH = 186, 46  # where the bars' zero is, and how far they go


def terms(pane: Pane, step: Step, gate: Gate, most: int) -> list[Term]:
    """The `most` largest terms, and what the others add up to."""
    session, model = pane.session, pane.model
    one_hot = session.layer == 0 and pane.trace.one_hot
    cell = model.cell(session.layer, session.direction)
    name = pane.trace.character_in_words(step.number) if one_hot else ""
    return gate_terms(cell, step, session.unit, gate, model.reset, name, most)


def paint(
    p: QPainter, pane: Pane, left: float, right: float, top: float, step: Step, gate: Gate
) -> None:
    """Question, sum and bars, as many as the pane's height allows."""
    theme, unit = pane.theme, pane.session.unit
    p.fillRect(QRectF(left, top, right - left, 1), theme.border)
    baseline = top + 26
    x = left + ink.text(p, left, baseline, "Why is ", theme.text, ink.SANS, 13, 600)
    x += mathematics.draw(p, x, baseline, f"{short(pane, gate)}_{{,{unit}}}" if
                          pane.session.notation == "course" else f"{gate}_{{{unit}}}",
                          theme.text, 15)  # fmt: skip
    word = gate_word(float(step.values[gate][unit]), gate)
    ink.text(p, x + 4, baseline, f"{word}?", theme.text, ink.SANS, 13, 600)
    total = two(float(step.values[f"sum_{gate}"][unit]))
    ink.text(p, right, baseline, total, theme.text, ink.MONO, 11, align="right")
    before = f"sum before {pane.activations.of_role('candidate' if gate == 'n' else 'gate').symbol}"
    x = right - ink.width(total, ink.MONO, 11) - 8
    ink.text(p, x, baseline, before, theme.muted, ink.SANS, 11, align="right")
    _paint_rows(p, pane, left, right, baseline + 22, _shown(pane, top, step, gate))


def _shown(pane: Pane, top: float, step: Step, gate: Gate) -> list[Term]:
    room = int((pane.size.height() - top - 56) // ROW)
    return terms(pane, step, gate, min(MOST, max(FEWEST, room)))


def hover(pane: Pane, top: float, y: float, step: Step, gate: Gate) -> str:
    """A term's numbers, and the column's name where it is a number of a row that has one."""
    row = int((y - top - 35) // ROW)
    shown = _shown(pane, top, step, gate)
    if not 0 <= row < len(shown):
        return ""
    term = shown[row]
    name = term.name.replace("_{", "[").replace("}", "]")
    if name.startswith("x[") and pane.session.layer == 0:
        column = pane.trace.reading.column(int(name[2:-1]))
        name += f" “{column}”" if column else ""
    met = "" if term.met is None else f"{exact(term.met)} × {exact(term.weight)} = "
    return f"{name}: {met}{exact(term.value)}"


def _paint_rows(
    p: QPainter, pane: Pane, left: float, right: float, y: float, shown: list[Term]
) -> None:
    theme = pane.theme
    zero = left + _BARS
    largest = max(abs(term.value) for term in shown) or 1.0
    p.fillRect(QRectF(zero, y - 11, 1, ROW * len(shown) - 4), theme.ticks)
    for term in shown:
        if "_{" in term.name:
            name = term.name.replace("h_", f"{pane.letter('h')}_")
            mathematics.draw(p, left, y, name, theme.text, 14)
        else:
            name, pixels = ink.fitting(term.name, _BARS - _REACH - 4, ink.SANS, 11)
            ink.text(p, left, y, name, theme.muted, ink.SANS, pixels)
        if term.met is not None:
            words = f"{two(term.met)} × {two(term.weight)}"
            ink.text(p, left + 124, y, words, theme.muted, ink.MONO, 10, align="right")
        wide = term.value / largest * _REACH
        color = theme.positive if term.value > 0 else theme.negative
        color = theme.future if term.name.endswith("other terms") else color
        p.fillRect(QRectF(min(zero, zero + wide), y - 9, abs(wide), 10), color)
        words = two(term.value)
        ink.text(p, right, y, words, theme.text, ink.MONO, 11, align="right")
        y += ROW
